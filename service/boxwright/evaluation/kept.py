"""Outcomes of many orders, kept in a temporary file a batch at a time and read from there: memory stays bounded."""

from __future__ import annotations

import importlib
import io
import pickle
import zlib
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, overload

from boxwright.evaluation.outcome import OrderOutcome
from boxwright.orders.spool import Spool

Outcomes = tuple[OrderOutcome, ...]
"""Of an order, with each catalog."""

_LEVEL = 1
_OURS = ("boxwright.domain.", "boxwright.evaluation.")
_THEIRS = {
    ("collections", "Counter"),
    ("datetime", "date"),
    ("decimal", "Decimal"),
    ("fractions", "Fraction"),
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("boxwright.errors", "FieldViolation"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
}


class UnknownContentError(ValueError):
    """A file holds what no run writes."""


class _Reader(pickle.Unpickler):
    """Reads values of an evaluation and nothing else, so that a file of a stranger starts nothing."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class that an evaluation consists of."""
        if (module, name) in _THEIRS:
            return getattr(importlib.import_module(module), name)
        if module.startswith(_OURS):
            found = getattr(importlib.import_module(module), name, None)
            if isinstance(found, type):
                return found
        raise UnknownContentError(f"{module}.{name}")


def packed(value: Any) -> bytes:
    """Return values of an evaluation as bytes."""
    return zlib.compress(pickle.dumps(value, pickle.HIGHEST_PROTOCOL), _LEVEL)


def unpacked(content: bytes) -> Any:
    """Return what ``packed`` made bytes of; raise UnknownContentError for anything else."""
    try:
        return _Reader(io.BytesIO(zlib.decompress(content))).load()
    except (zlib.error, pickle.UnpicklingError, EOFError, AttributeError, TypeError, ImportError) as error:
        raise UnknownContentError(str(error)) from None


class Kept:
    """Outcomes of the orders so far, batch by batch."""

    def __init__(self) -> None:
        self._batches: Spool[bytes] = Spool()
        self._sizes: list[int] = []
        self._open: tuple[int, list[Outcomes]] = (-1, [])

    def append(self, content: bytes, orders: int) -> None:
        """Add a batch: a packed list of the outcomes of so many orders."""
        self._batches.append(content)
        self._sizes.append(orders)

    def __len__(self) -> int:
        return sum(self._sizes)

    def __iter__(self) -> Iterator[Outcomes]:
        for number in range(len(self._sizes)):
            yield from self._batch(number)

    def at(self, index: int) -> Outcomes:
        """Return the outcomes of the order at an index."""
        for number, end in enumerate(accumulate(self._sizes)):
            if index < end:
                return self._batch(number)[index - end]
        raise IndexError(index)

    def _batch(self, number: int) -> list[Outcomes]:
        if self._open[0] != number:
            self._open = number, unpacked(self._batches[number])
        return self._open[1]


class OutcomesOf(Sequence[OrderOutcome]):
    """What became of each order with one catalog, in the order of the orders."""

    def __init__(self, kept: Kept, catalog: int) -> None:
        self._kept, self._catalog = kept, catalog

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[OrderOutcome]:
        return (each[self._catalog] for each in self._kept)

    @overload
    def __getitem__(self, index: int) -> OrderOutcome: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[OrderOutcome]: ...

    def __getitem__(self, index: int | slice) -> OrderOutcome | Sequence[OrderOutcome]:
        places = range(len(self))[index]
        if isinstance(places, int):
            return self._kept.at(places)[self._catalog]
        return [self._kept.at(each)[self._catalog] for each in places]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(other) != len(self):
            return NotImplemented if not isinstance(other, Sequence) else False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # equal by what it holds, as a list is
