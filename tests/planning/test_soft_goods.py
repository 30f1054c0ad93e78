"""Plans with soft goods: folded to suit the box, pressed, piled, and under rigid goods that they carry."""

import math
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import (
    BoxType,
    Catalog,
    Item,
    Order,
    Policy,
    SoftGoods,
    check,
    load_catalog,
    plan,
)
from boxwright.domain.factor import Component
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT, folded_um
from boxwright.domain.plan import ProofStatus
from boxwright.domain.proof import Proof
from boxwright.planning.answers.verify import verify_certificate
from boxwright.planning.parts.expansion import MOST_SHAPES, Expansion, shapes_of
from models import model_of
from verified import packed

SHIRT = Item("shirt", 1, 700, 500, 8, 180, UPRIGHT, soft_goods=SoftGoods(4, 3))


@pytest.mark.parametrize(
    ("folds", "shape_mm"),
    [(0, (700, 500, 4)), (1, (350, 500, 8)), (2, (350, 250, 16)), (3, (175, 250, 32))],
)
def test_each_fold_halves_the_longer_side(folds: int, shape_mm: tuple[int, int, int]) -> None:
    """The shirt of 700 x 500 mm in docs/packing.md, pressed to 4 mm per layer."""
    assert SHIRT.shape_um(folds) == tuple(edge * 1_000 for edge in shape_mm)


@given(st.tuples(*[st.integers(1, 10**7)] * 3), st.integers(0, 6))
def test_folding_keeps_the_volume(edges: tuple[int, int, int], folds: int) -> None:
    """Folding keeps the volume, except for rounding up half micrometres."""
    before, after = math.prod(edges), math.prod(folded_um(edges, folds))
    length, width, thickness = edges
    assert before <= after <= thickness * (length + 2**folds) * (width + 2**folds)


@pytest.mark.parametrize(
    ("box_mm", "folds"),
    [((700, 500, 4), 0), ((500, 350, 8), 1), ((350, 250, 16), 2), ((250, 175, 32), 3)],
)
def test_a_shirt_is_folded_as_its_box_asks(box_mm: tuple[int, int, int], folds: int) -> None:
    """A box that one shape of the shirt fills exactly takes it; a box 1 mm smaller on any axis is refused."""
    answer = packed(Order("o", [SHIRT]), BoxType("box", *box_mm))
    (placement,) = answer.parcels[0].placements
    assert placement.folds == folds
    assert answer.parcels[0].goods_volume_um3 == 700 * 500 * 4 * 10**9
    assert answer.parcels[0].empty_space_ratio == 0
    for axis in range(3):
        smaller = BoxType("smaller", *(edge - (at == axis) for at, edge in enumerate(box_mm)))
        both = packed(Order("o", [SHIRT]), smaller, BoxType("large", 900, 900, 900))
        assert [each.box_type_id for each in both.certificate.refused_candidates] == ["smaller"]
        assert both.certificate.status is ProofStatus.PROVED


def test_goods_that_may_not_fold_or_give_way_do_not() -> None:
    """Without folds the shirt fits no box of half its length; without a minimum thickness, none of half its height."""
    folded, pressed = BoxType("folded", 350, 500, 16), BoxType("pressed", 700, 500, 4)
    stiff = Order("o", [replace(SHIRT, soft_goods=SoftGoods(4))])
    thick = Order("o", [replace(SHIRT, soft_goods=SoftGoods(max_folds=3))])
    assert packed(stiff, folded) is None
    assert packed(stiff, pressed) is not None
    assert packed(thick, folded) is not None
    assert packed(thick, pressed) is None


def test_shirts_pile_up_in_a_bag() -> None:
    """Five shirts of two folds, 16 mm each, piled to 80 mm, need a bag of 430 x 330 mm, and not 1 mm less."""
    order = Order("o", [replace(SHIRT, quantity=5, soft_goods=SoftGoods(4, 2))])
    bag = BoxType("bag", 430, 330, 100, style="bag", tare_g=15)
    answer = packed(order, bag)
    assert answer.parcels[0].inner_um == (350_000, 250_000, 80_000)
    assert sorted(each.z_mm for each in answer.parcels[0].placements) == [0, 16, 32, 48, 64]
    assert {each.folds for each in answer.parcels[0].placements} == {2}
    assert packed(order, replace(bag, inner_width_mm=329, outer_width_mm=329)) is None


@pytest.mark.parametrize(
    ("max_load_g", "tin_g", "fits"),
    [(None, 10_000, True), (None, 10_000.001, False), (900, 900, True), (899.999, 900, False)],
)
def test_soft_goods_bear_what_is_plausible_or_stated(max_load_g: float | None, tin_g: float, fits: bool) -> None:
    """A towel of 0.25 g/cm3 carries a pile of towels 1 m high, 10 kg; a tin too narrow to carry it lies on it."""
    towel = Item("towel", 1, 200, 200, 30, 300, UPRIGHT, soft_goods=SoftGoods(), max_load_g=max_load_g)
    order = Order("o", [towel, Item("tin", 1, 100, 200, 60, tin_g, UPRIGHT)])
    assert (packed(order, BoxType("box", 200, 200, 90)) is not None) is fits


def test_soft_goods_pile_up_beside_and_on_rigid_ones() -> None:
    """Three towels lie on each other beside a tin, or on it."""
    towel = Item("towel", 3, 200, 200, 30, 300, UPRIGHT, soft_goods=SoftGoods())
    tin = Item("tin", 1, 200, 200, 60, 900)
    beside = packed(Order("o", [towel, tin]), BoxType("box", 400, 200, 90))
    lies = {(each.line_id, each.x_mm, each.z_mm) for each in beside.parcels[0].placements}
    at = next(x for line_id, x, _ in lies if line_id == "tin")
    assert {z for line_id, x, z in lies if line_id == "towel" and x != at} in ({0, 30, 60}, {0, 30})
    on_top = packed(Order("o", [towel, tin]), BoxType("box", 200, 200, 150))
    assert [(each.line_id, each.z_mm) for each in on_top.parcels[0].placements] == [
        ("tin", 0),
        ("towel", 60),
        ("towel", 90),
        ("towel", 120),
    ]


def test_void_fill_is_for_what_the_pressed_goods_leave() -> None:
    """A shirt of 1.4 L and a book of 0.6 L in a box of 10 L leave 8 L to fill, however the shirt is folded."""
    catalog = load_catalog("us-stock")
    fill = next(each for each in catalog.dunnage if each.kind.value == "void_fill")
    boxes = [BoxType("box", 400, 250, 100, tare_g=100)]
    order = Order("o", [SHIRT, Item("book", 1, 200, 150, 20, 400)])
    (parcel,) = plan(order, Catalog("c", boxes, dunnage=catalog.dunnage), profiles=()).parcels
    assert parcel.packaging_mg(Component.VOID_FILL) == pytest.approx(8 * float(fill.density_kg_per_m3 or 0) * 1_000)


def test_soft_goods_alone_need_no_void_fill() -> None:
    """A box of cloth alone gets no void fill."""
    boxes = [BoxType("box", 400, 250, 100, tare_g=100)]
    catalog = Catalog("c", boxes, dunnage=load_catalog("us-stock").dunnage)
    (parcel,) = plan(Order("o", [SHIRT]), catalog, profiles=()).parcels
    assert parcel.packaging_mg(Component.VOID_FILL) == 0


@pytest.mark.parametrize("with_book", [False, True])
def test_a_mailer_lies_close_round_soft_goods_alone(with_book: bool) -> None:
    """A mailer of three shirts has their size; a book keeps the sheets apart, as far as their girth allows."""
    shirts = Item("shirt", 3, 350, 250, 16, 180, article="clothing")
    lines = [shirts, Item("book", 1, 350, 250, 10, 400)] if with_book else [shirts]
    answer = packed(Order("o", lines), BoxType("mailer", 450, 350, 100, style="flat_mailer"))
    size = (392_000, 292_000, 58_000) if with_book else (350_000, 250_000, 48_000)
    assert answer.parcels[0].inner_um == size


def test_clothing_is_soft_and_bears_a_little() -> None:
    """Jeans fill a box of their length and lie on their largest face; a belt in its box lies on them."""
    jeans = Item("jeans", 1, 40, 300, 400, 700, article="clothing")
    order = Order("o", [jeans, Item("belt", 1, 120, 120, 50, 250, article="clothing")])
    answer = packed(order, BoxType("box", 400, 300, 90, fit_clearance_mm=3))
    assert {placed.line_id: placed.z_mm for placed in answer.parcels[0].placements} == {"jeans": 0, "belt": 40}


def test_soft_goods_that_fold_lie_flat() -> None:
    """Four towels that would stand on edge in a smaller box lie flat on each other; stated orientations come first.

    The same applies to a firm coat.
    """
    towels = Item("towel", 4, 350, 175, 80, 550, soft_goods=SoftGoods(None, 1))
    boxes = BoxType("low", 350, 260, 240), BoxType("high", 350, 175, 350)
    assert packed(Order("o", [towels]), boxes[0]) is None
    assert packed(Order("o", [replace(towels, orientations=("LWH", "LHW"))]), boxes[0]) is not None
    answer = packed(Order("o", [towels]), *boxes)
    assert [placed.height_mm for placed in answer.parcels[0].placements] == [80] * 4
    coat = Item("coat", 1, 400, 300, 60, 900, article="clothing")
    assert packed(Order("o", [coat]), BoxType("box", 500, 280, 340)) is None
    assert packed(Order("o", [coat]), BoxType("box", 400, 300, 60)) is not None


def test_many_kinds_are_folded_in_as_many_ways_as_counted() -> None:
    """For four kinds with three folds each, not all 256 ways are tried, so untried boxes are not refused or proved."""
    lines = [replace(SHIRT, line_id=f"s{at}", length_mm=700 + 20 * at, soft_goods=SoftGoods(4, 3)) for at in range(4)]
    order, catalog = Order("o", lines), Catalog("c", [BoxType("box", 400, 300, 200)])
    model = model_of(order, catalog, Policy())
    members = np.arange(4)
    shapes = model.shapes(members, model.protect(members))
    assert not shapes.every
    assert len(shapes.units) == MOST_SHAPES == 4 + 4 * 3  # all folded 0 to 3 times, and each alone 1 to 3 times
    two = model.shapes(members[:2], model.protect(members[:2]))
    assert (two.every, len(two.units)) == (True, 16)
    boxes = [BoxType("small", 400, 300, 48), BoxType("narrow", 700, 170, 150), BoxType("tight", 400, 300, 60)]
    answer = packed(order, *boxes, BoxType("large", 900, 900, 900))
    # The shirts have 5.84 L and are at least 175 mm wide when folded; for the last box nothing is proved.
    refused = {each.box_type_id: each.proof for each in answer.certificate.refused_candidates}
    assert refused == {"small": Proof.VOLUME, "narrow": Proof.SINGLE_UNIT}
    assert answer.certificate.open_candidates == (("tight", ""),)
    assert answer.certificate.status is ProofStatus.OPEN
    catalog = Catalog("c", [*boxes, BoxType("large", 900, 900, 900)])
    assert verify_certificate(answer, order, catalog, Policy(max_parcels=1), profiles=()) == []


edges = st.integers(5, 120)


@given(
    st.tuples(edges, edges, edges),
    st.integers(0, 3),
    st.tuples(st.integers(3, 200), st.integers(3, 200), st.integers(3, 200)),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_one_soft_unit_goes_in_exactly_when_some_shape_does(
    size: tuple[int, int, int], folds: int, box_mm: tuple[int, int, int], bag: bool
) -> None:
    """A search over every number of folds and every orientation agrees with plan and certificate."""
    item = Item("soft", 1, *size, soft_goods=SoftGoods(size[2] / 2, folds))
    box = BoxType("box", *box_mm, style="bag" if bag else "rsc_0201")
    order = Order("o", [item])
    answer = packed(order, box, BoxType("large", 2_000, 2_000, 2_000))
    fits = any(
        _holds(box, orientation.rotate(*item.shape_um(count)))
        for count in range(folds + 1)
        for orientation in (UPRIGHT if folds else ALL_ORIENTATIONS)
    )
    assert (answer.parcels[0].box_type_id == "box") == fits
    catalog = Catalog("c", [box, BoxType("large", 2_000, 2_000, 2_000)])
    assert check(answer, order, catalog) == []
    assert verify_certificate(answer, order, catalog, Policy(max_parcels=1), profiles=()) == []


def _holds(box: BoxType, extents: tuple[int, int, int]) -> bool:
    length, width, height = box.inner_um
    x, y, z = extents
    if box.flexible:
        return x + z <= length and y + z <= width and z <= height
    return x <= length and y <= width and z <= height


def test_the_shapes_of_many_foldable_lines_take_memory_in_proportion():
    """For thousands of lines that fold, only the first sixteen combinations are made."""
    lines = [
        Item(
            f"s{at}",
            1,
            length_mm=300 + at % 97,
            width_mm=250 + at % 53,
            height_mm=5,
            mass_g=200,
            soft_goods=SoftGoods(max_folds=6),
        )
        for at in range(2_000)
    ]
    expansion = Expansion.of(Order("many", lines))
    units = expansion.arrays
    tracemalloc.start()
    try:
        shapes = shapes_of(expansion, np.arange(len(units)), units)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(shapes.units) == MOST_SHAPES
    assert not shapes.every
    assert peak < MOST_SHAPES * 2_000 * 400
    # The first way folds nothing, the second everything once.
    assert (shapes.units[0].edges_um == units.edges_um).all()
    assert (shapes.units[1].edges_um.min(axis=1) == 2 * units.edges_um.min(axis=1)).all()
