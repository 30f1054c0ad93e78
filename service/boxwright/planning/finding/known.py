"""Plans that a caller has already: each that keeps every rule of the request stays a candidate for its answer."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from boxwright.domain.plan import Plan
from boxwright.packing.problem import Ints
from boxwright.planning.finishing.checked import wrong_parcels
from boxwright.planning.finishing.finish import finish_parcel
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.expansion import packed_of
from boxwright.selection.model import PackedBox, cushioning_in


def known_parcels(model: OrderModel, members: Ints, plans: Sequence[Plan]) -> list[list[PackedBox]]:
    """Return the parcels of those plans that pack just ``members`` and pass the check, priced under the request."""
    read = [_read(model, members, each) for each in plans]
    return [parcels for parcels in read if parcels is not None and _is_valid(model, parcels)]


def _read(model: OrderModel, members: Ints, plan: Plan) -> list[PackedBox] | None:
    """Return parcels as the search has them; None where units or boxes are not those of the request."""
    boxes = {box.box_type_id: box for box in model.box_types()}
    number = model.expansion.members
    most = model.request.policy.max_parcels
    units = [(each.line_id, each.unit_index) for parcel in plan.parcels for each in parcel.placements]
    packed = sorted(number[unit] for unit in units if unit in number)
    if len(packed) != len(units) or packed != members.tolist() or (most is not None and len(plan.parcels) > most):
        return None
    found: list[PackedBox | None] = []
    for parcel in plan.parcels:
        if parcel.ships_in_own_container:
            inside = [number[each.line_id, each.unit_index] for each in parcel.placements]
            found.append(model.as_it_is(np.array(inside, dtype=np.int64)))
        elif parcel.box_type_id in boxes:
            as_placed = packed_of(parcel.placements, boxes[parcel.box_type_id], number)
            found.append(_priced(model.variant(parcel.cushioning_id), as_placed))
        else:
            return None
    parcels = [each for each in found if each is not None]
    return parcels if parcels and len(parcels) == len(found) else None


def _priced(model: OrderModel, packed: PackedBox) -> PackedBox:
    length, width, height = packed.corners_um[:, 3:].max(axis=0).tolist()
    price = model.price(packed.box, packed.members, (length, width, height), packed.corners_um)
    return dataclasses.replace(packed, price=price, cushioning_id=cushioning_in(model, packed.box))


def _is_valid(model: OrderModel, parcels: list[PackedBox]) -> bool:
    """Whether the independent check finds nothing wrong with parcels under the rules of the request."""
    finished = [dataclasses.replace(finish_parcel(model, each), footprints=()) for each in parcels]
    return not wrong_parcels(finished, model.request)
