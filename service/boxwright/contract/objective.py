"""A plan's figures by the policy's objectives."""

import math
from collections.abc import Sequence
from fractions import Fraction

from google.type import money_pb2

from boxwright import units
from boxwright.catalog import Materials
from boxwright.contract.enums import OBJECTIVE
from boxwright.contract.money import amount_to_wire
from boxwright.domain.box import Catalog
from boxwright.domain.currency import minor_per_unit
from boxwright.domain.footprint import Allocation
from boxwright.domain.plan import Plan
from boxwright.domain.policy import COSTS, EmissionsBasis, Objective
from boxwright.findings import Findings
from boxwright.shipping.objective_figures import objective_figure, shipping_minor
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
    first = plan.parcels[0].carriage_price if plan.parcels else None
    return None if total is None or first is None else amount_to_wire(total, first.currency)


def value_to_wire(objective: Objective, figure: int, catalog: Catalog) -> objective_pb2.ObjectiveValue:
    """Return the message of a figure in the objective's integer unit."""
    parts, unit = _unit(objective, catalog)
    return objective_pb2.ObjectiveValue(objective=OBJECTIVE.to_wire(objective), value=figure / parts, unit=unit)


def read_value(message: objective_pb2.ObjectiveValue, catalog: Catalog, found: Findings) -> tuple[str, int]:
    """Return the objective of a figure, empty where it states none, and the figure in the objective's integer unit."""
    objective = OBJECTIVE.read(message.objective, found, "objective") if message.objective else None
    if objective is None:
        return "", 0
    if not math.isfinite(message.value):
        found.add("value", f"must be a number, got {message.value}")
        return "", 0
    return objective, round(Fraction(message.value) * _unit(objective, catalog)[0])


def _unit(objective: Objective, catalog: Catalog) -> tuple[int, str]:
    """Return how many of an objective's integer units are one of the unit that it is stated in, and that unit."""
    if objective in (Objective.INNER_VOLUME, Objective.OUTER_VOLUME):
        return units.UM3_PER_MM3, "mm3"
    if objective in (Objective.PACKAGING_MASS, Objective.CHARGEABLE_WEIGHT):
        return units.MG_PER_G, "g"
    if objective in COSTS:
        return minor_per_unit(catalog.currency) if catalog.currency else 1, catalog.currency
    return 1, "mg CO2e" if objective is Objective.EMISSIONS else "parcels"
