"""A row of an export: where it stood, what it says, and what it breaks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from boxwright.domain.written import CellError
from boxwright.orders.cells import reader_of
from boxwright.orders.column_map import ColumnMap
from boxwright.tabular import Table, Torn

_IN_A_LINE = re.compile(r"lines\[(\d+)\]\.(.+)")


@dataclass(slots=True)
class Row:
    """A row on its way to an order file.

    Attributes
    ----------
    file : str
        Name of the file.
    number : int
        As a spreadsheet shows it.
    values : dict
        Values by column of an order file; absent ones left out.
    broken : list of (str, str)
        Field, empty for the row as a whole, and the rule that it breaks.
    """

    file: str
    number: int
    values: dict[str, Any]
    broken: list[tuple[str, str]] = field(default_factory=list)


def read_rows(table: Table, mapping: ColumnMap) -> Iterator[Row]:
    """Yield the rows of a table, each with what of it could be read."""
    readers = []
    for index, header in enumerate(table.header):
        column = mapping.of(header)
        if column.field:
            readers.append((index, column.field, reader_of(column, mapping.decimal)))
    for number, cells in table.rows:
        row = Row(table.name, number, {})
        torn = isinstance(cells, Torn)
        if isinstance(cells, Torn):
            row.broken.append(("", cells.rule))
            cells = cells.cells
        for index, name, read in readers:
            # Of a torn row only the order is asked for, which lacks a line with it.
            if (torn and name != "order_id") or index >= len(cells) or cells[index] is None:
                continue
            try:
                row.values[name] = read(cells[index])
            except CellError as error:
                row.broken.append((name, str(error)))
        if not isinstance(row.values.get("order_id", ""), str):
            rule = f"must be a text, got {row.values.pop('order_id')}"
            row.broken.append(("order_id", rule))
        yield row


def in_line(path: str) -> tuple[int, str]:
    """Return the line and the field of a path such as ``lines[3].mass_g``; of any other path 0 and the path."""
    match = _IN_A_LINE.fullmatch(path)
    return (int(match[1]), match[2]) if match else (0, path)
