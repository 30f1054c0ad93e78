"""What an export looks like before anything is planned with it: gaps, repeats and figures that look like a slip."""

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boxwright.errors import FieldViolation
from boxwright.orders.export_row import Row
from boxwright.orders.fields import EDGES

FAR_OUT = 3
"""Interquartile ranges, of the logarithms, past which a figure is an outlier: Tukey's "far out", chosen here."""
FEWEST = 20
"""Figures below which nobody can say what is usual: an own rule."""


@dataclass(frozen=True, slots=True)
class InRow:
    """A field of a row of an export.

    Attributes
    ----------
    file : str
        Name of the file.
    row : int
        As a spreadsheet shows it.
    field : str
        The field.
    """

    file: str
    row: int
    field: str


@dataclass(frozen=True, slots=True)
class Finding(InRow):
    """What a person should look at, in ``text``."""

    text: str


@dataclass(frozen=True, slots=True)
class DataReport:
    """What the rows of an export look like, rejected ones included.

    Attributes
    ----------
    rows, orders, skus : int
        Counts; an order of which rows are rejected counts.
    without_size, without_mass : tuple of Finding
        Rows without an edge that can be read and is above 0; without such a mass. Torn rows are not
        looked at.
    duplicates : tuple of Finding
        Rows that say the same as an earlier row of their order.
    outliers : tuple of Finding
        Rows whose longest edge or mass is far from all others.
    implausible : tuple of Finding
        Lines of orders written whose size or mass is not plausible.
    without_order : int
        Rejected rows that name no order: an order that is written may lack them.
    unmatched_skus : mapping of str to int
        Order rows by SKU that the item master does not have.
    """

    rows: int
    orders: int
    skus: int
    without_size: tuple[Finding, ...]
    without_mass: tuple[Finding, ...]
    duplicates: tuple[Finding, ...]
    outliers: tuple[Finding, ...]
    implausible: tuple[Finding, ...]
    without_order: int
    unmatched_skus: Mapping[str, int]


def report_of(
    rows: Sequence[Row],
    orders: Sequence[Sequence[Row]],
    unmatched: Mapping[str, int],
    implausible: Sequence[Finding],
) -> DataReport:
    """Return the report.

    Parameters
    ----------
    rows : sequence of Row
        All rows, joined with the item master.
    orders : sequence of (sequence of Row)
        The rows of each order.
    unmatched : mapping of str to int
        Order rows by SKU that the item master does not have.
    implausible : sequence of Finding
        What of orders written looks like a slip.
    """
    whole = [row for row in rows if all(name for name, _ in row.broken)]
    gaps = [(row, [name for name in EDGES if not _above_zero(row.values.get(name))]) for row in whole]
    return DataReport(
        rows=len(rows),
        orders=len(orders),
        skus=len({row.values["sku"] for row in rows if isinstance(row.values.get("sku"), str)}),
        without_size=tuple(_finding(row, names[0], f"no {', '.join(names)}") for row, names in gaps if names),
        without_mass=tuple(
            _finding(row, "mass_g", "no mass_g") for row in whole if not _above_zero(row.values.get("mass_g"))
        ),
        duplicates=tuple(_duplicates(orders)),
        outliers=(
            *_outliers(rows, "longest edge", "mm", lambda values: _greatest(values, EDGES)),
            *_outliers(rows, "mass_g", "g", lambda values: _greatest(values, ("mass_g",))),
        ),
        implausible=tuple(implausible),
        without_order=sum("order_id" not in row.values for row in rows),
        unmatched_skus=dict(unmatched),
    )


def _above_zero(value: Any) -> bool:
    return isinstance(value, int | float) and value > 0


def _greatest(values: Mapping[str, Any], names: Sequence[str]) -> float:
    """Return the greatest of figures; 0 unless all of them are there."""
    return max(values[name] for name in names) if all(_above_zero(values.get(name)) for name in names) else 0


def _finding(row: Row, name: str, text: str) -> Finding:
    return Finding(row.file, row.number, name, text)


def _duplicates(orders: Sequence[Sequence[Row]]) -> Iterable[Finding]:
    for members in orders:
        if len(members) < 2:
            continue
        first: dict[str, Row] = {}
        for row in members:
            said = repr(sorted((name, repr(value)) for name, value in row.values.items() if name != "line_id"))
            earlier = first.setdefault(said, row)
            if earlier is not row:
                yield _finding(row, "order_id", f"says the same as row {earlier.number} of {earlier.file}")


def _outliers(
    rows: Sequence[Row], name: str, unit: str, figure: Callable[[Mapping[str, Any]], float]
) -> Iterable[Finding]:
    found = [(row, math.log(value)) for row in rows if (value := figure(row.values)) > 0]
    if len(found) < FEWEST:
        return
    least, _, most = statistics.quantiles((each for _, each in found), n=4)
    reach = FAR_OUT * (most - least)
    if not reach:
        return
    for row, each in found:
        if not least - reach <= each <= most + reach:
            text = f"is {figure(row.values):g} {unit}, where half of all rows are {math.exp(least):.3g} to "
            yield _finding(row, name, f"{text}{math.exp(most):.3g} {unit}")


def findings_of(slips: Iterable[FieldViolation], members: Sequence[Row]) -> Iterable[Finding]:
    """Yield what looks like a slip of an order with the row of its line; paths are such as ``lines[3].mass_g``."""
    for each in slips:
        index, bracket, name = each.field.removeprefix("lines[").partition("].")
        row = members[int(index)] if bracket and index.isdigit() else members[0]
        yield _finding(row, name or each.field, each.rule)
