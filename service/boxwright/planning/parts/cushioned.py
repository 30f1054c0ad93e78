"""Units of an order with their protection: half-gaps, wall margins, wrap and pads."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.order import Item
from boxwright.domain.protection import LineProtection, ProtectionRule
from boxwright.lazy import cached_property
from boxwright.packing.cells import fit_cells
from boxwright.packing.problem import Ints, Units
from boxwright.planning.parts.expansion import Expansion
from boxwright.protection import Care, InnerBox, Pads, pads_of, void_fill_mg, wrap_mg
from boxwright.units import UM_PER_MM

if TYPE_CHECKING:
    from boxwright.planning.request import Request

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Guard:
    """Protection of each unit of a line: by practice with wrap or an inner box, or by pads.

    ``in_pack_mg`` is the mass of the wrap in a compartment. ``no_pads`` is the reason why a line that requires pads has
    none. If there is an inner box, half-gap and wall margin are those of that box.
    """

    care: Care
    wrap_mg: int = 0
    in_pack_mg: int = 0
    pads: Pads | None = None
    no_pads: str = ""
    inner: InnerBox | None = None

    @property
    def half_gap_um(self) -> int:
        """Space round each unit, in um; with pads, their thickness."""
        return self.pads.thickness_um if self.pads else self.care.half_gap_um

    @property
    def wall_margin_um(self) -> int:
        """Space between the half-gap and the walls, in um; 0 with pads."""
        return 0 if self.pads else self.care.wall_margin_um

    def words(self, line: Item, pack: BoxType | None) -> LineProtection:
        """Return the protection that a plan states; ``pack`` is the box if the units are in compartments."""
        care = self.care
        if pack is not None:
            found = f": {pack.source}" if pack.source else ""
            source = f"{pack.box_type_id!r}{found if pack.read_in_source else ', whose size is unverified'}"
            return LineProtection(
                *(line.line_id, ProtectionRule.TESTED_PACK, care.fragility_class),
                wrap_layers=care.wrap_layers_in_pack,
                message=care.reason,
                source=source,
            )
        rule = ProtectionRule.PHYSICS if self.pads else ProtectionRule.PRACTICE
        return LineProtection(
            line.line_id,
            ProtectionRule.BOX_IN_BOX if self.inner else rule,
            care.fragility_class,
            self.half_gap_um,
            self.wall_margin_um,
            0 if self.pads else care.wrap_layers,
            self.pads.edge_um if self.pads else 0,
            care.reason,
            self.pads.source if self.pads else care.rule_source,
            self.inner.box.box_type_id if self.inner else "",
            self.inner.gap_um if self.inner else 0,
        )


@dataclass(eq=False)
class Wrappings:
    """The units of an order with their protection; ``wrap`` goes round fragile ones, None for no wrap."""

    request: Request
    expansion: Expansion
    wrap: Dunnage | None

    @cached_property
    def guards(self) -> dict[str, Guard]:
        """The protection of the units of each line, by line id."""
        request, guards = self.request, {}
        for line, _ in self.expansion.lines:
            request.stop.look()
            care, inner = request.care(line), self.expansion.inner_boxes.get(line.line_id)
            pads: Pads | str = ""
            if request.pads is not None and inner is None and line.fragility and line.fragility.g_level is not None:
                pads = pads_of(line, request.pads, request.materials, request.handling.profile)
            goods = line if inner is None else inner.goods
            layers = care.wrap_layers, care.wrap_layers_in_pack
            wrapped, in_pack = (wrap_mg(goods, count, self.wrap) if self.wrap and count else 0 for count in layers)
            if isinstance(pads, Pads):
                guards[line.line_id] = Guard(care, in_pack_mg=in_pack, pads=pads)
            else:
                guards[line.line_id] = Guard(care, wrapped, in_pack, no_pads=pads, inner=inner)
        return guards

    def _by_unit(self, figure: Callable[[Guard], int]) -> Ints:
        lines = [line for line, _ in self.expansion.lines]
        figures = np.array([figure(self.guards[line.line_id]) for line in lines], dtype=np.int64)
        return np.repeat(figures, [line.quantity for line in lines])

    @cached_property
    def half_gaps_um(self) -> Ints:
        """Half-gap of each unit, int64 (n,), um."""
        return self._by_unit(lambda guard: guard.half_gap_um)

    @cached_property
    def margins_um(self) -> Ints:
        """Wall margin of each unit, int64 (n,), um."""
        return self._by_unit(lambda guard: guard.wall_margin_um)

    @cached_property
    def wraps_mg(self) -> Ints:
        """Mass of the wrap of each unit, int64 (n,), mg."""
        return self._by_unit(lambda guard: guard.wrap_mg)

    @cached_property
    def in_packs_mg(self) -> Ints:
        """Mass of the wrap of each unit in a compartment, int64 (n,), mg."""
        return self._by_unit(lambda guard: guard.in_pack_mg)

    @cached_property
    def pads_mg(self) -> Ints:
        """Mass of the pads of each unit, int64 (n,), mg."""
        return self._by_unit(lambda guard: guard.pads.mass_mg if guard.pads else 0)

    @cached_property
    def any(self) -> bool:
        """Whether some unit of the order has a gap, a margin, wrap, or a fill that cushions."""
        return any(
            guard.half_gap_um or guard.wall_margin_um or guard.wrap_mg or guard.care.cushion_fill
            for guard in self.guards.values()
        )

    @cached_property
    def taken_um3(self) -> list[int]:
        """Volume of each unit that void fill cannot take, in cubic um: pressed goods or, with pads, the envelope."""
        if not self.pads_mg.any():
            return self.expansion.arrays.volumes_um3
        units = self.expansion.arrays
        padded = (units.edges_um + 2 * self.half_gaps_um[:, np.newaxis]).tolist()
        rows = zip(padded, self.pads_mg.tolist(), units.volumes_um3, strict=True)
        return [math.prod(edges) if pads else volume for edges, pads, volume in rows]

    def wrapped(self, members: Ints) -> bool:
        """Whether some of these units are wrapped."""
        return self.any and bool(self.wraps_mg[members].any())

    def fill(self, members: Ints) -> Dunnage | None:
        """Return the void fill of a parcel of some units: one that cushions if a unit needs it.

        None if all are soft goods, which fill the box themselves.
        """
        if self.expansion.soft(members):
            return None
        return self.request.cushion_fill if self.fills_cushioning(members) else self.request.void_fill

    def fills_cushioning(self, members: Ints) -> bool:
        """Whether some of these units need a void fill that cushions."""
        lines = (self.expansion.units[member][0] for member in members.tolist() if self.any)
        return any(self.guards[line.line_id].care.cushion_fill for line in lines)

    def protection_of(self, members: Ints, box: BoxType) -> tuple[LineProtection, ...]:
        """Return the protection of some units in a box: an entry for each line that is not sturdy, by line id."""
        if not self.protects:
            return ()
        pack = box if box.compartments else None
        lines = {line.line_id: line for line, _ in (self.expansion.units[member] for member in members.tolist())}
        named = [(self.guards[name], lines[name]) for name in sorted(lines)]
        return tuple(guard.words(line, pack) for guard, line in named if not guard.care.fragility_class.sturdy)

    @cached_property
    def protects(self) -> bool:
        """Whether a line of the order is not sturdy."""
        return any(not guard.care.fragility_class.sturdy for guard in self.guards.values())

    def cushioning_of(self, members: Ints, box: BoxType) -> str:
        """Return the id of the wrap of some units in a box, or of their pads; empty if they have neither."""
        if box.compartments:
            return self.wrap.dunnage_id if self.wrap is not None and self.in_packs_mg[members].any() else ""
        if self.wrap is not None and self.wrapped(members):
            return self.wrap.dunnage_id
        pads = self.request.pads
        return pads.dunnage_id if pads is not None and self.any and self.pads_mg[members].any() else ""

    def protect(self, members: Ints) -> Units:
        """See ``ParcelModel.protect``."""
        units = _taken(self.expansion.arrays, members)
        if not self.any:
            return units
        gaps, margins = self.half_gaps_um[members], self.margins_um[members]
        padded = self.pads_mg[members] > 0
        return dataclasses.replace(
            units,
            edges_um=units.edges_um + 2 * gaps[:, np.newaxis],
            # A unit on pads carries no load, since a load on it would press on the pads below it.
            max_load_mg=np.where(padded, 0.0, units.max_load_mg),
            cushioning_mg=self._cushioning_mg[members],
            margins_um=margins if margins.any() else None,
        )

    @cached_property
    def _cushioning_mg(self) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        """Mass of wrap, pads and fill of the half-gap of each unit, float64 (n,), mg."""
        beside = (self.wraps_mg + self.pads_mg).astype(np.float64)
        for member in np.flatnonzero(self.half_gaps_um).tolist() if self.request.cushion_fill is not None else ():
            line, _ = self.expansion.units[member]
            envelope = math.prod(edge + 2 * int(self.half_gaps_um[member]) for edge in line.edges_um)
            beside[member] += self.shell_mg(envelope - self.taken_um3[member])
        return beside

    def shell_mg(self, shell_um3: int) -> int:
        """Return a lower bound in mg on the fill in a half-gap round a unit, by the volume of the half-gap."""
        fill = self.request.cushion_fill
        if fill is None or shell_um3 <= 0:
            return 0
        return math.floor(max(void_fill_mg(shell_um3, self.request.policy.void_fill_share, fill) - 1, 0))

    def least(self, members: Ints, protected: Iterable[Units], *, in_cells: bool | None) -> Units:
        """Return a lower bound of the units: each at most as large and as heavy as with any cushioning.

        ``protected`` has the units once per cushioning. ``in_cells`` states whether they are in compartments, without
        gaps; None is for any box, and units that fit a compartment then count as in one.
        """
        if in_cells:
            return _taken(self.in_cells, members)
        units, *others = protected
        if others:
            lightest = np.stack([other.cushioning_mg for other in (units, *others)]).min(axis=0)
            units = dataclasses.replace(units, cushioning_mg=lightest)
        if in_cells is not None or not self.any or not (which := self._fit_cells[members]).any():
            return units
        bare = _taken(self.in_cells, members)
        return dataclasses.replace(
            units,
            edges_um=np.where(which[:, np.newaxis], bare.edges_um, units.edges_um),
            masks=np.where(which, bare.masks, units.masks),
            max_load_mg=np.where(which, bare.max_load_mg, units.max_load_mg),
            cushioning_mg=np.where(which, bare.cushioning_mg, units.cushioning_mg),
            margins_um=None if units.margins_um is None else np.where(which, 0, units.margins_um),
        )

    @cached_property
    def in_cells(self) -> Units:
        """The units as in compartments: bare or wrapped, with the play that they may have there, if it is limited."""
        units, lines = self.expansion.arrays, [line for line, _ in self.expansion.lines]
        if not any(box.compartments for box in self.request.catalog.box_types):
            return units
        cares = [self.guards[line.line_id].care for line in lines]
        held = [care.fragility_class.breakable or care.pack_from > 0 for care in cares]
        if not any(held):
            return units
        most_um = math.floor(2 * self.request.materials.protection_rules["compartment_play_mm"].value * UM_PER_MM)
        # Compartments are compared without the fit clearance of the policy.
        most_um, any_um = most_um - (self.request.policy.fit_clearance_um or 0), np.iinfo(np.int64).max
        plays = np.repeat([most_um if is_held else any_um for is_held in held], [line.quantity for line in lines])
        return dataclasses.replace(units, most_play_um=plays, cushioning_mg=self.in_packs_mg.astype(np.float64))

    @cached_property
    def _fit_cells(self) -> Flags:
        """Whether each unit fits a compartment of some box type, bool (n,)."""
        return fit_cells(self.in_cells, [size for box in self.request.box_types for size in box.cell_sizes_um])


def _taken(units: Units, members: Ints) -> Units:
    return units if len(members) == len(units) else units.take(members)
