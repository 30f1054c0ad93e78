"""A plan's figures by the policy's objectives."""

import math
from collections.abc import Sequence

from boxwright import units
from boxwright.domain.box import Catalog
from boxwright.domain.footprint import Allocation
from boxwright.domain.plan import Parcel, Plan
from boxwright.domain.policy import Objective
from boxwright.server.wire.enums import OBJECTIVE
from boxwright.server.wire.money import price_to_wire
from boxwright.v1 import objective_pb2

UM3_PER_MM3 = 1_000_000_000


def objective_values(
    plan: Plan, catalog: Catalog, objectives: Sequence[Objective], allocation: Allocation = Allocation.MASS
) -> list[objective_pb2.ObjectiveValue]:
    """Return the plan's figure by each objective; one whose figure is unknown is left out.

    Emissions are those of the plan's first profile, by the allocation given.
    """
    figures = [(objective, _figure(plan, catalog, objective, allocation)) for objective in objectives]
    return [value_to_wire(objective, figure, catalog) for objective, figure in figures if figure is not None]


def _figure(plan: Plan, catalog: Catalog, objective: Objective, allocation: Allocation) -> int | None:
    """Return the figure in the objective's integer unit: parcels, um3, mg, minor units or mg CO2e."""
    if objective is Objective.PARCEL_COUNT:
        return len(plan.parcels)
    if objective is Objective.INNER_VOLUME:
        return sum(parcel.inner_volume_um3 for parcel in plan.parcels)
    if objective is Objective.OUTER_VOLUME:
        return sum(math.prod(parcel.outer_um) for parcel in plan.parcels)
    if objective is Objective.PACKAGING_MASS:
        return sum(parcel.tare_mg for parcel in plan.parcels)
    if objective is Objective.PACKAGING_COST:
        return packaging_cost_minor(plan, catalog)
    if objective is Objective.CHARGEABLE_WEIGHT:
        billed = [parcel.chargeable.chargeable_mg for parcel in plan.parcels if parcel.chargeable]
        return sum(billed) if len(billed) == len(plan.parcels) else None
    totals = [each.total_co2e_mg for each in plan.footprints if each.allocation is allocation]
    return totals[0] if totals else None


def packaging_cost_minor(plan: Plan, catalog: Catalog) -> int | None:
    """Return the prices of the plan's boxes in minor units, 0 for own containers; None where one is unknown."""
    prices = [price_minor(parcel, catalog) for parcel in plan.parcels]
    known = [price for price in prices if price is not None]
    return sum(known) if prices and len(known) == len(prices) else None


def price_minor(parcel: Parcel, catalog: Catalog) -> int | None:
    """Return the price of a parcel's box and of dunnage that has one, 0 without a box; None where the box has none."""
    if parcel.ships_in_own_container:
        return 0
    box = catalog.price_minor(catalog.box_type(parcel.box_type_id))
    dunnage = sum(catalog.dunnage_cost_minor(part.dunnage_id, part.mass_mg) for part in parcel.packaging)
    return None if box is None else box + dunnage


def value_to_wire(objective: Objective, figure: int, catalog: Catalog) -> objective_pb2.ObjectiveValue:
    """Return the message of a figure in the objective's integer unit."""
    value, unit = float(figure), "parcels"
    if objective in (Objective.INNER_VOLUME, Objective.OUTER_VOLUME):
        value, unit = figure / UM3_PER_MM3, "mm3"
    elif objective in (Objective.PACKAGING_MASS, Objective.CHARGEABLE_WEIGHT):
        value, unit = units.to_g(figure), "g"
    elif objective is Objective.EMISSIONS:
        unit = "mg CO2e"
    elif objective is Objective.PACKAGING_COST:
        money = price_to_wire(figure, catalog.currency)
        value = money.units + money.nanos / 1e9 if money else figure
        unit = catalog.currency
    return objective_pb2.ObjectiveValue(objective=OBJECTIVE.to_wire(objective), value=value, unit=unit)
