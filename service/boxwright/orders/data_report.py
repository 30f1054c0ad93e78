"""Data quality of an export: gaps, repeats and implausible values."""

import math
import statistics
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from boxwright.contract.values import EDGES
from boxwright.errors import FieldViolation
from boxwright.orders.dates import DATE_COLUMN, DayOrder, day_of
from boxwright.orders.export_row import Row, in_line
from boxwright.orders.order_mix import Mix, MixSurvey

FAR_OUT = 3
"""Interquartile ranges of the logarithms beyond which a value is an outlier: Tukey's "far out", applied to
logarithms."""
MOST_STATUSES = 20
"""Most values listed per status column; the rest counts as ``others``."""
FEWEST = 20
"""Fewest values for outliers to be judged: our own rule."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A note on a row of an export, or a rule that it breaks."""

    file: str
    row: int
    """Row number as a spreadsheet shows it."""
    field: str
    """The field; empty for the row as a whole."""
    text: str


@dataclass(slots=True)
class DataReport:
    """Data quality of the rows of an export, rejected ones included."""

    rows: int = 0
    orders: int = 0
    skus: int = 0
    """Counts; partly rejected orders count."""
    without_size: list[Finding] = field(default_factory=list)
    without_mass: list[Finding] = field(default_factory=list)
    """Rows without a readable positive edge; rows without such a mass. Torn rows do not count."""
    duplicates: list[Finding] = field(default_factory=list)
    """Rows equal to an earlier row of their order."""
    outliers: list[Finding] = field(default_factory=list)
    """Rows whose longest edge or mass is an outlier."""
    implausible: list[Finding] = field(default_factory=list)
    """Lines of written orders with implausible size or mass."""
    without_date: list[Finding] = field(default_factory=list)
    """Rows with an unreadable ship date, which counts as missing."""
    without_order: int = 0
    """Rejected rows without an order id: a written order may lack them."""
    unmatched_skus: Mapping[str, int] = field(default_factory=dict)
    """Number of order rows by SKU missing from the item master."""
    mix: Mix = field(default_factory=lambda: Mix(0, 0))
    """Differences between rejected and written orders."""
    statuses: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Values of unread columns that may mark cancelled or returned goods, by header, with their number of rows; the
    most frequent first."""
    unlike_units: Sequence[str] = ()
    """A sentence per table whose edges have different units that no map confirms."""


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

    def add_status(self, header: str, said: str) -> None:
        """Count a value of a status column."""
        counts = self._statuses.setdefault(header, Counter())
        counts[said if said in counts or len(counts) < MOST_STATUSES else "others"] += 1

    def add_order(self, members: Sequence[Row], slips: Iterable[FieldViolation], *, written: bool) -> None:
        """Add the rows of an order, written or rejected; ``slips`` are its implausible values."""
        found = self._found
        found.orders += 1
        self._mix.add(members, written=written)
        found.duplicates += _duplicates(members)
        for slip in slips:
            index, name = in_line(slip.field)
            found.implausible.append(_finding(members[index], name, slip.rule))
        for row in members:
            day = row.values.get(DATE_COLUMN)
            if day is not None and isinstance(day_of(day, self._day_order.day_first), str):
                rule = f"is no date as 2026-11-30 or 30.11.2026, got {str(day)!r:.40}: it counts as none"
                found.without_date.append(_finding(row, DATE_COLUMN, rule))

    def report(self, unmatched: Mapping[str, int], unlike_units: Sequence[str] = ()) -> DataReport:
        """Return the report; ``unmatched`` counts order rows by SKU missing from the item master."""
        found = self._found
        found.skus, found.mix, found.unmatched_skus = len(self._skus), self._mix.mix(), dict(unmatched)
        found.statuses = {header: dict(counts.most_common()) for header, counts in self._statuses.items()}
        found.outliers, found.unlike_units = [*self._edges.outliers(), *self._masses.outliers()], unlike_units
        return found


class _Figures:
    """The greatest of some fields, collected over rows."""

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
        said = repr(sorted((name, repr(value)) for name, value in row.values.items() if name != "line_id"))
        earlier = first.setdefault(said, row)
        if earlier is not row:
            yield _finding(row, "order_id", f"says the same as row {earlier.number} of {earlier.file}")
