"""Any export of orders to the rows of an order file: what can be read is kept, and what cannot is listed.

A row that breaks a rule takes its whole order with it: an order that lacks a line would be planned as if it were whole.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from boxwright.contract.columns import COLUMNS as LINE_COLUMNS
from boxwright.contract.columns import read_row, row_of
from boxwright.domain.order import Item, Order
from boxwright.errors import DataFileError, FieldViolation, InvalidInputError
from boxwright.orders.column_map import (
    GuessOptions,
    check_options,
    guess,
    known_of,
    map_violations,
    unlike_units,
    with_options,
)
from boxwright.orders.data_report import DataReport, Finding, Survey
from boxwright.orders.export_row import Row, in_line, read_rows
from boxwright.orders.item_master import FROM_ITEMS, ItemMaster, read_master
from boxwright.orders.rows import COLUMNS, REQUIRED_COLUMNS
from boxwright.orders.spool import Spool
from boxwright.tabular import ColumnMap, Table, open_table

WITH_ITS_ORDER = "belongs to an order that lacks a line"
"""How the rule begins by which a row is rejected that breaks none itself."""
Implausible = Callable[[Order], Iterable[FieldViolation]]
"""What of an order looks like a slip, by the path of the field."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What an export came to.

    Attributes
    ----------
    rows : Spool of dict
        Rows of the order file by column, the rows of an order next to each other; absent values left out. Many are
        kept in a temporary file.
    columns : list of str
        Columns that occur, in the order of an order file.
    rejections : list of Finding
        Every rule that a rejected row breaks, by file and row.
    rows_in, rows_rejected : int
        Rows read, and rows rejected; ``rows_in == len(rows) + rows_rejected``.
    orders : int
        Orders written.
    report : DataReport
        What the data looks like, rejected rows included.
    forms : list of (str, str, int)
        Per table its name, how it was read, and its rows; the item master comes last.
    orders_map : ColumnMap
        How the columns were read.
    items_map : ColumnMap or None
        The same of the item master.
    """

    rows: Spool[dict[str, Any]]
    columns: list[str]
    rejections: list[Finding]
    rows_in: int
    rows_rejected: int
    orders: int
    report: DataReport
    forms: list[tuple[str, str, int]]
    orders_map: ColumnMap
    items_map: ColumnMap | None


def convert_orders(
    sources: Sequence[Any],
    *,
    items: Any = None,
    maps: Mapping[str, ColumnMap] | None = None,
    how: GuessOptions | None = None,
    encoding: str = "",
    sheet: str = "",
    implausible: Implausible | None = None,
) -> Conversion:
    """Return the orders of exports as the rows of one order file.

    Rows of an order may stand anywhere, so all of them are read before the first is written; many are kept in a
    temporary file meanwhile.

    Parameters
    ----------
    sources : sequence of Path, (str, bytes) or object with ``__arrow_c_stream__``
        Order exports with a row per order line; see :func:`boxwright.tabular.open_table`.
    items : the same, optional
        Item master with a row per SKU. It fills what the order rows leave empty.
    maps : mapping of str to ColumnMap, optional
        Maps of ``orders`` and ``items`` to use instead of guessing.
    how : GuessOptions, optional
        Fields, units and decimal mark that the caller names.
    encoding, sheet : str, optional
        Of CSV files, and of workbooks.
    implausible : callable, optional
        Called with each order written; what it yields is reported.

    Raises
    ------
    DataFileError
        If a file as a whole cannot be read, or its columns cannot.
    UnsupportedError
        If an option means nothing, or a package is missing.
    """
    how, maps = how or GuessOptions(), maps or {}
    check_options(how)
    tables = [open_table(source, encoding=encoding, sheet=sheet) for source in sources]
    master = None if items is None else read_master(open_table(items, encoding=encoding), maps.get("items"), how)
    headers = list(dict.fromkeys(header for table in tables for header in table.header))
    mapping = _mapping(maps.get("orders"), headers, how)
    _check_columns(tables, mapping, headers, how, master)
    unlike = [] if "orders" in maps else [(table.name, unlike_units(mapping, table.header)) for table in tables]
    if master is not None and "items" not in maps:
        unlike.append((master.name, unlike_units(master.mapping, [each.header for each in master.mapping.columns])))
    return _converted(tables, mapping, master, implausible, [f"{name}: {said}" for name, said in unlike if said])


def _converted(
    tables: Sequence[Table],
    mapping: ColumnMap,
    master: ItemMaster | None,
    implausible: Implausible | None,
    unlike: Sequence[str],
) -> Conversion:
    survey, rejected = Survey(), dict[int, Row]()
    rows, by_order, forms = _read(tables, mapping, master, survey)
    good, columns, orders = Spool[dict[str, Any]](), dict.fromkeys(COLUMNS, False), 0
    numbered = all(mapping.of(header).field != "line_id" for table in tables for header in table.header)
    for name, places in by_order.items():
        members = [rows[place] for place in places]
        order = _order(name, members, numbered=numbered) if name else None
        if name:
            slips = () if order is None or implausible is None else implausible(order)
            survey.add_order(members, slips, written=order is not None)
        if order is None:
            rejected |= zip(places, members, strict=True)
            continue
        orders += 1
        for row in members:
            good.append(row.values)
            columns |= dict.fromkeys(row.values, True)
    return Conversion(
        rows=good,
        columns=[name for name, present in columns.items() if present],
        rejections=[
            Finding(row.file, row.number, name, rule)
            for _, row in sorted(rejected.items())
            for name, rule in row.broken
        ],
        rows_in=len(rows),
        rows_rejected=len(rejected),
        orders=orders,
        report=survey.report({} if master is None else master.unmatched, unlike),
        forms=forms,
        orders_map=mapping,
        items_map=None if master is None else master.mapping,
    )


def _read(
    tables: Sequence[Table], mapping: ColumnMap, master: ItemMaster | None, survey: Survey
) -> tuple[Spool[Row], dict[str, "array[int]"], list[tuple[str, str, int]]]:
    """Return the rows of tables, where those of each order are, and what each table is; "" has rows without order."""
    rows, forms = Spool[Row](), []
    by_order: dict[str, array[int]] = {}
    for table in tables:
        before = len(rows)
        for row in read_rows(table, mapping):
            if master is not None:
                master.join(row)
            name = row.values.get("order_id", "")
            if not name and not row.broken:
                row.broken.append(("order_id", "is required"))
            by_order.setdefault(name, array("L")).append(len(rows))
            survey.add(row)
            rows.append(row)
        forms.append((table.name, table.form, len(rows) - before))
    if master is not None:
        forms.append((master.name, master.form, master.rows))
    return rows, by_order, forms


def _mapping(given: ColumnMap | None, headers: Sequence[str], how: GuessOptions) -> ColumnMap:
    """Return how columns are read: as a map says, else as guessed."""
    if given is not None:
        return with_options(given, how)
    return guess(headers, replace(how, given=known_of(how.given, headers)))


def _check_columns(
    tables: Sequence[Table], mapping: ColumnMap, headers: Sequence[str], how: GuessOptions, master: ItemMaster | None
) -> None:
    """Refuse tables whose columns cannot be read, and names of columns that no table has.

    Raises
    ------
    DataFileError
        With every rule of the first table that breaks any.
    """
    of_master = () if master is None else FROM_ITEMS
    required = [name for name in REQUIRED_COLUMNS if name not in (*of_master, "line_id")]
    for table in tables:
        broken = [] if table is not tables[0] else _unknown_headers(mapping, headers, how, master)
        broken += map_violations(mapping, table.header, required if master is None else (*required, "sku"))
        if broken:
            raise DataFileError(table.name, broken)


def _unknown_headers(
    mapping: ColumnMap, headers: Sequence[str], how: GuessOptions, master: ItemMaster | None
) -> list[FieldViolation]:
    of_items = () if master is None else tuple(each.header for each in master.mapping.columns)
    named = [*(each.header for each in mapping.columns if each.field), *how.keep]
    named += [header for header in how.given.values() if header not in of_items]
    shown = ", ".join(map(repr, headers))
    return [
        FieldViolation(f"column {header!r}", f"is in no file; the columns are {shown}")
        for header in dict.fromkeys(named)
        if header not in headers and header != "*"
    ]


def _order(name: str, members: list[Row], *, numbered: bool) -> Order | None:
    """Return the order of rows; None where any of them is broken. ``numbered``: lines get numbers, as none has."""
    items = []
    for number, row in enumerate(members, start=1):
        if numbered:
            row.values["line_id"] = str(number)
        if (item := _item(row)) is not None:
            items.append(item)
    return _whole(name, items, members)


def _item(row: Row) -> Item | None:
    """Return the order line of a row; None after noting what it breaks, besides what is noted already."""
    try:
        item = read_row({name: cell for name, cell in row.values.items() if name in LINE_COLUMNS})
    except InvalidInputError as error:
        noted = {name for name, _ in row.broken}
        if "sku" in noted:
            noted.update(FROM_ITEMS)  # they are missing because the item is
        if "" not in noted:
            row.broken += [(each.field, each.rule) for each in error.violations if each.field not in noted]
        return None
    if row.broken:
        return None
    row.values = {name: cell for name, cell in row.values.items() if name not in LINE_COLUMNS} | row_of(item)
    return item


def _whole(name: str, items: list[Item], members: list[Row]) -> Order | None:
    """Return the order of rows; None where any of them is broken, which the others then are too."""
    order = None
    if len(items) == len(members):
        try:
            order = Order(name, tuple(items))
        except InvalidInputError as error:
            for each in error.violations:
                index, field = in_line(each.field)
                members[index].broken.append((field, each.rule))
    if order is None:
        first = next(row for row in members if row.broken)
        rule = f"{WITH_ITS_ORDER}: row {first.number} of {first.file} is rejected"
        for row in members:
            if not row.broken:
                row.broken.append(("order_id", rule))
    return order
