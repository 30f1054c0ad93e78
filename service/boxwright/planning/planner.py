"""The whole of planning, top down."""

from __future__ import annotations

import dataclasses
import functools
import importlib.metadata
from collections.abc import Sequence
from dataclasses import dataclass

from boxwright import fuse
from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.checking import ViolationKind, check
from boxwright.domain.box import Catalog
from boxwright.domain.fields import shown
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.plan import (
    Certificate,
    Plan,
    PlanStatus,
    ProofScope,
    ProofStatus,
    UnpackedUnit,
)
from boxwright.domain.policy import Engine, Objective, Policy
from boxwright.domain.started import StartedParcel
from boxwright.domain.warning import PlanWarning, WarningCode, gathered
from boxwright.errors import (
    EngineError,
    FieldViolation,
    IncompletePlanError,
    InvalidInputError,
    SearchEndedError,
)
from boxwright.packing.baseline import Py3dbpPacker
from boxwright.packing.own import OwnPacker
from boxwright.packing.problem import Ints, Packer
from boxwright.packing.soft_piles import SoftPiles
from boxwright.packing.stricter import Stricter
from boxwright.planning.cost_rules import raise_unpriced
from boxwright.planning.empty_spaces import with_empty_spaces
from boxwright.planning.expansion import Expansion
from boxwright.planning.explain import with_smallest_changes
from boxwright.planning.finish import certify, finish_parcel, plan_footprints, warnings
from boxwright.planning.known import broken_known, candidates
from boxwright.planning.model import OrderModel
from boxwright.planning.request import Request
from boxwright.planning.started import fill_started, read_started
from boxwright.planning.triage import left_over, triage
from boxwright.selection.search import Outcome, search

PACKERS: dict[Engine, Packer] = {
    Engine.BOXWRIGHT: Stricter(SoftPiles(OwnPacker())),
    Engine.PY3DBP: Py3dbpPacker(),
}

CUT = PlanWarning(
    WarningCode.SEARCH_CUT,
    "",
    "the search was ended before its effort was spent: a better plan may exist, and another run may find it",
)
"""The warning of a plan that a fuse cut."""
NOTHING_PROVED = Certificate(ProofStatus.OPEN, ProofScope.SINGLE_PARCEL)
"""The certificate of an order of which no unit fits any box type, or with parcels already started."""


def plan(
    order: Order,
    catalog: Catalog,
    policy: Policy | None = None,
    lane: Lane | None = None,
    profiles: Sequence[str] | None = None,
    *,
    started_parcels: Sequence[StartedParcel] = (),
    known_plans: Sequence[Plan] = (),
    materials: Materials | None = None,
    empty_spaces: bool = False,
    explain: bool = False,
) -> Plan:
    """Pack an order into right-sized boxes and state what that weighs, bills and emits.

    Parameters
    ----------
    order : Order
        What to pack.
    catalog : Catalog
        Boxes and dunnage to choose from.
    policy : Policy, optional
        Objectives and rules. Default: fewest parcels, then least volume; support 0.75; whole orders only.
    lane : Lane, optional
        Legs, carrier service, ship date. Default: transport is not counted, and the footprints say so.
    profiles : sequence of str, optional
        Accounting profiles, ``id`` or ``id@version``. Default ``uk-desnz`` and ``us-epa``, newest versions. The
        objective ``emissions`` uses the first.
    started_parcels : sequence of StartedParcel, optional
        Parcels already started: they are filled up first, and what lies in them stays. Default none.
    known_plans : sequence of Plan, optional
        Plans of the same order, made with fewer box types or under stricter rules, say. The answer is no worse than any
        of them that keeps every rule of this call; the others are passed over. Default none.
    materials : Materials, optional
        Factors, rules and constants. Default the shipped ones.
    empty_spaces : bool, optional
        Whether each parcel lists its empty spaces. Default False.
    explain : bool, optional
        Whether each box type that the certificate refuses states the smallest change to an order line that would make
        it take the order, where one is known. It costs many times the search. Default False.

    Returns
    -------
    Plan
        Checked independently of the engine that made it.

    Raises
    ------
    InvalidInputError
        With every field that breaks a rule.
    IncompletePlanError
        If units stay out and the policy does not allow a partial plan.
    MissingFactorError
        If the objective is ``emissions`` and the profile lacks a factor.
    SearchEndedError
        Under ``cpu_ceiling`` or a fuse, if the search was ended before there was a plan.
    EngineError
        If the engine's answer fails the independent check.
    """
    request = resolve(order, catalog, policy, lane, profiles, materials, started_parcels)
    broken = list(broken_known(request, known_plans))
    if broken:
        raise InvalidInputError(broken)
    if known_plans:
        request = dataclasses.replace(request, known=tuple(known_plans))
    solution = solve(request)
    answer = checked(solution.plan, solution.model.request, empty_spaces=empty_spaces)
    return explained(answer, solution.model) if explain else answer


@dataclass(frozen=True)
class Solution:
    """A plan as the search left it, not yet checked, and what it came from.

    Attributes
    ----------
    plan : Plan
        The plan.
    model : OrderModel
        Rules and prices.
    members : int64, (n,)
        Units that fit some box alone: those that were searched for.
    outcome : Outcome or None
        What the search found; None where no unit fits any box.
    """

    plan: Plan
    model: OrderModel
    members: Ints
    outcome: Outcome | None


def resolve(
    order: Order,
    catalog: Catalog,
    policy: Policy | None,
    lane: Lane | None,
    profiles: Sequence[str] | None,
    materials: Materials | None,
    started_parcels: Sequence[StartedParcel] = (),
) -> Request:
    """Return all that a plan depends on, from the arguments of ``plan``; raise InvalidInputError as it does."""
    policy = policy or Policy()
    _must_be(order=(order, Order), catalog=(catalog, Catalog), policy=(policy, Policy))
    if lane is not None:
        _must_be(lane=(lane, Lane))
    for index, each in enumerate(started_parcels):
        _must_be(**{f"started_parcels[{index}]": (each, StartedParcel)})
    request = Request.resolve(order, catalog, policy, lane, profiles, materials or load_materials())
    return dataclasses.replace(request, started=tuple(started_parcels))


def refuse_early(
    order: Order,
    catalog: Catalog,
    policy: Policy | None = None,
    lane: Lane | None = None,
    profiles: Sequence[str] | None = None,
    *,
    started_parcels: Sequence[StartedParcel] = (),
    materials: Materials | None = None,
) -> None:
    """Raise what ``plan`` refuses before any search: InvalidInputError, arguments as there."""
    request = resolve(order, catalog, policy, lane, profiles, materials, started_parcels)
    if request.started:
        read_started(OrderModel(request, Expansion.of(request.order)), PACKERS[request.policy.engine])


def solve(request: Request) -> Solution:
    """Return the best plan that the search finds for a request."""
    model = OrderModel(request, Expansion.of(request.order))
    packable, unpacked = triage(model)
    if request.started:
        return _solve_begun(model, packable, unpacked)
    outcome = _search(model, packable, request.policy.max_parcels) if len(packable) else None
    with fuse.finishing():
        return Solution(_assemble(model, outcome, unpacked), model, packable, outcome)


def _solve_begun(model: OrderModel, packable: Ints, unpacked: list[UnpackedUnit]) -> Solution:
    """Return the plan of a request with started parcels: they are filled up, and the rest is planned as any order.

    What goes where then depends on what was filled first, so that nothing is proved of the plan as a whole.
    """
    packer = PACKERS[model.request.policy.engine]
    filled, packable, unpacked = fill_started(model, packer, packable, unpacked)
    most = model.request.policy.max_parcels
    left_to_open = None if most is None else most - len(filled)
    if not len(packable) or left_to_open == 0:
        nothing = ((), (), None, ())
        rest = Outcome([], packable, ProofStatus.OPEN, ProofScope.SINGLE_PARCEL, *nothing)
    else:
        rest = _search(model, packable, left_to_open)
    with fuse.finishing():
        left = left_over(model, packer, rest, left_to_open)
        parcels = [*(packed for _, packed in filled), *rest.parcels]
        outcome = dataclasses.replace(rest, parcels=parcels, left=packable[:0])
        plan = _assemble(model, outcome, [*unpacked, *left])
    ids = [name for name, _ in filled] + [""] * len(rest.parcels)
    named = tuple(
        dataclasses.replace(parcel, started_parcel_id=name) for parcel, name in zip(plan.parcels, ids, strict=True)
    )
    notes = [
        PlanWarning(
            WarningCode.STARTED_PARCEL_UNUSED,
            f"started_parcels[{index}]",
            f"started parcel {each.started_parcel_id!r} holds no unit and is left out of the plan",
        )
        for index, each in enumerate(model.request.started)
        if each.started_parcel_id not in ids
    ]
    told = (*plan.warnings, *gathered(notes))
    plan = dataclasses.replace(plan, parcels=named, certificate=NOTHING_PROVED, warnings=told)
    return Solution(plan, model, packable, outcome)


def checked(answer: Plan, request: Request, *, empty_spaces: bool) -> Plan:
    """Return a plan, perhaps with its empty spaces, once the independent check has found nothing wrong with it.

    Raises
    ------
    IncompletePlanError, SearchEndedError, EngineError
        As ``plan`` does.
    """
    with fuse.finishing():
        return _checked(answer, request, empty_spaces=empty_spaces)


def _checked(answer: Plan, request: Request, *, empty_spaces: bool) -> Plan:
    policy = request.policy
    if empty_spaces:
        answer = with_empty_spaces(answer, request)
    found = check(
        answer,
        request.order,
        request.catalog,
        policy,
        lane=request.lane,
        started_parcels=request.started,
        materials=request.materials,
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


def explained(answer: Plan, model: OrderModel) -> Plan:
    """Return a plan whose refused boxes state smallest changes, or without where a fuse leaves no time for them.

    See ``planning.explain``.
    """
    try:
        return with_smallest_changes(answer, model, PACKERS[model.request.policy.engine])
    except SearchEndedError:
        if fuse.blown():
            raise
        return cut(answer)


def cut(answer: Plan) -> Plan:
    """Return a plan that says of itself that a fuse ended the search."""
    return answer if answer.cut_short else dataclasses.replace(answer, cut_short=True, warnings=(*answer.warnings, CUT))


def _must_be(**arguments: tuple[object, type]) -> None:
    """Raise InvalidInputError for arguments of another type than the one they must have."""
    broken = [
        FieldViolation(name, f"must be a {kind.__name__}, got {shown(value)}")
        for name, (value, kind) in arguments.items()
        if not isinstance(value, kind)
    ]
    if broken:
        raise InvalidInputError(broken)


def _search(model: OrderModel, packable: Ints, max_parcels: int | None) -> Outcome:
    policy = model.request.policy
    outcome = search(
        model,
        PACKERS[policy.engine],
        packable,
        policy.mode,
        fewest_first=policy.objectives[0] is Objective.PARCEL_COUNT,
        max_parcels=max_parcels,
        known=candidates(model, packable, model.request.known),
    )
    if outcome.cut and len(outcome.left) and not policy.allow_partial:
        fuse.look()  # of the whole order there is no plan yet
    return outcome


def _assemble(model: OrderModel, outcome: Outcome | None, unpacked: list[UnpackedUnit]) -> Plan:
    request = model.request
    parcels = tuple(finish_parcel(model, packed) for packed in outcome.parcels) if outcome else ()
    left = left_over(model, PACKERS[request.policy.engine], outcome, request.policy.max_parcels) if outcome else []
    unpacked = sorted([*unpacked, *left], key=lambda unit: (unit.line_id, unit.unit_index))
    status = PlanStatus.NONE if not parcels else PlanStatus.PARTIAL if unpacked else PlanStatus.COMPLETE
    answer = Plan(
        order_id=request.order.order_id,
        status=status,
        parcels=parcels,
        unpacked=tuple(unpacked),
        certificate=certify(model, outcome, all_units=not unpacked) if outcome else NOTHING_PROVED,
        footprints=plan_footprints(parcels),
        catalog_id=request.catalog.catalog_id,
        catalog_version=request.catalog.version,
        catalog_hash=request.catalog.content_hash,
        data_version=request.materials.version,
        data_hash=request.materials.content_hash,
        engine_version=f"{request.policy.engine.value} {version()}",
        ship_date=request.ship_date,
        derived_legs=request.derived_legs,
        warnings=warnings(model, outcome, parcels),
    )
    return cut(answer) if outcome and outcome.cut else answer


@functools.cache
def version() -> str:
    """Return the version of the installed distribution."""
    return importlib.metadata.version("boxwright")
