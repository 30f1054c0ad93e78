"""A disk becomes full during an output: the output is named, and is complete or absent."""

import contextlib
import resource
import sys
from pathlib import Path

import pytest

from boxwright.cli import files, main

from .running import run

HEADER = "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g,description\n"
CATALOG = ["--catalog", "eu-webshop", "--workers", "1"]


class Full(files._Named):
    """A limit of the system on files of 2,000 bytes."""

    def write(self, data):
        """Write as much as fits."""
        left, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, most))
        try:
            return super().write(data)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (left, most))


@pytest.fixture(autouse=True)
def orders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go into a folder of a few orders."""
    rows = (f"o{n},1,1,{100 + n},80,60,300,{'long ' * 20}{n}\n" for n in range(30))
    (tmp_path / "orders.csv").write_text(HEADER + "".join(rows))
    monkeypatch.chdir(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of this kind")
@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        (["orders", "convert", "orders.csv", "--out", "out.csv"], "out.csv"),
        (["orders", "convert", "orders.csv", "--out", "out.parquet"], "out.parquet"),
        (["pack", "--orders", "orders.csv", *CATALOG, "--out", "out.jsonl"], "out.jsonl"),
        (["evaluate", "--orders", "orders.csv", *CATALOG, "--out", "out.csv"], "out.csv"),
        (["evaluate", "--orders", "orders.csv", *CATALOG, "--out", "out.parquet"], "out.parquet"),
        (["evaluate", "--orders", "orders.csv", *CATALOG, "--html", "out.html"], "out.html"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_an_output_without_space_on_the_disk_is_named_and_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], out: str
) -> None:
    """The error names the output; an earlier file stays, and no partial file is left."""
    monkeypatch.setattr(files, "_Named", Full)
    (tmp_path / out).write_text("before")
    assert f"{out}: " in run(*arguments, code=2).stderr.splitlines()[-1]
    assert (tmp_path / out).read_text() == "before"
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_device_and_a_full_standard_output_are_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full device is named in the error; both end with exit code 2."""
    assert "/dev/full:" in run("pack", "--orders", "orders.csv", *CATALOG, "--out", "/dev/full", code=2).stderr
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(SystemExit) as ended:
            main(["catalog", "show", "eu-webshop"])
        with contextlib.suppress(OSError):
            full.close()
    assert ended.value.code == 2
