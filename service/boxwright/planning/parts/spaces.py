"""What a box type offers units of an order: its usable inside, what closes it, and the weight limit that binds.

What holds of a box type in every order is worked out once for each, since every order asks it of every box type.
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
"""Box types, times settings of policies, of which facts are kept."""
MOST_TABLES = 64
"""The same of whole catalogs."""
MOST_SUMS = 5_000
"""Sums of extents listed at most; of more, every height is as good as another."""
TOO_LOOSE = "heavier goods cannot be held in it"
"""The rule on heavy goods in a box that is mostly empty, or too weak for what would block them."""
MOST_FILLINGS = 24
"""Filled heights tried at most, spread over those that are possible."""


@lru_cache(maxsize=MOST_KEPT)
def empty_space(box: BoxType, clearance_um: int, fill_millionths: int, closing_mg: int, mass_rule: str) -> Space:
    """Return the usable inside of a box with no void fill in it; of a mailer, of the cuboid that it never passes.

    Clearance is kept along each inner edge, also of compartments; envelopes take at most the share ``fill_millionths``
    of the inner volume. Tape and label weigh ``closing_mg``. ``mass_rule`` is what sets the mass limit, where that is
    not the catalog's.
    """
    length, width, height = (max(edge - clearance_um, 0) for edge in box.inner_um)
    limit_mg = box.load_limit_mg(closing_mg)
    volume_limit = math.inf
    if fill_millionths < 1_000_000 or box.flexible:
        # The float below: past 53 bits it would else round up, and the check is exact.
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
    """Return inner and outer edges of a closed box, in um; of a mailer the inner ones of the cuboid that it then is.

    ``extents_um`` are those of what is in it, from its corner; of no account for a rigid box. Where all goods are
    ``soft`` the sheets of a mailer lie close round them.
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
    """A closed box of a type with nothing in it: ``parts`` are the box, its tape and its label.

    They weigh ``bare_mg``, tape and label alone ``closing_mg``, and all ``fullest_mg`` with the densest void fill and
    blocking of all the inside: no dunnage but wrap and pads adds to that.
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
    """Return what gives the closure of a box type under some dunnage: the same for the same dunnage."""

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
    """Return the most that a parcel of several units may weigh gross, in mg; None is unlimited."""
    return None if profile.several_at_most_kg is None else int(profile.several_at_most_kg * MG_PER_KG)


@lru_cache(maxsize=MOST_KEPT)
def _limited(box: BoxType, most_mg: int) -> BoxType:
    return box.with_max_gross_mg(most_mg)


def lifting_words(profile: LiftingProfile) -> str:
    """Return the limit of a lifting profile in words; empty where there is none."""
    most = most_of_several_mg(profile)
    words = f"kg gross of several units, by {profile.profile_id}"
    return "" if most is None else f"at most {exact(most, MG_PER_KG)} {words}"


def _lowest_um(units: Units, *, whole: bool) -> int:
    """Return a height that no filling with some (or, ``whole``, all) of the units is below, in um."""
    if not len(units):
        return 1
    return int(units.upright_um.max() if whole else units.upright_um.min())


def filled_heights_um(
    units: Units, flat_um: Cuboid, shell: Shell, stop: Stop = NEVER, *, whole: bool
) -> tuple[list[int], bool]:
    """Return the heights to which some or all of the units can fill a mailer, rising, and whether those are all.

    What stands on the floor of a mailer or on other units has its top at a sum of extents, each unit's at most once. So
    the filled height is one of those sums, and a layout that takes all units is found in, or excluded from, finitely
    many cuboids. ``units`` are sorted by kind; ``flat_um`` are the usable flat length and width, and the greatest
    thickness. Where the ``whole`` of the units must go in, the heights are left out at which one is too high however it
    lies, or the cuboid has less volume than the units.
    """
    stand = [
        sorted({*edges[may].tolist()})
        for edges, may in zip(units.edges_um[units.firsts], UPRIGHT[units.masks[units.firsts]], strict=True)
    ]
    thickest = shell.thickest_um(flat_um)
    # Bit ``s`` of the sums is one of so many times what divides all extents.
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
        # Listing them all is beyond the bound: spread over the whole range instead.
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
    """The insides of box types and their limits for the parcels of one order."""

    request: Request
    expansion: Expansion
    wrappings: Wrappings

    def for_several(self, box: BoxType) -> BoxType:
        """See ``ParcelModel.for_several``: by the lifting profile, and in mailers by the rule on rigid goods.

        Only where all units together could pass the limit.
        """
        most = most_of_several_mg(self.request.lifting)
        if box.flexible and self.request.needs_slack:
            most = self._in_mailer_mg if most is None else min(most, self._in_mailer_mg)
        # What no parcel of this type outweighs: all units, and full of dunnage besides.
        if most is None or self._goods_and_cushions_mg + self.request.closures(box).fullest_mg <= most:
            return box
        return _limited(box, most)

    @cached_property
    def _in_mailer_mg(self) -> int:
        return int(self.request.materials.protection_rules["several_in_mailer"].value * MG_PER_KG)

    @cached_property
    def _goods_and_cushions_mg(self) -> int:
        cushions = self.wrappings.wraps_mg.sum() + self.wrappings.pads_mg.sum() if self.wrappings.any else 0
        return self.expansion.placed_mg(self.expansion.everything) + int(cushions)

    def bound(self, box: BoxType, *, several: bool) -> tuple[BoxType, str]:
        """Return a box type with the weight limits that bind, and the rule that sets its gross limit."""
        rule = self.request.mass_rules.get(box.box_type_id, "")
        if not several or (limited := self.for_several(box)) is box:
            return box, rule
        if box.flexible and limited.max_gross_mg == self._in_mailer_mg:
            return (
                limited,
                f"at most {exact(self._in_mailer_mg, MG_PER_KG)} kg gross of several rigid units in a mailer",
            )
        return limited, lifting_words(self.request.lifting)

    def space(self, box: BoxType, units: Units, *, whole: bool, several: bool) -> Space:
        """See ``ParcelModel.space``. Where it is open which units go in, each displaces void fill."""
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
        # The fill of each half-gap counts to its unit, rounded down.
        limit, displaced = space.mass_limit_mg - void_fill_mg(max(empty, 0), share, fill) - ROUNDING_MG * cushioned, 0.0
        if not whole:
            limit, displaced = limit - ROUNDING_MG, float(void_fill_mg(empty, share, fill) / empty)
        return dataclasses.replace(space, mass_limit_mg=limit, displaced_mg_per_um3=displaced)

    def too_loose(self, box: BoxType, units: Units) -> bool:
        """Whether nothing holds several heavy units: the box is mostly empty, or too weak for what would block it.

        Where no blocking is chosen, any may be.
        """
        request, block = self.request, self.request.blocking
        if block is None or not box.has_fill or units.total_mg < self._heavy_mg:
            return False
        empty = box.inner_volume_um3 - units.volume_um3
        if units.volume_um3 < self._least_share * box.inner_volume_um3:
            return True
        limit = self.bound(box, several=True)[0].load_limit_mg(request.closures(box).closing_mg)
        fill, share = request.densest_fill, request.policy.void_fill_share
        return limit is not None and units.packed_mg + blocking_mg(empty, block, empty, fill, share) > limit

    @cached_property
    def _heavy_mg(self) -> int:
        return blocking_limits(self.request.materials).least_mg

    @cached_property
    def _least_share(self) -> Fraction:
        return Fraction(self.request.materials.blocking_rules["least_share"].value)

    @cached_property
    def table(self) -> BoxTable:
        """All box types side by side."""
        policy, closures, fill = self.request.policy, self.request.closures, self.request.densest_fill
        stated, most_mg = policy.fit_clearance_um, most_of_several_mg(self.request.lifting)
        limits = stated, self.request.needs_slack, policy.fill_millionths, most_mg
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
        insides = (box.shell.inside_at(usable, each) for each in heights)
        return Fillings(tuple(dataclasses.replace(enclosing, edges_um=each, encloses=False) for each in insides), every)

    @cached_property
    def monotone(self) -> bool:
        """See ``ParcelModel.monotone``: not where the void fill that takes the place of a unit outweighs it."""
        if self.request.blocking is not None and self.expansion.arrays.total_mg > self._heavy_mg:
            return False  # what is too loose in a box may be held there with more beside it
        fill, share = self.request.densest_fill, self.request.policy.void_fill_share
        if fill is None or all(self.for_several(box).max_load_mg is None for box in self.request.box_types):
            return True
        if fill is not (self.request.cushion_fill if self.wrappings.any else self.request.void_fill):
            return False  # without its fragile units a parcel may be filled more heavily
        units = self.expansion.arrays
        return all(
            void_fill_mg(volume, share, fill) + ROUNDING_MG <= mass
            for volume, mass in zip(units.volumes_um3, units.mass_mg.tolist(), strict=True)
        )


@lru_cache(maxsize=MOST_TABLES)
def _table(
    boxes: tuple[BoxType, ...],
    stated_um: int | None,
    needs_slack: bool,
    fill_millionths: int,
    most_of_several_mg: int | None,
    closures: Callable[[BoxType], Closure],
    share: float,
    fill: Dunnage | None,
) -> BoxTable:
    """Return the table of box types as they are in any order under these rules."""
    spaces, bears = [], []
    for box in boxes:
        slack_um = box.slack_um(stated_um, needed=needs_slack)
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
