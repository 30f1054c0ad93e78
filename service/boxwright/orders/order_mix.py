"""Compares rejected with written orders: the rest may no longer represent what a warehouse ships."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from boxwright.orders.export_row import Row
from boxwright.orders.rows import BOX_USED

COMPARED = ("extra_site", "extra_country_code", "extra_zone", "extra_carrier_service", BOX_USED)
"""Columns to compare."""
UNITS = "units of the order"
_SIZES = ((1, "1"), (5, "2 to 5"), (math.inf, "6 or more"))
FEWEST = 20
"""Fewest rejected orders for a comparison: our own rule."""
SHIFT = 0.01
"""Least change in a group's share between all and written orders: our own rule."""
CHANCE = 3.0
"""Least difference in standard errors, to rule out chance: our own rule."""
_MOST_VALUES = 1_000
"""Most values of a column with groups; more suggest names."""
_SAID = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Orders with the same value of a column, ``what``, or number of units.

    ``of_written`` and ``of_rejected`` are all written and rejected orders with a known value.
    """

    what: str
    value: str
    written: int
    rejected: int
    of_written: int
    of_rejected: int

    @property
    def share(self) -> float:
        """Its share of all orders."""
        return (self.written + self.rejected) / (self.of_written + self.of_rejected)

    @property
    def shift(self) -> float:
        """Its share of written orders minus that of all orders."""
        return self.written / self.of_written - self.share

    @property
    def notable(self) -> bool:
        """Whether the shift is large and not due to chance."""
        difference = self.rejected / self.of_rejected - self.written / self.of_written
        error = math.sqrt(self.share * (1 - self.share) * (1 / self.of_written + 1 / self.of_rejected))
        return abs(self.shift) >= SHIFT and abs(difference) > CHANCE * error

    @property
    def words(self) -> str:
        """Both shares in words."""
        rejected, written = 100 * self.rejected / self.of_rejected, 100 * self.written / self.of_written
        return f"{self.what} {self.value}: {rejected:.1f} % of the rejected, {written:.1f} % of the others"


@dataclass(frozen=True, slots=True)
class Mix:
    """Differences between rejected and written orders.

    Attributes
    ----------
    written, rejected : int
        Orders.
    groups : tuple of Group
        Notable groups, the greatest shift first.
    lost_skus : tuple of (str, int)
        SKUs with every order rejected, and the number of these orders, the most frequent first.
    lost_sku_orders : int
        Orders with such a SKU.
    """

    written: int
    rejected: int
    groups: tuple[Group, ...] = ()
    lost_skus: tuple[tuple[str, int], ...] = ()
    lost_sku_orders: int = 0

    @property
    def sentences(self) -> list[str]:
        """Return sentences that readers of later figures need; empty if no order is rejected."""
        every = self.written + self.rejected
        if not self.rejected or not self.written:
            return []
        share = f"{self.rejected:,} of {every:,} orders of the export ({100 * self.rejected / every:.1f} %)"
        said = [f"{share} were rejected when it was converted, and are in no figure."]
        if self.groups:
            shown = "; ".join(group.words for group in self.groups[:_SAID])
            said.append(f"They differ from the others ({shown}), so figures represent only the others.")
        if self.lost_skus and self.lost_sku_orders >= SHIFT * every:
            shown = ", ".join(name for name, _ in self.lost_skus[:_SAID])
            more = ", ..." if len(self.lost_skus) > _SAID else ""
            skus = f"{len(self.lost_skus):,} SKU{'s' if len(self.lost_skus) > 1 else ''}"
            said.append(
                f"Every order of {skus} ({shown}{more}) is rejected, {self.lost_sku_orders:,} in all: these goods are"
                f" in no figure. If they are no goods, such as postage, --where-not COLUMN={self.lost_skus[0][0]}"
                " leaves their rows out when it is converted, and keeps the orders."
            )
        return said


class MixSurvey:
    """Counts written and rejected orders by their values."""

    def __init__(self) -> None:
        self._orders = [0, 0]
        self._counts = [{name: Counter[str]() for name in (UNITS, *COMPARED)} for _ in range(2)]
        self._skus = Counter[str](), Counter[str]()
        self._rejected_skus: list[frozenset[str]] = []

    def add(self, members: Sequence[Row], *, written: bool) -> None:
        """Add the rows of an order."""
        self._orders[written] += 1
        counts = self._counts[written]
        quantities = (row.values.get("quantity") for row in members)
        known = [quantity for quantity in quantities if isinstance(quantity, int) and quantity > 0]
        if len(known) == len(members):
            counts[UNITS][next(name for most, name in _SIZES if sum(known) <= most)] += 1
        for name in COMPARED:
            value = next((row.values[name] for row in members if name in row.values), None)
            if value is not None and len(counts[name]) <= _MOST_VALUES:
                counts[name][str(value)] += 1
        skus = frozenset(sku for row in members if isinstance(sku := row.values.get("sku"), str))
        self._skus[written].update(skus)
        if not written:
            self._rejected_skus.append(skus)

    def mix(self) -> Mix:
        """Return the differences."""
        rejected, written = self._orders
        if rejected < FEWEST or not written:
            return Mix(written, rejected)
        groups = []
        for name in (UNITS, *COMPARED):
            left, kept = (counts[name] for counts in self._counts)
            if left and kept and max(len(left), len(kept)) <= _MOST_VALUES:
                totals = kept.total(), left.total()
                groups += [Group(name, value, kept[value], left[value], *totals) for value in {**kept, **left}]
        groups = [group for group in groups if group.notable]
        lost = {sku: count for sku, count in self._skus[0].items() if sku not in self._skus[1]}
        return Mix(
            written,
            rejected,
            tuple(sorted(groups, key=lambda group: (-round(abs(group.shift), 9), group.shift))),
            tuple(sorted(lost.items(), key=lambda one: (-one[1], one[0]))),
            sum(not skus.isdisjoint(lost) for skus in self._rejected_skus),
        )
