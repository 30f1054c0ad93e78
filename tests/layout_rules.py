"""The rules of a layout, written again for the tests of packing."""

import itertools

from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.packing.problem import Layout, Rules, Space, Units


def wrong(units: Units, space: Space, rules: Rules, layout: Layout) -> list[str]:
    """Return the faults of a layout: sizes, margins, units below those at the floor margin, support, load limits."""
    at = layout.corners_um.tolist()
    margins = units.clear_um[layout.units].tolist()
    found = []
    for unit, turn, corners in zip(layout.units.tolist(), layout.orientations.tolist(), at, strict=True):
        extents = tuple(corners[axis + 3] - corners[axis] for axis in range(3))
        if ALL_ORIENTATIONS[turn].rotate(*units.edges_um[unit].tolist()) != extents:
            found.append("size")
    for corners, margin in zip(at, margins, strict=True):
        far = max(margin - space.slack_um, 0)
        if any(corners[axis] < margin or corners[axis + 3] > space.edges_um[axis] - far for axis in range(3)):
            found.append("margin")
    owned = [
        [*corners[:2], 0 if corners[2] == margin else corners[2], *corners[3:]]
        for corners, margin in zip(at, margins, strict=True)
    ]
    for one, two in itertools.combinations(owned, 2):
        if not any(one[axis + 3] <= two[axis] or two[axis + 3] <= one[axis] for axis in range(3)):
            found.append("overlap")
    for slot, (corners, margin) in enumerate(zip(at, margins, strict=True)):
        base = (corners[3] - corners[0]) * (corners[4] - corners[1])
        if corners[2] == margin:
            continue
        carried = 0
        for other, below in enumerate(at):
            shared = [min(corners[a + 3], below[a + 3]) - max(corners[a], below[a]) for a in (0, 1)]
            if below[5] == corners[2] and min(shared) > 0:
                if other < slot:
                    carried += shared[0] * shared[1]
                if rules.bearing and units.max_load_mg[layout.units[other]] == 0:
                    found.append("load")
        if carried * 1_000_000 < rules.support_millionths * base:
            found.append("support")
    return found
