"""What a parcel costs under each objective: one row an objective, in the table of what its price needs to know."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from boxwright.domain.box_component import part_cost_minor
from boxwright.domain.material import MaterialKind
from boxwright.domain.policy import Objective
from boxwright.lazy import cached_property
from boxwright.planning.parts.box_facts import MOST_KEPT
from boxwright.planning.parts.closed import ClosedSize, closed_size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from boxwright.domain.box import BoxType
    from boxwright.domain.footprint import PackagingComponent
    from boxwright.planning.parts.accounts import Accounts
    from boxwright.planning.request import Request
    from boxwright.selection.model import Price
    from boxwright.shipping import Billed


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed parcel, or bounds on one.

    Attributes
    ----------
    box, size : BoxType, ClosedSize
        Its box type, and how large it is.
    packaging : tuple of PackagingComponent
        All that it is packed with; empty where no objective asks for masses.
    gross_mg : int
        What it weighs.
    billed : Billed or None
        What the carrier bills, where an objective asks for it.
    least : bool
        Whether its price is to be one that no parcel so large and heavy or more so undercuts.
    """

    box: BoxType
    size: ClosedSize
    packaging: tuple[PackagingComponent, ...]
    gross_mg: int
    billed: Billed | None
    least: bool


class Pricing:
    """The prices of closed parcels of one order.

    Parameters
    ----------
    request : Request
        Holds the policy, with the objectives, and the catalog, with prices.
    accounts : Accounts
        Grams and bills.
    """

    def __init__(self, request: Request, accounts: Accounts) -> None:
        self._request = request
        self._accounts = accounts
        policy = request.policy
        self.objectives = policy.ranking
        dunnage_priced = any(each.price_per_kg_minor is not None for each in request.catalog.dunnage)
        self.by_mass = (
            not BY_MASS.keys().isdisjoint(policy.objectives)
            or policy.carbon_price_per_tonne_minor is not None
            or (Objective.PACKAGING_COST in policy.objectives and (dunnage_priced or bool(request.inner_boxes)))
        )
        self.by_size = BY_SIZE.keys() >= {*self.objectives} and not self.by_mass

    def settled(self, box: BoxType) -> Price | None:
        """Return the price of a box type where its size settles it, whatever is in it, else None."""
        return price_by_size(box, self.objectives) if self.by_size and not box.flexible else None

    def ranked(self, boxes: tuple[BoxType, ...]) -> tuple[Sequence[tuple[Price, int]], Sequence[int]]:
        """See ``ParcelModel.settled``."""
        return _ranked(boxes, self.objectives) if self.by_size else ((), range(len(boxes)))

    def price(
        self,
        box: BoxType,
        size: ClosedSize,
        packaging: tuple[PackagingComponent, ...] = (),
        gross_mg: int = 0,
        *,
        least: bool = False,
    ) -> Price:
        """Return the price of a parcel; with ``least`` one that none so large and heavy or more so undercuts."""
        billed = None
        if self.by_mass:
            billed = self._accounts.billed(size.outer_um, gross_mg, least=least, size_fixed=not box.flexible)
        parcel = Closed(box, size, packaging, gross_mg, billed, least)
        return tuple(
            BY_SIZE[each](size) if each in BY_SIZE else OF_CLOSED[each](self, parcel) for each in self.objectives
        )

    def packaging_mass(self, parcel: Closed) -> int:
        """Mass of all packaging, in mg."""
        return sum(part.mass_mg for part in parcel.packaging)

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
        carbon = self._accounts.priced_carbon_minor(
            parcel.size.outer_um, parcel.packaging, parcel.gross_mg, parcel.billed
        )
        return (catalog.price_minor(parcel.box) or 0) + dunnage + carbon

    def shipping_cost(self, parcel: Closed) -> int:
        """What packaging and carriage cost, in minor units."""
        return self.packaging_cost(parcel) + self._accounts.carriage_minor(parcel.billed, least=parcel.least)

    def emissions(self, parcel: Closed) -> int:
        """Grams by the policy's basis, in mg CO2e."""
        return self._accounts.emissions_mg(parcel.size.outer_um, parcel.packaging, parcel.gross_mg, parcel.billed)


BY_SIZE: dict[Objective, Callable[[ClosedSize], int]] = {
    Objective.PARCEL_COUNT: lambda size: 1,
    Objective.INNER_VOLUME: lambda size: size.inner_volume_um3,
    Objective.OUTER_VOLUME: lambda size: math.prod(size.outer_um),
}
"""Prices that the size of a closed box settles, as integers."""
BY_MASS: dict[Objective, Callable[[Pricing, Closed], int]] = {
    Objective.PACKAGING_MASS: Pricing.packaging_mass,
    Objective.CHARGEABLE_WEIGHT: lambda _, parcel: parcel.billed.chargeable_mg if parcel.billed else 0,
    Objective.SHIPPING_COST: Pricing.shipping_cost,
    Objective.EMISSIONS: Pricing.emissions,
}
"""Prices for which a parcel must be weighed."""
OF_CLOSED = BY_MASS | {
    Objective.SINGLE_USE_PARCELS: Pricing.single_use,
    Objective.PACKAGING_COST: Pricing.packaging_cost,
}
"""All other prices, those by mass and those for which a parcel is weighed only where something asks for it."""


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
    return tuple(BY_SIZE[each](size) for each in objectives)
