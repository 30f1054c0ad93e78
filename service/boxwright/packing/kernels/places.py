"""Finds the best place of a unit in the empty spaces, under a placement rule."""

import numpy as np

from boxwright.packing.compiled import inlined
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.kernels.support import margin_is_free, needed_contact

RULES = 5
"""Number of placement rules; see ``_score``."""


@inlined
def _touched(place, at, placed, floor, margin):
    """Return the contact area of a place with walls, floor and placed units, um2; ``margin`` is (near, far)."""
    x, y, z, l, w, h = place
    touch = 0.0
    if x == margin[0]:
        touch += float(w) * h
    if x + l == floor[0] - margin[1]:
        touch += float(w) * h
    if y == margin[0]:
        touch += float(l) * h
    if y + w == floor[1] - margin[1]:
        touch += float(l) * h
    if z == 0:
        touch += float(l) * w
    for i in range(placed):
        across_x = min(x + l, at[i, 3]) - max(x, at[i, 0])
        across_y = min(y + w, at[i, 4]) - max(y, at[i, 1])
        across_z = min(z + h, at[i, 5]) - max(z, at[i, 2])
        if across_x == 0 and across_y > 0 and across_z > 0:
            touch += float(across_y) * across_z
        elif across_y == 0 and across_x > 0 and across_z > 0:
            touch += float(across_x) * across_z
        elif across_z == 0 and across_x > 0 and across_y > 0:
            touch += float(across_x) * across_y
    return touch


@inlined
def _score(rule, place, slack, at, placed, floor, margin):
    """Return the score of a place: three numbers that are compared in turn; smaller is better.

    The placement rules prefer: 0: lowest, then back, then left; 1: most contact with walls and units; 2: lowest, then
    tightest in the plane; 3: walls, from the back of the length; 4: lowest top, then most contact.
    """
    x, y, z, l, w, h = place
    if rule == 0:
        return float(z), float(y), float(x)
    if rule == 2:
        return float(z), float(min(slack[0], slack[1])), float(max(slack[0], slack[1]))
    if rule == 3:
        return float(x + l), float(z), float(y)
    touch = _touched(place, at, placed, floor, margin)
    if rule == 1:
        # Contact is a share of the unit's surface, so that orientations compare fairly.
        return -touch / (float(l) * w + float(l) * h + float(w) * h), float(z), float(x + y)
    return float(z + h), -touch, float(x + y)


@inlined
def _better(score, best):
    for part in range(3):
        if score[part] != best[part]:
            return score[part] < best[part]
    return False


@inlined
def _carriers(space, at, placed, tops):
    """Write the slots whose tops are at the base of a space; return their number."""
    carriers = np.int64(0)
    for i in range(placed):
        if (
            at[i, 5] == space[2]
            and at[i, 0] < space[3]
            and at[i, 3] > space[0]
            and at[i, 1] < space[4]
            and at[i, 4] > space[1]
        ):
            tops[carriers] = i
            carriers += 1
    return carriers


@inlined
def _carried(place, at, tops, carriers):
    """Return the area of the base of a place that rests on the carriers."""
    x, y, l, w = place[0], place[1], place[3], place[4]
    contact = np.int64(0)
    for i in range(carriers):
        top = tops[i]
        across_x = min(x + l, at[top, 3]) - max(x, at[top, 0])
        across_y = min(y + w, at[top, 4]) - max(y, at[top, 1])
        if across_x > 0 and across_y > 0:
            contact += across_x * across_y
    return contact


@inlined
def find_place(unit, rule, budget, work, placed, count):
    """Find the best place for a unit with a score worse than ``scratch.after``; return the orientation of the unit.

    The result is -1 if there is no place or the budget ended. ``scratch.place`` and ``scratch.score`` receive the place
    and its score.
    """
    problem, scratch, at = work.problem, work.scratch, work.packing.at
    spaces, tops, effort, there = scratch.spaces, scratch.tops, scratch.effort, scratch.place
    near, far = problem.margin[unit, 0], problem.margin[unit, 1]
    floor = (problem.box[0], problem.box[1])
    lid = problem.box[2] - far
    after = (scratch.after[0], scratch.after[1], scratch.after[2])
    best = (np.inf, np.inf, np.inf)
    corner_taken = scratch.corner[unit]
    edges, millionths = problem.edges, problem.least
    touching = rule in (1, 4)
    looks = 1 + (placed // 2 if touching else 0)
    turn = np.int64(-1)
    for s in range(count):
        if scratch.stop[0] != 0:
            return -1
        sx1, sy1, z = max(spaces[s, 0], near), max(spaces[s, 1], near), spaces[s, 2]
        sx2, sy2 = min(spaces[s, 3], floor[0] - far), min(spaces[s, 4], floor[1] - far)
        sz2 = min(spaces[s, 5], lid)
        if rule in (0, 2) and z > best[0]:
            continue
        # A unit in its margin above the floor has a foot down to the floor, which may overlap flat units set down.
        foot = max(near - z, np.int64(0))
        carriers = np.int64(0)
        if z > near and millionths > 0:
            effort[0] += placed // 4
            carriers = _carriers((sx1, sy1, z, sx2, sy2), at, placed, tops)
            if carriers == 0:
                continue
        for o in range(6):
            if not (scratch.masks[unit] >> o) & 1:
                continue
            l = edges[unit, ORIENTATIONS[o, 0]]
            w = edges[unit, ORIENTATIONS[o, 1]]
            h = edges[unit, ORIENTATIONS[o, 2]] + foot
            if l > sx2 - sx1 or w > sy2 - sy1 or h > sz2 - z:
                continue
            needed = needed_contact(l * w, millionths)
            for spot in range(4 * max(carriers, 1)):
                corner = spot & 3
                if corner == 0 and effort[0] > budget:
                    return -1
                # On the floor, the corners of the space are tried; under rules without contact, only one.
                if carriers == 0 and corner != corner_taken and not touching:
                    continue
                if carriers == 0:
                    x = sx2 - l if corner & 1 else sx1
                    y = sy2 - w if corner & 2 else sy1
                else:
                    # Above the floor, the unit is flush with an edge of a unit below, as far as space allows.
                    top = tops[spot >> 2]
                    x = at[top, 3] - l if corner & 1 else at[top, 0]
                    y = at[top, 4] - w if corner & 2 else at[top, 1]
                    x = max(sx1, min(x, sx2 - l))
                    y = max(sy1, min(y, sy2 - w))
                effort[0] += looks
                place = (x, y, z, l, w, h)
                score = _score(rule, place, (sx2 - sx1 - l, sy2 - sy1 - w), at, placed, floor, (near, far))
                if not _better(score, best) or not _better(after, score):
                    continue
                if carriers > 0 and _carried(place, at, tops, carriers) < needed:
                    continue
                if 0 < z <= near:
                    effort[0] += placed // 4
                    if not margin_is_free(x, y, x + l, y + w, near, work.packing, placed, work.loads.sturdy):
                        continue
                best = score
                turn = o
                there[0], there[1], there[2], there[3], there[4], there[5] = place
    for part in range(3):
        scratch.score[part] = best[part]
    return turn
