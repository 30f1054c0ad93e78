"""An item master: sizes and masses by SKU, for exports without them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from boxwright.contract.columns import COLUMNS
from boxwright.contract.values import EDGES
from boxwright.errors import DataFileError, FieldViolation
from boxwright.orders.column_map import UNIT_FIELDS, GuessOptions, guess, known_of, map_violations, with_options
from boxwright.orders.export_row import Row, read_rows
from boxwright.tabular import ColumnMap, Table

FROM_ITEMS = (*EDGES, "mass_g")
"""Required fields that may come from an item master."""

_OF_AN_ITEM = frozenset((*UNIT_FIELDS, *COLUMNS)) - {"line_id", "quantity"}


@dataclass(slots=True)
class ItemMaster:
    """Items by SKU."""

    name: str
    form: str
    """How the table was read."""
    mapping: ColumnMap
    by_sku: dict[str, Row] = field(default_factory=dict)
    """Items; a SKU with differing rows is broken."""
    rows: int = 0
    """Number of rows."""
    unmatched: Counter[str] = field(default_factory=Counter)
    """Number of order rows by SKU without an item."""
    _folded: dict[str, str] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Add a row; a row without a SKU is ignored."""
        self.rows += 1
        sku = row.values.get("sku")
        if not isinstance(sku, str):
            return
        first = self.by_sku.setdefault(sku, row)
        if first is not row and (first.values, first.broken) != (row.values, row.broken):
            first.broken = [("sku", f"stands in rows {first.number} and {row.number} with different values")]

    def join(self, row: Row) -> None:
        """Fill the empty fields of an order row, or note why not."""
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
        """Return a SKU that differs in case only; empty if there is none."""
        if not self._folded:
            self._folded = {sku.casefold(): sku for sku in self.by_sku}
        return self._folded.get(sku.casefold(), "")


def read_master(table: Table, given: ColumnMap | None, how: GuessOptions) -> ItemMaster:
    """Return the items of a table.

    Raises
    ------
    DataFileError
        If its columns cannot be read.
    """
    if given is None:
        _check_given(table, how.given_of_items)
        named = {**known_of(how.given, table.header), **how.given_of_items}
        mapping = guess(table.header, replace(how, given=named, keep=()))
        # These columns mean something else in an item master: its quantity is the stock.
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
    """Refuse options that do not fit the columns of an item master."""
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
