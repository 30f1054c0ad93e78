"""The support that units need, and the support that a packing lacks."""

import numpy as np

from boxwright.packing.compiled import inlined, inner

FLAT_UM = 25_000
"""Greatest height of a unit that may lie in the margin below another."""


@inlined
def needed_contact(base, millionths):
    """Return the minimum contact area of a base at a support ratio in millionths; exact, and without overflow."""
    return (base // 1_000_000) * millionths + ((base % 1_000_000) * millionths + 999_999) // 1_000_000


@inlined
def slides(problem):
    """Whether units are set down with less support than they need and slid afterwards."""
    return problem.least < problem.millionths


@inlined
def obeys_nothing(problem):
    """Whether constructions ignore stability and load bearing."""
    return slides(problem) or (problem.millionths == 0 and not problem.bearing)


@inlined
def margin_is_free(x1, y1, x2, y2, margin, packing, count, sturdy):
    """Whether only flat, sturdy slots lie in the floor margin below a base."""
    at = packing.at
    for i in range(count):
        below = at[i, 5] <= margin and at[i, 0] < x2 and at[i, 3] > x1 and at[i, 1] < y2 and at[i, 4] > y1
        if below and (at[i, 5] - at[i, 2] > FLAT_UM or not sturdy[packing.unit[i]]):
            return False
    return True


@inlined
def lack(slot, at, count, millionths):
    """Return the share of its base by which a slot lacks support; 0 if the support is enough."""
    z = at[slot, 2]
    if z == 0:
        return 0.0
    x1, y1, x2, y2 = at[slot, 0], at[slot, 1], at[slot, 3], at[slot, 4]
    contact = np.int64(0)
    for i in range(count):
        if at[i, 5] == z:
            across_x = min(x2, at[i, 3]) - max(x1, at[i, 0])
            across_y = min(y2, at[i, 4]) - max(y1, at[i, 1])
            if across_x > 0 and across_y > 0:
                contact += across_x * across_y
    base = (x2 - x1) * (y2 - y1)
    short = needed_contact(base, millionths) - contact
    return float(short) / float(base) if short > 0 else 0.0


@inlined
def lack_here(slot, at, count, millionths):
    """Return the sum of ``lack`` over a slot and the slots on it."""
    lacking = lack(slot, at, count, millionths)
    for i in range(count):
        if at[i, 2] == at[slot, 5]:
            lacking += lack(i, at, count, millionths)
    return lacking


@inner
def lack_of_all(at, count, millionths):
    """Return the sum of ``lack`` over all slots."""
    lacking = 0.0
    for i in range(count):
        lacking += lack(i, at, count, millionths)
    return lacking
