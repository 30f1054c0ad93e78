"""Sliding finds layouts that placing in corners does not find, and they obey all rules."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import BoxType, Catalog, Item, Order, Policy, check, plan
from boxwright.domain.order import Orientation
from boxwright.packing.own import lay
from boxwright.packing.problem import Rules, Space, Units
from boxwright.packing.question import Question
from boxwright.packing.sliding import slide
from layout_rules import wrong
from strategies import cut_boxes, units_of

AS_DECLARED = (Orientation.LWH,)
UNDER_TWO = [
    Item("plate", 1, 51, 36, 10, 100, orientations=AS_DECLARED),
    Item("long", 1, 60, 25, 15, 100, orientations=AS_DECLARED),
    Item("short", 1, 40, 16, 12, 100, orientations=AS_DECLARED),
]
"""In a box of 60 x 41 x 25 mm the other two can only lie on the plate, side by side: 25 + 16 = 41 mm.

With the plate's front at y and the long one in front: the long one overhangs 9 mm of its 60, so at y its share is
51 (25 - y) / (60 x 25), at least 0.75 up to y = 2.9; the short one has (y + 36 - 25) / 16, at least 0.75 from y = 1 on.
So the plate lies 1 to 2.9 mm from the wall (or from the other one); in both corners, y = 0 and y = 5, one unit lacks
support. On the floor in place of the plate, the long one, of 25 mm, would carry 25 / 36 of it, and nothing else fits.
"""


def tight_units(lines: list[Item]) -> Units:
    """Return the units of lines, which lie as declared."""
    units = units_of([line.edges_um for line in lines], mass=[float(line.mass_mg) for line in lines])
    return replace(units, masks=np.ones(len(lines), dtype=np.int64))


@pytest.mark.parametrize("mode", ["fast", "balanced"])
def test_a_plate_lies_a_little_off_its_corner(mode: str) -> None:
    """In every mode, the plan takes the box in which the plate must leave its corner, and is valid."""
    order = Order("order", UNDER_TWO)
    catalog = Catalog("catalog", [BoxType("tight", 60, 41, 25), BoxType("wide", 200, 100, 100)])
    found = plan(order, catalog, Policy(mode=mode))
    assert [parcel.box_type_id for parcel in found.parcels] == ["tight"]
    assert check(found, order, catalog, Policy(mode=mode)) == []


def test_corners_alone_do_not_serve() -> None:
    """The three units have no layout in corners and flush with edges."""
    units = tight_units(UNDER_TWO)
    assert lay(Question(units, Space((60_000, 41_000, 25_000)), Rules(), whole=True, effort=100_000)) is None


def test_a_pile_that_tips_is_slid_on() -> None:
    """A foot comes to lie below a heavy unit at the end of a beam: the load acts over the foot."""
    lines = [
        Item("foot", 1, 40, 20, 10, 10, orientations=AS_DECLARED),
        Item("beam", 1, 50, 20, 10, 10, orientations=AS_DECLARED),
        Item("light", 1, 38, 20, 10, 10, orientations=AS_DECLARED),
        Item("heavy", 1, 12, 20, 10, 5_000, orientations=AS_DECLARED),
    ]
    units = tight_units(lines)
    layout = slide(Question(units, Space((50_000, 20_000, 30_000)), Rules(), whole=True, sliding=100_000))
    where = {int(unit): at for unit, at in zip(layout.units, layout.corners_um.tolist(), strict=True)}
    carried = [where[unit] for unit in (1, 2, 3)]
    masses = units.mass_mg[[1, 2, 3]]
    centre = sum(mass * (at[0] + at[3]) / 2 for mass, at in zip(masses, carried, strict=True)) / masses.sum()
    assert where[0][2] == 0
    assert where[0][0] <= centre <= where[0][3]


@given(cut_boxes(), st.sampled_from([300_000, 750_000, 950_000]), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_what_is_slid_obeys_every_rule(case, millionths: int, slack: int) -> None:
    """A layout obeys all rules, at every step."""
    box, pieces = case
    units = units_of([tuple(sorted(piece)) for piece in pieces])
    space = Space((box[0] + slack, box[1] + slack, box[2] + slack))
    rules = Rules(millionths)
    layout = slide(Question(units, space, rules, whole=True, sliding=5_000))
    if layout is None:
        return
    assert sorted(layout.units.tolist()) == list(range(len(units)))
    assert wrong(units, space, rules, layout) == []
    assert lay(Question(units, space, rules, whole=True, effort=0, fixed=layout)) is not None
