"""Messages of a plan's figures by objective, of certificates and of comparisons."""

import math
from collections.abc import Collection, Sequence
from fractions import Fraction

from google.type import money_pb2

from boxwright import units
from boxwright.catalog import Materials
from boxwright.contract.enums import OBJECTIVE
from boxwright.contract.masks import ALL, Tree
from boxwright.contract.message import Codec
from boxwright.contract.values import money_to_wire
from boxwright.domain.box import Catalog
from boxwright.domain.comparison import Comparison, FootprintDifference
from boxwright.domain.currency import minor_per_unit
from boxwright.domain.footprint import Allocation
from boxwright.domain.plan import Certificate, Plan, ProofStatus
from boxwright.domain.policy import COSTS, EmissionsBasis, Objective
from boxwright.findings import Findings
from boxwright.shipping.objective_figures import objective_figure, shipping_minor
from boxwright.v1 import certificate_pb2, comparison_pb2, footprint_pb2, objective_pb2


def objective_values(
    plan: Plan,
    catalog: Catalog,
    objectives: Sequence[Objective],
    materials: Materials,
    allocation: Allocation = Allocation.MASS,
) -> list[objective_pb2.ObjectiveValue]:
    """Return the known figures of a plan for objectives; emissions are by its first profile and ``allocation``."""
    basis = EmissionsBasis(allocation=allocation)
    figures = [
        (objective, objective_figure(plan, catalog, objective, basis, materials=materials)) for objective in objectives
    ]
    return [value_to_wire(objective, figure, catalog) for objective, figure in figures if figure is not None]


def shipping_total(plan: Plan) -> money_pb2.Money | None:
    """Return the carriage price of a plan; None if the price of a parcel is unknown."""
    total = shipping_minor(plan)
    first = plan.parcels[0].carriage_price if plan.parcels else None
    return None if total is None or first is None else money_to_wire(total, first.currency)


def value_to_wire(objective: Objective, figure: int, catalog: Catalog) -> objective_pb2.ObjectiveValue:
    """Return the message of a figure in the integer unit of its objective."""
    parts, unit = _unit(objective, catalog)
    return objective_pb2.ObjectiveValue(objective=OBJECTIVE.to_wire(objective), value=figure / parts, unit=unit)


def read_value(message: objective_pb2.ObjectiveValue, catalog: Catalog, found: Findings) -> tuple[str, int]:
    """Return the objective, and the figure in its integer unit; ("", 0) if none is stated or after noting a fault."""
    objective = OBJECTIVE.read(message.objective, found, "objective") if message.objective else None
    if objective is None:
        return "", 0
    if not math.isfinite(message.value):
        found.add("value", f"must be a number, got {message.value}")
        return "", 0
    return objective, round(Fraction(message.value) * _unit(objective, catalog)[0])


def _unit(objective: Objective, catalog: Catalog) -> tuple[int, str]:
    """Return the number of integer units in the stated unit of an objective, and the stated unit."""
    if objective in (Objective.INNER_VOLUME, Objective.OUTER_VOLUME):
        return units.UM3_PER_MM3, "mm3"
    if objective in (Objective.PACKAGING_MASS, Objective.CHARGEABLE_WEIGHT):
        return units.MG_PER_G, "g"
    if objective in COSTS:
        return minor_per_unit(catalog.currency) if catalog.currency else 1, catalog.currency
    return 1, "mg CO2e" if objective is Objective.EMISSIONS else "parcels"


INTERVAL = Codec(footprint_pb2.Co2eInterval, FootprintDifference)
DIFFERENCE = Codec(
    comparison_pb2.FootprintDifference,
    FootprintDifference,
    also=lambda less: {"interval": None if None in (less.low_co2e_mg, less.high_co2e_mg) else INTERVAL.fields(less)},
)
COMPARISON = Codec(comparison_pb2.Comparison, Comparison, "objectives")


def comparison_to_wire(
    comparison: Comparison, catalog: Catalog, allocations: Collection[Allocation]
) -> comparison_pb2.Comparison:
    """Return the message of a comparison, with footprints by ``allocations`` and the currency of the catalog."""
    values = [
        [value_to_wire(stated.objective, figure, catalog) for figure in (stated.first, stated.second)]
        for stated in comparison.objectives
    ]
    return COMPARISON(
        comparison,
        objectives=[
            {"first": first, "second": second, "difference": first.value - second.value} for first, second in values
        ],
        footprints=[
            DIFFERENCE.fields(difference)
            for difference in comparison.footprints
            if difference.allocation in allocations
        ],
    )


CERTIFICATE = Codec(certificate_pb2.Certificate, Certificate, "lower_bound", "value", "gap_ratio")


def certificate_to_wire(certificate: Certificate, catalog: Catalog, tree: Tree = ALL) -> certificate_pb2.Certificate:
    """Return the message of a certificate; it states bound and gap only if something was proved."""
    bounded = Objective(certificate.bounded_objective) if certificate.bounded_objective else None
    proved = bounded and (certificate.status is ProofStatus.PROVED or certificate.lower_bound)
    return CERTIFICATE(
        certificate,
        tree,
        lower_bound=value_to_wire(bounded, certificate.lower_bound, catalog) if bounded and proved else None,
        value=value_to_wire(bounded, certificate.value, catalog) if bounded else None,
        gap_ratio=certificate.gap_ratio if proved else None,
    )


def read_certificate(message: certificate_pb2.Certificate, catalog: Catalog, found: Findings) -> Certificate | None:
    """Return the certificate of a message, or None after noting every finding.

    Bound and value are exact to 15 digits, the precision of a double.
    """
    value, bound = (
        read_value(figure, catalog, found.at(name))
        for name, figure in (("value", message.value), ("lower_bound", message.lower_bound))
    )
    objective = value[0] or bound[0]
    if value[0] and bound[0] and value[0] != bound[0]:
        found.add("lower_bound.objective", f"must be {value[0]}, the objective of value, got {bound[0]}")
    return CERTIFICATE.read(message, found, bounded_objective=objective, value=value[1], lower_bound=bound[1])
