"""What orders are ranked and summed by where they are told apart: money where both prices are known, else volume."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from boxwright.evaluation.outcome import Cost


class Change(NamedTuple):
    """Sums over orders with two catalogs: how many, and what they cost and take up with either."""

    orders: int = 0
    """Orders."""
    first_um3: int = 0
    second_um3: int = 0
    """Outer volume of their parcels."""
    priced: int = 0
    """Orders whose price is known with both, in one currency."""
    first_minor: int = 0
    second_minor: int = 0
    """What these cost."""

    @classmethod
    def of(cls, first: Cost, second: Cost) -> Change:
        """Return what one order comes to: its price, or what part of it is known of both."""
        for price in _PRICES:
            one, other = price(first), price(second)
            if one is not None and other is not None and one.currency == other.currency:
                return cls(1, first.outer_um3, second.outer_um3, 1, one.minor, other.minor)
        return cls(1, first.outer_um3, second.outer_um3)

    @classmethod
    def summed(cls, changes: Iterable[Change]) -> Change:
        """Return the sums of several."""
        return cls(*map(sum, zip(*changes, strict=True)))

    def pair(self, *, money: bool) -> tuple[int, int]:
        """Return what they come to with either catalog: in minor units, or in cubic um."""
        return (self.first_minor, self.second_minor) if money else (self.first_um3, self.second_um3)

    def difference(self, *, money: bool) -> int:
        """Return second minus first."""
        first, second = self.pair(money=money)
        return second - first


_PRICES = tuple(map(attrgetter, ("price", "packaging_price", "carriage_price")))
