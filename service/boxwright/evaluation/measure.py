"""Sums by which orders are ranked: money where both prices are known, else outer volume."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Change(NamedTuple):
    """Sums over orders with two catalogs."""

    orders: int = 0
    """Number of orders."""
    first_um3: int = 0
    second_um3: int = 0
    """Outer volume of their parcels with either catalog, in cubic um."""
    priced: int = 0
    """Orders with a known price with both catalogs, in one currency."""
    first_minor: int = 0
    second_minor: int = 0
    """Price of these orders with either catalog, in minor units."""

    @classmethod
    def of(cls, first: Mapping[str, Any], second: Mapping[str, Any]) -> Change:
        """Return the sums of one order from its two records: its price, or the part of it that both state."""
        both = first, second
        volumes = int(first["outer_um3"]), int(second["outer_um3"])
        for kinds in (("packaging", "carriage"), ("packaging",), ("carriage",)):
            currencies = {record[f"{kind}_currency"] for record in both for kind in kinds}
            if len(currencies) == 1 and None not in currencies:
                return cls(1, *volumes, 1, *(sum(record[f"{kind}_minor"] for kind in kinds) for record in both))
        return cls(1, *volumes)

    @classmethod
    def summed(cls, changes: Iterable[Change]) -> Change:
        """Return the sums of several."""
        return cls(*map(sum, zip(*changes, strict=True)))

    def pair(self, *, money: bool) -> tuple[int, int]:
        """Return the totals with either catalog, in minor units or cubic um."""
        return (self.first_minor, self.second_minor) if money else (self.first_um3, self.second_um3)

    def difference(self, *, money: bool) -> int:
        """Return second minus first."""
        first, second = self.pair(money=money)
        return second - first
