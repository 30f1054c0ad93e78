"""Tests of one order against a catalog of candidates: its units, and the rules for a single box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boxwright.domain.order import Orientation
from boxwright.domain.plan import UnpackedReason
from boxwright.evaluation.destinations import lane_of
from boxwright.findings import Findings
from boxwright.lazy import cached_property
from boxwright.packing.kernels import MANY_UNITS
from boxwright.packing.own import worth_blocks
from boxwright.planning.model import OrderModel
from boxwright.planning.request import Request
from boxwright.planning.task import Task
from boxwright.planning.triage import triage
from boxwright.selection.effort import Effort, up_to

if TYPE_CHECKING:
    from boxwright.catalog.materials import Materials
    from boxwright.domain.box import BoxType, Catalog
    from boxwright.domain.lane import Lane
    from boxwright.domain.order import Order
    from boxwright.domain.policy import Policy
    from boxwright.packing.problem import Ints, Units


@dataclass(frozen=True)
class Rules:
    """The planning rules of all orders of a design."""

    policy: Policy
    """Policy with the single objective of the design."""
    lane: Lane | None
    profiles: tuple[str, ...] | None
    """Accounting profiles, as in ``plan``."""
    materials: Materials
    """Boards, factors and rules."""

    def model(self, order: Order, catalog: Catalog) -> OrderModel:
        """Return planning rules and prices for an order with a catalog; raises InvalidInputError."""
        task = Task(order, catalog, self.policy, lane_of(self.lane, order), self.profiles, (), (), self.materials)
        request = Request.resolve(task)
        return OrderModel(request, request.expansion)


class Question:
    """The test of one order against a catalog.

    With ``alone`` False, units need not fit a candidate alone, so the candidates are ignored. ``outside`` is the reason
    why the order cannot be tested for a single box; empty if it can.
    """

    def __init__(self, order: Order, catalog: Catalog, rules: Rules, *, alone: bool = True) -> None:
        self.outside = ""
        faults = Findings()
        model = faults.attempt(rules.model, order, catalog)
        if model is None:
            self.outside = "; ".join(f"{fault.field}: {fault.rule}" for fault in faults.violations)
            return
        self.model, request = model, model.request
        members, unpacked = triage(self.model) if alone else (self.model.expansion.everything, [])
        if request.inner_boxes or request.no_inner_box or request.for_packs:
            self.outside = "very fragile goods, whose inner box depends on the catalog"
        elif any(unit.reason is UnpackedReason.MISSING_DIMENSIONS for unit in unpacked):
            self.outside = "a unit has no dimensions"
        elif unpacked:
            self.outside = f"a unit goes into no candidate: {unpacked[0].reason.value.replace('_', ' ')}"
        elif not len(members):
            self.outside = "no unit has dimensions"
        elif self.model.as_it_is(members) is not None:
            self.outside = "ships in its own container"
        self.members = members

    @cached_property
    def boxes(self) -> dict[str, BoxType]:
        """Candidates that carrier, policy and materials allow, by id, with their limits."""
        return {box.box_type_id: box for box in self.model.box_types()}

    @cached_property
    def single_form(self) -> bool:
        """Whether the units have one form: no choice of wraps, and nothing that folds."""
        if len(self.model.variants(self.members)) > 1:
            return False
        return len(self.model.shapes(self.members, self.units).units) == 1

    @cached_property
    def units(self) -> Units:
        """The units with their protection."""
        return self.model.protect(self.members)

    @cached_property
    def effort(self) -> Effort:
        """Effort of the engine per box for the whole order, as in planning."""
        count = len(self.members)
        alike = count >= MANY_UNITS and worth_blocks(self.units)
        return up_to(self.model.request.policy.mode, count, alike=alike)[-1].of_an_order

    def forbidden(self, box: BoxType) -> bool:
        """Return whether a rule forbids the units in a box of this type, whatever its size."""
        return self.model.admission.refusal(self.members, box.box_type_id) is not None

    @cached_property
    def kinds_um(self) -> list[Ints]:
        """Extents of a unit of each kind in each allowed orientation, int64 (o, 3)."""
        units, clear = self.units, self.units.clear_um
        firsts = np.flatnonzero(np.diff(units.kinds, prepend=-1))
        return [
            np.array(
                [
                    Orientation(orientation).rotate(*units.edges_um[unit].tolist())
                    for which, orientation in enumerate(Orientation)
                    if int(units.masks[unit]) >> which & 1
                ],
                dtype=np.int64,
            )
            + 2 * clear[unit]
            for unit in firsts.tolist()
        ]

    @cached_property
    def volume_um3(self) -> float:
        """Volume of the units."""
        return float(self.units.volume_um3)
