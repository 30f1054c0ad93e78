"""The last step of planning: the independent check, and the warning of a plan without time for extras."""

import dataclasses
from collections.abc import Sequence

from boxwright.checking import PlanViolation, ViolationKind, check, check_parcels
from boxwright.domain.plan import IncompletePlanError, Parcel, Plan
from boxwright.domain.policy import Objective
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.errors import EngineError, FieldViolation, InvalidInputError
from boxwright.planning.finishing.finish import marked_spaces
from boxwright.planning.request import Request
from boxwright.planning.task import Task

EXTRAS_CUT = PlanWarning(
    WarningCode.EXTRAS_CUT,
    "",
    "time ran out: some of the requested alternatives, smallest changes or pictures are missing",
)
"""Warning of a plan for which time ran out before all explanations, pictures and alternatives."""


def checked(answer: Plan, request: Request, *, empty_spaces: bool) -> Plan:
    """Return a plan that passed the independent check, with its empty spaces on request.

    Raises
    ------
    InvalidInputError
        If shipping cost is an objective and the price table lacks a price for a parcel.
    IncompletePlanError, SearchEndedError, EngineError
        As ``plan`` does.
    """
    policy = request.policy
    with request.stop.phase("check"), request.stop.finishing():
        if empty_spaces:
            parcels = (_with_spaces(parcel, request) for parcel in answer.parcels)
            answer = dataclasses.replace(answer, parcels=tuple(parcels))
        found = check(
            answer,
            request.as_given,
            request.catalog,
            policy,
            lane=request.lane,
            started_parcels=request.started,
            materials=request.materials,
            stop=request.stop,
        )
    # Unpacked units are not a failure of the engine; they are reported below.
    violations = [violation for violation in found if violation.kind is not ViolationKind.PARTIAL_NOT_ALLOWED]
    if violations:
        raise EngineError(policy.engine.value, violations)
    if Objective.SHIPPING_COST in policy.objectives:
        prices = [parcel.carriage_price for parcel in answer.parcels if parcel.carriage_price is not None]
        lacking = {(lack, price.price_table) for price in prices for lack in price.missing}
        if lacking:
            rules = (f"must have a price for {lack}, {table!r} has none" for lack, table in sorted(lacking))
            raise InvalidInputError([FieldViolation("lane.price_tables", rule) for rule in rules])
    if answer.unpacked and not policy.allow_partial:
        raise IncompletePlanError(request.order.order_id, answer.unpacked)
    return answer


def broken_rules(plan: Plan, task: Task) -> list[PlanViolation]:
    """Return the violations that the independent check finds in the plan of a task."""
    with task.stop.phase("check"):
        return check(
            plan,
            task.order,
            task.catalog,
            task.policy,
            lane=task.lane,
            started_parcels=task.started_parcels,
            materials=task.materials,
            stop=task.stop,
        )


def _with_spaces(parcel: Parcel, request: Request) -> Parcel:
    own = parcel.ships_in_own_container
    lines = {line.line_id: line for line in request.order.lines}
    box = request.catalog.box_type(parcel.box_type_id) if not own else None
    spaces = () if box is None else marked_spaces(parcel, box, lines, request.materials)
    return dataclasses.replace(parcel, empty_spaces=spaces)


def wrong_parcels(parcels: Sequence[Parcel], request: Request) -> list[PlanViolation]:
    """Return the violations that the independent check finds in some parcels of a request."""
    return check_parcels(
        parcels,
        request.as_given,
        request.catalog,
        request.policy,
        lane=request.lane,
        started_parcels=request.started,
        materials=request.materials,
        ship_date=request.ship_date,
        stop=request.stop,
    )


def without_extras(answer: Plan) -> Plan:
    """Return a plan with the warning that time ran out for some extras."""
    if EXTRAS_CUT in answer.warnings:
        return answer
    return dataclasses.replace(answer, warnings=(*answer.warnings, EXTRAS_CUT))
