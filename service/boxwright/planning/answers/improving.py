"""Yields a first plan, then better ones, until the effort of the mode is spent or the search is ended."""

import dataclasses
from collections.abc import Iterator

from boxwright.domain.plan import Plan, ProofScope, ProofStatus
from boxwright.domain.policy import SolvingMode
from boxwright.errors import SearchEndedError
from boxwright.planning.boxes import Solution
from boxwright.planning.finishing.checked import checked
from boxwright.planning.finishing.explain import explained
from boxwright.planning.finishing.finish import cut
from boxwright.planning.planner import solve
from boxwright.planning.request import Request
from boxwright.planning.task import Task

MANY_UNITS = 200
"""Minimum number of units of an order whose first plan is yielded before it is improved."""

ROUND_TAKES = 3
"""A round begins only if the time left is at least this multiple of the time to finish a plan."""


def improvements(task: Task, *, empty_spaces: bool = False, explain: bool = False) -> Iterator[Plan]:
    """Yield a first plan and then better ones; the last is the answer.

    The search runs through the modes up to the policy's, each with its whole effort, so the answer is never worse than
    that of ``plan``. It ends early if a plan is proved the best of all plans, or if ``task.stop`` ends it; in the
    second case the best plan so far is yielded once more, ``cut_short``.

    Each plan is checked, and has fewer units unpacked, a lower price or a better proof than the one before. Parameters
    and errors are those of ``plan``, with SearchEndedError if the search was ended before there was a plan.
    """
    request, stop, modes = Request.resolve(task), task.stop, list(SolvingMode)
    best: tuple[Solution, Plan] | None = None
    rounds = [(mode, False) for mode in modes[: modes.index(request.policy.mode) + 1]]
    if request.order.unit_count >= MANY_UNITS:
        rounds.insert(0, (modes[0], True))
    for number, (mode, first) in enumerate(rounds):
        if best is not None and stop.left_s < ROUND_TAKES * stop.finish_s:
            yield cut(best[1], stop.effort_used)
            return
        try:
            asked = dataclasses.replace(request, policy=dataclasses.replace(request.policy, mode=mode))
            solution = solve(asked, empty_spaces=empty_spaces, goes_on=number > 0, first=first)
        except SearchEndedError:
            if best is None:
                raise
            yield cut(best[1], stop.effort_used)
            return
        ended = solution.plan.cut_short
        if solution.plan.unpacked and not request.policy.allow_partial and number < len(rounds) - 1:
            continue
        if best is None or _rank(solution) < _rank(best[0]):
            answer = checked(solution.plan, request, empty_spaces=empty_spaces)
            best = solution, explained(answer, solution.model) if explain and not (ended or first) else answer
            yield best[1]
        elif ended:
            yield cut(best[1], stop.effort_used)
        certificate = best[1].certificate
        proved = certificate.status is ProofStatus.PROVED and certificate.scope is ProofScope.ALL_PLANS
        if ended or proved or best[0].outcome is None:
            return


def _rank(solution: Solution) -> tuple[object, ...]:
    """Return the sort key of a plan, best first: units left out, price, proof, bound."""
    outcome, plan = solution.outcome, solution.plan
    if outcome is None:
        return (len(plan.unpacked),)
    if solution.model.request.holds_very_fragile:  # such plans have no proof
        return len(plan.unpacked), outcome.price
    bound = outcome.bound or ()
    return len(plan.unpacked), outcome.price, outcome.status is not ProofStatus.PROVED, tuple(-part for part in bound)
