"""From packed boxes to a plan: parcels with masses, bills and footprints."""

import math
from collections.abc import Mapping

from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.domain.plan import Parcel, Placement, Plan, PlanStatus, UnpackedUnit
from boxwright.domain.strength import StackLoad
from boxwright.planning.engine import version
from boxwright.planning.finishing.certify import NOTHING_PROVED, certify
from boxwright.planning.finishing.checked import cut
from boxwright.planning.finishing.plan_warnings import warnings
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.accounts import plan_footprints
from boxwright.planning.parts.box_facts import closed_size
from boxwright.planning.parts.lifting import handling_marks
from boxwright.planning.unpacked.triage import left_over
from boxwright.protection import box_grade, stack_load
from boxwright.selection.model import PackedBox
from boxwright.selection.outcome import Outcome


def finish_parcel(model: OrderModel, packed: PackedBox) -> Parcel:
    """Return the parcel of a packed box."""
    model = model.variant(packed.cushioning_id)
    wrappings, in_cells = model.wrappings, bool(packed.box.compartments)
    bare = in_cells or not packed.box.ours
    numbers = {cell[:3]: number for number, cell in enumerate(packed.box.cells_um, start=1)}
    placed = [
        _placement(model, member, turn, corners, 0 if bare else wrappings.margin_um(member), numbers)
        for member, turn, corners in zip(
            packed.members.tolist(), packed.orientations.tolist(), packed.corners_um.tolist(), strict=True
        )
    ]
    volumes = [volume for _, volume in placed]
    box, members = packed.box, packed.members
    packaging = model.packaging.of(box, members, packed.corners_um, volumes) if box.ours else ()
    net = model.expansion.goods_mg(members)
    gross = net + sum(part.mass_mg for part in packaging)
    inner_um, outer_um = closed_size(box, (*packed.corners_um[:, 3:].max(axis=0).tolist(),))
    return Parcel(
        box_type_id=box.box_type_id if box.ours else "",
        placements=tuple(each for each, _ in placed),
        packaging=packaging,
        net_mg=net,
        inner_um=inner_um,
        inner_volume_um3=math.prod(inner_um),
        goods_volume_um3=sum(volumes),
        outer_um=outer_um,
        ships_in_own_container=not box.ours,
        stack_load=_stack_load(model, packed, gross),
        box_grade=box_grade(box, model.request.materials)
        if model.request.policy.box_certificate and box.has_certificate
        else None,
        cushioning_id="" if bare else wrappings.cushioning_of(members),
        handling_marks=handling_marks(gross, model.request.lifting),
        protection=wrappings.protection_of(members, box) if box.ours else (),
        **model.accounts.of_parcel(box, members, outer_um, packaging, gross),
    )


def _placement(
    model: OrderModel,
    member: int,
    turn: int,
    corners_um: list[int],
    wall_margin_um: int,
    numbers: Mapping[tuple[int, int, int], int],
) -> tuple[Placement, int]:
    """Return the placement of a unit, and the volume of its goods in cubic um.

    ``numbers`` are those of compartments, by their lowest corner.
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
        # Each fold halves the area that they cover.
        shapes = (line.shape_um(each)[:2] for each in range(line.soft_goods.max_folds + 1))
        folds = next((count for count, shape in enumerate(shapes) if shape == flat[:2]), 0)
        # Folding takes no room away: a layer is as long and wide as the goods lying flat.
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


def _stack_load(model: OrderModel, packed: PackedBox, gross_mg: int) -> StackLoad | None:
    """Return what a parcel bears under the policy's stacking condition, None without one."""
    stacking = model.request.policy.stacking
    if stacking is None:
        return None
    if not packed.box.ours:
        return StackLoad(not_modelled="nothing is known of a unit's own container")
    return stack_load(packed.box, gross_mg, stacking, model.request.materials)


def finish_plan(model: OrderModel, outcome: Outcome | None, unpacked: list[UnpackedUnit]) -> Plan:
    """Return the plan of what a search found; None where no unit fits any box."""
    request = model.request
    parcels = tuple(finish_parcel(model, packed) for packed in outcome.parcels) if outcome else ()
    left = left_over(model, outcome, request.policy.max_parcels) if outcome else []
    unpacked = sorted([*unpacked, *left], key=lambda unit: (unit.line_id, unit.unit_index))
    status = PlanStatus.NONE if not parcels else PlanStatus.PARTIAL if unpacked else PlanStatus.COMPLETE
    footprints = plan_footprints(parcels, model.stop)
    answer = Plan(
        order_id=request.order.order_id,
        status=status,
        parcels=parcels,
        unpacked=tuple(unpacked),
        certificate=certify(model, outcome, all_units=not unpacked) if outcome else NOTHING_PROVED,
        footprints=footprints,
        catalog_id=request.catalog.catalog_id,
        catalog_version=request.catalog.version,
        catalog_hash=request.catalog.content_hash,
        data_version=request.materials.version,
        data_hash=request.materials.content_hash,
        engine_version=f"{request.policy.engine.value} {version()}",
        ship_date=request.ship_date,
        derived_legs=request.derived_legs,
        warnings=warnings(model, outcome, parcels, footprints),
    )
    return cut(answer) if outcome and outcome.cut else answer
