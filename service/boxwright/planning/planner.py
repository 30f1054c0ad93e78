"""One order, one plan: the algorithm on one page.

``planning/door.py`` calls ``plan_request`` with a resolved request. ``triage`` sets aside the units that fit no box,
each with its reason. ``find_boxes`` then searches the *candidates*: box types, each with a cushioning where there is a
choice. For each candidate the search

1. *protects* the units: cushioning makes them larger;
2. *bounds* the price: no parcel of the candidate costs less;
3. *refuses* the candidate with a proof that size, weight or a rule keeps the units out, or *packs* it, or leaves it
   open;
4. *prices* what is packed, exactly.

It takes the candidates from the lowest bound up and ends when the next bound cannot beat the best price.
``selection/single.py`` is this loop. ``selection/table.py`` refuses most candidates before it, by arrays over all box
types, and ``planning/model.py`` answers with rules and prices. ``selection/choice.py`` asks for one box first. If none
takes all units, or several may be better, ``selection/multi.py`` shares the units among boxes.

``finish_plan`` makes the plan: parcels with placements, dunnage, masses, bills and grams; a certificate of what was
proved; warnings. ``checked`` lists empty spaces where they are asked for, and has the plan judged by order, catalog,
policy, lane and data, independently of the engine. It refuses a plan that leaves units out where the policy allows
none. It never looks at the certificate: ``verify_certificate`` replays that, with the same proof code.

``docs/architecture.md`` has this walk as a table, room by room, with the files that a rule, an objective or a proof is
added in.
"""

import dataclasses
import math

from boxwright.domain.plan import Plan
from boxwright.planning.finding.boxes import find_boxes
from boxwright.planning.finding.margins import refuse_margins
from boxwright.planning.finding.started import solve_started
from boxwright.planning.finishing.checked import checked
from boxwright.planning.finishing.explain import explained
from boxwright.planning.finishing.finish import finish_plan
from boxwright.planning.finishing.finish_time import finish_time_s
from boxwright.planning.model import OrderModel
from boxwright.planning.request import Request
from boxwright.planning.solution import Solution
from boxwright.planning.unpacked.triage import triage


def plan_request(request: Request, *, empty_spaces: bool, explain: bool) -> Plan:
    """Return the plan of a request, checked; parameters and errors are those of ``plan``."""
    solution = solve(request, empty_spaces=empty_spaces)
    answer = checked(solution.plan, request, empty_spaces=empty_spaces)
    return explained(answer, solution.model) if explain else answer


def solve(request: Request, *, empty_spaces: bool = False, goes_on: bool = False, first: bool = False) -> Solution:
    """Return the best plan that the search finds for a request, not yet checked.

    A deadline leaves time to finish it, with its ``empty_spaces``, unless whoever reads the order has told how much.
    Where the search ``goes_on``, the effort of the one before counts as well. With ``first`` it ends at the first plan
    of all units.
    """
    stop = request.stop
    if not stop.finish_s and stop.left_s < math.inf:
        stop.finish_s = finish_time_s(request.order, request.catalog, empty_spaces=empty_spaces)
    with stop.phase("search"), stop.search(request.policy.max_effort, goes_on=goes_on):
        solution = _solve(request, first=first)
    if not solution.plan.cut_short:
        return solution
    return dataclasses.replace(solution, plan=dataclasses.replace(solution.plan, effort_used=stop.effort_used))


def _solve(request: Request, *, first: bool) -> Solution:
    model = OrderModel(request, request.expansion)
    refuse_margins(model)
    packable, unpacked = triage(model)
    if request.started:
        return solve_started(model, packable, unpacked)
    found = find_boxes(model, packable, request.policy.max_parcels, first=first) if len(packable) else None
    with request.stop.finishing():
        return Solution(finish_plan(model, found, unpacked), model, packable, found)
