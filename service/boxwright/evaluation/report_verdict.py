"""The first thing on the page: a sentence a manager can repeat, and the figures behind it, money first."""

from __future__ import annotations

from typing import Any

from boxwright.domain.policy import Objective, Policy
from boxwright.evaluation import wording
from boxwright.evaluation.as_shipped import AsShipped
from boxwright.evaluation.comparison import Comparison, Metric, MetricComparison
from boxwright.evaluation.outcome import OrderStatus
from boxwright.evaluation.report_change import (
    BAD,
    GOOD,
    MARKS,
    SAME,
    UNSURE,
    change_view,
    kind_of,
    mean_of,
    per_order,
    per_year,
)
from boxwright.evaluation.result import CatalogResult, Evaluation

View = dict[str, Any]

_TILES = (
    Metric.PRICE,
    Metric.CARRIAGE_PRICE,
    Metric.PACKAGING_PRICE,
    Metric.OUTER_VOLUME,
    Metric.PARCELS,
    Metric.CHARGEABLE,
    Metric.PACKAGING,
)
_ALONE = {Metric.CARRIAGE_PRICE: " for carriage alone", Metric.PACKAGING_PRICE: " for packaging alone"}
"""What a price is of, where the other one is not known."""
_WHY = {
    Objective.SHIPPING_COST: "since both are known",
    Objective.PACKAGING_COST: "since every box has a price and carriage has none",
    Objective.OUTER_VOLUME: "since not every box type has a price in one currency",
}


def main_comparison(evaluation: Evaluation) -> Comparison | None:
    """Return the comparison that the page looks at closely: the catalog whose headline falls most."""
    main = evaluation.study.main if evaluation.study is not None else 1
    return next((each for each in evaluation.comparisons if each.second == main), None) or (
        evaluation.comparisons[0] if evaluation.comparisons else None
    )


def verdict_view(evaluation: Evaluation) -> View:
    """Return the verdict: how it turned out, its mark, and the sentence."""
    comparison = main_comparison(evaluation)
    if comparison is None:
        return {"kind": SAME, "mark": "", "text": _single(evaluation.results[0])}
    compared = comparison.headline
    kind = kind_of(compared)
    first, second = (evaluation.results[index].variant.title for index in (comparison.first, comparison.second))
    names = f"{second} instead of {_lower(first)}"
    said = [_sentence(evaluation, compared, kind, names), *_not_minimised(evaluation, compared)]
    said += _by_choice_alone(evaluation, comparison)
    text = " ".join([*said, *_left_out(evaluation, comparison)])
    return {"kind": kind, "mark": MARKS[kind], "text": text}


def _not_minimised(evaluation: Evaluation, compared: MetricComparison) -> list[str]:
    """Return a sentence where a price is compared that no plan keeps low, although nobody named other objectives."""
    volume = evaluation.objectives_settled and evaluation.policy.objectives[0] is Objective.OUTER_VOLUME
    if not (volume and compared.orders and compared.metric in wording.PRICES):
        return []
    return ["No plan keeps this price low: plans minimise outer volume, since not every box type has a price."]


def _by_choice_alone(evaluation: Evaluation, comparison: Comparison) -> list[str]:
    """Return what the boxes really used would save if they were chosen better: new boxes are not worth that."""
    used, main = (evaluation.results[index].variant for index in (comparison.first, comparison.second))
    if not isinstance(used.catalog, AsShipped):
        return []
    for each in evaluation.comparisons:
        variant = evaluation.results[each.second].variant
        alike = (variant.policy, variant.lane) == (main.policy, main.lane) and each.second != comparison.second
        compared = each.headline
        if not (alike and variant.catalog.box_types == used.catalog.box_types and kind_of(compared) == GOOD):
            continue
        share = "" if compared.relative is None else f" ({wording.share(abs(compared.relative))})"
        less = f"{per_order(compared).lstrip('+−')} less an order{share}"
        verb = "cost" if compared.metric in wording.PRICES else "take"
        return [f"The same boxes, chosen better ({variant.title}), already {verb} {less}."]
    return []


def _left_out(evaluation: Evaluation, comparison: Comparison) -> list[str]:
    """Return which orders the sentence of the verdict is not about, a sentence each."""
    said: list[str] = []
    compared = comparison.headline
    if not compared.orders:
        return said
    if compared.orders < comparison.orders:
        known = f"{compared.orders:,} of {wording.counted(comparison.orders, 'order')}"
        said.append(f"This is of the {known} whose price is known with both.")
    lost = evaluation.results[comparison.first].totals.count(OrderStatus.PLANNED) - comparison.orders
    if lost > 0:
        said.append(f"It does not pack {wording.counted(lost, 'order')} that the baseline packs.")
    return said


def _lower(name: str) -> str:
    return f"the b{name[1:]}" if name.startswith("Boxes really used") else name


def _sentence(evaluation: Evaluation, compared: MetricComparison, kind: str, names: str) -> str:
    if not compared.orders:
        return f"{names}: no order is packed whole by both, so nothing can be compared."
    if kind == SAME:
        return f"{names} changes nothing: {wording.METRIC_NAMES[compared.metric].lower()} is the same."
    change = change_view(compared)
    share = "" if compared.relative is None else f" ({wording.share(abs(compared.relative))})"
    each = per_order(compared).lstrip("+−")
    year = per_year(compared, evaluation).lstrip("+−")
    verb = "costs" if compared.metric in wording.PRICES else "takes"
    what = "" if compared.metric in wording.PRICES else " of outer volume"
    less = "less" if compared.difference < 0 else "more"
    said = f"{names} {verb} {each} {less}{what} an order{_ALONE.get(compared.metric, '')}{share}"
    if year:
        said += f", {year} {less} a year"
    if kind == UNSURE:
        return f"{said}. This may be chance: {wording.INTERVAL_NAME} is {change['interval']}, {wording.IF_TYPICAL}."
    if not change["interval"]:
        return f"{said}. These are too few orders to say how other orders would turn out."
    return f"{said}; {wording.INTERVAL_NAME} is {change['interval']}, {wording.IF_TYPICAL}."


def _single(result: CatalogResult) -> str:
    totals = result.totals
    orders = sum(count for _, count in totals.orders)
    return (
        f"{result.variant.title} packs {totals.count(OrderStatus.PLANNED):,} of"
        f" {wording.counted(orders, 'order')} whole, in {wording.counted(totals.parcels, 'parcel')} that are"
        f" {wording.share(totals.empty_space_ratio)} empty."
    )


def objective_line(evaluation: Evaluation) -> str:
    """Return what every plan minimises, and why where the evaluation chose it."""
    policies = evaluation.policies
    if len({each.objectives for each in policies.values()}) > 1:
        return " ".join(f"Plans of {name} minimise {_named(each)}." for name, each in policies.items())
    first, *others = (wording.OBJECTIVE_NAMES[each] for each in evaluation.policy.objectives)
    why = _WHY.get(evaluation.policy.objectives[0], "") if evaluation.objectives_settled else ""
    text = f"Every plan minimises {first}{f', {why}' if why else ''}"
    return f"{', then '.join([text, *others])}."


def _named(policy: Policy) -> str:
    return ", then ".join(wording.OBJECTIVE_NAMES[each] for each in policy.objectives)


def tiles(evaluation: Evaluation) -> list[View]:
    """Return the figures of the verdict: of the main comparison, or of the only catalog."""
    comparison = main_comparison(evaluation)
    if comparison is None:
        return _single_tiles(evaluation.results[0])
    letters = [wording.catalog_letter(index) for index in (comparison.first, comparison.second)]
    known = {each.metric: each for each in reversed(comparison.metrics)}
    shown = [known[each] for each in _TILES if each in known]
    if Metric.PRICE not in known:
        shown.sort(key=lambda each: each is not comparison.headline)
    shown += [each for each in comparison.metrics if each.metric is Metric.CO2E and each is known[Metric.CO2E]]
    made = [_tile(evaluation, each, letters) for each in shown]
    if fill := _fill_tile(comparison, letters):
        made.insert(min(3, len(made)), fill)
    return made


def _tile(evaluation: Evaluation, each: MetricComparison, letters: list[str]) -> View:
    return {
        "name": wording.METRIC_NAMES[each.metric],
        "change": change_view(each),
        "pair": list(zip(letters, (mean_of(each, total) for total in (each.first, each.second)), strict=True)),
        "unit": "an order",
        "year": per_year(each, evaluation),
        "basis": wording.basis(each.profile_id, each.allocation),
    }


def _fill_tile(comparison: Comparison, letters: list[str]) -> View | None:
    volume, empty = comparison.metric(Metric.INNER_VOLUME), comparison.metric(Metric.EMPTY_VOLUME)
    if not (volume and empty and volume.first and volume.second):
        return None
    shares = [1 - part / whole for part, whole in ((empty.first, volume.first), (empty.second, volume.second))]
    points = (shares[1] - shares[0]) * 100
    kind = SAME if round(points, 1) == 0 else GOOD if points > 0 else BAD
    mark = {GOOD: "▲", BAD: "▼", SAME: "="}[kind]
    words = "the same" if kind == SAME else f"{abs(points):.1f} points {'fuller' if points > 0 else 'emptier'}"
    return {
        "name": "Fill of boxes",
        "change": {"kind": kind, "mark": mark, "words": words, "interval": ""},
        "pair": list(zip(letters, map(wording.share, shares), strict=True)),
        "unit": "of inner volume",
        "year": "",
        "basis": "",
    }


def _single_tiles(result: CatalogResult) -> list[View]:
    totals = result.totals
    figures = [
        ("Parcels", f"{totals.parcels:,}", f"{totals.count(OrderStatus.PLANNED):,} orders planned whole"),
        ("Fill of boxes", wording.share(1 - totals.empty_space_ratio), "share of inner volume, all parcels"),
        ("Inner volume of boxes", wording.litres(totals.inner_um3), ""),
        ("Packaging", wording.weight(totals.packaging_total_mg), ""),
    ]
    for name, price in (("Price of carriage", totals.carriage_price), ("Price of packaging", totals.packaging_price)):
        if price is not None:
            figures.insert(0, (name, wording.money(price), "all orders"))
    figures += [
        ("CO2e", f"{wording.weight(each.total_mg)} CO2e", wording.basis(*each.key)) for each in totals.footprints[:1]
    ]
    return [{"name": name, "figure": value, "basis": basis} for name, value, basis in figures]
