"""What is served changes hands inside one process that loads: also when it breaks meanwhile, or is handed nonsense."""

import asyncio
import contextlib
import os
import re
import signal
import socket
from pathlib import Path

import pytest

from boxwright.errors import DataFileError
from boxwright.server.processes.team import Team
from boxwright.server.processes.template_link import NoPlanningError
from boxwright.server.settings import Settings
from boxwright.server.shelf import Shelf
from boxwright.v1.catalog_service_pb2 import UpdateCatalogRequest

from .test_live_catalog_writes import RUNNING, catalog
from .test_live_catalog_writes import serving as with_store
from .test_live_reload import children, hall, reloads, restarts, serving, version_of, wait_until

HANDS_NONSENSE = """
from pathlib import Path
from boxwright.server import Settings, serve
from boxwright.server.processes import template_link
packed = template_link.packed_shelf
template_link.packed_shelf = lambda shelf, with_materials: (
    b"nonsense" if shelf.catalogs["hall"].version == "9" else packed(shelf, with_materials=with_materials)
)
serve(Settings.from_environment())
"""
"""A server whose process that loads cannot read one version of a catalog."""

PROCESSES = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="processes are found in /proc")


def update_of(sent):
    """Return the request that replaces a catalog."""
    return UpdateCatalogRequest(catalog=sent)


def loader_of(process):
    """Return the process that loads."""
    (found,) = children(process.pid)
    return found


def open_files(pid):
    """Return how many files and sockets a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def shelves_of(loader):
    """Return how many shelves a process that loads has: each has memory shared with the door."""
    return len(re.findall(r"memfd:boxwright", Path(f"/proc/{loader}/maps").read_text()))


@pytest.mark.long
@PROCESSES
def test_nothing_is_kept_of_versions_that_nobody_plans_with(tmp_path):
    """Each is loaded by the process that was there, into which the one before it is forgotten.

    One that cannot be loaded leaves what was there: orders are planned on by the same processes.
    """
    file = tmp_path / "hall.toml"
    file.write_text(hall(0))
    with serving(file, RUNNING, workers=2, watch_files_s=0, start=HANDS_NONSENSE) as (server, packing, _):
        loader = loader_of(server.process)
        before, copies = open_files(loader), children(loader)
        file.write_text(hall(9))
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: reloads(server, "failed") == 1)
        assert (version_of(packing), children(loader)) == ("0", copies)
        for version in (1, 2):
            file.write_text(hall(version))
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda: reloads(server, "changed") == version)  # noqa: B023 - waited for here
            assert version_of(packing) == str(version)
        wait_until(lambda: shelves_of(loader) == 1)
        wait_until(lambda: len(children(loader)) == 3)
        assert open_files(loader) == before
        assert loader_of(server.process) == loader
        assert "loading" not in restarts(server)


@pytest.mark.long
@PROCESSES
def test_a_write_is_served_while_orders_are_planned_and_the_process_that_loads_ends(tmp_path):
    """No order is refused or lost in a swap, and each is planned with the version of its time.

    Where the process that loads ends meanwhile, another loads what was written; the call is answered, and nothing of
    the attempt is left.
    """
    with with_store(f"sqlite:///{tmp_path}/plans.db", RUNNING, workers="1") as server:
        server.create(catalog("hall", "box 0"))
        under_way = []
        wanted = server.catalogs.UpdateCatalog.future(update_of(catalog("hall", "box 1")), timeout=120)
        while not wanted.done():
            under_way.append(server.plan("hall").parcels[0].box_type.rpartition(" ")[2])
        assert wanted.result().revision == 2
        assert server.plan("hall").parcels[0].box_type.endswith(" 1")
        assert under_way == sorted(under_way)
        assert restarts(server.running) == set()
        loader = loader_of(server.running.process)
        os.kill(loader, signal.SIGSTOP)  # it takes nothing up, while its copies judge the catalog
        wanted = server.catalogs.UpdateCatalog.future(update_of(catalog("hall", "new")), timeout=120)
        wait_until(lambda: server.versions("hall")[0].revision == 3)
        os.kill(loader, signal.SIGKILL)
        assert wanted.result().revision == 3
        assert server.plan("hall").parcels[0].box_type == "catalogs/hall/boxTypes/new"
        other = loader_of(server.running.process)
        assert other != loader
        wait_until(lambda: len(children(other)) == 2)
        wait_until(lambda: shelves_of(other) == 1)


class SlowLoader:
    """Makes copies once it may; counts what is asked of it."""

    def __init__(self, most=9):
        self.warm, self.may_copy = asyncio.get_running_loop().create_future(), asyncio.Event()
        self.warm.set_result(None)
        self.most, self.asked, self.held = most, 0, []
        self.killed, self.dropped = [], []
        self.link = lambda: self
        self.succeeded = lambda: None
        self.kill, self.drop = self.killed.append, self.dropped.append

    async def load(self, number, shelf, flags):
        """Take a shelf."""

    async def copy(self, number, place, ended, *sockets):
        """Return an id once copies are made, of which some may fail."""
        self.asked += 1
        await self.may_copy.wait()
        if place >= self.most:
            raise NoPlanningError("no more")
        self.held.append(socket.socket(fileno=os.dup(sockets[0].fileno())))
        return 4_000_000 + place


def team_of(loader, ready=lambda: None):
    """Return a team of three that hears nothing."""
    unused = dict.fromkeys(("heard", "lost", "ended"), lambda *_: None)
    return Team(Shelf.load(Settings()), loader, 3, ready=ready, **unused)


def test_a_team_that_is_to_leave_before_it_is_complete_is_not_filled():
    """What was written right after the start takes its place: copies that come then are ended, none takes an order."""

    async def leave():
        loader, ready = SlowLoader(), []
        team = team_of(loader, lambda: ready.append(1))
        starting = asyncio.ensure_future(team.start())
        while loader.asked < 3:
            await asyncio.sleep(0)
        team.leave()
        assert loader.dropped
        loader.may_copy.set()
        await starting
        assert sorted(loader.killed) == [4_000_000, 4_000_001, 4_000_002]
        assert not ready
        await asyncio.sleep(0)  # transports close with the next turn of the loop
        await asyncio.sleep(0)
        for each in loader.held:
            with each:
                each.settimeout(10)
                assert each.recv(1) == b""

    asyncio.run(leave())


def test_a_team_of_which_one_cannot_begin_leaves_nothing():
    """The others, which come later, are ended as well."""

    async def fail():
        loader = SlowLoader(most=2)
        team = team_of(loader)
        loader.may_copy.set()
        with pytest.raises(NoPlanningError):
            await team.start()
        team.close()
        with contextlib.suppress(asyncio.TimeoutError):
            async with asyncio.timeout(10):
                while len(loader.killed) < 2:
                    await asyncio.sleep(0)
        assert sorted(loader.killed) == [4_000_000, 4_000_001]
        assert loader.dropped
        for each in loader.held:
            each.close()

    asyncio.run(fail())


def test_no_port_and_no_data_leave_no_process_behind(tmp_path, monkeypatch):
    """The process that loads begins before data are read and ports are taken: it ends with a start that fails."""
    from boxwright.server import ServerStartError, serve
    from boxwright.server.processes.spawned import Spawned

    begun, start = [], Spawned.start.__func__
    monkeypatch.setattr(
        Spawned, "start", classmethod(lambda cls, *given: begun.append(start(cls, *given)) or begun[-1])
    )
    broken = tmp_path / "broken.toml"
    broken.write_text("nonsense")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = {"http_address": "", "admin_address": "127.0.0.1:0"}
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ServerStartError):
            serve(Settings(address=address, workers="1", **ports))
        with pytest.raises(DataFileError):
            serve(Settings(address="127.0.0.1:0", workers="1", catalogs=(str(broken),), **ports))
    assert len(begun) == 2
    assert all(each.process.returncode is not None for each in begun)
