"""What a parcel costs under each objective: at least, before it is packed, and exactly, once its layout is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from boxwright.domain.box import BoxType
from boxwright.domain.box_component import part_cost_minor
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.mailer import Cuboid
from boxwright.domain.material import MaterialKind
from boxwright.domain.policy import Objective
from boxwright.lazy import cached_property
from boxwright.packing.problem import Ints
from boxwright.planning.parts.accounts import Accounts
from boxwright.planning.parts.box_facts import MOST_KEPT, closed_size
from boxwright.planning.parts.cushioned import Wrappings
from boxwright.planning.parts.expansion import Expansion
from boxwright.planning.parts.packaging import Packaging
from boxwright.planning.parts.shapes import lowest_shape_um, shapes_of
from boxwright.planning.parts.spaces import Spaces
from boxwright.selection.admission import Admission
from boxwright.selection.model import Price
from boxwright.shipping import Billed

if TYPE_CHECKING:
    from boxwright.planning.request import Request


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed parcel, or bounds on one.

    Attributes
    ----------
    box, inner_um, outer_um : BoxType, tuple of int, tuple of int
        Its box type, and its edges.
    packaging, gross_mg : tuple of PackagingComponent, int
        All that it is packed with, and what it weighs; nothing where no objective asks for masses.
    billed : Billed or None
        What the carrier bills, where an objective asks for it.
    least : bool
        Whether its price is to be one that no parcel so large and heavy or more so undercuts.
    """

    box: BoxType
    inner_um: Cuboid
    outer_um: Cuboid
    packaging: tuple[PackagingComponent, ...]
    gross_mg: int
    billed: Billed | None
    least: bool


class Pricing:
    """The prices of the parcels of one order, with one wrap.

    Parameters
    ----------
    request : Request
        Holds the policy, with the objectives, and the catalog, with prices.
    expansion, wrappings, spaces, packaging, accounts : Expansion, Wrappings, Spaces, Packaging, Accounts
        Its units, what protects them, what boxes offer and are packed with; grams and bills.
    admission : Admission
        Whose weight limits bind.
    """

    def __init__(
        self,
        request: Request,
        expansion: Expansion,
        wrappings: Wrappings,
        spaces: Spaces,
        packaging: Packaging,
        accounts: Accounts,
        admission: Admission,
    ) -> None:
        self._request, self._expansion, self._wrappings = request, expansion, wrappings
        self._spaces, self._packaging, self._accounts = spaces, packaging, accounts
        self._admission = admission
        self.objectives = request.policy.ranking
        dunnage_priced = any(each.price_per_kg_minor is not None for each in request.catalog.dunnage)
        self._by_mass = (
            not BY_MASS.isdisjoint(request.policy.objectives)
            or request.policy.carbon_price_per_tonne_minor is not None
            or (Objective.PACKAGING_COST in request.policy.objectives and (dunnage_priced or bool(request.inner_boxes)))
        )
        self._by_size = BY_SIZE.keys() >= {*self.objectives} and not self._by_mass
        self._lower_bounds: dict[str, tuple[BoxType, Price]] = {}
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
        bare = self._packaging.closures(box)
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
            spaces = self._every_inside(box, members)
            if spaces:
                return min(self.price(box, members, inside, corners_um, least=True) for inside in spaces)
            size, least = self._least_size(box, members), True
        else:
            size = closed_size(box, extents_um)
        if not self._by_mass:
            return self.of_size(box, size)
        packaging = self._packaging.of(box, members, corners_um)
        gross = self._goods_mg(members) + sum(part.mass_mg for part in packaging)
        if corners_um is None and self._packaging.may_block(box, members):
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
        billed = None
        if self._by_mass:
            billed = self._accounts.billed(size[1], gross_mg, least=least, size_fixed=not box.flexible)
        parcel = Closed(box, *size, packaging, gross_mg, billed, least)
        return tuple(
            BY_SIZE[each](*size) if each in BY_SIZE else OF_CLOSED[each](self, parcel) for each in self.objectives
        )

    def _least_size(self, box: BoxType, members: Ints | None) -> tuple[Cuboid, Cuboid]:
        if not box.flexible:
            return closed_size(box, None)
        known, lowest = self._lowest
        if known is not members or not lowest:  # every box type is asked about the same ones in turn
            if members is None:
                units, some = self._expansion.arrays, self._expansion.everything
            else:
                units, some = self._wrappings.protect(members), members
            lowest = lowest_shape_um(self._expansion, some, units, whole=members is not None)
            self._lowest = members, lowest
        return box.shell.least_um(box.inner_um, box.outer_um, lowest)

    def _goods_mg(self, members: Ints) -> int:
        known, mass_mg = self._weighed
        if known is not members:  # as for the lowest
            mass_mg = self._expansion.goods_mg(members)
            self._weighed = members, mass_mg
        return mass_mg

    def _every_inside(self, box: BoxType, members: Ints) -> list[Cuboid]:
        """Return every cuboid that a mailer can become round all of some units; none where they cannot be listed."""
        shapes = shapes_of(self._expansion, members, self._wrappings.protect(members))
        several = self._admission.several(members)
        fillings = [self._spaces.fillings(box, shape, whole=True, several=several) for shape in shapes.units]
        every = shapes.every and all(each.every for each in fillings)
        return [space.edges_um for each in fillings for space in each.spaces] if every else []

    def single_use(self, parcel: Closed) -> int:
        """1 for a box made for one use, else 0; a unit in its own container has no box."""
        box = parcel.box
        return int(box.ours and box.trips == 1 and box.material_id not in self._reusable)

    @cached_property
    def _reusable(self) -> set[str]:
        materials = self._request.materials.materials
        return {each.material_id for each in materials if each.kind is MaterialKind.REUSABLE}

    def packaging_cost(self, parcel: Closed) -> int:
        """Prices of box and dunnage as far as known, and the price of its grams, in minor units."""
        catalog = self._request.catalog
        dunnage = sum(part_cost_minor(part, catalog) or 0 for part in parcel.packaging)
        figures = parcel.outer_um, parcel.packaging, parcel.gross_mg, parcel.billed
        return (catalog.price_minor(parcel.box) or 0) + dunnage + self._accounts.carbon_minor(*figures)

    def shipping_cost(self, parcel: Closed) -> int:
        """What packaging and carriage cost, in minor units; carriage nothing without a price table."""
        pricer, carriage = self._request.pricer, 0
        if parcel.billed is not None and pricer:
            carriage = pricer.least_minor(parcel.billed) if parcel.least else pricer.price_minor(parcel.billed)
        return self.packaging_cost(parcel) + carriage

    def emissions(self, parcel: Closed) -> int:
        """Grams by the policy's basis, in mg CO2e."""
        return self._accounts.emissions_mg(parcel.outer_um, parcel.packaging, parcel.gross_mg, parcel.billed)


BY_SIZE: dict[Objective, Callable[[Cuboid, Cuboid], int]] = {
    Objective.PARCEL_COUNT: lambda inner_um, outer_um: 1,
    Objective.INNER_VOLUME: lambda inner_um, outer_um: math.prod(inner_um),
    Objective.OUTER_VOLUME: lambda inner_um, outer_um: math.prod(outer_um),
}
"""Prices that the inner and outer edges of a closed box settle, as integers."""
OF_CLOSED: dict[Objective, Callable[[Pricing, Closed], int]] = {
    Objective.PACKAGING_MASS: lambda _, parcel: sum(part.mass_mg for part in parcel.packaging),
    Objective.CHARGEABLE_WEIGHT: lambda _, parcel: parcel.billed.chargeable_mg if parcel.billed else 0,
    Objective.SHIPPING_COST: Pricing.shipping_cost,
    Objective.EMISSIONS: Pricing.emissions,
    Objective.SINGLE_USE_PARCELS: Pricing.single_use,
    Objective.PACKAGING_COST: Pricing.packaging_cost,
}
"""All other prices."""
BY_MASS = OF_CLOSED.keys() - {Objective.SINGLE_USE_PARCELS, Objective.PACKAGING_COST}
"""Those for which a parcel must be weighed; of the cost of packaging it is where something asks for it."""


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
