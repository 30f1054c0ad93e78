"""The inner boxes of a parcel, for the person at the bench: which there are, and what is in each."""

import math
from collections.abc import Mapping

from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import Component
from boxwright.domain.order import Item
from boxwright.domain.plan import Parcel
from boxwright.planning.task import Task
from boxwright.protection import InnerBox, held_in, tape_mg, void_fill_mg


def inner_boxes(parcel: Parcel, lines: Mapping[str, Item], task: Task) -> dict[tuple[str, str], InnerBox]:
    """Return the inner boxes of a parcel by line id and box type id; ``lines`` are those of the order, by id."""
    held = {(each.line_id, each.inner_box_type_id): each for each in parcel.placements if each.inner_box_type_id}
    gaps_um = {each.line_id: each.inner_gap_um for each in parcel.protection}
    fill, tape = (dunnage_of(parcel, each, task) for each in (Component.VOID_FILL, Component.TAPE))
    policy, found = task.policy, {}
    for (line_id, box_type_id), placed in held.items():
        line, box, gap_um = lines[line_id], task.catalog.box_type(box_type_id), gaps_um.get(line_id, 0)
        empty_um3 = box.inner_volume_um3 - math.prod(line.edges_um)
        found[line_id, box_type_id] = InnerBox(
            line,
            box,
            held_in(line, box, gap_um, policy.fit_clearance_um) or placed.orientation,
            gap_um,
            0 if fill is None else void_fill_mg(empty_um3, policy.void_fill_share, fill),
            0 if tape is None else tape_mg(box, tape, task.materials.tape_rule(policy.tape_rule)),
        )
    return found


def dunnage_of(parcel: Parcel, component: Component, task: Task) -> Dunnage | None:
    """Return the dunnage that a component of a parcel is of, the catalog's own before ours; None without it."""
    name = next((each.dunnage_id for each in parcel.packaging if each.component is component), "")
    own = (each for each in task.catalog.dunnage if each.dunnage_id == name)
    return (next(own, None) or task.materials.dunnage_of(name)) if name else None
