"""Many orders times several catalogs: what each catalog costs on the same orders, and a page that shows it.

Uses ``planning``, ``drawing`` and what lies below them.
"""

from boxwright.evaluation.comparison import Comparison, Metric, MetricComparison
from boxwright.evaluation.evaluate import evaluate
from boxwright.evaluation.outcome import FootprintFigures, OrderOutcome, OrderStatus, ParcelFigures
from boxwright.evaluation.report import page_template, report
from boxwright.evaluation.result import CatalogResult, Evaluation, Example
from boxwright.evaluation.rows import check_row_file, order_rows, totals_dict, write_csv_rows, write_parquet_rows
from boxwright.evaluation.summary import summary
from boxwright.evaluation.totals import CatalogTotals

__all__ = [
    "CatalogResult",
    "CatalogTotals",
    "Comparison",
    "Evaluation",
    "Example",
    "FootprintFigures",
    "Metric",
    "MetricComparison",
    "OrderOutcome",
    "OrderStatus",
    "ParcelFigures",
    "check_row_file",
    "evaluate",
    "order_rows",
    "page_template",
    "report",
    "summary",
    "totals_dict",
    "write_csv_rows",
    "write_parquet_rows",
]
