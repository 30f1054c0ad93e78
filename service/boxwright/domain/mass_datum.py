"""What amounts of a footprint stand on: density, grammage, tare, trips, detours; each with its range."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class MassDatum:
    """A datum that a mass, or the distance of a derived leg, is proportional to.

    Attributes
    ----------
    datum_id : str
        What it is, such as ``dunnage/crumpled-kraft-fill/density`` or ``detour/rail``: the same datum is drawn once for
        two plans.
    low, high : Decimal
        The mass or distance at the datum's ends over that at its value: ``0 < low <= 1 <= high``.
    read_in_source : bool
        Whether it was read in its source, or is the caller's own.
    """

    datum_id: str
    low: Decimal
    high: Decimal
    read_in_source: bool


@dataclass(frozen=True, slots=True)
class MassPart:
    """A part of a line's amount that is proportional to data.

    Attributes
    ----------
    data : tuple of str
        Ids of the data; their ranges multiply.
    amount : Decimal
        In the line's unit; what no part holds of a line's amount stands on no datum.
    """

    data: tuple[str, ...]
    amount: Decimal
