"""Stock: the boxes left when parcels use some."""

import numpy as np
import pytest

from boxwright import BoxType
from boxwright.selection.model import PackedBox
from boxwright.selection.stock import Stock, enough, in_stock

ANY, ONE, TWO = (
    BoxType("any", 10, 10, 10),
    BoxType("one", 10, 10, 10, available=1),
    BoxType("two", 10, 10, 10, available=2),
)


def parcel(box: BoxType) -> PackedBox:
    """Return a parcel without units in a box of a type."""
    nothing = np.empty(0, dtype=np.int64)
    return PackedBox(box, nothing, nothing, np.empty((0, 6), dtype=np.int64), ())


@pytest.mark.parametrize(
    ("boxes", "used", "left"),
    [
        ([ONE], [], True),
        ([ONE], [ONE], False),
        ([ONE, ONE], [], False),
        ([TWO, TWO], [], True),
        ([TWO, TWO], [TWO], False),  # one box is left, and two are needed
        ([TWO, ANY, ANY], [TWO, ANY, ONE], True),
    ],
)
def test_boxes_asked_for_and_boxes_used_come_from_one_stock(
    boxes: list[BoxType], used: list[BoxType], left: bool
) -> None:
    """Boxes suffice if those wanted and those used are in stock together."""
    assert Stock((ANY, ONE, TWO), [parcel(box) for box in used]).suffices(boxes, []) is left
    assert enough([parcel(box) for box in (*boxes, *used)]) is left


def test_a_type_is_in_stock_while_one_more_is_left() -> None:
    """A type is in stock while a box is left; an unlimited type always is."""
    used = [parcel(box) for box in (TWO, TWO, ANY, ANY)]
    assert in_stock((ANY, ONE, TWO), used) == (ANY, ONE)


def test_boxes_of_parcels_that_are_given_up_come_back() -> None:
    """Stock follows the parcels that a plan drops and adds; unlimited types are always left."""
    one, two = parcel(ONE), parcel(TWO)
    stock = Stock((ANY, ONE, TWO), [one, two, two, parcel(ANY)])
    assert stock.boxes(stock.left([])) == (ANY,)
    assert stock.boxes(stock.left([two])) == (ANY, TWO)
    assert (stock.suffices([TWO], [two]), stock.suffices([TWO, TWO], [two])) == (True, False)
    stock.replace([one], [parcel(ANY)])
    assert stock.left([]) == ("one",)
    assert not Stock((ANY,), []).scarce
