"""If the box leaves a choice, goods lie on their largest face, and heavy goods lie low."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import BoxType, Catalog, Item, Order, Policy, check, load_catalog, plan
from boxwright.domain.order import UPRIGHT, SoftGoods
from boxwright.domain.steps import steps_of
from boxwright.planning import planner

edges = st.integers(2, 12).map(lambda half: 20 * half)
lines = st.builds(
    lambda index, quantity, size, mass: Item(str(index), quantity, *size, mass),
    st.integers(0, 10**6),
    st.integers(1, 3),
    st.tuples(edges, edges, edges),
    st.sampled_from([50, 400, 3_000]),
)
orders = st.lists(lines, min_size=1, max_size=4, unique_by=lambda line: line.line_id).map(lambda some: Order("o", some))
CATALOG = Catalog("c", [BoxType("small", 250, 200, 150), BoxType("large", 400, 300, 260)])


def _on_edge(made):
    """Number of units that do not lie on their largest face."""
    return sum(
        placed.height_um > min(placed.length_um, placed.width_um, placed.height_um)
        for parcel in made.parcels
        for placed in parcel.placements
    )


CAN, FILTER = Item("can", 1, 200, 130, 290, 4_600, orientations=["LWH"]), Item("filter", 1, 90, 90, 110, 380)
PANEL, WASHERS = Item("panel", 1, 260, 190, 50, 350), Item("washers", 2, 80, 60, 5, 12)
TOASTER = Item("toaster", 1, 320, 210, 220, 1_700, article="small_appliance")
KNIVES = [Item("large", 1, 380, 80, 30, 260, article="knife"), Item("small", 1, 250, 70, 25, 110, article="knife")]


@pytest.mark.parametrize(
    ("lines", "inner_mm", "flat"),
    [
        pytest.param([Item("game", 2, 60, 240, 180, 900)], (400, 300, 260), ["game"], id="a board game"),
        pytest.param([CAN, FILTER, PANEL, WASHERS], (300, 200, 400), ["washers"], id="small goods beside a panel"),
        pytest.param(
            *([TOASTER, *KNIVES, Item("board", 1, 400, 250, 20, 1_300)], (430, 310, 300), ["large", "small"]),
            id="knives beside a toaster",
        ),
    ],
)
def test_goods_lie_flat_where_they_may(lines, inner_mm, flat):
    """A unit that fits in any orientation lies on its largest face, even if another has to stand on edge."""
    box = BoxType("box", *inner_mm)
    made = plan(Order("o", lines), Catalog("c", [box], dunnage=load_catalog("eu-webshop").dunnage))
    thickness = {line.line_id: min(line.edges_um) for line in lines}
    placements = [placed for parcel in made.parcels for placed in parcel.placements if placed.line_id in flat]
    assert {placed.line_id for placed in placements} == set(flat)
    assert all(placed.height_um == thickness[placed.line_id] for placed in placements)


def test_equal_units_lie_in_stacks():
    """Twelve books fill a box in two stacks of six, although some would stand on edge if placed one by one."""
    made = plan(Order("o", [Item("book", 12, 240, 165, 35, 780)]), Catalog("c", [BoxType("box", 347, 247, 247)]))
    placements = made.parcels[0].placements
    assert {placed.height_mm for placed in placements} == {35}
    assert len({(placed.x_um, placed.y_um) for placed in placements}) == 2


@pytest.mark.parametrize("sizes", [[(60, 60, 40), (60, 60, 40), (60, 60, 39)], [(60, 60, 30)] * 3])
def test_the_heavy_unit_lies_at_the_bottom(sizes):
    """Of three units on each other, the dumbbell is the lowest."""
    goods = [Item(str(at), 1, *size, 1_900 if at == 2 else 1_000) for at, size in enumerate(sizes)]
    made = plan(Order("o", goods), Catalog("c", [BoxType("box", 65, 65, 140)]))
    assert min(made.parcels[0].placements, key=lambda placed: placed.z_um).line_id == "2"


def test_equal_units_stand_together():
    """Tubes that could fill gaps on both sides of a large part make one block."""
    lines = [Item("tube", 12, 50, 50, 225, 480), Item("can", 2, 66, 66, 320, 900), Item("gun", 1, 350, 200, 60, 500)]
    made = plan(Order("o", lines), Catalog("c", [BoxType("box", 302, 201, 404)]))
    tubes = [placed for placed in made.parcels[0].placements if placed.line_id == "tube"]
    low = [min(placed.corner_um[axis] for placed in tubes) for axis in range(3)]
    high = [max(placed.corner_um[axis] + placed.extent_um[axis] for placed in tubes) for axis in range(3)]
    volumes = [math.prod(placed.extent_um) for placed in tubes]
    assert math.prod(top - bottom for bottom, top in zip(low, high, strict=True)) == sum(volumes)


def test_a_canister_stands_on_the_floor_though_gloves_stand_on_end_for_it():
    """The heavy canister does not stand on the lighter glove box, which could lie flat only under it."""
    lines = [
        Item("oil", 1, 180, 120, 260, 3_600, special_handling=["liquid"]),
        Item("filter", 1, 90, 90, 110, 400),
        Item("gloves", 1, 230, 120, 70, 450),
    ]
    (parcel,) = plan(Order("o", lines), Catalog("c", [BoxType("box", 300, 200, 400)])).parcels
    assert {placed.line_id: placed.z_um for placed in parcel.placements}["oil"] == 0


def test_equal_units_stand_the_same_way_up():
    """Beside a stack of cables two couplers stand on the same side, one behind the other."""
    lines = [Item("cable", 3, 170, 140, 30, 110), Item("coupler", 2, 80, 60, 25, 25)]
    (parcel,) = plan(Order("o", lines), Catalog("c", [BoxType("box", 200, 150, 100)])).parcels
    assert len({placed.height_um for placed in parcel.placements if placed.line_id == "coupler"}) == 1


def test_no_slender_column():
    """Candles beside a vase lie in two columns side by side, although one column would fit below the lid."""
    lines = [Item("vase", 1, 150, 150, 220, 1_100, article="vase"), Item("candle", 12, 220, 26, 26, 95)]
    shop = load_catalog("eu-webshop")
    made = plan(Order("o", lines), Catalog("c", [shop.box_type("eu-350x250x250")], dunnage=shop.dunnage))
    candles = [placed for placed in made.parcels[0].placements if placed.line_id == "candle"]
    assert max(placed.z_mm + placed.height_mm for placed in candles) == 156


def test_each_stack_is_one_step():
    """Two stacks side by side on a carton go in one after the other, and not layer by layer."""
    lines = [
        Item("ream", 1, 297, 200, 50, 2_500),
        Item("pad", 4, 200, 190, 20, 300),
        Item("pens", 3, 90, 190, 25, 200),
    ]
    (parcel,) = plan(Order("o", lines), Catalog("c", [BoxType("box", 305, 205, 150)])).parcels
    assert [len(step.placed) for step in steps_of(parcel)] in ([1, 4, 3], [1, 3, 4])


def test_a_vase_stands_as_it_was_declared():
    """Delicate goods stand as declared, although they could lie flat."""
    made = plan(
        Order("o", [Item("v", 1, 90, 90, 120, 300, article="vase")]),
        Catalog("c", [BoxType("b", 300, 300, 300)], dunnage=load_catalog("eu-webshop").dunnage),
    )
    assert made.parcels[0].placements[0].orientation in UPRIGHT


@settings(max_examples=60, deadline=None)
@given(orders)
def test_nothing_else_changes(order):
    """The new layout keeps boxes, prices and rules, and no more units stand on edge."""
    policy = Policy(allow_partial=True, mode="fast")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "tidied", lambda model, outcome: outcome)
        before = plan(order, CATALOG, policy)
    made = plan(order, CATALOG, policy)
    assert check(made, order, CATALOG, policy) == []
    assert [parcel.box_type_id for parcel in made.parcels] == [parcel.box_type_id for parcel in before.parcels]
    assert made.certificate == before.certificate
    assert _on_edge(made) <= _on_edge(before)


def test_equal_units_go_in_together_beside_goods_in_fill():
    """Two stockings that lie on each other are one step, although the candles beside them stand higher than one."""
    lines = [
        Item("candle", 4, 89, 89, 102, 480, article="tumbler"),
        Item("globe", 1, 102, 102, 127, 650, article="ornament", special_handling=["liquid"]),
        Item("cards", 3, 178, 127, 25, 160),
        Item("stocking", 2, 450, 280, 12, 140, article="clothing", soft_goods=SoftGoods(6, 2)),
    ]
    made = plan(Order("o", lines), load_catalog("us-webshop"))
    steps = [step for parcel in made.parcels for step in steps_of(parcel)]
    assert sum(step.placed[0].line_id == "stocking" for step in steps) == 1


def test_a_single_unit_is_turned_upright_in_its_place():
    """Four equal candles in glass stand, although the search laid one of them on its side."""
    lines = [
        Item("candle", 4, 89, 89, 102, 480, article="tumbler"),
        Item("globe", 1, 102, 102, 127, 650, article="ornament", special_handling=["liquid"]),
        Item("cards", 3, 178, 127, 25, 160),
        Item("stocking", 2, 450, 280, 12, 140, soft_goods=SoftGoods(6, 2)),
    ]
    shop = load_catalog("us-webshop")
    made = plan(Order("o", lines), Catalog("c", [shop.box_type("us-20x16x10")], dunnage=shop.dunnage))
    candles = [placed for placed in made.parcels[0].placements if placed.line_id == "candle"]
    assert all(placed.orientation in UPRIGHT for placed in candles)


def test_tins_stand_in_two_equal_layers():
    """Twenty-four tins stand in twelve stacks of two, and not twenty below and four on top."""
    lines = [Item("tin", 24, 75, 75, 110, 460, article="tin"), Item("scoop", 1, 260, 120, 50, 110)]
    (parcel,) = plan(Order("o", lines), Catalog("c", [BoxType("box", 430, 310, 250)])).parcels
    assert sum(placed.z_um == 0 for placed in parcel.placements if placed.line_id == "tin") == 12


def test_books_lie_under_a_ball_beside_a_carton_that_has_to_stand():
    """A long carton that fits the box in no other way does not keep the rest from lying as preferred."""
    lines = [
        Item("train", 1, 380, 280, 80, 1_900, article="toy"),
        Item("ball", 1, 220, 220, 220, 430, article="toy"),
        Item("books", 2, 279, 216, 6, 180, article="book"),
        Item("crayons", 1, 150, 120, 30, 210),
    ]
    (parcel,) = plan(Order("o", lines), Catalog("c", [BoxType("box", 305, 305, 406)])).parcels
    assert {placed.z_mm < 10 for placed in parcel.placements if placed.line_id == "books"} == {True}


def test_nothing_lies_on_a_ball():
    """A book that fits under or over a ball lies under it."""
    lines = [Item("ball", 1, 220, 220, 220, 430, article="ball"), Item("book", 1, 200, 200, 20, 300)]
    (parcel,) = plan(Order("o", lines), Catalog("c", [BoxType("box", 230, 230, 245)])).parcels
    places = {placed.line_id: placed.z_um for placed in parcel.placements}
    assert places["book"] == 0 < places["ball"]
