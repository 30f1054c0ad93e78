"""What a parcel costs under each objective, at least before it is packed and exactly after; its bill and its grams."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from boxwright.domain.box import BoxType
from boxwright.domain.box_component import part_cost_minor
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Footprint, PackagingComponent
from boxwright.domain.lack import MissingFactorError
from boxwright.domain.mailer import Cuboid
from boxwright.domain.material import MaterialKind
from boxwright.domain.plan import Parcel
from boxwright.domain.policy import Objective, UnverifiedFactorRule
from boxwright.footprint import (
    Rates,
    data_of_box,
    data_of_dunnage,
    offered_allocations,
    rates_of,
    total,
)
from boxwright.lazy import cached_property
from boxwright.packing.problem import Ints
from boxwright.planning.parts.expansion import lowest_shape_um, shapes_of
from boxwright.planning.parts.packaging import Packaging
from boxwright.planning.parts.spaces import MOST_KEPT, closed_size
from boxwright.selection.model import Price
from boxwright.shipping import Billed, least_billed, lower_steps
from boxwright.stop import Stop
from boxwright.units import MG_PER_TONNE

if TYPE_CHECKING:
    from boxwright.planning.request import Request

BY_SIZE: dict[Objective, Callable[[Cuboid, Cuboid], int]] = {
    Objective.PARCEL_COUNT: lambda inner_um, outer_um: 1,
    Objective.INNER_VOLUME: lambda inner_um, outer_um: math.prod(inner_um),
    Objective.OUTER_VOLUME: lambda inner_um, outer_um: math.prod(outer_um),
}
"""Prices that the inner and outer edges of a closed box settle, as integers."""
BY_MASS = {Objective.PACKAGING_MASS, Objective.CHARGEABLE_WEIGHT, Objective.SHIPPING_COST, Objective.EMISSIONS}
"""Those for which a parcel must be weighed; of the cost of packaging it is where something asks for it."""


@dataclass(eq=False)
class Pricing:
    """The prices of the parcels of one order, with one wrap."""

    request: Request
    packaging: Packaging

    def __post_init__(self) -> None:
        request, self.objectives = self.request, self.request.policy.ranking
        self._expansion, self._wrappings = self.packaging.expansion, self.packaging.wrappings
        dunnage_priced = any(each.price_per_kg_minor is not None for each in request.catalog.dunnage)
        self._by_mass = (
            not BY_MASS.isdisjoint(self.objectives)
            or request.policy.carbon_price_per_tonne_minor is not None
            or (Objective.PACKAGING_COST in self.objectives and (dunnage_priced or bool(request.inner_boxes)))
        )
        self._by_size = not self._by_mass and BY_SIZE.keys() >= {*self.objectives}
        self._lower_bounds: dict[str, tuple[BoxType, Price]] = {}
        # Every box type is asked about the same members in turn: of the last ones, mass and least height.
        self._weighed: tuple[Ints | None, int] = None, 0
        self._lowest: tuple[Ints | None, int] = None, 0

    def settled(self, box: BoxType) -> Price | None:
        """Return the price of a box type where its size settles it, whatever is in it, else None."""
        return price_by_size(box, self.objectives) if self._by_size and not box.flexible else None

    def ranked(self, boxes: Sequence[BoxType]) -> tuple[Sequence[tuple[Price, int]], Sequence[int]]:
        """See ``ParcelModel.settled``."""
        return _ranked(tuple(boxes), self.objectives) if self._by_size else ((), range(len(boxes)))

    def lower_bound(self, box: BoxType, members: Ints | None = None) -> Price:
        """See ``ParcelModel.lower_bound``: the box with the goods alone, or nothing, in it and nothing beside it."""
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
            # Every cuboid that a mailer can become round all of them, where those can be listed.
            shapes = shapes_of(self._expansion, members, self._wrappings.protect(members))
            several, spaces = self.packaging.admission.several(members), self.packaging.spaces
            fillings = [spaces.fillings(box, shape, whole=True, several=several) for shape in shapes.units]
            insides = [space.edges_um for filling in fillings for space in filling.spaces]
            if insides and shapes.every and all(filling.every for filling in fillings):
                return min(self.price(box, members, inside, corners_um, least=True) for inside in insides)
            size, least = self._least_size(box, members), True
        else:
            size = closed_size(box, extents_um)
        if not self._by_mass:
            return self.of_size(box, size)
        packaging = self.packaging.of(box, members, corners_um)
        gross = self._goods_mg(members) + sum(part.mass_mg for part in packaging)
        if corners_um is None and self.request.blocking is not None and self.packaging.may_block(box, members):
            # Blocking takes the place of fill, may cost and emit less than it, and weighs no less.
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
        """Return the price of a parcel of these inner and outer edges.

        With ``least`` it is one that none so large and heavy or more so undercuts.
        """
        billed, biller = None, self.request.biller
        if self._by_mass and biller is not None:
            billed = (
                least_billed(biller, size[1], gross_mg, size_fixed=not box.flexible)
                if least
                else biller.weigh(size[1], gross_mg)
            )
        parcel = box, size[1], packaging, gross_mg, billed
        return tuple(
            BY_SIZE[each](*size) if each in BY_SIZE else self._figure(each, *parcel, least=least)
            for each in self.objectives
        )

    def _figure(
        self,
        objective: Objective,
        box: BoxType,
        outer_um: Cuboid,
        packaging: tuple[PackagingComponent, ...],
        gross_mg: int,
        billed: Billed | None,
        *,
        least: bool,
    ) -> int:
        """Return the price of a parcel under an objective that its size does not settle."""
        if objective is Objective.PACKAGING_MASS:
            return sum(part.mass_mg for part in packaging)
        if objective is Objective.CHARGEABLE_WEIGHT:
            return billed.chargeable_mg if billed else 0
        if objective is Objective.EMISSIONS:
            return self._emissions_mg(outer_um, packaging, gross_mg, billed)
        if objective is Objective.SINGLE_USE_PARCELS:  # a unit in its own container has no box
            materials = self.request.materials.materials
            reusable = {each.material_id for each in materials if each.kind is MaterialKind.REUSABLE}
            return int(box.ours and box.trips == 1 and box.material_id not in reusable)
        catalog, pricer = self.request.catalog, self.request.pricer
        # Prices as far as known.
        cost = (catalog.price_minor(box) or 0) + sum(part_cost_minor(part, catalog) or 0 for part in packaging)
        cost += self._carbon_minor(outer_um, packaging, gross_mg, billed)
        if objective is Objective.SHIPPING_COST and billed is not None and pricer:
            cost += pricer.least_minor(billed) if least else pricer.price_minor(billed)
        return cost

    def _least_size(self, box: BoxType, members: Ints | None) -> tuple[Cuboid, Cuboid]:
        if not box.flexible:
            return closed_size(box, None)
        known, lowest = self._lowest
        if known is not members or not lowest:
            if members is None:
                units, some = self._expansion.arrays, self._expansion.everything
            else:
                units, some = self._wrappings.protect(members), members
            lowest = lowest_shape_um(self._expansion, some, units, whole=members is not None)
            self._lowest = members, lowest
        return box.shell.least_um(box.inner_um, box.outer_um, lowest)

    def _goods_mg(self, members: Ints) -> int:
        if self._weighed[0] is not members:
            self._weighed = members, self._expansion.goods_mg(members)
        return self._weighed[1]

    def _carbon_minor(
        self, outer_um: Cuboid, packaging: tuple[PackagingComponent, ...], gross_mg: int, billed: Billed | None
    ) -> int:
        """Price of a parcel's grams by the policy's price of a tonne, in minor units: rounded once, halves up."""
        price = self.request.policy.carbon_price_per_tonne_minor
        if not price:
            return 0
        twice = 2 * self._emissions_mg(outer_um, packaging, gross_mg, billed) * price
        return (twice + MG_PER_TONNE) // (2 * MG_PER_TONNE)

    def _emissions_mg(
        self, outer_um: Cuboid, packaging: tuple[PackagingComponent, ...], gross_mg: int, billed: Billed | None
    ) -> int:
        """Grams by the policy's basis, unverified factors as its rule says; in mg CO2e.

        Raises
        ------
        MissingFactorError
            If a line has no factor and the policy does not accept incomplete totals.
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
        """Return bill, price of carriage, price of carbon and footprints of a parcel, as ``Parcel`` names them.

        The bill names the nearest steps to a lower one where the request asks for that. Footprints stand profile by
        profile and allocation by allocation; they count sales packaging, whose mass is part of the goods'.
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
        for inside in (self._expansion.units[member][0].sales_packaging for member in members.tolist()):
            for material in () if inside is None else inside.materials:
                masses[material.material_id] += material.mass_mg
        sold = (PackagingComponent(Component.SALES_PACKAGING, name, masses[name]) for name in sorted(masses))
        dunnage = {each.dunnage_id: each for each in request.dunnage}
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
            "footprints": tuple(each.estimate(counted, gross_mg, bill, volume, data) for each in self._rates),
        }

    @cached_property
    def _rates(self) -> tuple[Rates, ...]:
        request = self.request
        return tuple(
            rates_of(request.lane, profile, allocation, request.materials)
            for profile in request.profiles
            for allocation in offered_allocations(request.lane)
        )


def plan_footprints(parcels: Sequence[Parcel], stop: Stop) -> tuple[Footprint, ...]:
    """Return the sums of the parcels' footprints, profile by profile and allocation by allocation."""
    return tuple(total(each, stop) for each in zip(*(parcel.footprints for parcel in parcels), strict=True))


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
    return tuple(BY_SIZE[each](*size) for each in objectives)
