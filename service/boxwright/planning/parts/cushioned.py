"""Units with cushioning round them: how they may lie and what they may carry, and what holds for every cushioning."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from boxwright import fuse
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.order import ALL_ORIENTATIONS, Item
from boxwright.packing.problem import Ints, Units
from boxwright.planning.parts.expansion import Expansion
from boxwright.protection import (
    BearingLimits,
    bearing_limits,
    cushion_mg,
    cushion_refusal,
    cushion_um,
    drop_height_mm,
    has_stress_range,
)

if TYPE_CHECKING:
    from boxwright.planning.request import Request


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
        Holds materials, handling profile and policy.
    expansion : Expansion
        The units.
    cushioning : Dunnage or None
        What protects fragile ones; None leaves all as they are.
    """

    def __init__(self, request: Request, expansion: Expansion, cushioning: Dunnage | None) -> None:
        self._materials, self._profile = request.materials, request.handling.profile
        self._load_bearing = request.policy.load_bearing
        self._expansion = expansion
        self.cushioning = cushioning
        self._by_height: dict[Decimal, Wrapping] = {}

    @cached_property
    def fragile(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Which units are fragile, bool (n,)."""
        return np.array([line.fragility is not None for line, _ in self._expansion.units], dtype=np.bool_)

    @cached_property
    def any(self) -> bool:
        """Whether any unit of the order is fragile."""
        return bool(self.fragile.any())

    def among(self, members: Ints) -> bool:
        """Whether some of these units are fragile."""
        return self.any and bool(self.fragile[members].any())

    def cushioning_of(self, members: Ints) -> str:
        """Return the id of what protects the fragile units among some; empty where there are none."""
        return self.cushioning.dunnage_id if self.cushioning and self.among(members) else ""

    @cached_property
    def stress_limited(self) -> bool:
        """Whether static stress binds: the cushioning's range is known for sure."""
        return self._refuses and self.cushioning is not None and has_stress_range(self.cushioning)

    @property
    def _refuses(self) -> bool:
        """Whether the cushioning's figures are known for sure, so that they may refuse units."""
        return self.any and self.cushioning is not None and self.cushioning.read_in_source

    def unprotected(self, members: Ints, company: Ints) -> str | None:
        """Return why the cushioning cannot protect some of these units in a parcel of all their company, or None."""
        if not self._refuses:
            return None
        goods_mg = self._expansion.goods_mg(company)
        lines = {id(line): line for line, _ in (self._expansion.units[member] for member in members.tolist())}
        rules = (self._refusal(line, goods_mg) for line in lines.values())
        return next((rule for rule in rules if rule is not None), None)

    def _refusal(self, line: Item, goods_mg: int) -> str | None:
        fuse.look()
        if self.cushioning is None:
            return None
        return cushion_refusal(line, goods_mg, self.cushioning, self._materials, self._profile)

    def protect(self, members: Ints, *, any_subset: bool = False) -> Units:
        """See ``ParcelModel.protect``. A lighter parcel falls from higher, so an empty one needs most cushioning."""
        base = self._expansion.arrays
        units = base if len(members) == len(base) else base.take(members)
        if not self.any:
            return units
        goods_mg = 0 if any_subset else self._expansion.goods_mg(members)
        wrapping = self.at(goods_mg)
        thickness = wrapping.cushions_um[members]
        cushioned = dataclasses.replace(
            units,
            edges_um=units.edges_um + 2 * thickness[:, np.newaxis],
            cushioning_mg=wrapping.masses_mg[members].astype(np.float64),
        )
        if self.cushioning is None or not self._refuses:
            return cushioned
        lines = [self._expansion.units[member][0] for member in members.tolist()]
        different = {id(line): line for line in lines}.values()
        refused = {id(line): self._refusal(line, goods_mg) is not None for line in different}
        cushioned_ids = {id(line) for line, cushion in zip(lines, thickness.tolist(), strict=True) if cushion}
        limits = {
            id(line): bearing_limits(line, self.cushioning)
            for line in different
            if self.stress_limited and id(line) in cushioned_ids
        }
        return with_bearing_limits(
            cushioned,
            [refused[id(line)] for line in lines],
            [limits.get(id(line)) for line in lines],
            bearing=self._load_bearing,
        )

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
        if self.cushioning is None:
            return Wrapping(cushions, masses, envelopes)
        by_line: dict[int, tuple[int, int]] = {}
        for member in np.flatnonzero(self.fragile).tolist():
            fuse.look()
            line, _ = units[member]
            if id(line) not in by_line:
                by_line[id(line)] = self._of_one(line, self.cushioning, goods_mg)
            cushions[member], masses[member] = by_line[id(line)]
            if cushions[member]:
                length, width, height = (edge + 2 * int(cushions[member]) for edge in line.edges_um)
                envelopes[member] = length * width * height
        return Wrapping(cushions, masses, envelopes)

    def _of_one(self, line: Item, cushioning: Dunnage, goods_mg: int) -> tuple[int, int]:
        thickness = cushion_um(line, goods_mg, cushioning, self._materials, self._profile)
        return thickness, cushion_mg(line, thickness, cushioning) if thickness else 0


def with_bearing_limits(
    units: Units, refused: Sequence[bool], limits: Sequence[BearingLimits | None], *, bearing: bool
) -> Units:
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
    margins = [each.most_margin_um for each in protected]
    return dataclasses.replace(
        first,
        edges_um=np.stack([each.edges_um for each in protected]).min(axis=0),
        masks=np.bitwise_or.reduce([each.masks for each in protected]),
        max_load_mg=np.stack([each.max_load_mg for each in protected]).max(axis=0),
        cushioning_mg=np.stack([each.cushioning_mg for each in protected]).min(axis=0),
        margins_um=np.stack([each.clear_um for each in protected]).min(axis=0) if any(margins) else None,
    )
