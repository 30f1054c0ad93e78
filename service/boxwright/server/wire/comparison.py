"""Two plans side by side."""

from collections.abc import Collection

from boxwright.domain.box import Catalog
from boxwright.domain.comparison import Comparison, ComparisonOutcome, FootprintDifference, ObjectiveDifference
from boxwright.domain.footprint import Allocation
from boxwright.server.wire.enums import ALLOCATION
from boxwright.server.wire.names import profile_name
from boxwright.server.wire.objective import value_to_wire
from boxwright.v1 import comparison_pb2, footprint_pb2

OUTCOMES = {
    ComparisonOutcome.UNKNOWN: comparison_pb2.COMPARISON_OUTCOME_UNSPECIFIED,
    ComparisonOutcome.BETTER: comparison_pb2.COMPARISON_OUTCOME_BETTER,
    ComparisonOutcome.WORSE: comparison_pb2.COMPARISON_OUTCOME_WORSE,
    ComparisonOutcome.NO_MEANINGFUL_DIFFERENCE: comparison_pb2.COMPARISON_OUTCOME_NO_MEANINGFUL_DIFFERENCE,
}


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
    return comparison_pb2.Comparison(
        outcome=OUTCOMES[comparison.outcome],
        objectives=[_objective(each, catalog) for each in comparison.objectives],
        footprints=[_footprint(each) for each in comparison.footprints if each.allocation in allocations],
        message=comparison.message,
        baseline=comparison.baseline,
    )


def _objective(each: ObjectiveDifference, catalog: Catalog) -> comparison_pb2.ObjectiveDifference:
    first, second = (value_to_wire(each.objective, figure, catalog) for figure in (each.first, each.second))
    return comparison_pb2.ObjectiveDifference(first=first, second=second, difference=first.value - second.value)


def _footprint(each: FootprintDifference) -> comparison_pb2.FootprintDifference:
    message = comparison_pb2.FootprintDifference(
        accounting_profile=profile_name(each.profile_id),
        allocation=ALLOCATION.to_wire(each.allocation),
        difference_co2e_mg=each.difference_co2e_mg,
        outcome=OUTCOMES[each.outcome],
    )
    if each.low_co2e_mg is not None and each.high_co2e_mg is not None:
        message.interval.CopyFrom(
            footprint_pb2.Co2eInterval(
                low_co2e_mg=each.low_co2e_mg, high_co2e_mg=each.high_co2e_mg, confidence=each.confidence
            )
        )
    return message
