"""Compares the shipped parcels with the planned ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from boxwright import units
from boxwright.domain.plan import Parcel, Plan
from boxwright.domain.rounded import count, grams, size, visible


@dataclass(frozen=True)
class ShippedParcel:
    """A parcel as shipped.

    Attributes
    ----------
    planned : int or None
        Index of its parcel in the plan, from 0; None if it was not planned.
    box_type_id : str
        Box type used.
    reason, note : str
        Reason why it differs from the plan, and a note; empty if it does not differ.
    gross_g : float or None
        Gross mass as weighed, in g.
    outer_mm : tuple of float, or None
        Length, width and height as measured, in mm.
    units : tuple of str
        Its contents, if recorded.
    """

    planned: int | None
    box_type_id: str
    reason: str = ""
    note: str = ""
    gross_g: float | None = None
    outer_mm: tuple[float, float, float] | None = None
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shipped:
    """The recorded outcome of a plan: time and place of packing, and the parcels."""

    when: str
    station: str
    parcels: Sequence[ShippedParcel]


Row = tuple[str, str, str, str, str]
"""Number of the parcel, box, weight, size, and difference from the plan."""


def shipped_sentence(shipped: Shipped, plan: Plan) -> str:
    """Return a sentence on when and where packing ended, and whether it followed the plan."""
    where = f" at {shipped.station}" if shipped.station else ""
    rows = list(shipped_rows(shipped, plan))
    others = sum(bool(row[4]) for row in rows)
    said = "as planned" if not others else f"{count(others, 'parcel')} of {len(rows)} not as planned"
    return visible(f"Packed on {shipped.when}{where}, {said}.")


def shipped_rows(shipped: Shipped, plan: Plan) -> Iterator[Row]:
    """Yield a row per shipped parcel, then per planned parcel that was not shipped."""
    for actual in shipped.parcels:
        planned = None if actual.planned is None else plan.parcels[actual.planned]
        yield (
            "" if actual.planned is None else str(actual.planned + 1),
            visible(actual.box_type_id),
            "" if actual.gross_g is None else _weight(actual.gross_g, planned),
            "" if actual.outer_mm is None else f"{size(actual.outer_mm)} mm",
            visible("; ".join(_differences(actual, planned))),
        )
    shipped_ones = {parcel.planned for parcel in shipped.parcels}
    for index, parcel in enumerate(plan.parcels):
        if index not in shipped_ones:
            yield str(index + 1), visible(parcel.box_type_id), "", "", "planned, not shipped"


def _weight(gross_g: float, planned: Parcel | None) -> str:
    said = grams(units.to_mg(gross_g))
    if planned is None:
        return said
    over_mg = units.to_mg(gross_g) - planned.gross_mg
    return (
        f"{said}, {grams(abs(over_mg))} {'over' if over_mg > 0 else 'under'} plan" if over_mg else f"{said}, as planned"
    )


def _differences(shipped: ShippedParcel, planned: Parcel | None) -> Iterator[str]:
    if planned is None:
        yield "not planned"
    elif planned.box_type_id != shipped.box_type_id:
        yield f"in place of {planned.box_type_id}"
    if shipped.reason:
        yield shipped.reason
    if shipped.note:
        yield f"“{shipped.note}”"
    if shipped.units:
        yield f"holds {', '.join(shipped.units)}"
