"""A box in a box: the inner box of very fragile goods, its mass and cost, and refused requests."""

from dataclasses import replace
from decimal import Decimal

import pytest

from boxwright import (
    BoxType,
    Catalog,
    Compartments,
    Fragility,
    IncompletePlanError,
    InvalidInputError,
    Item,
    Order,
    Placement,
    Policy,
    PropertyAmount,
    PropertyCap,
    SalesPackaging,
    StartedParcel,
    load_catalog,
    plan,
)
from boxwright.domain.factor import Component
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT
from boxwright.domain.plan import UnpackedReason
from boxwright.domain.protection import ProtectionRule
from boxwright.planning.finishing.certify import NOTHING_PROVED
from boxwright.shipping.objective_figures import objective_figure
from through_file import through_file
from verified import boxes_of

from .inner_box_orders import BOARD, DATA, DUNNAGE, GOODS, INNER, OUTER, VERY, inner_boxes, planned, refusal, shelf


def test_a_unit_in_its_inner_box_by_hand() -> None:
    """The inner box is 306 x 206 x 192 mm outside, 25 + 25 mm from the walls, and adds box, fill, tape and wrap.

    Fill: 9.2 L in the inner box and 70 - 12.102912 L round it, at 18 g/L. Tape: 2 x 426 and 2 x 630 mm at 8.4 g/m.
    """
    answer = planned(GOODS, INNER, OUTER)
    (parcel,) = answer.parcels
    (placed,), (said,) = parcel.placements, parcel.protection
    assert (parcel.box_type_id, placed.inner_box_type_id) == ("outer", "inner")
    assert sorted(placed.extent_um) == [242_000, 256_000, 356_000]
    assert (placed.half_gap_um, placed.wall_margin_um) == (25_000, 25_000)
    masses = {part.component.value: part.mass_mg for part in parcel.packaging}
    assert masses == {
        "box": 600_000,
        "inner_box": 150_000,
        "cushioning": 15_840,
        "void_fill": 165_600 + 1_042_148,
        "tape": 7_157 + 10_584,
    }
    assert parcel.net_mg == 1_000_000
    assert parcel.goods_volume_um3 == 200_000 * 100_000 * 80_000
    assert (said.rule, said.inner_box_type_id, said.inner_gap_um) == (ProtectionRule.BOX_IN_BOX, "inner", 50_000)
    assert all(part in str(said) for part in ("inner", "50"))
    assert "zipshipit.com" in said.source
    assert answer.certificate == NOTHING_PROVED
    produced = [
        line
        for line in parcel.footprints[0].lines
        if line.component is Component.INNER_BOX and line.stage.value == "production"
    ]
    assert [line.amount for line in produced] == [Decimal("0.15")]
    assert through_file(answer, Order("1", [GOODS]), shelf(INNER, OUTER), Policy(allow_partial=True)).parcels


def test_the_inner_box_is_the_smallest_carton_outside() -> None:
    """By outer volume, then id: no mailer, crate or box with compartments, and none without 50 mm all round."""
    thick = replace(INNER, box_type_id="a-thick", outer_length_mm=310)
    twin = replace(INNER, box_type_id="a-twin")
    tight = replace(INNER, box_type_id="tight", inner_height_mm=179.999)
    others = [
        replace(INNER, box_type_id="tote", style="tote"),
        BoxType("bag", 600, 500, 300, style="bag", tare_g=20, **BOARD),
        replace(INNER, box_type_id="cells", compartments=Compartments((300,), (200,), 180)),
    ]
    assert inner_boxes(planned(GOODS, *others, thick, twin, tight, INNER, OUTER)) == ["a-twin"]
    assert inner_boxes(planned(GOODS, *others, thick, tight, INNER, OUTER)) == ["inner"]
    reason, rule = refusal(planned(GOODS, *others, tight))
    assert reason is UnpackedReason.DOES_NOT_FIT_ANY_BOX
    assert "300 x 200 x 180 mm inside" in rule
    assert all(part in rule for part in ("tight", "300 x 200 x 179.999", "0.001"))


def test_a_cushion_inside_counts_in_the_inner_box() -> None:
    """With 50 mm inside goods need neither gap nor wrap in the inner box; that box keeps its own clearances."""
    inside = replace(GOODS, sales_packaging=SalesPackaging(cushion_mm=20))
    small = replace(INNER, box_type_id="small", inner_length_mm=260, inner_width_mm=160, inner_height_mm=140)
    answer = planned(inside, small, OUTER)
    assert answer.parcels[0].protection[0].inner_gap_um == 30_000
    whole = replace(GOODS, length_mm=290, width_mm=190, height_mm=170, sales_packaging=SalesPackaging(cushion_mm=50))
    (parcel,) = planned(whole, INNER, OUTER).parcels
    (said,) = parcel.protection
    assert (said.inner_gap_um, said.wrap_layers, said.half_gap_um, said.wall_margin_um) == (0, 0, 25_000, 25_000)
    assert not parcel.packaging_mg(Component.CUSHIONING)


def test_an_inner_box_bears_what_is_in_it() -> None:
    """Goods, wrap and fill count to its net limit, tare and tape to its gross limit, to the milligram."""
    load = 1_000 + 15.84 + 165.6
    for limits in ({"max_net_g": load}, {"max_gross_g": load + 150 + 7.157}):
        assert inner_boxes(planned(GOODS, replace(INNER, **limits), OUTER)) == ["inner"]
        (name, most) = next(iter(limits.items()))
        weak = replace(INNER, **{name: most - 0.001})
        stronger = BoxType("stronger", 320, 200, 180, 326, 206, 192, tare_g=150, **BOARD)
        assert inner_boxes(planned(GOODS, weak, stronger, OUTER)) == ["stronger"]
        reason, rule = refusal(planned(GOODS, weak, replace(OUTER, max_net_g=1)))
        assert reason is UnpackedReason.TOO_HEAVY_FOR_ANY_BOX
        assert "very_fragile" in rule
    capped = replace(INNER, property_caps=(PropertyCap("wh", 1),))
    charged = replace(GOODS, property_amounts=(PropertyAmount("wh", 2),))
    larger = replace(INNER, box_type_id="larger", outer_length_mm=310)
    assert inner_boxes(planned(charged, capped, larger, OUTER)) == ["larger"]
    only_capped = [replace(box, property_caps=capped.property_caps) for box in (INNER, OUTER)]
    assert refusal(planned(charged, *only_capped))[0] is UnpackedReason.PROPERTY_CAP_EXCEEDED


def test_the_parcel_bears_the_inner_box() -> None:
    """Inner box, its fill and its tape count to the load of the outer one: a milligram less and it is not packed."""
    whole = 1_000 + 150 + 7.157 + 165.6 + 15.84 + 1_042.148
    assert planned(GOODS, INNER, replace(OUTER, max_net_g=whole + 0.01)).parcels
    reason, rule = refusal(planned(GOODS, INNER, replace(OUTER, max_net_g=whole - 1)))
    assert reason is UnpackedReason.TOO_HEAVY_FOR_ANY_BOX
    assert "1322.76" in rule


def test_inner_boxes_use_up_stock() -> None:
    """A box used as an inner box is not available for a parcel or another line; all units of a line get one type."""
    two = replace(GOODS, quantity=2)
    larger = replace(INNER, box_type_id="larger", outer_length_mm=310)
    assert inner_boxes(planned(two, replace(INNER, available=2), larger, OUTER)) == ["inner", "inner"]
    assert inner_boxes(planned(two, replace(INNER, available=1), larger, OUTER)) == ["larger", "larger"]
    other = replace(GOODS, line_id="vase")
    assert inner_boxes(planned([GOODS, other], replace(INNER, available=1), larger, OUTER)) == ["inner", "larger"]
    reason, rule = refusal(planned(two, replace(INNER, available=1)))
    assert reason is UnpackedReason.NO_BOX_AVAILABLE
    assert "inner" in rule
    book = Item("book", 1, 290, 190, 20, mass_g=400)
    answer = planned([GOODS, book], replace(INNER, available=1), replace(OUTER, available=1))
    assert [each.box_type_id for each in answer.parcels] == ["outer"]
    apart = replace(book, keep_apart_group="dry"), replace(GOODS, keep_apart_group="wet")
    answer = planned([*apart], replace(INNER, available=1), replace(OUTER, available=1))
    assert [each.reason for each in answer.unpacked] == [
        UnpackedReason.NO_BOX_AVAILABLE
    ]  # the plan may leave out either line


def test_larger_goods_choose_their_inner_box_first() -> None:
    """However the lines are listed: the only box of the smallest type goes to the larger goods."""
    small = replace(GOODS, line_id="a", length_mm=190, width_mm=90, height_mm=70)
    larger = replace(INNER, box_type_id="larger", outer_length_mm=310)
    for lines in ([small, GOODS], [GOODS, small]):
        answer = planned(lines, replace(INNER, available=1), larger, OUTER)
        boxes = {each.line_id: each.inner_box_type_id for parcel in answer.parcels for each in parcel.placements}
        assert boxes == {"glass": "inner", "a": "larger"}


def test_parcels_get_no_more_boxes_than_inner_ones_leave() -> None:
    """Of two boxes of a type one is an inner box: of two books that would need one parcel each, one is left out."""
    books = [Item(f"book-{group}", 1, 290, 190, 20, mass_g=400, keep_apart_group=group) for group in ("dry", "warm")]
    wet = replace(GOODS, keep_apart_group="wet")
    answer = planned([wet, *books], replace(INNER, available=2), replace(OUTER, available=1))
    assert boxes_of(answer) == ["inner", "outer"]
    assert [each.reason for each in answer.unpacked] == [UnpackedReason.NO_BOX_AVAILABLE]


def test_the_materials_of_a_lane_bind_inside_too() -> None:
    """A box of a refused material is not used inside; if no other takes the goods, the reason names the rule."""
    plastic = replace(INNER, box_type_id="a-plastic", material_id="pp-corrugated")
    if plastic.material_id not in {each.material_id for each in DATA.materials}:
        plastic = replace(plastic, material_id=next(each.material_id for each in DATA.materials if each.plastic))
    policy = Policy(allow_partial=True, material_requirements=("plastic_free",), tape_id="none")
    assert inner_boxes(planned(GOODS, plastic, INNER, OUTER)) == ["a-plastic"]
    assert inner_boxes(planned(GOODS, plastic, INNER, OUTER, policy=policy)) == ["inner"]
    low = replace(OUTER, inner_height_mm=179)
    reason, rule = refusal(planned(GOODS, plastic, low, policy=policy))
    assert reason is UnpackedReason.MATERIAL_REQUIREMENTS
    assert all(part in rule for part in ("a-plastic", "plastic_free"))


def test_without_an_outer_box_the_needed_size_is_named() -> None:
    """The reason names the inner box, its outer size, and the inside that a box would need."""
    reason, rule = refusal(planned(GOODS, INNER))
    assert reason is UnpackedReason.DOES_NOT_FIT_ANY_BOX
    assert all(part in rule for part in ("inner", "306 x 206 x 192", "50", "406 x 306 x 292"))


def test_upright_goods_stay_upright() -> None:
    """Goods that stay upright stand in the inner box, and that box stands in the parcel."""
    standing = replace(GOODS, height_mm=150, orientations=UPRIGHT)
    low = BoxType("low", 300, 260, 200, 306, 266, 212, tare_g=150, **BOARD)
    high = BoxType("high", 300, 200, 250, 306, 206, 262, tare_g=150, **BOARD)
    tall = replace(OUTER, inner_height_mm=412, outer_height_mm=430)
    answer = planned(standing, low, high, tall)
    assert inner_boxes(answer) == ["high"]
    assert answer.parcels[0].placements[0].orientation in UPRIGHT
    assert answer.parcels[0].placements[0].height_um == 312_000
    assert inner_boxes(planned(replace(standing, orientations=ALL_ORIENTATIONS), low, tall)) == ["low"]


def test_goods_of_other_sizes_in_equal_boxes_are_distinguished() -> None:
    """Two lines whose inner boxes weigh the same have wrap of their own surfaces, to the milligram."""
    other = replace(GOODS, line_id="other", length_mm=190, width_mm=100, height_mm=80, mass_g=1_000)
    fill = round((200 - 190) * 100 * 80 * 18 / 1_000)  # additional fill in mg
    other = replace(other, mass_g=1_000 - fill / 1_000)
    answer = planned([GOODS, other], INNER, OUTER)
    assert sum(parcel.packaging_mg(Component.CUSHIONING) for parcel in answer.parcels) == 15_840 + 15_192
    one_each = BoxType("one-each", 410, 310, 296, 420, 320, 316, tare_g=400, **BOARD)
    lines = [replace(other, line_id="a", quantity=2), replace(GOODS, quantity=2), replace(other, line_id="z")]
    parcels = planned(lines, INNER, one_each).parcels
    wraps = [(parcel.placements[0].line_id, parcel.packaging_mg(Component.CUSHIONING)) for parcel in parcels]
    assert sorted(wraps) == [("a", 15_192)] * 2 + [("glass", 15_840)] * 2 + [("z", 15_192)]


def test_equal_goods_in_inner_boxes_of_other_prices_are_distinguished() -> None:
    """Of three lines that differ in the price of their inner boxes alone, two parcels take those of the cheaper."""
    lines = [replace(GOODS, line_id=name) for name in "abc"]
    prices = {"a": 90, "b": 40, "c": 10}
    inside = [replace(INNER, box_type_id=name, price_minor=price, available=1) for name, price in prices.items()]
    one_each = BoxType("one-each", 410, 310, 296, 420, 320, 316, tare_g=400, price_minor=100, **BOARD)
    policy = Policy(allow_partial=True, max_parcels=2, objectives=["packaging_cost"])
    catalog = replace(shelf(*inside, one_each), currency="EUR")
    assert inner_boxes(plan(Order("1", lines), catalog, policy, profiles=())) == ["b", "c"]


def test_prices_count_inner_boxes() -> None:
    """The price of a parcel's packaging is that of its box, of each inner box and of dunnage; the objective is that."""
    boxes = (replace(INNER, price_minor=40), replace(OUTER, price_minor=100))
    catalog = Catalog("shelf", boxes, dunnage=DUNNAGE, currency="EUR")
    policy = Policy(objectives=("packaging_cost",))
    answer = plan(Order("1", [GOODS]), catalog, policy)
    figure = objective_figure(answer, catalog, policy.objectives[0])
    assert figure == 140
    unpriced = Catalog("shelf", (INNER, boxes[1]), dunnage=DUNNAGE, currency="EUR")
    assert objective_figure(answer, unpriced, policy.objectives[0]) is None


def test_used_again_inside_counts_its_trips() -> None:
    """A carton that is used again is spread over its trips as an inner box too, and washed piece by piece."""
    again = replace(INNER, trips=10, washing_factor_id="none", return_distance_km=50)
    answer = planned(replace(GOODS, quantity=2), again, replace(OUTER, inner_length_mm=700, outer_length_mm=710))
    parts = [part for parcel in answer.parcels for part in parcel.packaging if part.component is Component.INNER_BOX]
    assert [(part.trips, part.mass_mg, part.reuse) for part in parts] == [(10, 150_000, again.reuse)] * 2


def test_a_pack_that_is_made_for_it_needs_no_inner_box() -> None:
    """Eggs are refused; declared very fragile they go into an egg pack, where the catalog has one."""
    eggs = Item("eggs", 1, 250, 110, 70, mass_g=650, article="eggs")
    pack = BoxType(
        "egg-pack", 260, 120, 80, tare_g=120, compartments=Compartments((260,), (120,), 80, articles=("eggs",))
    )
    with pytest.raises(InvalidInputError, match=r"lines\[0\]\.article"):
        plan(Order("1", [eggs]), shelf(pack, INNER, OUTER))
    answer = planned(replace(eggs, fragility=VERY), pack, INNER, OUTER)
    assert [(each.box_type_id, each.placements[0].inner_box_type_id) for each in answer.parcels] == [("egg-pack", "")]
    larger = BoxType("inner-350", 350, 220, 180, 356, 226, 192, tare_g=160, **BOARD)
    assert inner_boxes(planned(replace(eggs, fragility=VERY), larger, OUTER)) == ["inner-350"]


def test_what_cannot_be_a_box_in_a_box_is_refused_before_planning() -> None:
    """A unit in its own container, an engine without margins, and a unit that lies in a begun parcel."""
    catalog = shelf(INNER, OUTER)
    own = replace(GOODS, ships_in_own_container=True)
    with pytest.raises(InvalidInputError, match=r"lines\[0\]\.ships_in_own_container"):
        plan(Order("1", [own]), catalog)
    with pytest.raises(InvalidInputError, match=r"policy\.engine"):
        plan(Order("1", [GOODS]), catalog, Policy(engine="py3dbp"))
    lies = Placement("glass", 0, 25_000, 25_000, 25_000, 356_000, 256_000, 242_000, half_gap_um=25_000)
    begun = StartedParcel("p", "outer", (replace(lies, inner_box_type_id="inner"),))
    with pytest.raises(InvalidInputError, match=r"started_parcels\[0\]\.placements\[0\]"):
        plan(Order("1", [GOODS]), catalog, started_parcels=[begun])


def test_begun_parcels_are_filled_with_boxes_in_boxes() -> None:
    """A very fragile unit may fill up a begun parcel, in its inner box; one without an inner box never."""
    book = Item("book", 1, 400, 300, 20, mass_g=800)
    lies = Placement("book", 0, 0, 0, 0, 400_000, 300_000, 20_000)
    begun = [StartedParcel("p", "outer", (lies,))]
    order = Order("1", [book, GOODS])
    answer = plan(order, shelf(INNER, OUTER), started_parcels=begun)
    assert inner_boxes(answer) == ["", "inner"]
    none = shelf(replace(INNER, style="tote"), replace(OUTER, style="tote"))
    with pytest.raises(IncompletePlanError, match="very_fragile"):
        plan(order, none, started_parcels=begun)
    thick = replace(book, height_mm=60)
    begun = [StartedParcel("p", "outer", (replace(lies, height_um=60_000),))]
    with pytest.raises(IncompletePlanError, match="very_fragile"):
        plan(Order("1", [thick, GOODS]), shelf(replace(OUTER, available=0)), started_parcels=begun)


def test_physics_leaves_a_box_in_a_box_as_it_is() -> None:
    """A very fragile unit with a G-level lies in an inner box, not on pads."""
    dunnage = (*DUNNAGE, DATA.dunnage_of("pe-foam-pad"))
    heavy = replace(GOODS, mass_g=3_000, fragility=Fragility("very_fragile", 50))
    order, policy = Order("1", [heavy]), Policy(protection="physics")
    catalog = Catalog("shelf", (INNER, OUTER), dunnage=dunnage)
    answer = plan(order, catalog, policy)
    assert [each.rule for each in answer.parcels[0].protection] == [ProtectionRule.BOX_IN_BOX]


def test_known_plans_with_other_inner_boxes_are_passed_over() -> None:
    """A plan with the same inner box is a candidate; one with another inner box is not."""
    larger = replace(INNER, box_type_id="larger", outer_length_mm=310)
    order, catalog = Order("1", [GOODS]), shelf(INNER, larger, OUTER)
    known = plan(order, shelf(larger, OUTER))
    answer = plan(order, catalog, known_plans=[known])
    assert inner_boxes(answer) == ["inner"]
    assert plan(order, catalog, known_plans=[answer]) == answer


def test_inner_boxes_of_goods_that_no_parcel_takes_are_left_to_others() -> None:
    """The larger line is too heavy for every parcel, so that it takes no inner box out of stock."""
    shop = {box.box_type_id: box for box in load_catalog("eu-webshop").box_types}
    boxes = (replace(shop["eu-300x200x200"], available=1), replace(shop["eu-500x400x400"], max_gross_g=8_000))
    heavy = Item("heavy", 1, 190, 95, 95, mass_g=20_000, fragility=VERY)
    glass = Item("glass", 1, 180, 90, 90, mass_g=900, fragility=VERY)
    answer = planned([heavy, glass], *boxes)
    assert inner_boxes(answer) == ["eu-300x200x200"]
    assert refusal(answer)[0] is UnpackedReason.TOO_HEAVY_FOR_ANY_BOX
    reason, rule = refusal(planned(replace(glass, quantity=2), *boxes))
    assert reason is UnpackedReason.NO_BOX_AVAILABLE
    assert "eu-300x200x200" in rule
