"""Caps on properties of a parcel's goods, such as watt-hours of lithium cells."""

from dataclasses import dataclass
from typing import Annotated

from boxwright.domain.fields import Held, Id, Ruled, unique, within

MILLIONTHS = 1_000_000
MAX_AMOUNT = 100_000_000
"""Maximum amount or cap in the property's unit, so that the sum over 10,000 units, in millionths, fits in 64 bits."""


def _not_nearly_zero(amount: float) -> str | None:
    return f"must be 0 or at least 0.000001, got {amount:g}" if amount and not round(amount * MILLIONTHS) else None


Amount = Annotated[
    float, within(0, MAX_AMOUNT), _not_nearly_zero, Held(lambda amount: round(amount * MILLIONTHS) / MILLIONTHS)
]


@dataclass(frozen=True, slots=True)
class PropertyAmount(Ruled):
    """Amount of a property in one unit of goods."""

    property: Id
    """Name of the property, as in a cap, such as ``lithium_wh``."""
    amount: Amount
    """Amount in the property's unit, 0 to 100,000,000; rounded to the nearest millionth, so that sums are exact."""

    def millionths(self) -> int:
        """Return the amount in millionths of the property's unit."""
        return round(self.amount * MILLIONTHS)


@dataclass(frozen=True, slots=True)
class PropertyCap(Ruled):
    """Maximum amount of a property in one parcel."""

    property: Id
    """Name of the property, as in an amount."""
    max_amount: Amount
    """Maximum in the property's unit, 0 to 100,000,000; rounded to the nearest millionth. 0 forbids the property."""

    def millionths(self) -> int:
        """Return the cap in millionths of the property's unit."""
        return round(self.max_amount * MILLIONTHS)


Amounts = Annotated[tuple[PropertyAmount, ...], unique("property")]
Caps = Annotated[tuple[PropertyCap, ...], unique("property")]
