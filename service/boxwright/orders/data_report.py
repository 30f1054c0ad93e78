"""Reports the data quality of an export: gaps, repeats, implausible values, and goods lost with rejected orders."""

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

FAR_OUT = 3
"""Number of interquartile ranges beyond which a value is an outlier: Tukey's "far out", applied to logarithms."""
MOST_STATUSES = 20
"""Maximum number of values listed per status column; the rest count as ``others``."""
FEWEST = 20
"""Minimum number of values for outliers, and of rejected orders for lost SKUs: the maintainers' rule."""
NOTABLE = 0.01
"""Minimum share of orders with lost SKUs that is reported: the maintainers' rule."""
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
class Mix:
    """Numbers of written and rejected orders, and the SKUs that are lost with the rejected ones."""

    written: int
    rejected: int
    lost_skus: tuple[tuple[str, int], ...] = ()
    """SKUs whose orders are all rejected, and the number of these orders; the most frequent comes first."""
    lost_sku_orders: int = 0
    """Number of orders with such a SKU."""

    @property
    def sentences(self) -> list[str]:
        """Sentences about rejected orders for readers of figures; empty if none, or every one, is rejected."""
        every = self.written + self.rejected
        if not self.rejected or not self.written:
            return []
        share = f"{self.rejected:,} of {every:,} orders of the export ({100 * self.rejected / every:.1f} %)"
        sentences = [f"{share} were rejected when it was converted, and are in no figure."]
        if self.lost_skus and self.lost_sku_orders >= NOTABLE * every:
            shown = ", ".join(name for name, _ in self.lost_skus[:_LISTED])
            more = ", ..." if len(self.lost_skus) > _LISTED else ""
            skus = f"{len(self.lost_skus):,} SKU{'s' if len(self.lost_skus) > 1 else ''}"
            sentences.append(
                f"Every order of {skus} ({shown}{more}) is rejected, {self.lost_sku_orders:,} in all, so these goods"
                " are in no figure. If a SKU is not goods, such as postage, convert the export with"
                f" --where-not COLUMN={self.lost_skus[0][0]}: its rows are left out, and the orders kept."
            )
        return sentences


@dataclass(slots=True)
class DataReport:
    """Data quality of an export; rejected rows and orders are included."""

    rows: int = 0
    orders: int = 0
    skus: int = 0
    without_size: list[Finding] = field(default_factory=list)
    """Rows in which an edge is missing, unreadable or 0; torn rows do not count."""
    without_mass: list[Finding] = field(default_factory=list)
    """Rows in which the mass is missing, unreadable or 0; torn rows do not count."""
    duplicates: list[Finding] = field(default_factory=list)
    """Rows equal to an earlier row of their order."""
    outliers: list[Finding] = field(default_factory=list)
    """Rows whose longest edge or mass is an outlier."""
    implausible: list[Finding] = field(default_factory=list)
    """Lines of written orders with an implausible size or mass."""
    without_date: list[Finding] = field(default_factory=list)
    """Rows with an unreadable ship date, which counts as missing."""
    without_order: int = 0
    """Number of rejected rows without an order id; their lines may be missing from a written order."""
    unmatched_skus: Mapping[str, int] = field(default_factory=dict)
    """Number of order rows, by SKU that the item master lacks."""
    mix: Mix = field(default_factory=lambda: Mix(0, 0))
    statuses: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Numbers of rows, by header and value, of unread columns that may mark cancelled or returned goods. The most
    frequent value comes first."""
    unlike_units: Sequence[str] = ()
    """A sentence per table with edges in different units that no map confirms."""


class Survey:
    """Collects the data report: first all rows, then all orders."""

    def __init__(self) -> None:
        self._found = DataReport()
        self._skus: set[str] = set()
        self._day_order = DayOrder()
        self._edges = _Figures("longest edge", "mm", EDGES)
        self._masses = _Figures("mass_g", "g", ("mass_g",))
        self._orders = [0, 0]  # numbers of rejected and of written orders; the counters have this order too
        self._orders_of_sku = Counter[str](), Counter[str]()
        self._rejected_skus: list[frozenset[str]] = []
        self._statuses: dict[str, Counter[str]] = {}

    def add(self, row: Row) -> None:
        """Add a row that is joined with the item master."""
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
        self._orders[written] += 1
        skus = frozenset(sku for row in members if isinstance(sku := row.values.get("sku"), str))
        self._orders_of_sku[written].update(skus)
        if not written:
            self._rejected_skus.append(skus)
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
        """Return the report; ``unmatched`` counts order rows by SKU that the item master lacks."""
        found = self._found
        found.skus, found.mix, found.unmatched_skus = len(self._skus), self._mix(), dict(unmatched)
        found.statuses = {header: dict(counts.most_common()) for header, counts in self._statuses.items()}
        found.outliers, found.unlike_units = [*self._edges.outliers(), *self._masses.outliers()], unlike_units
        return found

    def _mix(self) -> Mix:
        rejected, written = self._orders
        if rejected < FEWEST or not written:
            return Mix(written, rejected)
        lost = {sku: count for sku, count in self._orders_of_sku[0].items() if sku not in self._orders_of_sku[1]}
        orders = sum(not skus.isdisjoint(lost) for skus in self._rejected_skus)
        return Mix(written, rejected, tuple(sorted(lost.items(), key=lambda item: (-item[1], item[0]))), orders)


class _Figures:
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
