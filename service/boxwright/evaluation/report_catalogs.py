"""All catalogs of an evaluation side by side: a row each, and a curve where there are several."""

from __future__ import annotations

from typing import Any

from boxwright.evaluation import charts, wording
from boxwright.evaluation.as_shipped import AsShipped
from boxwright.evaluation.comparison import Comparison, Metric
from boxwright.evaluation.outcome import OrderStatus
from boxwright.evaluation.report_change import change_view, mean_of, per_year
from boxwright.evaluation.result import Evaluation

View = dict[str, Any]

LEAST_POINTS = 2
"""Catalogs besides the baseline from which on there is a curve."""


def catalog_rows(evaluation: Evaluation) -> list[View]:
    """Return a row a catalog against the baseline: money or volume, CO2e, and orders packed whole."""
    by_second = {each.second: each for each in evaluation.comparisons}
    rows = []
    for index, result in enumerate(evaluation.results):
        whole = result.totals.count(OrderStatus.PLANNED)
        row: View = {
            "letter": wording.catalog_letter(index),
            "index": index,
            "id": result.variant.name,
            "sizes": "" if isinstance(result.catalog, AsShipped) else len(result.catalog.box_types),
            "whole": whole,
            "lost": evaluation.order_count - whole,
            "parcels": f"{result.totals.parcels / max(whole, 1):,.3f}",
        }
        if index in by_second:
            row |= _against(evaluation, by_second[index])
        rows.append(row)
    return rows


def _against(evaluation: Evaluation, comparison: Comparison) -> View:
    head = comparison.headline
    grams = next((each for each in comparison.metrics if each.metric is Metric.CO2E), None)
    volume = comparison.metric(Metric.OUTER_VOLUME)
    return {
        "orders": head.orders,
        "first": mean_of(head, head.first),
        "second": mean_of(head, head.second),
        "change": change_view(head),
        "year": per_year(head, evaluation),
        "volume": change_view(volume) if volume is not None and volume.orders else None,
        "grams": change_view(grams) if grams is not None else None,
    }


def curve_view(evaluation: Evaluation) -> View | None:
    """Return the curve of the headline over the number of box types; None for too few catalogs.

    Of several policies or carriers it is of those of the first.
    """
    points = []
    first = evaluation.results[0].catalog
    for each in evaluation.comparisons:
        variant, head = evaluation.results[each.second].variant, each.headline
        if variant.parts == evaluation.results[each.first].variant.parts and head.relative is not None:
            low, high = head.interval or (head.relative, head.relative)
            letter = wording.catalog_letter(each.second)
            # Today's boxes chosen better are no further number of new sizes.
            alone = isinstance(first, AsShipped) and variant.catalog.box_types == first.box_types
            points.append(charts.Point(len(variant.catalog.box_types), head.relative, low, high, letter, alone))
    if len(points) < LEAST_POINTS:
        return None
    name = wording.METRIC_NAMES[evaluation.comparisons[0].headline.metric]
    svg = charts.curve(sorted(points), f"{name} by number of box types")
    return {"name": name, "svg": svg, "alone": [each.letter for each in points if each.alone]}
