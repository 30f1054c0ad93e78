"""One order, one plan: the algorithm on one page.

``plan`` resolves the request: every name is looked up, every rule applied. ``triage`` sets aside the units that fit no
box, each with its reason. ``find_boxes`` then searches the *candidates*: box types, each with a cushioning where there
is a choice. For each candidate the search

1. *protects* the units: cushioning makes them larger;
2. *bounds* the price: no parcel of the candidate costs less;
3. *refuses* the candidate with a proof that size, weight or a rule keeps the units out, or *packs* it, or leaves it
   open;
4. *prices* what is packed, exactly.

It takes the candidates from the lowest bound up, and ends when the next bound is not below the best price.
``selection/single.py`` is this loop. ``selection/table.py`` refuses most candidates before it, by arrays over all box
types, and ``planning/model.py`` has the rules and prices. ``selection/choice.py`` looks for one box first. If none
takes all units, or several boxes may be better, ``selection/multi.py`` divides the units among boxes.

``tidied`` lays the units of each chosen box flat and the heavy ones low, if that is possible. ``finish_plan`` makes the
plan: parcels with placements, dunnage, masses, bills and grams; a certificate of what was proved; warnings. ``checked``
lists empty spaces on request, and has the plan checked against order, catalog, policy, lane and data, independently of
the engine. It refuses a plan that leaves units out if the policy allows none. It ignores the certificate;
``verify_certificate`` replays that with the same proof code.

``docs/architecture.md`` lists these steps in a table, with the files to edit for a new rule, objective or proof.
"""

import dataclasses
import math
from collections.abc import Sequence

from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.plan import Plan, StartedParcel
from boxwright.domain.policy import Policy
from boxwright.errors import FieldViolation, InvalidInputError, SearchEndedError
from boxwright.planning.boxes import Solution, find_boxes
from boxwright.planning.engine import PACKERS
from boxwright.planning.finishing.checked import checked
from boxwright.planning.finishing.explain import explained
from boxwright.planning.finishing.finish import finish_plan, without_too_empty
from boxwright.planning.finishing.finish_time import finish_time_s
from boxwright.planning.finishing.tidy import tidied
from boxwright.planning.model import OrderModel
from boxwright.planning.request import Request
from boxwright.planning.started import read_started, solve_started
from boxwright.planning.task import Task
from boxwright.planning.triage import triage
from boxwright.stop import Stop
from boxwright.units import exact


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
    lower_steps: bool = True,
    stop: Stop | None = None,
) -> Plan:
    """Pack an order into right-sized boxes, and state masses, bills and emissions.

    Parameters
    ----------
    order, catalog : Order, Catalog
        The order to pack; the boxes and dunnage to choose from.
    policy : Policy, optional
        Objectives and rules. Default: fewest parcels, then least volume; support 0.75; no partial plans.
    lane : Lane, optional
        Legs, carrier service, ship date. Default: transport is not counted, and the footprints state this.
    profiles : sequence of str, optional
        Accounting profiles, ``id`` or ``id@version``. Default ``uk-desnz`` and ``us-epa``, newest versions. The
        objective ``emissions`` uses the first.
    started_parcels : sequence of StartedParcel, optional
        Parcels that were started before. They are filled first, and units in them keep their places. Default none.
    known_plans : sequence of Plan, optional
        Plans of the same order, for example with fewer box types or stricter rules. The answer is no worse than any of
        them that keeps every rule of this call. Default none.
    materials : Materials, optional
        Factors, rules and constants. Default the shipped ones.
    empty_spaces, lower_steps : bool, optional
        Whether each parcel lists its empty spaces, and each bill what would lower it. Default False and True.
    explain : bool, optional
        Whether refused box types state the smallest known change to a line that would help; slow. Default False.
    stop : Stop, optional
        Ends the planning by a deadline, a limit of CPU time, or a call. Default: it is not ended.

    Returns
    -------
    Plan
        Checked independently of the engine that made it.

    Raises
    ------
    InvalidInputError
        If fields break rules; the error names all of them.
    IncompletePlanError
        If a unit cannot be packed and the policy does not allow a partial plan.
    MissingFactorError
        If the objective is ``emissions`` and the profile lacks a factor.
    SearchEndedError
        If ``stop`` ended the search before there was a plan, or cancelled it.
    EngineError
        If the engine's answer fails the independent check.
    """
    given = order, catalog, policy or Policy(), lane, profiles
    task = Task(*given, started_parcels, known_plans, materials or load_materials(), lower_steps, stop or Stop())
    return plan_request(Request.resolve(task), empty_spaces=empty_spaces, explain=explain)


def plan_request(request: Request, *, empty_spaces: bool, explain: bool) -> Plan:
    """Return the plan of a request, checked; parameters and errors are those of ``plan``."""
    solution = solve(request, empty_spaces=empty_spaces)
    answer = checked(solution.plan, request, empty_spaces=empty_spaces)
    return explained(answer, solution.model) if explain else answer


def solve(request: Request, *, empty_spaces: bool = False, goes_on: bool = False, first: bool = False) -> Solution:
    """Return the best plan that the search finds for a request, not yet checked.

    A search with a deadline keeps time to finish the plan, with its ``empty_spaces``, unless ``stop.finish_s`` is set.
    If it ``goes_on``, the effort of the search before it counts too. With ``first`` it ends at the first plan of all
    units.
    """
    stop = request.stop
    if not stop.finish_s and stop.left_s < math.inf:
        stop.finish_s = finish_time_s(request.order, request.catalog, empty_spaces=empty_spaces)
    with stop.phase("search"), stop.search(request.policy.max_effort, goes_on=goes_on):
        model = OrderModel(request, request.expansion)
        _refuse_margins(model)
        packable, unpacked = triage(model)
        if request.started:
            solution = solve_started(model, packable, unpacked)
        else:
            found = find_boxes(model, packable, request.policy.max_parcels, first=first) if len(packable) else None
            if found and not found.cut:
                try:
                    found = tidied(model, found)
                except SearchEndedError:  # the parcels stay as the search packed them
                    if stop.cancelled:
                        raise
                    found = dataclasses.replace(found, cut=True)
            with stop.finishing():
                if found:
                    found, out = without_too_empty(model, found)
                    unpacked = [*unpacked, *out]
                solution = Solution(finish_plan(model, found, unpacked), model, packable, found)
    if not solution.plan.cut_short:
        return solution
    return dataclasses.replace(solution, plan=dataclasses.replace(solution.plan, effort_used=stop.effort_used))


def refuse_early(task: Task) -> None:
    """Raise InvalidInputError for a task that ``plan`` refuses before any search."""
    request = Request.resolve(task)
    if request.started or not PACKERS[request.policy.engine].keeps_margins:
        model = OrderModel(request, request.expansion)
        _refuse_margins(model)
        read_started(model)


def _refuse_margins(model: OrderModel) -> None:
    """Raise InvalidInputError if units need gaps or margins and the engine keeps none."""
    if model.packer.keeps_margins:
        return
    for line, _ in model.expansion.lines:
        guard = model.wrappings.guards[line.line_id]
        half_gap_um, margin_um = guard.half_gap_um, guard.wall_margin_um
        if half_gap_um or margin_um:
            needs = f"line {line.line_id!r} needs {exact(half_gap_um + margin_um)} mm to each wall"
            rule = f"must not be {model.request.policy.engine.value}: it keeps no gaps, and {needs}"
            raise InvalidInputError([FieldViolation("policy.engine", rule)])
