"""An evaluation as one self-contained HTML page that loads nothing, for screen and paper, light and dark."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boxwright.domain.factor import Component, Coverage, CoverageCell, Stage
from boxwright.domain.lane import Lane
from boxwright.domain.policy import Policy
from boxwright.evaluation import charts, wording
from boxwright.evaluation.as_shipped import AsShipped
from boxwright.evaluation.comparison import Comparison, Metric, MetricComparison
from boxwright.evaluation.destinations import Destinations
from boxwright.evaluation.outcome import FootprintFigures, OrderStatus
from boxwright.evaluation.records import PER_BOX
from boxwright.evaluation.report_boxes import Scale, countries, moves, plan_views, size_of, worst_views, worth_of
from boxwright.evaluation.result import CatalogResult, Evaluation
from boxwright.evaluation.summary import totals_lines, totals_title
from boxwright.evaluation.variant import NO_CARRIER
from boxwright.evaluation.verdict import (
    baseline_line,
    known_first,
    main_comparison,
    objective_line,
    regret_lines,
    verdict_of,
)
from boxwright.evaluation.wording import BAD, GOOD, SAME, Change
from boxwright.pages import html_template

if TYPE_CHECKING:
    from jinja2 import Template

View = dict[str, Any]


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
    """Sentences below the plot."""
    plot: str = ""
    plot_words: str = ""
    """SVG and its caption; empty for none."""
    folded: str = ""
    """Text beside the heading of a collapsed section; empty for an open one."""
    sortable: bool = False
    """Whether readers can sort the table."""
    words: tuple[str, ...] = ()
    """Columns of words, aligned left; figures are aligned right."""


SCRIPT = Path(__file__).parent / "report.js"
LEAST_POINTS = 2
"""Least number of different catalog sizes for a curve."""
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
    """Return an evaluation as one HTML page.

    Parameters
    ----------
    evaluation : Evaluation
        The evaluation.
    files : sequence of (str, str), optional
        Row files that the page links to: address relative to the page, and name. Default none.
    panels : sequence of Panel, optional
        Sections after the key figures. Default none.
    lead : str, optional
        Sentence below the verdict. Default none.

    Returns
    -------
    str
        An HTML file with its styles, plots and pictures inside, and a script that sorts tables. Apart from times, the
        same evaluation gives the same text.
    """
    comparison = main_comparison(evaluation)
    scale = Scale.of(evaluation, comparison)
    script = SCRIPT.read_text(encoding="utf-8")
    compared = [] if comparison is None else [comparison]
    compared += [other for other in evaluation.comparisons if other is not comparison]
    study = evaluation.study
    worths = [] if study is None else sorted(study.worths.items(), key=lambda pair: (pair[0] != study.main, pair[0]))
    return page_template().render(
        # for all sections
        script=script,
        script_hash=f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}",
        evaluation=evaluation,
        noun=evaluation.results[0].variant.noun,
        words=wording,
        kinds=list(Component),
        charts=charts,
        main=comparison,
        # in the order of the sections
        axes=_axes(evaluation),
        verdict=verdict_of(evaluation),
        lead=lead,
        baseline=baseline_line(evaluation),
        objective=objective_line(evaluation),
        tiles=_single_tiles(evaluation.results[0]) if comparison is None else _tiles(evaluation, comparison),
        panels=panels,
        sizes_of=_sizes,
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
        empty_bins=evaluation.records.empty_bins(),
        boxes_used=[(result, _boxes(result)) for result in evaluation.results],
        most_parcels=max((count for result in evaluation.results for _, count in result.common.box_use), default=0),
        stacks=_stacks(evaluation),
        stated={
            kind for result in evaluation.results for figures in result.totals.footprints for kind, _ in figures.co2e_mg
        },
        known_first=[*evaluation.remarks, *known_first(evaluation)],
        regrets=regret_lines(evaluation),
        failures=evaluation.records.failures(),
        totals=totals_lines(evaluation),
        totals_title=totals_title(evaluation),
        files=files,
        notes=_notes(evaluation),
        warnings=evaluation.records.warnings(),
        coverage=_coverage(evaluation),
    )


def page_template() -> Template:
    """Return the template of the page."""
    return html_template("evaluation", "report.html.j2")


def _axes(evaluation: Evaluation) -> list[str]:
    """Return the numbers of catalogs, policies and carrier services in words."""
    policies, lanes = len(evaluation.policies), len(evaluation.lanes)
    said = [wording.counted(len(evaluation.results) // (policies * lanes), "catalog")]
    said += [f"{policies} policies"] if policies > 1 else []
    return [*said, *([f"{lanes} carrier services"] if lanes > 1 else [])]


def _tiles(evaluation: Evaluation, comparison: Comparison) -> list[View]:
    """Return the key figures of a comparison, money first."""
    places = (comparison.first, comparison.second)
    known = {figure.metric: figure for figure in reversed(comparison.metrics)}
    shown = [known[metric] for metric in _TILES if metric in known]
    if Metric.PRICE not in known:
        shown.sort(key=lambda figure: figure is not comparison.headline)
    shown += [known[Metric.CO2E]] if Metric.CO2E in known else []
    tiles: list[View] = [
        {
            "name": wording.METRIC_NAMES[figure.metric],
            "change": wording.change(figure),
            "pair": [
                (place, wording.mean_of(figure, total))
                for place, total in zip(places, (figure.first, figure.second), strict=True)
            ],
            "unit": "an order",
            "year": wording.per_year(figure, evaluation),
            "basis": _basis(evaluation, comparison, figure),
        }
        for figure in shown
    ]
    volume, empty = comparison.metric(Metric.INNER_VOLUME), comparison.metric(Metric.EMPTY_VOLUME)
    if volume and empty and volume.first and volume.second:
        fills = (1 - empty.first / volume.first, 1 - empty.second / volume.second)
        pair = list(zip(places, map(wording.share, fills), strict=True))
        change = _fill_change((fills[1] - fills[0]) * 100)
        tiles.insert(
            min(3, len(tiles)),
            {
                "name": "Fill of boxes",
                "change": change,
                "pair": pair,
                "unit": "of inner volume",
                "year": "",
                "basis": "",
            },
        )
    return tiles


def _basis(evaluation: Evaluation, comparison: Comparison, figure: MetricComparison) -> str:
    """Return the profile, the missing prices and the unverified share of a figure."""
    totals = [evaluation.results[index].totals for index in (comparison.first, comparison.second)]
    if figure.metric in (Metric.PRICE, Metric.PACKAGING_PRICE):
        bare = sorted({name for total in totals for name in total.unpriced})
        return f"without {', '.join(bare)}" if bare else ""
    grams = [pair.second for pair in comparison.footprints if pair.second.key == (figure.profile_id, figure.allocation)]
    shares = [f"{wording.share(footprint.unverified_share)} on unverified figures" for footprint in grams]
    return "; ".join(filter(None, [wording.basis(figure.profile_id, figure.allocation), *shares]))


def _fill_change(points: float) -> Change:
    """Return the change of fill in points; more is better."""
    if not round(points, 1):
        return Change(SAME, "=", "the same")
    words = f"{abs(points):.1f} points"
    return Change(GOOD, "▲", f"{words} fuller") if points > 0 else Change(BAD, "▼", f"{words} emptier")


def _single_tiles(result: CatalogResult) -> list[View]:
    totals = result.totals
    figures = [
        (f"Price of {name}", wording.money(price), "all orders")
        for name, price in (("packaging", totals.packaging_price), ("carriage", totals.carriage_price))
        if price is not None
    ]
    figures += [
        ("Parcels", f"{totals.parcels:,}", f"{totals.count(OrderStatus.PLANNED):,} orders planned whole"),
        ("Fill of boxes", wording.share(1 - totals.empty_space_ratio), "share of inner volume, all parcels"),
        ("Inner volume of boxes", wording.litres(totals.inner_um3), ""),
        ("Packaging", wording.weight(totals.packaging_total_mg), ""),
    ]
    figures += [
        ("CO2e", f"{wording.weight(figures.total_mg)} CO2e", wording.basis(*figures.key))
        for figures in totals.footprints[:1]
    ]
    return [{"name": name, "figure": value, "basis": basis} for name, value, basis in figures]


def _sizes(result: CatalogResult) -> int:
    """Return the number of box types; 0 for the boxes really used, which differ by order."""
    return 0 if isinstance(result.catalog, AsShipped) else len(result.catalog.box_types)


def _curve(evaluation: Evaluation) -> View | None:
    """Return the curve of the headline over the number of box types; None for too few catalogs.

    With several policies or carrier services, it shows the first.
    """
    points = []
    first = evaluation.results[0].catalog
    for comparison in evaluation.comparisons:
        variant, head = evaluation.results[comparison.second].variant, comparison.headline
        if variant.parts == evaluation.results[comparison.first].variant.parts and head.relative is not None:
            ends = head.interval or (head.relative, head.relative)
            # Today's boxes chosen better are not another number of new sizes.
            alone = isinstance(first, AsShipped) and variant.catalog.box_types == first.box_types
            letter = wording.catalog_letter(comparison.second)
            points.append(charts.Point(len(variant.catalog.box_types), head.relative, *ends, letter, alone))
    if len({point.sizes for point in points}) < LEAST_POINTS:
        return None
    name = wording.METRIC_NAMES[evaluation.comparisons[0].headline.metric]
    svg = charts.curve(sorted(points), f"{name} by number of box types")
    return {"name": name, "svg": svg, "alone": [point.letter for point in points if point.alone]}


def _rows(comparison: Comparison) -> list[MetricComparison]:
    """Return the figures of a comparison; packaging, which is equal for all allocations of a profile, only once."""
    first = {figure.profile_id: figure.allocation for figure in reversed(comparison.metrics)}
    return [
        figure
        for figure in comparison.metrics
        if figure.metric is not Metric.CO2E_PACKAGING or figure.allocation is first[figure.profile_id]
    ]


def _boxes(result: CatalogResult) -> list[View]:
    """Return parcels by box type, smallest box first, on the orders that every catalog packs whole."""
    used = dict(result.common.box_use)
    boxes = sorted(result.catalog.box_types, key=lambda box: (box.inner_volume_um3, box.box_type_id))
    return [{"id": box.box_type_id, "size": size_of(box), "parcels": used[box.box_type_id]} for box in boxes]


def _stacks(evaluation: Evaluation) -> list[View]:
    """Return plots of g CO2e for the main and the first catalog, one per profile and allocation."""
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
    """Return versions of data and engine, policies and lanes."""
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
    """Return the objectives, and all fields that differ from their defaults."""
    plain = Policy()
    changed = [
        f"{field.name.replace('_', ' ')} {_value_text(getattr(policy, field.name))}"
        for field in fields(policy)
        if field.name != "objectives" and getattr(policy, field.name) != getattr(plain, field.name)
    ]
    objectives = ", then ".join(objective.value.replace("_", " ") for objective in policy.objectives)
    support = "" if policy.support_ratio != plain.support_ratio else f"; support ratio {policy.support_ratio:g}"
    return f"objectives {objectives}{support}" + "".join(f"; {text}" for text in changed)


def _value_text(value: object) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)


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


def _coverage(evaluation: Evaluation) -> list[View]:
    """Return the boundary of each profile as a table of components and stages."""
    found = {
        figures.profile_id: figures.coverage for result in evaluation.results for figures in result.totals.footprints
    }
    return [
        {
            "profile_id": profile_id,
            "stages": _stages(cells),
            "cells": {(cell.component, cell.stage): cell for cell in cells},
        }
        for profile_id, cells in found.items()
        if cells
    ]


def _stages(cells: Sequence[CoverageCell]) -> list[Stage]:
    """Return the stages with a factor or a missing one."""
    known = {cell.stage for cell in cells if cell.coverage in (Coverage.FACTOR, Coverage.MISSING)}
    return [stage for stage in Stage if stage in known]
