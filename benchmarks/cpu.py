"""CPU time including child processes, and a fixed amount of work to calibrate a machine."""

import resource
import statistics
import time

import numpy as np
from numba import njit

STEPS = 10_000_000


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of the children that it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def loop_ms() -> float:
    """Return the CPU milliseconds of a compiled loop of fixed length: the median of seven runs.

    Ten million dependent steps of a xorshift generator (Marsaglia, Xorshift RNGs, Journal of Statistical Software
    8(14), 2003). Ratios to this time can be compared between machines.
    """
    _loop(1)
    times = []
    for _ in range(7):
        started = time.process_time()
        _loop(STEPS)
        times.append((time.process_time() - started) * 1_000)
    return statistics.median(times)


@njit(cache=True)
def _loop(steps: int) -> int:
    state = np.uint64(88_172_645_463_325_252)
    for _ in range(steps):
        state ^= state << np.uint64(13)
        state ^= state >> np.uint64(7)
        state ^= state << np.uint64(17)
    return int(state >> np.uint64(1))
