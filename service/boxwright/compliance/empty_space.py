"""Regulation (EU) 2025/40, Art. 24(1): the empty-space ratio of a parcel, and what a smaller box would have given."""

import datetime
import math
from collections.abc import Iterator

from boxwright.catalog.rows import MarketRule
from boxwright.compliance.verdict import Figure, Verdict, VerdictStatus, status_of
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.plan import Parcel, Plan
from boxwright.domain.rounded import percent


def empty_space(
    rule: MarketRule, limit: float, plan: Plan, catalog: Catalog, day: datetime.date | None, *, reuse_system: bool
) -> Iterator[Verdict]:
    """Yield a verdict for each parcel.

    Art. 24(3): the ratio is (total volume - volume of the sales packaging) / total volume, and filling counts as empty.
    The goods are the cuboids that the order declares, sales packaging included. The act does not say which volume is
    the total: figures ``inner`` and ``outer`` are by both, in percent; ``outer`` is left out where it is not known.

    ``smaller_inner`` and ``smaller_outer`` are those of the next smaller box that could hold the goods by volume.
    ``least`` is the ratio that no box is below with the protection of this plan: their envelopes take up the inside.
    """
    for index, parcel in enumerate(plan.parcels):
        if parcel.ships_in_own_container:
            why = "sales packaging used as e-commerce packaging (Art. 24(5)); it must still meet Art. 10"
            yield Verdict(rule, VerdictStatus.EXEMPT, why, index)
            continue
        box = catalog.box_type(parcel.box_type_id)
        ratios = _ratios(parcel.goods_volume_um3, parcel.inner_volume_um3, box, parcel.outer_um)
        over = [name for name, ratio in ratios.items() if ratio > limit]
        said = [f"{_both(ratios)}, {_side(ratios, over)} the limit of {rule.threshold} {rule.unit}"]
        status = status_of(rule, day, kept=None if 0 < len(over) < len(ratios) else not over)
        taken_um3 = sum(placed.volume_um3 for placed in parcel.placements)
        least = _empty(parcel.goods_volume_um3, max(taken_um3, parcel.goods_volume_um3))
        if box.trips > 1 and reuse_system:
            status = VerdictStatus.EXEMPT
            said = ["reusable packaging within a system of re-use (Art. 24(5))", *said]
        elif least > limit and box.compartments is None:
            status, ratios["least"] = VerdictStatus.CONFLICT, least
            said.append(
                f"with this protection of the goods no box is below {_percent(least)}: cushion them inside their sales"
                " packaging, or in another cushioning"
            )
        elif box.trips > 1:
            said.append("exempt if the box is within a system of re-use (Art. 24(5)), which is not stated")
        if status is not VerdictStatus.EXEMPT:
            smaller, words = _next_smaller(parcel, box, plan, catalog)
            ratios |= smaller
            said.append(words)
        figures = tuple(Figure(name, ratio, limit - ratio) for name, ratio in ratios.items())
        yield Verdict(rule, status, "; ".join(filter(None, said)), index, figures)


def _next_smaller(parcel: Parcel, box: BoxType, plan: Plan, catalog: Catalog) -> tuple[dict[str, float], str]:
    """Return the ratios of the next smaller box, and why it was not taken: Art. 10(4)(b) and (c), Annex IV, ask why."""
    if box.flexible:
        return {}, "a mailer closes on its content, no smaller one is compared"
    if len(plan.parcels) > 1 or plan.unpacked:
        return {}, "the certificate proves nothing of the boxes of one parcel among several"
    goods_um3 = parcel.goods_volume_um3
    fitting = [
        other
        for other in catalog.at_hand
        if not other.flexible and goods_um3 <= other.inner_volume_um3 < parcel.inner_volume_um3
    ]
    if not fitting:
        return {}, "no smaller box of the catalog holds the volume of the goods"
    smaller = max(fitting, key=lambda other: other.inner_volume_um3)
    refusals = [no for no in plan.certificate.refused_candidates if no.box_type_id == smaller.box_type_id]
    refusals.sort(key=lambda no: no.cushioning_id != parcel.cushioning_id)  # that with the plan's own cushioning first
    if refusals:
        why = f"refused: {refusals[0].message} ({refusals[0].proof.value.replace('_', ' ')})"
    elif any(candidate.box_type_id == smaller.box_type_id for candidate in plan.certificate.open_candidates):
        why = "tried, but not proved to be too small"
    else:
        why = "of which the certificate says nothing"
    ratios = _ratios(goods_um3, smaller.inner_volume_um3, smaller, smaller.outer_um)
    words = f"next smaller box {smaller.box_type_id}: {_both(ratios)}, {why}"
    return {f"smaller_{name}": ratio for name, ratio in ratios.items()}, words


def _ratios(goods_um3: int, inner_um3: int, box: BoxType, outer_um: tuple[int, int, int]) -> dict[str, float]:
    ratios = {"inner": _empty(goods_um3, inner_um3)}
    return ratios if box.outer_assumed else ratios | {"outer": _empty(goods_um3, math.prod(outer_um))}


def _empty(goods_um3: int, total_um3: int) -> float:
    """Return the share that is empty, in percent: of whole numbers, divided once, so that a half is 50."""
    return 100 * (total_um3 - goods_um3) / total_um3


def _percent(ratio: float) -> str:
    return percent(ratio / 100)


def _both(ratios: dict[str, float]) -> str:
    return f"{' and '.join(f'{_percent(ratio)} by {name}' for name, ratio in ratios.items())} volume empty"


def _side(ratios: dict[str, float], over: list[str]) -> str:
    if not over:
        return "within"
    return "above" if len(over) == len(ratios) else f"by {over[0]} volume above"
