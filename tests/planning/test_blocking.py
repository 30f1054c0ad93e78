"""Blocking: the spaces that need it, its mass and cost, and bounds of the search that stay below its price."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import (
    BoxType,
    Catalog,
    InvalidInputError,
    Item,
    Order,
    Policy,
    StackingCondition,
    Task,
    check,
    load_catalog,
    plan,
    verify_certificate,
)
from boxwright.catalog import load_materials
from boxwright.checking import ViolationKind
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component
from boxwright.packing.voids import to_block, voids
from boxwright.planning.parts.expansion import corners_um
from boxwright.planning.request import Request
from boxwright.protection import blocking_limits, blocking_mg, void_fill_mg
from models import model_of
from through_file import through_file

MATERIALS = load_materials()
FILL = Dunnage("fill", DunnageKind.VOID_FILL, "kraft-paper", density_kg_per_m3=Decimal(18), read_in_source=True)
BLOCK = Dunnage("block", DunnageKind.BLOCKING, "honeycomb-paper", density_kg_per_m3=Decimal(40), read_in_source=True)
BOX = BoxType("box", 300, 200, 150, tare_g=100, material_id="corrugated-board", price_minor=50)


def one(mass_g):
    """Return an order of one cube of 100 mm."""
    return Order("order", [Item("cube", 1, 100, 100, 100, mass_g)])


def packed(order, *boxes, dunnage=(FILL, BLOCK), **policy):
    """Return the plan of an order, checked, replayed and read back."""
    catalog, chosen = Catalog("catalog", boxes or (BOX,), dunnage=dunnage, currency="EUR"), Policy(**policy)
    made = plan(order, catalog, chosen, profiles=("uk-desnz",), empty_spaces=True)
    assert check(made, order, catalog, chosen) == []
    assert verify_certificate(made, order, catalog, chosen, profiles=("uk-desnz",)) == []
    if chosen.stacking is None:
        # A stack may leave no mass for blocking: a plan then has none, but the figures of a given packing include it.
        assert through_file(made, order, catalog, chosen, None, ("uk-desnz",))
    return made


@pytest.mark.parametrize(("edge", "above"), [(100, True), (200, False)])
def test_golden_a_heavy_cube_is_blocked_on_its_open_sides(edge, above):
    """8 kg in a corner, 200 x E x (E + 50) and 100 x E x (E + 50) mm beside it, E x E x 50 above: 40 g/L of blocking.

    At 8 g/cm3 it is blocked above too. Just below 1 g/cm3 18 g/L of fill are there. Densities and the
    gap of 25 mm are not verified: this tests arithmetic.
    """
    cube = Item("cube", 1, edge, edge, edge, 8_000 if above else 7_999)
    box = BoxType("box", edge + 200, edge + 100, edge + 50, tare_g=100, material_id="corrugated-board")
    parcel = packed(Order("order", [cube]), box).parcels[0]
    over, litres = edge * edge * 50, ((edge + 200) * (edge + 100) * (edge + 50) - edge**3) / 10**6
    marked = {space.volume_um3: space.needs_blocking for space in parcel.empty_spaces}
    assert marked.pop(over * 10**9) is above
    assert all(marked.values())
    fill_l = 0 if above else over / 10**6
    assert parcel.packaging_mg(Component.BLOCKING) == round((litres - fill_l) * 40_000)
    assert parcel.packaging_mg(Component.VOID_FILL) == round(fill_l * 18_000)
    assert Component.BLOCKING in {line.component for line in parcel.footprints[0].lines}


def test_blocking_that_a_pile_leaves_no_mass_for_is_in_no_figure():
    """30 layers leave the box some 4 kg, and blocking would weigh tons: it is left out, reported and replayed.

    The grams of the plan are compared, so that the certificate's value is replayed from what the parcel is packed with.
    """
    order = Order("order", [Item("block", 1, 4_978, 4_423, 3_231, 7_000)])
    box = BoxType("box", 9_779, 4_632, 9_813, board_id="c-flute-32ect", trips=20)
    made = packed(
        *(order, box),
        dunnage=(BLOCK,),
        objectives="emissions",
        stacking=StackingCondition(layers=30, safety_factor=3.3),
        accept_incomplete_footprint=True,
    )
    assert made.parcels[0].packaging_mg(Component.BLOCKING) == 0
    assert any("'block' would exceed the weight limit" in each.message for each in made.warnings)


BOOKS, BOARD = Item("book", 12, 240, 165, 35, 780), {"tare_g": 100, "material_id": "corrugated-board"}
CLOTHES = (Item("shoes", 4, 340, 220, 130, 1_500), Item("shirt", 10, 300, 250, 30, 400, article="clothing"))
TOY = (Item("block", 1, 300, 200, 140, 8_000), Item("toy", 1, 120, 80, 40, 40))


@pytest.mark.parametrize(
    ("lines", "inner_mm", "blocked"),
    [
        pytest.param(one(3_999.999).lines, (300, 200, 150), False, id="a light cube is held by fill"),
        pytest.param(one(4_000).lines, (300, 200, 150), True, id="4 kg of dense goods"),
        pytest.param([Item("block", 1, 200, 200, 160, 6_000)], (300, 200, 200), False, id="6 kg like books"),
        pytest.param([Item("block", 1, 200, 200, 160, 6_400)], (300, 200, 200), True, id="6.4 kg of 1 g/cm3"),
        pytest.param([Item("block", 2, 200, 200, 75, 3_499.999)], (300, 200, 150), False, id="less than 7 kg"),
        pytest.param([Item("block", 2, 200, 200, 75, 3_500)], (300, 200, 150), True, id="two of 3.5 kg"),
        pytest.param(CLOTHES, (700, 450, 400), False, id="soft and light goods, however many"),
        pytest.param(TOY, (300, 200, 180), False, id="a toy beside a block as large as the floor"),
        pytest.param([BOOKS], (335, 245, 210), False, id="contents that fill the box"),
        pytest.param(one(8_000).lines, (125, 100, 125), False, id="a gap of 25 mm"),
        pytest.param(one(8_000).lines, (125.001, 100, 125), True, id="a gap of a micrometre more"),
    ],
)
def test_which_goods_are_blocked(lines, inner_mm, blocked):
    """Blocking follows from mass, density and hardness of the goods, and from the gaps beside them."""
    (parcel,) = packed(Order("order", lines), BoxType("box", *inner_mm, **BOARD)).parcels
    assert (parcel.packaging_mg(Component.BLOCKING) > 0) is blocked
    assert any(space.needs_blocking for space in parcel.empty_spaces) is blocked


def test_space_behind_light_goods_beside_heavy_ones_is_blocked():
    """A pouch beside 12 kg of iron would be pushed through 70 mm of paper: no space is left to fill."""
    lines = Item("iron", 1, 190, 260, 160, 12_300), Item("pouch", 1, 40, 260, 160, 250)
    (parcel,) = packed(Order("o", lines), BoxType("box", 300, 260, 160, 462, material_id="corrugated-board")).parcels
    assert [space.needs_blocking for space in parcel.empty_spaces] == [True]
    assert parcel.packaging_mg(Component.VOID_FILL) == 0


def test_without_blocking_the_plan_names_the_spaces_that_need_it():
    """No blocking stocked, or no mass left for it: nothing is blocked, and a warning names the volume and why."""
    made = packed(one(8_000), dunnage=(FILL,))
    assert made.parcels[0].packaging_mg(Component.BLOCKING) == 0
    assert any(each.code == "NOT_BLOCKED" and "8.000 L" in each.message for each in made.warnings)
    assert any(space.needs_blocking for space in made.parcels[0].empty_spaces)
    tight = packed(one(8_000), replace(BOX, max_gross_g=8_419.999))
    assert tight.parcels[0].packaging_mg(Component.BLOCKING) == 0
    assert any("'block' would exceed the weight limit" in each.message for each in tight.warnings)
    assert packed(one(8_000), replace(BOX, max_gross_g=8_420)).parcels[0].packaging_mg(Component.BLOCKING) == 320_000
    assert packed(one(8_000), blocking_id="none").parcels[0].packaging_mg(Component.BLOCKING) == 0


def test_the_unverified_gap_is_reported_where_it_counts():
    """A plan that blocks, or that reports unblocked spaces, names the gap of 25 mm; that of a light cube does not."""
    told = [
        [
            each.message
            for each in packed(one(mass_g), dunnage=dunnage).warnings
            if each.code == "UNVERIFIED_BLOCKING_RULE"
        ]
        for mass_g, dunnage in ((8_000, (FILL, BLOCK)), (8_000, (FILL,)), (3_000, (FILL, BLOCK)))
    ]
    assert told == [*[["blocking rule 'least_gap': its 25 mm are unverified"]] * 2, []]


def test_blocking_lighter_than_fill_is_refused():
    """Blocking that is less dense than the fill holds no better, so the field is refused."""
    light = replace(BLOCK, density_kg_per_m3=Decimal(17))
    with pytest.raises(InvalidInputError, match=r"policy\.blocking_id: must be at least as dense as the void fill"):
        packed(one(8_000), dunnage=(FILL, light))


@pytest.mark.parametrize(
    ("article", "size", "mass_g", "blocked"),
    [
        pytest.param("tool", (330, 140, 35), 800, True, id="a hammer"),
        pytest.param("tool", (330, 140, 35), 500, False, id="no more than twice as heavy"),
        pytest.param("shoes", (330, 200, 120), 1_000, False, id="shoes in their carton are light for their size"),
        pytest.param("clothing", (300, 140, 35), 800, False, id="cloth"),
    ],
)
def test_what_is_hard_and_heavier_than_twice_a_glass_is_blocked_beside_it(article, size, mass_g, blocked):
    """Each space at its sides is blocked, however narrow, and marked so; the glass keeps its paper."""
    boxes = [BoxType("box", 600, 350, 300, tare_g=500, material_id="corrugated-board", price_minor=50)]
    goods = [Item("glass", 1, 75, 75, 120, 260, article="tumbler"), Item("goods", 1, *size, mass_g, article=article)]
    wrap = load_catalog("eu-webshop").dunnage[0]
    fill = replace(FILL, cushions=True)
    (parcel,) = packed(Order("order", goods), *boxes, dunnage=(fill, BLOCK, wrap)).parcels
    assert (parcel.packaging_mg(Component.BLOCKING) > 0) is blocked
    assert any(space.needs_blocking for space in parcel.empty_spaces) is blocked
    assert parcel.packaging_mg(Component.VOID_FILL) > 0


@pytest.mark.parametrize(
    ("mass_g", "dunnage", "parted", "parcels"),
    [
        pytest.param(4_000, (FILL, BLOCK), True, 2, id="a sixth of the box"),
        pytest.param(3_000, (FILL, BLOCK), True, 1, id="light contents"),
        pytest.param(4_000, (FILL,), True, 1, id="nothing blocks anyway"),
        pytest.param(4_000, (FILL, BLOCK), False, 1, id="one unit"),
    ],
)
def test_heavy_goods_that_leave_their_box_mostly_empty_go_apart(mass_g, dunnage, parted, parcels):
    """Two weights at both ends of a long box cannot be held there: each goes into a small one."""
    boxes = BoxType("long", 600, 300, 100, tare_g=300), BoxType("small", 160, 160, 100, tare_g=100)
    weights = Item("weight", 1, 150, 150, 80, mass_g), Item("bar", 1, 590, 30, 30, mass_g)
    lines = weights if parted else (Item("bar", 1, 590, 30, 30, 2 * mass_g),)
    assert len(packed(Order("order", lines), *boxes, dunnage=dunnage).parcels) == parcels


def test_what_blocks_heavy_goods_counts_to_the_limit_of_their_box():
    """Two cubes of 4 kg leave 4 L, which take 160 g of blocking: a box that bears 50 g less takes one of them."""
    two = Order("order", [Item("cube", 2, 100, 100, 100, 4_000)])
    for spare_g, parcels in ((160, 1), (110, 2)):
        box = replace(BOX, inner_height_mm=100, outer_height_mm=100, max_net_g=8_000 + spare_g)
        assert len(packed(two, box).parcels) == parcels


def test_a_wrong_mark_is_found():
    """A space that is marked against the rule is a violation."""
    made = packed(one(8_000))
    catalog = Catalog("catalog", [BOX], dunnage=(FILL, BLOCK), currency="EUR")
    for number in range(3):
        spaces = list(made.parcels[0].empty_spaces)
        spaces[number] = replace(spaces[number], needs_blocking=not spaces[number].needs_blocking)
        damaged = replace(made, parcels=(replace(made.parcels[0], empty_spaces=tuple(spaces)),))
        assert {each.kind for each in check(damaged, one(8_000), catalog)} == {ViolationKind.WRONG_EMPTY_SPACES}


def test_a_box_that_needs_no_blocking_is_cheaper():
    """By packaging mass a larger box whose gaps hold beats a smaller one that must be blocked; both are weighed.

    Small: 160 x 100 x 100, 0.6 L blocked at 100 g/L = 60 g. Larger: 125 x 125 x 125 has gaps of 25 mm, 0.953125 L
    filled at 18 g/L = 17.15625 g.
    """
    dense = replace(BLOCK, density_kg_per_m3=Decimal(100))
    small = BoxType("a-small", 160, 100, 100, tare_g=50, material_id="corrugated-board")
    larger = BoxType("b-larger", 125, 125, 125, tare_g=50, material_id="corrugated-board")
    made = packed(one(8_000), small, larger, dunnage=(FILL, dense), objectives=["packaging_mass"])
    assert made.parcels[0].box_type_id == "b-larger"
    assert made.parcels[0].tare_mg == 67_156
    light = packed(one(1_000), small, larger, dunnage=(FILL, dense), objectives=["packaging_mass"])
    assert light.parcels[0].box_type_id == "a-small"


heavy_orders = st.lists(
    st.builds(
        Item,
        st.uuids().map(str),
        st.integers(1, 2),
        *[st.integers(40, 220)] * 3,
        st.sampled_from([500, 6_999, 7_000, 12_000]),
    ),
    min_size=1,
    max_size=3,
).map(lambda lines: Order("order", [replace(line, line_id=f"line-{at}") for at, line in enumerate(lines)]))
boxes = st.lists(
    st.builds(
        BoxType,
        st.just("box"),
        *[st.integers(100, 450)] * 3,
        tare_g=st.integers(50, 400),
        max_gross_g=st.none() | st.integers(8_000, 40_000),
        price_minor=st.integers(0, 90),
        material_id=st.just("corrugated-board"),
    ),
    min_size=1,
    max_size=3,
).map(lambda some: [replace(box, box_type_id=f"box-{at}") for at, box in enumerate(some)])


@given(
    heavy_orders,
    boxes,
    st.sampled_from(["packaging_mass", "packaging_cost", "emissions", "parcel_count"]),
    st.sampled_from([18, 40, 129]),
    st.sampled_from([None, Decimal(0), Decimal(900)]),
)
@settings(max_examples=40, deadline=None)
def test_bounds_stay_below_the_price_and_volumes_add_up(order, some, objective, density, price):
    """Plans are valid, certificates replay, bounds stay below prices, and boxes are filled exactly."""
    block = replace(BLOCK, density_kg_per_m3=Decimal(density), price_per_kg_minor=price)
    fill = replace(FILL, price_per_kg_minor=Decimal(300))
    catalog = Catalog("catalog", some, dunnage=(fill, block), currency="EUR")
    accepted = objective == "emissions"
    policy = Policy([objective], allow_partial=True, mode="fast", accept_incomplete_footprint=accepted, tape_id="none")
    made = plan(order, catalog, policy, profiles=("uk-desnz",), empty_spaces=True)
    assert check(made, order, catalog, policy) == []
    assert verify_certificate(made, order, catalog, policy, profiles=("uk-desnz",)) == []
    assert made.certificate.lower_bound <= made.certificate.value
    model = model_of(order, catalog, policy, profiles=("uk-desnz",))
    for parcel in made.parcels:
        box = catalog.box_type(parcel.box_type_id)
        inside = np.array([model.expansion.members[each.line_id, each.unit_index] for each in parcel.placements])
        exact = model.price(box, inside, None, corners_um(parcel.placements))
        assert model.lower_bound(box) <= exact
        assert model.price(box, inside) <= exact
        blocked = sum(space.volume_um3 for space in parcel.empty_spaces if space.needs_blocking)
        if not parcel.packaging_mg(Component.BLOCKING):
            blocked = 0
        filled = parcel.inner_volume_um3 - parcel.goods_volume_um3 - blocked
        assert abs(parcel.packaging_mg(Component.VOID_FILL) - filled * 18 / 10**12) <= 0.5
        assert 0 <= parcel.packaging_mg(Component.BLOCKING) - blocked * density / 10**12 < 2


@given(st.integers(0, 10**15), st.integers(0, 10**15), st.decimals("18", "200", places=2))
def test_blocking_never_weighs_less_than_the_fill_it_replaces(blocked, more, density):
    """Blocked and filled in part, a parcel is never lighter than filled whole: to the mg, roundings included."""
    block = replace(BLOCK, density_kg_per_m3=density)
    empty = blocked + more
    both = blocking_mg(blocked, block, empty, FILL, 1.0) + void_fill_mg(empty - blocked, 1.0, FILL)
    assert both >= void_fill_mg(empty, 1.0, FILL)


def test_only_spaces_beside_a_unit_count():
    """A space above a unit, or one that meets it at an edge only, lets nothing slide.

    A space behind other goods counts only if the unit may keep a gap, as heavy units may.
    """
    limits = blocking_limits(MATERIALS)
    unit = np.array([[0, 0, 0, 100_000, 100_000, 100_000]])
    above, corner = [0, 0, 100_000, 100_000, 100_000, 200_000], [*[100_000] * 3, *[200_000] * 3]
    beside = [100_000, 50_000, 0, 200_000, 150_000, 50_000]
    behind = [150_000, 0, 0, 200_000, 100_000, 50_000]
    spaces = np.array([above, corner, beside, behind])
    assert to_block(spaces, unit, limits.gap_um).tolist() == [False, False, True, True]
    assert to_block(spaces, unit, 0).tolist() == [False, False, True, False]
    assert len(to_block(voids(unit, (100_000,) * 3), unit, 1)) == 0


def test_only_rigid_boxes_can_be_as_heavy_as_blocking_makes_them():
    """The most that a box may weigh closed counts fill and blocking of all its inside; of a bag neither goes in."""
    bag = BoxType("bag", 300, 200, 150, tare_g=10, style="bag")
    request = Request.resolve(Task(one(8_000), Catalog("catalog", [BOX, bag], dunnage=(FILL, BLOCK))))
    closures = request.closures
    assert closures(bag).fullest_mg == 10_000
    assert closures(BOX).fullest_mg == 100_000 + 9 * (18_000 + 40_000)


@pytest.mark.parametrize(
    ("double", "chosen"),
    [(None, "single"), ((300, 250, 200), "double"), ((500, 400, 300), "single")],
)
def test_dense_goods_take_double_wall_where_the_catalog_has_it_in_their_size(double, chosen):
    """A catalog of single wall alone, with the limit of its board, still packs them."""
    single = BoxType("single", 250, 200, 150, board_id="b-flute", max_net_g=10_000)
    catalog = Catalog("c", [single, *([BoxType("double", *double, board_id="bc-flute")] if double else [])])
    order = Order("o", [Item("iron", 1, 200, 100, 90, 8_000)])
    answer = plan(order, catalog)
    assert [parcel.box_type_id for parcel in answer.parcels] == [chosen]
    in_single = plan(order, Catalog("c", [single])).parcels
    kinds = {violation.kind for violation in check(replace(answer, parcels=in_single), order, catalog)}
    assert (ViolationKind.OVER_NET_LIMIT in kinds) == (chosen == "double")
