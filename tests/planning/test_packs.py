"""Articles that need a pack with compartments go nowhere else if one takes them; otherwise the plan has the reason."""

from dataclasses import replace
from typing import Any

import pytest

from boxwright import (
    BoxType,
    Catalog,
    Compartments,
    Fragility,
    Item,
    Lane,
    Order,
    Plan,
    Policy,
    PropertyAmount,
    PropertyCap,
    StackingCondition,
    check,
    load_catalog,
    plan,
)
from boxwright.checking import ViolationKind
from boxwright.domain.factor import Component
from boxwright.domain.plan import ProofStatus
from verified import boxes_of, verified

EU = load_catalog("eu-webshop")
OPEN = [BoxType(f"open-{side}", side, side, side, tare_g=side, material_id="corrugated-board") for side in (250, 500)]
SHIPPER = BoxType(
    *("shipper", 210, 110, 345),
    tare_g=380,
    material_id="corrugated-board",
    compartments=Compartments([95, 95], [95], 335, ["wine_bottle"]),
)
WINE = Item("wine", 1, 80, 80, 320, 1_300, article="wine_bottle")
BOOKS = Item("book", 3, 200, 130, 25, 450, article="book")


def shop(*boxes: BoxType) -> Catalog:
    """Return a catalog with two open boxes, wrap and fill."""
    return Catalog("shop", [*boxes, *OPEN], dunnage=EU.dunnage)


def good(order: Order, catalog: Catalog, policy: Policy | None = None, lane: Lane | None = None) -> Plan:
    """Return a plan whose certificate is verified."""
    return verified(order, catalog, policy or Policy(), lane=lane, profiles=())


def missing(answer: Plan) -> str:
    """Return the text of the warning that a pack is missing; empty if there is none."""
    return next((each.message for each in answer.warnings if each.code == "TESTED_PACK_MISSING"), "")


def test_a_bottle_and_books_are_a_shipper_and_a_small_carton() -> None:
    """One open box with room for everything is refused with the reason; two parcels are proved the minimum."""
    answer = good(Order("1", [WINE, BOOKS]), EU)
    assert boxes_of(answer) == ["eu-220x140x80", "eu-bottle-1"]
    assert answer.certificate.status is ProofStatus.PROVED
    refused = {each.box_type_id: each for each in answer.certificate.refused_candidates}
    largest = refused["eu-600x400x400"]
    assert largest.proof.value == "policy"
    assert all(part in largest.message for part in ("wine_bottle", "eu-bottle-1", "eu-bottle-2"))
    assert missing(answer) == ""


def test_a_card_slides_beside_the_inserts_of_a_full_pack() -> None:
    """A gift card has no parcel of its own; a book has one."""
    bottles = Item("wine", 6, 76, 76, 305, mass_g=1_250, article="wine_bottle")
    for extra, count in ((Item("card", 2, 170, 120, 2, mass_g=20), 1), (Item("book", 1, 170, 120, 15, mass_g=200), 2)):
        answer = good(Order("o", [bottles, extra]), load_catalog("eu-webshop"))
        assert len(answer.parcels) == count
        assert answer.parcels[0].box_type_id == "eu-bottle-6"


CAPPED = replace(SHIPPER, property_caps=[PropertyCap("alcohol_ml", 500)])
HALF = replace(SHIPPER, compartments=Compartments([95, 95], [95], 300, ["wine_bottle"]))
GLASSES = replace(SHIPPER, compartments=Compartments([95, 95], [95], 335, ["stemware"]))


@pytest.mark.parametrize(
    ("pack", "line", "policy", "why"),
    [
        (replace(SHIPPER, available=0), {}, {}, "'shipper'"),
        (HALF, {}, {}, "80 x 80 x 320 mm"),
        (SHIPPER, {"height_mm": 290}, {}, "45 mm"),
        (SHIPPER, {}, {"fit_clearance_mm": 15.001}, "'shipper'"),
        (SHIPPER, {"height_mm": 295}, {"fit_clearance_mm": 1}, ""),
        (SHIPPER, {"height_mm": 294.999}, {"fit_clearance_mm": 1}, "39.001 mm"),
        (replace(SHIPPER, max_net_g=1_299.999), {}, {}, "1299.999 g"),
        (replace(SHIPPER, max_net_g=1_300), {}, {}, ""),
        (replace(SHIPPER, max_gross_g=1_680), {}, {"tape_id": "none", "label_id": "none"}, ""),
        (replace(SHIPPER, max_gross_g=1_679.999), {}, {"tape_id": "none"}, "1299.999 g"),
        (CAPPED, {"property_amounts": [PropertyAmount("alcohol_ml", 500)]}, {}, ""),
        (CAPPED, {"property_amounts": [PropertyAmount("alcohol_ml", 500.1)]}, {}, "alcohol_ml"),
        (SHIPPER, {}, {"fill_limit": 0.2}, "0.2"),
        (replace(SHIPPER, material_id="ldpe-film"), {}, {"material_requirements": ["plastic_free"]}, "plastic_free"),
        (GLASSES, {}, {}, "wine_bottle"),
        (SHIPPER, {"fragility": Fragility("easy")}, {}, ""),
        (SHIPPER, {"fragility": Fragility("boxed")}, {}, ""),
    ],
)
def test_a_pack_takes_a_bottle_or_the_plan_has_the_reason(
    pack: BoxType, line: dict[str, Any], policy: dict[str, Any], why: str
) -> None:
    """A pack is refused by stock, size, play, masses, caps, fill limit, materials and article; the check agrees."""
    order, asked = Order("1", [replace(WINE, **line), BOOKS]), Policy(**policy)
    answer = good(order, shop(pack), asked)
    assert ("shipper" in boxes_of(answer)) is (why == "")
    assert why in missing(answer)
    assert bool(missing(answer)) is bool(why)
    if not why:
        without = plan(order, shop(), asked, profiles=())
        assert "outside_pack" in {each.kind.value for each in check(without, order, shop(pack), asked)}


def test_a_bottle_that_is_ready_to_ship_needs_no_pack() -> None:
    """A bottle that its manufacturer packed for shipping shares a box with books."""
    assert boxes_of(good(Order("1", [replace(WINE, fragility=Fragility("ship_ready")), BOOKS]), shop(SHIPPER))) == [
        "open-500"
    ]


def test_carrier_and_strength_may_refuse_a_pack() -> None:
    """Plan and check ignore a pack that the carrier or its own board does not allow."""
    order = Order("1", [replace(WINE, mass_g=1_300), BOOKS])
    long = replace(SHIPPER, outer_length_mm=2_001)
    answer = good(order, shop(long), lane=Lane(carrier_service="dhl-paket/de"))
    assert "shipper" not in boxes_of(answer)
    piled = Policy(stacking=StackingCondition(layers=40, safety_factor=5))
    good(order, shop(replace(SHIPPER, edge_crush_kn_per_m=1, caliper_mm=1.5)), piled)


def test_short_stock_binds_no_unit() -> None:
    """Two bottles use the two compartments in stock; three bottles are all planned, with a warning."""
    scarce = shop(replace(SHIPPER, available=1))
    two = good(Order("1", [replace(WINE, quantity=2), BOOKS]), scarce)
    assert boxes_of(two) == ["open-250", "shipper"]
    three = good(Order("1", [replace(WINE, quantity=3), BOOKS]), scarce)
    assert sum(len(parcel.placements) for parcel in three.parcels) == 6
    assert "'shipper'" in missing(three)


def test_bottles_that_only_a_pack_out_of_stock_takes_are_no_rivals() -> None:
    """Two bottles must use their two compartments, even if a third bottle is taller than these packs."""
    taller = BoxType("taller", 230, 130, 380, 240, 140, 400, tare_g=400, available=0)
    taller = replace(
        taller, material_id=SHIPPER.material_id, compartments=Compartments([95, 95], [95], 365, ["wine_bottle"])
    )
    order = Order("1", [replace(WINE, quantity=2, height_mm=330), replace(WINE, line_id="tall", height_mm=350), BOOKS])
    stock = shop(replace(SHIPPER, available=1), taller)
    answer = good(order, stock)
    assert boxes_of(answer) == ["open-500", "shipper"]
    loose = plan(order, shop(), profiles=())
    found = {(each.kind.value, each.line_id) for each in check(loose, order, stock)}
    assert ("outside_pack", "wine") in found
    assert ("outside_pack", "tall") not in found


def test_a_group_goes_into_a_pack_as_a_whole_or_is_not_bound() -> None:
    """Two bottles kept together go into the shipper; a bottle kept with a book goes into a carton, with a warning."""
    pair = replace(WINE, quantity=2, keep_together_group="gift")
    assert boxes_of(good(Order("1", [pair, BOOKS]), shop(SHIPPER))) == ["open-250", "shipper"]
    order = Order("1", [pair, BOOKS])
    loose = check(plan(order, shop(), profiles=()), order, shop(SHIPPER))
    assert "outside_pack" in {each.kind.value for each in loose}
    gift = [replace(each, quantity=1, keep_together_group="gift") for each in (WINE, BOOKS)]
    answer = good(Order("1", gift), shop(SHIPPER))
    assert boxes_of(answer) == ["open-500"]
    assert all(part in missing(answer) for part in ("shipper", "book"))
    three = good(Order("1", [replace(pair, quantity=3)]), shop(SHIPPER))
    assert boxes_of(three) == ["open-500"]
    assert "80 x 80 x 320" in missing(three)


def test_plates_are_wrapped_in_their_pack_and_bottles_are_not() -> None:
    """Wrap in compartments counts in the weight of the pack, and the check detects that it is missing."""
    catalog = load_catalog("eu-webshop")
    orders = [
        Order("o", [Item("plate", 6, 270, 270, 25, 720, article="plate")]),
        Order("o", [Item("wine", 1, 76, 76, 310, 1_250, article="wine_bottle")]),
    ]
    plates, wine = (plan(order, catalog, profiles=()).parcels[0] for order in orders)
    assert plates.packaging_mg(Component.CUSHIONING) > 0
    assert plates.protection[0].wrap_layers == 2
    assert wine.packaging_mg(Component.CUSHIONING) == wine.protection[0].wrap_layers == 0
    made = plan(orders[0], catalog, profiles=())
    bare = [part for part in plates.packaging if part.component is not Component.CUSHIONING]
    damaged = replace(made, parcels=(replace(plates, packaging=tuple(bare)),))
    assert ViolationKind.WRONG_PACKAGING in {found.kind for found in check(damaged, orders[0], catalog)}


def test_sturdy_goods_may_rattle() -> None:
    """Play is limited for fragile goods and those that need a pack: a small easy unit stands in any compartment."""
    any_goods = replace(SHIPPER, compartments=Compartments([95, 95], [95], 335))
    catalog = Catalog("packs", [any_goods], dunnage=EU.dunnage)
    assert boxes_of(good(Order("1", [Item("tin", 2, 50, 50, 50, 100)]), catalog)) == ["shipper"]


def test_a_dumbbell_lies_on_no_laptop() -> None:
    """A retail box carries its own mass, in planning and in the check."""
    laptop, dumbbell = Item("laptop", 1, 400, 280, 70, 2_600, article="laptop"), Item("bell", 1, 300, 200, 100, 5_000)
    catalog = Catalog("box", [BoxType("low", 450, 330, 230), BoxType("wide", 720, 330, 180)], dunnage=EU.dunnage)
    order = Order("1", [laptop, dumbbell])
    answer = good(order, catalog)
    lies = {each.line_id: each for parcel in answer.parcels for each in parcel.placements}
    assert lies["bell"].z_mm == 0
    warned = {each.code: each.message for each in answer.warnings}
    assert all(part in warned["CLASS_RULE_ADDED"] for part in ("laptop", "2600"))


@pytest.mark.parametrize(("level", "warned"), [(30, True), (50.7, False), (80, True), (101.24, False)])
def test_a_g_level_that_needs_more_than_practice_gives_a_warning(level: float, warned: bool) -> None:
    """At 30 G 3.33 x 760 mm / 30 = 84.36 mm exceed the 50 mm of practice; at 80 G 31.635 mm exceed its 25 mm."""
    order = Order("1", [Item("thing", 1, 100, 100, 100, 500, fragility=Fragility(g_level=level))])
    answer = good(order, EU)
    found = [each for each in answer.warnings if each.code == "G_LEVEL_ASKS_MORE"]
    assert bool(found) is warned
    if level == 30:
        assert found[0].field == "lines[0].fragility.g_level"
        assert all(part in found[0].message for part in ("thing", "30", "84.36", "pe-foam-pad", "760", "50"))


@pytest.mark.parametrize(
    ("mug_g", "block_g", "field"), [(350, 0, "lines[1].mass_g"), (0, 900, "lines[0].mass_g"), (350, 900, "")]
)
def test_an_unknown_mass_beside_a_fragile_unit_gives_a_warning(mug_g: float, block_g: float, field: str) -> None:
    """If the mass of the fragile unit or of its neighbour is unknown, the plan warns."""
    order = Order("1", [Item("mug", 1, 120, 85, 100, mug_g, article="vase"), Item("block", 1, 100, 60, 60, block_g)])
    found = [each for each in good(order, EU).warnings if each.code == "MASS_UNKNOWN_BESIDE_FRAGILE"]
    assert [each.field for each in found] == ([field] if field else [])


@pytest.mark.parametrize(
    ("vase", "brick_g", "warned"),
    [
        ({}, 2_000.001, True),
        ({}, 2_000, False),
        ({"mass_g": 3_500}, 3_500, False),
        ({"article": "book"}, 3_500, False),
        ({"fragility": Fragility("easy")}, 3_500, False),
    ],
)
def test_undescribed_goods_beside_heavy_ones_give_a_warning(vase: dict, brick_g: float, warned: bool) -> None:
    """Units of unknown kind beside units too heavy for fragile goods give one warning per plan."""
    lines = [Item("vase", 2, 150, 150, 300, **({"mass_g": 1_800} | vase)), Item("brick", 1, 240, 115, 70, brick_g)]
    found = [each for each in good(Order("1", lines), EU).warnings if each.code == "FRAGILITY_UNKNOWN_BESIDE_HEAVY"]
    assert [each.field for each in found] == ["lines[0].fragility"] * warned
