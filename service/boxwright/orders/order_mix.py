"""Whether rejected orders are like the others: what is left may be of another mix than what a warehouse ships."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from boxwright.orders.export_row import Row
from boxwright.orders.rows import BOX_USED

COMPARED = ("extra_site", "extra_country_code", "extra_zone", "extra_carrier_service", BOX_USED)
"""Columns whose values are compared."""
UNITS = "units of the order"
_SIZES = ((1, "1"), (5, "2 to 5"), (math.inf, "6 or more"))
FEWEST = 20
"""Rejected orders below which nothing is said of their mix: an own rule."""
SHIFT = 0.01
"""Share of all orders by which a group must be rarer or more frequent among those written: an own rule."""
CHANCE = 3.0
"""Standard errors that a difference of shares must pass, so that chance is not taken for one: an own rule."""
_MOST_VALUES = 1_000
"""Values of a column past which they are no groups, such as names."""
_SAID = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Orders that say the same in a column, or have as many units.

    Attributes
    ----------
    what, value : str
        The column, and what they say.
    written, rejected : int
        Orders written, and rejected.
    of_written, of_rejected : int
        All orders written, and rejected, of which the column is known.
    """

    what: str
    value: str
    written: int
    rejected: int
    of_written: int
    of_rejected: int

    @property
    def shift(self) -> float:
        """By how much its share of the orders written differs from that of all."""
        every = self.of_written + self.of_rejected
        return self.written / self.of_written - (self.written + self.rejected) / every

    @property
    def notable(self) -> bool:
        """Whether the mix is another one for it, and not by chance."""
        every = self.of_written + self.of_rejected
        share = (self.written + self.rejected) / every
        difference = self.rejected / self.of_rejected - self.written / self.of_written
        error = math.sqrt(share * (1 - share) * (1 / self.of_written + 1 / self.of_rejected))
        return abs(self.shift) >= SHIFT and abs(difference) > CHANCE * error

    @property
    def words(self) -> str:
        """Both shares in words."""
        of_rejected, of_written = self.rejected / self.of_rejected, self.written / self.of_written
        named = f"{self.what} {self.value}"
        return f"{named}: {100 * of_rejected:.1f} % of the rejected, {100 * of_written:.1f} % of the others"


@dataclass(frozen=True, slots=True)
class Mix:
    """How rejected orders differ from those written.

    Attributes
    ----------
    written, rejected : int
        Orders.
    groups : tuple of Group
        Groups that are notable, the greatest shift first.
    lost_skus : tuple of (str, int)
        SKUs of which every order is rejected, and in how many orders each is, the most frequent first.
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
        """Return what a reader of later figures must know; empty where no order is rejected."""
        every = self.written + self.rejected
        if not self.rejected or not self.written:
            return []
        share = f"{self.rejected:,} of {every:,} orders of the export ({100 * self.rejected / every:.1f} %)"
        said = [f"{share} were rejected when it was converted, and are in no figure."]
        if self.groups:
            shown = "; ".join(each.words for each in self.groups[:_SAID])
            said.append(f"They are not like the others ({shown}): figures are of the mix of the others.")
        if self.lost_skus and self.lost_sku_orders >= SHIFT * every:
            shown = ", ".join(name for name, _ in self.lost_skus[:_SAID])
            more = ", ..." if len(self.lost_skus) > _SAID else ""
            skus = f"{len(self.lost_skus):,} SKU{'s' if len(self.lost_skus) > 1 else ''}"
            said.append(
                f"Every order of {skus} ({shown}{more}) is rejected, {self.lost_sku_orders:,} in all: these goods are"
                " in no figure."
            )
        return said


class MixSurvey:
    """Counts orders by what is known of them, written and rejected ones apart."""

    def __init__(self) -> None:
        self._counts: tuple[dict[str, Counter[str]], ...] = tuple(
            {name: Counter() for name in (UNITS, *COMPARED)} for _ in range(2)
        )
        self._orders = [0, 0]
        self._skus: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        self._rejected_skus: list[frozenset[str]] = []

    def add(self, members: Sequence[Row], *, written: bool) -> None:
        """Count an order of these rows."""
        side = int(written)
        self._orders[side] += 1
        counts = self._counts[side]
        quantities = [row.values.get("quantity") for row in members]
        if all(isinstance(each, int) and each > 0 for each in quantities):
            units = sum(each for each in quantities if isinstance(each, int))
            counts[UNITS][next(name for most, name in _SIZES if units <= most)] += 1
        for name in COMPARED:
            value = next((row.values[name] for row in members if name in row.values), None)
            if value is not None and len(counts[name]) <= _MOST_VALUES:
                counts[name][str(value)] += 1
        skus = frozenset(sku for row in members if isinstance(sku := row.values.get("sku"), str))
        self._skus[side].update(skus)
        if not written:
            self._rejected_skus.append(skus)

    def mix(self) -> Mix:
        """Return what was found."""
        rejected, written = self._orders
        if rejected < FEWEST or not written:
            return Mix(written, rejected)
        groups = [each for name in (UNITS, *COMPARED) for each in self._groups(name) if each.notable]
        lost = self._skus[0].keys() - self._skus[1].keys()
        named = sorted(((sku, self._skus[0][sku]) for sku in lost), key=lambda each: (-each[1], each[0]))
        return Mix(
            written,
            rejected,
            tuple(sorted(groups, key=lambda each: (-round(abs(each.shift), 9), each.shift))),
            tuple(named),
            sum(not lost.isdisjoint(skus) for skus in self._rejected_skus),
        )

    def _groups(self, what: str) -> list[Group]:
        rejected, written = (counts[what] for counts in self._counts)
        if not rejected or not written or max(len(rejected), len(written)) > _MOST_VALUES:
            return []
        totals = written.total(), rejected.total()
        return [Group(what, value, written[value], rejected[value], *totals) for value in {**written, **rejected}]
