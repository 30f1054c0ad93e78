"""A fuse ends a search from outside: a flag that kernels look at while they run, set by whoever no longer waits.

Results never depend on it otherwise: effort is counted, and a plan that a fuse cut says so.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

import numpy as np

from boxwright.errors import SearchEndedError
from boxwright.packing.problem import Ints


class Fuse:
    """Ends the search that runs under it; may be blown from any thread, at any time."""

    def __init__(self) -> None:
        self.flag: Ints = np.zeros(1, dtype=np.int64)
        self._enders: list[Callable[[], None]] = []

    def blow(self) -> None:
        """End the search, within a millisecond or so."""
        self.flag[0] = 1
        for end in tuple(self._enders):
            end()

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """Call ``end``, from whichever thread, if it blows meanwhile."""
        self._enders.append(end)
        try:
            yield
        finally:
            self._enders.remove(end)

    @property
    def blown(self) -> bool:
        """Whether the search was ended."""
        return bool(self.flag[0])


_BURNING: ContextVar[Fuse | None] = ContextVar("fuse", default=None)
_NEVER = Fuse()


@contextmanager
def under(fuse: Fuse) -> Iterator[None]:
    """Let searches of this thread end when the fuse blows."""
    token = _BURNING.set(fuse)
    try:
        yield
    finally:
        _BURNING.reset(token)


def ending(end: Callable[[], None]) -> AbstractContextManager[None]:
    """Let what does not look at the flag be ended by a call when the fuse of this thread blows."""
    fuse = _BURNING.get()
    return nullcontext() if fuse is None else fuse.ending(end)


def flag() -> Ints:
    """Return the flag that kernels look at, int64 (1,): 0 until the search is to end."""
    return (_BURNING.get() or _NEVER).flag


def check() -> None:
    """Raise SearchEndedError if the fuse has blown; called wherever a kernel returns."""
    fuse = _BURNING.get()
    if fuse is not None and fuse.blown:
        raise SearchEndedError("the search was ended before there was a plan")
