"""A plan's figures by the policy's objectives."""

from collections.abc import Sequence

from google.type import money_pb2

from boxwright import units
from boxwright.catalog import Materials
from boxwright.contract.enums import OBJECTIVE
from boxwright.contract.money import amount_to_wire, price_to_wire
from boxwright.domain.box import Catalog
from boxwright.domain.emissions_basis import EmissionsBasis
from boxwright.domain.footprint import Allocation
from boxwright.domain.plan import Plan
from boxwright.domain.policy import COSTS, Objective
from boxwright.planning.answers.objective_figures import objective_figure, shipping_minor
from boxwright.v1 import objective_pb2


def objective_values(
    plan: Plan,
    catalog: Catalog,
    objectives: Sequence[Objective],
    materials: Materials,
    allocation: Allocation = Allocation.MASS,
) -> list[objective_pb2.ObjectiveValue]:
    """Return the plan's figure by each objective; one whose figure is unknown is left out.

    Emissions are those of the plan's first profile, by the allocation given.
    """
    basis = EmissionsBasis(allocation=allocation)
    figures = [
        (objective, objective_figure(plan, catalog, objective, basis, materials=materials)) for objective in objectives
    ]
    return [value_to_wire(objective, figure, catalog) for objective, figure in figures if figure is not None]


def shipping_total(plan: Plan) -> money_pb2.Money | None:
    """Return the message of the price of the plan's carriage; None where one is unknown."""
    total = shipping_minor(plan)
    first = plan.parcels[0].shipping_price if plan.parcels else None
    return None if total is None or first is None else amount_to_wire(total, first.currency)


def value_to_wire(objective: Objective, figure: int, catalog: Catalog) -> objective_pb2.ObjectiveValue:
    """Return the message of a figure in the objective's integer unit."""
    value, unit = float(figure), "parcels"
    if objective in (Objective.INNER_VOLUME, Objective.OUTER_VOLUME):
        value, unit = figure / units.UM3_PER_MM3, "mm3"
    elif objective in (Objective.PACKAGING_MASS, Objective.CHARGEABLE_WEIGHT):
        value, unit = units.to_g(figure), "g"
    elif objective is Objective.EMISSIONS:
        unit = "mg CO2e"
    elif objective in COSTS:
        money = price_to_wire(figure, catalog.currency)
        value = money.units + money.nanos / 1e9 if money else figure
        unit = catalog.currency
    return objective_pb2.ObjectiveValue(objective=OBJECTIVE.to_wire(objective), value=value, unit=unit)
