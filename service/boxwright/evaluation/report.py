"""An evaluation as one self-contained HTML page that loads no other files, for screen and paper, light and dark."""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.factor import Component
from boxwright.domain.lane import Lane
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Parcel, Plan
from boxwright.domain.policy import Policy
from boxwright.domain.rounded import count as counted
from boxwright.domain.rounded import percent
from boxwright.drawing import small_svg
from boxwright.evaluation import charts, wording
from boxwright.evaluation.as_shipped import AsShipped
from boxwright.evaluation.comparison import Change, Comparison, Metric, MetricComparison
from boxwright.evaluation.destinations import Destinations
from boxwright.evaluation.outcome import FootprintFigures, OrderStatus
from boxwright.evaluation.records import PER_BOX
from boxwright.evaluation.result import CatalogResult, Evaluation, Example
from boxwright.evaluation.study import BoxWorth
from boxwright.evaluation.summary import totals_lines, totals_title
from boxwright.evaluation.variant import NO_CARRIER
from boxwright.evaluation.verdict import (
    baseline_line,
    known_first,
    main_comparison,
    objective_line,
    verdict_of,
)
from boxwright.pages import html_template
from boxwright.shipping.objective_figures import packaging_cost_minor, shipping_minor
from boxwright.units import UM3_PER_LITRE

if TYPE_CHECKING:
    from jinja2 import Template

View = dict[str, Any]
Row = tuple[tuple[str, ...], Change]
"""Two names, such as the boxes with either catalog, and the sums of their orders."""

MAX_FLOWS = 12
MAX_BOXES = 40
"""Maximum number of rows of a table; the others are summed in one row."""
MAX_PICTURES = 2
"""Maximum number of parcels drawn per plan."""
MAX_PICTURE_BYTES = 10_000
SHOWN_AT_ONCE = 4
"""Number of orders of a group that are visible at first and printed; the others can be unfolded."""
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Cell:
    """A cell of a table."""

    text: str
    value: float | None = None
    """Sort key; None sorts by text."""


@dataclass(frozen=True)
class Panel:
    """An extra section of the page."""

    title: str
    lead: tuple[str, ...]
    """Sentences above the table."""
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    """The table; the first cell of a row is its heading."""
    notes: tuple[str, ...]
    """Sentences below the table."""
    folded: str = ""
    """Text next to the heading of a collapsed section; empty for an open one."""
    sortable: bool = False
    """Whether readers can sort the table."""
    words: tuple[str, ...] = ()
    """Columns of words, aligned left; figures are aligned right."""


SCRIPT = Path(__file__).parent / "report.js"
LEAST_POINTS = 2
"""Minimum number of different catalog sizes for a curve."""
_TILES = (
    Metric.PRICE,
    Metric.CARRIAGE_PRICE,
    Metric.PACKAGING_PRICE,
    Metric.OUTER_VOLUME,
    Metric.PARCELS,
    Metric.CHARGEABLE,
    Metric.PACKAGING,
)


def report(
    evaluation: Evaluation, files: Sequence[tuple[str, str]] = (), panels: Sequence[Panel] = (), lead: str = ""
) -> str:
    """Return an evaluation as one HTML page with styles, plots, pictures and a script that sorts tables.

    The page links to ``files`` (address relative to the page, name), shows ``panels`` after the key figures, and
    ``lead`` as a sentence below the verdict. Equal evaluations give equal pages.
    """
    comparison = main_comparison(evaluation)
    scale = Scale.of(evaluation, comparison)
    script = SCRIPT.read_text(encoding="utf-8")
    policies, lanes = len(evaluation.policies), len(evaluation.lanes)
    axes = [counted(len(evaluation.results) // (policies * lanes), "catalog")]
    axes += [f"{count} {noun}" for count, noun in ((policies, "policies"), (lanes, "carrier services")) if count > 1]
    compared = [] if comparison is None else [comparison]
    compared += [other for other in evaluation.comparisons if other is not comparison]
    study = evaluation.study
    worths = [] if study is None else sorted(study.worths.items(), key=lambda pair: (pair[0] != study.main, pair[0]))
    return page_template().render(
        # used by all sections
        script=script,
        script_hash=f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}",
        evaluation=evaluation,
        noun=evaluation.results[0].variant.noun,
        words=wording,
        kinds=list(Component),
        charts=charts,
        main=comparison,
        # in the order of the sections
        axes=axes,
        verdict=verdict_of(evaluation),
        lead=lead,
        baseline=baseline_line(evaluation),
        objective=objective_line(evaluation),
        tiles=_single_tiles(evaluation.results[0]) if comparison is None else _tiles(evaluation, comparison),
        panels=panels,
        sizes_of=lambda result: 0 if isinstance(result.catalog, AsShipped) else len(result.catalog.box_types),
        curve=_curve(evaluation),
        compared=compared,
        rows_of=_rows,
        scale=scale,
        moves=moves(evaluation, comparison, scale) if comparison is not None and comparison.orders else None,
        countries=countries(evaluation, comparison) if comparison is not None else [],
        worths=worths,
        worth_of=worth_of,
        sizes_in=lambda index: {box.box_type_id: size_of(box) for box in evaluation.results[index].catalog.box_types},
        per_box=PER_BOX,
        air=evaluation.records.air(0 if study is None else study.main),
        worst=worst_views(evaluation),
        plans_of=plan_views,
        boxes_used=[(result, _boxes(result)) for result in evaluation.results],
        most_parcels=max((count for result in evaluation.results for _, count in result.common.box_use), default=0),
        stacks=_stacks(evaluation),
        stated={
            kind for result in evaluation.results for figures in result.totals.footprints for kind, _ in figures.co2e_mg
        },
        known_first=[*evaluation.remarks, *known_first(evaluation)],
        failures=evaluation.records.failures(),
        totals=totals_lines(evaluation),
        totals_title=totals_title(evaluation),
        files=files,
        notes=_notes(evaluation),
        warnings=evaluation.records.warnings(),
    )


def page_template() -> Template:
    """Return the template of the page."""
    return html_template("evaluation", "report.html.j2")


def _tiles(evaluation: Evaluation, comparison: Comparison) -> list[View]:
    places = (comparison.first, comparison.second)
    known = {figure.metric: figure for figure in reversed(comparison.metrics)}
    shown = [known[metric] for metric in _TILES if metric in known]
    if Metric.PRICE not in known:
        shown.sort(key=lambda figure: figure is not comparison.headline)
    shown += [known[Metric.CO2E]] if Metric.CO2E in known else []
    return [
        {
            "name": wording.METRIC_NAMES[figure.metric],
            "change": wording.change(figure),
            "pair": [
                (place, wording.mean_of(figure, total))
                for place, total in zip(places, (figure.first, figure.second), strict=True)
            ],
            "year": wording.per_year(figure, evaluation),
            "basis": _basis(evaluation, comparison, figure),
        }
        for figure in shown
    ]


def _basis(evaluation: Evaluation, comparison: Comparison, figure: MetricComparison) -> str:
    """Return the notes below a key figure: its profile, missing prices and unverified share."""
    totals = [evaluation.results[index].totals for index in (comparison.first, comparison.second)]
    if figure.metric in (Metric.PRICE, Metric.PACKAGING_PRICE):
        bare = sorted({name for total in totals for name in total.unpriced})
        return f"without {', '.join(bare)}" if bare else ""
    grams = [pair.second for pair in comparison.footprints if pair.second.key == (figure.profile_id, figure.allocation)]
    shares = [f"{percent(footprint.unverified_share)} on unverified figures" for footprint in grams]
    return "; ".join(filter(None, [wording.basis(figure.profile_id, figure.allocation), *shares]))


def _single_tiles(result: CatalogResult) -> list[View]:
    totals = result.totals
    figures = [
        (f"Price of {name}", wording.exact_money(price.minor, price.currency), "all orders")
        for name, price in (("packaging", totals.packaging_price), ("carriage", totals.carriage_price))
        if price is not None
    ]
    figures += [
        ("Parcels", f"{totals.parcels:,}", f"{totals.count(OrderStatus.PLANNED):,} orders packed completely"),
        ("Fill of boxes", percent(1 - totals.empty_space_ratio), "share of inner volume, all parcels"),
        ("Inner volume of boxes", wording.litres(totals.inner_um3), ""),
        ("Packaging", wording.weight(totals.packaging_total_mg), ""),
    ]
    figures += [
        ("CO2e", f"{wording.weight(figures.total_mg)} CO2e", wording.basis(*figures.key))
        for figures in totals.footprints[:1]
    ]
    return [{"name": name, "figure": value, "basis": basis} for name, value, basis in figures]


def _curve(evaluation: Evaluation) -> View | None:
    """Return the curve of the headline over the number of box types; None for too few catalogs.

    With several policies or carrier services, it shows the first.
    """
    points = []
    first = evaluation.results[0].catalog
    for comparison in evaluation.comparisons:
        variant, head = evaluation.results[comparison.second].variant, comparison.headline
        own = not evaluation.same_catalog(comparison) and variant.parts == evaluation.results[0].variant.parts
        if own and head.relative is not None:
            ends = head.interval or (head.relative, head.relative)
            # A better choice among the baseline's own boxes is not a point of the line over sizes.
            alone = isinstance(first, AsShipped) and variant.catalog.box_types == first.box_types
            letter = wording.catalog_letter(comparison.second)
            points.append(charts.Point(len(variant.catalog.box_types), head.relative, *ends, letter, alone))
    if len({point.sizes for point in points}) < LEAST_POINTS:
        return None
    name = wording.METRIC_NAMES[evaluation.comparisons[0].headline.metric]
    svg = charts.curve(sorted(points), f"{name} by number of box types")
    return {"name": name, "svg": svg, "alone": [point.letter for point in points if point.alone]}


def _rows(comparison: Comparison) -> list[MetricComparison]:
    """Return the figures of a comparison, with CO2e of packaging once per profile, as it has no allocation."""
    first = {figure.profile_id: figure.allocation for figure in reversed(comparison.metrics)}
    return [
        figure
        for figure in comparison.metrics
        if figure.metric is not Metric.CO2E_PACKAGING or figure.allocation is first[figure.profile_id]
    ]


def _boxes(result: CatalogResult) -> list[View]:
    """Return the number of parcels by box type, smallest box first, over the orders that every catalog packs fully."""
    used = dict(result.common.box_use)
    boxes = sorted(result.catalog.box_types, key=lambda box: (box.inner_volume_um3, box.box_type_id))
    return [{"id": box.box_type_id, "size": size_of(box), "parcels": used[box.box_type_id]} for box in boxes]


def _stacks(evaluation: Evaluation) -> list[View]:
    """Return a plot of the CO2e of the first and the main catalog for each profile and allocation."""
    found: list[tuple[list[tuple[int, FootprintFigures]], int | None]]
    if evaluation.comparisons:
        main = evaluation.study.main if evaluation.study is not None else evaluation.comparisons[0].second
        found = [
            ([(comparison.first, pair.first), (comparison.second, pair.second)], pair.orders)
            for comparison in evaluation.comparisons
            if comparison.second == main
            for pair in comparison.footprints
        ]
    else:
        found = [([(0, figures)], None) for figures in evaluation.results[0].totals.footprints]
    return [
        {
            "bars": bars,
            "orders": orders,
            "missing": sorted(frozenset().union(*(figures.missing for _, figures in bars))),
            "highest": max(sum(abs(amount) for _, amount in figures.co2e_mg) for _, figures in bars),
        }
        for bars, orders in found
    ]


def _notes(evaluation: Evaluation) -> list[tuple[str, str]]:
    notes = []
    for data_version, data_hash, engine in sorted(evaluation.records.versions()):
        notes += [("Data", f"{data_version}, {data_hash}"), ("Engine", engine)]
    policies, lanes = evaluation.policies, evaluation.lanes
    notes += [
        (f"Policy {name}" if len(policies) > 1 else "Policy", _policy_text(policy)) for name, policy in policies.items()
    ]
    notes += [
        (f"Lane, {name or NO_CARRIER}" if len(lanes) > 1 else "Lane", _lane_text(lane)) for name, lane in lanes.items()
    ]
    return notes


def _policy_text(policy: Policy) -> str:
    """Return a policy as text: its objectives, its support ratio, and all fields that differ from their defaults."""
    plain = Policy()
    changed = [
        f"{field.name.replace('_', ' ')} " + (", ".join(map(str, value)) if isinstance(value, tuple) else str(value))
        for field in fields(policy)
        if field.name != "objectives"
        and ((value := getattr(policy, field.name)) != getattr(plain, field.name) or field.name == "support_ratio")
    ]
    objectives = ", then ".join(objective.value.replace("_", " ") for objective in policy.objectives)
    return "; ".join([f"objectives {objectives}", *changed])


def _lane_text(lane: Lane | None) -> str:
    if lane is None:
        return "none: transport is not counted"
    legs = [leg.words for leg in lane.legs]
    ends = ((lane.origin, lane.origin_country), (lane.destination, lane.destination_country))
    places = " to ".join(words for place, country in ends if (words := place.words if place else country))
    service = f"carrier service {lane.carrier_service}" if lane.carrier_service else NO_CARRIER
    day = f"ship date {lane.ship_date}" if lane.ship_date else ""
    hubs = {True: "with hubs", False: "without hubs", None: "hubs not stated, not counted"}[lane.include_hubs]
    ways = "; ".join(legs) or "no legs"
    if isinstance(lane, Destinations):
        rows = (f"{name} zone {zone or 'none'} {' '.join(leg.words for leg in own)}" for name, zone, own in lane.rows)
        ways = f"by destination: {', '.join(map(str.strip, rows))}"
    return "; ".join(part for part in (places, ways, hubs if legs else "", service, day) if part)


@dataclass(frozen=True)
class Scale:
    """Unit of sums over orders: money or litres, per year if the number of orders a year is known."""

    currency: str
    """Currency of the sums; empty if they are volumes."""
    factor: float | None = None
    """Orders a year per order of the evaluation. Default None: unknown."""

    @classmethod
    def of(cls, evaluation: Evaluation, comparison: Comparison | None) -> Scale:
        """Return the scale of a page: the unit of the headline, per year if the number of orders a year is known."""
        currency = comparison.headline.currency if comparison is not None else ""
        yearly = evaluation.yearly
        return cls(currency, None if yearly is None else yearly.orders / max(evaluation.order_count, 1))

    @property
    def unit(self) -> str:
        """The unit of totals as text."""
        over = "over the orders compared" if self.factor is None else "a year"
        return f"{self.currency or 'outer volume'} {over}"

    @property
    def money(self) -> bool:
        """Whether money is shown."""
        return bool(self.currency)

    @property
    def _metric(self) -> Metric:
        return Metric.PRICE if self.money else Metric.OUTER_VOLUME

    def amount(self, value: float) -> str:
        """Return a figure of one order with its unit."""
        return wording.mean(self._metric, value, self.currency)

    def total(self, value: float) -> str:
        """Return a sum over a year's orders, or over those compared, with unit and sign."""
        return wording.in_round(self._metric, value * (1 if self.factor is None else self.factor), self.currency)

    def sums(self, change: Change) -> tuple[int, int, int]:
        """Return the number of orders counted, and the totals with the first and with the second catalog."""
        return (change.priced if self.money else change.orders, *change.pair(money=self.money))


def countries(evaluation: Evaluation, comparison: Comparison) -> list[Row]:
    """Return the compared orders by country, the most frequent first; empty for a single country."""
    flow = evaluation.records.flow(comparison.second, "country")
    if len(flow) < 2:
        return []
    ranked = sorted(flow.items(), key=lambda row: (-row[1].orders, row[0]))
    shares = [((name or "not stated", percent(sums.orders / comparison.orders)), sums) for (name,), sums in ranked]
    return _with_rest(shares, MAX_BOXES, "other countries")


def moves(evaluation: Evaluation, comparison: Comparison, scale: Scale) -> View:
    """Return the compared orders by box with either catalog, and by box type of the first one."""
    flow = evaluation.records.flow(comparison.second)
    by_box: dict[str, list[Change]] = {}
    for (before, *_), change in flow.items():
        by_box.setdefault(before, []).append(change)
    ways = sorted(flow.items(), key=lambda row: (-abs(row[1].difference(money=scale.money)), row[0]))
    summed = [(box, Change.summed(changes)) for box, changes in by_box.items()]
    boxes = sorted(summed, key=lambda row: (row[1].difference(money=scale.money), row[0]))
    sizes = {box.box_type_id: size_of(box) for box in evaluation.results[comparison.first].catalog.box_types}
    return {
        "moved": sum(change.orders for (before, after), change in flow.items() if before != after),
        "ways": _with_rest(ways, MAX_FLOWS, "other ways"),
        "boxes": _with_rest([((box, sizes.get(box, "")), change) for box, change in boxes], MAX_BOXES, "others"),
    }


def _with_rest(rows: Sequence[Row], most: int, noun: str) -> list[Row]:
    """Return the first rows, and the sum of the others as a last row."""
    if len(rows) <= most:
        return list(rows)
    rest = Change.summed(change for _, change in rows[most:])
    return [*rows[:most], ((f"{len(rows) - most:,} {noun}", ""), rest)]


def size_of(box: BoxType) -> str:
    """Return the inner size of a box type in mm."""
    return f"{box.inner_length_mm:g} × {box.inner_width_mm:g} × {box.inner_height_mm:g}"


def worth_of(scale: Scale, worth: BoxWorth) -> tuple[float | None, str]:
    """Return the value of a box type in the scale's unit, None if unknown, and the verdict on it."""
    value = worth.scaled(money=scale.money)
    # A plan without the box may be worse by its objective and still cost less.
    total = None if value is None else value if worth.worse else max(value, 0.0)
    known, _, _ = scale.sums(worth.change)
    orders = counted(known, "order")
    if worth.lost:
        verdict = f"needed: {worth.lost:,} of {worth.sampled:,} sampled orders go into no other box"
    elif total is None:
        verdict = "no price is known without it"
    elif worth.worse:
        dearer = f"{worth.worse:,} of {orders} sampled cost more"
        verdict = f"cheaper in total without it, though {dearer}" if total < 0 else f"dearer without it: {dearer}"
    elif known == worth.orders:
        verdict = f"can be dropped: none of its {orders} needs it"
    else:  # exact upper 95 % bound if none of n orders needs it
        most = 1 - (1 - _CONFIDENCE) ** (1 / known)
        verdict = f"none of {orders} sampled needs it; up to {most * 100:.0f} % of its orders may need it"
    return total, verdict


def worst_views(evaluation: Evaluation) -> list[View]:
    """Return the worst orders in two groups: the greatest losses with the main catalog, and the emptiest."""
    study = evaluation.study
    if study is None:
        return []
    first, main = (wording.catalog_letter(index) for index in (evaluation.records.base_of(study.main), study.main))
    unit = "money" if evaluation.money else "outer volume"
    groups = (
        (
            f"Orders that lose most with {main} against {first}",
            f"Where {main} is the worse choice, by {unit}. At most 50 orders; equal orders are listed once.",
            study.losing,
        ),
        (
            f"Orders with the most empty volume with {main}",
            "A new size would have to fit these orders. Equal orders are listed once.",
            study.emptiest,
        ),
    )
    return [
        {"title": title, "words": words, "shown": examples[:SHOWN_AT_ONCE], "more": examples[SHOWN_AT_ONCE:]}
        for title, words, examples in groups
        if examples
    ]


def plan_views(evaluation: Evaluation, example: Example) -> list[View]:
    """Return price and volume of an order with each catalog, and pictures of its first parcels."""
    views = []
    masses = [parcel.gross_mg for plan in example.plans for parcel in plan.parcels]
    for index, plan in zip(example.catalogs, example.plans, strict=True):
        catalog = evaluation.results[index].catalog
        views.append(
            {
                "index": index,
                "figures": _figures(plan, catalog),
                "parcels": len(plan.parcels),
                "pictures": [_picture(parcel, example, catalog, masses) for parcel in plan.parcels[:MAX_PICTURES]],
                "left_out": max(0, len(plan.parcels) - MAX_PICTURES),
            }
        )
    return views


def _figures(plan: Plan, catalog: Catalog) -> str:
    litres = f"{sum(math.prod(parcel.outer_um) for parcel in plan.parcels) / UM3_PER_LITRE:,.1f} L"
    known = [part for part in (packaging_cost_minor(plan, catalog), shipping_minor(plan)) if part is not None]
    tables = [parcel.carriage_price.currency for parcel in plan.parcels if parcel.carriage_price]
    code = (tables or [catalog.currency])[0]
    return f"{wording.exact_money(sum(known), code)}, {litres}" if known and code else litres


def _picture(parcel: Parcel, example: Example, catalog: Catalog, masses: list[int]) -> View:
    """Return a parcel for the page, without a picture if that exceeds ``MAX_PICTURE_BYTES``."""
    svg = small_svg(parcel, example.order, box_of(parcel, catalog)).encode()
    own = "its own container" if parcel.ships_in_own_container else ""
    return {
        "uri": f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}" if len(svg) <= MAX_PICTURE_BYTES else "",
        "alt": f"{len(parcel.placements)} units in {own or f'box {parcel.box_type_id}'}",
        "box": own or parcel.box_type_id,
        "empty": percent(parcel.empty_space_ratio),
        "gross": wording.weight(parcel.gross_mg, of=masses),
    }
