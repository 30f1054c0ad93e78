"""Words for a step: which unit goes where, and which way up."""

import itertools
from collections.abc import Iterable

from boxwright.domain.order import Item, Order
from boxwright.domain.plan import Parcel, Placement
from boxwright.domain.pose import pose_of, turn_of
from boxwright.domain.protection import LineProtection
from boxwright.drawing.lettering import millimetres, ranges

MAX_SINGLE_STEPS = 24
MAX_GROUPS = 12


def steps(count: int) -> tuple[range, ...]:
    """Return the pictures to draw of so many units, each as the range of step numbers (from 1) that it adds.

    One step a picture up to ``MAX_SINGLE_STEPS``; past that, ``MAX_GROUPS`` runs of steps as equal as they can be.
    """
    pictures = count if count <= MAX_SINGLE_STEPS else MAX_GROUPS
    ends = [count * k // pictures for k in range(pictures + 1)] if pictures else []
    return tuple(range(first + 1, last + 1) for first, last in itertools.pairwise(ends))


def line_of(order: Order, line_id: str) -> Item:
    """Return the order line of that id; KeyError if the order has none."""
    return {line.line_id: line for line in order.lines}[line_id]


def named(placement: Placement, order: Order, parcel: Parcel) -> tuple[str, str]:
    """Return what a unit is called, and which of several of its line in the parcel it is, in the order of the steps."""
    line = line_of(order, placement.line_id)
    number, count = parcel.unit_numbers[placement.line_id, placement.unit_index]
    which = "" if count == 1 else f" #{number} of {count}"
    return line.description or f"line {line.line_id}", which


def unit_caption(placement: Placement, number: int, order: Order, parcel: Parcel) -> str:
    """Return a step in words, such as ``3. Blue mug, upright, lengthways, goods at x 90 y 58 z 50 mm``."""
    said = ("".join(named(placement, order, parcel)), *whereabouts(placement, order, parcel))
    return f"{number}. {', '.join(said)}"


def whereabouts(placement: Placement, order: Order, parcel: Parcel) -> tuple[str, ...]:
    """Return what goes round a unit, which way up it lies, the lowest corner of the goods, and what stays free."""
    line, rule = line_of(order, placement.line_id), rule_of(placement, parcel)
    pose, turn = pose_of(line, placement), turn_of(placement)
    gap = placement.half_gap_mm
    x, y, z = (millimetres(value + gap) for value in (placement.x_mm, placement.y_mm, placement.z_mm))
    folded = (f"folded {placement.folds} ×",) if placement.folds else ()
    lies = (pose.value if turn is None else f"{pose.value}, {turn.value}",)
    compartment = (f"in compartment {placement.compartment}",) if placement.compartment else ()
    wrap, clear = round_it(placement, rule, parcel)
    what = "inner box" if placement.inner_box_type_id else "goods"
    return (*wrap, *folded, *lies, f"{what} at x {x} y {y} z {z} mm", *compartment, *clear)


def round_it(
    placement: Placement, rule: LineProtection | None, parcel: Parcel
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what goes round a unit, wrap or pads; and what is kept free of others and of the walls."""
    gap, margin = placement.half_gap_mm, placement.wall_margin_mm
    walls = (f"at least {millimetres(gap + margin)} mm to the walls",) if margin else ()
    if rule is not None and rule.pad_edge_um:
        return (f"pads of {parcel.cushioning_id}, {millimetres(gap)} mm thick, on each face",), walls
    wrap: tuple[str, ...] = ()
    if rule is not None and rule.wrap_layers and not placement.compartment:
        wrap = (f"wrap: {rule.wrap_layers} layer{'' if rule.wrap_layers == 1 else 's'} of {parcel.cushioning_id}",)
    if rule is not None and placement.inner_box_type_id:
        wrap = (*wrap, f"in inner box {placement.inner_box_type_id}, {millimetres(rule.inner_gap_mm)} mm round")
    return wrap, (f"{millimetres(gap)} mm free round it", *walls) if gap else walls


def rule_of(placement: Placement, parcel: Parcel) -> LineProtection | None:
    """Return what protects the line of a unit; None where nothing does."""
    return next((rule for rule in parcel.protection if rule.line_id == placement.line_id), None)


def group_caption(numbered: Iterable[tuple[int, Placement]]) -> tuple[str, ...]:
    """Return which units of each line a run of steps adds, with their numbers."""
    numbers: dict[str, list[int]] = {}
    for number, placement in numbered:
        numbers.setdefault(placement.line_id, []).append(number)
    return tuple(f"{len(steps)} × {line_id} ({ranges(steps)})" for line_id, steps in numbers.items())
