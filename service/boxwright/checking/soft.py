"""Soft goods: folded no more often and pressed no thinner than they may be; and what they take and carry."""

import math
from collections.abc import Iterator
from fractions import Fraction

from boxwright.checking.violation import ViolationKind
from boxwright.checking.wording import mm
from boxwright.domain.order import Item, Orientation
from boxwright.domain.soft_goods import SoftGoods

Size = tuple[int, int, int]


def unturned(orientation: Orientation, extents_um: Size, both_um: int) -> Size:
    """Return length, width and thickness of what lies with these extents in this orientation, less both half-gaps."""
    at = {edge: axis for axis, edge in enumerate(orientation.value)}
    length, width, thickness = (extents_um[at[edge]] - both_um for edge in "LWH")
    return length, width, thickness


def wrong_shape(flat_um: Size, soft: SoftGoods, folds: object, shape_um: Size) -> Iterator[tuple[ViolationKind, str]]:
    """Yield what is wrong with the shape of soft goods.

    ``flat_um`` are the declared edges, lying flat and at rest, ``shape_um`` length, width and thickness as placed.
    """
    if type(folds) is not int or not 0 <= folds <= soft.max_folds:
        yield ViolationKind.WRONG_SHAPE, f"folded {folds!r:.20} times, at most {soft.max_folds} allowed"
        return
    sides = [flat_um[0], flat_um[1]]
    for _ in range(folds):
        longer = 0 if sides[0] >= sides[1] else 1
        sides[longer] -= sides[longer] // 2
    layers = 2**folds
    if [*shape_um[:2]] != sides:
        detail = f"{mm(*shape_um[:2])} long and wide, folded {folds} times the goods are {mm(*sides)}"
        yield ViolationKind.WRONG_EXTENTS, detail
    least = flat_um[2] if soft.min_thickness_um is None else soft.min_thickness_um
    if not least * layers <= shape_um[2] <= flat_um[2] * layers:
        detail = f"{mm(shape_um[2])} thick, folded {folds} times from {mm(least * layers)} to {mm(flat_um[2] * layers)}"
        yield ViolationKind.WRONG_SHAPE, detail


def goods_um3(item: Item, orientation: object, extents_um: Size, half_gap_um: int, folds: object) -> int:
    """Return the volume that the goods of a unit take as they are placed, in cubic um.

    Soft goods have the area that they cover lying flat times the thickness of one of their layers.
    """
    length, width, height = item.edges_um
    if item.soft_goods is None or type(folds) is not int or not 0 <= folds <= item.soft_goods.max_folds:
        return length * width * height
    if not isinstance(orientation, Orientation):
        return length * width * height
    layer = Fraction(unturned(orientation, extents_um, 2 * half_gap_um)[2], 1 << folds)
    return math.floor(length * width * layer)
