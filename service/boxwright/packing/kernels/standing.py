"""Sets a unit down on the units before it under all rules, and passes its load down the pile."""

import numpy as np

from boxwright.packing.compiled import entry, inlined, inner
from boxwright.packing.kernels.support import margin_is_free, needed_contact
from boxwright.packing.state import Loads

MOST_CONTACTS = 24
"""Maximum number of units on which a unit may rest; places on more units are not used."""


@entry
def new_loads(problem, n):
    """Return the arrays for contacts and loads of ``n`` units."""
    contacts = min(MOST_CONTACTS, n)
    margin = problem.margin.copy()
    for slot in range(problem.fixed.unit.shape[0]):
        margin[problem.fixed.unit[slot]] = 0  # what lies under fixed units stays there
    return Loads(
        problem.mass,
        problem.max_load,
        problem.millionths,
        problem.bearing,
        margin,
        (problem.max_load >= problem.mass.sum()) | (not problem.bearing),
        np.zeros(n, dtype=np.int64),
        np.empty((n, contacts), dtype=np.int64),
        np.empty((n, contacts)),
        np.empty((n, contacts, 4), dtype=np.int64),
        np.empty((n, 5)),
        np.empty((n, 5)),
        np.empty(n, dtype=np.int64),
    )


@inner
def _outside_hull(x, y, rects, count):
    """Whether (x, y) lies strictly outside the convex hull of ``count`` rectangles, int64 (count, 4)."""
    for i in range(count):
        if rects[i, 0] <= x <= rects[i, 2] and rects[i, 1] <= y <= rects[i, 3]:
            return False
    if count == 1:
        return True
    # The point is outside if all corners lie to the left of the ray from (x, y) to some corner q.
    for i in range(4 * count):
        qx = rects[i // 4, 2 * (i & 1)] - x
        qy = rects[i // 4, 1 + (i & 2)] - y
        all_left = True
        for j in range(4 * count):
            rx = rects[j // 4, 2 * (j & 1)] - x
            ry = rects[j // 4, 1 + (j & 2)] - y
            cross = qx * ry - qy * rx
            if cross < 0.0 or (cross == 0.0 and qx * rx + qy * ry <= 0.0):
                all_left = False
                break
        if all_left:
            return True
    return False


@inlined
def _touch(slot, at, loads):
    """Write the slots on which a slot rests; return their number, -1 if they are too many, and the contact area."""
    area, patch = loads.area, loads.patch
    x1, y1, z1, x2, y2 = at[slot, 0], at[slot, 1], at[slot, 2], at[slot, 3], at[slot, 4]
    count = np.int64(0)
    contact = np.int64(0)
    for other in range(slot):
        if at[other, 5] != z1:
            continue
        ax1, ay1 = max(x1, at[other, 0]), max(y1, at[other, 1])
        ax2, ay2 = min(x2, at[other, 3]), min(y2, at[other, 4])
        if ax1 >= ax2 or ay1 >= ay2:
            continue
        if count == area.shape[1]:
            return np.int64(-1), contact
        loads.under[slot, count] = other
        area[slot, count] = float(ax2 - ax1) * float(ay2 - ay1)
        patch[slot, count, 0], patch[slot, count, 1] = ax1, ay1
        patch[slot, count, 2], patch[slot, count, 3] = ax2, ay2
        contact += (ax2 - ax1) * (ay2 - ay1)
        count += 1
    return count, contact


@inlined
def _tips(slot, at, loads):
    """Whether a slot with its load would tip after the change, under either assumption about shared loads."""
    load, change = loads.load, loads.change
    total = load[slot, 0] + change[slot, 0]
    for reading in range(1, 5, 2):
        px = (load[slot, reading] + change[slot, reading]) / total
        py = (load[slot, reading + 1] + change[slot, reading + 1]) / total
        if loads.under_n[slot] == 0:
            if px < at[slot, 0] or px > at[slot, 3] or py < at[slot, 1] or py > at[slot, 4]:
                return True
        elif _outside_hull(px, py, loads.patch[slot], loads.under_n[slot]):
            return True
    return False


@inner
def _share(slot, extra, moment_x, moment_y, loads):
    """Pass an additional load of ``slot`` to the slots under it, in proportion to contact area."""
    area, patch, change = loads.area, loads.patch, loads.change
    count = loads.under_n[slot]
    whole = 0.0
    for i in range(count):
        whole += area[slot, i]
    for i in range(count):
        other = loads.under[slot, i]
        if change[other, 0] == 0.0:
            for column in range(1, 5):
                change[other, column] = 0.0
        share = area[slot, i] / whole
        part = share * extra
        change[other, 0] += part
        change[other, 1] += share * moment_x
        change[other, 2] += share * moment_y
        change[other, 3] += part * (patch[slot, i, 0] + patch[slot, i, 2]) * 0.5
        change[other, 4] += part * (patch[slot, i, 1] + patch[slot, i, 3]) * 0.5


@inlined
def _bear(slot, own, centre, packing, loads):
    """Pass the mass of a slot down the pile; return whether all slots below bear their load and none tips."""
    at, under_n, load, change = packing.at, loads.under_n, loads.load, loads.change
    for other in range(slot):
        change[other, 0] = 0.0
    _share(slot, own, own * centre[0], own * centre[1], loads)
    for rank in range(slot - 1, -1, -1):
        other = loads.by_z[rank]
        extra = change[other, 0]
        if extra == 0.0:
            continue
        total = load[other, 0] + extra
        unit = packing.unit[other]
        if loads.bearing and total - loads.mass[unit] > loads.max_load[unit]:
            return False
        if loads.millionths > 0 and _tips(other, at, loads):
            return False
        if under_n[other] > 0:
            _share(other, extra, change[other, 1], change[other, 2], loads)
    for other in range(slot):
        if change[other, 0] > 0.0:
            for column in range(5):
                load[other, column] += change[other, column]
    return True


@inner
def set_down(slot, packing, loads):
    """Set a slot down on the slots before it; return whether support, stability and load bearing hold.

    If they do not, no load changes. The slot must not lie under an earlier slot. Columns of ``load`` are the mass of
    the unit with its load, then moments about x and y: first if shared loads act at their own centre of mass, then if
    they act at the centre of the contact.
    """
    at, load = packing.at, loads.load
    x1, y1, z1, x2, y2 = at[slot, 0], at[slot, 1], at[slot, 2], at[slot, 3], at[slot, 4]
    count = np.int64(0)
    loads.under_n[slot] = 0
    unit = packing.unit[slot]
    own, margin = loads.mass[unit], loads.margin[unit, 0]
    if margin > 0 and z1 <= margin and not margin_is_free(x1, y1, x2, y2, margin, packing, slot, loads.sturdy):
        return False
    if z1 > margin:
        count, contact = _touch(slot, at, loads)
        if count < 0 or contact < needed_contact((x2 - x1) * (y2 - y1), loads.millionths):
            return False
    loads.under_n[slot] = count
    centre = ((x1 + x2) * 0.5, (y1 + y2) * 0.5)
    if loads.millionths > 0 and count > 0 and _outside_hull(centre[0], centre[1], loads.patch[slot], count):
        return False
    if count > 0 and own > 0.0 and not _bear(slot, own, centre, packing, loads):
        return False
    load[slot, 0] = own
    load[slot, 1] = load[slot, 3] = own * centre[0]
    load[slot, 2] = load[slot, 4] = own * centre[1]
    rank = np.int64(slot)
    while rank > 0 and at[loads.by_z[rank - 1], 2] > z1:
        loads.by_z[rank] = loads.by_z[rank - 1]
        rank -= 1
    loads.by_z[rank] = slot
    return True


@inner
def standing(packing, count, loads):
    """Return the number of slots that can be set down in turn before a slot breaks a rule."""
    for slot in range(count):
        if not set_down(slot, packing, loads):
            return np.int64(slot)
    return np.int64(count)
