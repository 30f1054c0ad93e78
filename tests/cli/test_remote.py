"""Files at addresses: reading, writing, and the errors if that fails."""

import functools
import gc
import http.server
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from boxwright.cli import files
from boxwright.orders import read_orders

from .running import run

fsspec = pytest.importorskip("fsspec", reason="the extra remote is not installed")
MemoryFileSystem = pytest.importorskip("fsspec.implementations.memory").MemoryFileSystem

HEADER = "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g\n"
ORDERS = HEADER + "o1,1,1,100,80,60,300\no2,1,2,100,80,60,300\n"
MORE = HEADER + "o3,1,1,50,40,30,90\n"
NOT_WHOLE = 3


class Faulty(MemoryFileSystem):
    """A storage whose connection fails in the way that a file's name says."""

    protocol = "faulty"
    store: dict[str, Any] = {}  # noqa: RUF012  # as its base class has it
    pseudo_dirs = [""]  # noqa: RUF012  # the same

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(MemoryFileSystem._strip_protocol(path.replace("faulty://", "memory://")))

    def get_file(self, rpath: str, lpath: str, **options: Any) -> None:
        """Fail in the middle of the file `broken`; end the file `short` too early."""
        content = self.cat_file(rpath)
        Path(lpath).write_bytes(content[: len(content) // 2])
        if "broken" in rpath:
            raise TimeoutError("the connection was lost\nat some depth of some package")

    def put_file(self, lpath: str, rpath: str, **options: Any) -> None:
        """Fail in the middle of what is written."""
        self.pipe_file(rpath, Path(lpath).read_bytes()[:10])
        raise OSError("the bucket is full")


@pytest.fixture(autouse=True)
def storages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Empty storages, and an empty folder for temporary files."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    fsspec.register_implementation("faulty", Faulty, clobber=True)
    for storage in (MemoryFileSystem, Faulty):
        storage.store.clear()
    yield
    for storage in (MemoryFileSystem, Faulty):
        storage.store.clear()


def put(name: str, text: str = ORDERS, protocol: str = "memory") -> str:
    """Put a file into a storage and return its address."""
    fsspec.filesystem(protocol).pipe_file(f"/{name}", text.encode())
    return f"{protocol}://{name}"


def got(name: str) -> bytes:
    """Return the content of a file in memory."""
    return bytes(fsspec.filesystem("memory").cat_file(f"/{name}"))


def names() -> set[str]:
    """Return the files in memory."""
    return {str(path).lstrip("/") for path in MemoryFileSystem.store}


def evaluate(orders: Any, *arguments: Any, code: int = 0) -> Any:
    """Evaluate orders in this process."""
    return run("evaluate", "--orders", orders, "--catalog", "eu-webshop", "--workers", 1, *arguments, code=code)


def left(tmp_path: Path) -> list[str]:
    """Return temporary files that are still there."""
    gc.collect()  # storages remove their folders when they are deleted, as at the end of a process
    return [path.name for path in (tmp_path / "tmp").iterdir()]


@pytest.mark.parametrize("object_store", [False, True])
def test_an_export_is_converted_from_and_to_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, object_store: bool
):
    """Orders, rejected rows and report are uploaded, and no temporary file is left."""
    if object_store:
        monkeypatch.setattr(files, "_APPEAR_WHOLE", {"memory"})
    source = put("in/export.csv", ORDERS + "o3,1,0,50,40,30,90\n")
    run("orders", "convert", source, "--out", "memory://out/orders.csv", "--report", "memory://data.json")
    assert names() == {"in/export.csv", "out/orders.csv", "out/orders.rejected.csv", "data.json"}
    assert b"export.csv,4,quantity," in got("out/orders.rejected.csv")
    assert left(tmp_path) == []


def test_folders_patterns_and_the_item_master_are_read_at_addresses(tmp_path: Path):
    """A folder stands for all its order files; a pattern stands for the matching ones."""
    put("in/a.csv")
    put("in/b.csv", MORE)
    put("in/notes.md", "no orders")
    put("in/deeper/c.csv", "not read")
    out = tmp_path / "orders.csv"
    for source in ("memory://in", "memory://in/", "memory://in/*.csv"):
        run("orders", "convert", source, "--out", out)
        assert [order.order_id for order in read_orders(out)] == ["o1", "o2", "o3"]
    run("orders", "convert", "memory://in/b.csv", "memory://in/a.csv", "--out", out)
    assert [order.order_id for order in read_orders(out)] == ["o3", "o1", "o2"]
    again = run("orders", "convert", "memory://in/a.csv", "memory://in/", "--out", out, code=2)
    assert "memory://in/: file:" in again.output
    none = run("orders", "convert", "memory://in/*.xlsx", "--out", out, code=2)
    assert "memory://in/*.xlsx: file:" in none.output
    items = put("items.csv", "sku,length_mm,width_mm,height_mm,mass_g\nA,300,200,100,500\n")
    export = put("export.csv", "order_id,sku,quantity\no9,A,1\n")
    run("orders", "convert", export, "--items", items, "--out", out)
    assert next(read_orders(out)).lines[0].length_mm == 300
    assert left(tmp_path) == []


def test_rows_of_an_evaluation_are_the_same_at_an_address(tmp_path: Path):
    """Remote orders and rows equal local ones; the page links to the address of the rows."""
    here = tmp_path / "orders.csv"
    here.write_text(ORDERS)
    page = tmp_path / "page.html"
    evaluate(put("orders.csv"), "--out", "memory://rows/r.csv", "--html", page)
    assert 'href="memory://rows/r.csv"' in page.read_text("utf-8")
    evaluate(here, "--out", tmp_path / "r.csv")
    assert got("rows/r.csv") == (tmp_path / "r.csv").read_bytes()
    assert left(tmp_path) == []


def test_catalogs_and_prices_are_read_at_addresses(tmp_path: Path):
    """Catalogs, prices and policies may be remote; an error names the address."""
    boxes = put("own.csv", "box_type_id,inner_length_mm,inner_width_mm,inner_height_mm,tare_g\nA,400,300,200,120\n")
    prices = put(
        "tariff.toml",
        '[[price_tables]]\nprice_table_id = "own"\nversion = "1"\ncarrier_service = "dhl-express/international"\n'
        'currency = "EUR"\nweight_unit = "kg"\n[[price_tables.zones]]\nsteps = [{ up_to = 30, price_minor = 400 }]\n',
    )
    priced = ("--carrier-service", "dhl-express/international", "--prices", prices)
    orders = put("orders.csv")
    policies = ("--policy", put("a.toml", "fill_limit = 0.9"), "--policy", put("b.toml", "# plain"))
    result = run("evaluate", "--orders", orders, "--catalog", boxes, *priced, *policies, "--workers", 1)
    assert "own, b" in result.output
    run("pack", "--orders", orders, "--catalog", boxes, *priced, "--workers", 1)
    sized = ("--sizes", 1, "--candidates", 20)
    run("design", "--orders", orders, *sized, "--today", "memory://no.toml", code=2)
    absent = run("evaluate", "--orders", orders, "--catalog", "memory://no.toml", code=2)
    assert "memory://no.toml: file:" in absent.output
    assert left(tmp_path) == []


def test_a_folder_of_parts_at_an_address_is_refused():
    """A run that can be resumed needs locks and syncs of a local disk."""
    assert "--out:" in evaluate(put("orders.csv"), "--out", "memory://rows", code=2).output
    assert names() == {"orders.csv"}


def test_plans_of_many_orders_go_to_an_address_with_their_profiles():
    """Plans and profiles are uploaded also if the exit code is not 0."""
    huge = put("orders.csv", ORDERS + "o3,1,1,5000,4000,3000,9000\n")
    run(
        "pack",
        "--orders",
        huge,
        "--catalog",
        "eu-webshop",
        "--out",
        "memory://plans.jsonl",
        "--workers",
        1,
        code=NOT_WHOLE,
    )
    assert got("plans.jsonl").count(b"\n") == 3
    assert "plans.jsonl.profiles.json" in names()


def test_file_addresses_are_paths_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """file:// needs no fsspec, and decodes %20."""
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    folder = tmp_path / "my orders"
    folder.mkdir()
    (folder / "export.csv").write_text(ORDERS)
    address = f"file://{folder}".replace(" ", "%20")
    run("orders", "convert", f"{address}/*.csv", "--out", f"{address}/orders.csv")
    run("orders", "convert", address, "--out", tmp_path / "again.csv", code=2)
    assert len(list(read_orders(folder / "orders.csv"))) == 2
    evaluate(f"{address}/orders.csv", "--out", f"{address}/rows")
    assert (folder / "rows" / "manifest.json").exists()


def test_addresses_may_be_chained(tmp_path: Path):
    """Chained addresses of fsspec can be read but not written."""
    (tmp_path / "orders.csv").write_text(ORDERS)
    chained = f"dir://orders.csv::file://{tmp_path}"
    evaluate(chained)
    out = run("orders", "convert", chained, "--out", f"dir://new.csv::file://{tmp_path}", code=2)
    assert "dir://new.csv" in out.output


def test_an_address_without_fsspec_names_the_extra(monkeypatch: pytest.MonkeyPatch):
    """The error names the extra, for inputs and for outputs."""
    orders = put("orders.csv")
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    assert "[remote]" in evaluate(orders, code=2).output
    assert "[remote]" in evaluate("examples/orders.csv", "--out", "memory://rows.csv", code=2).output


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        pytest.param("memory://no.csv", "memory://no.csv: file:", id="absent"),
        pytest.param("nosuch://a/b.csv", "nosuch://a/b.csv: file:", id="unknown"),
        pytest.param("memory://folder/", "'memory://folder/'", id="folder"),
        pytest.param("faulty://broken.csv", "faulty://broken.csv: file:", id="lost on the way"),
        pytest.param("faulty://short.csv", "52 of 104", id="cut off"),
    ],
)
def test_an_unreadable_address_gives_one_line(tmp_path: Path, address: str, rule: str):
    """The error names the address in one line; no temporary file is left."""
    put("broken.csv", protocol="faulty")
    put("short.csv", protocol="faulty")
    result = evaluate(address, code=2)
    assert rule in result.output
    assert "Traceback" not in result.output
    assert left(tmp_path) == []


def test_an_output_that_cannot_be_uploaded_is_kept_locally(tmp_path: Path):
    """After a failed upload the rows stay in a local file, and the storage has no part of them."""
    result = evaluate(put("orders.csv"), "--out", "faulty://rows.csv", "--html", "memory://page.html", code=2)
    assert "faulty://rows.csv: file:" in result.output
    assert list(Faulty.store) == []
    assert "rows in faulty://rows.csv" not in result.output, "it is not there"
    assert ("wrote memory://page.html" in result.output) == ("page.html" in names())
    kept = {path.name for folder in (tmp_path / "tmp").iterdir() for path in folder.iterdir()}
    assert {name for name in kept if name.endswith((".csv", ".html"))} == {"rows.csv"}
    assert "page.html" in names(), "a file that cannot be sent keeps no other from its address"


def test_a_failed_run_uploads_nothing():
    """An earlier file at the address stays."""
    put("orders.csv", HEADER)
    put("rows.csv", "as it was")
    evaluate("memory://orders.csv", "--out", "memory://rows.csv", code=2)
    assert got("rows.csv") == b"as it was"
    assert names() == {"orders.csv", "rows.csv"}


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://me:secret@host/a.csv?X-Amz-Signature=secret", "https://host/a.csv"),
        ("ftp://me:secret@host/a.csv", "ftp://me@host/a.csv"),
        ("zip://a.csv::sftp://me:secret@host/b.zip", "zip://a.csv::sftp://me@host/b.zip"),
        ("s3://bucket/a:b@c.csv", "s3://bucket/a:b@c.csv"),
    ],
)
def test_no_password_is_shown(address: str, shown: str):
    """Passwords and signatures of links are left out."""
    assert files.without_secrets(address) == shown


def test_orders_are_read_over_http(tmp_path: Path):
    """Links with a query can be read; nothing can be written."""
    pytest.importorskip("aiohttp", reason="fsspec reads over HTTP by it")
    (tmp_path / "orders.csv").write_text(ORDERS)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        evaluate(f"{base}/orders.csv?signature=1")
        absent = evaluate(f"{base}/none.csv?signature=1", code=2)
        assert f"{base}/none.csv: file:" in absent.output
        assert "signature" not in absent.output
        run("orders", "convert", f"{base}/*.csv", "--out", tmp_path / "o.csv")
        server.shutdown()
    assert f"{base}/rows.csv" in evaluate(tmp_path / "orders.csv", "--out", f"{base}/rows.csv", code=2).output
