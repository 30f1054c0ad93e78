"""Layouts that show at first sight that they break no rule: the rules say so too."""

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.checking import places, wrong_layout
from boxwright.checking.places import MOST_AT_SIGHT, plainly_right
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.order import ALL_ORIENTATIONS, Fragility, Item, Order
from boxwright.domain.plan import Placement
from boxwright.domain.policy import Policy

BOX = BoxType("box", 120, 120, 120)
OWN = Catalog("own", [BOX])
EDGES_MM = (20, 40)
PLACES_UM = (0, 40_000, 60_000, 80_000)
SHIFTS_UM = (0, 0, 0, 10_000, -10_000)


@st.composite
def layouts(draw: st.DrawFn) -> tuple[Order, list[Placement]]:
    """Return an order of up to six units, and where they lie: well or not, so that tops and sides often meet."""
    lines, placements = [], []
    for name in "abc"[: draw(st.integers(1, 3))]:
        quantity = draw(st.integers(1, 2))
        turns = draw(st.sampled_from((ALL_ORIENTATIONS, ALL_ORIENTATIONS[:2])))
        edges = [draw(st.sampled_from(EDGES_MM)) for _ in range(3)]
        line = Item(name, quantity, *edges, draw(st.sampled_from((100, 900))), orientations=turns)
        lines.append(line)
        for index in range(quantity):
            turn = draw(st.sampled_from(ALL_ORIENTATIONS if draw(st.integers(0, 20)) == 0 else turns))
            extents = turn.rotate(*line.edges_um)
            x, y, z = (*(draw(st.sampled_from(PLACES_UM)) for _ in range(2)), 0)
            if placements and draw(st.integers(0, 3)):
                on = placements[draw(st.integers(0, len(placements) - 1))]
                x, y, z = on.x_um + draw(st.sampled_from(SHIFTS_UM)), on.y_um, on.z_um + on.height_um
            placements.append(Placement(name, index, x, y, z, *extents, orientation=turn))
    if draw(st.integers(0, 9)) == 0:
        placements = draw(st.permutations(placements))
    return Order("o", tuple(lines)), list(placements)


@given(layouts(), st.sampled_from((Policy(), Policy(support_ratio=1, fill_limit=0.5), Policy(fit_clearance_mm=10))))
@settings(max_examples=500, deadline=None)
def test_what_shows_no_fault_has_none(laid: tuple[Order, list[Placement]], policy: Policy) -> None:
    """No rule finds fault with a layout that is plainly right."""
    order, placements = laid
    if plainly_right(placements, BOX, order, policy):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(places, "plainly_right", lambda *_: False)
            assert wrong_layout(placements, BOX, order, OWN, policy) == []


LOW = Item("a", 1, 40, 40, 20, 500)
HIGH = Item("b", 1, 40, 20, 20, 100)
PAIR = Order("o", (LOW, HIGH))
FIRST = Placement("a", 0, 0, 0, 0, 40_000, 40_000, 20_000)
SECOND = Placement("b", 0, 0, 20_000, 20_000, 40_000, 20_000, 20_000)
shows = partial(plainly_right, box=BOX, policy=Policy())


def test_units_on_the_floor_and_wholly_on_another_are_plainly_right() -> None:
    """Most layouts of few units are such."""
    assert shows([FIRST, SECOND], order=PAIR)
    assert shows([FIRST, replace(SECOND, x_um=40_000, y_um=0, z_um=0)], order=PAIR)


@pytest.mark.parametrize(
    "placements",
    [
        [SECOND, FIRST],
        [FIRST, FIRST],
        [FIRST, replace(SECOND, z_um=10_000)],
        [FIRST, replace(SECOND, z_um=30_000)],
        [FIRST, replace(SECOND, x_um=1)],
        [FIRST, replace(SECOND, x_um=81_000, z_um=0)],
        [FIRST, replace(SECOND, length_um=39_000)],
        [FIRST, replace(SECOND, unit_index=1)],
        [FIRST, replace(SECOND, line_id="c")],
        [FIRST, replace(SECOND, wall_margin_um=1_000)],
        [FIRST, replace(SECOND, z_um=20_000.0)],
        [replace(FIRST, unit_index=number) for number in range(MOST_AT_SIGHT + 1)],
    ],
)
def test_what_is_in_doubt_is_left_to_the_rules(placements: list[Placement]) -> None:
    """Whatever else a layout has, the rules are asked: units in the way, overhanging, resized, unknown, too many."""
    assert not shows(placements, order=PAIR)


@pytest.mark.parametrize(
    "line", [replace(LOW, max_load_g=1_000), replace(LOW, fragility=Fragility("fragile")), replace(LOW, quantity=2)]
)
def test_goods_that_may_not_bear_any_load_are_left_to_the_rules(line: Item) -> None:
    """Limits of load and fragility are nothing that shows at first sight; quantities are."""
    assert shows([FIRST, SECOND], order=Order("o", (line, HIGH))) is (line.quantity == 2)
