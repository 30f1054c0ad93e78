"""Regulation (EU) 2025/40, Art. 24(1): the empty-space ratio of parcels, and that of the next smaller box."""

import math
from collections.abc import Iterator

from boxwright.catalog.rows import MarketRule
from boxwright.compliance.verdict import Case, Figure, Verdict, VerdictStatus, status_of
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.factor import Component
from boxwright.domain.plan import Parcel, Plan
from boxwright.domain.rounded import percent

_GAPS = "the clearances round the goods need that much"
"""Clause for goods without cushioning."""


def empty_space(rule: MarketRule, limit: float, case: Case) -> Iterator[Verdict]:
    """Yield a verdict on each parcel.

    Art. 24(3): the ratio is (total volume - volume of the sales packaging) / total volume, and filling counts as empty.
    The goods are the cuboids that the order declares, sales packaging included. The act does not say which volume is
    the total: figures ``inner`` and ``outer`` use one each, in percent; ``outer`` is absent if the outer size is
    unknown.

    ``smaller_inner`` and ``smaller_outer`` are the ratios of the next smaller box whose volume holds the goods.
    ``least`` is a lower bound for any box with this plan's protection, since the envelopes must fit inside the box.
    """
    for index, parcel in enumerate(case.plan.parcels):
        if parcel.ships_in_own_container:
            why = "the sales packaging is the e-commerce packaging (Art. 24(5)); it must still meet Art. 10"
            yield Verdict(rule, VerdictStatus.EXEMPT, why, index)
            continue
        box = case.catalog.box_type(parcel.box_type_id)
        ratios = _ratios(parcel.goods_volume_um3, parcel.inner_volume_um3, box, parcel.outer_um)
        over = [name for name, ratio in ratios.items() if ratio > limit]
        split = 0 < len(over) < len(ratios)
        which = f"the {over[0]} ratio is above" if split else "above" if over else "within"
        clauses = [f"{_in_words(ratios)} is empty, {which} the limit of {rule.threshold} {rule.unit}"]
        status = status_of(rule, case.day, kept=None if split else not over)
        taken_um3 = sum(placement.volume_um3 for placement in parcel.placements)
        least = _empty(parcel.goods_volume_um3, max(taken_um3, parcel.goods_volume_um3))
        if box.trips > 1 and case.reuse_system:
            status = VerdictStatus.EXEMPT
            clauses = ["the box is within a system of re-use (Art. 24(5))", *clauses]
        elif least > limit and box.compartments is None:
            ratios["least"] = least
            if status is not VerdictStatus.NOT_IN_FORCE:
                status = VerdictStatus.CONFLICT
            cushioned = any(part.component is Component.CUSHIONING for part in parcel.packaging)
            clauses.append(
                f"with this protection every box is at least {_percent(least)} empty: "
                + ("cushion the goods inside their sales packaging, or choose other cushioning" if cushioned else _GAPS)
            )
        elif box.trips > 1:
            clauses.append("exempt if the box is within a system of re-use (Art. 24(5)), which is not stated")
        if status is not VerdictStatus.EXEMPT:
            smaller, words = _next_smaller(parcel, box, case.plan, case.catalog)
            ratios |= smaller
            clauses.append(words)
        figures = tuple(Figure(name, ratio, limit - ratio) for name, ratio in ratios.items())
        yield Verdict(rule, status, "; ".join(clauses), index, figures)


def _next_smaller(parcel: Parcel, box: BoxType, plan: Plan, catalog: Catalog) -> tuple[dict[str, float], str]:
    """Return the ratios of the next smaller box and why it was not used (Art. 10(4)(b) and (c), Annex IV)."""
    if box.flexible:
        return {}, "no smaller mailer was compared, since a mailer closes on its contents"
    if len(plan.parcels) > 1 or plan.unpacked:
        return {}, "no smaller box was compared, since the certificate covers all parcels together"
    goods_um3 = parcel.goods_volume_um3
    fitting = [
        other
        for other in catalog.at_hand
        if not other.flexible and goods_um3 <= other.inner_volume_um3 < parcel.inner_volume_um3
    ]
    if not fitting:
        return {}, "no smaller box of the catalog holds the volume of the goods"
    smaller = max(fitting, key=lambda other: other.inner_volume_um3)
    refusals = [
        refusal for refusal in plan.certificate.refused_candidates if refusal.box_type_id == smaller.box_type_id
    ]
    refusals.sort(key=lambda refusal: refusal.cushioning_id != parcel.cushioning_id)  # the plan's own cushioning first
    if refusals:
        why = f"it was refused: {refusals[0].message} ({refusals[0].proof.value.replace('_', ' ')})"
    elif any(candidate.box_type_id == smaller.box_type_id for candidate in plan.certificate.open_candidates):
        why = "it was tried, and not proved to be too small"
    else:
        why = "the certificate does not mention it"
    ratios = _ratios(goods_um3, smaller.inner_volume_um3, smaller, smaller.outer_um)
    words = f"in the next smaller box, {smaller.box_type_id}, {_in_words(ratios)} would be empty; {why}"
    return {f"smaller_{name}": ratio for name, ratio in ratios.items()}, words


def _ratios(goods_um3: int, inner_um3: int, box: BoxType, outer_um: tuple[int, int, int]) -> dict[str, float]:
    ratios = {"inner": _empty(goods_um3, inner_um3)}
    return ratios if box.outer_assumed else ratios | {"outer": _empty(goods_um3, math.prod(outer_um))}


def _empty(goods_um3: int, total_um3: int) -> float:
    """Return the empty share in percent, from integers divided once, so that a half is exactly 50."""
    return 100 * (total_um3 - goods_um3) / total_um3


def _percent(ratio: float) -> str:
    return percent(ratio / 100)


def _in_words(ratios: dict[str, float]) -> str:
    return f"{' and '.join(f'{_percent(ratio)} of the {name}' for name, ratio in ratios.items())} volume"
