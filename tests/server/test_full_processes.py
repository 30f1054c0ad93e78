"""Planning processes to which earlier orders left little memory: an idle one is replaced, and no order waits for it."""

import asyncio
import logging

import pytest

from boxwright.server.asked import Asked
from boxwright.server.metrics import Metrics
from boxwright.server.processes.crew import Processes
from boxwright.server.processes.place import Place
from boxwright.server.settings import Settings
from boxwright.server.shelf import Shelf

from .live_calls import BOOK, request

MIB = 2**20
BEGUN_BYTES, MOST_BYTES = 100 * MIB, 500 * MIB


@pytest.fixture
def held_bytes(monkeypatch):
    """What processes hold, by their ids, in place of what the system says."""
    held = {}
    monkeypatch.setattr(Place, "resident_bytes", lambda place: held.get(place.pid, BEGUN_BYTES))
    return held


def with_processes(scene, most_bytes=MOST_BYTES):
    """Run a scene with one planning process and a spare one; return the metrics."""
    metrics = Metrics()

    async def run():
        settings = Settings(default_catalog="eu-webshop", max_worker_bytes=most_bytes)
        crew = Processes(1, Shelf.load(settings), metrics)
        try:
            await crew.start()
            await scene(crew)
        finally:
            crew.close()
            crew.join(20)

    asyncio.run(run())
    return metrics


def replaced(metrics):
    """Return how many processes were replaced because they were full."""
    return metrics.registry.get_sample_value("boxwright_planning_restarts_total", {"why": "full"})


async def both_ready(crew):
    """Wait until both processes are there."""
    async with asyncio.timeout(60):
        while crew.ready < 2:
            await asyncio.sleep(0.01)


def test_processes_that_are_nearly_full_are_replaced(held_bytes, caplog):
    """At three quarters of their room and not before, one after the other; orders find one meanwhile; no error."""

    async def scene(crew):
        first, other = crew.pids
        held_bytes[first] = BEGUN_BYTES + 290 * MIB
        await asyncio.sleep(0.3)
        assert crew.pids == [first, other]
        held_bytes[first] = BEGUN_BYTES + 310 * MIB
        await gone(crew, first)
        await both_ready(crew)
        assert other in crew.pids
        held_bytes.update(dict.fromkeys(old := crew.pids, MOST_BYTES - MIB))
        ready = await gone(crew, *old)
        assert min(ready) == 1
        await both_ready(crew)
        # It gets no order as long as another has none, and so there is a moment for it while orders never end.
        full, answered = crew.pids[0], []
        held_bytes[full] = MOST_BYTES - MIB

        async def caller():
            while full in crew.pids:
                answered.append(await crew.ask(Asked("Pack", request(BOOK).SerializeToString())))

        async with asyncio.timeout(60):
            await asyncio.gather(*(caller() for _ in range(3)))
        assert all(each.data for each in answered)

    with caplog.at_level(logging.INFO):
        metrics = with_processes(scene)
    assert replaced(metrics) == 4
    lines = [each for each in caplog.records if "begun anew" in each.message]
    assert [each.levelno for each in lines] == [logging.INFO] * 4


async def gone(crew, *pids):
    """Wait until processes are there no more; return how many were ready at each look."""
    ready = []
    async with asyncio.timeout(60):
        while set(pids) & set(crew.pids):
            ready.append(crew.ready)
            await asyncio.sleep(0.002)
    return ready


@pytest.mark.long
def test_what_a_process_began_with_is_no_reason(held_bytes):
    """Where catalogs alone take more than the limit, another process would be as full."""

    async def scene(crew):
        pids = crew.pids
        await asyncio.sleep(0.5)
        assert crew.pids == pids

    assert replaced(with_processes(scene, most_bytes=BEGUN_BYTES - MIB)) == 0
