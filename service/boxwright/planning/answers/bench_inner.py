"""The inner boxes of a parcel, for the person at the bench: which there are, and what is in each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from boxwright.domain.factor import Component
from boxwright.domain.pose import Pose
from boxwright.protection import InnerBox, held_in, tape_mg, void_fill_mg

if TYPE_CHECKING:
    from collections.abc import Mapping

    from boxwright.domain.dunnage import Dunnage
    from boxwright.domain.order import Item
    from boxwright.domain.plan import Parcel, Placement
    from boxwright.planning.task import Task


class InnerBoxes:
    """The inner boxes of a parcel.

    Parameters
    ----------
    parcel : Parcel
        With its packaging and what it says of protection.
    lines : mapping of str to Item
        Lines of the order with the rules of their classes, by id.
    task : Task
        Catalog, policy and materials.
    """

    def __init__(self, parcel: Parcel, lines: Mapping[str, Item], task: Task) -> None:
        self._task, self._lines = task, lines
        self._gaps = {each.line_id: each.inner_gap_um for each in parcel.protection}
        self._dunnage = {part.component: self._named(part.dunnage_id) for part in parcel.packaging if part.dunnage_id}
        self._known = {each.line_id: self._packed(each) for each in parcel.placements if each.inner_box_type_id}
        boxes = (inner for each in parcel.placements if (inner := self.of(each)) is not None)
        self.fill_mg = sum(each.fill_mg for each in boxes)
        """Void fill in all of them, in mg."""

    def of(self, placed: Placement) -> InnerBox | None:
        """Return the inner box of a unit; None where it has none."""
        return self._known.get(placed.line_id) if placed.inner_box_type_id else None

    def added_mg(self, placed: Placement) -> int:
        """Return what an inner box adds to its goods but for wrap, in mg; 0 without one."""
        inner = self.of(placed)
        return 0 if inner is None else inner.added_mg

    def pose(self, placed: Placement) -> Pose:
        """Return which way up the inner box of a unit lies: upright with its opening on top."""
        inner = self.of(placed)
        assert inner is not None  # asked of units in inner boxes
        vertical = "LWH"[inner.orientation.value.index(placed.orientation.value[2])]
        return {"H": Pose.UPRIGHT, "W": Pose.ON_ITS_SIDE, "L": Pose.ON_ITS_END}[vertical]

    def _packed(self, placed: Placement) -> InnerBox:
        line, box = self._lines[placed.line_id], self._task.catalog.box_type(placed.inner_box_type_id)
        policy, gap_um = self._task.policy, self._gaps.get(placed.line_id, 0)
        fill, tape = self._dunnage.get(Component.VOID_FILL), self._dunnage.get(Component.TAPE)
        empty = box.inner_volume_um3 - math.prod(line.edges_um)
        return InnerBox(
            line,
            box,
            held_in(line, box, gap_um, policy.fit_clearance_um) or placed.orientation,
            gap_um,
            0 if fill is None else void_fill_mg(empty, policy.void_fill_share, fill),
            0 if tape is None else tape_mg(box, tape, self._task.materials.tape_rule(policy.tape_rule)),
        )

    def _named(self, dunnage_id: str) -> Dunnage | None:
        own = {each.dunnage_id: each for each in (*self._task.materials.dunnage, *self._task.catalog.dunnage)}
        return own.get(dunnage_id)
