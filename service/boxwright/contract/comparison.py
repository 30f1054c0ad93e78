"""Two plans side by side."""

from collections.abc import Collection

from boxwright.contract.message import Codec
from boxwright.contract.objective import value_to_wire
from boxwright.domain.box import Catalog
from boxwright.domain.comparison import Comparison, FootprintDifference, ObjectiveDifference
from boxwright.domain.footprint import Allocation
from boxwright.v1 import comparison_pb2, footprint_pb2

COMPARISON = Codec(comparison_pb2.Comparison, Comparison, "objectives", "footprints")
DIFFERENCE = Codec(comparison_pb2.FootprintDifference, FootprintDifference)
INTERVAL = Codec(footprint_pb2.Co2eInterval, FootprintDifference)


def comparison_to_wire(
    comparison: Comparison, catalog: Catalog, allocations: Collection[Allocation]
) -> comparison_pb2.Comparison:
    """Return the message of a comparison.

    Parameters
    ----------
    comparison : Comparison
        Of two plans.
    catalog : Catalog
        Whose currency prices are in.
    allocations : collection of Allocation
        Footprints to show.
    """
    return COMPARISON(
        comparison,
        objectives=[_objective(each, catalog) for each in comparison.objectives],
        footprints=[_footprint(each) for each in comparison.footprints if each.allocation in allocations],
    )


def _objective(each: ObjectiveDifference, catalog: Catalog) -> comparison_pb2.ObjectiveDifference:
    first, second = (value_to_wire(each.objective, figure, catalog) for figure in (each.first, each.second))
    return comparison_pb2.ObjectiveDifference(first=first, second=second, difference=first.value - second.value)


def _footprint(each: FootprintDifference) -> comparison_pb2.FootprintDifference:
    known = each.low_co2e_mg is not None and each.high_co2e_mg is not None
    return DIFFERENCE(each, interval=INTERVAL(each) if known else None)
