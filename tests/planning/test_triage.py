"""Reasons for unpacked units: the missing lengths of the nearest box, and usable boxes that are out of stock."""

import datetime
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import BoxType, Catalog, Item, Lane, Order, Policy, plan
from boxwright.domain.order import SoftGoods
from boxwright.domain.plan import UnpackedReason

SMALL, LARGE = BoxType("small", 200, 150, 100, max_net_g=1_000), BoxType("large", 400, 300, 200, max_net_g=5_000)


def unpacked(lines, *boxes, lane=None, **policy):
    """Return the units that are not packed."""
    order = Order("o", lines if isinstance(lines, list) else [lines])
    return plan(order, Catalog("c", boxes), Policy(allow_partial=True, **policy), lane).unpacked


def left_out(lines, *boxes, **asked):
    """Return reason and rule of each unit that is not packed."""
    return [(each.reason, each.message) for each in unpacked(lines, *boxes, **asked)]


def gone(box):
    """Return a box type that is out of stock."""
    return replace(box, available=0)


@pytest.mark.parametrize(
    ("line", "boxes", "policy"),
    [
        (Item("a", 1, 400, 300, 200, 1), [SMALL, gone(LARGE)], {}),  # size
        (Item("a", 1, 100, 100, 50, 2_000), [SMALL, gone(LARGE)], {}),  # mass
        (Item("a", 1, 200, 150, 100, 1), [SMALL, gone(LARGE)], {"fill_limit": 0.9}),
        (Item("a", 1, 400, 300, 200, 1), [gone(SMALL), gone(LARGE)], {}),  # no box in stock at all
        (
            Item("a", 2, 400, 300, 200, 1),
            [SMALL, replace(LARGE, available=1)],
            {},
        ),  # no box is left for the second unit
        (
            Item("a", 2, 200, 150, 100, 1, keep_together_group="set"),
            [SMALL, gone(LARGE)],
            {},
        ),  # no box takes both units
    ],
)
def test_each_rule_that_a_box_out_of_stock_would_meet(line, boxes, policy):
    """A box that would be large or strong enough but is out of stock is named."""
    ((reason, rule),) = set(left_out(line, *boxes, **policy))
    assert reason is UnpackedReason.NO_BOX_AVAILABLE
    assert "'large'" in rule


def test_the_smallest_boxes_out_of_stock_are_named_first():
    """Three such boxes are named, the smallest first, with a remark that there are more."""
    boxes = [gone(BoxType(f"box-{edge}", edge, 300, 200)) for edge in (800, 700, 600, 500)]
    ((_, rule),) = left_out(Item("a", 1, 400, 300, 200, 1), SMALL, *boxes)
    assert all(part in rule for part in ("box-500", "box-600", "box-700"))


@pytest.mark.parametrize(
    ("other", "policy"),
    [
        (BoxType("large", 1_500, 300, 200, board_id="c-flute-32ect"), {"box_certificate": True}),
        (replace(LARGE, material_id="ldpe-film"), {"material_requirements": ["plastic_free"], "void_fill_id": "none"}),
        (replace(LARGE, max_net_g=1_000), {}),
    ],
    ids=["too large for its board", "plastic", "too weak as well"],
)
def test_a_box_that_would_not_serve_is_not_named(other, policy):
    """A box that the policy forbids, or that is too weak, is not usable, in stock or not."""
    at_hand = replace(SMALL, material_id="corrugated-board")
    ((reason, _),) = left_out(Item("a", 1, 390, 290, 190, 4_000), at_hand, gone(other), tape_id="none", **policy)
    assert reason is UnpackedReason.DOES_NOT_FIT_ANY_BOX


def test_a_box_that_the_carrier_refuses_is_not_named():
    """A box that is too long for the carrier is not named."""
    long = gone(BoxType("long", 1_300, 100, 60))
    lane = Lane(carrier_service="china-post/epacket-ru")
    ((reason, rule),) = left_out(Item("a", 1, 1_200, 50, 50, 10), SMALL, long, lane=lane)
    assert reason is UnpackedReason.DOES_NOT_FIT_ANY_BOX
    assert "'long'" not in rule


@pytest.mark.parametrize(
    ("line", "policy", "parts"),
    [
        (Item("a", 1, 500, 10, 10, 1), {}, ("'large'", "100 mm of length")),
        # upright, the unit is 0.5 mm too high; the other boxes lack more
        (Item("a", 1, 300, 200.5, 200.5, 1, orientations=["LWH"]), {}, ("'large'", "0.5 mm of height")),
        (Item("a", 1, 410, 310, 100, 1), {}, ("'large'", "10 mm of length", "10 mm of width")),
        (
            Item("a", 1, 400, 300, 200, 1),
            {"fit_clearance_mm": 2},
            ("2 mm of length", "2 mm of width", "2 mm of height"),
        ),
        (Item("a", 1, 400, 300, 200, 1), {"fill_limit": 0.9}, ("0.9", "'large'", "2.4 L")),
    ],
)
def test_too_large_names_the_nearest_box_and_by_how_much(line, policy, parts):
    """The missing lengths are in mm along each edge, for the best orientation in the nearest box."""
    ((reason, rule),) = left_out(line, SMALL, LARGE, **policy)
    assert reason is UnpackedReason.DOES_NOT_FIT_ANY_BOX
    assert all(part in rule for part in parts)


def test_too_heavy_names_the_strongest_box_and_by_how_much():
    """The missing strength is in g, with the mass of box and dunnage."""
    ((reason, rule),) = left_out(Item("a", 1, 100, 100, 50, 5_000.5), SMALL, LARGE)
    assert reason is UnpackedReason.TOO_HEAVY_FOR_ANY_BOX
    assert all(each in rule for each in ("5000 g", "'large'", "0.5 g"))


@given(st.tuples(*[st.integers(1, 60)] * 3), st.tuples(*[st.integers(1, 60)] * 3))
@settings(max_examples=30)
def test_what_the_nearest_box_lacks_is_enough(edges, inside):
    """A box enlarged by the missing lengths takes the unit in that orientation, and not one enlarged by 1 mm less."""
    line, box = Item("a", 1, *(10 * edge for edge in edges), 1), BoxType("box", *(10 * edge for edge in inside))
    found = left_out(line, box, void_fill_id="none")
    if not found:
        return
    lacking = dict.fromkeys(("length", "width", "height"), 0)
    for most, edge in re.findall(r"(\d+) mm of (\w+)", found[0][1].partition("lacks ")[2]):
        lacking[edge] = int(most)
    sizes = {edge: getattr(box, f"inner_{edge}_mm") + lack for edge, lack in lacking.items()}
    narrow, middle, _ = sorted(sizes.values())
    if sizes["height"] > narrow and middle >= 2.5 * narrow:
        return  # a slim box that stands takes flat units only
    assert not left_out(line, BoxType("grown", *sizes.values()), void_fill_id="none")
    total = sum(lacking.values())
    for edge, lack in lacking.items():
        if lack:
            less = {**sizes, edge: sizes[edge] - 1}
            assert left_out(line, BoxType("less", *less.values()), void_fill_id="none"), total


DPD = Lane(carrier_service="dpd/ch", ship_date=datetime.date(2026, 11, 1))
"""Takes parcels up to 35 kg gross and 220 cm long."""
LONG = BoxType("long", 2_300, 200, 200)


def test_a_box_that_the_carrier_excludes_is_named_whatever_else_is_available():
    """The only box for the rod is too long for the carrier: the reason is the same with and without other boxes."""
    rod = Item("rod", 1, 2_250, 50, 50, 500)
    for boxes in ([LONG], [SMALL, LONG], [gone(SMALL), LONG]):
        ((reason, rule),) = left_out(rod, *boxes, lane=DPD)
        assert reason is UnpackedReason.NO_BOX_AVAILABLE
        assert "'long'" in rule
        assert "220" in rule


def test_what_fits_no_box_counts_those_that_may_not_be_used():
    """All box types are counted, and the nearest is named; if it is excluded or out of stock, the rule states it."""
    rod = Item("rod", 1, 2_350, 50, 50, 500)
    for boxes in ([LONG], [SMALL, LONG], [gone(SMALL), LONG]):
        ((reason, rule),) = left_out(rod, *boxes, lane=DPD)
        assert reason is UnpackedReason.DOES_NOT_FIT_ANY_BOX
        assert all(part in rule for part in ("long", "50"))
    ((reason, rule),) = left_out(Item("rod", 1, 410, 50, 50, 500), SMALL, gone(LARGE))
    assert reason is UnpackedReason.DOES_NOT_FIT_ANY_BOX
    assert all(part in rule for part in ("large", "10"))


@pytest.mark.parametrize("objective", ["parcel_count", "chargeable_weight"])
def test_a_group_for_an_excluded_box_has_that_reason(objective):
    """Two rods that must share a parcel need the box that the carrier refuses."""
    rods = Item("rod", 2, 390, 150, 200, 500, keep_together_group="set")
    boxes = BoxType("half", 390, 200, 150), BoxType("long", 2_300, 200, 310)
    (first, second) = left_out(rods, *boxes, lane=DPD, objectives=[objective])
    assert first == second
    assert first[0] is UnpackedReason.NO_BOX_AVAILABLE
    assert all(part in first[1] for part in ("long", "dpd/ch"))


def test_a_unit_refused_in_its_own_container_names_the_carriers_rule():
    """A unit of 36 kg is too heavy for the carrier, so it does not ship in its own container."""
    chest = Item("chest", 1, 600, 500, 400, 36_000, ships_in_own_container=True)
    ((reason, rule),) = left_out(chest, SMALL, LARGE, lane=DPD)
    assert reason is UnpackedReason.DOES_NOT_FIT_ANY_BOX
    assert all(part in rule for part in ("dpd/ch", "36", "35"))
    assert "600 x 500 x 400" in rule


@pytest.mark.parametrize(
    ("line", "needed"),
    [
        (Item("lamp", 1, 220, 220, 420, 2_000, article="lamp"), (320, 320, 520)),
        (Item("lamp", 1, 220, 210, 420, 2_000, article="lamp", orientations=["HLW"]), (520, 320, 310)),
        (Item("monitor", 1, 700, 180, 450, 6_000, article="monitor"), (750, 230, 500)),
    ],
    ids=["lamp", "lying", "monitor"],
)
def test_the_box_that_a_delicate_unit_lacks_is_named(line: Item, needed: tuple[int, int, int]):
    """The required inner size includes clearances: a box of that size takes the unit, one 1 um smaller does not."""
    (unit,) = unpacked(line, LARGE, cushioning_ids=["honeycomb-paper-wrap"])
    assert unit.reason is UnpackedReason.DOES_NOT_FIT_ANY_BOX
    assert unit.required_inner_um == tuple(1_000 * edge for edge in needed)
    assert ("ships_in_own_container" in unit.message) == (line.article == "monitor")
    assert not left_out(line, BoxType("just", *needed), cushioning_ids=["honeycomb-paper-wrap"])
    for edge in range(3):
        smaller = [size - 0.001 * (axis == edge) for axis, size in enumerate(needed)]
        assert left_out(line, BoxType("smaller", *smaller), cushioning_ids=["honeycomb-paper-wrap"])


@pytest.mark.parametrize(
    ("line", "policy", "needed"),
    [
        (Item("a", 1, 500, 30, 30, 1), {"fit_clearance_mm": 2}, (502_000, 32_000, 32_000)),
        (Item("a", 1, 400, 300, 200, 1), {"fill_limit": 0.9}, None),
        (Item("a", 1, 900, 300, 10, 1, soft_goods=SoftGoods(2, max_folds=1)), {}, None),
        (Item("a", 1, 100, 100, 100, 9_000), {}, None),
    ],
    ids=["too long", "too full", "may be folded", "too heavy"],
)
def test_the_inside_that_a_unit_needs_is_stated_where_size_alone_keeps_it_out(line, policy, needed):
    """No inner size is stated if the reason is weight, or if a larger box may not help."""
    (unit,) = unpacked(line, LARGE, **policy)
    assert unit.required_inner_um == needed


def test_the_article_that_keeps_a_unit_upright_is_named():
    """A tall bottle fits on its side, and its article keeps it upright, which is the reason."""
    wine = Item("wine", 1, 80, 80, 310, 1_300, article="wine_bottle")
    ((reason, rule),) = left_out(wine, BoxType("flat", 900, 500, 400), cushioning_ids=["honeycomb-paper-wrap"])
    assert reason is UnpackedReason.DOES_NOT_FIT_ANY_BOX
    assert all(part in rule for part in ("flat", "wine_bottle"))
    lying = replace(wine, orientations=["LWH", "HLW"])
    assert not left_out(lying, BoxType("flat", 900, 500, 400), cushioning_ids=["honeycomb-paper-wrap"])
    tall = replace(wine, height_mm=2_000)
    ((_, rule),) = left_out(tall, BoxType("flat", 900, 500, 400), cushioning_ids=["honeycomb-paper-wrap"])
    assert "'wine_bottle'" not in rule
