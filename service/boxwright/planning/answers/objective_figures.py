"""A plan's figure by an objective, as an integer."""

import math
from collections.abc import Iterable

from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.domain.box import Catalog
from boxwright.domain.box_component import part_cost_minor
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation
from boxwright.domain.material import MaterialKind
from boxwright.domain.plan import Parcel, Plan
from boxwright.domain.policy import COSTS, Objective, Policy


def objective_figure(
    plan: Plan,
    catalog: Catalog,
    objective: Objective,
    allocation: Allocation = Allocation.MASS,
    profile_id: str = "",
    *,
    materials: Materials | None = None,
) -> int | None:
    """Return a plan's figure in the objective's integer unit: parcels, um3, mg, minor units or mg CO2e.

    Parameters
    ----------
    plan : Plan
        The plan.
    catalog : Catalog
        Holds the prices.
    objective : Objective
        Which figure.
    allocation : Allocation
        Of emissions. Default by mass.
    profile_id : str
        Of emissions. Default the plan's first.
    materials : Materials, optional
        Which boxes are used again follows from their materials. Default the shipped ones.

    Returns
    -------
    int or None
        None where it is unknown.
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
        if objective is Objective.SHIPPING_COST:
            parts.append(shipping_minor(plan))
        known = [part for part in parts if part is not None]
        return sum(known) if len(known) == len(parts) else None
    if objective is Objective.SINGLE_USE_PARCELS:
        return sum(_single_use(parcel, materials or load_materials()) for parcel in plan.parcels)
    if objective is Objective.CHARGEABLE_WEIGHT:
        billed = [parcel.chargeable.chargeable_mg for parcel in plan.parcels if parcel.chargeable]
        return sum(billed) if len(billed) == len(plan.parcels) else None
    totals = [
        each.total_co2e_mg
        for each in plan.footprints
        if each.allocation is allocation and profile_id in ("", each.profile_id)
    ]
    return totals[0] if totals else None


def figure_by_policy(plan: Plan, catalog: Catalog, objective: Objective, policy: Policy) -> int | None:
    """Return a plan's figure by an objective of a policy; emissions are those that the policy compares."""
    basis = policy.emissions_basis
    if basis is None:
        return objective_figure(plan, catalog, objective)
    profile_id = next((each.profile_id for each in plan.footprints if is_named(each.profile_id, basis.profile_id)), "")
    return objective_figure(plan, catalog, objective, basis.allocation, profile_id)


def is_named(profile_id: str, name: str) -> bool:
    """Whether a profile is the one of a name, given with its version or without."""
    return name in ("", profile_id, profile_id.partition("@")[0])


def _single_use(parcel: Parcel, materials: Materials) -> bool:
    """Whether the box of a parcel is made for one use."""
    reusable = {each.material_id for each in materials.materials if each.kind is MaterialKind.REUSABLE}
    return any(
        part.component is Component.BOX and part.trips == 1 and part.material_id not in reusable
        for part in parcel.packaging
    )


def packaging_cost_minor(plan: Plan, catalog: Catalog) -> int | None:
    """Return the prices of the plan's boxes and dunnage in minor units; None where a box has none."""
    prices = [price_minor(parcel, catalog) for parcel in plan.parcels]
    known = [price for price in prices if price is not None]
    return sum(known) if prices and len(known) == len(prices) else None


def unpriced(parcels: Iterable[Parcel], catalog: Catalog) -> tuple[str, ...]:
    """Return the dunnage of parcels that has no price, and so counts as nothing in the price of their packaging."""
    priced = {each.dunnage_id for each in catalog.dunnage if each.price_per_kg_minor is not None}
    parts = [part for parcel in parcels for part in parcel.packaging if part.component is not Component.INNER_BOX]
    used = {part.dunnage_id for part in parts if part.dunnage_id and part.mass_mg}
    return tuple(sorted(used - priced))


def shipping_minor(plan: Plan) -> int | None:
    """Return the price of the plan's carriage in minor units; None where one is unknown."""
    prices = [parcel.shipping_price.total_minor if parcel.shipping_price else None for parcel in plan.parcels]
    known = [price for price in prices if price is not None]
    return sum(known) if prices and len(known) == len(prices) else None


def carbon_cost_minor(plan: Plan) -> int | None:
    """Return what the plan's grams add to objectives in money, in minor units; None without a carbon price."""
    prices = [parcel.carbon_cost_minor for parcel in plan.parcels if parcel.carbon_cost_minor is not None]
    return sum(prices) if prices and len(prices) == len(plan.parcels) else None


def price_minor(parcel: Parcel, catalog: Catalog) -> int | None:
    """Return the price of a parcel's boxes and of dunnage that has one, 0 without a box; None where a box has none."""
    if parcel.ships_in_own_container:
        return 0
    box = catalog.price_minor(catalog.box_type(parcel.box_type_id))
    if box is None:
        return None
    parts = [part_cost_minor(part, catalog) for part in parcel.packaging]
    known = [price for price in (box, *parts) if price is not None]
    return sum(known) if len(known) == len(parts) + 1 else None
