"""Where units can lie that are known to be in a box: stations scan what is in a parcel, not where."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence

from boxwright.domain.box import Catalog
from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel, Placement, UnpackedReason, UnpackedUnit, without_positions
from boxwright.planning.planner import plan_request
from boxwright.planning.request import Request
from boxwright.planning.task import Task


def positioned(task: Task, parcels: Sequence[Parcel]) -> list[Parcel | str]:
    """Return parcels that say where each unit lies; in place of one whose units have no layout, why, with its figures.

    Each is laid out by the rules of the task; stock and other parcels do not count. One that has positions is returned
    as it is, and so is one with a name that is not of the task, which is for the check to say.
    """
    found: list[Parcel | str] = []
    boxes = {each.box_type_id: each for each in task.catalog.box_types}
    for each in parcels:
        box, asked = boxes.get(each.box_type_id), without_positions(each.placements)
        some = _order_of(task.order, each.placements) if asked and not each.ships_in_own_container else None
        if box is None or some is None:
            found.append(each)
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
        request = _with_all_inner_boxes(Request.resolve(alone), task.catalog, alone)
        made = plan_request(request, empty_spaces=False, explain=False)
        if made.unpacked:
            found.append(_why_not(made.unpacked, len(each.placements)))
            continue
        laid = tuple(
            dataclasses.replace(unit, unit_index=indices[unit.line_id][unit.unit_index])
            for unit in made.parcels[0].placements
        )
        found.append(dataclasses.replace(each, placements=laid))
    return found


def _why_not(left: Sequence[UnpackedUnit], of: int) -> str:
    """Return why units are not laid out; that another parcel would be needed is no reason, as the box was said."""
    rules = (each.message for each in left if each.reason is not UnpackedReason.MAX_PARCELS_REACHED)
    none = f"{len(left)} of {of} have no place left with the gaps, loads and support that the rules ask for"
    return next(rules, none)


def _with_all_inner_boxes(request: Request, catalog: Catalog, alone: Task) -> Request:
    """Return the request of one box, with inner boxes of the whole catalog for very fragile goods."""
    if not request.inner_boxes and not request.no_inner_box:
        return request
    boxes = tuple(
        dataclasses.replace(each, available=None)
        for each in catalog.box_types
        if not each.compartments or each in request.box_types
    )
    whole = Request.resolve(dataclasses.replace(alone, catalog=dataclasses.replace(catalog, box_types=boxes)))
    return dataclasses.replace(
        whole, box_types=request.box_types, left_out=request.left_out, mass_rules=request.mass_rules
    )


def _order_of(order: Order, placements: Sequence[Placement]) -> tuple[Order, dict[str, list[int]]] | None:
    """Return an order of these units alone, and which unit of each line its units are; None where they are not its."""
    named: defaultdict[str, list[int]] = defaultdict(list)
    for each in placements:
        named[each.line_id].append(each.unit_index)
    lines = [line for line in order.lines if line.line_id in named]
    if len(lines) != len(named) or any(
        len({*named[line.line_id]} & {*range(line.quantity)}) != len(named[line.line_id]) for line in lines
    ):
        return None
    counted = tuple(
        dataclasses.replace(line, quantity=len(named[line.line_id]), ships_in_own_container=False) for line in lines
    )
    return dataclasses.replace(order, lines=counted), {line_id: sorted(each) for line_id, each in named.items()}
