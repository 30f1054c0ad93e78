"""The plots and pictures of the report."""

import base64
import math
from collections.abc import Sequence
from typing import Any

from boxwright.domain.box import Catalog
from boxwright.domain.factor import Component
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Parcel, Plan
from boxwright.drawing import small_svg
from boxwright.evaluation import charts, wording
from boxwright.evaluation.outcome import FootprintFigures
from boxwright.evaluation.result import Evaluation, Example
from boxwright.shipping.objective_figures import packaging_cost_minor, shipping_minor
from boxwright.units import UM3_PER_LITRE

MAX_PICTURES = 2
"""Most parcels of one plan that are drawn."""
MAX_PICTURE_BYTES = 10_000
SHOWN_AT_ONCE = 4
"""Orders of a group that are shown at once, and printed; the others are unfolded."""
SERIES = 8
"""Colours for catalogs; they come again after so many, letters tell which is which."""

View = dict[str, Any]


def histogram_views(evaluation: Evaluation) -> list[View]:
    """Return the distribution of empty space over parcels, with one scale for all catalogs."""
    counted = evaluation.records.empty_bins()
    highest = max((max(each) for each in counted), default=0)
    return [
        {
            "letter": wording.catalog_letter(index),
            "parcels": sum(each),
            "svg": charts.histogram(
                each,
                highest,
                index % SERIES,
                f"Parcels by empty space, {evaluation.results[index].variant.noun} {wording.catalog_letter(index)}",
            ),
        }
        for index, each in enumerate(counted)
    ]


def box_use_views(evaluation: Evaluation) -> list[View]:
    """Return parcels by box type, the smallest box first, of the orders that every catalog packs whole."""
    highest = max((count for each in evaluation.results for _, count in each.common.box_use), default=0)
    views = []
    for index, result in enumerate(evaluation.results):
        used = dict(result.common.box_use)
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
    """Return grams CO2e of the main catalog by component: a plot a profile and allocation, never two in one bar."""
    if not evaluation.comparisons:
        return [_stack(evaluation, [(0, each)], None) for each in evaluation.results[0].totals.footprints]
    main = evaluation.study.main if evaluation.study is not None else evaluation.comparisons[0].second
    return [
        _stack(evaluation, [(comparison.first, pair.first), (comparison.second, pair.second)], pair.orders)
        for comparison in evaluation.comparisons
        if comparison.second == main
        for pair in comparison.footprints
    ]


def _stack(evaluation: Evaluation, figures: Sequence[tuple[int, FootprintFigures]], orders: int | None) -> View:
    highest = max(sum(abs(amount) for _, amount in each.co2e_mg) for _, each in figures)
    totals = [each.total_mg for _, each in figures]
    noun = evaluation.results[0].variant.noun
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
                    each.co2e_mg, highest, f"CO2e by component, {noun} {wording.catalog_letter(index)}"
                ),
            }
            for index, each in figures
        ],
    }


def components_of(evaluation: Evaluation) -> list[Component]:
    """Return the components that any footprint has, for the legend."""
    present = {kind for result in evaluation.results for each in result.totals.footprints for kind, _ in each.co2e_mg}
    return [kind for kind in Component if kind in present]


def worst_views(evaluation: Evaluation) -> list[View]:
    """Return the worst orders in two groups: what loses most by the main catalog, and the emptiest."""
    study = evaluation.study
    if study is None:
        return []
    first, main = (wording.catalog_letter(index) for index in (0, study.main))
    unit = "money" if evaluation.money else "outer volume"
    groups = (
        (
            f"Orders that lose most with {main} against {first}",
            f"By {unit}, at most 50, alike orders once: where {main} is the worse choice.",
            study.losing,
        ),
        (
            f"Orders with the most empty volume with {main}",
            "Alike orders once: what a further size would have to be for.",
            study.emptiest,
        ),
    )
    return [
        {
            "title": title,
            "words": words,
            "shown": [example_view(evaluation, each) for each in examples[:SHOWN_AT_ONCE]],
            "more": [example_view(evaluation, each) for each in examples[SHOWN_AT_ONCE:]],
        }
        for title, words, examples in groups
        if examples
    ]


def example_view(evaluation: Evaluation, example: Example) -> View:
    """Return an order with pictures of its parcels by each catalog."""
    return {
        "order_id": example.order.order_id,
        "units": example.order.unit_count,
        "plans": [
            {
                "letter": wording.catalog_letter(index),
                "figures": _figures(plan, evaluation.results[index].catalog),
                "parcels": len(plan.parcels),
                "pictures": _pictures(plan, example, evaluation.results[index].catalog),
                "left_out": max(0, len(plan.parcels) - MAX_PICTURES),
            }
            for index, plan in zip(example.catalogs, example.plans, strict=True)
        ],
    }


def _figures(plan: Plan, catalog: Catalog) -> str:
    """Return what an order costs and takes up, as far as known."""
    litres = f"{sum(math.prod(parcel.outer_um) for parcel in plan.parcels) / UM3_PER_LITRE:,.1f} L"
    parts = [packaging_cost_minor(plan, catalog), shipping_minor(plan)]
    known = [each for each in parts if each is not None]
    tables = [parcel.carriage_price.currency for parcel in plan.parcels if parcel.carriage_price]
    code = (tables or [catalog.currency])[0]
    return f"{wording.exact_money(sum(known), code)}, {litres}" if known and code else litres


def _pictures(plan: Plan, example: Example, catalog: Catalog) -> list[View]:
    pictures = []
    masses = [parcel.gross_mg for each in example.plans for parcel in each.parcels]
    for parcel in plan.parcels[:MAX_PICTURES]:
        svg = _thumbnail(parcel, example, catalog)
        where = "its own container" if parcel.ships_in_own_container else f"box {parcel.box_type_id}"
        pictures.append(
            {
                "uri": f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}" if svg else "",
                "alt": f"{len(parcel.placements)} units in {where}",
                "box": where if parcel.ships_in_own_container else parcel.box_type_id,
                "empty": wording.share(parcel.empty_space_ratio),
                "gross": wording.weight(parcel.gross_mg, of=masses),
            }
        )
    return pictures


def _thumbnail(parcel: Parcel, example: Example, catalog: Catalog) -> str:
    """Return a small picture of a parcel of at most ``MAX_PICTURE_BYTES``; empty where it would need more."""
    box = box_of(parcel, catalog)
    svg = small_svg(parcel, example.order, box)
    return svg if len(svg.encode()) <= MAX_PICTURE_BYTES else ""
