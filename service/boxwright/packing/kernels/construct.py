"""One construction: units are set down one by one, each in the best place where all rules hold."""

import numpy as np

from boxwright.packing.compiled import inlined, inner
from boxwright.packing.kernels.packings import copy, sort_upwards, volume_of, volume_of_all
from boxwright.packing.kernels.places import find_place
from boxwright.packing.kernels.spaces import cut
from boxwright.packing.kernels.standing import set_down, standing
from boxwright.packing.kernels.support import obeys_nothing

MOST_RESETTLED = 300
"""Up to this number of units in the box, a unit may go under another; all units are then set down again."""


@inner
def _slid_under(at, placed):
    """Whether the last slot lies under an earlier slot, which now also rests on it."""
    for i in range(placed):
        if (
            at[i, 2] == at[placed, 5]
            and at[i, 0] < at[placed, 3]
            and at[i, 3] > at[placed, 0]
            and at[i, 1] < at[placed, 4]
            and at[i, 4] > at[placed, 1]
        ):
            return True
    return False


@inlined
def _set_down(unit, rule, budget, work, placed, count):
    """Set a unit down in the best place where all rules hold; return whether a place was found within the budget."""
    problem, packing, loads, scratch = work.problem, work.packing, work.loads, work.scratch
    place = scratch.place
    for part in range(3):
        scratch.after[part] = -np.inf
    for _try in range(6):
        turn = find_place(unit, rule, budget, work, placed, count)
        if turn < 0:
            return False
        for axis in range(3):
            packing.at[placed, axis] = place[axis]
            packing.at[placed, axis + 3] = place[axis] + place[axis + 3]
        packing.unit[placed], packing.turn[placed] = unit, turn
        if obeys_nothing(problem):
            return True
        if not _slid_under(packing.at, placed):
            scratch.effort[0] += placed
            if set_down(placed, packing, loads):
                return True
        elif placed <= MOST_RESETTLED:
            scratch.effort[0] += 4 * placed
            copy(packing, scratch.old, placed)
            sort_upwards(packing, problem.fixed.unit.shape[0], placed + 1)
            if standing(packing, placed + 1, loads) == placed + 1:
                return True
            copy(scratch.old, packing, placed)
            standing(packing, placed, loads)
        for part in range(3):
            scratch.after[part] = scratch.score[part]
    return False


@inlined
def _begin(work, start, started, budget, edge):
    """Set the first slots down as they lie; return the number of empty spaces, and weight and volume of the slots.

    The number is -1 if a slot breaks a rule or the budget ends.
    """
    problem, packing, scratch = work.problem, work.packing, work.scratch
    for axis in range(3):
        scratch.spaces[0, axis] = 0
        scratch.spaces[0, axis + 3] = problem.box[axis]
    count = np.int64(1)
    weight_in = 0.0
    volume_in = 0.0
    fixed = problem.fixed.unit.shape[0]
    lying = start if started > 0 else problem.fixed
    for slot in range(max(fixed, started)):
        unit, at = lying.unit[slot], lying.at[slot]
        packing.unit[slot], packing.turn[slot] = unit, lying.turn[slot]
        for column in range(6):
            packing.at[slot, column] = at[column]
        if not obeys_nothing(problem) and not set_down(slot, packing, work.loads):
            return np.int64(-1), weight_in, volume_in
        weight_in += problem.weight[unit]
        foot = max(problem.margin[unit, 0] - at[2], np.int64(0))
        volume_in += float(at[3] - at[0]) * (at[4] - at[1]) * (at[5] - at[2] - foot)
        scratch.effort[0] += count + slot
        if scratch.effort[0] > budget:
            return np.int64(-1), weight_in, volume_in
        # The space under a fixed unit cannot be reached from above, nor that in a margin.
        base = np.int64(0) if slot < fixed or at[2] <= problem.margin[unit, 0] else at[2]
        count = cut(scratch.spaces, count, (at[0], at[1], base, at[3], at[4], at[5]), edge, scratch.fresh)
    return count, weight_in, volume_in


@inlined
def _note_opening(unit, work, placed):
    """Write the unit that was set down first, and its place, to ``scratch.opening``."""
    packing, opening, place = work.packing, work.scratch.opening, work.scratch.place
    opening[0], opening[1] = unit, np.int64(0)
    for slot in range(placed + 1):
        if packing.unit[slot] == unit:
            opening[1] = packing.turn[slot]
    for axis in range(3):
        opening[2 + axis], opening[5 + axis] = place[axis], place[axis] + place[axis + 3]


@inner
def construct(order, rule, budget, floor, work, start, started):
    """Set units down one by one in the given order; return the number of units placed, fixed units included.

    The construction begins with the first ``started`` slots of ``start``, with the fixed units first; if
    ``started`` is 0, it begins with the fixed units. ``scratch.taken`` marks the units of these slots.
    ``scratch.opening`` receives the next unit set down.

    In the end the slots are a pack sequence: first the fixed units, then the others sorted upwards. The result is -1 if
    a step of the sequence breaks a rule, or once the packing cannot have more volume than ``floor``.
    """
    problem, scratch = work.problem, work.scratch
    place, edge_left, opening = scratch.place, scratch.edge_left, scratch.opening
    n = order.shape[0]
    edge_left[n] = np.int64(1) << 60
    for i in range(n - 1, -1, -1):
        edges = problem.edges[order[i]]
        edge_left[i] = min(edge_left[i + 1], edges[0], edges[1], edges[2])
    scratch.effort[0] += n  # counted even if no unit fits, so that every search ends
    for kind in range(n):
        scratch.failed[kind] = 0
    opening[0] = -1
    count, weight_in, volume_in = _begin(work, start, started, budget, edge_left[0])
    if count < 0:
        return np.int64(-1)
    placed = max(problem.fixed.unit.shape[0], started)
    conceivable = volume_of_all(problem)
    for i in range(n):
        unit = order[i]
        if scratch.taken[unit]:
            continue
        kind = problem.kinds[unit]
        weight, volume = problem.weight[unit], volume_of(unit, problem)
        if scratch.stop[0] != 0 or scratch.effort[0] > budget:
            break
        may = scratch.masks[unit] & ~scratch.failed[kind] != 0 and volume_in + volume <= problem.volume_limit
        # A unit that displaces more void fill than it weighs makes the parcel lighter.
        if weight > 0.0 and weight_in + weight > problem.weight_limit:
            may = False
        if may and not _set_down(unit, rule, budget, work, placed, count):
            scratch.failed[kind] |= scratch.masks[unit]
            if started > 0 and opening[0] < 0:
                break
            may = False
        if not may:
            conceivable -= volume
            if conceivable <= floor:
                return np.int64(-1)
            continue
        if opening[0] < 0:
            _note_opening(unit, work, placed)
        placed += 1
        weight_in += weight
        volume_in += volume
        scratch.effort[0] += count
        x, y, z = place[0], place[1], place[2]
        base = np.int64(0) if z <= problem.margin[unit, 0] else z
        there = (x, y, base, x + place[3], y + place[4], z + place[5])
        count = cut(scratch.spaces, count, there, edge_left[i + 1], scratch.fresh)
    if weight_in > problem.weight_limit:
        return np.int64(0)
    sort_upwards(work.packing, problem.fixed.unit.shape[0], placed)
    if not obeys_nothing(problem) and standing(work.packing, placed, work.loads) < placed:
        return np.int64(-1)
    return placed
