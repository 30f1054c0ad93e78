"""Packaging and price of a parcel under each objective: a bound before it is packed, exact figures after that."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from boxwright.domain.box import BoxType, box_component, part_cost_minor
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.lack import MissingFactorError
from boxwright.domain.mailer import POUCH, Cuboid
from boxwright.domain.material import MaterialKind
from boxwright.domain.policy import Objective, UnverifiedFactorRule
from boxwright.footprint import (
    Rates,
    data_of_box,
    data_of_dunnage,
    offered_allocations,
    rates_of,
)
from boxwright.lazy import cached_property
from boxwright.packing.problem import Ints
from boxwright.packing.voids import Flags, beside_one_um3, to_block, voids
from boxwright.planning.parts.cushioned import Wrappings
from boxwright.planning.parts.expansion import Expansion, lowest_shape_um, shapes_of
from boxwright.planning.parts.spaces import MOST_KEPT, Spaces, closed_size, part_of
from boxwright.protection import blocking_mg, held_by_blocking, void_fill_mg
from boxwright.selection.admission import Admission
from boxwright.selection.model import Price
from boxwright.shipping import Billed, least_billed, lower_steps
from boxwright.units import MG_PER_TONNE

if TYPE_CHECKING:
    from boxwright.planning.request import Request

BY_SIZE: dict[Objective, Callable[[BoxType, Cuboid, Cuboid], int]] = {
    Objective.PARCEL_COUNT: lambda box, inner_um, outer_um: 1,
    Objective.INNER_VOLUME: lambda box, inner_um, outer_um: box.counted_um3(math.prod(inner_um)),
    Objective.OUTER_VOLUME: lambda box, inner_um, outer_um: math.prod(outer_um),
}
"""Prices that depend only on a box type and the inner and outer edges of the closed box, as integers."""
BY_MASS = {Objective.PACKAGING_MASS, Objective.CHARGEABLE_WEIGHT, Objective.SHIPPING_COST, Objective.EMISSIONS}
"""Objectives that need the mass of a parcel. The cost of packaging needs it only if dunnage has prices."""


@dataclass(eq=False)
class Pricing:
    """Packaging and prices of the parcels of one order, with one wrap."""

    request: Request
    expansion: Expansion
    wrappings: Wrappings
    spaces: Spaces
    admission: Admission

    def __post_init__(self) -> None:
        request, self.objectives = self.request, self.request.policy.ranking
        nothing = request.void_fill is None and request.cushion_fill is None and request.blocking is None
        self.always_bare = nothing and not self.wrappings.any and not self.expansion.inner_boxes
        dunnage_priced = any(piece.price_per_kg_minor is not None for piece in request.catalog.dunnage)
        self._by_mass = (
            not BY_MASS.isdisjoint(self.objectives)
            or request.policy.carbon_price_per_tonne_minor is not None
            or (Objective.PACKAGING_COST in self.objectives and (dunnage_priced or bool(request.inner_boxes)))
        )
        self._by_size = not self._by_mass and BY_SIZE.keys() >= {*self.objectives}
        self._lower_bounds: dict[str, tuple[BoxType, Price]] = {}
        # The same members are priced in all box types in turn, so the last mass and minimum height are kept.
        self._weighed: tuple[Ints | None, int] = None, 0
        self._lowest: tuple[Ints | None, int] = None, 0

    def settled(self, box: BoxType) -> Price | None:
        """Return the price of a box type if it depends on its size alone; otherwise None."""
        return price_by_size(box, self.objectives) if self._by_size and not box.flexible else None

    def ranked(self, boxes: Sequence[BoxType]) -> tuple[Sequence[tuple[Price, int]], Sequence[int]]:
        """See ``ParcelModel.settled``."""
        return _ranked(tuple(boxes), self.objectives) if self._by_size else ((), range(len(boxes)))

    def lower_bound(self, box: BoxType, members: Ints | None = None) -> Price:
        """See ``ParcelModel.lower_bound``: the price of the closed box with the goods alone, or empty."""
        if (settled := self.settled(box)) is not None:
            return settled
        if members is None:
            known = self._lower_bounds.get(box.box_type_id)
            if known is not None and known[0] is box:
                return known[1]
        bare = self.request.closures(box)
        gross_mg = bare.bare_mg + (self._goods_mg(members) if members is not None and self._by_mass else 0)
        price = self.of_size(box, self._least_size(box, members), bare.parts, gross_mg, least=True)
        if members is None:
            self._lower_bounds[box.box_type_id] = box, price
        return price

    def price(
        self, box: BoxType, members: Ints, extents_um: Cuboid | None, corners_um: Ints | None, *, least: bool
    ) -> Price:
        """See ``ParcelModel.price``."""
        if (settled := self.settled(box)) is not None:
            return settled
        least = least and box.flexible
        if box.flexible and extents_um is None:
            # Every cuboid that a mailer round all of the members can become, if these can be listed.
            shapes = shapes_of(self.expansion, members, self.wrappings.protect(members))
            several, spaces = self.admission.several(members), self.spaces
            fillings = [spaces.fillings(box, shape, whole=True, several=several) for shape in shapes.units]
            insides = [space.edges_um for filling in fillings for space in filling.spaces]
            if insides and shapes.every and all(filling.every for filling in fillings):
                return min(self.price(box, members, inside, corners_um, least=True) for inside in insides)
            size, least = self._least_size(box, members), True
        else:
            soft = box.flexible and self.expansion.soft(members)
            size = closed_size(box, extents_um, soft=soft)
            if soft and least:
                size = self._least_size(box, members)[0], size[1]
        if not self._by_mass:
            return self.of_size(box, size)
        packaging = self.packed_with(box, members, corners_um)
        gross = self._goods_mg(members) + sum(part.mass_mg for part in packaging)
        if corners_um is None and self.request.blocking is not None and box.has_fill and self.held(members)[0]:
            # Blocking replaces fill. It weighs no less, but may cost and emit less.
            packaging = tuple(part for part in packaging if part.component is not Component.VOID_FILL)
            least = True
        return self.of_size(box, size, packaging, gross, least=least)

    def of_size(
        self,
        box: BoxType,
        size: tuple[Cuboid, Cuboid],
        packaging: tuple[PackagingComponent, ...] = (),
        gross_mg: int = 0,
        *,
        least: bool = False,
    ) -> Price:
        """Return the price of a parcel of this inner and outer size; with ``least`` a bound for all larger sizes."""
        request, outer_um, billed = self.request, size[1], None
        if self._by_mass and request.biller is not None:
            billed = request.biller.weigh(outer_um, gross_mg)
            if least:
                billed = least_billed(request.biller, outer_um, gross_mg, size_fixed=not box.flexible)

        def figure(objective: Objective) -> int:
            if objective in BY_SIZE:
                return BY_SIZE[objective](box, *size)
            if objective is Objective.PACKAGING_MASS:
                return sum(part.mass_mg for part in packaging)
            if objective is Objective.CHARGEABLE_WEIGHT:
                return billed.chargeable_mg if billed else 0
            if objective is Objective.EMISSIONS:
                return self._emissions_mg(outer_um, packaging, gross_mg, billed)
            if objective is Objective.SINGLE_USE_PARCELS:  # a unit in its own container has no box
                materials = request.materials.materials
                reusable = {material.material_id for material in materials if material.kind is MaterialKind.REUSABLE}
                return int(box.ours and box.trips == 1 and box.material_id not in reusable)
            # Missing prices count as 0.
            catalog, pricer = request.catalog, request.pricer
            cost = (catalog.price_minor(box) or 0) + sum(part_cost_minor(part, catalog) or 0 for part in packaging)
            cost += self._carbon_minor(outer_um, packaging, gross_mg, billed)
            if objective is Objective.SHIPPING_COST and billed is not None and pricer:
                cost += pricer.least_minor(billed) if least else pricer.price_minor(billed)
            return cost

        return tuple(map(figure, self.objectives))

    def _least_size(self, box: BoxType, members: Ints | None) -> tuple[Cuboid, Cuboid]:
        if not box.flexible:
            return closed_size(box, None)
        known, lowest = self._lowest
        if known is not members or not lowest:
            if members is None:
                units, some = self.expansion.arrays, self.expansion.everything
            else:
                units, some = self.wrappings.protect(members), members
            lowest = lowest_shape_um(self.expansion, some, units, whole=members is not None)
            self._lowest = members, lowest
        inner_um, outer_um = box.shell.least_um(box.inner_um, box.outer_um, lowest)
        volumes, soft = self.expansion.arrays.volumes_um3, self.expansion.arrays.soft
        if box.shell is POUCH and soft is not None:
            # A mailer is as large as the soft goods in it.
            if members is None:
                least = min(volume for volume, gives_way in zip(volumes, soft.tolist(), strict=True) if gives_way)
                inner_um = min(inner_um, (least, 1, 1), key=math.prod)
            elif self.expansion.soft(members):
                inner_um = sum(volumes[member] for member in members.tolist()), 1, 1
        return inner_um, outer_um

    def _goods_mg(self, members: Ints) -> int:
        if self._weighed[0] is not members:
            self._weighed = members, self.expansion.goods_mg(members)
        return self._weighed[1]

    def packed_with(
        self,
        box: BoxType,
        members: Ints,
        corners_um: Ints | None = None,
        volumes_um3: list[int] | None = None,
    ) -> tuple[PackagingComponent, ...]:
        """Return the packaging of a parcel of some units.

        ``corners_um`` are the corners of its envelopes, int64 (n, 6); without them, no blocking is added.
        ``volumes_um3`` are the volumes of the goods of each unit, soft goods as they lie; by default, soft goods are
        pressed.
        """
        request, wrappings, expansion = self.request, self.wrappings, self.expansion
        closure = request.closures(box)
        if self.always_bare or (box.compartments and not wrappings.any):
            return closure.parts  # there is no wrap and no fill
        dunnage, cushions = [], [(wrappings.wrap, wrappings.wraps_mg), (request.pads, wrappings.pads_mg)]
        for wrap, each_mg in [(wrappings.wrap, wrappings.in_packs_mg)] if box.compartments else cushions:
            if wrap is not None and wrappings.any and (mass := int(each_mg[members].sum())):
                dunnage.append(part_of(Component.CUSHIONING, wrap, mass))
        fill, share = wrappings.fill(members), request.policy.void_fill_share
        inner = sorted(expansion.in_boxes(members), key=lambda inner_box: inner_box.box.box_type_id)
        filled, taped = sum(inner_box.fill_mg for inner_box in inner), sum(inner_box.tape_mg for inner_box in inner)
        blocks = 0
        if box.has_fill:
            empty = box.inner_volume_um3 - self._taken_um3(members, volumes_um3)
            beside = 0 if fill is None else void_fill_mg(max(empty, 0), share, fill)
            if corners_um is not None and request.blocking is not None:
                blocked = self.to_block_um3(box, members, corners_um)
                blocks = blocking_mg(blocked, request.blocking, empty, fill, share) if blocked else 0
            if blocks:
                rest = 0 if fill is None else void_fill_mg(max(empty - blocked, 0), share, fill)
                bound, _ = self.spaces.bound(box, several=self.admission.several(members))
                limit = bound.load_limit_mg(closure.closing_mg)
                envelopes_mg = expansion.placed_mg(members) + sum(part.mass_mg for part in dunnage)
                if limit is None or envelopes_mg + rest + blocks <= limit:
                    beside = rest
                else:
                    blocks = 0  # the plan warns of spaces that need blocking and have none
            filled += beside
        if fill is not None and filled:
            dunnage.append(part_of(Component.VOID_FILL, fill, filled))
        if request.blocking is not None and blocks:
            dunnage.append(part_of(Component.BLOCKING, request.blocking, blocks))
        closing = closure.parts[1:]
        if request.tape is not None and taped:
            taped += sum(part.mass_mg for part in closing if part.component is Component.TAPE)
            others = (part for part in closing if part.component is not Component.TAPE)
            closing = (part_of(Component.TAPE, request.tape, taped), *others)
        return (
            closure.parts[0],
            *(box_component(inner_box.box, inner=True) for inner_box in inner),
            *dunnage,
            *closing,
        )

    def _taken_um3(self, members: Ints, volumes_um3: list[int] | None) -> int:
        taken = self.wrappings.taken_um3
        if volumes_um3 is None or self.expansion.arrays.soft is None:
            return sum(taken[member] for member in members.tolist())
        soft = self.expansion.arrays.soft[members].tolist()
        rows = zip(members.tolist(), soft, volumes_um3, strict=True)
        return sum(volume if is_soft else taken[member] for member, is_soft, volume in rows)

    def held(self, members: Ints) -> tuple[list[int], list[int], int]:
        """See ``held_by_blocking``."""
        lines, inner = [self.expansion.units[member][0] for member in members.tolist()], self.expansion.inner_boxes
        boxed_in = [line.line_id in inner for line in lines]
        return held_by_blocking(lines, boxed_in, self.request.materials)

    def to_block_um3(self, box: BoxType, members: Ints, corners_um: Ints) -> int:
        """Return the volume of the spaces that need blocking, in cubic um."""
        held, above, gap_um = self.held(members)
        if not held or not box.has_fill:
            return 0
        if len(corners_um) == 1 and not above:
            return beside_one_um3(corners_um[0].tolist(), box.inner_um, gap_um)
        return _to_block_um3(corners_um.tobytes(), tuple(held), tuple(above), box.inner_um, gap_um)

    def _carbon_minor(
        self, outer_um: Cuboid, packaging: tuple[PackagingComponent, ...], gross_mg: int, billed: Billed | None
    ) -> int:
        """Return the price of a parcel's emissions in minor units, rounded once, half up."""
        price = self.request.policy.carbon_price_per_tonne_minor
        if not price:
            return 0
        twice = 2 * self._emissions_mg(outer_um, packaging, gross_mg, billed) * price
        return (twice + MG_PER_TONNE) // (2 * MG_PER_TONNE)

    def _emissions_mg(
        self, outer_um: Cuboid, packaging: tuple[PackagingComponent, ...], gross_mg: int, billed: Billed | None
    ) -> int:
        """Return emissions by the policy's basis, in mg CO2e.

        MissingFactorError if a line has no factor and the policy does not accept incomplete totals.
        """
        request = self.request
        bare = None if billed is None or request.biller is None else request.biller.bare(billed)
        upper = request.policy.unverified_factor_rule is UnverifiedFactorRule.UPPER_END
        grams_mg, complete = self._basis_rates.total(packaging, gross_mg, bare, math.prod(outer_um), upper=upper)
        if not complete and not request.policy.accept_incomplete_footprint:
            footprint = self._basis_rates.estimate(packaging, gross_mg, bare, math.prod(outer_um))
            raise MissingFactorError(footprint.profile_id, footprint.lacks)
        return grams_mg

    @cached_property
    def _basis_rates(self) -> Rates:
        request = self.request
        return rates_of(request.lane, request.basis_profile, request.basis_allocation, request.materials)

    def accounts(
        self, box: BoxType, members: Ints, outer_um: Cuboid, packaging: tuple[PackagingComponent, ...], gross_mg: int
    ) -> dict[str, Any]:
        """Return bill, price of carriage, price of carbon and footprints of a parcel, by the field names of ``Parcel``.

        On request, the bill names the nearest steps to a lower one. Footprints are sorted by profile, then allocation;
        they count sales packaging, whose mass is part of the goods.
        """
        request, biller, pricer = self.request, self.request.biller, self.request.pricer
        bill = chargeable = price = billed = carbon = None
        if biller is not None:
            bill = chargeable = biller.bill(outer_um, gross_mg)
            billed = biller.weigh(outer_um, gross_mg)
            price = None if pricer is None else pricer.price(billed)
            if request.lower_steps:
                by_price = () if pricer is None else (pricer.price_minor, pricer.falls_mg)
                chargeable = dataclasses.replace(bill, lower_steps=lower_steps(biller, outer_um, gross_mg, *by_price))
        if request.policy.carbon_price_per_tonne_minor is not None:
            carbon = self._carbon_minor(outer_um, packaging, gross_mg, billed)
        # Sales packaging is the same in every plan.
        masses: Counter[str] = Counter()
        for inside in (self.expansion.units[member][0].sales_packaging for member in members.tolist()):
            for material in () if inside is None else inside.materials:
                masses[material.material_id] += material.mass_mg
        sold = (PackagingComponent(Component.SALES_PACKAGING, name, masses[name]) for name in sorted(masses))
        dunnage = {piece.dunnage_id: piece for piece in request.dunnage}
        data = tuple(
            data_of_box(box, request.materials)
            if part.component is Component.BOX
            else data_of_box(request.catalog.box_type(part.dunnage_id), request.materials)
            if part.component is Component.INNER_BOX
            else data_of_dunnage(dunnage[part.dunnage_id], request.materials)
            for part in packaging
        )
        counted, volume = (*packaging, *sold), math.prod(outer_um)
        return {
            "chargeable": chargeable,
            "carriage_price": price,
            "carbon_cost_minor": carbon,
            "footprints": tuple(rates.estimate(counted, gross_mg, bill, volume, data) for rates in self._rates),
        }

    @cached_property
    def _rates(self) -> tuple[Rates, ...]:
        request = self.request
        return tuple(
            rates_of(request.lane, profile, allocation, request.materials)
            for profile in request.profiles
            for allocation in offered_allocations(request.lane)
        )


@lru_cache(maxsize=64)
def _ranked(
    boxes: tuple[BoxType, ...], objectives: tuple[Objective, ...]
) -> tuple[Sequence[tuple[Price, int]], Sequence[int]]:
    rigid = [(price_by_size(box, objectives), rank) for rank, box in enumerate(boxes) if not box.flexible]
    return sorted(rigid), [rank for rank, box in enumerate(boxes) if box.flexible]


@lru_cache(maxsize=MOST_KEPT)
def price_by_size(box: BoxType, objectives: tuple[Objective, ...]) -> Price:
    """Return the price of a rigid box under objectives that are all among ``BY_SIZE``."""
    size = closed_size(box, None)
    return tuple(BY_SIZE[objective](box, *size) for objective in objectives)


@lru_cache(maxsize=16)
def _to_block_um3(
    corners_um: bytes, held: tuple[int, ...], above: tuple[int, ...], inner_um: Cuboid, gap_um: int
) -> int:
    """See ``Pricing.to_block_um3``; cached, since a large order has many equal parcels."""
    corners = np.frombuffer(corners_um, dtype=np.int64).reshape(-1, 6)
    spaces = voids(corners, inner_um)
    chosen = spaces[blocked(spaces, corners, (held, above, gap_um))]
    return sum((x2 - x) * (y2 - y) * (z2 - z) for x, y, z, x2, y2, z2 in chosen.tolist())


def blocked(spaces_um: Ints, corners_um: Ints, held: tuple[Sequence[int], Sequence[int], int]) -> Flags:
    """Return which spaces need blocking, bool (m,): those beside held units, and those above or below dense ones.

    ``held`` is as ``held_by_blocking`` returns it.
    """
    beside, above, gap_um = held
    turned = [2, 1, 0, 5, 4, 3]
    found = to_block(spaces_um, corners_um[list(beside)], gap_um)
    return found | to_block(spaces_um[:, turned], corners_um[list(above)][:, turned], gap_um)
