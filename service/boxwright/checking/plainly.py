"""Layouts that break no rule at first sight: each unit stands on the floor or wholly on one other, none is in the way.

Most layouts of few units are such, and to see that takes a fifth of the time of judging them rule by rule.
"""

from collections.abc import Sequence

from boxwright.domain.box import BoxType
from boxwright.domain.order import DimensionStatus, Item, Order, Orientation
from boxwright.domain.plan import Placement
from boxwright.domain.policy import Policy

MOST_UNITS = 8
"""Of more units every pair would take longer to look at than the rules do."""


def plainly_right(placements: Sequence[Placement], box: BoxType, order: Order, policy: Policy) -> bool:
    """Whether it shows that units lie well in an open, rigid box; where it does not, the rules are asked.

    Enough for that: they are as declared and inside, and each one that shares a plan view with units set down before
    lies above all of them and, off the floor, with its whole base on one of them. So none overlap or bar the way, and
    each has full support. It stays stable with whatever load: the centres of all that rests on it lie over its base.
    Loads are not added up, so that each unit is rigid and bears any.

    Parameters
    ----------
    placements : sequence of Placement
        In pack sequence.
    box, order, policy : BoxType, Order, Policy
        What they are judged by.
    """
    if len(placements) > MOST_UNITS or box.flexible or box.compartments is not None:
        return False
    lines = {line.line_id: line for line in order.lines}
    edges, clearance, filled = box.inner_um, policy.fit_clearance_um, 0
    most_x, most_y, most_z = edges[0] - clearance, edges[1] - clearance, edges[2] - clearance
    seen, lying = set(), list[tuple[int, int, int, int, int]]()
    for each in placements:
        line = lines.get(each.line_id)
        if line is None or not _as_declared(each, line):
            return False
        x, y, z = each.corner_um
        x1, y1, z1 = x + each.length_um, y + each.width_um, z + each.height_um
        if x < 0 or y < 0 or z < 0 or x1 > most_x or y1 > most_y or z1 > most_z:
            return False
        rests = z == 0
        for low_x, high_x, low_y, high_y, top in lying:
            if low_x < x1 and x < high_x and low_y < y1 and y < high_y:
                if z < top:
                    return False
                rests = rests or (z == top and low_x <= x and x1 <= high_x and low_y <= y and y1 <= high_y)
        if not rests:
            return False
        seen.add((each.line_id, each.unit_index))
        lying.append((x, x1, y, y1, z1))
        filled += (x1 - x) * (y1 - y) * (z1 - z)
    return len(seen) == len(placements) and filled * 1_000_000 <= policy.fill_millionths * box.inner_volume_um3


def _as_declared(each: Placement, line: Item) -> bool:
    """Whether a placement is of a unit of a line, bare and in its declared size, turned as it may lie."""
    figures = (each.unit_index, *each.corner_um, *each.extent_um)
    turn = each.orientation
    return (
        set(map(type, figures)) == {int}
        and 0 <= each.unit_index < line.quantity
        and line.dimension_status is not DimensionStatus.MISSING
        and line.soft_goods is None
        and line.fragility is None
        and not line.article
        and line.max_load_mg is None
        and type(turn) is Orientation
        and turn in line.orientations
        and each.extent_um == turn.rotate(*line.edges_um)
        and each.half_gap_um == each.wall_margin_um == each.folds == 0
        and each.compartment is None
        and not each.inner_box_type_id
    )
