"""Reads orders from JSON, JSON Lines, CSV and Parquet, and converts other exports to order files.

The package uses contract, tabular and the packages below them.
"""

from boxwright.orders.batches import ORDER_FILE_SUFFIXES, count_orders, read_order, read_orders
from boxwright.orders.column_map import GuessOptions
from boxwright.orders.convert import Conversion, RowRules, convert_orders
from boxwright.orders.data_report import DataReport, Finding
from boxwright.orders.extra import DATE_COLUMN, DateSpan, date_span, ship_dates
from boxwright.tabular import ColumnMap, MappedColumn

__all__ = [
    "DATE_COLUMN",
    "ORDER_FILE_SUFFIXES",
    "ColumnMap",
    "Conversion",
    "DataReport",
    "DateSpan",
    "Finding",
    "GuessOptions",
    "MappedColumn",
    "RowRules",
    "convert_orders",
    "count_orders",
    "date_span",
    "read_order",
    "read_orders",
    "ship_dates",
]
