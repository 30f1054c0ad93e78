"""Reads orders from files: JSON, JSON Lines, CSV and Parquet.

Uses domain, units and errors only; doors and evaluation use it.
"""

from boxwright.orders.from_dict import order_from_dict
from boxwright.orders.read import ORDER_FILE_SUFFIXES, count_orders, read_order, read_orders

__all__ = ["ORDER_FILE_SUFFIXES", "count_orders", "order_from_dict", "read_order", "read_orders"]
