"""Checks a packing that was not planned here: lays it out if needed, computes its figures, lists its violations."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Sequence

from boxwright.checking import PlanViolation, ViolationKind
from boxwright.domain.order import ALL_ORIENTATIONS, Order
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Parcel, Placement, Plan, PlanStatus, UnpackedReason, UnpackedUnit, without_positions
from boxwright.planning.finishing.checked import broken_rules
from boxwright.planning.finishing.finish import finish_parcel, plan_of
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.expansion import packed_of
from boxwright.planning.planner import plan_request
from boxwright.planning.request import Request
from boxwright.planning.task import Task

WITHOUT_MEANING = {
    ViolationKind.UNKNOWN_LINE,
    ViolationKind.UNKNOWN_UNIT,
    ViolationKind.DUPLICATE_UNIT,
    ViolationKind.MISSING_DIMENSIONS,
    ViolationKind.UNKNOWN_BOX_TYPE,
    ViolationKind.EMPTY_PARCEL,
    ViolationKind.OWN_CONTAINER,
    ViolationKind.INVALID_NUMBER,
    ViolationKind.WRONG_EXTENTS,
    ViolationKind.WRONG_SHAPE,
    ViolationKind.WRONG_INNER_BOX,
}
"""Violations that leave a packing without figures, since it is unclear which units are in which box."""


def judge(
    task: Task, parcels: Sequence[Parcel], unpacked: Sequence[UnpackedUnit]
) -> tuple[Plan | None, list[PlanViolation]]:
    """Return the plan of a packing with its figures computed, and every rule that it breaks.

    Parameters are those of ``assess``. A parcel whose placements name units without positions is laid out. The plan has
    no certificate; it is None if violations leave the packing without figures.

    Raises
    ------
    InvalidInputError
        As ``plan`` does for names that cannot be found.
    """
    laid = positioned(task, parcels)
    without_layout = [
        PlanViolation(ViolationKind.NO_LAYOUT, f"for these units in one {parcels[index].box_type_id!r}: {why}", index)
        for index, why in enumerate(laid)
        if isinstance(why, str)
    ]
    if without_layout:
        return None, without_layout
    parcels = [parcel for parcel in laid if isinstance(parcel, Parcel)]
    status = PlanStatus.PARTIAL if unpacked else PlanStatus.COMPLETE
    bare = Plan(task.order.order_id, status if parcels else PlanStatus.NONE, tuple(parcels), tuple(unpacked))
    violations = broken_rules(bare, task)
    if any(violation.kind in WITHOUT_MEANING for violation in violations):
        return None, list(_of_facts(violations, parcels))
    assessed = assess(task, parcels, unpacked)
    return assessed, broken_rules(assessed, task)


def _of_facts(violations: Sequence[PlanViolation], parcels: Sequence[Parcel]) -> Iterator[PlanViolation]:
    """Yield the violations that the caller can correct, without those of figures, since no figures were read.

    If a parcel still has no positions, it was not laid out because of a wrong name, which is reported as such.
    """
    hint = "give corner and extents of all units of the parcel, or of none, so that a layout is searched"
    for violation in violations:
        if violation.constraint == "stated_figures":
            continue
        if violation.kind is ViolationKind.INVALID_NUMBER and violation.parcel_index is not None:
            placements = parcels[violation.parcel_index].placements
            if without_positions(placements):
                continue
            unit = violation.line_id, violation.unit_index
            same = [placed for placed in placements if (placed.line_id, placed.unit_index) == unit]
            if any(without_positions([placed]) for placed in same):
                violation = dataclasses.replace(violation, detail=f"{violation.detail}: {hint}")
        yield violation


def positioned(task: Task, parcels: Sequence[Parcel]) -> list[Parcel | str]:
    """Return parcels with positions; for a parcel whose units cannot be laid out, the reason with its figures.

    Layouts follow the rules of the task, but ignore stock and other parcels. A parcel with positions is returned
    unchanged, and so is a parcel with a name that the task lacks, which the check reports.
    """
    found: list[Parcel | str] = []
    boxes = {box.box_type_id: box for box in task.catalog.box_types}
    for parcel in parcels:
        box, asked = boxes.get(parcel.box_type_id), without_positions(parcel.placements)
        some = _order_of(task.order, parcel.placements) if asked and not parcel.ships_in_own_container else None
        if box is None or some is None:
            found.append(parcel)
            continue
        order, indices = some
        alone = dataclasses.replace(
            task,
            order=order,
            catalog=dataclasses.replace(task.catalog, box_types=(dataclasses.replace(box, available=None),)),
            policy=dataclasses.replace(task.policy, allow_partial=True, max_parcels=1),
            profiles=() if task.policy.emissions_basis is None else task.profiles,
            started_parcels=(),
            known_plans=(),
        )
        request = Request.resolve(alone)
        if request.inner_boxes or request.no_inner_box:
            # Inner boxes of very fragile goods may be any boxes of the catalog.
            cartons = tuple(
                dataclasses.replace(inner, available=None)
                for inner in task.catalog.box_types
                if not inner.compartments or inner in request.box_types
            )
            whole = dataclasses.replace(alone, catalog=dataclasses.replace(task.catalog, box_types=cartons))
            request = dataclasses.replace(
                Request.resolve(whole),
                box_types=request.box_types,
                left_out=request.left_out,
                mass_rules=request.mass_rules,
            )
        made = plan_request(request, empty_spaces=False, explain=False)
        if made.unpacked:
            # The caller gave the box, so a limit on the number of parcels is no reason.
            rules = (left.message for left in made.unpacked if left.reason is not UnpackedReason.MAX_PARCELS_REACHED)
            none = f"{len(made.unpacked)} of {len(parcel.placements)} have no place left"
            found.append(next(rules, f"{none} with the gaps, loads and support that the rules require"))
            continue
        laid = tuple(
            dataclasses.replace(unit, unit_index=indices[unit.line_id][unit.unit_index])
            for unit in made.parcels[0].placements
        )
        found.append(dataclasses.replace(parcel, placements=laid))
    return found


def _order_of(order: Order, placements: Sequence[Placement]) -> tuple[Order, dict[str, list[int]]] | None:
    """Return an order of the placed units, and their indices by line id; None if the order lacks a unit."""
    named: defaultdict[str, list[int]] = defaultdict(list)
    for placed in placements:
        named[placed.line_id].append(placed.unit_index)
    lines = []
    for line in order.lines:
        units = named.get(line.line_id, [])
        if len({*units} & {*range(line.quantity)}) != len(units):
            return None
        if units:
            lines.append(dataclasses.replace(line, quantity=len(units), ships_in_own_container=False))
    if len(lines) != len(named):
        return None
    return dataclasses.replace(order, lines=tuple(lines)), {line_id: sorted(units) for line_id, units in named.items()}


def assess(task: Task, parcels: Sequence[Parcel], unpacked: Sequence[UnpackedUnit]) -> Plan:
    """Return the plan of given parcels with its figures computed; nothing is proved or checked.

    ``parcels`` hold units of the order, each at most once, in boxes of the catalog; either all units of a line are in
    inner boxes of one type that takes them, or none is in an inner box. Only the box type, the cushioning and the
    placements of a parcel are read, and only the unit, inner box, corner, extents and orientation of a placement. Empty
    spaces and ``unpacked`` units are copied.

    Raises
    ------
    InvalidInputError
        As ``plan`` does for names that cannot be found.
    """
    placed = (unit for parcel in parcels for unit in parcel.placements)
    inner = {unit.line_id: unit.inner_box_type_id for unit in placed if unit.inner_box_type_id}
    request = Request.resolve(task).in_inner_boxes(inner)
    model = OrderModel(request, request.expansion)
    return plan_of(request, [_finished(model, parcel) for parcel in parcels], unpacked)


def _finished(model: OrderModel, parcel: Parcel) -> Parcel:
    # A unit in its own container has a box type of its own size.
    sized = dataclasses.replace(parcel, outer_um=parcel.placements[0].extent_um)
    turned = [_turned(model, placement) for placement in parcel.placements]
    packed = packed_of(turned, box_of(sized, model.request.catalog), model.expansion.members)
    finished = finish_parcel(model, dataclasses.replace(packed, cushioning_id=parcel.cushioning_id))
    both = zip(finished.placements, parcel.placements, strict=True)
    placements = tuple(dataclasses.replace(placement, orientation=stated.orientation) for placement, stated in both)
    spaces, name = parcel.empty_spaces, parcel.started_parcel_id
    return dataclasses.replace(finished, placements=placements, empty_spaces=spaces, started_parcel_id=name)


def _turned(model: OrderModel, placed: Placement) -> Placement:
    """Return a placement with the orientation of its inner box, in which goods lie as the planner lays them."""
    inner = model.expansion.inner_boxes.get(placed.line_id)
    if inner is None:
        return placed
    around = 2 * placed.half_gap_um
    fitting = (
        orientation
        for orientation in (placed.orientation, *ALL_ORIENTATIONS)
        if tuple(edge + around for edge in orientation.rotate(*inner.edges_um)) == placed.extent_um
    )
    return dataclasses.replace(placed, orientation=next(fitting, placed.orientation))
