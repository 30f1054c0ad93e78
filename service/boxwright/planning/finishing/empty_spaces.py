"""The empty spaces of parcels, for the person who fills and blocks them."""

import dataclasses

import numpy as np

from boxwright.catalog import Materials
from boxwright.domain.box import BoxType
from boxwright.domain.plan import EmptySpace, Parcel, Plan
from boxwright.packing.voids import to_block, voids
from boxwright.planning.parts.placed import corners_um
from boxwright.planning.request import Request
from boxwright.protection import blocking_limits


def with_empty_spaces(plan: Plan, request: Request) -> Plan:
    """Return a plan whose parcels list their empty spaces; units lie inside and apart from each other."""
    parcels = tuple(dataclasses.replace(each, empty_spaces=empty_spaces(each, request)) for each in plan.parcels)
    return dataclasses.replace(plan, parcels=parcels)


def empty_spaces(parcel: Parcel, request: Request) -> tuple[EmptySpace, ...]:
    """Return what neither goods nor cushioning take of a parcel, greatest first, and which of it needs blocking.

    See ``packing.voids``. In a mailer, which lies close, nothing needs blocking.
    """
    if parcel.ships_in_own_container:
        return ()
    return marked_spaces(parcel, request.catalog.box_type(parcel.box_type_id), request.materials)


def marked_spaces(parcel: Parcel, box: BoxType, materials: Materials) -> tuple[EmptySpace, ...]:
    """Return the empty spaces of a parcel in a box of ours."""
    corners = corners_um(parcel.placements)
    spaces = voids(corners, parcel.inner_um)
    limits = blocking_limits(materials)
    heavy = box.has_fill and parcel.net_mg >= limits.least_mg
    marked = to_block(spaces, corners, limits.gap_um) if heavy else np.zeros(len(spaces), dtype=np.bool_)
    return tuple(
        EmptySpace(x, y, z, x2 - x, y2 - y, z2 - z, needs_blocking)
        for (x, y, z, x2, y2, z2), needs_blocking in zip(spaces.tolist(), marked.tolist(), strict=True)
    )
