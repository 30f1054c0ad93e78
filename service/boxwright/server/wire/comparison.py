"""Two plans side by side."""

import math

from boxwright.domain.footprint import Footprint
from boxwright.server.wire.enums import ALLOCATION
from boxwright.server.wire.names import profile_name
from boxwright.v1 import comparison_pb2, objective_pb2, plan_pb2

BETTER, WORSE, SAME, UNKNOWN = (
    comparison_pb2.COMPARISON_OUTCOME_BETTER,
    comparison_pb2.COMPARISON_OUTCOME_WORSE,
    comparison_pb2.COMPARISON_OUTCOME_NO_MEANINGFUL_DIFFERENCE,
    comparison_pb2.COMPARISON_OUTCOME_UNSPECIFIED,
)


def compare_plans(
    first: plan_pb2.Plan, second: plan_pb2.Plan, pairs: list[tuple[Footprint, Footprint]]
) -> comparison_pb2.Comparison:
    """Return how the first of two plans stands to the second, by the objectives in their order.

    Parameters
    ----------
    first, second : Plan
        With their objective values; plans that pack different units cannot be compared.
    pairs : list of (Footprint, Footprint)
        Footprints of both under the same profile and allocation.
    """
    comparison = comparison_pb2.Comparison(
        footprint_differences=[_footprint_difference(one, other) for one, other in pairs]
    )
    if first.unpacked != second.unpacked and _units(first) != _units(second):
        comparison.message = "the plans leave different units out, so they cannot be compared"
        return comparison
    values = {each.objective: each for each in second.objective_values}
    for value in first.objective_values:
        if value.objective in values:
            comparison.objective_differences.append(_objective_difference(value, values[value.objective]))
    deciding = next((each for each in comparison.objective_differences if _differs(each)), None)
    if deciding is None:
        comparison.outcome = SAME
        comparison.message = "the plans are equal by every objective"
    else:
        comparison.outcome = BETTER if deciding.difference < 0 else WORSE
        objective = objective_pb2.Objective.Name(deciding.first.objective).removeprefix("OBJECTIVE_").lower()
        comparison.message = (
            f"{objective}: {_plain(deciding.first.value)} {deciding.first.unit} in the first plan,"
            f" {_plain(deciding.second.value)} {deciding.second.unit} in the second"
        )
    return comparison


def _plain(value: float) -> str:
    return f"{value:,.3f}".rstrip("0").rstrip(".")


def _units(plan: plan_pb2.Plan) -> set[tuple[str, int]]:
    return {(unit.line_id, unit.unit_index) for unit in plan.unpacked}


def _objective_difference(
    first: objective_pb2.ObjectiveValue, second: objective_pb2.ObjectiveValue
) -> comparison_pb2.ObjectiveDifference:
    return comparison_pb2.ObjectiveDifference(first=first, second=second, difference=first.value - second.value)


def _differs(difference: comparison_pb2.ObjectiveDifference) -> bool:
    return not math.isclose(difference.first.value, difference.second.value, rel_tol=1e-12)


def _footprint_difference(first: Footprint, second: Footprint) -> comparison_pb2.FootprintDifference:
    """Return the difference of two totals; only totals that lack the same are compared.

    Both plans use the same factors, so that the sign of a difference in mass or distance does not hang on them.
    """
    difference = comparison_pb2.FootprintDifference(
        accounting_profile=profile_name(first.profile_id), allocation=ALLOCATION.to_wire(first.allocation)
    )
    if first.missing != second.missing:
        difference.outcome = UNKNOWN
        return difference
    grams = first.total_co2e_mg - second.total_co2e_mg
    difference.difference_co2e_mg = grams
    difference.outcome = SAME if grams == 0 else BETTER if grams < 0 else WORSE
    return difference
