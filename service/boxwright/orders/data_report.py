"""Reports the data quality of an export: gaps, repeats, implausible values, and differences of rejected orders."""

import math
import statistics
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from boxwright.contract.values import EDGES
from boxwright.errors import FieldViolation
from boxwright.orders.export_row import Row, in_line
from boxwright.orders.extra import DATE_COLUMN, DayOrder, day_of
from boxwright.orders.rows import BOX_USED

FAR_OUT = 3
"""Number of interquartile ranges beyond which a value is an outlier: Tukey's "far out", applied to logarithms."""
MOST_STATUSES = 20
"""Maximum number of values listed per status column; the rest count as ``others``."""
FEWEST = 20
"""Minimum number of values for finding outliers, and of rejected orders for a comparison: the maintainers' rule."""
COMPARED = ("extra_site", "extra_country_code", "extra_zone", "extra_carrier_service", BOX_USED)
"""Columns whose values are compared between rejected and written orders."""
UNITS = "units of the order"
_SIZES = ((1, "1"), (5, "2 to 5"), (math.inf, "6 or more"))
SHIFT = 0.01
"""Minimum change in a group's share between all and written orders: the maintainers' rule."""
CHANCE = 3.0
"""Minimum difference in standard errors, to rule out chance: the maintainers' rule."""
_MOST_VALUES = 1_000
"""Maximum number of values of a column with groups; more suggest that it holds names."""
_LISTED = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """A note on a row of an export, or a rule that it breaks."""

    file: str
    row: int
    """Row number as a spreadsheet shows it."""
    field: str
    """Name of the field; empty for the row as a whole."""
    text: str


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
        """Share of the group in all orders."""
        return (self.written + self.rejected) / (self.of_written + self.of_rejected)

    @property
    def shift(self) -> float:
        """Share of the group in written orders minus its share in all orders."""
        return self.written / self.of_written - self.share

    @property
    def notable(self) -> bool:
        """True if the shift is large and not due to chance."""
        difference = self.rejected / self.of_rejected - self.written / self.of_written
        error = math.sqrt(self.share * (1 - self.share) * (1 / self.of_written + 1 / self.of_rejected))
        return abs(self.shift) >= SHIFT and abs(difference) > CHANCE * error

    @property
    def words(self) -> str:
        """Shares of rejected and of other orders, as text."""
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
        """Return sentences about rejected orders for readers of figures; empty if no order is rejected."""
        every = self.written + self.rejected
        if not self.rejected or not self.written:
            return []
        share = f"{self.rejected:,} of {every:,} orders of the export ({100 * self.rejected / every:.1f} %)"
        sentences = [f"{share} were rejected when it was converted, and are in no figure."]
        if self.groups:
            shown = "; ".join(group.words for group in self.groups[:_LISTED])
            sentences.append(f"They differ from the others ({shown}), so figures represent only the others.")
        if self.lost_skus and self.lost_sku_orders >= SHIFT * every:
            shown = ", ".join(name for name, _ in self.lost_skus[:_LISTED])
            more = ", ..." if len(self.lost_skus) > _LISTED else ""
            skus = f"{len(self.lost_skus):,} SKU{'s' if len(self.lost_skus) > 1 else ''}"
            sentences.append(
                f"Every order of {skus} ({shown}{more}) is rejected, {self.lost_sku_orders:,} in all: these goods are"
                f" in no figure. If they are not goods, such as postage, --where-not COLUMN={self.lost_skus[0][0]}"
                " leaves their rows out when it is converted, and keeps the orders."
            )
        return sentences


@dataclass(slots=True)
class DataReport:
    """Data quality of the rows of an export, rejected ones included."""

    rows: int = 0
    orders: int = 0
    skus: int = 0
    """Numbers of rows, orders and SKUs, including partly rejected orders."""
    without_size: list[Finding] = field(default_factory=list)
    without_mass: list[Finding] = field(default_factory=list)
    """Rows without a readable positive edge, and rows without a readable positive mass. Torn rows do not count."""
    duplicates: list[Finding] = field(default_factory=list)
    """Rows equal to an earlier row of their order."""
    outliers: list[Finding] = field(default_factory=list)
    """Rows whose longest edge or mass is an outlier."""
    implausible: list[Finding] = field(default_factory=list)
    """Lines of written orders with implausible size or mass."""
    without_date: list[Finding] = field(default_factory=list)
    """Rows with an unreadable ship date, which counts as missing."""
    without_order: int = 0
    """Number of rejected rows without an order id; a written order may lack them."""
    unmatched_skus: Mapping[str, int] = field(default_factory=dict)
    """Number of order rows by SKU missing from the item master."""
    mix: Mix = field(default_factory=lambda: Mix(0, 0))
    """Differences between rejected and written orders."""
    statuses: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Numbers of rows by header and value, for unread columns that may mark cancelled or returned goods; the most
    frequent value comes first."""
    unlike_units: Sequence[str] = ()
    """A sentence per table in which edges have different units and no map confirms these."""


class Survey:
    """Collects the data report in two passes: by row, then by order."""

    def __init__(self) -> None:
        self._found = DataReport()
        self._skus: set[str] = set()
        self._day_order = DayOrder()
        self._edges = _Figures("longest edge", "mm", EDGES)
        self._masses = _Figures("mass_g", "g", ("mass_g",))
        self._mix = MixSurvey()
        self._statuses: dict[str, Counter[str]] = {}

    def add(self, row: Row) -> None:
        """Add a row, joined with the item master."""
        found = self._found
        found.rows += 1
        found.without_order += "order_id" not in row.values
        if isinstance(sku := row.values.get("sku"), str):
            self._skus.add(sku)
        if all(name for name, _ in row.broken):
            if lacking := [name for name in EDGES if not _above_zero(row.values.get(name))]:
                found.without_size.append(_finding(row, lacking[0], f"no {', '.join(lacking)}"))
            if not _above_zero(row.values.get("mass_g")):
                found.without_mass.append(_finding(row, "mass_g", "no mass_g"))
        self._day_order.look(row.values.get(DATE_COLUMN))
        self._edges.add(row)
        self._masses.add(row)

    def add_status(self, header: str, value: str) -> None:
        """Count a value of a status column."""
        counts = self._statuses.setdefault(header, Counter())
        counts[value if value in counts or len(counts) < MOST_STATUSES else "others"] += 1

    def add_order(self, members: Sequence[Row], doubtful: Iterable[FieldViolation], *, written: bool) -> None:
        """Add the rows of an order, written or rejected; ``doubtful`` are its implausible values."""
        found = self._found
        found.orders += 1
        self._mix.add(members, written=written)
        found.duplicates += _duplicates(members)
        for violation in doubtful:
            index, name = in_line(violation.field)
            found.implausible.append(_finding(members[index], name, violation.rule))
        for row in members:
            day = row.values.get(DATE_COLUMN)
            if day is not None and isinstance(day_of(day, self._day_order.day_first), str):
                rule = f"must be a date such as 2026-11-30 or 30.11.2026, got {str(day)!r:.40}: it counts as missing"
                found.without_date.append(_finding(row, DATE_COLUMN, rule))

    def report(self, unmatched: Mapping[str, int], unlike_units: Sequence[str] = ()) -> DataReport:
        """Return the report; ``unmatched`` counts order rows by SKU missing from the item master."""
        found = self._found
        found.skus, found.mix, found.unmatched_skus = len(self._skus), self._mix.mix(), dict(unmatched)
        found.statuses = {header: dict(counts.most_common()) for header, counts in self._statuses.items()}
        found.outliers, found.unlike_units = [*self._edges.outliers(), *self._masses.outliers()], unlike_units
        return found


class _Figures:
    """Collects, over rows, the greatest value of some fields."""

    def __init__(self, name: str, unit: str, fields: Sequence[str]) -> None:
        self._name, self._unit, self._fields = name, unit, fields
        self._files: dict[str, int] = {}
        self._values = array("d")
        self._places = array("Q")

    def add(self, row: Row) -> None:
        if all(_above_zero(row.values.get(name)) for name in self._fields):
            self._values.append(max(row.values[name] for name in self._fields))
            self._places.extend((self._files.setdefault(row.file, len(self._files)), row.number))

    def outliers(self) -> Iterable[Finding]:
        if len(self._values) < FEWEST:
            return
        least, _, most = statistics.quantiles(map(math.log, self._values), n=4)
        reach = FAR_OUT * (most - least)
        files = list(self._files)
        for index, value in enumerate(self._values):
            if reach and not least - reach <= math.log(value) <= most + reach:
                usual = f"where half of all rows are {_plain(math.exp(least))} to {_plain(math.exp(most))} {self._unit}"
                file, row = files[self._places[2 * index]], self._places[2 * index + 1]
                yield Finding(file, row, self._name, f"is {_plain(value)} {self._unit}, {usual}")


def _plain(value: float) -> str:
    """Return a number without exponent, to three decimals."""
    return f"{value:,.3f}".rstrip("0").rstrip(".")


def _above_zero(value: Any) -> bool:
    return isinstance(value, int | float) and value > 0


def _finding(row: Row, name: str, text: str) -> Finding:
    return Finding(row.file, row.number, name, text)


def _duplicates(members: Sequence[Row]) -> Iterable[Finding]:
    first: dict[str, Row] = {}
    for row in members if len(members) > 1 else ():
        content = repr(sorted((name, repr(value)) for name, value in row.values.items() if name != "line_id"))
        earlier = first.setdefault(content, row)
        if earlier is not row:
            yield _finding(row, "order_id", f"repeats row {earlier.number} of {earlier.file}")


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
