"""The threads that plan: kernels release the interpreter lock, so as many threads as cores keep all of them busy."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from boxwright.errors import BoxwrightError

Answer = TypeVar("Answer")


class OverloadedError(BoxwrightError):
    """As many orders wait as may wait.

    Attributes
    ----------
    retry_after_s : float
        When to try again, in seconds.
    """

    retry_after_s = 1.0


class Workers:
    """A thread pool that says no before its queue grows long.

    Parameters
    ----------
    threads : int
        Number of threads; 0 is as many as cores that this process may use.
    max_waiting : int
        Most single jobs that may wait.
    """

    def __init__(self, threads: int, max_waiting: int) -> None:
        self.threads = threads or available_cores()
        self._max_waiting = max_waiting
        self._under_way = 0
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="plan")

    @property
    def waiting(self) -> int:
        """Jobs that no thread has taken up yet."""
        return max(0, self._under_way - self.threads)

    async def run(self, job: Callable[[], Answer], *, patient: bool = False) -> Answer:
        """Run a job in a thread and return its answer.

        Parameters
        ----------
        job : callable
            What to do.
        patient : bool, optional
            Whether the job may wait however long the queue is: for callers that limit themselves. Default False.

        Raises
        ------
        OverloadedError
            If the job is not patient and as many wait as may.
        """
        if not patient and self.waiting >= self._max_waiting:
            raise OverloadedError(f"{self.waiting} orders are waiting, which is as many as may")
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, job)
        finally:
            self._under_way -= 1

    def close(self) -> None:
        """Drop what still waits and let running jobs end by themselves."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def available_cores() -> int:
    """Return the cores that this process may use, which is fewer than the machine has under an affinity mask."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
