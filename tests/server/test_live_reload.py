"""Catalogs and data that change while a server runs."""

import contextlib
import json
import os
import re
import shutil
import signal
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from tests.interop.running_server import running_server

from boxwright.v1 import catalog_service_pb2
from boxwright.v1.catalog_service_pb2_grpc import CatalogServiceStub
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

from .here import server_here
from .live_calls import BOOK, ask, long_order, request, wait_until
from .test_live_workers import workers_of

ROOT = Path(__file__).parents[2]

CATALOG = """catalog_id = "hall"
version = "{version}"
source = "made for a test"
licence = "own"

[[box_types]]
box_type_id = "{box}"
style = "rsc_0201"
size_basis = "inner"
inner_length_mm = 300
inner_width_mm = 200
inner_height_mm = {height}
material_id = "corrugated-board"
board_id = "b-flute"
"""


def hall(version, height=150, box="only"):
    """Return a catalog with one box."""
    return CATALOG.format(version=version, height=height, box=box)


def page(server, path):
    """Return a page of the admin port."""
    return ask(server.admin_address, path)[2].decode()


def reloads(server, outcome):
    """Return the number of reloads with an outcome."""
    found = re.search(rf'boxwright_reload_attempts_total{{outcome="{outcome}"}} (\S+)', page(server, "/metrics"))
    return float(found[1]) if found else 0.0


def replaced(server):
    """Return the reasons of replaced workers."""
    return set(re.findall(r'boxwright_workers_replaced_total{why="(\w+)"} [1-9]', page(server, "/metrics")))


def faults(server):
    """Return the log lines with faults of files."""
    lines = [json.loads(line) for line in list(server.log) if line.startswith("{")]
    return [line for line in lines if "faults" in line]


def order():
    """Return a request for a plan with the catalog hall."""
    return request(BOOK, catalog="catalogs/hall", read_mask="plan.versions")


def sockets(pid):
    """Return the number of open sockets of a process."""
    found = 0
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            found += str(file.readlink()).startswith("socket:")
    return found


@contextmanager
def serving(file, running=server_here, **settings):
    """A server with a catalog file, and its stubs."""
    with (
        running(catalogs=file, default_catalog="hall", **settings) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        yield server, PackingServiceStub(channel), CatalogServiceStub(channel)


def version_of(packing):
    """Return the catalog version of the next plan."""
    return packing.Pack(order(), timeout=60).plan.versions.catalog_version


def test_a_reload_swaps_catalogs_and_a_bad_file_leaves_them(tmp_path):
    """A valid file is served; after a faulty one the earlier stays, and health, log and metrics say why."""
    file = tmp_path / "hall.toml"
    file.write_text(hall(1))
    with serving(file, watch_files_s=3_600) as (server, packing, catalogs):
        assert version_of(packing) == "1"
        assert 'boxwright_loaded_info{content_hash="sha256:' in page(server, "/metrics")
        file.write_text(hall(2, box="new"))
        server.reload()
        wait_until(lambda: reloads(server, "changed") == 1)
        assert version_of(packing) == "2"
        (box,) = catalogs.GetCatalog(catalog_service_pb2.GetCatalogRequest(name="catalogs/hall"), timeout=30).box_types
        assert box.name == "catalogs/hall/boxTypes/new"
        text = page(server, "/metrics")
        assert re.findall(r'loaded_info{content_hash="[^"]*",id="hall",kind="catalog",version="(.)"} 1.0', text) == [
            "2"
        ]

        file.write_text(hall(3, height=-1))
        server.reload()
        wait_until(lambda: reloads(server, "failed") == 1)
        assert version_of(packing) == "2"
        assert "boxwright_reload_failing 1.0" in page(server, "/metrics")
        first, *_, fault = page(server, "/healthz").splitlines()[:3]
        assert first == "SERVING"
        assert fault.startswith("hall.toml: box_types[0].inner_height_mm")
        (line,) = faults(server)
        assert line["file"] == "hall.toml"
        assert any("inner_height_mm" in fault for fault in line["faults"])

        file.write_text(hall(5))
        server.reload()
        wait_until(lambda: reloads(server, "changed") == 2)
        assert version_of(packing) == "5"
        assert "boxwright_reload_failing 0.0" in page(server, "/metrics")
        assert page(server, "/healthz") == "SERVING\n"

        server.reload()
        wait_until(lambda: reloads(server, "unchanged") == 1)


def test_an_order_under_way_ends_with_what_it_began_with(tmp_path):
    """It keeps the old catalog while other orders use the new one."""
    file = tmp_path / "hall.toml"
    file.write_text(hall(1))
    with serving(file, watch_files_s=3_600, max_cpu_s_per_order=8) as served:
        server, packing, _ = served
        asked = long_order(80)
        asked.MergeFrom(order())
        answer = packing.Pack.future(asked, timeout=300)  # the search takes three quarters of the limit
        wait_until(lambda: "boxwright_workers_busy 1.0" in page(server, "/metrics"))
        file.write_text(hall(2))
        server.reload()
        wait_until(lambda: reloads(server, "changed") == 1)
        assert version_of(packing) == "2"
        assert not answer.done()
        assert answer.result().plan.versions.catalog_version == "1"
        assert version_of(packing) == "2"


def test_files_are_watched(tmp_path):
    """Changed catalogs and materials are served without a signal."""
    folder, file = tmp_path / "materials", tmp_path / "hall.toml"
    shutil.copytree(ROOT / "materials", folder)
    file.write_text(hall(1))
    with serving(file, watch_files_s=0.2, materials=folder) as (server, packing, _):
        file.write_text(hall(2))
        wait_until(lambda: version_of(packing) == "2")
        before = packing.Pack(order(), timeout=60).plan.versions
        data = folder / "data.toml"
        data.write_text(re.sub(r'(?m)^version = ".*"', 'version = "own-7"', data.read_text()))
        wait_until(lambda: packing.Pack(order(), timeout=60).plan.versions.data_version == "own-7")
        after = packing.Pack(order(), timeout=60).plan.versions
        assert after.catalog_hash == before.catalog_hash
        assert after.data_hash != before.data_hash
        assert 'data_version="own-7"' in page(server, "/metrics")
        (folder / "postal_regions.csv").write_text("country\n")
        wait_until(lambda: reloads(server, "failed") >= 1)
        assert "postal_regions.csv" in page(server, "/healthz")
        assert packing.Pack(order(), timeout=60).plan.versions == after


@pytest.mark.long
def test_reloads_leave_nothing_behind(tmp_path):
    """Reloads leak no process or socket, and a replaced worker uses the served data."""
    file = tmp_path / "hall.toml"
    file.write_text(hall(0))
    with serving(file, running_server, workers=1, limits={"watch_files_s": 3_600}) as (server, packing, _):
        assert version_of(packing) == "0"
        before = sockets(server.process.pid)
        for version in range(1, 4):
            file.write_text(hall(version))
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda: reloads(server, "changed") == version)  # noqa: B023 - waited for here
            assert version_of(packing) == str(version)
        wait_until(lambda: sockets(server.process.pid) == before and len(workers_of(server)) == 1)
        assert replaced(server) == set()
        file.write_text("broken")  # the next worker must not read this file
        os.kill(workers_of(server)[0], signal.SIGKILL)
        wait_until(lambda: replaced(server) == {"crash"})
        assert version_of(packing) == "3"
