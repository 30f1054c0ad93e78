"""Orders of plain units: what is known of them without packing them is what packing finds."""

import itertools

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from boxwright.checking import wrong_layout
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.order import ALL_ORIENTATIONS, Item, Order, Orientation
from boxwright.domain.plan import Placement
from boxwright.domain.policy import Engine, Policy, SolvingMode
from boxwright.evaluation.plain import PlainOrder, plain_order
from boxwright.evaluation.shelf import Room
from boxwright.packing.problem import Rules, Space
from boxwright.packing.question import Packed
from boxwright.planning.engine import PACKERS
from boxwright.selection.effort import EFFORT
from boxwright.selection.multi import EFFORT_SHARE

EDGES, INSIDE = st.tuples(*[st.integers(1, 8)] * 3), st.tuples(*[st.integers(5, 14)] * 3)
TURNS = st.lists(st.sampled_from(ALL_ORIENTATIONS), min_size=1, max_size=6, unique=True)


def room_of(length: int, width: int, height: int) -> Room:
    """Return what an open box of some edges, in mm, offers."""
    box = BoxType("B", length, width, height, tare_g=50, material_id="board")
    return Room.of(box, Space(box.inner_um), (1,))


def pair_of(*units: tuple[tuple[int, int, int], list[Orientation]]) -> PlainOrder:
    """Return an order of units of some edges, that may lie in some ways, a line each."""
    lines = [
        Item(name, 1, *edges, 100, orientations=tuple(turns)) for name, (edges, turns) in zip("ab", units, strict=True)
    ]
    asked = plain_order(Order("o", tuple(lines)))
    assert asked is not None
    return asked


@settings(max_examples=30)
@given(st.tuples(EDGES, TURNS), st.tuples(EDGES, TURNS), INSIDE)
def test_two_units_that_surely_go_in_are_packed(
    one: tuple[tuple[int, int, int], list[Orientation]],
    other: tuple[tuple[int, int, int], list[Orientation]],
    inside: tuple[int, int, int],
) -> None:
    """Packing lays them with the effort of any mode, for a whole order and a part, and the check finds no fault."""
    asked, room = pair_of(one, other), room_of(*inside)
    assume(asked.fit(asked.whole, room) and asked.two_go_in(asked.whole, room))
    efforts = [
        effort for mode in SolvingMode for effort in (EFFORT[mode].of_an_order, EFFORT[mode].scaled(parts=EFFORT_SHARE))
    ]
    for effort, support in itertools.product(efforts, (0, 750_000, 1_000_000)):
        question = effort.question(asked.units, room.space, Rules(support), proofs=False)
        answer = PACKERS[Engine.BOXWRIGHT].ask(question)
        assert isinstance(answer, Packed)
        layout, placements = answer.layout, []
        for unit, turn, (x, y, z, x2, y2, z2) in zip(
            layout.units.tolist(), layout.orientations.tolist(), layout.corners_um.tolist(), strict=True
        ):
            line, index = asked.expansion.units[unit]
            extents = x2 - x, y2 - y, z2 - z
            placements.append(Placement(line.line_id, index, x, y, z, *extents, orientation=ALL_ORIENTATIONS[turn]))
        policy = Policy(support_ratio=support / 1e6)
        assert not wrong_layout(placements, room.box, asked.order, Catalog("c", (room.box,)), policy)


@pytest.mark.parametrize(
    ("edges", "inside", "known"),
    [
        ((10, 6, 4), (20, 6, 4), True),
        ((10, 6, 4), (10, 12, 4), True),
        ((10, 6, 4), (10, 6, 8), True),
        ((10, 6, 4), (10, 11, 5), False),
    ],
    ids=["along", "across", "on top", "nowhere"],
)
def test_two_units_that_fill_a_box_surely_go_in(
    edges: tuple[int, int, int], inside: tuple[int, int, int], *, known: bool
) -> None:
    """Side by side along either edge of the floor, and one on the other; what fits nowhere is not known to."""
    asked = pair_of((edges, [Orientation.LWH]), (edges, [Orientation.LWH]))
    assert asked.two_go_in(asked.whole, room_of(*inside)) is known


def test_two_units_that_overhang_one_another_are_left_to_packing() -> None:
    """Whether they lie well is not known: neither lies wholly on the other."""
    asked = pair_of(((10, 4, 4), [Orientation.LWH]), ((5, 9, 4), [Orientation.LWH]))
    room = room_of(10, 9, 8)
    assert asked.fit(asked.whole, room)
    assert not asked.two_go_in(asked.whole, room)


def test_a_pair_of_which_one_bears_less_than_the_other_weighs_is_left_to_packing() -> None:
    """Boots lie on a straw hat, or the hat on the boots: which of them is not asked here."""
    hat, room = Item("hat", 1, 330, 300, 110, 100), room_of(340, 310, 220)
    for boots_g, surely in ((200, True), (200.001, False)):
        asked = plain_order(Order("o", (hat, Item("boots", 1, 320, 290, 110, boots_g))))
        assert asked is not None
        assert asked.two_go_in(asked.whole, room) is surely


def test_three_units_are_left_to_packing() -> None:
    """What is known of two says nothing of more."""
    asked = plain_order(Order("o", (Item("a", 3, 10, 6, 4, 100),)))
    assert asked is not None
    assert not asked.two_go_in(asked.whole, room_of(100, 100, 100))
