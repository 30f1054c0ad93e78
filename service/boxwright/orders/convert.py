"""Converts exports of orders to the rows of an order file.

If a row breaks a rule, its whole order is rejected: without a line, the order would be planned as if complete.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from boxwright.contract.columns import COLUMNS as LINE_COLUMNS
from boxwright.contract.columns import read_row, row_of
from boxwright.contract.values import EDGES
from boxwright.domain.order import Order
from boxwright.errors import DataFileError, FieldViolation, InvalidInputError
from boxwright.orders.column_map import (
    UNIT_FIELDS,
    GuessOptions,
    check_options,
    guess,
    is_status,
    known_of,
    map_violations,
    unlike_units,
    with_options,
)
from boxwright.orders.data_report import DataReport, Finding, Survey
from boxwright.orders.export_row import Row, in_line, read_rows
from boxwright.orders.rows import COLUMNS, REQUIRED_COLUMNS
from boxwright.orders.spool import Spool
from boxwright.tabular import ColumnMap, Numbered, Table, Torn, Unreadable, open_table, plain_text

FROM_ITEMS = (*EDGES, "mass_g")
"""Required fields that may come from an item master."""

_OF_AN_ITEM = frozenset((*UNIT_FIELDS, *LINE_COLUMNS)) - {"line_id", "quantity"}
WITH_ITS_ORDER = "belongs to an order that lacks a line"
"""Start of the rule by which a row is rejected because of another row of its order."""
Implausible = Callable[[Order], Iterable[FieldViolation]]
"""A function from an order to its implausible values, by field path."""


@dataclass(frozen=True, slots=True)
class RowRules:
    """Rules that leave out rows, such as those that are not goods, without rejecting their orders."""

    where: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Allowed values by header; case is ignored. Rows with other values are left out. Default: none."""
    where_not: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Excluded values by header; case is ignored. Rows with these values are left out. Default: none."""
    skip_nonpositive: bool = False
    """True leaves out rows with a quantity of 0 or less, such as returns. Default false."""
    drop_repeated: bool = False
    """True leaves out rows that equal an earlier row of their order in every column with a field. Default false."""


@dataclass(slots=True)
class ItemMaster:
    """Items by SKU."""

    name: str
    form: str
    """Format in which the table was read."""
    mapping: ColumnMap
    by_sku: dict[str, Row] = field(default_factory=dict)
    """Items by SKU; an item with different rows is broken."""
    rows: int = 0
    unmatched: Counter[str] = field(default_factory=Counter)
    """Number of order rows, by SKU without an item."""
    _folded: dict[str, str] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Add a row; rows without a SKU are ignored."""
        self.rows += 1
        sku = row.values.get("sku")
        if not isinstance(sku, str):
            return
        first = self.by_sku.setdefault(sku, row)
        if first is not row and (first.values, first.broken) != (row.values, row.broken):
            first.broken = [("sku", f"is in rows {first.number} and {row.number} with different values")]

    def join(self, row: Row) -> None:
        """Fill the empty fields of an order row, or note why they cannot be filled."""
        sku = row.values.get("sku")
        given = {name for name, _ in row.broken} | row.values.keys()
        if not isinstance(sku, str) or "" in given:
            return
        item = self.by_sku.get(sku)
        lacks = [name for name in FROM_ITEMS if name not in given]
        if item is None:
            self.unmatched[sku] += 1
            if lacks:
                near = self._other_case(sku)
                row.broken.append(("sku", f"is not in {self.name}: {sku!r}" + (f", but {near!r} is" if near else "")))
            return
        if any(name in ("", "sku") for name, _ in item.broken):
            if lacks:
                row.broken.append(("sku", f"{self.name}: {item.broken[0][1]}"))
            return
        for name, rule in item.broken:
            if name not in given:
                row.broken.append((name, f"{self.name}, row {item.number}: {rule}"))
        row.values.update((name, value) for name, value in item.values.items() if name not in given)

    def _other_case(self, sku: str) -> str:
        """Return a SKU of the table that differs only in case; empty if there is none."""
        if not self._folded:
            self._folded = {sku.casefold(): sku for sku in self.by_sku}
        return self._folded.get(sku.casefold(), "")


@dataclass(frozen=True, slots=True)
class Conversion:
    """The result of a conversion."""

    rows: Spool[dict[str, Any]]
    """Values of the order file by column, in rows that are grouped by order."""
    columns: list[str]
    """Columns of the order file."""
    rejections: list[Finding]
    """All broken rules, by file and row."""
    rows_in: int
    rows_rejected: int
    """Numbers of rows read and rejected; ``rows_in == len(rows) + rows_rejected + rows_left_out.total()``."""
    rows_left_out: Counter[str]
    """Number of rows left out, by rule."""
    orders: int
    """Number of orders in the rows."""
    orders_left_out: int
    """Number of orders whose rows are all left out; other numbers do not include them."""
    report: DataReport
    forms: list[tuple[str, str, int]]
    """Name, format and number of rows of each table; the item master comes last."""
    orders_map: ColumnMap
    items_map: ColumnMap | None
    """Column map of the item master, None without one."""


def convert_orders(
    sources: Sequence[Any],
    *,
    items: Any = None,
    maps: Mapping[str, ColumnMap] | None = None,
    how: GuessOptions | None = None,
    row_rules: RowRules | None = None,
    encoding: str = "",
    sheet: str = "",
    implausible: Implausible | None = None,
) -> Conversion:
    """Convert exports of orders to the rows of one order file.

    The rows of an order may be scattered over the sources, so all rows are read before the first is returned; many rows
    are kept in a temporary file.

    Parameters
    ----------
    sources : sequence of Path, (str, bytes) or object with ``__arrow_c_stream__``
        Order exports with a row per order line; see :func:`boxwright.tabular.open_table`.
    items : Path, (str, bytes) or object with ``__arrow_c_stream__``, optional
        Item master with a row per SKU, which fills empty cells of order rows. Default: none.
    maps : mapping of str to ColumnMap, optional
        Column maps by ``orders`` and ``items``. Default: they are guessed.
    how : GuessOptions, optional
        Fields, units and decimal mark from the caller.
    row_rules : RowRules, optional
        Rows to leave out. Default: none.
    encoding, sheet : str, optional
        Encoding of CSV files, and sheet of workbooks.
    implausible : callable, optional
        Function from an order to the values that the report lists as implausible.

    Raises
    ------
    DataFileError
        If a file or its columns cannot be read.
    UnsupportedError
        If an option is unknown, or a package is missing.
    """
    how, maps, row_rules = how or GuessOptions(), maps or {}, row_rules or RowRules()
    check_options(how)
    tables = [open_table(source, encoding=encoding, sheet=sheet) for source in sources]
    master = None if items is None else read_master(open_table(items, encoding=encoding), maps.get("items"), how)
    headers = list(dict.fromkeys(header for table in tables for header in table.header))
    if "orders" in maps:
        mapping = with_options(maps["orders"], how)
    else:
        mapping = guess(headers, replace(how, given=known_of(how.given, headers)))
    _check_columns(tables, mapping, headers, how, master, row_rules)
    guessed = [] if "orders" in maps else [(table.name, mapping, table.header) for table in tables]
    if master is not None and "items" not in maps:
        guessed.append((master.name, master.mapping, [column.header for column in master.mapping.columns]))
    unlike = [f"{name}: {edges}" for name, used, header in guessed if (edges := unlike_units(used, header))]
    return _converted(tables, mapping, master, row_rules, implausible, unlike)


def _converted(
    tables: Sequence[Table],
    mapping: ColumnMap,
    master: ItemMaster | None,
    row_rules: RowRules,
    implausible: Implausible | None,
    unlike: Sequence[str],
) -> Conversion:
    survey, rows, forms, left_out = Survey(), Spool[Row](), [], Counter[str]()
    seen: set[str] = set()
    touched: set[str] = set()  # orders with a row that is left out
    by_order: dict[str, array[int]] = {}  # rows by order; "" for rows without an order id
    for table in tables:
        before = len(rows) + left_out.total()
        kept = _kept_rows(table, mapping, row_rules, left_out, touched, survey)
        for row in read_rows(replace(table, rows=kept), mapping):
            quantity = row.values.get("quantity")
            if row_rules.skip_nonpositive and isinstance(quantity, int | float) and quantity <= 0:
                left_out["a quantity of 0 or less"] += 1
                touched.add(row.values.get("order_id", ""))
                continue
            if row_rules.drop_repeated and row.values:
                known, content = len(seen), repr(sorted((name, repr(value)) for name, value in row.values.items()))
                seen.add(content)
                if len(seen) == known:
                    left_out["repeats a row of its order"] += 1
                    continue
            if master is not None:
                master.join(row)
            name = row.values.get("order_id", "")
            if not name and not row.broken:
                row.broken.append(("order_id", "is required"))
            by_order.setdefault(name, array("L")).append(len(rows))
            survey.add(row)
            rows.append(row)
        forms.append((table.name, table.form, len(rows) + left_out.total() - before))
    if master is not None:
        forms.append((master.name, master.form, master.rows))
    good, written, orders, rejected = Spool[dict[str, Any]](), set[str](), 0, dict[int, Row]()
    numbered = all(mapping.of(header).field != "line_id" for table in tables for header in table.header)
    for name, places in by_order.items():
        members = [rows[place] for place in places]
        order = _order(name, members, numbered=numbered) if name else None
        if name:
            doubtful = () if order is None or implausible is None else implausible(order)
            survey.add_order(members, doubtful, written=order is not None)
        if order is None:
            rejected |= zip(places, members, strict=True)
            continue
        orders += 1
        for row in members:
            good.append(row.values)
            written.update(row.values)
    return Conversion(
        rows=good,
        columns=[name for name in COLUMNS if name in written] + sorted(written - COLUMNS.keys()),
        rejections=[
            Finding(row.file, row.number, name, rule)
            for _, row in sorted(rejected.items())
            for name, rule in row.broken
        ],
        rows_in=len(rows) + left_out.total(),
        rows_rejected=len(rejected),
        rows_left_out=left_out,
        orders=orders,
        orders_left_out=len(touched - by_order.keys() - {""}),
        report=survey.report({} if master is None else master.unmatched, unlike),
        forms=forms,
        orders_map=mapping,
        items_map=None if master is None else master.mapping,
    )


def _kept_rows(
    table: Table,
    mapping: ColumnMap,
    rules: RowRules,
    left_out: Counter[str],
    touched: set[str],
    survey: Survey,
) -> Iterator[Numbered]:
    """Yield the rows that ``where`` and ``where_not`` keep, and count the values of status columns."""
    order_at = next(at for at, name in enumerate(table.header) if mapping.of(name).field == "order_id")
    conditions = [
        (at, name, {value.casefold() for value in values[name]}, must)
        for values, must in ((rules.where, True), (rules.where_not, False))
        for at, name in enumerate(table.header)
        if name in values
    ]
    used = {name for _, name, _, _ in conditions}
    states = [(at, name) for at, name in enumerate(table.header) if name not in used and is_status(name)]
    for number, cells in table.rows:
        if not isinstance(cells, Torn):
            wrong = next(
                (
                    (at, name, must)
                    for at, name, values, must in conditions
                    if (_text(cells[at]).casefold() in values) != must
                ),
                None,
            )
            if wrong is not None:
                at, name, must = wrong
                left_out[f"{name} is {'another value' if must else _text(cells[at])}"] += 1
                touched.add(_text(cells[order_at]))
                continue
            for at, name in states:
                survey.add_status(name, _text(cells[at]))
        yield number, cells


def _text(cell: Any) -> str:
    return "" if cell is None or isinstance(cell, Unreadable) else plain_text(cell).strip()


def _check_columns(
    tables: Sequence[Table],
    mapping: ColumnMap,
    headers: Sequence[str],
    how: GuessOptions,
    master: ItemMaster | None,
    rules: RowRules,
) -> None:
    """Raise DataFileError with the columns of the first faulty table that are unreadable, or named but missing."""
    of_items = [] if master is None else [column.header for column in master.mapping.columns]
    named = [*(column.header for column in mapping.columns if column.field), *how.keep]
    named += [header for header in how.given.values() if header not in of_items]
    rule = f"is in no file; the columns are {', '.join(map(repr, headers))}"
    broken = [
        FieldViolation(f"column {header!r}", rule) for header in dict.fromkeys(named) if header not in (*headers, "*")
    ]
    required = [name for name in REQUIRED_COLUMNS if name != "line_id" and (master is None or name not in FROM_ITEMS)]
    for table in tables:
        lacking = f"is not in the table, but --where names it; the columns are {', '.join(map(repr, table.header))}"
        stated = dict.fromkeys((*rules.where, *rules.where_not))
        broken += [FieldViolation(f"column {header!r}", lacking) for header in stated if header not in table.header]
        broken += map_violations(mapping, table.header, required if master is None else (*required, "sku"))
        if broken:
            raise DataFileError(table.name, broken)


def _order(name: str, members: list[Row], *, numbered: bool) -> Order | None:
    """Return the order of rows, or None after noting that all are rejected because some are broken.

    If ``numbered``, lines get numbers as ids.
    """
    items = []
    for number, row in enumerate(members, start=1):
        if numbered:
            row.values["line_id"] = str(number)
        others = {column: cell for column, cell in row.values.items() if column not in LINE_COLUMNS}
        try:
            item = read_row({column: cell for column, cell in row.values.items() if column in LINE_COLUMNS})
        except InvalidInputError as error:
            noted = {column for column, _ in row.broken}
            if "sku" in noted:
                noted.update(FROM_ITEMS)  # missing because the item is missing
            if "" not in noted:
                row.broken += [
                    (name, "is required" if name in REQUIRED_COLUMNS and name not in row.values else fault.rule)
                    for fault in error.violations
                    if (name := fault.field) not in noted
                ]
        else:
            if not row.broken:
                row.values = others | row_of(item)
                items.append(item)
    if len(items) == len(members):
        try:
            return Order(name, tuple(items))
        except InvalidInputError as error:
            for fault in error.violations:
                index, column = in_line(fault.field)
                members[index].broken.append((column, fault.rule))
    first = next(row for row in members if row.broken)
    for row in members:
        row.broken = row.broken or [
            ("order_id", f"{WITH_ITS_ORDER}: row {first.number} of {first.file} is rejected"),
        ]
    return None


def read_master(table: Table, given: ColumnMap | None, how: GuessOptions) -> ItemMaster:
    """Return the items of a table; raises DataFileError if its columns cannot be read."""
    if given is None:
        _check_given(table, how.given_of_items)
        named = {**known_of(how.given, table.header), **how.given_of_items}
        mapping = guess(table.header, replace(how, given=named, keep=()))
        # Other columns have another meaning in an item master: its quantity is the stock.
        columns = (
            column if column.field in _OF_AN_ITEM else replace(column, field="", unit="") for column in mapping.columns
        )
        mapping = replace(mapping, columns=tuple(columns))
    else:
        mapping = with_options(given, how)
    if broken := map_violations(mapping, table.header, ("sku",)):
        raise DataFileError(table.name, broken)
    master = ItemMaster(table.name, table.form, mapping)
    for row in read_rows(table, mapping):
        master.add(row)
    return master


def _check_given(table: Table, given: Mapping[str, str]) -> None:
    shown = ", ".join(map(repr, table.header))
    broken = [
        FieldViolation(f"items.{name}", f"must be a field of an item: {', '.join(sorted(_OF_AN_ITEM))}")
        for name in given
        if name not in _OF_AN_ITEM
    ]
    broken += [
        FieldViolation(f"column {header!r}", f"is not in the file; the columns are {shown}")
        for header in given.values()
        if header not in table.header
    ]
    if broken:
        raise DataFileError(table.name, broken)
