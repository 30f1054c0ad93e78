"""When the phases of a plan began and ended, for traces. Where nobody listens, nothing is measured."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

Phase = tuple[str, int, int]
"""Name, begin and end on the monotonic clock of the machine, in nanoseconds."""

MOST_PHASES = 64
"""Phases of one answer that are heard of: explaining a plan searches many times."""

_HEARD: ContextVar[list[Phase] | None] = ContextVar("heard", default=None)
_UNHEARD = nullcontext()


def phase(name: str) -> AbstractContextManager[None]:
    """Let what runs inside be a phase of this name."""
    heard = _HEARD.get()
    return _UNHEARD if heard is None or len(heard) >= MOST_PHASES else _timed(name, heard)


@contextmanager
def _timed(name: str, heard: list[Phase]) -> Iterator[None]:
    begun_ns = time.monotonic_ns()
    try:
        yield
    finally:
        heard.append((name, begun_ns, time.monotonic_ns()))


def listening(heard: list[Phase] | None) -> AbstractContextManager[None]:
    """Add the phases of what runs inside to a list, each at its end; None hears nothing."""
    return _UNHEARD if heard is None else _listening(heard)


@contextmanager
def _listening(heard: list[Phase]) -> Iterator[None]:
    token = _HEARD.set(heard)
    try:
        yield
    finally:
        _HEARD.reset(token)
