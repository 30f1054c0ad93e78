"""Properties of goods that a parcel may hold only so much of, such as watt-hours of lithium cells."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from boxwright.domain.fields import id_rules, own_numbers, refuse, shown
from boxwright.errors import FieldViolation

MILLIONTHS = 1_000_000
MAX_AMOUNT = 100_000_000.0
"""Largest amount or cap, in the property's own unit: in millionths, 10,000 units of it still sum inside 64 bits."""


@dataclass(frozen=True, slots=True)
class PropertyAmount:
    """What one unit adds to a property.

    Parameters
    ----------
    property : str
        Name, the same as in a cap, such as ``lithium_wh``.
    amount : float
        In the property's own unit, 0 to 100,000,000; snapped to the nearest millionth, so that sums are exact.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    property: str
    amount: float

    def __post_init__(self) -> None:
        _snap(self, "amount")

    def millionths(self) -> int:
        """Return the amount in millionths of the property's unit."""
        return round(self.amount * MILLIONTHS)


@dataclass(frozen=True, slots=True)
class PropertyCap:
    """The most of a property that one parcel may hold.

    Parameters
    ----------
    property : str
        Name, the same as in an amount.
    max_amount : float
        In the property's own unit, 0 to 100,000,000; snapped to the nearest millionth. 0 forbids the property.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    property: str
    max_amount: float

    def __post_init__(self) -> None:
        _snap(self, "max_amount")

    def millionths(self) -> int:
        """Return the cap in millionths of the property's unit."""
        return round(self.max_amount * MILLIONTHS)


def unique_properties(
    field: str, entries: tuple[PropertyAmount, ...] | tuple[PropertyCap, ...]
) -> list[FieldViolation]:
    """Return a violation for each entry whose property an earlier one names."""
    seen: set[str] = set()
    broken = []
    for index, name in enumerate(each.property for each in entries):
        if name in seen:
            broken.append(FieldViolation(f"{field}[{index}].property", f"must not repeat, {name!r} does"))
        seen.add(name)
    return broken


def _snap(entry: PropertyAmount | PropertyCap, field: str) -> None:
    """Check an entry and snap its number to the nearest millionth."""
    own_numbers(entry)
    value = getattr(entry, field)
    refuse([*id_rules("property", entry.property), *(FieldViolation(field, rule) for rule in _amount_rules(value))])
    object.__setattr__(entry, field, round(value * MILLIONTHS) / MILLIONTHS)


def _amount_rules(value: object) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield f"must be a number, got {shown(value)}"
    elif isinstance(value, float) and not math.isfinite(value):
        yield f"must be finite, got {value}"
    elif value < 0:
        yield f"must be 0 or more, got {shown(value)}"
    elif value > MAX_AMOUNT:
        yield f"must be at most {MAX_AMOUNT:,.0f}, got {shown(value)}"
    elif value > 0 and round(value * MILLIONTHS) == 0:
        yield f"must be 0 or at least 0.000001, got {value:g}"
