"""Compression strength by McKee's simplified formula, the multipliers that reduce it, and the box certificate.

The formula, the multipliers for time and humidity and the grades were read in secondary texts that agree. Cases with
other multipliers only test arithmetic.
"""

import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import BoxType, InvalidInputError, StackingCondition
from boxwright.catalog import load_materials
from boxwright.protection import box_grade, most_stacked_mg, stack_load, unreached
from boxwright.protection.strength import compression_mn

SHIPPED = load_materials()
MCKEE = Fraction("5.874")
ALIGNED = {"humidity_percent": 50, "days": 0, "pattern": "column_aligned"}


def box(*inner_mm, **fields):
    """Return a slotted box of inner edges in mm, of the caller's own board unless one is named."""
    own = {} if "board_id" in fields else {"edge_crush_kn_per_m": 5.604064, "caliper_mm": 3.6}
    return BoxType("box", *inner_mm, **{**own, **fields})


def load(case, gross_g=0, **condition):
    """Return the load of a box under a condition."""
    return stack_load(case, round(gross_g * 1_000), StackingCondition(**condition), SHIPPED)


def test_golden_five_kn_per_m():
    """400 x 300 x 250 mm, 5.0 kN/m, 4.0 mm: Z = 1400; 5.874 x 5 x sqrt(5600) = 29.37 x 74.8331477 = 2197.849 N."""
    walls = {"outer_length_mm": 408, "outer_width_mm": 308, "outer_height_mm": 266}
    case = box(400, 300, 250, edge_crush_kn_per_m=5.0, caliper_mm=4.0, **walls)
    assert load(case, layers=1, **ALIGNED).compression_mn == 2_197_849
    assert load(case, layers=1, **ALIGNED).binding


def test_golden_thirty_two_ect():
    """300 x 200 x 150 mm, 32 lbf/in, 3.6 mm: Z = 1000; 5.874 x 5.604064 x sqrt(3600) = 1975.096 N."""
    assert load(box(300, 200, 150), layers=1, **ALIGNED).compression_mn == 1_975_096


def test_golden_derated_for_a_damp_quarter():
    """400 x 300 x 300 mm at 80 % for 90 days on a pallet that costs 8 %: 2336.96 N x 0.68 x 0.55 x 0.92 = 804.10 N.

    That is 82.00 kg: ten boxes of 8 kg above the lowest, 11 layers. The 0.92 is the low end of the published range of
    aligned columns, put in by hand; this tests arithmetic.
    """
    low = replace(SHIPPED.strength_figures["column_aligned"][0], value=Decimal("0.92"))
    materials = replace(SHIPPED, strength_figures={**SHIPPED.strength_figures, "column_aligned": (low,)})
    condition = StackingCondition(layers=11, days=90, humidity_percent=80, pattern="column_aligned")
    found = stack_load(box(400, 300, 300), 8_000_000, condition, materials)
    # 5.874 x 5.604064 = 32.918271936; x sqrt(3.6 x 1400) = x 70.992957397 = 2336.9655; x 0.34408 = 804.1031.
    assert (found.compression_mn, found.allowed_mn) == (2_336_965, 804_103)
    assert found.required_mn == 784_532  # 80 kg x 9.80665
    assert found.holds
    # 804.103 N / 9.80665 = 81.9956 kg for ten boxes.
    assert most_stacked_mg(found) == 8_199_568
    twelve = replace(condition, layers=12)
    assert not stack_load(box(400, 300, 300), 8_000_000, twelve, materials).holds


def test_golden_ten_dry_days():
    """The same box for 10 days at 70 % in columns: 2336.9655 x 0.63 x 0.80 = 1177.830 N = 120.1 kg, 16 layers."""
    found = load(box(400, 300, 300), 8_000, layers=16, days=10, humidity_percent=70, pattern="column_aligned")
    assert [each.value for each in found.multipliers] == [Decimal("0.63"), Decimal("0.80"), Decimal(1)]
    assert (found.allowed_mn, found.required_mn) == (1_177_830, 1_176_798)
    assert found.holds
    assert not load(box(400, 300, 300), 8_000, layers=17, days=10, humidity_percent=70, pattern="column_aligned").holds


def test_golden_lumped_factor():
    """10 kg, five layers, factor 3: four above weigh 392.266 N, so a strength of 1176.798 N is required.

    For Z = 1400 and 3.6 mm that is 1176.798 / (5.874 x 70.992957) = 2.82198 kN/m: 2.822 is enough, 2.821 is not.
    """
    for crush, holds in ((2.822, True), (2.821, False)):
        case = box(400, 300, 300, edge_crush_kn_per_m=crush)
        found = load(case, 10_000, layers=5, safety_factor=3)
        assert found.required_mn == 392_266
        assert found.holds is holds
        assert found.multipliers == ()


def test_a_stack_height_gives_the_layers():
    """Boxes 310 mm high, up to 1000 mm: three layers; one layer if a single box is higher than the limit."""
    case = box(400, 300, 300, outer_length_mm=410, outer_width_mm=310, outer_height_mm=310)
    assert load(case, stack_height_mm=1_000, safety_factor=3).layers == 3
    assert load(case, stack_height_mm=930, safety_factor=3).layers == 3
    assert load(case, stack_height_mm=929.999, safety_factor=3).layers == 2
    assert load(case, stack_height_mm=100, safety_factor=3).layers == 1


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (box(300, 200, 150, style="mailer_0427"), "style mailer_0427"),
        (box(300, 200, 150, style="tote"), "style tote"),
        (box(300, 200, 150, opening="end"), "end"),
        (BoxType("box", 300, 200, 150), "edge crush"),
        (BoxType("box", 300, 200, 150, edge_crush_kn_per_m=5), "caliper"),
    ],
)
def test_other_boxes_are_not_modelled(case, why):
    """A box to which the formula does not apply has the reason and no figure."""
    found = load(case, 5_000, layers=5, safety_factor=3)
    assert why in found.not_modelled
    assert (found.compression_mn, found.allowed_mn, found.required_mn, found.layers) == (0, 0, 0, 0)
    assert most_stacked_mg(found) is None


@pytest.mark.parametrize(
    ("inner_mm", "note"),
    [((400, 300, 199), "depth"), ((400, 300, 200), ""), ((601, 200, 300), "length"), ((600, 200, 300), "")],
)
def test_the_range_of_the_formula_is_flagged(inner_mm, note):
    """If the depth is below Z/7 = 200 mm, or the length above three times the width, the figure is not used."""
    found = load(box(*inner_mm), layers=5, safety_factor=3)
    assert found.compression_mn > 0
    assert found.binding is not bool(note)
    assert all(note in each for each in found.notes)


def test_a_step_holds_up_to_its_number():
    """80 % uses the step of 80 %, a little more that of 90 %: never a less strict one; above the last is an error."""
    values = {
        percent: load(box(300, 200, 150), layers=2, days=0, humidity_percent=percent, pattern="column_aligned")
        .multipliers[1]
        .value
        for percent in (0, 50, 50.1, 80, 80.001, 100)
    }
    assert [str(each) for each in values.values()] == ["1", "1", "0.90", "0.68", "0.48", "0.15"]
    beyond = StackingCondition(layers=2, days=180.5, humidity_percent=50, pattern="column")
    assert [each.field for each in unreached(beyond, SHIPPED)] == ["policy.stacking.days"]
    with pytest.raises(InvalidInputError, match=r"policy\.stacking\.days"):
        stack_load(box(300, 200, 150), 0, beyond, SHIPPED)


def test_flags_and_fibre_derate_too():
    """Overhang, deck gaps, rough handling and fibre of a board without a grade have their own multipliers."""
    everything = {**ALIGNED, "overhang": True, "deckboard_gap": True, "rough_handling": True}
    found = load(box(300, 200, 150, board_id="c-flute"), layers=2, **everything)
    factors = [each.factor for each in found.multipliers]
    assert factors[2:] == ["column_aligned", "overhang", "deckboard_gap", "rough_handling", "recycled_content"]
    share = math.prod(Fraction(each.value) for each in found.multipliers)
    assert share == Fraction("0.68") * Fraction("0.82") * Fraction("0.75") * Fraction("0.9")
    # 5.874 x 5.0 x 60 x 0.376380 = 663.257 N
    assert found.allowed_mn == 663_256


def test_a_grade_is_not_derated_for_fibre():
    """Edge crush that a grade guarantees or the caller measured does not depend on the fibre."""
    for case in (
        box(300, 200, 150, board_id="c-flute-32ect"),
        box(300, 200, 150, recycled_content=1.0),
    ):
        factors = [each.factor for each in load(case, layers=2, **ALIGNED).multipliers]
        assert "recycled_content" not in factors


def test_unverified_figures_do_not_bind():
    """An edge crush by flute or a pattern's middle value is marked, so that it leads to warnings, not refusals."""
    assert load(box(300, 200, 150, board_id="c-flute-32ect"), layers=2, **ALIGNED).binding
    by_flute = load(box(300, 200, 150, board_id="c-flute"), layers=2, **{**ALIGNED, "pattern": "interlocked"})
    assert not by_flute.binding
    assert any(all(part in each for part in ("5.0", "3.6")) for each in by_flute.notes)
    assert any("0.5" in each for each in by_flute.notes)


figures = st.fractions(Fraction(1, 10), 20)


@given(figures, figures, st.fractions(100, 4_000), st.fractions(Fraction(1, 100), 1), st.fractions(1, 2))
@settings(max_examples=30)
def test_strength_rises_with_each_figure_and_falls_with_each_multiplier(crush, caliper, perimeter, share, more):
    """More edge crush, caliper or perimeter never weakens a box; a multiplier never strengthens it."""
    strength = compression_mn(crush, caliper, perimeter, MCKEE, Fraction(1))
    assert compression_mn(crush * more, caliper, perimeter, MCKEE, Fraction(1)) >= strength
    assert compression_mn(crush, caliper * more, perimeter, MCKEE, Fraction(1)) >= strength
    assert compression_mn(crush, caliper, perimeter * more, MCKEE, Fraction(1)) >= strength
    derated = compression_mn(crush, caliper, perimeter, MCKEE, share)
    assert derated <= strength
    assert abs(derated - strength * share) <= 1


@given(st.integers(2, 50), st.integers(0, 10**8))
@settings(max_examples=30)
def test_the_gross_limit_is_where_the_pile_holds(layers, over):
    """A parcel at the limit that follows from strength carries its pile; one of a milligram more does not."""
    condition = {"layers": layers, "safety_factor": 2.5}
    most = most_stacked_mg(load(box(300, 200, 150), **condition))
    assert load(box(300, 200, 150), most / 1_000, **condition).holds
    assert not load(box(300, 200, 150), (most + 1 + over) / 1_000, **condition).holds


def test_grades_of_the_box_certificate():
    """32 lbf/in means 65 lb = 29,483.504 g and 75 in = 1,905 mm, E flute 50 lb; below 23 lbf/in there is no grade."""
    graded = box_grade(box(300, 200, 150, board_id="c-flute-32ect"), SHIPPED)
    assert (graded.grade_id, graded.max_gross_mg, graded.max_length_width_height_um) == (
        "single-32ect",
        29_483_504,
        1_905_000,
    )
    assert graded.binding
    own = {"caliper_mm": 1.6, "edge_crush_kn_per_m": 5.6}
    assert box_grade(box(300, 200, 150, flute="E", **own), SHIPPED).max_gross_mg == 22_679_618
    assert box_grade(box(300, 200, 150, flute="BC", edge_crush_kn_per_m=8.4), SHIPPED).grade_id == "double-48ect"
    weak = box_grade(box(300, 200, 150, flute="C", edge_crush_kn_per_m=4.0), SHIPPED)
    assert not weak.grade_id
    assert not weak.binding
    assert not box_grade(box(300, 200, 150), SHIPPED).grade_id  # its flute is unknown


def test_limits_of_a_grade_are_inclusive():
    """A parcel at the limit obeys it; a milligram or a micrometre more breaks it."""
    grade = box_grade(box(300, 200, 150, board_id="c-flute-32ect"), SHIPPED)
    assert grade.exceeded(29_483_504, (1_000_000, 500_000, 405_000)) == ()
    assert len(grade.exceeded(29_483_505, (1_000_000, 500_000, 405_001))) == 2
