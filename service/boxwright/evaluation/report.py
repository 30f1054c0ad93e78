"""An evaluation as one HTML page that needs nothing else: no request leaves it, on paper or in light or dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boxwright.domain.footprint import Allocation
from boxwright.evaluation import wording
from boxwright.evaluation.comparison import Metric, MetricComparison
from boxwright.evaluation.outcome import OrderStatus
from boxwright.evaluation.report_notes import coverage_views, note_lines, warning_views
from boxwright.evaluation.report_plots import (
    SERIES,
    box_use_views,
    common_totals,
    components_of,
    difference_view,
    example_view,
    histogram_views,
    shown_orders,
    stack_views,
)
from boxwright.evaluation.report_tables import comparison_view, is_first_allocation, totals_view, unpacked_view
from boxwright.evaluation.result import CatalogResult, Evaluation
from boxwright.evaluation.totals import CatalogTotals
from boxwright.pages import html_template

if TYPE_CHECKING:
    from jinja2 import Template

View = dict[str, Any]


def report(evaluation: Evaluation) -> str:
    """Return an evaluation as one HTML page.

    Parameters
    ----------
    evaluation : Evaluation
        The evaluation.

    Returns
    -------
    str
        A whole HTML file with its styles, plots and pictures inside. Apart from times, the same evaluation gives the
        same text.

    Raises
    ------
    UnsupportedError
        If the extra ``report`` is not installed.
    """
    template = page_template()
    common = common_totals(evaluation)
    return template.render(
        order_count=evaluation.order_count,
        unit_count=evaluation.results[0].totals.unit_count,
        catalogs=[_catalog(index, result) for index, result in enumerate(evaluation.results)],
        tiles=_tiles(evaluation),
        comparisons=[comparison_view(evaluation, each) for each in evaluation.comparisons],
        totals=totals_view(evaluation),
        common_count=common[0].count(OrderStatus.PLANNED),
        histograms=histogram_views(evaluation),
        box_use=box_use_views(evaluation, common),
        stacks=stack_views(evaluation),
        components=[(kind.value, wording.COMPONENT_NAMES[kind]) for kind in components_of(evaluation)],
        differences=[difference_view(each) for each in evaluation.comparisons],
        examples=[example_view(evaluation, each) for each in shown_orders(evaluation)],
        unpacked=unpacked_view(evaluation),
        notes=note_lines(evaluation),
        coverage=coverage_views(evaluation),
        warnings=warning_views(evaluation),
    )


def page_template() -> Template:
    """Return the template of the page; raise UnsupportedError where the extra ``report`` is not installed."""
    return html_template("evaluation", "report.html.j2")


def _catalog(index: int, result: CatalogResult) -> View:
    catalog = result.catalog
    return {
        "letter": wording.catalog_letter(index),
        "series": index % SERIES,
        "id": catalog.catalog_id,
        "version": catalog.version,
        "name": catalog.name or catalog.catalog_id,
        "source": catalog.source,
        "hash": catalog.content_hash,
        "box_types": len(catalog.box_types),
        "unverified": sum(not box.read_in_source for box in catalog.box_types),
    }


def _tiles(evaluation: Evaluation) -> list[View]:
    """Return the headline figures: of the first comparison, or of the only catalog."""
    if not evaluation.comparisons:
        return _single_tiles(evaluation.results[0].totals)
    comparison = evaluation.comparisons[0]
    incomplete = {pair.first.key for pair in comparison.footprints if pair.first.missing}
    tiles = []
    for each in comparison.metrics:
        headline = each.metric in (Metric.PARCELS, Metric.INNER_VOLUME, Metric.PACKAGING)
        if headline or (each.metric is Metric.CO2E and is_first_allocation(each, comparison)):
            tiles.append(_tile(each, incomplete))
    volume, empty = comparison.metric(Metric.INNER_VOLUME), comparison.metric(Metric.EMPTY_VOLUME)
    if volume and empty and volume.first and volume.second:
        shares = (empty.first / volume.first, empty.second / volume.second)
        points = wording.signed(f"{(shares[1] - shares[0]) * 100:.1f}")
        tiles.insert(
            2,
            {
                "name": "Empty space",
                "first": wording.share(shares[0]),
                "second": wording.share(shares[1]),
                "change": points,
                "unit": "percentage points",
                "basis": "share of inner volume, all parcels",
            },
        )
    return tiles


def _tile(each: MetricComparison, incomplete: set[tuple[str, Allocation]]) -> View:
    both = [each.first, each.second]
    return {
        "name": wording.METRIC_NAMES[each.metric],
        "first": wording.measure(each, each.first, of=both),
        "second": wording.measure(each, each.second, of=both),
        "change": wording.relative_difference(each),
        "unit": "",
        "basis": _basis(each.profile_id, each.allocation, (each.profile_id, each.allocation) in incomplete),
    }


def _single_tiles(totals: CatalogTotals) -> list[View]:
    figures = [
        ("Parcels", f"{totals.parcels:,}", f"{totals.count(OrderStatus.PLANNED):,} orders planned whole"),
        ("Inner volume of boxes", wording.litres(totals.inner_um3), ""),
        ("Empty space", wording.share(totals.empty_space_ratio), "share of inner volume, all parcels"),
        ("Packaging", wording.weight(totals.packaging_total_mg), ""),
    ]
    figures += [
        ("CO2e", f"{wording.weight(each.total_mg)} CO2e", _basis(*each.key, bool(each.missing)))
        for each in totals.footprints
        if each.allocation is totals.footprints[0].allocation
    ]
    return [
        {"name": name, "first": value, "second": "", "change": "", "unit": "", "basis": basis}
        for name, value, basis in figures
    ]


def _basis(profile_id: str, allocation: Allocation | None, incomplete: bool) -> str:
    return wording.basis(profile_id, allocation) + ("; not complete, see below" if incomplete else "")
