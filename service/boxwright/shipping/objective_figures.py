"""Figures of plans by objective, as integers."""

import math
from collections.abc import Iterable, Sequence

from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.domain.box import Catalog, part_cost_minor
from boxwright.domain.comparison import FootprintDifference
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Footprint
from boxwright.domain.material import MaterialKind
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Parcel, Plan
from boxwright.domain.policy import COSTS, EmissionsBasis, Objective


def objective_figure(
    plan: Plan,
    catalog: Catalog,
    objective: Objective,
    basis: EmissionsBasis | None = None,
    *,
    materials: Materials | None = None,
) -> int | None:
    """Return a plan's figure by an objective; None if unknown.

    It is an integer of parcels, um3, mg, minor units or mg CO2e. Emissions are those of ``basis``, by default those of
    the plan's first profile by mass. ``materials``, by default the shipped data, say which materials are reusable.
    """
    if objective is Objective.PARCEL_COUNT:
        return len(plan.parcels)
    if objective is Objective.INNER_VOLUME:
        return sum(box_of(parcel, catalog).counted_um3(parcel.inner_volume_um3) for parcel in plan.parcels)
    if objective is Objective.OUTER_VOLUME:
        return sum(math.prod(parcel.outer_um) for parcel in plan.parcels)
    if objective is Objective.PACKAGING_MASS:
        return sum(parcel.tare_mg for parcel in plan.parcels)
    if objective in COSTS:
        parts = [packaging_cost_minor(plan, catalog), carbon_cost_minor(plan) or 0]
        return _total(parts + [shipping_minor(plan)] * (objective is Objective.SHIPPING_COST))
    if objective is Objective.SINGLE_USE_PARCELS:
        known = (materials or load_materials()).materials
        reusable = {material.material_id for material in known if material.kind is MaterialKind.REUSABLE}
        return sum(
            any(
                part.component is Component.BOX and part.trips == 1 and part.material_id not in reusable
                for part in parcel.packaging
            )
            for parcel in plan.parcels
        )
    if objective is Objective.CHARGEABLE_WEIGHT:
        bills = (parcel.chargeable for parcel in plan.parcels)
        return _total([bill.chargeable_mg if bill else None for bill in bills])
    return next((footprint.total_co2e_mg for footprint in plan.footprints if is_of(footprint, basis)), None)


def is_of(stated: Footprint | FootprintDifference, basis: EmissionsBasis | None) -> bool:
    """Return whether a footprint has the profile and allocation of a basis.

    The basis may name the profile without its version. Without a basis, any profile with allocation by mass matches.
    """
    basis = basis or EmissionsBasis()
    named = basis.profile_id in ("", stated.profile_id, stated.profile_id.partition("@")[0])
    return named and stated.allocation is basis.allocation


def _total(parts: Sequence[int | None]) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def packaging_cost_minor(plan: Plan, catalog: Catalog) -> int | None:
    """Return the price of the plan's boxes and dunnage in minor units; None if a box has no price."""
    return _total([price_minor(parcel, catalog) for parcel in plan.parcels]) if plan.parcels else None


def unpriced(parcels: Iterable[Parcel], catalog: Catalog) -> tuple[str, ...]:
    """Return the ids of dunnage without a price; the price of packaging does not include it."""
    priced = {dunnage.dunnage_id for dunnage in catalog.dunnage if dunnage.price_per_kg_minor is not None}
    parts = [part for parcel in parcels for part in parcel.packaging if part.component is not Component.INNER_BOX]
    used = {part.dunnage_id for part in parts if part.dunnage_id and part.mass_mg}
    return tuple(sorted(used - priced))


def shipping_minor(plan: Plan) -> int | None:
    """Return the price of the plan's carriage in minor units; None if a parcel's is unknown."""
    prices = [parcel.carriage_price.total_minor if parcel.carriage_price else None for parcel in plan.parcels]
    return _total(prices) if prices else None


def carbon_cost_minor(plan: Plan) -> int | None:
    """Return the carbon cost of the plan in minor units; None without a carbon price."""
    return _total([parcel.carbon_cost_minor for parcel in plan.parcels]) if plan.parcels else None


def price_minor(parcel: Parcel, catalog: Catalog) -> int | None:
    """Return the price of a parcel's boxes and priced dunnage; 0 without a box, None if a box has no price."""
    if parcel.ships_in_own_container:
        return 0
    box = catalog.price_minor(catalog.box_type(parcel.box_type_id))
    return _total([box, *(part_cost_minor(part, catalog) for part in parcel.packaging)])
