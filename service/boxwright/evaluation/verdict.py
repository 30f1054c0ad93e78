"""Sentences that the page and the terminal share."""

from __future__ import annotations

from typing import NamedTuple

from boxwright.domain.policy import Objective
from boxwright.domain.rounded import count as counted
from boxwright.domain.rounded import percent
from boxwright.evaluation import wording
from boxwright.evaluation.as_shipped import AsShipped, Audit
from boxwright.evaluation.comparison import Comparison, Metric, MetricComparison
from boxwright.evaluation.outcome import OrderStatus
from boxwright.evaluation.result import Evaluation
from boxwright.evaluation.wording import GOOD, SAME, UNSURE

_ALONE = {Metric.CARRIAGE_PRICE: " for carriage alone", Metric.PACKAGING_PRICE: " for packaging alone"}
"""Words after a price of carriage or packaging alone."""
_WHY = {
    Objective.SHIPPING_COST: "since both are known",
    Objective.PACKAGING_COST: "since every box has a price and carriage has none",
    Objective.OUTER_VOLUME: "since not every box type has a price in one currency",
}
_LISTED = 4
"""Maximum number of reasons for failures in a sentence."""


class Verdict(NamedTuple):
    """The kind (such as ``wording.GOOD``), its mark, and the sentences."""

    kind: str
    mark: str
    text: str


def main_comparison(evaluation: Evaluation) -> Comparison | None:
    """Return the main comparison: the catalog whose headline falls most."""
    main = evaluation.study.main if evaluation.study is not None else 1
    of_main = (comparison for comparison in evaluation.comparisons if comparison.second == main)
    return next(of_main, evaluation.comparisons[0] if evaluation.comparisons else None)


def verdict_of(evaluation: Evaluation, comparison: Comparison | None = None) -> Verdict:
    """Return the verdict on a comparison, by default the main one, or on a single catalog."""
    whole, comparison = comparison is None, comparison or main_comparison(evaluation)
    if comparison is None:
        result = evaluation.results[0]
        packed, parcels = result.totals.count(OrderStatus.PLANNED), counted(result.totals.parcels, "parcel")
        text = (
            f"{result.variant.title} packs {packed:,} of {counted(evaluation.order_count, 'order')} whole,"
            f" in {parcels} that are {percent(result.totals.empty_space_ratio)} empty."
        )
        return Verdict(SAME, "", text)
    head = comparison.headline
    kind = wording.change(head).kind
    sentences = [_sentence(evaluation, comparison)]
    settled_volume = evaluation.objectives_settled and evaluation.policy.objectives[0] is Objective.OUTER_VOLUME
    if settled_volume and head.orders and head.metric in wording.PRICES:
        sentences.append("Plans minimise outer volume, not this price, since not every box type has a price.")
    sent = comparison.metric(Metric.PARCELS)
    if head.metric is Metric.OUTER_VOLUME and head.difference < 0 and sent and sent.difference > 0:
        sentences.append(f"It takes {wording.change(sent).words.removesuffix(' more')} more parcels.")
    sentences += _by_choice_alone(evaluation, comparison)
    if head.orders:
        if head.orders < comparison.orders:
            known = f"{head.orders:,} of {counted(comparison.orders, 'order')}"
            sentences.append(f"This covers the {known} whose price is known with both.")
        lost = evaluation.results[comparison.first].totals.count(OrderStatus.PLANNED) - comparison.orders
        if lost > 0:
            sentences.append(f"It does not pack {counted(lost, 'order')} that the baseline packs.")
    if whole and not evaluation.same_catalog(comparison):
        base = evaluation.results[0].variant
        ways = [other for other in evaluation.comparisons if evaluation.same_catalog(other) and other.orders]
        if ways:
            best = min(ways, key=lambda other: other.headline.relative or 0.0)
            head, parts = best.headline, ", ".join(evaluation.results[best.second].variant.parts)
            verb = "costs" if head.metric in wording.PRICES else "takes"
            less = f"{_amount(head)} {'less' if head.difference < 0 else 'more'} per order{_share(head)}"
            less = less if head.difference else "the same"
            sentences.append(f"{parts} instead of {', '.join(base.parts)} by itself {verb} {less}.")
    return Verdict(kind, wording.MARKS[kind], " ".join(sentences))


def _sentence(evaluation: Evaluation, comparison: Comparison) -> str:
    first, second = (evaluation.results[index].variant.title for index in (comparison.first, comparison.second))
    names = f"{second} instead of {f'the b{first[1:]}' if first.startswith('Boxes really used') else first}"
    compared = comparison.headline
    change = wording.change(compared)
    if not compared.orders:
        return f"{names}: no order is packed whole with both, so nothing can be compared."
    if change.kind == SAME:
        changed: dict[str, str] = {}
        for figure in comparison.metrics:
            if figure.lower or figure.higher:
                changed.setdefault(wording.METRIC_NAMES[figure.metric].lower(), wording.change(figure).words)
        if not changed:
            return f"{names} changes no compared figure."
        what = wording.METRIC_NAMES[compared.metric].lower()
        changed.pop(what, None)
        but = ", ".join(f"{name} ({words})" for name, words in changed.items())
        return f"{names} leaves {what} the same in all{f', but not {but}' if but else ''}."
    less = "less" if compared.difference < 0 else "more"
    verb, what = ("costs", "") if compared.metric in wording.PRICES else ("takes", " of outer volume")
    text = f"{names} {verb} {_amount(compared)} {less}{what} per order{_ALONE.get(compared.metric, '')}"
    text += _share(compared)
    if year := wording.per_year(compared, evaluation).lstrip("+−"):
        text += f", {year} {less} a year"
    if not change.interval:
        return f"{text}. These are too few orders to say how other orders would turn out."
    so = ". This may be chance:" if change.kind == UNSURE else ";"
    return f"{text}{so} the 95 % confidence interval is {change.interval}, if these orders are typical of yours."


def _amount(compared: MetricComparison) -> str:
    return wording.per_order(compared).lstrip("+−")


def _share(compared: MetricComparison) -> str:
    return "" if compared.relative is None else f" ({percent(abs(compared.relative))})"


def _by_choice_alone(evaluation: Evaluation, comparison: Comparison) -> list[str]:
    """Return a sentence on the saving from a better choice among the baseline's own boxes, without new boxes."""
    used, main = (evaluation.results[index].variant for index in (comparison.first, comparison.second))
    for other in evaluation.comparisons if isinstance(used.catalog, AsShipped) else ():
        variant, compared = evaluation.results[other.second].variant, other.headline
        alike = (variant.policy, variant.lane) == (main.policy, main.lane) and other is not comparison
        alike = alike and not any(map(evaluation.same_catalog, (other, comparison)))
        same_boxes = variant.catalog.box_types == used.catalog.box_types
        if alike and same_boxes and wording.change(compared).kind == GOOD:
            verb = "cost" if compared.metric in wording.PRICES else "take"
            less = f"{_amount(compared)} less per order{_share(compared)}"
            return [f"The same boxes, chosen better ({variant.title}), already {verb} {less}."]
    return []


def objective_line(evaluation: Evaluation) -> str:
    """Return the objective of the plans, and the reason where the evaluation chose it."""
    named = {
        name: [wording.OBJECTIVE_NAMES[objective] for objective in policy.objectives]
        for name, policy in evaluation.policies.items()
    }
    if len(set(map(tuple, named.values()))) > 1:
        return " ".join(f"Plans of {name} minimise {', then '.join(objectives)}." for name, objectives in named.items())
    first, *others = next(iter(named.values()))
    why = _WHY.get(evaluation.policy.objectives[0], "") if evaluation.objectives_settled else ""
    return f"Every plan minimises {', then '.join([f'{first}, {why}' if why else first, *others])}."


def baseline_line(evaluation: Evaluation) -> str:
    """Return the baseline in a sentence; empty for a single catalog."""
    if not evaluation.comparisons:
        return ""
    first = evaluation.results[0].variant
    if isinstance(first.catalog, AsShipped):
        parts = f" ({', '.join(first.parts)})" if first.parts else ""
        return f"The baseline is the box that each order really left in, as its record says{parts}."
    return f"The baseline is {first.title}, not the boxes that orders really left in."


def known_first(evaluation: Evaluation) -> list[str]:
    """Return sentences on orders and parts that the figures leave out, and on records that cannot be true."""
    sentences, counts = [], evaluation.records.audit()
    if evaluation.rejected:
        sentences.append(f"{counted(evaluation.rejected, 'order')} of the file could not be read and are left out.")
    for answer, count in sorted(
        counts.items(), key=lambda answer_count: (answer_count[0] is not Audit.IMPOSSIBLE, -answer_count[1])
    ):
        sentences.append(f"{counted(count, 'order')} ({percent(count / counts.total())}): {answer.words}.")
    for index, result in enumerate(evaluation.results):
        if isinstance(result.catalog, AsShipped):
            continue  # the audit states which orders are not packed
        if lost := evaluation.order_count - result.totals.count(OrderStatus.PLANNED):
            reasons = [
                (reason, n, "unit")
                for reason, n in wording.unpacked_counts(result)
                if reason != wording.HELD_NAMES[OrderStatus.ERROR]
            ]
            reasons += [(reason, n, "order") for reason, n, _ in result.errors[:_LISTED]]
            if others := sum(n for _, n, _ in result.errors[_LISTED:]):
                reasons.append(("other reasons", others, "order"))
            why = ", ".join(f"{reason} ({counted(n, noun)})" for reason, n, noun in reasons)
            orders = f"{lost:,} of {counted(evaluation.order_count, 'order')}"
            sentences.append(f"{wording.catalog_letter(index)} does not pack {orders} whole{why and f': {why}'}.")
    main = evaluation.results[evaluation.study.main if evaluation.study is not None else 0]
    totals = main.common if evaluation.comparisons else main.totals  # the same orders as in the tables
    for figures in totals.footprints[:1]:
        share = percent(figures.unverified_share)
        sentences += [f"{share} of the grams of {figures.profile_id} rest on unverified figures."] * (share != "0.0 %")
    every = [result.totals for result in evaluation.results]
    sentences += [
        f"{line}." for line in wording.lacking_lines(figures for sums in every for figures in sums.footprints)
    ]
    if bare := sorted({name for sums in every if sums.packaging_price is not None for name in sums.unpriced}):
        sentences.append(f"The price of packaging leaves out {', '.join(bare)}, whose price is not known.")
    return sentences
