"""The empty spaces of parcels, for the person who fills them."""

import dataclasses

from boxwright.domain.plan import EmptySpace, Parcel, Plan
from boxwright.packing.voids import voids
from boxwright.planning.placed import corners_um


def with_empty_spaces(plan: Plan) -> Plan:
    """Return a plan whose parcels list their empty spaces; units lie inside and apart from each other."""
    parcels = tuple(dataclasses.replace(each, empty_spaces=empty_spaces(each)) for each in plan.parcels)
    return dataclasses.replace(plan, parcels=parcels)


def empty_spaces(parcel: Parcel) -> tuple[EmptySpace, ...]:
    """Return what neither goods nor cushioning take of a parcel, greatest first; see ``packing.voids``."""
    if parcel.ships_in_own_container:
        return ()
    corners = corners_um(parcel.placements)
    return tuple(
        EmptySpace(x / 1_000, y / 1_000, z / 1_000, (x2 - x) / 1_000, (y2 - y) / 1_000, (z2 - z) / 1_000)
        for x, y, z, x2, y2, z2 in voids(corners, parcel.inner_um).tolist()
    )
