"""Reads exported tables: CSV in any common dialect, Excel workbooks, Parquet and data frames.

The package uses domain and errors; ``catalog`` and ``orders`` determine the fields of columns.
"""

from boxwright.tabular.column_map import ColumnMap, MappedColumn, map_text, read_maps
from boxwright.tabular.formulas import neutral, restored
from boxwright.tabular.headers import header_parts, plain_header, read_words, unit_in
from boxwright.tabular.table import SUFFIXES, Numbered, Table, Torn, Unreadable, number_text, open_table, plain_text

__all__ = [
    "SUFFIXES",
    "ColumnMap",
    "MappedColumn",
    "Numbered",
    "Table",
    "Torn",
    "Unreadable",
    "header_parts",
    "map_text",
    "neutral",
    "number_text",
    "open_table",
    "plain_header",
    "plain_text",
    "read_maps",
    "read_words",
    "restored",
    "unit_in",
]
