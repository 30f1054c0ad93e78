"""Compares catalogs over many orders, and shows the result as a page.

Uses ``planning``, ``drawing`` and what lies below them.
"""

from boxwright.evaluation.as_shipped import AsShipped, Audit, as_shipped
from boxwright.evaluation.comparison import Comparison, Metric, MetricComparison
from boxwright.evaluation.evaluate import default_objectives, evaluate, with_study
from boxwright.evaluation.outcome import FootprintFigures, OrderStatus
from boxwright.evaluation.records import MAX_WORST, Records
from boxwright.evaluation.report import page_template, report
from boxwright.evaluation.result import CatalogResult, CatalogTotals, Evaluation, Example, Yearly, yearly_of_dates
from boxwright.evaluation.rows import check_row_file, order_rows, totals_dict
from boxwright.evaluation.study import BoxWorth, Study, StudyOptions
from boxwright.evaluation.summary import summary

__all__ = [
    "MAX_WORST",
    "AsShipped",
    "Audit",
    "BoxWorth",
    "CatalogResult",
    "CatalogTotals",
    "Comparison",
    "Evaluation",
    "Example",
    "FootprintFigures",
    "Metric",
    "MetricComparison",
    "OrderStatus",
    "Records",
    "Study",
    "StudyOptions",
    "Yearly",
    "as_shipped",
    "check_row_file",
    "default_objectives",
    "evaluate",
    "order_rows",
    "page_template",
    "report",
    "summary",
    "totals_dict",
    "with_study",
    "yearly_of_dates",
]
