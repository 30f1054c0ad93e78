"""Turns packed boxes into a plan: parcels with masses, bills and footprints."""

import dataclasses
import math
from collections.abc import Mapping, Sequence

from boxwright.catalog import Materials
from boxwright.domain.box import BoxType
from boxwright.domain.order import ALL_ORIENTATIONS, Item
from boxwright.domain.plan import (
    EmptySpace,
    HandlingMark,
    Parcel,
    Placement,
    Plan,
    PlanStatus,
    UnpackedReason,
    UnpackedUnit,
)
from boxwright.domain.policy import EMPTY_SPACE_CURES
from boxwright.domain.strength import StackLoad
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.footprint import total
from boxwright.packing.voids import voids
from boxwright.planning.engine import version
from boxwright.planning.finishing.certify import NOTHING_PROVED, certify
from boxwright.planning.finishing.plan_warnings import warnings
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.expansion import corners_um
from boxwright.planning.parts.pricing import blocked
from boxwright.planning.parts.spaces import closed_size
from boxwright.planning.request import Request
from boxwright.planning.triage import left_over
from boxwright.protection import box_grade, held_by_blocking, stack_load
from boxwright.selection.model import PackedBox
from boxwright.selection.outcome import Outcome
from boxwright.units import MG_PER_KG

CUT = PlanWarning(
    WarningCode.SEARCH_CUT,
    "",
    "the search was ended before its effort was spent: a better plan may exist, and another run may find it",
)
"""Warning of a plan whose search was cut."""


def finish_parcel(model: OrderModel, packed: PackedBox) -> Parcel:
    """Return the parcel of a packed box."""
    model = model.variant(packed.cushioning_id)
    box, members, wrappings, policy = packed.box, packed.members, model.wrappings, model.request.policy
    bare = bool(box.compartments) or not box.ours
    margins_um = [0] * len(members) if bare or not wrappings.any else wrappings.margins_um[members].tolist()
    numbers = {cell[:3]: number for number, cell in enumerate(box.cells_um, start=1)}
    rows = zip(members.tolist(), packed.orientations.tolist(), packed.corners_um.tolist(), margins_um, strict=True)
    placed = [_placement(model, *row, numbers) for row in rows]
    volumes = [volume for _, volume in placed]
    packaging = model.pricing.packed_with(box, members, packed.corners_um, volumes) if box.ours else ()
    net = model.expansion.goods_mg(members)
    gross = net + sum(part.mass_mg for part in packaging)
    extents_um = (*packed.corners_um[:, 3:].max(axis=0).tolist(),)
    inner_um, outer_um = closed_size(box, extents_um, soft=model.expansion.soft(members))
    lifting, bears = model.request.lifting, None
    marks = (HandlingMark.HEAVY, lifting.heavy_above_kg), (HandlingMark.TEAM_LIFT, lifting.team_lift_above_kg)
    if policy.stacking is not None:
        bears = StackLoad(not_modelled="nothing is known of a unit's own container")
        if box.ours:
            bears = stack_load(box, gross, policy.stacking, model.request.materials)
    return Parcel(
        box_type_id=box.box_type_id if box.ours else "",
        placements=tuple(placement for placement, _ in placed),
        packaging=packaging,
        net_mg=net,
        inner_um=inner_um,
        inner_volume_um3=math.prod(inner_um),
        goods_volume_um3=sum(volumes),
        outer_um=outer_um,
        ships_in_own_container=not box.ours,
        stack_load=bears,
        box_grade=box_grade(box, model.request.materials) if policy.box_certificate and box.has_certificate else None,
        cushioning_id=wrappings.cushioning_of(members, box) if box.ours else "",
        handling_marks=tuple(mark for mark, kg in marks if kg is not None and gross > kg * MG_PER_KG),
        protection=wrappings.protection_of(members, box) if box.ours else (),
        **model.pricing.accounts(box, members, outer_um, packaging, gross),
    )


def _placement(
    model: OrderModel,
    member: int,
    turn: int,
    corners_um: list[int],
    wall_margin_um: int,
    numbers: dict[tuple[int, int, int], int],
) -> tuple[Placement, int]:
    """Return the placement of a unit, and the volume of its goods in cubic um.

    ``numbers`` are the numbers of compartments, by their lowest corner.
    """
    model.stop.look()
    line, index = model.expansion.units[member]
    inner = model.expansion.inner_boxes.get(line.line_id)
    orientation = ALL_ORIENTATIONS[turn]
    x, y, z, x2, y2, z2 = corners_um
    folds, half_gap = 0, 0
    if line.soft_goods is None:
        half_gap = (x2 - x - orientation.rotate(*line.edges_um)[0]) // 2
        volume = math.prod(inner.goods.edges_um if inner else line.edges_um)
    else:
        flat = orientation.edges_of(x2 - x, y2 - y, z2 - z)
        # Each fold halves the area that the goods cover.
        shapes = (line.shape_um(folds)[:2] for folds in range(line.soft_goods.max_folds + 1))
        folds = next((count for count, shape in enumerate(shapes) if shape == flat[:2]), 0)
        # Folds do not reduce the volume: a layer is as long and wide as the goods when they lie flat.
        volume = line.edges_um[0] * line.edges_um[1] * flat[2] // 2**folds
    placement = Placement(
        line.line_id,
        index,
        *(x, y, z, x2 - x, y2 - y, z2 - z),
        orientation=orientation,
        half_gap_um=half_gap,
        folds=folds,
        wall_margin_um=wall_margin_um,
        compartment=numbers.get((x, y, z)),
        inner_box_type_id=inner.box.box_type_id if inner else "",
    )
    return placement, volume


def finish_plan(model: OrderModel, outcome: Outcome | None, unpacked: list[UnpackedUnit]) -> Plan:
    """Return the plan of an outcome, which is None if no unit fits any box."""
    request = model.request
    parcels = tuple(finish_parcel(model, packed) for packed in outcome.parcels) if outcome else ()
    left = left_over(model, outcome, request.policy.max_parcels) if outcome else []
    unpacked = sorted([*unpacked, *left], key=lambda unit: (unit.line_id, unit.unit_index))
    answer = plan_of(request, parcels, unpacked)
    answer = dataclasses.replace(
        answer,
        certificate=certify(model, outcome, all_units=not unpacked) if outcome else NOTHING_PROVED,
        engine_version=f"{request.policy.engine.value} {version()}",
        warnings=warnings(model, outcome, parcels, answer.footprints),
    )
    return cut(answer) if outcome and outcome.cut else answer


def without_too_empty(model: OrderModel, outcome: Outcome) -> tuple[Outcome, list[UnpackedUnit]]:
    """Return an outcome without the parcels that are emptier than the policy allows, and the units of these parcels."""
    policy, kept, out = model.request.policy, list[PackedBox](), list[UnpackedUnit]()
    for packed in outcome.parcels if policy.max_empty_space_ratio is not None else ():
        parcel = finish_parcel(model, packed)
        why = "" if parcel.ships_in_own_container else policy.too_empty(parcel.goods_volume_um3, parcel.outer_um)
        rule = f"of {parcel.box_type_id!r}, the best box found for it, {why}; {EMPTY_SPACE_CURES}"
        out += [
            UnpackedUnit(placed.line_id, placed.unit_index, UnpackedReason.EMPTY_SPACE_CONFLICT, rule)
            for placed in (parcel.placements if why else ())
        ]
        kept += [] if why else [packed]
    return (dataclasses.replace(outcome, parcels=tuple(kept)) if out else outcome), out


def plan_of(request: Request, parcels: Sequence[Parcel], unpacked: Sequence[UnpackedUnit]) -> Plan:
    """Return a plan of these parcels without a proof, with the versions of the data used."""
    order, catalog, materials = request.order, request.catalog, request.materials
    whole = not unpacked and sum(len(parcel.placements) for parcel in parcels) == order.unit_count
    status = PlanStatus.NONE if not parcels else PlanStatus.COMPLETE if whole else PlanStatus.PARTIAL
    return Plan(
        order_id=order.order_id,
        status=status,
        parcels=tuple(parcels),
        unpacked=tuple(unpacked),
        footprints=tuple(total(rows, request.stop) for rows in zip(*(one.footprints for one in parcels), strict=True)),
        catalog_id=catalog.catalog_id,
        catalog_version=catalog.version,
        catalog_hash=catalog.content_hash,
        data_version=materials.version,
        data_hash=materials.content_hash,
        ship_date=request.ship_date,
        legs=request.lane.legs if request.lane else (),
    )


def marked_spaces(
    parcel: Parcel, box: BoxType, lines: Mapping[str, Item], materials: Materials
) -> tuple[EmptySpace, ...]:
    """Return the empty spaces of a parcel in a catalog box, largest first, each marked if it needs blocking.

    No space in a mailer needs blocking, since a mailer lies close to the goods. ``lines`` are those of the order, by
    id. See ``packing.voids``.
    """
    corners = corners_um(parcel.placements)
    spaces = voids(corners, parcel.inner_um)
    goods = [lines[unit.line_id] for unit in parcel.placements]
    boxed_in = [bool(unit.inner_box_type_id) for unit in parcel.placements]
    held = held_by_blocking(goods if box.has_fill else (), boxed_in if box.has_fill else (), materials)
    marked = blocked(spaces, corners, held)
    return tuple(
        EmptySpace(x, y, z, x2 - x, y2 - y, z2 - z, needs_blocking)
        for (x, y, z, x2, y2, z2), needs_blocking in zip(spaces.tolist(), marked.tolist(), strict=True)
    )


def cut(answer: Plan, effort_used: int | None = None) -> Plan:
    """Return a plan marked as cut short, with the effort used."""
    warnings = answer.warnings if answer.cut_short else (*answer.warnings, CUT)
    return dataclasses.replace(answer, cut_short=True, effort_used=effort_used, warnings=warnings)
