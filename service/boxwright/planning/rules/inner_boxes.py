"""Inner boxes of very fragile goods: the smallest that holds them, chosen before the search."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from boxwright.domain.box import BoxType
from boxwright.domain.order import DimensionStatus, FragilityClass, Item
from boxwright.domain.plan import UnpackedReason
from boxwright.protection import Care, InnerBox, held_in, tape_mg, void_fill_mg, wrap_mg
from boxwright.units import exact

if TYPE_CHECKING:
    from boxwright.catalog.materials import Materials
    from boxwright.domain.dunnage import Dunnage
    from boxwright.domain.order import Orientation
    from boxwright.domain.policy import Policy
    from boxwright.planning.request import Request

Refusal = tuple[UnpackedReason, str]
_REASONS = (
    UnpackedReason.NO_BOX_AVAILABLE,
    UnpackedReason.MATERIAL_REQUIREMENTS,
    UnpackedReason.TOO_HEAVY_FOR_ANY_BOX,
    UnpackedReason.PROPERTY_CAP_EXCEEDED,
)
"""Reasons why a carton cannot be an inner box, in the order in which one is chosen for the message."""


def with_inner_boxes(request: Request, for_packs: frozenset[str]) -> Request:
    """Return a request with inner boxes for its very fragile lines, chosen for the largest goods first.

    Inner boxes reduce the stock for parcels. If no box takes an inner box, the line is not packed, and the reason is
    stored. ``for_packs`` are ids of very fragile lines that go into packs.
    """
    parcels = [box for box in request.box_types if not box.compartments and not box.flexible]
    asking = []
    for line in request.order.lines:
        request.stop.look()
        if line.care_field and line.dimension_status is not DimensionStatus.MISSING:
            care = request.care(line)
            if care.fragility_class is FragilityClass.VERY_FRAGILE and line.line_id not in for_packs:
                asking.append((line, care))
    cartons = sorted(
        (box for box in request.catalog.box_types if box.is_carton),
        key=lambda box: (math.prod(box.outer_um), box.box_type_id),
    )
    left = {box.box_type_id: math.inf if box.available is None else box.available for box in cartons}
    inner: dict[str, InnerBox] = {}
    refused: dict[str, Refusal] = {}
    for line, care in sorted(asking, key=lambda pair: (-math.prod(pair[0].edges_um), pair[0].line_id)):
        found = _chosen(request, line, care, cartons, left, parcels)
        if isinstance(found, InnerBox):
            inner[line.line_id] = found
            if _ships(request, found, care, parcels):
                left[found.box.box_type_id] -= line.quantity
        else:
            refused[line.line_id] = found
    boxes, rules, left_out = [], dict(request.mass_rules), dict(request.left_out)
    for box in request.box_types:
        rest = left.get(box.box_type_id, box.available)
        if box.available is None or rest is None or rest == box.available:
            boxes.append(box)
        elif rest > 0:
            boxes.append(dataclasses.replace(box, available=int(rest)))
        else:
            left_out[box.box_type_id] = f"all {box.available} in stock are inner boxes of very_fragile goods"
            rules.pop(box.box_type_id, None)
    return dataclasses.replace(
        request,
        box_types=tuple(boxes),
        mass_rules=rules,
        left_out=left_out,
        inner_boxes=inner,
        no_inner_box=refused,
        for_packs=for_packs,
    )


def inner_box(
    line: Item,
    box: BoxType,
    gap_um: int,
    policy: Policy,
    materials: Materials,
    fill: Dunnage | None,
    tape: Dunnage | None,
    *,
    stated: Orientation | None = None,
) -> InnerBox | None:
    """Return the inner box of this type for a line; None if the goods do not fit with their gap.

    A ``stated`` orientation is used even if the goods do not fit.
    """
    orientation = held_in(line, box, gap_um, policy.fit_clearance_um or 0) or stated
    if orientation is None:
        return None
    empty = box.inner_volume_um3 - math.prod(line.edges_um)
    filled = 0 if fill is None else void_fill_mg(empty, policy.void_fill_share, fill)
    taped = 0 if tape is None else tape_mg(box, tape, materials.tape_rule(policy.tape_rule))
    return InnerBox(line, box, orientation, gap_um, filled, taped)


def _ships(request: Request, found: InnerBox, care: Care, parcels: Sequence[BoxType]) -> bool:
    """Whether some box takes an inner box with its gaps to the walls and bears it, without fill round it."""
    gaps = 2 * (care.half_gap_um + care.wall_margin_um)
    turns = {orientation.rotate(*found.edges_um) for orientation in found.goods.orientations}
    for box in parcels:
        request.stop.look()
        limit, around = box.load_limit_mg(0), gaps + request.slack_um(box)
        if (limit is None or found.goods.mass_mg + found.added_mg <= limit) and any(
            all(edge + around <= room for edge, room in zip(turn, box.inner_um, strict=True)) for turn in turns
        ):
            return True
    return False


def _chosen(
    request: Request,
    line: Item,
    care: Care,
    cartons: Sequence[BoxType],
    left: Mapping[str, float],
    parcels: Sequence[BoxType],
) -> InnerBox | Refusal:
    in_no_parcel: InnerBox | None = None
    why_not: dict[UnpackedReason, list[str]] = {}
    wraps = request.cushionings if care.wrap_layers else ()
    wrapped = max((wrap_mg(line, care.wrap_layers, wrap) for wrap in wraps), default=0)
    for box in cartons:
        request.stop.look()
        dunnage = request.cushion_fill, request.tape
        found = inner_box(line, box, care.inner_gap_um, request.policy, request.materials, *dunnage)
        if found is None:
            continue
        amounts = {amount.property: amount.millionths() for amount in line.property_amounts}
        over = [cap.property for cap in box.property_caps if amounts.get(cap.property, 0) > cap.millionths()]
        limit, load = box.load_limit_mg(found.tape_mg), line.mass_mg + wrapped + found.fill_mg
        if over:
            reason, why = UnpackedReason.PROPERTY_CAP_EXCEEDED, f"may hold less {', '.join(over)}"
        elif limit is not None and load > limit:
            reason = UnpackedReason.TOO_HEAVY_FOR_ANY_BOX
            why = f"bears {exact(limit)} g, and would hold {exact(load)} g"
        elif broken := request.material_policy.broken(box):
            reason = UnpackedReason.MATERIAL_REQUIREMENTS
            why = "misses " + ", ".join(f"{name} ({miss})" for name, miss in broken.items())
        elif left[box.box_type_id] < line.quantity:
            reason = UnpackedReason.NO_BOX_AVAILABLE
            why = f"has only {max(left[box.box_type_id], 0):g} left in stock"
        elif not _ships(request, found, care, parcels):
            in_no_parcel = in_no_parcel or found
            continue
        else:
            return found
        why_not.setdefault(reason, []).append(f"{box.box_type_id!r} {why}")
    if in_no_parcel is not None and UnpackedReason.NO_BOX_AVAILABLE not in why_not:
        return in_no_parcel
    units = f"each of {line.quantity} units" if line.quantity > 1 else "it"
    what = f"it is very_fragile, so {units} is packed in an inner box"
    for reason in _REASONS:
        if reason in why_not:
            return reason, f"{what}, and none that takes it may be used: {'; '.join(why_not[reason])}"
    return UnpackedReason.DOES_NOT_FIT_ANY_BOX, f"{what}; {_too_small(request, line, care, cartons)}"


def _too_small(request: Request, line: Item, care: Care, cartons: Sequence[BoxType]) -> str:
    """Describe the inner size that an inner box needs, and the carton that comes nearest."""
    around = 2 * care.inner_gap_um + (request.policy.fit_clearance_um or 0)
    need = " x ".join(exact(edge + around) for edge in line.edges_um)
    catalog = f"catalog {request.catalog.catalog_id!r}"
    words = f"with {exact(care.inner_gap_um)} mm on each side it needs {need} mm inside"
    if not cartons:
        return f"{words}, and {catalog} has no carton without compartments"

    def lack_um(box: BoxType) -> int:
        turned = (
            zip(orientation.rotate(*line.edges_um), box.inner_um, strict=True) for orientation in line.orientations
        )
        return min(sum(max(edge + around - room, 0) for edge, room in edges) for edges in turned)

    nearest = min(cartons, key=lambda box: (lack_um(box), box.box_type_id))
    inside = " x ".join(exact(edge) for edge in nearest.inner_um)
    lacks = f"has {inside} mm and lacks {exact(lack_um(nearest))} mm in all"
    return f"{words}, and no carton of {catalog} has that (the nearest, {nearest.box_type_id!r}, {lacks})"
