"""The planning threads and their queue."""

import asyncio
import threading

import pytest

from boxwright.server.workers import OverloadedError, Workers, available_cores


def test_as_many_threads_as_cores_by_default():
    """0 threads means one a core."""
    workers = Workers(0, 1)
    assert workers.threads == available_cores()
    workers.close()


def test_a_full_queue_refuses_and_patient_jobs_wait():
    """Past the limit a job is refused at once, unless it is patient; every accepted job is done."""

    async def scene():
        workers, gate = Workers(1, 1), threading.Event()
        accepted = [asyncio.ensure_future(workers.run(gate.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await workers.run(gate.wait)
        accepted.append(asyncio.ensure_future(workers.run(gate.wait, patient=True)))
        await asyncio.sleep(0)
        assert workers.waiting == 2
        gate.set()
        done = await asyncio.gather(*accepted)
        workers.close()
        return done, workers.waiting

    assert asyncio.run(scene()) == ([True] * 3, 0)


def test_a_job_that_is_cancelled_while_it_waits_never_starts():
    """A caller whose deadline passes in the queue costs no work."""
    started = []

    async def scene():
        workers, gate = Workers(1, 5), threading.Event()
        first = asyncio.ensure_future(workers.run(gate.wait))
        waiting = asyncio.ensure_future(workers.run(lambda: started.append(1)))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        gate.set()
        await first
        await workers.run(lambda: None)
        workers.close()

    asyncio.run(scene())
    assert started == []
