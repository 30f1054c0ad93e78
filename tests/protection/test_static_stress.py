"""Static stress and the range in which a cushioning is used. The figures test arithmetic: none was verified."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.order import UPRIGHT, Fragility, Item, Orientation
from boxwright.protection import (
    bearing_area_mm2,
    bearing_limits,
    bearing_um2,
    cushion_refusal,
    static_stress_kpa,
    stress_warnings,
)

BRICK = Item("brick", 1, 200, 100, 50, mass_g=2_000, fragility=Fragility(g_level=50))
"""On 200 x 100 mm 0.980665 kPa, on 200 x 50 mm 1.96133 kPa, on 100 x 50 mm 3.92266 kPa."""


def foam(least=None, most=None, **fields):
    """Return cushioning of the user's own with a range of static stress."""
    return Dunnage(
        "foam",
        DunnageKind.CUSHIONING,
        "epe-foam",
        Decimal(22),
        Decimal("3.2"),
        min_static_stress_kpa=None if least is None else Decimal(least),
        max_static_stress_kpa=None if most is None else Decimal(most),
        **{"read_in_source": True, **fields},
    )


def test_golden_area_of_pads():
    """2 kg at 3.5 kPa stand on 2 x 9.80665 / 3,500 m2 = 56.038 cm2."""
    assert bearing_area_mm2(2_000_000, Decimal("3.5")) / 100 == Fraction("56.038")


@pytest.mark.parametrize(
    ("orientation", "kpa"),
    [
        (Orientation.LWH, "0.980665"),
        (Orientation.WLH, "0.980665"),
        (Orientation.LHW, "1.96133"),
        (Orientation.HWL, "3.92266"),
    ],
)
def test_golden_stress_is_on_the_face_of_the_goods(orientation, kpa):
    """The face on which the goods lie bears, and not the envelope's, which stands out on all sides."""
    assert static_stress_kpa(BRICK.mass_mg, bearing_um2(BRICK, orientation)) == Fraction(kpa)


@pytest.mark.parametrize(
    ("least", "most", "flat", "on_edge", "on_end"),
    [
        (None, None, True, True, True),
        ("0.980665", None, True, True, True),
        ("0.980666", None, False, True, True),
        (None, "1.96133", True, True, False),
        (None, "1.96132", True, False, False),
        ("1", "3", False, True, False),
        ("4", None, False, False, False),
    ],
)
def test_orientations_in_range_are_kept(least, most, flat, on_edge, on_end):
    """An orientation is kept where the unit's own stress is in the range, its ends included."""
    kept = bearing_limits(BRICK, foam(least, most)).orientations
    assert (Orientation.LWH in kept, Orientation.LHW in kept, Orientation.WHL in kept) == (flat, on_edge, on_end)


def test_golden_load_that_a_cushion_bears():
    """Up to 2 kPa on 200 x 100 mm are 2,000 x 0.02 / 9.80665 = 4.0788648 kg: 2.0788648 beside its own 2."""
    upright = replace(BRICK, orientations=UPRIGHT)
    assert bearing_limits(upright, foam(None, "2")).max_load_mg == 2_078_864
    assert bearing_limits(BRICK, foam(None, "2")).max_load_mg == 39_432  # on its edge it carries next to nothing
    assert bearing_limits(upright, foam("0.5", None)).max_load_mg is None


def test_a_cushioning_is_refused_only_for_figures_that_are_known(materials):
    """Past its thickness or out of its stresses a verified cushioning is refused by its figure, another is not."""
    goods = BRICK.mass_mg
    assert cushion_refusal(BRICK, goods, foam("0.1", "4"), materials) is None
    too_stiff = cushion_refusal(BRICK, goods, foam("4", "9"), materials)
    assert too_stiff == (
        "line 'brick' has a static stress of 0.981 to 3.92 kPa on 'foam', whose cushion factor holds from 4 to 9 kPa"
    )
    thin = foam(max_thickness_mm=Decimal("48.639"))
    words = "line 'brick' needs 48.64 mm of 'foam' on each side, past the 48.639 mm up to which its figures hold"
    assert cushion_refusal(BRICK, goods, thin, materials) == words
    assert cushion_refusal(BRICK, goods, replace(thin, max_thickness_mm=Decimal("48.64")), materials) is None
    for doubtful in (foam("4", "9", read_in_source=False), replace(thin, read_in_source=False)):
        assert cushion_refusal(BRICK, goods, doubtful, materials) is None
    by_class = replace(BRICK, fragility=Fragility("delicate"))  # its lowest G-level is unverified
    assert cushion_refusal(by_class, goods, thin, materials) is None
    assert cushion_refusal(BRICK, goods, thin, materials, "open-ended") is None  # so is that drop height
    assert cushion_refusal(replace(BRICK, fragility=None), goods, thin, materials) is None


@pytest.mark.parametrize(
    ("carried_mg", "least", "most", "words"),
    [
        (0, "1", "9", "static stress of 0.981 kPa on 'foam', whose cushion factor holds from 1 to 9 kPa (unverified)"),
        (2_000_000, None, "1.5", "with its load has a static stress of 1.96 kPa on 'foam'"),
        (0, None, "0.5", "with its load has a static stress of 0.981 kPa"),
        (0, "1", None, "pads of 196 cm2 on a face would reach it"),
    ],
)
def test_unverified_ranges_warn(carried_mg, least, most, words):
    """An unverified range warns of the unit alone below it and with its load above it."""
    doubtful = foam(least, most, read_in_source=False)
    (found,) = stress_warnings([(BRICK, Orientation.LWH, carried_mg)], doubtful)
    assert words in found.text
    assert stress_warnings([(BRICK, Orientation.LWH, carried_mg)], replace(doubtful, read_in_source=True)) == ()


def test_a_line_is_warned_of_once_and_by_its_worst_unit():
    """Of several units of a line the stress furthest out is told."""
    bearing = [(BRICK, Orientation.LWH, 0), (BRICK, Orientation.LWH, 2_000_000), (BRICK, Orientation.LHW, 500_000)]
    found = stress_warnings(bearing, foam("1", "1.9", read_in_source=False))
    assert len(found) == 2
    assert "0.981 kPa" in found[0].text
    assert "2.45 kPa" in found[1].text


@given(
    st.integers(1, 10**7),
    *[st.integers(1_000, 10**6)] * 3,
    st.decimals("0.01", "50", places=2),
    st.decimals("0.01", "50", places=2),
)
def test_whatever_is_left_is_in_range(mass_mg, length_um, width_um, height_um, one, other):
    """In each orientation kept, alone and with the greatest load, the stress is in range; a milligram more is not."""
    least, most = sorted((one, other))
    edges = (each / 1_000 for each in (length_um, width_um, height_um))
    item = Item("unit", 1, *edges, mass_g=mass_mg / 1_000, fragility=Fragility(g_level=50))
    limits = bearing_limits(item, foam(least, most))
    areas = [bearing_um2(item, each) for each in limits.orientations]
    for area in areas:
        assert Fraction(least) <= static_stress_kpa(item.mass_mg, area)
        assert static_stress_kpa(item.mass_mg + limits.max_load_mg, area) <= Fraction(most)
    if areas:
        assert static_stress_kpa(item.mass_mg + limits.max_load_mg + 1, min(areas)) > Fraction(most)
