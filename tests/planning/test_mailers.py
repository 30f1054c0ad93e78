"""Plans with mailers: the fit rule by hand and by enumeration, figures from the layout, correct proofs."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from boxwright import (
    BoxType,
    Catalog,
    IncompletePlanError,
    Item,
    Order,
    Policy,
    check,
    load_catalog,
    plan,
)
from boxwright.checking import ViolationKind
from boxwright.domain.box import BoxStyle
from boxwright.domain.factor import Component
from boxwright.domain.lane import Lane, Leg, TransportMode
from boxwright.domain.mailer import POUCH
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT
from boxwright.domain.plan import ProofStatus
from boxwright.domain.policy import COSTS, Objective
from boxwright.domain.proof import Proof
from boxwright.planning.parts.spaces import MOST_FILLINGS, filled_heights_um
from models import model_of
from strategies import units_of
from verified import packed

BOOK = Item("book", 1, 210, 148, 20, 340)


def mailer(length: float, width: float, thickest: float = 60, name: str = "mailer", **fields: object) -> BoxType:
    """Return a flat mailer."""
    stated = {"style": "flat_mailer", "tare_g": 20, **fields}
    return BoxType(name, length, width, thickest, **stated)  # type: ignore[arg-type] # edges in mm


def wrap(length: float, width: float, thickest: float = 60, name: str = "wrap", **fields: object) -> BoxType:
    """Return a book wrap."""
    return mailer(length, width, thickest, name, **{"style": "book_wrap", **fields})


def test_the_parcel_states_the_filled_mailer() -> None:
    """Two books piled in 315 x 250 mm with seams of 5 mm: 275 x 210 x 40 mm inside; the outer size is computed by hand.

    Side by side they would need 316 mm. Along 210 + sqrt(105^2 - 40^2) = 307.0824, across
    148 + sqrt(102^2 - 40^2) = 241.8297 mm, and 10 mm of seams each way.
    """
    order = Order("o", [replace(BOOK, quantity=2, orientations=UPRIGHT)])
    box = mailer(315, 250, outer_length_mm=325, outer_width_mm=260, outer_height_mm=60.4)
    answer = packed(order, box)
    (parcel,) = answer.parcels
    assert parcel.inner_um == (275_000, 210_000, 40_000)
    assert parcel.inner_volume_um3 == 275_000 * 210_000 * 40_000
    assert parcel.empty_space_ratio == pytest.approx(1 - 2 * 210 * 148 * 20 / (275 * 210 * 40))
    assert parcel.outer_um == (307_083 + 10_000, 241_830 + 10_000, 40_400)


def test_a_mailer_takes_neither_void_fill_nor_tape() -> None:
    """With void fill and tape in the catalog, a box is filled and taped and a mailer is not."""
    dunnage = load_catalog("us-stock").dunnage
    order = Order("o", [BOOK])
    for box in (mailer(500, 400, 200), BoxType("box", 500, 400, 200)):
        (parcel,) = plan(order, Catalog("c", [box], dunnage=dunnage), profiles=()).parcels
        parts = {part.component for part in parcel.packaging}
        assert ({Component.VOID_FILL, Component.TAPE} <= parts) == (not box.flexible)
        assert ({Component.VOID_FILL, Component.TAPE} & parts == set()) == box.flexible


def test_fit_clearance_is_ease() -> None:
    """With a clearance of 15 mm along the flat edges, the book needs 245 x 183 mm, and 35 mm of thickness."""
    order, policy = Order("o", [BOOK]), Policy(fit_clearance_mm=15, max_parcels=1)
    assert packed(order, mailer(245, 183, 35), policy=policy) is not None
    for short in (mailer(244.999, 183, 35), mailer(245, 182.999, 35), mailer(245, 183, 34.999)):
        assert packed(order, short, policy=policy) is None


def test_a_mailer_is_preferred_to_a_box_with_as_much_room() -> None:
    """The book in 230 x 168 mm takes 210 x 148 x 20 mm, as a box does; of two boxes the lower one is taken."""
    low, high = BoxType("z-low", 400, 200, 200, tare_g=9), BoxType("high", 200, 200, 400)
    for boxes, chosen in (
        ([mailer(230, 168), BoxType("a-box", 210, 148, 20)], "mailer"),
        ([high, low], "z-low"),
    ):
        answer = packed(Order("o", [BOOK]), *boxes)
        assert answer.parcels[0].box_type_id == chosen
        assert answer.certificate.status is ProofStatus.PROVED


def test_a_refused_mailer_says_at_how_many_heights() -> None:
    """Three blocks of 130 x 130 x 30 mm: at 30 mm they need 390 of 380 mm; at 60 mm none fits a width of 120 mm."""
    order = Order("o", [Item("a", 3, 130, 130, 30, 100)])
    answer = packed(order, mailer(410, 180, 60), BoxType("box", 390, 260, 130))
    (refused,) = answer.certificate.refused_candidates
    assert (refused.box_type_id, refused.proof) == ("mailer", Proof.BAR_RELAXATION)
    assert answer.certificate.status is ProofStatus.PROVED


def test_an_order_is_split_over_mailers() -> None:
    """Four thick books in mailers that take two each: two parcels, each filled to two books."""
    order = Order("o", [Item("book", 4, 200, 150, 40, 450)])
    answer = plan(order, Catalog("c", [mailer(280, 230, 80)]), profiles=())
    assert [len(parcel.placements) for parcel in answer.parcels] == [2, 2]
    assert {parcel.inner_um for parcel in answer.parcels} == {(200_000, 150_000, 80_000)}


def test_several_rigid_units_of_more_than_a_kilogram_go_in_no_mailer() -> None:
    """Four packs of batteries are too heavy for a mailer; one unit of that mass, or cloth, is not. The check agrees."""
    pack = Item("pack", 4, 170, 100, 30, 580)
    weightless = mailer(500, 400, 120, tare_g=0)
    assert packed(Order("o", [pack]), weightless) is None
    light = Order("o", [replace(pack, mass_g=250)])
    made = packed(light, weightless)
    assert made is not None
    assert packed(Order("o", [replace(pack, quantity=1, mass_g=2_320)]), weightless) is not None
    assert packed(Order("o", [replace(pack, article="clothing")]), weightless) is not None
    heavier = Order("o", [replace(pack, mass_g=250.001)])
    kinds = {found.kind for found in check(made, heavier, Catalog("c", [weightless]))}
    assert ViolationKind.OVER_LIFTING_LIMIT in kinds


def test_one_small_rigid_unit_goes_in_a_mailer_and_two_do_not() -> None:
    """Two small adapters may not share a bag; one may lie among shirts. The check agrees."""
    adapter, shirts = Item("adapter", 1, 100, 70, 30, 60), Item("shirt", 4, 300, 200, 20, 200, article="clothing")
    bag = mailer(500, 400, 120)
    made = packed(Order("o", [adapter, shirts]), bag)
    assert made is not None
    assert packed(Order("o", [replace(adapter, quantity=2), shirts]), bag) is None
    larger = Order("o", [replace(adapter, line_id="shirt", quantity=4), replace(shirts, line_id="adapter", quantity=1)])
    assert ViolationKind.OVER_LIFTING_LIMIT in {found.kind for found in check(made, larger, Catalog("c", [bag]))}


def test_a_book_wrap_takes_rigid_goods_that_nearly_cover_it() -> None:
    """Books that cover 65 % of the sheet go into a wrap, smaller ones and cloth do not. The check agrees."""
    sheet, books = wrap(200, 200), Item("book", 2, 200, 130, 20, 300)
    made = packed(Order("o", [books]), sheet)
    assert made is not None
    for other in (replace(books, width_mm=129.999), replace(books, article="clothing")):
        refused = Order("o", [other])
        assert packed(refused, sheet) is None
        kinds = {found.kind for found in check(made, refused, Catalog("c", [sheet]))}
        assert ViolationKind.CUSHION_TOO_THIN in kinds


def test_a_box_for_pictures_takes_flat_goods_and_cloth() -> None:
    """Goods that could fall over do not go into a slim standing box, since it travels lying."""
    picture_box, frame = BoxType("picture", 500, 100, 400), Item("frame", 1, 400, 300, 20, 900)
    can = Item("can", 1, 170, 90, 250, 2_000)
    made = packed(Order("o", [frame]), picture_box)
    assert made is not None
    assert packed(Order("o", [replace(can, article="clothing", height_mm=90)]), picture_box) is not None
    assert packed(Order("o", [can]), picture_box) is None
    kinds = {
        found.kind for found in check(made, Order("o", [replace(can, line_id="frame")]), Catalog("c", [picture_box]))
    }
    assert ViolationKind.CUSHION_TOO_THIN in kinds


def test_chargeable_weight_is_of_the_filled_mailer() -> None:
    """The carrier bills the outer size that follows from the layout, and the search chooses the lowest bill."""
    lane = Lane((Leg(TransportMode.ROAD, 100.0),), carrier_service="ups/us-daily")
    order = Order("o", [Item("pad", 1, 300, 300, 40, 500)])
    boxes = [mailer(340, 340, name="tight"), mailer(600, 600, name="loose")]
    answer = plan(order, Catalog("c", boxes), Policy(objectives="chargeable_weight"), lane=lane, profiles=())
    (parcel,) = answer.parcels
    assert parcel.box_type_id == "tight"
    assert parcel.outer_um == (300_000, 300_000, 40_000)
    # 300 mm is 11.81 in, so 12 x 12 x 2 in / 139 = 2.07 lb, billed as 3 lb.
    assert parcel.chargeable.chargeable_mg == 3 * 453_592_370 // 1_000


def test_one_unit_in_a_loose_mailer_is_proved_and_two_are_not() -> None:
    """By outer volume, all orientations of one book are priced; for two books another layout could be cheaper.

    Along 210 + sqrt(140^2 - 20^2), across 148 + sqrt(152^2 - 20^2): 348.565 x 298.679 mm; turned by a right angle
    148 + sqrt(202^2 - 20^2), 210 + sqrt(90^2 - 20^2): 349.008 x 297.750 mm, which is less.
    """
    policy = Policy(objectives="outer_volume", max_parcels=1)
    one = packed(Order("o", [BOOK]), mailer(350, 300), policy=policy)
    assert one.parcels[0].outer_um == (349_008, 297_750, 20_000)
    assert one.certificate.status is ProofStatus.PROVED
    two = packed(Order("o", [replace(BOOK, quantity=2)]), mailer(350, 300), policy=policy)
    assert two.certificate.status is ProofStatus.OPEN
    assert two.certificate.open_candidates == (("mailer", ""),)
    assert 0 < two.certificate.lower_bound < two.certificate.value


edges = st.integers(5, 120).map(lambda edge: 10 * edge)


@given(
    st.lists(st.tuples(edges, edges, edges), min_size=1, max_size=2),
    st.tuples(st.integers(20, 300), st.integers(20, 300), st.integers(5, 150)).map(
        lambda flat: tuple(10 * edge for edge in flat)
    ),
)
@settings(max_examples=40, deadline=None)
def test_up_to_two_units_go_in_exactly_when_an_enumeration_says_so(
    sizes: list[tuple[int, int, int]], flat: tuple[int, int, int]
) -> None:
    """The plan agrees with a search over all orientations and relative positions by the rules."""
    order = Order("o", [Item(f"u{index}", 1, *size) for index, size in enumerate(sizes)])
    for box, keeps in ((mailer(*flat), _keeps_rule), (wrap(*flat), _goes_in_a_wrap)):
        answer = packed(order, box, policy=Policy(max_parcels=1, support_ratio=0))
        fits = any(keeps(flat, content) for content in _contents(sizes))
        assert (answer is not None) == (fits and _shaped(sizes, flat if box.style is BoxStyle.BOOK_WRAP else (0, 0, 0)))


def _shaped(sizes: list[tuple[int, int, int]], sheet: tuple[int, ...]) -> bool:
    faces = [wide * long for _, wide, long in map(sorted, sizes)]
    return sum(face < 15_500 for face in faces) <= 1 and 100 * min(faces) >= 65 * sheet[0] * sheet[1]


def _contents(sizes: list[tuple[int, int, int]]) -> list[tuple[int, ...]]:
    turned = [[each.rotate(*size) for each in ALL_ORIENTATIONS] for size in sizes]
    if len(sizes) == 1:
        return list(turned[0])
    return [
        tuple(a + b if axis == along else max(a, b) for axis, (a, b) in enumerate(zip(*pair, strict=True)))
        for pair in itertools.product(*turned)
        for along in range(3)
    ]


def _keeps_rule(flat: tuple[int, int, int], content: tuple[int, ...]) -> bool:
    length, width, height = content
    return length + height <= flat[0] and width + height <= flat[1] and height <= flat[2]


def _goes_in_a_wrap(flat: tuple[int, int, int], content: tuple[int, ...]) -> bool:
    return all(extent <= room for extent, room in zip(content, flat, strict=True))


def test_a_book_wrap_is_as_high_as_what_is_in_it() -> None:
    """Two books of 20 mm in a wrap of 217 x 155 mm: 40 mm inside, plus the walls outside; 1 um less is too low."""
    order = Order("o", [replace(BOOK, quantity=2, orientations=UPRIGHT)])
    outer = {"outer_length_mm": 220, "outer_width_mm": 158, "outer_height_mm": 64.8}
    answer = packed(order, wrap(217, 155, **outer), BoxType("box", 215, 150, 41))
    (parcel,) = answer.parcels
    assert (parcel.box_type_id, parcel.inner_um) == ("box", (215_000, 150_000, 41_000))
    answer = packed(order, wrap(217, 155, **outer), BoxType("box", 217, 155, 41))
    (parcel,) = answer.parcels
    assert (parcel.box_type_id, parcel.inner_um) == ("wrap", (217_000, 155_000, 40_000))
    assert parcel.outer_um == (220_000, 158_000, 44_800)
    assert answer.certificate.status is ProofStatus.PROVED
    for short in (wrap(209.999, 155), wrap(217, 147.999), wrap(217, 155, 39.999)):
        assert packed(order, short) is None


@given(strategies.orders(), st.data())
@settings(max_examples=20, deadline=None)
def test_a_bound_is_never_above_the_price(order: Order, data: st.DataObject) -> None:
    """For any objective, the bounds of a mailer, of its units and of a filling are at most the price of the layout."""
    box = data.draw(strategies.mailers("mailer"))
    objectives = tuple(each for each in Objective if each not in {*COSTS, Objective.EMISSIONS})
    policy = Policy(objectives=objectives, max_parcels=1, mode="fast")
    lane = Lane((Leg(TransportMode.ROAD, 100.0),), carrier_service="ups/us-daily")
    catalog = Catalog("c", [box])
    try:
        answer = plan(order, catalog, policy, lane=lane, profiles=())
    except IncompletePlanError:
        return
    if answer.parcels[0].ships_in_own_container:
        return
    model = model_of(order, catalog, policy, lane=lane)
    members = np.arange(order.unit_count)
    content = tuple(
        max(each.corner_um[axis] + each.extent_um[axis] for each in answer.parcels[0].placements) for axis in range(3)
    )
    price = model.price(box, members, content)
    assert all(low <= high for low, high in zip(model.lower_bound(box), price, strict=True))
    assert model.price(box, members) <= price
    filling = box.shell.inside_at(box.inner_um, content[2])
    assert all(low <= high for low, high in zip(model.price(box, members, filling, least=True), price, strict=True))
    assert check(answer, order, catalog, policy) == []


def test_heights_are_sums_of_upright_extents() -> None:
    """Two units of 10 or 30 mm and one kept at 7 mm: every sum of heights from the highest minimum on."""
    units = units_of([(10, 30, 30), (10, 30, 30), (7, 50, 50)])
    heights, every = filled_heights_um(units, (1_000, 1_000, 64), POUCH, whole=True)
    alone = (10, 30, 20, 40, 60)
    assert every
    assert heights == sorted({*alone, 7 + 10, 7 + 20, 7 + 30, 7 + 40, 50, 60, 50 + 10})


def test_many_heights_are_spread_and_say_so() -> None:
    """For ten different units a limited number of heights is tried, including the smallest and the largest."""
    units = units_of([(10 + index * index, 300 + index, 400 + index) for index in range(10)])
    heights, every = filled_heights_um(units, (5_000, 5_000, 400), POUCH, whole=False)
    assert not every
    assert len(heights) == MOST_FILLINGS
    assert heights[0] == 10
    assert heights[-1] > 390


def test_a_mailer_that_was_not_tried_at_every_height_is_not_refused() -> None:
    """If only some heights were tried, failure leaves the mailer open, and nothing is proved."""
    lines = [Item(f"u{index}", 1, 124 + 4 * index * index, 160 + 12 * index, 80 + 8 * index, 50) for index in range(9)]
    box = BoxType("box", 1600, 1600, 1600)
    loose = packed(Order("o", lines), mailer(3600, 3600, 1200), box)
    assert loose is not None
    for flat in range(480, 1600, 40):
        answer = packed(Order("o", lines), mailer(flat, flat, 1200), box, policy=Policy(max_parcels=1, mode="fast"))
        certificate = answer.certificate
        if answer.parcels[0].box_type_id == "box" and certificate.open_candidates:
            assert certificate.open_candidates == (("mailer", ""),)
            assert certificate.status is ProofStatus.OPEN
            return
    pytest.fail("no mailer was left open")
