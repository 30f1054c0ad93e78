"""Compares catalogs over many orders, and shows the result as a page.

Uses ``planning``, ``drawing`` and what lies below them.
"""

from boxwright.evaluation.arrow import ArrowEvaluator
from boxwright.evaluation.as_shipped import AsShipped, Audit, as_shipped
from boxwright.evaluation.comparison import Comparison, Metric, MetricComparison
from boxwright.evaluation.default_policy import default_objectives
from boxwright.evaluation.evaluate import evaluate, with_study
from boxwright.evaluation.outcome import FootprintFigures, OrderStatus
from boxwright.evaluation.records import MAX_WORST, Records
from boxwright.evaluation.regret import Gain, Regret
from boxwright.evaluation.report import page_template, report
from boxwright.evaluation.result import CatalogResult, Evaluation, Example
from boxwright.evaluation.rows import check_row_file, order_rows, totals_dict
from boxwright.evaluation.study import BoxWorth, Study, StudyOptions
from boxwright.evaluation.summary import summary
from boxwright.evaluation.totals import CatalogTotals
from boxwright.evaluation.yearly import Yearly, yearly_of_dates

__all__ = [
    "MAX_WORST",
    "ArrowEvaluator",
    "AsShipped",
    "Audit",
    "BoxWorth",
    "CatalogResult",
    "CatalogTotals",
    "Comparison",
    "Evaluation",
    "Example",
    "FootprintFigures",
    "Gain",
    "Metric",
    "MetricComparison",
    "OrderStatus",
    "Records",
    "Regret",
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
