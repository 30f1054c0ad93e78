"""Sizes and masses that look like an error of unit or decimal point."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright import BoxType, Catalog, InvalidInputError, Item, Order, Policy, plan
from boxwright.catalog import load_materials
from boxwright.planning.rules.plausible import density_g_per_cm3, implausible

MATERIALS = load_materials()
CATALOG = Catalog("c", [BoxType("box", 300, 300, 300, tare_g=100)])
LAPTOP = Item("laptop", 1, 15.8, 12, 3, 5.7)
BOOK = Item("book", 1, 210, 148, 25, 400)


def findings_of(*lines):
    """Return code, field and count of the implausible values of an order of these lines."""
    return [(each.code, each.field, each.count) for each in implausible(Order("o", lines), MATERIALS)]


@pytest.mark.parametrize(
    ("mass_g", "plausible"),
    [(0, False), (4.999, False), (5, True), (22_000, True), (22_000.001, False)],
)
def test_a_density_outside_0_005_to_22_is_reported(mass_g, plausible):
    """A litre of 5 g or of 22 kg is plausible, a milligram less or more is not; a mass of 0 is not checked."""
    found = findings_of(BOOK, Item("a", 1, 100, 100, 100, mass_g))
    assert found == ([] if plausible else [("IMPLAUSIBLE_DENSITY", "lines[1].mass_g", 1)])


@pytest.mark.parametrize("edge", ["length_mm", "width_mm", "height_mm"])
def test_an_edge_below_2_mm_is_reported(edge):
    """2 mm is plausible; a micrometre less is reported with the edge."""
    size = {"length_mm": 100, "width_mm": 100, "height_mm": 100}
    assert findings_of(Item("a", **{**size, edge: 2}, mass_g=20)) == []
    assert findings_of(BOOK, Item("a", **{**size, edge: 1.999}, mass_g=20)) == [
        ("IMPLAUSIBLE_SIZE", f"lines[1].{edge}", 1)
    ]


@pytest.mark.parametrize(
    ("lines", "figures_g_per_cm3"),
    [
        # 10.02 g/cm3 as given; 0.01 in cm
        ([LAPTOP], ("0.277", "0.612")),
        # 533 g/cm3 as given; 14.8 in pounds
        (
            [Item("phone", 1, 6, 3, 1, 9.6)],
            ("0.533", "0.923", "0.0325"),
        ),
        # 320 g/cm3 as given; 0.0195 in inches and grams
        ([Item("mug", 1, 12.5, 9.5, 10, 380)], ("0.32", "0.554")),
        ([Item("radio", 1, 5, 4, 4, 400)], ("0.305",)),
        (
            [LAPTOP, Item("mouse", 2, 5, 3, 2, 0.3)],
            ("0.277", "0.612"),
        ),
    ],
)
def test_other_units_are_reported(lines, figures_g_per_cm3):
    """An order that is small and dense as given has one warning, which names each reading that fits all lines."""
    (found,) = [each for each in implausible(Order("o", lines), MATERIALS) if each.code == "IMPLAUSIBLE_UNITS"]
    assert (found.field, found.count) == ("lines", len(lines))
    assert all(figure in found.message for figure in figures_g_per_cm3)


MUG = Item("mug", 3, 12.7, 9.5, 8.3, 0.35)


def test_centimetres_and_kilograms_are_reported() -> None:
    """Light goods are reported if every unit is small and lighter than a gram, although the density is plausible."""
    assert findings_of(MUG, Item("tray", 1, 59, 35, 4, 0.999)) == [("IMPLAUSIBLE_UNITS", "lines", 2)]
    (found,) = implausible(Order("o", [MUG]), MATERIALS)
    assert "centimetres" in found.message
    assert "kilograms" in found.message


@pytest.mark.parametrize(
    "lines",
    [
        [MUG, BOOK],  # the book has a size that is plausible in mm
        [MUG, Item("card", 1, 32, 24, 2.1, 1.7)],  # a memory card without its packaging
        [Item("ring", 1, 22, 22, 6, 3)],
        [Item("screw", 1, 12, 5, 5, 0.6)],  # 2 g/cm3
        [Item("lace", 1, 60, 12, 3, 0.5)],  # an edge of 60 mm
        [Item("foam", 1, 50, 50, 50, 0.9)],  # 0.0072 g/cm3
    ],
)
def test_small_and_light_goods_are_not_reported_as_centimetres_and_kilograms(lines) -> None:
    """Bare goods are also light: the warning needs each line lighter than these and none denser than boxed goods."""
    assert findings_of(*lines) == []


@pytest.mark.parametrize(
    "lines",
    [
        [LAPTOP, BOOK],  # the book has a size that is plausible in mm
        [Item("a", 1, 60, 12, 3, 21.6)],  # an edge of 60 mm
        [LAPTOP, Item("a", 1, 60, 12, 3, 21.6)],  # the same line next to one that may be in inches
        [Item("a", 1, 10, 10, 10, 3)],  # 3 g/cm3 as given, no more
        [Item("a", 1, 10, 10, 10, 109), Item("b", 1, 10, 10, 10, 11)],  # in pounds 3.02, in ounces 0.019
    ],
)
def test_possible_millimetres_are_not_reported_as_inches(lines):
    """A large or light line rules out other units, and one reading must fit all lines."""
    assert "IMPLAUSIBLE_UNITS" not in [code for code, *_ in findings_of(*lines)]


def test_lines_of_unknown_size_are_passed_over():
    """Lines of unknown size are ignored; the others may still look like inches."""
    unknown = Item("x", 1, 0, 0, 0, 0, dimension_status="missing")
    assert findings_of(unknown) == []
    assert findings_of(LAPTOP, unknown) == [("IMPLAUSIBLE_UNITS", "lines", 1)]


@given(*[st.integers(2_000, 10**6)] * 3, st.integers(0, 10**8))
def test_density_is_mass_over_volume(length_um, width_um, height_um, mass_mg):
    """In g/cm3, exact."""
    line = Item("a", 1, length_um / 1_000, width_um / 1_000, height_um / 1_000, mass_mg / 1_000)
    volume_cm3 = Fraction(length_um, 10_000) * Fraction(width_um, 10_000) * Fraction(height_um, 10_000)
    assert density_g_per_cm3(line) == Fraction(mass_mg, 1_000) / volume_cm3


def test_a_plan_warns_refuses_or_is_silent_as_the_policy_says():
    """By default the plan warns; ``refuse`` names each field and rule; ``off`` skips the check."""
    order = Order("o", [Item("card", 1, 85, 54, 1, 5), Item("empty", 1, 100, 100, 100, 0)])
    codes = {each.code for each in plan(order, CATALOG).warnings}
    assert codes >= {"IMPLAUSIBLE_DENSITY", "IMPLAUSIBLE_SIZE"}
    silent = {each.code for each in plan(order, CATALOG, Policy(plausibility="off")).warnings}
    assert codes - silent == {"IMPLAUSIBLE_DENSITY", "IMPLAUSIBLE_SIZE"}
    with pytest.raises(InvalidInputError) as caught:
        plan(order, CATALOG, Policy(plausibility="refuse"))
    size, density = caught.value.violations
    assert size.field == "lines[0].height_mm"
    assert all(part in size.rule for part in ("IMPLAUSIBLE_SIZE", "card", "height_mm"))
    assert density.field == "lines[1].mass_g"


def test_an_order_that_fits_nowhere_warns_too():
    """If an error makes goods too large for every box, the plan without a parcel has the warning."""
    answer = plan(Order("o", [Item("a", 1, 5_000, 100, 100, 1)]), CATALOG, Policy(allow_partial=True))
    assert not answer.parcels
    assert [each.code for each in answer.warnings] == ["IMPLAUSIBLE_DENSITY"]


def test_plausible_orders_are_planned_under_refuse():
    """A policy that refuses changes nothing for goods that are plausible."""
    order = Order("o", [BOOK])
    assert plan(order, CATALOG, Policy(plausibility="refuse")) == plan(order, CATALOG)
