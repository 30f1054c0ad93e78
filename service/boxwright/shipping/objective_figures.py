"""A plan's figure by an objective, as an integer."""

import math
from collections.abc import Iterable, Sequence

from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.domain.box import Catalog, part_cost_minor
from boxwright.domain.comparison import FootprintDifference
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Footprint
from boxwright.domain.material import MaterialKind
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
    """Return a plan's figure in the objective's integer unit: parcels, um3, mg, minor units or mg CO2e.

    None where it is unknown. Prices are those of the catalog. Emissions are of a basis, by default of the plan's first
    profile by mass. Which boxes are used again follows from ``materials``, by default the shipped ones.
    """
    if objective is Objective.PARCEL_COUNT:
        return len(plan.parcels)
    if objective is Objective.INNER_VOLUME:
        return sum(parcel.inner_volume_um3 for parcel in plan.parcels)
    if objective is Objective.OUTER_VOLUME:
        return sum(math.prod(parcel.outer_um) for parcel in plan.parcels)
    if objective is Objective.PACKAGING_MASS:
        return sum(parcel.tare_mg for parcel in plan.parcels)
    if objective in COSTS:
        parts = [packaging_cost_minor(plan, catalog), carbon_cost_minor(plan) or 0]
        return _total(parts + [shipping_minor(plan)] * (objective is Objective.SHIPPING_COST))
    if objective is Objective.SINGLE_USE_PARCELS:
        known = (materials or load_materials()).materials
        reusable = {each.material_id for each in known if each.kind is MaterialKind.REUSABLE}
        return sum(
            any(
                part.component is Component.BOX and part.trips == 1 and part.material_id not in reusable
                for part in parcel.packaging
            )
            for parcel in plan.parcels
        )
    if objective is Objective.CHARGEABLE_WEIGHT:
        return _total([each.chargeable.chargeable_mg if each.chargeable else None for each in plan.parcels])
    return next((each.total_co2e_mg for each in plan.footprints if is_of(each, basis)), None)


def is_of(stated: Footprint | FootprintDifference, basis: EmissionsBasis | None) -> bool:
    """Whether it is of a profile and allocation, by default of any profile by mass; a profile needs no version."""
    basis = basis or EmissionsBasis()
    named = basis.profile_id in ("", stated.profile_id, stated.profile_id.partition("@")[0])
    return named and stated.allocation is basis.allocation


def _total(parts: Sequence[int | None]) -> int | None:
    """Return the sum; None where one of the parts is unknown."""
    known = [each for each in parts if each is not None]
    return sum(known) if len(known) == len(parts) else None


def packaging_cost_minor(plan: Plan, catalog: Catalog) -> int | None:
    """Return the prices of the plan's boxes and dunnage in minor units; None where a box has none."""
    return _total([price_minor(parcel, catalog) for parcel in plan.parcels]) if plan.parcels else None


def unpriced(parcels: Iterable[Parcel], catalog: Catalog) -> tuple[str, ...]:
    """Return the dunnage of parcels that has no price, and so counts as nothing in the price of their packaging."""
    priced = {each.dunnage_id for each in catalog.dunnage if each.price_per_kg_minor is not None}
    parts = [part for parcel in parcels for part in parcel.packaging if part.component is not Component.INNER_BOX]
    used = {part.dunnage_id for part in parts if part.dunnage_id and part.mass_mg}
    return tuple(sorted(used - priced))


def shipping_minor(plan: Plan) -> int | None:
    """Return the price of the plan's carriage in minor units; None where one is unknown."""
    prices = [each.carriage_price.total_minor if each.carriage_price else None for each in plan.parcels]
    return _total(prices) if prices else None


def carbon_cost_minor(plan: Plan) -> int | None:
    """Return what the plan's grams add to objectives in money, in minor units; None without a carbon price."""
    return _total([parcel.carbon_cost_minor for parcel in plan.parcels]) if plan.parcels else None


def price_minor(parcel: Parcel, catalog: Catalog) -> int | None:
    """Return the price of a parcel's boxes and of dunnage that has one, 0 without a box; None where a box has none."""
    if parcel.ships_in_own_container:
        return 0
    box = catalog.price_minor(catalog.box_type(parcel.box_type_id))
    return _total([box, *(part_cost_minor(part, catalog) for part in parcel.packaging)])
