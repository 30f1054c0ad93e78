"""The plots and pictures of the report."""

import base64
from collections.abc import Sequence
from typing import Any

from boxwright.domain.box import Catalog
from boxwright.domain.factor import Component
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Plan
from boxwright.drawing import thumbnail_svg
from boxwright.evaluation import charts, wording
from boxwright.evaluation.comparison import Comparison, Metric
from boxwright.evaluation.outcome import FootprintFigures, OrderOutcome, OrderStatus
from boxwright.evaluation.result import Evaluation, Example
from boxwright.evaluation.totals import CatalogTotals

MAX_PICTURES = 4
"""Most parcels of one plan that are drawn."""
BINS = 20
SERIES = 4
"""Colours for catalogs; they come again after so many, letters tell which is which."""

View = dict[str, Any]


def common_totals(evaluation: Evaluation) -> list[CatalogTotals]:
    """Return each catalog's sums over the orders that every catalog packs whole."""
    return [result.common for result in evaluation.results]


def common_outcomes(evaluation: Evaluation) -> list[list[OrderOutcome]]:
    """Return each catalog's outcomes of the orders that every catalog packs whole."""
    positions = _whole_everywhere(evaluation)
    return [[result.outcomes[index] for index in positions] for result in evaluation.results]


def _whole_everywhere(evaluation: Evaluation) -> list[int]:
    """Return the positions of the orders that every catalog packs whole."""
    return [
        index
        for index in range(evaluation.order_count)
        if all(result.outcomes[index].status is OrderStatus.PLANNED for result in evaluation.results)
    ]


def histogram_views(evaluation: Evaluation) -> list[View]:
    """Return the distribution of empty space over parcels, with one scale for all catalogs."""
    ratios = [
        [parcel.empty_space_ratio for outcome in outcomes for parcel in outcome.parcels if parcel.inner_um3]
        for outcomes in common_outcomes(evaluation)
    ]
    counted = [charts.counts_by_bin(each, BINS) for each in ratios]
    highest = max((max(each) for each in counted), default=0)
    return [
        {
            "letter": wording.catalog_letter(index),
            "parcels": len(ratios[index]),
            "svg": charts.histogram(
                each, highest, index % SERIES, f"Parcels by empty space, catalog {wording.catalog_letter(index)}"
            ),
        }
        for index, each in enumerate(counted)
    ]


def box_use_views(evaluation: Evaluation, common: Sequence[CatalogTotals]) -> list[View]:
    """Return parcels by box type, the smallest box first; ``common`` are the sums to show."""
    highest = max((count for totals in common for _, count in totals.box_use), default=0)
    views = []
    for index, (result, totals) in enumerate(zip(evaluation.results, common, strict=True)):
        used = dict(totals.box_use)
        boxes = sorted(result.catalog.box_types, key=lambda box: (box.inner_volume_um3, box.box_type_id))
        rows = [
            {
                "id": box.box_type_id,
                "size": f"{box.inner_length_mm:g} × {box.inner_width_mm:g} × {box.inner_height_mm:g}",
                "count": used[box.box_type_id],
                "svg": charts.single_bar(
                    used[box.box_type_id], highest, index % SERIES, f"{used[box.box_type_id]} parcels"
                ),
            }
            for box in boxes
            if used[box.box_type_id]
        ]
        unused = [box.box_type_id for box in boxes if not used[box.box_type_id]]
        views.append({"letter": wording.catalog_letter(index), "rows": rows, "unused": unused})
    return views


def stack_views(evaluation: Evaluation) -> list[View]:
    """Return grams CO2e by component: one plot per profile and allocation, never two profiles in one bar."""
    if not evaluation.comparisons:
        return [_stack([(0, each)], None) for each in evaluation.results[0].totals.footprints]
    return [
        _stack([(comparison.first, pair.first), (comparison.second, pair.second)], pair.orders)
        for comparison in evaluation.comparisons
        for pair in comparison.footprints
    ]


def _stack(figures: Sequence[tuple[int, FootprintFigures]], orders: int | None) -> View:
    highest = max(sum(abs(amount) for _, amount in each.co2e_mg) for _, each in figures)
    totals = [each.total_mg for _, each in figures]
    return {
        "basis": wording.basis(*figures[0][1].key),
        "orders": orders,
        "missing": sorted(frozenset().union(*(each.missing for _, each in figures))),
        "bars": [
            {
                "letter": wording.catalog_letter(index),
                "series": index % SERIES,
                "total": f"{wording.weight(each.total_mg, of=totals)} CO2e",
                "unverified": wording.share(each.unverified_share),
                "parts": [
                    (wording.COMPONENT_NAMES[k], wording.weight(amount, of=totals)) for k, amount in each.co2e_mg
                ],
                "svg": charts.stacked_bar(
                    each.co2e_mg, highest, f"CO2e by component, catalog {wording.catalog_letter(index)}"
                ),
            }
            for index, each in figures
        ],
    }


def components_of(evaluation: Evaluation) -> list[Component]:
    """Return the components that any footprint has, for the legend."""
    present = {kind for result in evaluation.results for each in result.totals.footprints for kind, _ in each.co2e_mg}
    return [kind for kind in Component if kind in present]


def difference_view(comparison: Comparison) -> View | None:
    """Return the difference in inner volume of each order, or None where there is none."""
    volume = comparison.metric(Metric.INNER_VOLUME)
    if volume is None or not (volume.lower or volume.higher):
        return None
    first, second = (wording.catalog_letter(index) for index in (comparison.first, comparison.second))
    least, most = (wording.signed(wording.litres(end)) for end in (volume.least, volume.most))
    name = f"Inner volume, {second} minus {first}, order by order"
    return {
        "first": first,
        "second": second,
        "lower": volume.lower,
        "equal": volume.equal,
        "higher": volume.higher,
        "least": least,
        "most": most,
        "sampled": volume.orders > charts.MOST_POINTS,
        "svg": charts.ranked_differences(volume.differences, name, least, most),
    }


def shown_orders(evaluation: Evaluation) -> list[Example]:
    """Return the orders to show: those that lose most, then the emptiest."""
    study = evaluation.study
    return [] if study is None else [*study.losing, *study.emptiest]


def example_view(evaluation: Evaluation, example: Example) -> View:
    """Return an order with pictures of its parcels by each catalog."""
    return {
        "order_id": example.order.order_id,
        "units": example.order.unit_count,
        "plans": [
            {
                "letter": wording.catalog_letter(index),
                "litres": f"{plan.inner_litres:,.1f} L",
                "parcels": len(plan.parcels),
                "pictures": _pictures(plan, example, evaluation.results[index].catalog),
                "left_out": max(0, len(plan.parcels) - MAX_PICTURES),
            }
            for index, plan in zip(example.catalogs, example.plans, strict=True)
        ],
    }


def _pictures(plan: Plan, example: Example, catalog: Catalog) -> list[View]:
    pictures = []
    masses = [parcel.gross_mg for each in example.plans for parcel in each.parcels]
    for parcel in plan.parcels[:MAX_PICTURES]:
        svg = thumbnail_svg(parcel, example.order, box_of(parcel, catalog))
        where = "its own container" if parcel.ships_in_own_container else f"box {parcel.box_type_id}"
        encoded = base64.b64encode(svg.encode()).decode()
        pictures.append(
            {
                "uri": f"data:image/svg+xml;base64,{encoded}",
                "alt": f"{len(parcel.placements)} units in {where}",
                "box": where if parcel.ships_in_own_container else parcel.box_type_id,
                "empty": wording.share(parcel.empty_space_ratio),
                "gross": wording.weight(parcel.gross_mg, of=masses),
            }
        )
    return pictures
