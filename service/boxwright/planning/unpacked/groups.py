"""Units that stay out because of the company they must keep, and of caps that they exceed alone."""

from typing import NamedTuple

import numpy as np

from boxwright.domain.mailer import Cuboid
from boxwright.domain.plan import UnpackedReason, UnpackedUnit
from boxwright.packing.problem import Ints
from boxwright.planning.model import OrderModel
from boxwright.selection.effort import EFFORT
from boxwright.selection.single import search_single


class Verdict(NamedTuple):
    """Why a unit stays out, as ``UnpackedUnit`` has it."""

    reason: UnpackedReason
    rule: str
    required_inner_um: Cuboid | None = None


def over_cap(model: OrderModel, member: int) -> Verdict | None:
    """Return the cap that a unit exceeds on its own, or None."""
    rule = model.admission.refusal(np.array([member]))
    return None if rule is None else Verdict(UnpackedReason.PROPERTY_CAP_EXCEEDED, rule)


def without_broken_groups(
    model: OrderModel, packable: Ints, out: list[UnpackedUnit]
) -> tuple[Ints, list[UnpackedUnit]]:
    """Take out of the packable units each keep-together group that cannot share a parcel, or lacks a unit already.

    A group is in one parcel or in none, so that it is never shipped in part.
    """
    lines = {line.line_id: line for line in model.request.order.lines}
    broken: dict[str, str] = {}
    for unit in out:
        group = lines[unit.line_id].keep_together_group
        if group:
            broken.setdefault(group, f"of its keep-together group {group!r} {unit.line_id} stays out: {unit.rule}")
    for bundle in model.admission.bundles(packable):
        model.stop.look()
        group = model.expansion.units[int(bundle[0])][0].keep_together_group
        rule = model.admission.refusal(bundle) if len(bundle) > 1 else None
        if rule is not None:
            broken.setdefault(group, f"its keep-together group {group!r} holds {rule}")
    kept, more = [], []
    for member in packable.tolist():
        line, index = model.expansion.units[member]
        rule = broken.get(line.keep_together_group)
        if rule is None:
            kept.append(member)
        else:
            more.append(UnpackedUnit(line.line_id, index, UnpackedReason.GROUP_DOES_NOT_FIT, rule))
    return np.array(kept, dtype=np.int64), [*out, *more]


def group_misfit(model: OrderModel, bundle: Ints) -> Verdict | None:
    """Return why a keep-together group that found no parcel fits none; None if some box at hand takes it."""
    policy = model.request.policy
    group = model.expansion.units[int(bundle[0])][0].keep_together_group
    alone = search_single(model, bundle, model.box_types(), EFFORT[policy.mode])
    if alone.found is not None:
        return None
    what = f"the {len(bundle)} units of keep-together group {group!r}"
    for other in (model.restocked, model.barred):
        if other is None:
            continue
        found = search_single(other, bundle, other.box_types(), EFFORT[policy.mode]).found
        if found is not None:
            box_type_id = found.box.box_type_id
            barred = model.request.left_out.get(box_type_id)
            why = f" and may not be used: {barred}" if barred else ", out of stock"
            rule = f"{what} fit no box at hand; {box_type_id!r} would take them{why}"
            return Verdict(UnpackedReason.NO_BOX_AVAILABLE, rule)
    if alone.open_candidates:
        rule = f"no box found for {what} within the effort of mode {policy.mode.value}"
        return Verdict(UnpackedReason.NOT_FOUND_WITHIN_EFFORT, rule)
    if not alone.refused:
        return Verdict(UnpackedReason.NO_BOX_AVAILABLE, f"{what} need a box, and none is in stock")
    last = max(alone.refused, key=lambda each: model.request.catalog.box_type(each.box_type_id).inner_volume_um3)
    return Verdict(
        UnpackedReason.GROUP_DOES_NOT_FIT, f"{what} fit no box type; the largest, {last.box_type_id}: {last.rule}"
    )
