"""What a planning worker is asked: a method, the bytes of its request, and what the door knows of the call."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from boxwright.fuse import Fuse
from boxwright.store import CatalogRecord, Entry, PlanRecord


@dataclass(frozen=True, slots=True)
class Asked:
    """One piece of work whose answer is bytes.

    Attributes
    ----------
    method : str
        What the desk is to do, such as ``Pack``.
    request : bytes
        Its request.
    answer_by_s : float or None
        When the answer has to be there, on the monotonic clock of the machine, in seconds; None: whenever.
    keep : bool
        Whether the answer comes with what the store is to keep of a plan.
    stop : Fuse or None
        Ends the search of ``Improve`` when it is blown; the best plan so far is the answer.
    better : callable or None
        Gets the bytes of each plan that ``Improve`` finds, from whichever thread.
    """

    method: str
    request: bytes
    answer_by_s: float | None = None
    keep: bool = False
    stop: Fuse | None = None
    better: Callable[[bytes], None] | None = None


class Answered(NamedTuple):
    """The bytes of an answer, and what the store is to keep of it."""

    data: bytes
    entry: Entry | None = None


Plain = tuple[tuple[object, ...], tuple[object, ...]] | None
"""An entry as it goes from process to process."""


def plain(entry: Entry | None) -> Plain:
    """Return what an entry holds, as plain values."""
    if entry is None or entry.plan is None or entry.catalog is None:
        return None
    return tuple(getattr(entry.plan, name) for name in PlanRecord.__slots__), tuple(
        getattr(entry.catalog, name) for name in CatalogRecord.__slots__
    )


def entry_of(values: Plain) -> Entry | None:
    """Return the entry of plain values."""
    return None if values is None else Entry(PlanRecord(*values[0]), CatalogRecord(*values[1]))  # type: ignore[arg-type] # as they were
