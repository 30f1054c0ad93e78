"""The next best plans of an order, ranked; each is found without a box type that a better plan uses."""

from __future__ import annotations

import dataclasses
import heapq
from collections.abc import Iterator

import numpy as np

from boxwright.domain.fields import changed, is_whole, own_number, shown
from boxwright.domain.plan import Plan
from boxwright.errors import FieldViolation, InvalidInputError, SearchEndedError
from boxwright.planning.boxes import Solution
from boxwright.planning.finishing.certify import NOTHING_PROVED
from boxwright.planning.finishing.checked import checked, without_extras
from boxwright.planning.finishing.explain import explained
from boxwright.planning.planner import solve
from boxwright.planning.request import Request
from boxwright.planning.task import Task
from boxwright.selection.model import Price

MAX_ALTERNATIVES = 10
"""Maximum number of alternatives of a plan."""
NO_BOX = ""
"""Box type id of a parcel that is a unit in its own container."""
MOST_LEFT_OUT = 5
"""Maximum number of box types of a plan that are left out in turn, in order of their ids."""


def plans(task: Task, alternatives: int, *, empty_spaces: bool = False, explain: bool = False) -> tuple[Plan, ...]:
    """Return the best plan of an order and the next best ones, ranked by the objectives.

    Each plan uses other boxes than every plan before it, packs the same units, and is checked. An alternative is the
    best plan that the search finds without one of the box types of another plan. Its certificate states its rank and
    proves nothing. An alternative that is better than the plan that
    ``plan`` returns comes first.

    ``alternatives`` is the number of plans to return besides the best one: 0 to ``MAX_ALTERNATIVES``, and 0 if parcels
    are already started. Fewer are returned if no more are found. Only the best plan is explained. Other parameters, and
    errors, are as for ``plan``.
    """
    alternatives, rule = own_number(alternatives), ""
    if not is_whole(alternatives, 0, MAX_ALTERNATIVES):
        rule = f"must be a whole number from 0 to {MAX_ALTERNATIVES}, got {shown(alternatives)}"
    elif alternatives and task.started_parcels:
        rule = "must be 0 if parcels are already started, since no alternatives are searched for then"
    if rule:
        raise InvalidInputError([FieldViolation("alternatives", rule)])
    first = solve(Request.resolve(task), empty_spaces=empty_spaces)
    request = first.model.request
    best = checked(first.plan, request, empty_spaces=empty_spaces)
    found, late = [(first.price, best)], False
    try:
        if alternatives and first.outcome is not None:
            if first.plan.cut_short:
                raise SearchEndedError
            for other in _others(first, alternatives):
                # The best plan is checked before the search goes on, so that a deadline does not lose it.
                answer = dataclasses.replace(other.plan, certificate=NOTHING_PROVED)
                found.append((other.price, checked(answer, request, empty_spaces=empty_spaces)))
    except SearchEndedError:
        if task.stop.cancelled:
            raise
        late = True
    best, *others = (answer for _, answer in sorted(found, key=lambda ranked: ranked[0]))
    if late:
        best = without_extras(best)
    if explain:
        best = explained(best, first.model)
    ranked = (
        dataclasses.replace(other, certificate=dataclasses.replace(NOTHING_PROVED, rank=rank))
        for rank, other in enumerate(others, start=1)
    )
    return (best, *ranked)


def _others(first: Solution, count: int) -> Iterator[Solution]:
    """Yield solutions with other boxes as they are found, roughly from best to worst."""
    seen, tried = {_boxes(first.plan)}, set[frozenset[str]]()
    waiting: list[tuple[Price, tuple[str, ...], tuple[str, ...], Solution]] = []
    latest, without = first, frozenset[str]()
    for _ in range(count):
        for box_type_id in tuple(dict.fromkeys(_boxes(latest.plan)))[:MOST_LEFT_OUT]:
            fewer = without | {box_type_id}
            if fewer in tried:
                continue
            tried.add(fewer)
            other = _solve_without(first, fewer)
            first.model.stop.look()
            if other is not None and other.outcome is not None:
                heapq.heappush(waiting, (other.price, _boxes(other.plan), tuple(sorted(fewer)), other))
        while waiting and waiting[0][1] in seen:
            heapq.heappop(waiting)
        if not waiting:
            return
        _, boxes, fewest, latest = heapq.heappop(waiting)
        without = frozenset(fewest)
        seen.add(boxes)
        yield latest


def _boxes(plan: Plan) -> tuple[str, ...]:
    return tuple(sorted(parcel.box_type_id for parcel in plan.parcels))


def _solve_without(first: Solution, box_type_ids: frozenset[str]) -> Solution | None:
    """Return the best solution without some box types, or None if it would leave out other units."""
    request = first.model.request
    left = tuple(box for box in request.box_types if box.box_type_id not in box_type_ids)
    if not left:
        return None
    request = dataclasses.replace(request, box_types=left)
    if NO_BOX in box_type_ids:
        boxed = [changed(line, ships_in_own_container=False) for line in request.order.lines]
        request = dataclasses.replace(request, order=dataclasses.replace(request.order, lines=tuple(boxed)))
    other = solve(request)
    out = [{(unit.line_id, unit.unit_index) for unit in answer.unpacked} for answer in (first.plan, other.plan)]
    # Refusals hold only for the units that were searched for, so these must be the same.
    same = out[0] == out[1] and np.array_equal(first.members, other.members)
    return other if same else None
