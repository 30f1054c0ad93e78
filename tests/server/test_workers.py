"""The planning threads, what becomes of jobs that nobody waits for, and when threads count as stuck."""

import asyncio
import threading
import time
from functools import partial

import pytest

from boxwright.errors import CpuCeilingError, SearchEndedError
from boxwright.server.fair_queue import CallKind
from boxwright.server.metrics import Metrics
from boxwright.server.overloaded import OverloadedError
from boxwright.server.settings import available_cores
from boxwright.server.threads import Threads
from boxwright.server.workers import SMALL_JOB_S
from boxwright.stop import Stop


def value(metrics, name, **labels):
    """Return what a metric says."""
    return metrics.registry.get_sample_value(name, labels) or 0


async def until(holds):
    """Wait until something holds; the test's own time limit ends what never does."""
    while not holds():
        await asyncio.sleep(0.001)


def burning(stop):
    """Use the processor until it is stopped."""
    while True:
        stop.look()


def burn(workers, work=burning, **fields):
    """Have workers do what burns until it is stopped."""
    stop = Stop()
    return workers.run(partial(work, stop), stop=stop, **fields)


def test_as_many_threads_as_cores_by_default():
    """0 threads means one a core."""
    workers = Threads(0, 1)
    assert workers.at_once == available_cores()
    workers.close()


def test_work_for_longer_than_may_wait_is_refused_but_neither_batch_nor_stream():
    """Past the limit a single job is refused at once; what limits itself waits, and does not count against others."""
    metrics = Metrics()

    async def scene():
        workers, gate = Threads(1, 1, metrics=metrics), threading.Event()
        accepted = [asyncio.ensure_future(workers.run(gate.wait, effort_s=0.3)) for _ in range(3)]
        await until(lambda: workers.busy)
        accepted += [
            asyncio.ensure_future(workers.run(gate.wait, kind=kind, effort_s=0.3))
            for kind in (CallKind.BATCH, CallKind.STREAM) * 3
        ]
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await workers.run(gate.wait, effort_s=0.3)
        assert workers.waiting == 8
        gate.set()
        done = await asyncio.gather(*accepted)
        workers.close()
        return done, workers.waiting

    assert asyncio.run(scene()) == ([True] * 9, 0)
    assert value(metrics, "boxwright_overload_refusals_total", what="orders", limit="waiting_time") == 1


def test_a_small_job_passes_large_ones_that_have_every_place():
    """It runs in the thread that is left for such, while the large ones go on."""

    async def scene():
        workers, gate = Threads(2, 100), threading.Event()
        large = [asyncio.ensure_future(workers.run(gate.wait, effort_s=5)) for _ in range(4)]
        await until(lambda: workers.busy == 2)
        answer = await workers.run(lambda: "small", effort_s=0.01)
        gate.set()
        await asyncio.gather(*large)
        workers.close()
        return answer

    assert asyncio.run(scene()) == "small"


def test_a_job_that_has_become_too_late_is_refused_while_it_waits():
    """Nobody waits for a thread to see it."""
    metrics = Metrics()

    async def scene():
        workers, gate = Threads(1, 0.1, metrics=metrics), threading.Event()
        first = asyncio.ensure_future(workers.run(gate.wait))
        await until(lambda: workers.busy)
        waiting = asyncio.ensure_future(workers.run(lambda: "never"))
        await asyncio.sleep(0)
        assert workers.oldest_s() >= 0
        while not waiting.done():
            workers.shed()
            await asyncio.sleep(0.01)
        gate.set()
        await first
        workers.close()
        return waiting.exception()

    assert isinstance(asyncio.run(scene()), OverloadedError)
    assert value(metrics, "boxwright_overload_refusals_total", what="orders", limit="age") == 1


def test_orders_of_streams_leave_room_for_single_ones():
    """However many orders of streams wait, a single one is taken and comes after one of them."""
    came = []

    async def scene():
        workers, gate = Threads(1, 1), threading.Event()
        first = asyncio.ensure_future(workers.run(gate.wait))
        await until(lambda: workers.busy)
        jobs = [
            asyncio.ensure_future(workers.run(lambda n=n: came.append(n), caller="a", kind=CallKind.STREAM))
            for n in range(300)
        ]
        await asyncio.sleep(0)
        jobs.append(asyncio.ensure_future(workers.run(lambda: came.append("single"), caller="a")))
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(first, *jobs)
        workers.close()

    asyncio.run(scene())
    assert came[:3] == [0, "single", 1]


def test_one_caller_keeps_no_other_out():
    """With as much of one caller waiting as may, the order of another one is taken, and comes next."""
    came = []

    async def scene():
        workers, gate = Threads(1, 1), threading.Event()
        first = asyncio.ensure_future(workers.run(gate.wait, caller="many"))
        await until(lambda: workers.busy)
        jobs = [
            asyncio.ensure_future(workers.run(lambda n=n: came.append(n), caller="many", effort_s=0.3))
            for n in range(9)
        ]
        jobs.append(asyncio.ensure_future(workers.run(lambda: came.append("few"), caller="few", effort_s=0.3)))
        await asyncio.sleep(0)
        gate.set()
        answers = await asyncio.gather(first, *jobs, return_exceptions=True)
        workers.close()
        return answers

    refused = [each for each in asyncio.run(scene()) if isinstance(each, OverloadedError)]
    assert 0 < len(refused) < 9
    assert "few" in came[:2]


def test_a_job_that_is_given_up_while_it_waits_never_starts():
    """A caller whose deadline passes in the queue costs no work."""
    started, metrics = [], Metrics()

    async def scene():
        workers, gate = Threads(1, 5, metrics=metrics), threading.Event()
        first = asyncio.ensure_future(workers.run(gate.wait))
        await until(lambda: workers.busy)
        waiting = asyncio.ensure_future(workers.run(lambda: started.append(1)))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert workers.waiting == 0
        gate.set()
        await first
        await workers.run(lambda: None)
        workers.close()

    asyncio.run(scene())
    assert started == []
    assert value(metrics, "boxwright_abandoned_orders_total", kind="single", state="waiting") == 1


@pytest.mark.parametrize("kind", CallKind)
def test_a_job_that_is_given_up_under_way_frees_its_thread(kind):
    """It ends by its stop, and the thread takes the next one."""
    metrics = Metrics()

    async def scene():
        workers = Threads(1, 5, metrics=metrics)
        given_up = asyncio.ensure_future(burn(workers, kind=kind))
        await until(lambda: workers.longest_s() > 0.01)
        assert (workers.running_in(0), workers.running_in(1), workers.running_effort_s(0)) == (1, 0, SMALL_JOB_S)
        given_up.cancel()
        answer = await workers.run(lambda: "next")
        workers.close()
        return answer

    assert asyncio.run(scene()) == "next"
    assert value(metrics, "boxwright_abandoned_orders_total", kind=kind.value, state="under_way") == 1
    assert value(metrics, "boxwright_abandoned_work_seconds_total", kind=kind.value) > 0.01
    assert value(metrics, "boxwright_order_wait_seconds_count", lane="0.02") == 2


def test_a_job_past_its_cpu_time_is_an_error_that_says_so():
    """Without a plan so far the answer is CpuCeilingError."""
    metrics = Metrics()

    async def scene():
        workers = Threads(1, 5, max_cpu_s=0.05, metrics=metrics)
        with pytest.raises(CpuCeilingError, match=r"0\.05"):
            await burn(workers)
        workers.close()

    asyncio.run(scene())
    assert value(metrics, "boxwright_cpu_ceiling_total", answer="error") == 1


def test_a_job_past_its_cpu_time_may_still_answer_with_what_it_has():
    """The search ends; what it has found so far is the answer."""
    metrics = Metrics()

    def cut(stop):
        try:
            burning(stop)
        except SearchEndedError:
            return "best so far"

    async def scene():
        workers = Threads(1, 5, max_cpu_s=0.05, metrics=metrics)
        answer = await burn(workers, cut)
        workers.close()
        return answer

    assert asyncio.run(scene()) == "best so far"
    assert value(metrics, "boxwright_cpu_ceiling_total", answer="plan") == 1


def test_time_asleep_is_no_cpu_time():
    """A job that waits for others is not cut, however long it waits."""

    async def scene():
        workers = Threads(1, 5, max_cpu_s=0.05)
        answer = await burn(workers, lambda stop: time.sleep(0.3) or stop.look() or "slept")
        workers.close()
        return answer

    assert asyncio.run(scene()) == "slept"


@pytest.mark.parametrize("given_up", [True, False], ids=["it does not end", "it does nothing"])
def test_a_thread_that_does_not_get_on_is_stuck(given_up):
    """All threads stuck means that nothing is alive; it is again once one has ended."""

    async def scene():
        workers, gate = Threads(1, 5, stall_s=0.05), threading.Event()
        job = asyncio.ensure_future(workers.run(gate.wait))
        await until(lambda: workers.busy)
        if given_up:
            job.cancel()
        await until(lambda: not workers.alive)
        assert workers.stuck == 1
        gate.set()
        await until(lambda: workers.alive)
        workers.close()

    asyncio.run(scene())


def test_a_busy_thread_is_not_stuck():
    """Long work that uses the processor is progress."""

    async def scene():
        workers = Threads(1, 5, stall_s=0.2)
        job = asyncio.ensure_future(burn(workers))
        await asyncio.sleep(0.5)
        alive = workers.alive
        job.cancel()
        await until(lambda: not workers.busy)
        workers.close()
        return alive

    assert asyncio.run(scene())


def test_closing_ends_what_ends_and_counts_what_does_not():
    """What burns until it is stopped ends; a thread that looks at nothing is left over; what waits is dropped."""

    async def scene():
        workers, gate = Threads(2, 5), threading.Event()
        jobs = [asyncio.ensure_future(each) for each in (burn(workers), workers.run(gate.wait))]
        await until(lambda: workers.busy == 2)
        waiting = asyncio.ensure_future(workers.run(lambda: None))
        await asyncio.sleep(0)
        workers.close()
        await until(lambda: workers.busy == 1)
        left = workers.join(0.05)
        assert waiting.cancelled() or await asyncio.wait([waiting])
        gate.set()
        await asyncio.wait(jobs)
        return left, workers.join(30)

    assert asyncio.run(scene()) == (1, 0)
