"""Units with cushioning round them: how they may lie and what they may carry, and what holds for every cushioning."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.packing.problem import Units
from boxwright.protection import BearingLimits


def limited(units: Units, refused: Sequence[bool], limits: Sequence[BearingLimits | None], *, bearing: bool) -> Units:
    """Return cushioned units with what the cushioning's verified figures leave of orientations and loads.

    Parameters
    ----------
    units : Units
        With their cushioning.
    refused : sequence of bool
        Which of them the cushioning cannot protect: they may lie in no orientation.
    limits : sequence of BearingLimits or None
        Limits by static stress; None where there are none.
    bearing : bool
        Whether the units' own load limits are obeyed; else static stress alone limits what they carry.
    """
    masks, loads = units.masks.copy(), units.max_load_mg.copy()
    any_load = any(each is not None and each.max_load_mg is not None for each in limits)
    if any_load and not bearing:
        loads[:] = np.inf
    for unit, (out, limit) in enumerate(zip(refused, limits, strict=True)):
        if out:
            masks[unit] = 0
        elif limit is not None:
            allowed = sum(1 << bit for bit, each in enumerate(ALL_ORIENTATIONS) if each in limit.orientations)
            masks[unit] &= allowed
            if limit.max_load_mg is not None:
                loads[unit] = min(loads[unit], limit.max_load_mg)
    soft = None if any_load and not bearing else units.soft
    return dataclasses.replace(units, masks=masks, max_load_mg=loads, soft=soft)


def least_of(protected: Sequence[Units]) -> Units:
    """Return units that are no larger and no heavier, and lie and carry no less freely, than with any cushioning.

    What refuses them refuses them with each.
    """
    first = protected[0]
    return dataclasses.replace(
        first,
        edges_um=np.stack([each.edges_um for each in protected]).min(axis=0),
        masks=np.bitwise_or.reduce([each.masks for each in protected]),
        max_load_mg=np.stack([each.max_load_mg for each in protected]).max(axis=0),
        cushioning_mg=np.stack([each.cushioning_mg for each in protected]).min(axis=0),
    )
