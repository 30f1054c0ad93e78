"""Workers with real kills: a broken worker fails only its own order and is replaced."""

import asyncio
import contextlib
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from boxwright.errors import BoxwrightError, CpuCeilingError, DeadlineError, InvalidInputError
from boxwright.server.answers.dataset import Dataset
from boxwright.server.api.faults import (
    MemoryCeilingError,
    NoPlanningError,
    PlanningLostError,
    WaitedInVainError,
    WorkerFaultError,
    status_of,
)
from boxwright.server.metrics import Metrics
from boxwright.server.settings import Settings
from boxwright.server.workers import worker
from boxwright.server.workers.admission import CallKind
from boxwright.server.workers.methods import Methods
from boxwright.server.workers.pool import Workers
from boxwright.server.workers.work import Work
from boxwright.stop import Stop
from boxwright.v1 import packing_service_pb2

from .live_calls import long_order

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="processes are looked at in /proc")


def small_order(number):
    """Return a quick request; an order of a long unit gets an error."""
    message = packing_service_pb2.PackRequest(catalog="catalogs/eu-stock")
    message.order.order_id = str(number)
    for kind in range(number % 4 + 1):
        line = message.order.lines.add(line_id=f"line {kind}", quantity=number % 3 + 1, mass_g=100 + number)
        edges = line.cuboid.dimensions
        edges.length_mm, edges.width_mm, edges.height_mm = 90 + 9 * number, 60 + number, 20 + 5 * kind
    return message


def asked(message, **given):
    """Return the work of a request."""
    return Work("Pack", message.SerializeToString(), **given)


def with_workers(scene, count=1, **settings):
    """Run a scene with workers; return the metrics."""
    metrics = Metrics()

    async def run():
        workers = Workers(count, Dataset.load(Settings(**settings)), metrics)
        try:
            await workers.start()
            await asyncio.wait_for(scene(workers), 120)
        finally:
            workers.close()
            assert workers.join(20) == 0

    asyncio.run(run())
    return metrics


async def until(holds):
    """Wait until a condition holds; the time limit of the scene ends an endless wait."""
    while not holds():
        await asyncio.sleep(0.005)


def begun(workers, message=None, **given):
    """Start an order; return its future answer and its worker."""
    return asyncio.ensure_future(workers.ask(asked(message or long_order()), **given))


async def busy_one(workers):
    """Return the only busy worker."""
    await until(lambda: workers.busy == 1)
    return next(process for process in workers._all if process.busy)


def replaced(metrics, why):
    """Return the number of workers replaced for a reason."""
    return metrics.registry.get_sample_value("boxwright_workers_replaced_total", {"why": why})


@pytest.mark.parametrize(
    ("sent", "why"),
    [(signal.SIGKILL, "crash"), (signal.SIGSEGV, "crash"), (signal.SIGSTOP, "stuck")],
    ids=["killed", "a fault in machine code", "does not get on"],
)
def test_an_order_whose_process_breaks_is_an_error_and_nothing_else_is_lost(sent, why, monkeypatch):
    """Other orders are planned, and a new process takes its place."""
    if why == "stuck":
        monkeypatch.setattr(worker, "HANG_S", 0.5)

    async def scene(workers):
        lost = begun(workers, large=True)
        broken = await busy_one(workers)
        beside = [begun(workers, small_order(number)) for number in range(20)]
        os.kill(broken.pid, sent)
        with pytest.raises(PlanningLostError):
            await lost
        assert all(answer.data for answer in await asyncio.gather(*beside))
        await until(lambda: broken not in workers._all and workers.ready == 2)
        assert (await workers.ask(asked(small_order(1)))).data

    assert replaced(with_workers(scene, 2), why) == 1


def test_an_order_without_a_waiting_caller_frees_its_worker():
    """A cancelled order frees its worker, and the process goes on."""

    async def scene(workers):
        given_up = begun(workers)
        same = await busy_one(workers)
        given_up.cancel()
        cancelled_s = time.monotonic()
        await until(lambda: not workers.busy)
        assert time.monotonic() - cancelled_s < 0.5
        assert (await workers.ask(asked(small_order(1)))).data
        assert {process.pid for process in workers._all} == {same.pid}

    metrics = with_workers(scene)
    assert metrics.registry.get_sample_value("boxwright_abandoned_orders_total", {"state": "under_way"}) == 1


def test_a_process_that_does_not_end_a_cancelled_order_is_killed(monkeypatch):
    """It is killed after 2 s and replaced."""
    monkeypatch.setattr(worker, "KILL_S", 0.3)

    async def scene(workers):
        given_up = begun(workers)
        deaf = await busy_one(workers)
        os.kill(deaf.pid, signal.SIGSTOP)
        given_up.cancel()
        assert (await workers.ask(asked(small_order(1)), kind=CallKind.BATCH)).data
        assert deaf.pid not in {process.pid for process in workers._all}

    assert replaced(with_workers(scene), "stuck") == 1


def test_the_answer_to_an_order_is_not_waited_for_past_its_time(monkeypatch):
    """Running and waiting orders end at their deadline."""
    monkeypatch.setattr(worker, "HANG_S", 60)

    async def scene(workers):
        first = asyncio.ensure_future(workers.ask(asked(long_order(), answer_by_s=time.monotonic() + 0.5)))
        os.kill((await busy_one(workers)).pid, signal.SIGSTOP)
        with pytest.raises(WaitedInVainError):
            await workers.ask(asked(small_order(1), answer_by_s=time.monotonic() + 0.1))
        with pytest.raises(DeadlineError) as late:
            await first
        assert not isinstance(late.value, WaitedInVainError)
        for process in workers._all:
            os.kill(process.pid, signal.SIGCONT)
        assert (await workers.ask(asked(small_order(1)))).data

    with_workers(scene)


def test_the_stop_of_an_answered_order_ends_no_other_order():
    """The worker's next order is planned to its end."""

    async def scene(workers):
        stop = Stop()
        await workers.ask(Work("Pack", small_order(1).SerializeToString(), stop=stop))
        next_one = begun(workers, small_order(3))
        stop.cancel()
        assert not packing_service_pb2.PackResponse.FromString((await next_one).data).plan.cut_short

    with_workers(scene)


def test_an_order_that_takes_too_much_memory_is_an_error():
    """The order fails, and its process is replaced."""

    async def scene(workers):
        (full,) = workers._all
        with pytest.raises(MemoryCeilingError):
            await begun(workers)
        await until(lambda: full not in workers._all and workers.ready == 1)

    assert replaced(with_workers(scene, max_worker_bytes=64 << 20), "memory") == 1


def test_an_order_past_its_cpu_time_is_cut_or_an_error():
    """The process itself ends the search."""

    async def scene(workers):
        with contextlib.suppress(CpuCeilingError):
            answer = await begun(workers)
            assert packing_service_pb2.PackResponse.FromString(answer.data).plan.cut_short

    assert replaced(with_workers(scene, max_cpu_s_per_order=0.3), "cpu") == 0


def test_a_process_that_is_nearly_full_is_replaced_and_no_order_is_lost(monkeypatch):
    """It answers its order, and another process gets the next one."""

    async def scene(workers):
        (full,) = workers._all
        handle = full._handle

        def handle_as_full(what, *values):
            handle(what, *(*values[:-1], True) if what == "answer" else values)

        monkeypatch.setattr(full, "_handle", handle_as_full)
        last, after = (begun(workers, small_order(number), kind=CallKind.BATCH) for number in (1, 2))
        assert (await last).data
        assert (await after).data
        await until(lambda: full not in workers._all)

    metrics = with_workers(scene)
    assert replaced(metrics, "full") == 1
    assert replaced(metrics, "crash") == 0


def test_what_is_planned_with_changes_between_orders():
    """A running order keeps its dataset; the next uses the new one, with the same number of processes."""

    async def scene(workers):
        dataset = workers._dataset
        old, first = set(workers._all), begun(workers, large=True)
        await busy_one(workers)
        change = await workers.prepare(replace(dataset, settings=replace(dataset.settings, max_units_per_order=1)))
        change()
        with pytest.raises(InvalidInputError, match="units"):
            await workers.ask(asked(small_order(3)))
        assert len(old & workers._all) == 1
        assert not first.done()
        first.cancel()
        await until(lambda: len(workers._all) == workers.ready == 2 and not old & workers._all)

    metrics = with_workers(scene, 2)
    assert all(not replaced(metrics, why) for why in ("crash", "stuck", "full"))


def test_what_cannot_be_loaded_changes_nothing():
    """The present workers go on, and the failed ones end."""

    async def scene(workers):
        before = set(workers._all)
        with pytest.raises(NoPlanningError):
            await workers.prepare(replace(workers._dataset, catalogs={"broken": None}))
        await until(lambda: workers._all == before)
        assert (await workers.ask(asked(small_order(1)))).data

    with_workers(scene, 2)


def test_a_fault_of_the_service_comes_with_its_traceback():
    """An unexpected error has the worker's traceback."""

    async def scene(workers):
        with pytest.raises(WorkerFaultError, match=r"(?s)Traceback.*KeyError"):
            await workers.ask(Work("NoMethod", b""))

    with_workers(scene)


def answered(answer, request):
    """Return the bytes of an answer or status, without the time of creation."""
    made = packing_service_pb2.PackResponse()
    try:
        made.ParseFromString(answer(asked(request)).data)
    except BoxwrightError as error:
        return status_of(error).SerializeToString()
    made.plan.ClearField("create_time")
    return made.SerializeToString(deterministic=True)


def test_answers_are_those_of_this_process_byte_for_byte():
    """Workers answer and refuse exactly as this process does."""
    methods = Methods(Dataset.load(Settings()), Metrics())

    async def scene(workers):
        for number in range(0, 200, 20):
            request = small_order(number)
            if number % 3 == 0:
                request.read_mask.paths.append("*")
            expected, answer = answered(methods.answer, request), begun(workers, request)
            await asyncio.wait([answer])
            assert answered(lambda _, done=answer: done.result(), request) == expected

    with_workers(scene)


def test_a_process_that_does_not_get_on_while_it_loads_is_killed(monkeypatch):
    """A process that hangs while loading is replaced."""
    monkeypatch.setattr(worker, "HANG_S", 0.5)

    async def scene(workers):
        (first,) = workers._all
        os.kill(first.pid, signal.SIGKILL)
        await until(lambda: first not in workers._all and workers._all)
        (loading,) = workers._all
        os.kill(loading.pid, signal.SIGSTOP)
        await until(lambda: loading not in workers._all and workers.ready == 1)

    with_workers(scene)


def test_what_yields_to_others_has_a_process_of_its_own():
    """Long work runs at the lowest priority within its memory limit, and gets no orders."""

    async def scene(workers):
        async with workers.long_worker(workers._dataset) as worker:
            assert os.getpriority(os.PRIO_PROCESS, worker.pid) == 19
            assert workers.ready == 1
            with pytest.raises(MemoryCeilingError):
                await worker.ask(asked(long_order()))
        await until(lambda: not workers._long)

    assert replaced(with_workers(scene, max_worker_bytes=64 << 20), "memory") == 0
