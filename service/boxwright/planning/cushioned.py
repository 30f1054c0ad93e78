"""Units with cushioning round them: how they may lie and what they may carry, and what holds for every cushioning."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from boxwright import fuse
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.order import ALL_ORIENTATIONS, Item
from boxwright.packing.problem import Ints, Units
from boxwright.planning.expansion import Expansion
from boxwright.planning.request import Request
from boxwright.protection import BearingLimits, cushion_mg, cushion_um, drop_height_mm


@dataclass(frozen=True)
class Wrapping:
    """The cushioning of each unit of an order in a parcel that falls from some height.

    Attributes
    ----------
    cushions_um : int64, (n,)
        Thickness on each side; 0 where there is none.
    masses_mg : int64, (n,)
        Mass of each.
    envelopes_um3 : list of int
        Volume of each unit with its cushioning, soft goods pressed.
    """

    cushions_um: Ints
    masses_mg: Ints
    envelopes_um3: list[int]


class Wrappings:
    """The units of an order in one cushioning: worked out once for each drop height, which the goods' mass picks.

    Parameters
    ----------
    request : Request
        Holds materials and handling profile.
    expansion : Expansion
        The units.
    cushioning : Dunnage or None
        What protects fragile ones; None leaves all as they are.
    """

    def __init__(self, request: Request, expansion: Expansion, cushioning: Dunnage | None) -> None:
        self._materials, self._profile = request.materials, request.handling.profile
        self._expansion = expansion
        self._cushioning = cushioning
        self._by_height: dict[Decimal, Wrapping] = {}

    @cached_property
    def fragile(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Which units are fragile, bool (n,)."""
        return np.array([line.fragility is not None for line, _ in self._expansion.units], dtype=np.bool_)

    def at(self, goods_mg: int) -> Wrapping:
        """Return the cushioning of each unit in a parcel whose goods weigh ``goods_mg``."""
        height_mm = drop_height_mm(goods_mg, self._materials, self._profile)
        known = self._by_height.get(height_mm)
        if known is None:
            known = self._by_height[height_mm] = self._of_all(goods_mg)
        return known

    def _of_all(self, goods_mg: int) -> Wrapping:
        units, envelopes = self._expansion.units, list(self._expansion.arrays.volumes_um3)
        cushions, masses = np.zeros(len(units), dtype=np.int64), np.zeros(len(units), dtype=np.int64)
        if self._cushioning is None:
            return Wrapping(cushions, masses, envelopes)
        by_line: dict[int, tuple[int, int]] = {}
        for member in np.flatnonzero(self.fragile).tolist():
            fuse.look()
            line, _ = units[member]
            if id(line) not in by_line:
                by_line[id(line)] = self._of_one(line, self._cushioning, goods_mg)
            cushions[member], masses[member] = by_line[id(line)]
            if cushions[member]:
                length, width, height = (edge + 2 * int(cushions[member]) for edge in line.edges_um)
                envelopes[member] = length * width * height
        return Wrapping(cushions, masses, envelopes)

    def _of_one(self, line: Item, cushioning: Dunnage, goods_mg: int) -> tuple[int, int]:
        thickness = cushion_um(line, goods_mg, cushioning, self._materials, self._profile)
        return thickness, cushion_mg(line, thickness, cushioning) if thickness else 0


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
        fuse.look()
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
