"""Stock: how many boxes of each type are left beside those that parcels use."""

import numpy as np
import pytest

from boxwright import BoxType
from boxwright.selection.model import PackedBox
from boxwright.selection.stock import enough, enough_left, in_stock

ANY, ONE, TWO = (
    BoxType("any", 10, 10, 10),
    BoxType("one", 10, 10, 10, available=1),
    BoxType("two", 10, 10, 10, available=2),
)


def parcel(box: BoxType) -> PackedBox:
    """Return a parcel in a box of a type, with no units: none is asked of."""
    nothing = np.empty(0, dtype=np.int64)
    return PackedBox(box, nothing, nothing, np.empty((0, 6), dtype=np.int64), ())


@pytest.mark.parametrize(
    ("boxes", "used", "left"),
    [
        ([ONE], [], True),
        ([ONE], [ONE], False),
        ([ONE, ONE], [], False),
        ([TWO, TWO], [], True),
        ([TWO, TWO], [TWO], False),  # one is left, and two are asked for
        ([TWO, ANY, ANY], [TWO, ANY, ONE], True),
    ],
)
def test_boxes_asked_for_and_boxes_used_come_from_one_stock(
    boxes: list[BoxType], used: list[BoxType], left: bool
) -> None:
    """A type is at hand as often as it is asked for beside what is used, or not at all."""
    assert enough_left(boxes, [parcel(box) for box in used]) is left
    assert enough([parcel(box) for box in (*boxes, *used)]) is left


def test_a_type_is_in_stock_while_one_more_is_left() -> None:
    """Of one used twice of two none is left; of an unlimited type there always is."""
    used = [parcel(box) for box in (TWO, TWO, ANY, ANY)]
    assert in_stock((ANY, ONE, TWO), used) == (ANY, ONE)
