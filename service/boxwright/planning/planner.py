"""One order, one plan: the algorithm on one page.

How a box is chosen. The units that no box takes are set aside, each with its reason (``triage``). The search then goes
through the *candidates*: box types, each with a cushioning where there is a choice. It *protects* the units (cushioning
makes them larger), *bounds* each candidate by a price that no parcel in it undercuts, and takes the candidates from
the lowest bound up. One that cheap tests or an exhaustive search *prove* too small, too weak or too light is refused
with that proof; the others are *packed* by the engine, and what is packed is *priced* exactly. It ends when the next
bound cannot beat the best price. ``selection/single.py`` is this loop, ``selection/attempt.py`` one turn of it,
``planning/model.py`` the rules and prices that it asks for. Where no single box takes all units, or several may be
better, ``selection/search.py`` shares them among boxes.

What was found is *finished*: parcels with placements, dunnage, masses, bills and grams; a certificate of what was
proved; warnings. The independent *check* then judges the plan from the order and catalog alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright import fuse
from boxwright.planning.finding import find_boxes
from boxwright.planning.finishing.checked import checked
from boxwright.planning.finishing.explain import explained
from boxwright.planning.finishing.finish import finish_plan
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.expansion import Expansion
from boxwright.planning.solution import Solution
from boxwright.planning.started import solve_started
from boxwright.planning.triage import triage

if TYPE_CHECKING:
    from boxwright.domain.plan import Plan
    from boxwright.planning.request import Request


def plan_request(request: Request, *, empty_spaces: bool, explain: bool) -> Plan:
    """Return the plan of a request, checked; parameters and errors are those of ``plan``."""
    solution = solve(request)
    answer = checked(solution.plan, solution.model.request, empty_spaces=empty_spaces)
    return explained(answer, solution.model) if explain else answer


def solve(request: Request) -> Solution:
    """Return the best plan that the search finds for a request, not yet checked."""
    model = OrderModel(request, Expansion.of(request.order))
    packable, unpacked = triage(model)
    if request.started:
        return solve_started(model, packable, unpacked)
    found = find_boxes(model, packable, request.policy.max_parcels) if len(packable) else None
    with fuse.finishing():
        return Solution(finish_plan(model, found, unpacked), model, packable, found)
