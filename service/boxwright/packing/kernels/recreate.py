"""Ruin and recreate: neighbouring units are removed from a packing and set down again, many times."""

import numpy as np

from boxwright.packing.compiled import inner, maker
from boxwright.packing.kernels.construct import construct
from boxwright.packing.kernels.draws import draw, generator, one_orientation
from boxwright.packing.kernels.packings import (
    JUST_BELOW,
    allow_all,
    copy,
    keep,
    new_packing,
    take_fixed,
    volume_of,
    volume_of_all,
    worth_of,
)
from boxwright.packing.kernels.places import RULES
from boxwright.packing.kernels.slide import slide
from boxwright.packing.kernels.support import lack

SAWTOOTH = 200
"""Number of packings over which the accepted loss falls from ``MOST_LOSS`` to 0, before it starts again."""
MOST_LOSS = 0.05
"""Largest accepted loss compared with the best packing of the segment, as a share of the volume of all units."""
NEARNESS = 0.1
"""Largest random addition to the distances by which units to remove are chosen, as a share of the box length."""
SIZE_NOISE = 0.3
"""Units are sorted by volume times a random factor from this to this + 1, so larger units mostly come first."""


@inner
def _centre(number, at, count, millionths, random):
    """Return a slot around which to remove units; in three of four cases it lacks support, if any slot does."""
    centre, seen = number % max(count, 1), 0
    if (number >> 8) % 4 != 0:
        for i in range(count):
            if lack(i, at, count, millionths) > 0.0:
                seen += 1
                if draw(random) % seen == 0:
                    centre = i
    return centre


@inner
def _nearest(centre, at, count, many, noise, key, gone, random):
    """Mark a slot and its nearest neighbours, ``many`` in all, as gone; distances have random additions."""
    for i in range(count):
        away = 0.0
        for axis in range(3):
            away += max(0, max(at[i, axis], at[centre, axis]) - min(at[i, 3 + axis], at[centre, 3 + axis]))
        key[i] = away + noise * (draw(random) % 1_000)
        gone[i] = False
    key[centre] = -1.0
    for _turn in range(many):
        next_one = -1
        for i in range(count):
            if not gone[i] and (next_one < 0 or key[i] < key[next_one]):
                next_one = i
        gone[next_one] = True


@inner
def _stay(current, count, gone, kept, taken):
    """Copy the slots that are not gone and mark their units as taken; return their number."""
    filled = np.int64(0)
    for i in range(taken.shape[0]):
        taken[i] = False
    for i in range(count):
        if not gone[i]:
            for column in range(6):
                kept.at[filled, column] = current.at[i, column]
            kept.unit[filled], kept.turn[filled] = current.unit[i], current.turn[i]
            taken[current.unit[i]] = True
            filled += 1
    return filled


@inner
def _line_up(problem, scratch, key, order, random):
    """Sort units roughly by size; a quarter of them get one random orientation, and half get a random corner."""
    allow_all(problem, scratch.masks)
    for i in range(order.shape[0]):
        chance = draw(random)
        key[i] = volume_of(i, problem) * (SIZE_NOISE + (chance % 1_000) / 1_000)
        if (chance >> 10) % 4 == 0:
            scratch.masks[i] = one_orientation(scratch.masks[i], chance >> 12)
        scratch.corner[i] = (chance >> 15) % 4 if chance & 16384 else 0
        j = i
        while j > 0 and key[order[j - 1]] < key[i]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = i


@maker
def recreate(work, start, started, share, budget, seed):
    """Remove neighbouring units from a packing and set them down again, many times; slide packings with all units.

    The first packing has the first ``started`` slots of ``start``. At most ``share`` of the units are removed at a
    time. Returns whether all units are placed under all rules; ``out`` then holds the packing.
    """
    problem, packing, scratch = work.problem, work.packing, work.scratch
    n = scratch.masks.shape[0]
    current, kept = new_packing(n), new_packing(n)
    copy(start, current, started)
    have = np.int64(started)
    worth = worth_of(problem, current, have)
    top = worth
    slack = MOST_LOSS * volume_of_all(problem)
    noise = NEARNESS * problem.box[0] / 1_000
    order = np.empty(n, dtype=np.int64)
    gone = np.zeros(n, dtype=np.bool_)
    key = np.empty(n)
    random = generator(seed)
    loops = 0
    while scratch.effort[0] < budget and scratch.stop[0] == 0:
        loops += 1
        number = draw(random)
        centre = _centre(number, current.at, have, problem.millionths, random)
        many = min(have, 1 + (number >> 10) % max(1, np.int64(share * n)))
        _nearest(centre, current.at, have, many, noise, key, gone, random)
        filled = _stay(current, have, gone, kept, scratch.taken)
        _line_up(problem, scratch, key, order, random)
        rule = (number >> 20) % RULES
        least = top - slack * (1.0 - (loops % SAWTOOTH) / SAWTOOTH)
        floor = min(worth * JUST_BELOW, least)
        count = construct(order, rule, budget, floor, work, kept, filled)
        if count < 0:
            continue
        scratch.effort[0] += n * n // 8
        if count == n and slide(work, n, budget, random[0]):
            copy(packing, work.out, n)
            return True
        new = keep(work, count)
        if new >= worth or new > least:
            copy(packing, current, count)
            have, worth = np.int64(count), new
            top = max(top, new)
    take_fixed(problem, scratch.taken)
    return False
