"""Words for a step: which unit goes where, and which way up."""

import itertools
from collections.abc import Iterable

from boxwright.domain.order import Item, Order, Orientation
from boxwright.domain.plan import Placement
from boxwright.drawing.lettering import millimetres, ranges

MAX_SINGLE_STEPS = 24
MAX_GROUPS = 12

_POSES = {
    Orientation.LWH: "upright",
    Orientation.WLH: "upright, turned",
    Orientation.LHW: "on its side",
    Orientation.HLW: "on its side, turned",
    Orientation.WHL: "on its end",
    Orientation.HWL: "on its end, turned",
}


def steps(count: int) -> tuple[range, ...]:
    """Return the pictures to draw of so many units, each as the range of step numbers (from 1) that it adds.

    One step a picture up to ``MAX_SINGLE_STEPS``; past that, ``MAX_GROUPS`` runs of steps as equal as they can be.
    """
    pictures = count if count <= MAX_SINGLE_STEPS else MAX_GROUPS
    ends = [count * k // pictures for k in range(pictures + 1)] if pictures else []
    return tuple(range(first + 1, last + 1) for first, last in itertools.pairwise(ends))


def line_of(order: Order, line_id: str) -> Item:
    """Return the order line of that id; KeyError if the order has none."""
    for line in order.lines:
        if line.line_id == line_id:
            return line
    raise KeyError(line_id)


def unit_name(placement: Placement, order: Order) -> str:
    """Return which unit it is, counted from 1 within its line."""
    quantity = line_of(order, placement.line_id).quantity
    return placement.line_id if quantity == 1 else f"{placement.line_id} #{placement.unit_index + 1} of {quantity}"


def unit_caption(placement: Placement, number: int, order: Order) -> str:
    """Return a step in words, such as ``3. line A #2 of 3, upright, at x 120 y 0 z 85 mm``."""
    return f"{number}. line {unit_name(placement, order)}, {', '.join(whereabouts(placement))}"


def whereabouts(placement: Placement) -> tuple[str, ...]:
    """Return how often a unit is folded, which way up it stands, its lowest corner, compartment and what stays free."""
    x, y, z = (millimetres(value) for value in (placement.x_mm, placement.y_mm, placement.z_mm))
    place = (_POSES[placement.orientation], f"at x {x} y {y} z {z} mm")
    gap, margin = placement.half_gap_mm, placement.wall_margin_mm
    clear: tuple[str, ...] = (f"{millimetres(gap)} mm free round it",) if gap else ()
    clear += (f"{millimetres(gap + margin)} mm to the walls",) if margin else ()
    folded = (f"folded {placement.folds} ×",) if placement.folds else ()
    compartment = (f"in compartment {placement.compartment}",) if placement.compartment else ()
    return folded + place + compartment + clear


def group_caption(numbered: Iterable[tuple[int, Placement]]) -> tuple[str, ...]:
    """Return which units of each line a run of steps adds, with their numbers."""
    numbers: dict[str, list[int]] = {}
    for number, placement in numbered:
        numbers.setdefault(placement.line_id, []).append(number)
    return tuple(f"{len(each)} × {line_id} ({ranges(each)})" for line_id, each in numbers.items())
