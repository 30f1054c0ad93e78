"""A fuse ends a search from outside: a flag that every loop looks at while it runs, set by whoever no longer waits.

Kernels look at the flag as they search, Python loops call ``look``; no stretch between two looks is meant to take more
than 5 ms. Results never depend on a fuse otherwise: effort is counted, and a plan that a fuse cut says so.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

import numpy as np

from boxwright.errors import SearchEndedError

Flag = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

FROM_AFAR = 2
"""Value of a flag whose fuse another process has blown; 1 is set by this one."""


class Fuse:
    """Ends the search that runs under it; may be blown from any thread, at any time.

    A fuse that is *spent* ends the search only: the best plan so far, if there is one, is still finished and checked,
    and says that it was cut. One that is *blown* ends that as well.

    Parameters
    ----------
    flag : int64, (1,), optional
        Memory for the flag, 0 now, that another process may write to: ``FROM_AFAR`` there blows the fuse, before any
        thread of this process could. Default: its own.
    """

    def __init__(self, flag: Flag | None = None) -> None:
        self.flag: Flag = np.zeros(1, dtype=np.int64) if flag is None else flag
        self._blown: SearchEndedError | None = None
        self._spent: SearchEndedError | None = None
        self.meter: Meter | None = None
        self._rest: Fuse | None = None
        self._at_end: list[Callable[[], None]] = []

    def blow(self, why: SearchEndedError | None = None) -> None:
        """End all that runs under it within a few milliseconds, with an error that says why."""
        self._blown = self._blown or why or SearchEndedError("the search was ended before there was a plan")
        self.flag[0] = 1
        if self._rest is not None:
            self._rest.blow(self._blown)
        for end in tuple(self._at_end):
            end()

    def spend(self, why: SearchEndedError) -> None:
        """End the search; leave time to finish the best plan so far. ``why`` is raised where there is none."""
        self._spent = self._spent or why
        self.flag[0] = 1
        for end in tuple(self._at_end):
            end()

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """Call ``end``, from whichever thread, if the search is to end meanwhile, or already is to."""
        try:
            self.listen(end)
            yield
        finally:
            self.forget(end)

    def listen(self, end: Callable[[], None]) -> None:
        """Call ``end`` if the search is to end from now on, or already is to, until it is forgotten."""
        self._at_end.append(end)
        if self.ended:
            end()

    def forget(self, end: Callable[[], None]) -> None:
        """Call ``end`` no more."""
        self._at_end.remove(end)

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """Let what runs in this thread go on although the fuse is spent; it still ends if the fuse blows."""
        if self._rest is None:
            self._rest = Fuse()  # for good: a plan is finished in several parts
        if self.blown:
            self._rest.blow(self.why)
        token = _BURNING.set(self._rest)
        try:
            yield
        finally:
            _BURNING.reset(token)

    def look(self) -> None:
        """Raise the error that says why, if the search is to end."""
        if self.meter is not None:
            self.meter.step()
        if self.flag[0]:
            if self.meter is not None:
                self.meter.end()
            why = self.why
            assert why is not None
            raise type(why)(*why.args)

    @property
    def why(self) -> SearchEndedError | None:
        """Why the search is to end, if it is."""
        return self._blown or (_GIVEN_UP if self.flag[0] == FROM_AFAR else self._spent)

    @property
    def ended(self) -> bool:
        """Whether the search is to end: blown or spent."""
        return bool(self.flag[0])

    @property
    def blown(self) -> bool:
        """Whether all was ended, and nobody waits for a plan."""
        return self._blown is not None or bool(self.flag[0] == FROM_AFAR)


_GIVEN_UP = SearchEndedError("the search was ended before there was a plan")
"""Why a search ends whose fuse another process blew."""


class Meter:
    """Counts the steps of a search, one for each look at the fuse, and may end it after so many.

    What a search has found depends on its steps alone: what a kernel leaves behind when a fuse stops it halfway is
    thrown away. So a search that a fuse cut can be cut there again.

    Parameters
    ----------
    most : int, optional
        Steps after which the search ends, as a fuse that is spent ends it. Default: no limit.

    Attributes
    ----------
    armed : bool
        Whether it may end the search: not before there is something that can be finished.
    """

    def __init__(self, most: int | None = None) -> None:
        self.armed = False
        self._most = most
        self._steps = 0
        self._ended_at: int | None = None

    def step(self) -> None:
        """Count a step.

        Raises
        ------
        SearchEndedError
            If it is the last or comes after it, and the meter is armed.
        """
        self._steps += 1
        if self._most is not None and self._steps >= self._most and self.armed:
            self.end()
            raise SearchEndedError(f"the search reached its max_effort of {self._most} before there was a plan")

    def end(self) -> None:
        """Note that the search ends here, unless it has ended before."""
        self._ended_at = self._ended_at or self._steps

    @property
    def used(self) -> int:
        """Steps until the search ended."""
        return self._ended_at or self._steps


_BURNING: ContextVar[Fuse | None] = ContextVar("fuse", default=None)
_NEVER = Fuse()
_LOOK_TOO: list[Callable[[], None]] = []


@contextmanager
def under(fuse: Fuse) -> Iterator[None]:
    """Let what this thread does end when the fuse ends it, or one that it runs under already."""
    outer = _BURNING.get()
    with nullcontext() if outer is None or outer is fuse else _chained(outer, fuse):
        token = _BURNING.set(fuse)
        try:
            yield
        finally:
            _BURNING.reset(token)


@contextmanager
def _chained(outer: Fuse, inner: Fuse) -> Iterator[None]:
    def end() -> None:
        if outer.blown:
            inner.blow(outer.why)
        elif outer.why is not None:
            inner.spend(outer.why)

    with outer.ending(end):
        yield


def ending(end: Callable[[], None]) -> AbstractContextManager[None]:
    """Let what does not look at the flag be ended by a call when the fuse of this thread ends the search."""
    fuse = _BURNING.get()
    return nullcontext() if fuse is None else fuse.ending(end)


def finishing() -> AbstractContextManager[None]:
    """Let what follows a search go on although the fuse of this thread is spent, until it is blown."""
    fuse = _BURNING.get()
    return nullcontext() if fuse is None else fuse.finishing()


@contextmanager
def metered(meter: Meter) -> Iterator[None]:
    """Let a meter count the steps of what this thread does, but for what is finishing."""
    fuse = _BURNING.get() or Fuse()
    before, fuse.meter = fuse.meter, meter
    token = _BURNING.set(fuse)
    try:
        yield
    finally:
        _BURNING.reset(token)
        fuse.meter = before


def arm() -> None:
    """Let the meter of this thread, if it has one, end the search from now on."""
    fuse = _BURNING.get()
    if fuse is not None and fuse.meter is not None:
        fuse.meter.armed = True


def blown() -> bool:
    """Whether the fuse of this thread is blown: then nobody waits for a plan, not even for a cut one."""
    fuse = _BURNING.get()
    return fuse is not None and fuse.blown


def flag() -> Flag:
    """Return the flag that kernels look at, int64 (1,): 0 until the search is to end."""
    return (_BURNING.get() or _NEVER).flag


def look_too(look: Callable[[], None]) -> None:
    """Call something at each look of a loop from now on, whichever thread it is in: it may end what runs there."""
    _LOOK_TOO.append(look)


def look() -> None:
    """Raise SearchEndedError if the search of this thread is to end.

    Every loop whose length grows with the order calls this, and whoever called a kernel once it returns.
    """
    for each in _LOOK_TOO:
        each()
    fuse = _BURNING.get()
    if fuse is not None:
        fuse.look()
