"""Usable inner size, closure and weight limit of box types for the units of an order.

Facts that do not depend on the order are cached, since every order needs them for every box type.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from boxwright.catalog.rows import LiftingProfile, TapeRule
from boxwright.domain.box import BoxType, box_component
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.mailer import POUCH, Cuboid, Shell
from boxwright.lazy import cached_property
from boxwright.packing.problem import UPRIGHT, Space, Units
from boxwright.packing.question import Refused
from boxwright.planning.parts.cushioned import Wrappings
from boxwright.planning.parts.expansion import Expansion
from boxwright.protection import blocking_limits, blocking_mg, label_mg, tape_mg, void_fill_mg
from boxwright.selection.model import Fillings
from boxwright.selection.table import ROUNDING_MG, BoxTable
from boxwright.stop import NEVER, Stop
from boxwright.units import MG_PER_KG, exact

if TYPE_CHECKING:
    from boxwright.planning.request import Request

MOST_KEPT = 4_096
"""Size of caches over box types and settings of policies."""
MOST_TABLES = 64
"""Maximum number of catalogs whose tables are cached."""
MOST_SUMS = 5_000
"""Maximum number of sums of extents that are listed; with more, heights are spread evenly."""
TOO_LOOSE = "heavier goods cannot be held in it"
"""Text of the rule against heavy goods in a box that is mostly empty, or too weak for the blocking that they need."""
MOST_FILLINGS = 24
"""Maximum number of filled heights that are tried, evenly spread over the possible ones."""


@lru_cache(maxsize=MOST_KEPT)
def empty_space(box: BoxType, clearance_um: int, fill_millionths: int, closing_mg: int, mass_rule: str) -> Space:
    """Return the usable inner size of a box without void fill; for a mailer, a cuboid that no filling exceeds.

    Clearance is kept along each inner edge, also of compartments. Envelopes take at most ``fill_millionths`` of the
    inner volume. Tape and label weigh ``closing_mg``. ``mass_rule`` names the rule of a mass limit that is not the
    catalog's.
    """
    length, width, height = (max(edge - clearance_um, 0) for edge in box.inner_um)
    limit_mg = box.load_limit_mg(closing_mg)
    volume_limit = math.inf
    if fill_millionths < 1_000_000 or box.flexible:
        # The next lower float: a product of more than 53 bits may be rounded up, and the check is exact.
        whole = box.inner_volume_um3 * fill_millionths // 1_000_000
        volume_limit = float(whole) if float(whole) <= whole else math.nextafter(float(whole), 0.0)
    cells = tuple(
        (x, y, z, x2 - clearance_um, y2 - clearance_um, z2 - clearance_um) for x, y, z, x2, y2, z2 in box.cells_um
    )
    mass_limit = math.inf if limit_mg is None else float(limit_mg)
    edges = length, width, height
    slack_um = 0 if box.flexible else clearance_um
    return Space(
        edges, mass_limit, volume_limit, mass_rule=mass_rule, encloses=box.flexible, slack_um=slack_um, cells=cells
    )


def closed_size(box: BoxType, extents_um: Cuboid | None, *, soft: bool = False) -> tuple[Cuboid, Cuboid]:
    """Return inner and outer edges of a closed box, in um.

    ``extents_um`` are the extents of the content from the corner; they set the size of a mailer, and not of a rigid
    box. The sheets of a mailer lie close round goods that are all ``soft``.
    """
    if not box.ours:
        return (0, 0, 0), box.outer_um
    if extents_um is None:
        return box.inner_um, box.outer_um
    shell = box.shell
    inner_um = extents_um if soft and shell is POUCH else shell.inside_at(box.inner_um, extents_um[2])
    return inner_um, shell.outside_um(box.inner_um, box.outer_um, extents_um)


@dataclass(frozen=True, slots=True)
class Closure:
    """A closed empty box: ``parts`` are the box, its tape and its label.

    ``bare_mg`` is their mass and ``closing_mg`` that of tape and label. ``fullest_mg`` adds the mass of void fill and
    blocking of the whole inside, so that only goods, wrap and pads can make the parcel heavier.
    """

    parts: tuple[PackagingComponent, ...]
    bare_mg: int
    closing_mg: int
    fullest_mg: int


@lru_cache(maxsize=64)
def closures_with(
    rule: TapeRule,
    tape: Dunnage | None,
    label: Dunnage | None,
    fill: Dunnage | None,
    blocking: Dunnage | None,
    share: float,
) -> Callable[[BoxType], Closure]:
    """Return a cached function from box types to closures under some dunnage."""

    def closure(box: BoxType) -> Closure:
        closing = []
        if tape is not None and (mass := tape_mg(box, tape, rule)):
            closing.append(part_of(Component.TAPE, tape, mass))
        if label is not None and (mass := label_mg(label)):
            closing.append(part_of(Component.LABEL, label, mass))
        closing_mg, inside = sum(part.mass_mg for part in closing), box.inner_volume_um3
        fullest = box.tare_mg + closing_mg
        if fill is not None and box.has_fill:
            fullest += void_fill_mg(inside, share, fill)
        if blocking is not None and box.has_fill:
            fullest += blocking_mg(inside, blocking, inside, fill, share)
        empty = box_component(box)
        return Closure((empty, *closing), empty.mass_mg + closing_mg, closing_mg, fullest)

    return lru_cache(maxsize=MOST_KEPT)(closure)


def part_of(component: Component, dunnage: Dunnage, mass_mg: int) -> PackagingComponent:
    """Return a mass of dunnage as a part of a parcel's packaging."""
    return PackagingComponent(component, dunnage.material_id, mass_mg, dunnage_id=dunnage.dunnage_id)


def most_of_several_mg(profile: LiftingProfile) -> int | None:
    """Return the maximum gross mass of a parcel of several units, in mg; None if unlimited."""
    return None if profile.several_at_most_kg is None else int(profile.several_at_most_kg * MG_PER_KG)


@lru_cache(maxsize=MOST_KEPT)
def _limited(box: BoxType, most_mg: int) -> BoxType:
    return box.with_max_gross_mg(most_mg)


def lifting_words(profile: LiftingProfile) -> str:
    """Return the limit of a lifting profile as text; empty without a limit."""
    most = most_of_several_mg(profile)
    words = f"kg gross of several units, by {profile.profile_id}"
    return "" if most is None else f"at most {exact(most, MG_PER_KG)} {words}"


def _lowest_um(units: Units, *, whole: bool) -> int:
    """Return a lower bound on the height of a filling with some, or with ``whole`` all, of the units, in um."""
    if not len(units):
        return 1
    return int(units.upright_um.max() if whole else units.upright_um.min())


def filled_heights_um(
    units: Units, flat_um: Cuboid, shell: Shell, stop: Stop = NEVER, *, whole: bool
) -> tuple[list[int], bool]:
    """Return the heights to which units can fill a mailer, in ascending order, and whether the list is complete.

    The top of a unit is at the sum of its own extent and those of the units below it. So the filled height is one of
    finitely many sums, and finitely many cuboids decide whether all units go in. ``units`` are sorted by kind;
    ``flat_um`` are the usable flat length and width, and the greatest thickness. If all units must go in (``whole``),
    heights below the tallest unit and cuboids of less volume than the units are left out.
    """
    stand = [
        sorted({*edges[may].tolist()})
        for edges, may in zip(units.edges_um[units.firsts], UPRIGHT[units.masks[units.firsts]], strict=True)
    ]
    thickest = shell.thickest_um(flat_um)
    # Bit s of sums is set if s times step is a sum of extents.
    step = math.gcd(*(height for heights in stand for height in heights))
    sums, within, every = 1, (1 << max(thickest, 0) // max(step, 1) + 1) - 1, True
    for heights, count in zip(stand, units.counts.tolist(), strict=True):
        for _ in range(count if every else 0):
            stop.look()
            more = sums
            for height in heights:
                if height <= thickest:
                    more |= sums << height // step & within
            if more == sums:
                break
            sums = more
            every = every and sums.bit_count() <= MOST_SUMS
    least = _lowest_um(units, whole=whole)
    if not every:
        # There are too many sums to list, so heights are spread evenly over the range.
        heights = sorted(range(thickest, least - 1, -max((thickest - least) // MOST_FILLINGS, 1)))
    else:
        heights = [at * step for at, bit in enumerate(reversed(f"{sums:b}")) if bit == "1"]
    room = max(units.volume_um3 if whole else 0, 1)
    found = [height for height in heights if height >= least and math.prod(shell.inside_at(flat_um, height)) >= room]
    if len(found) > MOST_FILLINGS:
        every = False
        picks = np.linspace(0, len(found) - 1, MOST_FILLINGS).round().astype(int).tolist()
        found = [found[pick] for pick in picks]
    return found, every


@dataclass(eq=False)
class Spaces:
    """Inner sizes and limits of box types for the parcels of one order."""

    request: Request
    expansion: Expansion
    wrappings: Wrappings

    def for_several(self, box: BoxType) -> BoxType:
        """See ``ParcelModel.for_several``. The lifting profile applies if all units together could exceed its limit."""
        most = most_of_several_mg(self.request.lifting)
        # No parcel of this type is heavier than all units in a box full of dunnage.
        if most is None or self._goods_and_cushions_mg + self.request.closures(box).fullest_mg <= most:
            return box
        return _limited(box, most)

    @cached_property
    def _goods_and_cushions_mg(self) -> int:
        cushions = self.wrappings.wraps_mg.sum() + self.wrappings.pads_mg.sum() if self.wrappings.any else 0
        return self.expansion.placed_mg(self.expansion.everything) + int(cushions)

    def bound(self, box: BoxType, *, several: bool) -> tuple[BoxType, str]:
        """Return a box type with the weight limit that applies, and the rule of that limit."""
        rule = self.request.mass_rules.get(box.box_type_id, "")
        if not several or (limited := self.for_several(box)) is box:
            return box, rule
        return limited, lifting_words(self.request.lifting)

    def space(self, box: BoxType, units: Units, *, whole: bool, several: bool) -> Space:
        """See ``ParcelModel.space``. If not all units must go in, each unit in the box displaces void fill."""
        request = self.request
        box, rule = self.bound(box, several=several)
        space = self._empty_space(box, rule)
        if space.encloses:
            enclosing = box.shell.enclosing_um(space.edges_um, _lowest_um(units, whole=whole))
            return dataclasses.replace(space, edges_um=enclosing)
        if whole and several and self.too_loose(box, units):
            return dataclasses.replace(space, mass_limit_mg=self._heavy_mg - 1.0, mass_rule=TOO_LOOSE)
        fill, cushioned = request.densest_fill, np.count_nonzero(units.cushioning_mg)
        if whole:
            fill = request.cushion_fill if cushioned else request.void_fill
            if units.soft is not None and units.soft.all():
                fill = None
        if box.max_load_mg is None or fill is None or not box.has_fill:
            return space
        empty, share = box.inner_volume_um3 - (units.volume_um3 if whole else 0), request.policy.void_fill_share
        # The fill of each half-gap is counted in the mass of its unit, rounded down.
        limit, displaced = space.mass_limit_mg - void_fill_mg(max(empty, 0), share, fill) - ROUNDING_MG * cushioned, 0.0
        if not whole:
            limit, displaced = limit - ROUNDING_MG, float(void_fill_mg(empty, share, fill) / empty)
        return dataclasses.replace(space, mass_limit_mg=limit, displaced_mg_per_um3=displaced)

    def too_loose(self, box: BoxType, units: Units) -> bool:
        """Whether several heavy units could not be held: the box is mostly empty, or too weak for blocking.

        False if no blocking is chosen.
        """
        request, block = self.request, self.request.blocking
        if block is None or not box.has_fill or units.total_mg < self._heavy_mg:
            return False
        empty = box.inner_volume_um3 - units.volume_um3
        if units.volume_um3 < Fraction(request.materials.blocking_rules["least_share"].value) * box.inner_volume_um3:
            return True
        limit = self.bound(box, several=True)[0].load_limit_mg(request.closures(box).closing_mg)
        fill, share = request.densest_fill, request.policy.void_fill_share
        return limit is not None and units.packed_mg + blocking_mg(empty, block, empty, fill, share) > limit

    @cached_property
    def _heavy_mg(self) -> int:
        return blocking_limits(self.request.materials).least_mg

    @cached_property
    def table(self) -> BoxTable:
        """All box types, as arrays."""
        policy, closures, fill = self.request.policy, self.request.closures, self.request.densest_fill
        slacks_um = tuple(map(self.request.slack_um, self.request.box_types))
        limits = slacks_um, policy.fill_millionths, most_of_several_mg(self.request.lifting)
        return _table(self.request.box_types, *limits, closures, policy.void_fill_share, fill)

    def refused(self, units: Units, boxes: Sequence[BoxType]) -> dict[int, Refused]:
        """See ``ParcelModel.refused``."""
        return self.table.refused(units, boxes, self.request.mass_rules)

    def _empty_space(self, box: BoxType, rule: str = "") -> Space:
        policy, closing_mg = self.request.policy, self.request.closures(box).closing_mg
        return empty_space(box, self.request.slack_um(box), policy.fill_millionths, closing_mg, rule)

    def fillings(self, box: BoxType, units: Units, *, whole: bool, several: bool) -> Fillings:
        """See ``ParcelModel.fillings``."""
        enclosing = self.space(box, units, whole=whole, several=several)
        if not enclosing.encloses:
            return Fillings((enclosing,), every=True)
        usable = self._empty_space(box).edges_um
        heights, every = filled_heights_um(units, usable, box.shell, self.request.stop, whole=whole)
        insides = (box.shell.inside_at(usable, height) for height in heights)
        return Fillings(
            tuple(dataclasses.replace(enclosing, edges_um=edges_um, encloses=False) for edges_um in insides), every
        )

    @cached_property
    def monotone(self) -> bool:
        """See ``ParcelModel.monotone``. False if the void fill in place of a unit may be heavier than the unit."""
        if self.request.blocking is not None and self.expansion.arrays.total_mg > self._heavy_mg:
            return False  # goods that are too loose alone may be held by other goods
        fill, share = self.request.densest_fill, self.request.policy.void_fill_share
        if fill is None or all(self.for_several(box).max_load_mg is None for box in self.request.box_types):
            return True
        if fill is not (self.request.cushion_fill if self.wrappings.any else self.request.void_fill):
            return False  # a parcel without its fragile units may have a heavier fill
        units = self.expansion.arrays
        return all(
            void_fill_mg(volume, share, fill) + ROUNDING_MG <= mass
            for volume, mass in zip(units.volumes_um3, units.mass_mg.tolist(), strict=True)
        )


@lru_cache(maxsize=MOST_TABLES)
def _table(
    boxes: tuple[BoxType, ...],
    slacks_um: tuple[int, ...],
    fill_millionths: int,
    most_of_several_mg: int | None,
    closures: Callable[[BoxType], Closure],
    share: float,
    fill: Dunnage | None,
) -> BoxTable:
    """Return the table of box types under these rules, the same for every order of equal slacks."""
    spaces, bears = [], []
    for box, slack_um in zip(boxes, slacks_um, strict=True):
        space = empty_space(box, slack_um, fill_millionths, closures(box).closing_mg, "")
        limit = box.with_max_gross_mg(most_of_several_mg).load_limit_mg(closures(box).closing_mg)
        full = void_fill_mg(box.inner_volume_um3, share, fill) if fill is not None and box.has_fill else 0
        spaces.append(space)
        bears.append(math.inf if limit is None else limit - full)
    return BoxTable(
        boxes,
        np.array([space.edges_um for space in spaces], dtype=np.int64).reshape(-1, 3),
        np.array([space.slack_um for space in spaces], dtype=np.int64),
        np.array([box.shell is POUCH for box in boxes], dtype=np.bool_),
        np.array([space.volume_limit_um3 for space in spaces]),
        np.array(bears, dtype=np.float64),
        np.array([space.mass_limit_mg for space in spaces]) == np.array(bears),
        np.array([bool(space.cells) for space in spaces], dtype=np.bool_),
    )
