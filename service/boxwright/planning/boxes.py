"""The search for boxes, asked with what the policy says and the plans that a caller has already."""

import dataclasses
from dataclasses import dataclass

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.domain.plan import Parcel, Plan
from boxwright.domain.policy import Objective
from boxwright.packing.problem import Ints
from boxwright.planning.finishing.checked import wrong_parcels
from boxwright.planning.finishing.finish import finish_parcel
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.expansion import packed_of
from boxwright.selection.choice import OrderSearch
from boxwright.selection.model import PackedBox, Price, cushioning_in
from boxwright.selection.outcome import Outcome


@dataclass(frozen=True)
class Solution:
    """A plan as the search left it, not yet checked, and what it came from.

    ``members``, int64 (n,), are the units that fit some box alone and were searched for; ``outcome`` is what the search
    found, None where no unit fits any box.
    """

    plan: Plan
    model: OrderModel
    members: Ints
    outcome: Outcome | None

    @property
    def price(self) -> Price:
        """The objectives in the order compared; empty where there are no parcels."""
        return self.outcome.price if self.outcome else ()


def find_boxes(model: OrderModel, members: Ints, max_parcels: int | None, *, first: bool = False) -> Outcome:
    """Return the boxes that the search puts some units of an order into, and what it proved; see ``OrderSearch``.

    Plans that the caller has already stay candidates: each that packs just ``members`` and keeps every rule.

    Raises
    ------
    SearchEndedError
        If the search is ended, where the whole order is asked for and there is no plan of it yet.
    """
    policy = model.request.policy
    known = []
    for each in model.request.known:
        parcels = _as_searched(model, members, each)
        finished = [dataclasses.replace(finish_parcel(model, packed), footprints=()) for packed in parcels]
        if parcels and not wrong_parcels(finished, model.request):
            known.append(parcels)
    model.stop.arm()
    fewest_first = policy.objectives[0] is Objective.PARCEL_COUNT
    search = OrderSearch(model, members, policy.mode, fewest_first=fewest_first, max_parcels=max_parcels, first=first)
    outcome = search.choose(known)
    if outcome.cut and len(outcome.left) and not policy.allow_partial:
        model.stop.look()  # of the whole order there is no plan yet
    return outcome


def _as_searched(model: OrderModel, members: Ints, plan: Plan) -> list[PackedBox]:
    """Return the parcels of a plan as the search has them; none where units or boxes are not those of the request."""
    boxes = {box.box_type_id: box for box in model.box_types()}
    number = model.expansion.members
    most = model.request.policy.max_parcels
    units = [(each.line_id, each.unit_index) for parcel in plan.parcels for each in parcel.placements]
    packed = sorted(number[unit] for unit in units if unit in number)
    if len(packed) != len(units) or packed != members.tolist() or (most is not None and len(plan.parcels) > most):
        return []
    found = [as_packed(model, parcel, boxes.get(parcel.box_type_id)) for parcel in plan.parcels]
    return [packed for packed in found if packed is not None] if all(found) else []


def as_packed(model: OrderModel, parcel: Parcel, box: BoxType | None) -> PackedBox | None:
    """Return a stated parcel in a box of a type as the search has it; None without one, and for units that need one."""
    number = model.expansion.members
    if parcel.ships_in_own_container:
        inside = [number[placed.line_id, placed.unit_index] for placed in parcel.placements]
        return model.as_it_is(np.array(inside, dtype=np.int64))
    if box is None:
        return None
    variant, laid = model.variant(parcel.cushioning_id), packed_of(parcel.placements, box, number)
    length, width, height = laid.corners_um[:, 3:].max(axis=0).tolist()
    price = variant.price(box, laid.members, (length, width, height), laid.corners_um)
    return dataclasses.replace(laid, price=price, cushioning_id=cushioning_in(variant, box))
