"""Gross limits of box types by strength and carrier, and box types that may not be used."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from boxwright import units
from boxwright.catalog.materials import Materials
from boxwright.domain.box import BoxType
from boxwright.domain.carrier import CarrierRule
from boxwright.domain.order import Order
from boxwright.domain.policy import Engine, Policy
from boxwright.domain.same import Same
from boxwright.domain.strength import StackingCondition
from boxwright.planning.parts.expansion import lowest_edge_um
from boxwright.planning.parts.spaces import MOST_KEPT
from boxwright.protection import box_grade, most_stacked_mg, stack_load
from boxwright.shipping import Biller, most_accepted_mg, refusing_limit

NO_COMPARTMENTS = "policy.engine py3dbp packs no compartments"
"""Reason for the box types that the baseline leaves out."""


def usable(
    boxes: Sequence[BoxType], order: Order, policy: Policy, materials: Materials, biller: Biller | None
) -> tuple[tuple[BoxType, ...], dict[str, str], dict[str, str]]:
    """Return the box types that an order may use, with the gross limits that apply to them.

    Packs for other articles are left out without a reason. The first mapping has, by id, the rules of limits below the
    catalog's, the second the reasons why other box types may not be used.
    """
    left_out: dict[str, str] = {}
    if policy.engine is Engine.PY3DBP:
        left_out = {box.box_type_id: NO_COMPARTMENTS for box in boxes if box.compartments}
        boxes = [box for box in boxes if not box.compartments]
    articles = {line.article for line in order.lines}
    boxes = [box for box in boxes if box.compartments is None or box.compartments.may_take(articles)]
    if policy.max_empty_space_ratio is not None:
        goods_um3 = sum(line.quantity * math.prod(line.edges_um) for line in order.lines)
        # A mailer takes the size of its contents.
        too_empty = {box.box_type_id: policy.too_empty(goods_um3, box.outer_um) for box in boxes if not box.flexible}
        left_out |= {box_type_id: why for box_type_id, why in too_empty.items() if why}
        boxes = [box for box in boxes if box.box_type_id not in left_out]
    if biller is None and not policy.limits_boxes:
        return tuple(boxes), {}, left_out
    found, rules = [], {}
    lowest_um = 0 if biller is None else lowest_edge_um(order)
    for box in boxes:
        bound, rule, why_not = limited(box, policy, materials, biller, lowest_um)
        if why_not:
            left_out[box.box_type_id] = why_not
            continue
        found.append(bound)
        if rule:
            rules[box.box_type_id] = rule
    return tuple(found), rules, left_out


def limited(
    box: BoxType, policy: Policy, materials: Materials, biller: Biller | None, lowest_um: int
) -> tuple[BoxType, str, str]:
    """Return a box type with the gross limit that applies, the rule of that limit, and why it may not be used.

    Both strings may be empty. A stack of equal parcels limits the mass, and a box certificate limits mass and size, if
    their figures are verified or come from the caller. A carrier limits mass and size by all its figures; the text
    marks unverified ones. A mailer changes its size as it is filled, so a carrier must accept its largest and its
    smallest size. No mailer is lower than ``lowest_um``, the height of the lowest unit of the order.
    """
    carrier = None if biller is None else Same(biller.rule)
    strength = policy.stacking, policy.box_certificate, Same(materials)
    return _limited(box, *strength, carrier, lowest_um if box.flexible else 0)


@lru_cache(maxsize=MOST_KEPT)
def _limited(
    box: BoxType,
    stacking: StackingCondition | None,
    certificate: bool,
    materials: Same[Materials],
    carrier: Same[CarrierRule] | None,
    lowest_um: int,
) -> tuple[BoxType, str, str]:
    found: list[tuple[int, str]] = []
    rule = why_not = ""
    if stacking is not None:
        load = stack_load(box, 0, stacking, materials.thing)
        most = most_stacked_mg(load)
        if load.binding and most is not None:
            bears = f"its box bears {units.exact(load.allowed_mn)} N of {load.layers - 1} such parcels above it"
            found.append((most, f"{bears} ({stacking})"))
    if certificate and box.has_certificate and (grade := box_grade(box, materials.thing)).binding:
        found.append((grade.max_gross_mg, f"grade {grade.grade_id} of the box certificate"))
        sides, most = sum(box.outer_um), grade.max_length_width_height_um
        if sides > most:
            why_not = f"length, width and height of {units.exact(sides)} mm, grade {grade.grade_id} of the box"
            why_not += f" certificate allows {units.exact(most)} mm"
    bound = box
    if found:
        most, rule = min(found)
        most = min(most, units.to_mg(units.MAX_MASS_G))
        bound = box.with_max_gross_mg(most)
        rule = "" if bound is box else f"at most {units.exact(most)} g gross: {rule}"
    if carrier is None or why_not:
        return bound, rule, why_not
    service, sizes = carrier.thing, (bound.shell.least_um(bound.inner_um, bound.outer_um, lowest_um)[1], bound.outer_um)
    accepted = most_accepted_mg(sizes[0], service, sizes[1])
    if accepted is None:
        return bound, rule, ""
    if accepted <= bound.tare_mg:
        refusals = (refusing_limit(size, bound.tare_mg, service) for size in reversed(sizes))
        why_not = next(filter(None, refusals), "not accepted at the sizes that it may have")
        return bound, rule, f"{service.service_id}: {why_not}"
    accepted = min(accepted, units.to_mg(units.MAX_MASS_G))
    by_carrier = bound.with_max_gross_mg(accepted)
    if by_carrier is bound:
        return bound, rule, ""
    above = next(filter(None, (refusing_limit(size, accepted + 1, service) for size in sizes)), "")
    read = " (unverified)" if above.endswith("(unverified)") else ""
    words = f"at most {units.exact(accepted)} g gross: {service.service_id} does not accept more{read}"
    return by_carrier, words, ""
