"""What a parcel emits and what the carrier bills for it, by the request's profiles, lane and price table."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from boxwright.domain.box import BoxType
from boxwright.domain.emissions_basis import UnverifiedFactorRule
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Footprint, PackagingComponent
from boxwright.domain.lack import MissingFactorError
from boxwright.domain.mailer import Cuboid
from boxwright.domain.plan import Parcel
from boxwright.footprint import (
    PartData,
    Rates,
    data_of_box,
    data_of_dunnage,
    estimate,
    offered_allocations,
    rates_of,
    total,
)
from boxwright.lazy import cached_property
from boxwright.packing.problem import Ints
from boxwright.planning.parts.expansion import Expansion
from boxwright.shipping import Billed, least_billed, lower_steps
from boxwright.stop import Stop
from boxwright.units import MG_PER_TONNE

if TYPE_CHECKING:
    from boxwright.planning.request import Request


class Accounts:
    """Grams and bills of the parcels of one order.

    Parameters
    ----------
    request : Request
        Holds profiles, lane, biller, price table and materials.
    expansion : Expansion
        The units.
    """

    def __init__(self, request: Request, expansion: Expansion) -> None:
        self._request = request
        self._expansion = expansion

    def billed(self, outer_um: Cuboid, gross_mg: int, *, least: bool = False, size_fixed: bool = True) -> Billed | None:
        """Return what the carrier bills, bare of words; with ``least`` at least. None without a carrier service."""
        biller = self._request.biller
        if biller is None:
            return None
        if least:
            return least_billed(biller, outer_um, gross_mg, size_fixed=size_fixed)
        return biller.weigh(outer_um, gross_mg)

    def carbon_minor(
        self, outer_um: Cuboid, packaging: tuple[PackagingComponent, ...], gross_mg: int, billed: Billed | None
    ) -> int:
        """Price of a parcel's grams by the policy's price of a tonne, in minor units: rounded once, halves up."""
        price = self._request.policy.carbon_price_per_tonne_minor
        if not price:
            return 0
        twice = 2 * self.emissions_mg(outer_um, packaging, gross_mg, billed) * price
        return (twice + MG_PER_TONNE) // (2 * MG_PER_TONNE)

    def emissions_mg(
        self, outer_um: Cuboid, packaging: tuple[PackagingComponent, ...], gross_mg: int, billed: Billed | None
    ) -> int:
        """Grams by the policy's basis, unverified factors as its rule says; in mg CO2e.

        Raises
        ------
        MissingFactorError
            If a line has no factor and the policy does not accept incomplete totals.
        """
        request = self._request
        bare = None if billed is None or request.biller is None else request.biller.bare(billed)
        upper = request.policy.unverified_factor_rule is UnverifiedFactorRule.UPPER_END
        grams_mg, complete = self._basis_rates.total(packaging, gross_mg, bare, math.prod(outer_um), upper=upper)
        if not complete and not request.policy.accept_incomplete_footprint:
            basis = request.basis_profile, request.basis_allocation, request.materials
            footprint = estimate(packaging, gross_mg, bare, request.lane, *basis, math.prod(outer_um))
            raise MissingFactorError(footprint.profile_id, footprint.lacks)
        return grams_mg

    @cached_property
    def _basis_rates(self) -> Rates:
        request = self._request
        return rates_of(request.lane, request.basis_profile, request.basis_allocation, request.materials)

    def of_parcel(
        self, box: BoxType, members: Ints, outer_um: Cuboid, packaging: tuple[PackagingComponent, ...], gross_mg: int
    ) -> dict[str, Any]:
        """Return bill, price of carriage, price of carbon and footprints of a parcel, as ``Parcel`` names them.

        The bill names the nearest steps to a lower one where the request asks for that. Footprints stand profile by
        profile and allocation by allocation; they count sales packaging, whose mass is part of the goods'.
        """
        request, biller, pricer = self._request, self._request.biller, self._request.pricer
        bill = price = None
        if biller is not None:
            bill = biller.bill(outer_um, gross_mg)
            price = None if pricer is None else pricer.price(biller.weigh(outer_um, gross_mg))
        chargeable = bill
        if biller is not None and bill is not None and request.lower_steps:
            by_price = () if pricer is None else (pricer.price_minor, pricer.falls_mg)
            chargeable = dataclasses.replace(bill, lower_steps=lower_steps(biller, outer_um, gross_mg, *by_price))
        carbon = None
        if request.policy.carbon_price_per_tonne_minor is not None:
            carbon = self.carbon_minor(outer_um, packaging, gross_mg, self.billed(outer_um, gross_mg))
        counted = (*packaging, *self._sales_packaging(members))
        data, volume = self._mass_data(box, packaging), math.prod(outer_um)
        return {
            "chargeable": chargeable,
            "shipping_price": price,
            "carbon_cost_minor": carbon,
            "footprints": tuple(each.estimate(counted, gross_mg, bill, volume, data) for each in self._rates),
        }

    @cached_property
    def _rates(self) -> tuple[Rates, ...]:
        request = self._request
        return tuple(
            rates_of(request.lane, profile, allocation, request.materials)
            for profile in request.profiles
            for allocation in offered_allocations(request.lane)
        )

    def _sales_packaging(self, members: Ints) -> tuple[PackagingComponent, ...]:
        """Return what the sales packaging of some units is made of, where lines say so: in every plan the same."""
        masses: dict[str, int] = {}
        for member in members.tolist():
            inside = self._expansion.units[member][0].sales_packaging
            for each in () if inside is None else inside.materials:
                masses[each.material_id] = masses.get(each.material_id, 0) + each.mass_mg
        return tuple(PackagingComponent(Component.SALES_PACKAGING, name, masses[name]) for name in sorted(masses))

    def _mass_data(self, box: BoxType, packaging: Sequence[PackagingComponent]) -> tuple[PartData, ...]:
        """Return what the mass of each part of a parcel's packaging stands on."""
        request = self._request
        dunnage = {each.dunnage_id: each for each in request.dunnage}
        return tuple(
            data_of_box(box, request.materials)
            if part.component is Component.BOX
            else data_of_box(request.catalog.box_type(part.dunnage_id), request.materials)
            if part.component is Component.INNER_BOX
            else data_of_dunnage(dunnage[part.dunnage_id], request.materials)
            for part in packaging
        )


def plan_footprints(parcels: Sequence[Parcel], stop: Stop) -> tuple[Footprint, ...]:
    """Return the sums of the parcels' footprints, profile by profile and allocation by allocation."""
    if not parcels:
        return ()
    return tuple(total(each, stop) for each in zip(*(parcel.footprints for parcel in parcels), strict=True))
