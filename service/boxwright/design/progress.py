"""How a design says how far it is."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Counting(Protocol):
    """Shows how many of a number of things are done."""

    def __call__(self, what: str, total: int, of: str = "orders") -> AbstractContextManager[Callable[[int], None]]:
        """Begin to count; yield what is called with the number of things that are newly done."""
        ...


@contextmanager
def silent(what: str, total: int, of: str = "orders") -> Iterator[Callable[[int], None]]:
    """Show no progress."""
    yield lambda newly: None
