"""Comparison of two plans of one order, and baseline plans to compare a plan with."""

import dataclasses
from collections import Counter
from collections.abc import Sequence

from boxwright.domain.box import Catalog
from boxwright.domain.comparison import Comparison, ComparisonOutcome, FootprintDifference, ObjectiveDifference
from boxwright.domain.plan import Plan
from boxwright.domain.policy import COSTS, Objective, Policy
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.footprint import difference
from boxwright.planning.planner import plan_request
from boxwright.planning.request import Request
from boxwright.planning.task import Task
from boxwright.shipping.objective_figures import is_of, objective_figure

SMALLEST = (Objective.PARCEL_COUNT, Objective.INNER_VOLUME)
"""The objectives of the baseline with the smallest standard cartons."""


def compare(
    first: Plan, second: Plan, catalog: Catalog, policy: Policy | None = None, *, baseline: str = "the second plan"
) -> Comparison:
    """Return whether the first plan is better or worse than the second, by the objectives in their order.

    Emissions decide only if their difference is meaningful; otherwise the next objective decides. The outcome is
    unknown if a figure that may decide is unknown for a plan, or if the plans leave out different units. Prices are
    those of the catalog; ``baseline`` is the name of the second plan in sentences.

    Raises
    ------
    InvalidInputError
        If the plans are of different orders.
    """
    if first.order_id != second.order_id:
        rule = f"must be of order {first.order_id!r}, got {second.order_id!r}"
        raise InvalidInputError([FieldViolation("second.order_id", rule)])
    policy = policy or Policy()
    others = {(footprint.profile_id, footprint.allocation): footprint for footprint in second.footprints}
    footprints = tuple(
        difference(footprint, others[footprint.profile_id, footprint.allocation])
        for footprint in first.footprints
        if (footprint.profile_id, footprint.allocation) in others
    )
    objectives: list[ObjectiveDifference] = []
    if _units(first) == _units(second):
        for objective in policy.objectives:
            one, other = (
                objective_figure(plan, catalog, objective, policy.emissions_basis) for plan in (first, second)
            )
            if one is not None and other is not None:
                objectives.append(ObjectiveDifference(objective, one, other))
        outcome, message = _decide(policy, objectives, footprints)
    else:
        outcome, message = ComparisonOutcome.UNKNOWN, "the plans leave different units out, so they cannot be compared"
    return Comparison(outcome, tuple(objectives), footprints, baseline, message)


def baseline_plan(task: Task, box_type_id: str = "") -> tuple[Plan, str]:
    """Return a plan to compare with, and its name in sentences.

    The rules of the policy apply, its objectives do not. The baseline uses only the box type ``box_type_id`` or,
    without one, the smallest standard cartons by volume.

    Raises
    ------
    InvalidInputError, IncompletePlanError
        As ``plan`` does, and if the catalog has no box type of that id.
    """
    policy = task.policy
    # With a carbon price the baseline must count the cost of its grams too; costs then only break ties between cartons.
    priced = policy.carbon_price_per_tonne_minor is not None
    costs = tuple(objective for objective in policy.objectives if priced and objective in COSTS)
    policy = policy.with_objectives(*SMALLEST, *costs)
    catalog = task.catalog
    words = "the smallest standard cartons by volume"
    if box_type_id:
        boxes = tuple(box for box in catalog.box_types if box.box_type_id == box_type_id)
        if not boxes:
            rule = f"must be a box type of catalog {catalog.catalog_id!r}, got {box_type_id!r}"
            raise InvalidInputError([FieldViolation("box_type_id", rule)])
        catalog = dataclasses.replace(catalog, box_types=boxes)
        words = f"box type {box_type_id} for everything"
    task = dataclasses.replace(task, catalog=catalog, policy=policy, started_parcels=(), known_plans=())
    return plan_request(Request.resolve(task), empty_spaces=False, explain=False), words


def _units(plan: Plan) -> tuple[Counter[tuple[str, int]], set[tuple[str, int]]]:
    """Return the packed and the unpacked units. A faulty plan may have units in neither."""
    packed = Counter((unit.line_id, unit.unit_index) for parcel in plan.parcels for unit in parcel.placements)
    return packed, {(unit.line_id, unit.unit_index) for unit in plan.unpacked}


def _decide(
    policy: Policy, objectives: Sequence[ObjectiveDifference], footprints: Sequence[FootprintDifference]
) -> tuple[ComparisonOutcome, str]:
    """Return the outcome by the first objective with a meaningful difference, and a sentence."""
    known = {difference.objective: difference for difference in objectives}
    within, unknown = "", ComparisonOutcome.UNKNOWN
    for objective in policy.objectives:
        name, found = objective.value.replace("_", " "), known.get(objective)
        if found is None:  # an unknown figure does not count as equal
            return unknown, f"{name} of one plan is unknown, so the plans cannot be compared"
        if not found.difference:
            continue
        if objective is Objective.EMISSIONS:
            grams = next((row.outcome for row in footprints if is_of(row, policy.emissions_basis)), None)
            if grams is None:
                return unknown, "the plans have no accounting profile in common, so they cannot be compared"
            if grams is unknown:
                return unknown, "the plans do not lack the same emission factors, so they cannot be compared"
            if grams is ComparisonOutcome.NO_MEANINGFUL_DIFFERENCE:
                within = "emissions differ by less than their factors are uncertain"
                continue
        outcome = ComparisonOutcome.BETTER if found.difference < 0 else ComparisonOutcome.WORSE
        figures = " against ".join(_shown(objective, figure) for figure in (found.first, found.second))
        sentence = f"{outcome.value} by {name}: {figures}"
        return outcome, f"{within}; {sentence}" if within else sentence
    return ComparisonOutcome.NO_MEANINGFUL_DIFFERENCE, within or "the plans are equal by every objective"


def _shown(objective: Objective, figure: int) -> str:
    if objective in (Objective.INNER_VOLUME, Objective.OUTER_VOLUME):
        return f"{figure / 1e15:,.3f} l"
    if objective in (Objective.PACKAGING_MASS, Objective.CHARGEABLE_WEIGHT):
        return f"{figure / 1_000:,.1f} g"
    if objective is Objective.EMISSIONS:
        return f"{figure / 1_000:,.1f} g CO2e"
    return f"{figure:,}"
