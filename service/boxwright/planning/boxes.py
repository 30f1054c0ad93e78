"""The search for boxes under a policy, with the caller's known plans as candidates."""

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
    """An unchecked plan, and the outcome of the search from which it was made.

    ``members``, int64 (n,), are the units that the search packed: those that fit some box alone. ``outcome`` is None if
    there are no such units.
    """

    plan: Plan
    model: OrderModel
    members: Ints
    outcome: Outcome | None

    @property
    def price(self) -> Price:
        """The objectives in the order of the policy; empty without parcels."""
        return self.outcome.price if self.outcome else ()


def find_boxes(model: OrderModel, members: Ints, max_parcels: int | None, *, first: bool = False) -> Outcome:
    """Return the boxes into which the search packs some units of an order, with its proofs; see ``OrderSearch``.

    A known plan is a candidate if it packs exactly ``members`` and keeps every rule.

    Raises
    ------
    SearchEndedError
        If the search ends before it has a plan of all units, and the policy allows no partial plan.
    """
    policy = model.request.policy
    known = []
    for known_plan in model.request.known:
        parcels = _as_searched(model, members, known_plan)
        finished = [dataclasses.replace(finish_parcel(model, packed), footprints=()) for packed in parcels]
        if parcels and not wrong_parcels(finished, model.request):
            known.append(parcels)
    model.stop.arm()
    fewest_first = policy.objectives[0] is Objective.PARCEL_COUNT
    search = OrderSearch(model, members, policy.mode, fewest_first=fewest_first, max_parcels=max_parcels, first=first)
    outcome = search.choose(known)
    if outcome.cut and len(outcome.left) and not policy.allow_partial:
        model.stop.look()  # this raises, since there is no plan of the whole order
    return outcome


def _as_searched(model: OrderModel, members: Ints, plan: Plan) -> list[PackedBox]:
    """Return the parcels of a plan as packed boxes; empty if the request has other units or boxes."""
    boxes = {box.box_type_id: box for box in model.box_types()}
    number = model.expansion.members
    most = model.request.policy.max_parcels
    units = [(placed.line_id, placed.unit_index) for parcel in plan.parcels for placed in parcel.placements]
    packed = sorted(number[unit] for unit in units if unit in number)
    if len(packed) != len(units) or packed != members.tolist() or (most is not None and len(plan.parcels) > most):
        return []
    found = [as_packed(model, parcel, boxes.get(parcel.box_type_id)) for parcel in plan.parcels]
    return [packed for packed in found if packed is not None] if all(found) else []


def as_packed(model: OrderModel, parcel: Parcel, box: BoxType | None) -> PackedBox | None:
    """Return a stated parcel as a packed box; None without a box, unless a unit ships in its own container."""
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
