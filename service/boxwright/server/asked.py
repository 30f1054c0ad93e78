"""What a planning worker is asked: a method, the bytes of its request, and what the door knows of the call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from boxwright.stop import Stop
from boxwright.store import CatalogRecord, Entry, PlanRecord, TextsRecord


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
    stop : Stop
        Ends the work; where only its search is ended, the best plan so far is the answer.
    better : callable or None
        Gets the bytes of each plan that ``Improve`` finds, from whichever thread.
    """

    method: str
    request: bytes
    answer_by_s: float | None = None
    keep: bool = False
    stop: Stop = field(default_factory=Stop)
    better: Callable[[bytes], None] | None = None


class Answered(NamedTuple):
    """The bytes of an answer, and what the store is to keep of it."""

    data: bytes
    entry: Entry | None = None


Plain = tuple[tuple[object, ...], tuple[object, ...], tuple[object, ...] | None] | None
"""An entry as it goes from process to process."""


_PLAN, _CATALOG, _TEXTS = (attrgetter(*each.__slots__) for each in (PlanRecord, CatalogRecord, TextsRecord))


def plain(entry: Entry | None) -> Plain:
    """Return what an entry holds, as plain values."""
    if entry is None or entry.plan is None or entry.catalog is None:
        return None
    plan, catalog = _PLAN(entry.plan), _CATALOG(entry.catalog)
    return plan, catalog, None if entry.texts is None else _TEXTS(entry.texts)


def entry_of(values: Plain) -> Entry | None:
    """Return the entry of plain values."""
    if values is None:
        return None
    plan, catalog, texts = values
    kept = None if texts is None else TextsRecord(*texts)  # type: ignore[arg-type] # as they were
    return Entry(PlanRecord(*plan), CatalogRecord(*catalog), texts=kept)  # type: ignore[arg-type] # likewise
