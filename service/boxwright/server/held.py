"""What a job runs under: its fuse, the ceiling of CPU time, and the time by which it has to be answered."""

from contextlib import AbstractContextManager

from boxwright.fuse import Fuse, under
from boxwright.planning import cpu_ceiling
from boxwright.planning.deadline import deadline


def held(fuse: Fuse, max_cpu_s: float | None, answer_by_s: float | None) -> AbstractContextManager[object]:
    """Let a job run under its fuse and its limits.

    Parameters
    ----------
    fuse : Fuse
        Ends it.
    max_cpu_s : float or None
        Most CPU time, in seconds; None is no limit.
    answer_by_s : float or None
        When it has to be answered, on the monotonic clock, in seconds; None is no limit.
    """
    if answer_by_s is not None:
        return deadline(answer_by_s, fuse, max_cpu_s)
    return under(fuse) if max_cpu_s is None else cpu_ceiling(max_cpu_s, fuse)
