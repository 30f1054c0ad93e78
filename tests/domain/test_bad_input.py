"""Bad input to the library gives an error that names field and rule, whatever was passed."""

import itertools
from dataclasses import replace

import pytest

from boxwright import (
    BoxType,
    Catalog,
    EmissionsBasis,
    Fragility,
    InvalidInputError,
    Item,
    Lane,
    Leg,
    Order,
    Place,
    Policy,
    PropertyAmount,
    PropertyCap,
    SoftGoods,
    StackingCondition,
    StartedParcel,
    plan,
)
from boxwright.errors import FieldViolation

BOX = BoxType("box", 100, 100, 100)
ONE = Order("order", [Item("a", 1, 10, 10, 10, 1)])
CATALOG = Catalog("catalog", [BOX])


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Item("", 1, 10, 10, 10, 1), "line_id"),
        (lambda: Item("a\x1b[2J", 1, 10, 10, 10, 1), "line_id"),
        (lambda: Item("a", 1, 10, 10, 10, 1, keep_apart_group="a\r\nb"), "keep_apart_group"),
        (lambda: Item("a", 1, 10, 10, 10, 1, keep_together_group="\u202eb"), "keep_together_group"),
        (lambda: Order("o\u2028o", [Item("a", 1, 10, 10, 10, 1)]), "order_id"),
        (lambda: BoxType("a\x85", 1, 1, 1), "box_type_id"),
        (lambda: StartedParcel("a\n", "box"), "started_parcel_id"),
        (lambda: Item("a", 0, 10, 10, 10, 1), "quantity"),
        (lambda: Item("a", 1, 10**5000, 10, 10, 1), "length_mm"),
        (lambda: Item("a", 1, float("nan"), 10, 10, 1), "length_mm"),
        (lambda: Item("a", 1, 10, 10, 0, 1), "height_mm"),
        (lambda: Item("a", 1, 10, 10, 0.0001, 1), "height_mm"),
        (lambda: Item("a", 1, 10, 10, 10_001, 1), "height_mm"),
        (lambda: Item("a", 1, 10, 10, 10, -1), "mass_g"),
        (lambda: Item("a", 1, 10, 10, 10, 1, max_load_g=-1), "max_load_g"),
        (lambda: Item("a", 1, 10, 10, 10, 1, orientations=["XYZ"]), "orientations[0]"),
        (lambda: Item("a", 1, 10, 10, 10, 1, orientations=["LWH", "LWH"]), "orientations[1]"),
        (
            lambda: Item("a", 1, 10, 10, 10, 1, property_amounts=[PropertyAmount("wh", 1), PropertyAmount("wh", 2)]),
            "property_amounts[1].property",
        ),
        (lambda: PropertyAmount("", 1), "property"),
        (lambda: PropertyAmount("wh", -1), "amount"),
        (lambda: PropertyAmount("wh", 1e-7), "amount"),
        (lambda: PropertyCap("wh", float("inf")), "max_amount"),
        (lambda: Policy(plausibility="maybe"), "plausibility"),
        (lambda: StackingCondition(safety_factor=3), "layers"),
        (lambda: StackingCondition(layers=5, stack_height_mm=900, safety_factor=3), "layers"),
        (lambda: StackingCondition(layers=0, safety_factor=3), "layers"),
        (lambda: StackingCondition(layers=5, safety_factor=0.9), "safety_factor"),
        (lambda: StackingCondition(layers=5, safety_factor=3, days=1), "days"),
        (lambda: StackingCondition(layers=5, safety_factor=3, overhang=True), "overhang"),
        (lambda: StackingCondition(layers=5, days=1, humidity_percent=50), "pattern"),
        (lambda: StackingCondition(layers=5, days=1, pattern="column"), "humidity_percent"),
        (lambda: StackingCondition(layers=5, days=-1, humidity_percent=50, pattern="column"), "days"),
        (lambda: StackingCondition(layers=5, days=1, humidity_percent=101, pattern="column"), "humidity_percent"),
        (lambda: BoxType("box", 10, 10, 10, caliper_mm=0), "caliper_mm"),
        (lambda: BoxType("box", 10, 10, 10, recycled_content=1.1), "recycled_content"),
        (lambda: BoxType("box", 10, 10, 10, tare_g=20, blank_g=19), "blank_g"),
        (lambda: Policy(property_caps=[PropertyCap("wh", 1), PropertyCap("wh", 2)]), "property_caps[1].property"),
        (
            lambda: Order(
                "order",
                [
                    Item("a", 1, 1, 1, 1, keep_together_group="g", keep_apart_group="x"),
                    Item("b", 1, 1, 1, 1, keep_together_group="g"),
                    Item("c", 1, 1, 1, 1, keep_together_group="g", keep_apart_group="y"),
                ],
            ),
            "lines[2].keep_apart_group",
        ),
        (lambda: SoftGoods(0), "min_thickness_mm"),
        (lambda: SoftGoods(max_folds=-1), "max_folds"),
        (lambda: SoftGoods(max_folds=7), "max_folds"),
        (lambda: Item("a", 1, 10, 10, 5, soft_goods=SoftGoods(5.001)), "soft_goods.min_thickness_mm"),
        (lambda: Item("a", 1, 10, 10, 5, soft_goods=SoftGoods(), fragility=Fragility(g_level=40)), "fragility"),
        (lambda: Fragility(), "fragility"),
        (lambda: Fragility("fragile", 0), "g_level"),
        (lambda: Fragility(g_level=0.5), "g_level"),
        (lambda: Order("order", []), "lines"),
        (lambda: Order("order", [Item("a", 1, 1, 1, 1), Item("a", 1, 1, 1, 1)]), "lines[1].line_id"),
        (lambda: Order("order", [Item("a", 10_001, 1, 1, 1)]), "lines"),
        (lambda: BoxType("box", 100, 100, 100, outer_length_mm=99), "outer_length_mm"),
        (lambda: BoxType("box", 100, 100, 100, available=-1), "available"),
        (lambda: Catalog("catalog", []), "box_types"),
        (lambda: Catalog("catalog", [BOX, BOX]), "box_types[1].box_type_id"),
        (lambda: Catalog("catalog", [BOX], version="1\n2"), "version"),
        (lambda: Policy([]), "objectives"),
        (lambda: Policy("fastest"), "objectives[0]"),
        (lambda: Policy(support_ratio=1e-9), "support_ratio"),
        (lambda: Policy(support_ratio=1.1), "support_ratio"),
        (lambda: Policy(fill_limit=0), "fill_limit"),
        (lambda: Policy(material_requirements="green"), "material_requirements[0]"),
        (lambda: Policy(accept_incomplete_footprint=True), "accept_incomplete_footprint"),
        (lambda: Policy(unverified_factor_rule="central"), "unverified_factor_rule"),
        (lambda: Policy(tape_id="none", tape_rule="h-seal"), "tape_rule"),
        (lambda: Policy(void_fill_id="none", void_fill_share=0.5), "void_fill_share"),
        (lambda: Lane(include_hubs=True), "include_hubs"),
        (lambda: Lane(include_radiative_forcing=True), "include_radiative_forcing"),
        (lambda: Lane([Leg("road", 1)], origin=Place("DE"), destination=Place("FR"), derive_legs=True), "legs"),
        (lambda: Leg("road", 1e-40), "distance_km"),
        (lambda: Leg("road", 1, mean_density_kg_per_m3=1e-40), "mean_density_kg_per_m3"),
        (lambda: BoxType("b", 1, 1, 1, trips=2, return_distance_km=1e-40), "return_distance_km"),
        (
            lambda: Item("a", 1, 1, 1, 1, 1, property_amounts=[PropertyAmount(f"p{n}", 1) for n in range(101)]),
            "property_amounts",
        ),
        (lambda: Policy(excluded_materials=["m"] * 1_001), "excluded_materials"),
        (lambda: Lane([Leg("road", 1)] * 101), "legs"),
        (lambda: Catalog("c", [BOX] * 10_001), "box_types"),
        (lambda: Leg("air", 1, "sfd"), "distance_kind"),
        (lambda: plan(ONE, "china-post"), "catalog"),
        (lambda: plan({}, CATALOG), "order"),
        (lambda: plan(ONE, CATALOG, "fast"), "policy"),
        (lambda: plan(ONE, CATALOG, lane="road"), "lane"),
        (lambda: plan(ONE, CATALOG, profiles="mars"), "profiles[0]"),
        (lambda: plan(ONE, CATALOG, lane=Lane([Leg("road", 5, vehicle="ufo")])), "lane.legs[0].vehicle"),
        (lambda: plan(ONE, CATALOG, lane=Lane([Leg("road", 5, vehicle="air_longhaul")])), "lane.legs[0].vehicle"),
    ],
)
def test_the_field_is_named(make, field: str) -> None:
    """Each bad value is refused with the field it is in, and with nothing else."""
    with pytest.raises(InvalidInputError) as raised:
        make()
    assert [violation.field for violation in raised.value.violations] == [field]


def test_every_broken_rule_is_listed() -> None:
    """Four mistakes in one line are four violations."""
    with pytest.raises(InvalidInputError) as raised:
        Item("", 0, -1, 10, 10, float("nan"))
    assert {violation.field for violation in raised.value.violations} == {"line_id", "quantity", "length_mm", "mass_g"}


def test_lengths_snap_to_the_micrometre() -> None:
    """A third of a millimetre is held as 333 um; 1/8 inch is exact."""
    assert Item("a", 1, 1 / 3, 3.175, 10, 1).edges_um == (333, 3_175, 10_000)
    assert Item("a", 1, 1 / 3, 10, 10, 1).length_mm == 0.333


def test_other_objectives_drop_the_rules_that_need_the_old_ones() -> None:
    """Rules of emissions stay with emissions or their price as objective, and the price stays with costs."""
    rules = {"unverified_factor_rule": "central", "accept_incomplete_footprint": True}
    rules |= {"emissions_basis": EmissionsBasis("uk-desnz"), "mode": "fast"}
    priced = Policy(["packaging_cost", "emissions"], **rules, carbon_price_per_tonne_minor=1)
    assert priced.with_objectives("parcel_count") == Policy("parcel_count", mode="fast")
    assert priced.with_objectives("emissions") == Policy("emissions", **rules)
    assert priced.with_objectives("shipping_cost") == replace(priced, objectives=("shipping_cost",))
    with pytest.raises(InvalidInputError, match="objectives"):
        priced.with_objectives()


def test_amounts_snap_to_the_millionth() -> None:
    """Three times 0.1 as a float is held as 0.3."""
    assert PropertyAmount("wh", 0.1 * 3).amount == 0.3
    assert PropertyCap("wh", 2 / 3).max_amount == 0.666667


def test_the_rule_that_bound_is_named_for_an_unpacked_unit() -> None:
    """If a fill limit or a fit clearance keeps a unit out of a box, the reason names it."""
    policy = Policy(fill_limit=0.00001, allow_partial=True)
    assert "1e-05" in plan(ONE, CATALOG, policy).unpacked[0].message
    policy = Policy(fit_clearance_mm=95, allow_partial=True)
    assert "95 mm" in plan(ONE, CATALOG, policy).unpacked[0].message


def test_an_error_lists_a_hundred_rules_and_says_that_there_are_more() -> None:
    """Further violations are dropped, and a last entry says so."""
    error = InvalidInputError(FieldViolation(f"f{number}", "is bad") for number in itertools.count())
    assert [each.field for each in error.violations[:100]] == [f"f{number}" for number in range(100)]
    assert len(error.violations) == 101
    assert not error.violations[100].field


def test_texts_of_a_violation_are_printable_and_of_bounded_length() -> None:
    """Control characters come back escaped; letters of any script stay, and long texts are cut."""
    violation = FieldViolation("a\x1b[2J", "got \n\u0085\u202e")
    assert (violation.field, violation.rule) == ("a\\x1b[2J", "got \\n\\x85\\u202e")
    assert FieldViolation("尺寸", "größer als erlaubt").rule == "größer als erlaubt"
    assert FieldViolation("a", "x" * 5_000).rule == "x" * 999 + "…"
