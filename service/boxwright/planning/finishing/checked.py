"""The last step of planning: the independent check, and what a plan says of itself if the search was cut."""

import dataclasses
from collections.abc import Sequence

from boxwright.checking import PlanViolation, ViolationKind, check, check_parcels
from boxwright.domain.incomplete import IncompletePlanError
from boxwright.domain.plan import Parcel, Plan
from boxwright.domain.policy import Objective
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.errors import EngineError
from boxwright.planning.finishing.empty_spaces import with_empty_spaces
from boxwright.planning.request import Request
from boxwright.planning.rules.cost_rules import raise_unpriced

CUT = PlanWarning(
    WarningCode.SEARCH_CUT,
    "",
    "the search was ended before its effort was spent: a better plan may exist, and another run may find it",
)
"""The warning of a plan whose search was cut."""

EXTRAS_CUT = PlanWarning(
    WarningCode.EXTRAS_CUT,
    "",
    "the time ended before all alternatives, smallest changes and pictures asked for were made",
)
"""The warning of a plan that had no time left to explain or draw, or to look for all alternatives."""


def checked(answer: Plan, request: Request, *, empty_spaces: bool) -> Plan:
    """Return a plan, perhaps with its empty spaces, once the independent check has found nothing wrong with it.

    Raises
    ------
    IncompletePlanError, SearchEndedError, EngineError
        As ``plan`` does.
    """
    with request.stop.phase("check"), request.stop.finishing():
        return _checked(answer, request, empty_spaces=empty_spaces)


def _checked(answer: Plan, request: Request, *, empty_spaces: bool) -> Plan:
    policy = request.policy
    if empty_spaces:
        answer = with_empty_spaces(answer, request)
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
    # What stays out is not the engine's failure: it is reported below, with its reasons.
    violations = [each for each in found if each.kind is not ViolationKind.PARTIAL_NOT_ALLOWED]
    if violations:
        raise EngineError(policy.engine.value, violations)
    if Objective.SHIPPING_COST in policy.objectives:
        raise_unpriced(answer)
    if answer.unpacked and not policy.allow_partial:
        raise IncompletePlanError(request.order.order_id, answer.unpacked)
    return answer


def wrong_parcels(parcels: Sequence[Parcel], request: Request) -> list[PlanViolation]:
    """Return what the independent check finds in some parcels of a request by themselves."""
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
    """Return a plan that says of itself that there was no time for all that was asked beyond it."""
    if EXTRAS_CUT in answer.warnings:
        return answer
    return dataclasses.replace(answer, warnings=(*answer.warnings, EXTRAS_CUT))


def cut(answer: Plan, effort_used: int | None = None) -> Plan:
    """Return a plan that says of itself that its search was ended, and after how many steps."""
    warnings = answer.warnings if answer.cut_short else (*answer.warnings, CUT)
    return dataclasses.replace(answer, cut_short=True, effort_used=effort_used, warnings=warnings)
