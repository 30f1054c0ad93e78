"""Goods have slack in slotted boxes of a catalog, unless the policy states another value or they need none."""

from dataclasses import replace

import pytest

from boxwright import Item, Order, Policy, SoftGoods, check, load_catalog, plan

EU = load_catalog("eu-webshop")
TIGHT = Item("a", 1, 300, 200, 100, 3_000)
SOFT = replace(TIGHT, soft_goods=SoftGoods(min_thickness_mm=90, max_folds=0))
ONLY = replace(EU, box_types=[EU.box_type("eu-300x200x100")])


@pytest.mark.parametrize(
    ("line", "policy", "fits"),
    [(TIGHT, Policy(), False), (TIGHT, Policy(fit_clearance_mm=0), True), (SOFT, Policy(), True)],
    ids=["rigid", "none asked for", "soft"],
)
def test_a_box_as_large_as_the_goods(line, policy, fits):
    """Rigid goods that fill the box are refused; a policy may state another clearance, and soft goods need none."""
    made = plan(Order("o", [line]), ONLY, replace(policy, allow_partial=True), profiles=())
    assert bool(made.parcels) is fits


@pytest.mark.parametrize(
    ("length_mm", "count", "fits"), [(190, 1, True), (199, 1, False), (90, 2, True), (150, 2, False)]
)
def test_soft_goods_need_no_clearance_beside_a_short_row_of_rigid_goods(length_mm, count, fits):
    """Jumpers fill the box to its walls and lid, unless rigid goods in a row could come too close to a wall."""
    jumper = Item("jumper", 2, 300, 200, 45, 500, soft_goods=SoftGoods(min_thickness_mm=35, max_folds=0))
    gloves = Item("gloves", count, length_mm, 30, 30 / count, 180)
    made = plan(Order("o", [jumper, gloves]), ONLY, Policy(allow_partial=True), profiles=())
    assert (not made.unpacked) is fits
    assert check(made, Order("o", [jumper, gloves]), ONLY, Policy(allow_partial=True)) == []


def test_the_check_knows_the_slack_of_the_box():
    """A plan without the clearance breaks the rules of a request that requires it."""
    order, none = Order("o", [TIGHT]), Policy(fit_clearance_mm=0)
    made = plan(order, ONLY, none, profiles=())
    assert {str(violation.kind) for violation in check(made, order, ONLY)} == {"no_clearance"}


def test_the_slack_counts_towards_the_distance_to_the_walls():
    """A mug of 100 mm, 50 mm off floor and lid, stands in a box of 200 mm, and not a micrometre higher."""
    mug, book = Item("mug", 1, 120, 85, 100, 350, article="mug"), Item("book", 1, 210, 148, 30, 400, article="book")
    order, boxes = Order("o", [mug, book]), replace(EU, box_types=[EU.box_type("eu-300x200x200")])
    made = plan(order, boxes, profiles=())
    (parcel,) = made.parcels
    places = [replace(place, z_um=place.z_um + (place.line_id == "mug")) for place in parcel.placements]
    raised = replace(made, parcels=[replace(parcel, placements=places)])
    assert "no_clearance" in {str(violation.kind) for violation in check(raised, order, boxes)}
