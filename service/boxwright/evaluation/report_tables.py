"""The tables of the report: what the template shows, in words and numbers."""

from typing import Any

from boxwright.evaluation import wording
from boxwright.evaluation.comparison import Comparison, Metric, MetricComparison
from boxwright.evaluation.outcome import OrderStatus
from boxwright.evaluation.report_change import (
    MARKS,
    amount_words,
    change_view,
    kind_of,
    per_order,
    per_year,
)
from boxwright.evaluation.result import Evaluation
from boxwright.evaluation.summary import totals_lines

View = dict[str, Any]


def comparison_view(evaluation: Evaluation, comparison: Comparison) -> View:
    """Return the table of a catalog against the first, and what had to be left out of it."""
    planned = [result.totals.count(OrderStatus.PLANNED) for result in evaluation.results]
    return {
        "first": wording.catalog_letter(comparison.first),
        "second": wording.catalog_letter(comparison.second),
        "verdict": f"{MARKS[kind_of(comparison.headline)]} {amount_words(comparison.headline)}",
        "orders": comparison.orders,
        "first_whole": planned[comparison.first],
        "second_whole": planned[comparison.second],
        "rows": [
            _comparison_row(evaluation, each)
            for each in comparison.metrics
            if each.metric is not Metric.CO2E_PACKAGING or is_first_allocation(each, comparison)
        ],
        "uneven": [
            f"{comparison.orders - each.orders:,} for {wording.basis(*each.first.key)}"
            for each in comparison.footprints
            if each.orders < comparison.orders
        ],
        "incomplete": [
            f"{wording.basis(*each.first.key)}: {', '.join(sorted(each.first.missing))}"
            for each in comparison.footprints
            if each.first.missing
        ],
    }


def _comparison_row(evaluation: Evaluation, each: MetricComparison) -> View:
    both = [each.first, each.second]
    return {
        "name": wording.METRIC_NAMES[each.metric],
        "basis": wording.basis(each.profile_id, each.allocation),
        "part": each.metric in (Metric.CO2E_PACKAGING, Metric.CO2E_TRANSPORT),
        "first": wording.measure(each, each.first, of=both),
        "second": wording.measure(each, each.second, of=both),
        "change": change_view(each),
        "each": per_order(each),
        "year": per_year(each, evaluation),
        "lower": each.lower,
        "equal": each.equal,
        "higher": each.higher,
        "orders": each.orders,
    }


def is_first_allocation(each: MetricComparison, comparison: Comparison) -> bool:
    """Whether a CO2e metric is of its profile's first allocation; packaging is the same in every one."""
    first = next(other for other in comparison.metrics if other.profile_id == each.profile_id)
    return first.allocation is each.allocation


def totals_view(evaluation: Evaluation) -> list[View]:
    """Return the table of all orders, a column per catalog."""
    return [
        {"name": name.strip(), "part": name.startswith(" "), "values": values}
        for name, values in totals_lines(evaluation)
    ]


def unpacked_view(evaluation: Evaluation) -> list[View]:
    """Return per catalog what is not planned whole: counts of every reason, and the first orders by name."""
    return [
        {
            "letter": wording.catalog_letter(index),
            "failed": failures.orders,
            "reasons": [
                *((reason.value.replace("_", " "), count) for reason, count in result.totals.unpacked),
                *((wording.HELD_NAMES[status], count) for status, count in result.totals.held),
            ],
            "rows": [
                {
                    "order_id": each.order_id,
                    "status": wording.STATUS_NAMES[each.status],
                    "packed": f"{each.packed_units} of {each.units}",
                    "details": each.details,
                }
                for each in failures.named
            ],
            "more": failures.more.most_common(),
        }
        for index, (result, failures) in enumerate(zip(evaluation.results, evaluation.records.failures(), strict=True))
    ]
