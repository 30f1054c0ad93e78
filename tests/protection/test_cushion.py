"""Cushion thickness and mass. The cushion factors test arithmetic only: none is verified."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxwright.domain.order import Fragility, FragilityClass, Item
from boxwright.errors import InvalidInputError
from boxwright.protection import cushion_mg, cushion_um, drop_height_mm

MUG = {"length_mm": 120, "width_mm": 100, "height_mm": 110, "mass_g": 350}

by_fixture = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def item(fragility, **fields):
    """Return a mug of some fragility."""
    return Item("mug", fragility=fragility, **{**MUG, **fields})


@pytest.mark.parametrize(
    ("factor", "profile", "thickness_um"),
    [
        ("2.6", "ista-1a", 39_520),
        ("2.6", "ista-2a", 50_440),
        ("3.2", "ista-1a", 48_640),
        ("3.2", "ista-2a", 62_080),
        ("4.0", "ista-1a", 60_800),
        ("4.0", "ista-2a", 77_600),
        ("5.0", "ista-1a", 76_000),
        ("5.0", "ista-2a", 97_000),
    ],
)
def test_golden_thickness_at_50_g(materials, cushioning, factor, profile, thickness_um):
    """At G 50 the published example thicknesses come out of C h / G to the um."""
    assert cushion_um(item(Fragility(g_level=50)), 350_000, cushioning(factor), materials, profile) == thickness_um


@pytest.mark.parametrize(
    ("factor", "thickness_um", "outer_mm", "volumetric_kg", "empty"),
    [
        ("2.6", 49_400, ("226.0", "206.0", "223.2"), "2.08", "0.855"),
        ("3.2", 60_800, ("248.8", "228.8", "246.0"), "2.80", "0.894"),
        ("5.0", 95_000, ("317.2", "297.2", "314.4"), "5.93", "0.951"),
    ],
)
def test_golden_mug(materials, cushioning, factor, thickness_um, outer_mm, volumetric_kg, empty):
    """A mug at G 40 in C flute of 3.6 mm: cushion, outer box, volumetric weight at 5000 and empty share."""
    thickness = cushion_um(item(Fragility(g_level=40)), 350_000, cushioning(factor), materials)
    assert thickness == thickness_um
    inner = [edge + 2 * thickness for edge in (120_000, 100_000, 110_000)]
    outer = [edge + walls * 3_600 for edge, walls in zip(inner, (2, 2, 4), strict=True)]
    assert tuple(Decimal(edge).scaleb(-3) for edge in outer) == tuple(Decimal(edge) for edge in outer_mm)
    volume_cm3 = Fraction(outer[0] * outer[1] * outer[2], 10**12)
    assert round(float(volume_cm3 / 5_000), 2) == float(volumetric_kg)
    share = 1 - Fraction(120_000 * 100_000 * 110_000, inner[0] * inner[1] * inner[2])
    assert round(float(share), 3) == float(empty)


def test_class_counts_at_its_lowest_g_level(materials, cushioning):
    """A class of G 40 to 60 is cushioned like G 40."""
    by_class = cushion_um(item(Fragility(FragilityClass.DELICATE)), 350_000, cushioning("2.6"), materials)
    assert by_class == 49_400


def test_thickness_is_rounded_up(materials, cushioning):
    """2.6 x 760 / 60 is 32.9333... mm and becomes 32,934 um: never less than the formula."""
    assert cushion_um(item(Fragility(g_level=60)), 350_000, cushioning("2.6"), materials) == 32_934


def test_exact_thickness_is_not_rounded_up(materials, cushioning):
    """A G-level that is no binary fraction does not push an exact thickness to the next um: 3.8 x 760 / 15.2."""
    assert cushion_um(item(Fragility(g_level=15.2)), 350_000, cushioning("3.8"), materials) == 190_000


def test_sturdy_unit_needs_none(materials, cushioning):
    """A unit without fragility has no cushioning, not even the least thickness."""
    assert cushion_um(item(None), 350_000, cushioning("2.6", min_thickness_mm=Decimal(10)), materials) == 0


def test_least_thickness_holds(materials, cushioning):
    """Where the formula asks for less than the cushioning's least thickness, the latter holds."""
    pad = cushioning("2.6", min_thickness_mm=Decimal("20.5"))
    assert cushion_um(item(Fragility(g_level=1000)), 350_000, pad, materials) == 20_500


def test_past_greatest_thickness_the_formula_still_holds(materials, cushioning):
    """A cushioning's greatest thickness does not cut what the unit needs."""
    pad = cushioning("2.6", max_thickness_mm=Decimal(30))
    assert cushion_um(item(Fragility(g_level=50)), 350_000, pad, materials) == 39_520


def test_mass_of_the_parcel_lowers_the_drop(materials, cushioning):
    """In a parcel of 12 kg goods the drop is 610 mm and the cushion thinner."""
    assert cushion_um(item(Fragility(g_level=50)), 12_000_000, cushioning("2.6"), materials) == 31_720


def test_cushioning_without_factor_is_refused(materials, cushioning):
    """Cushioning without a cushion factor is an error that names field and piece."""
    with pytest.raises(InvalidInputError, match=r"dunnage\.cushion_factor: .*'pad' \(cushioning\) has none"):
        cushion_um(item(Fragility(g_level=50)), 350_000, cushioning(None), materials)


@by_fixture
@given(
    g=st.floats(1, 1000),
    weaker=st.floats(1, 1000),
    goods_mg=st.integers(0, 10**8),
    factor=st.decimals("0.1", "9", places=2),
)
def test_thickness_is_the_least_that_meets_the_formula(materials, cushioning, g, weaker, goods_mg, factor):
    """T G >= C h holds, t - 1 um breaks it, and a more fragile unit never gets less."""
    pad = cushioning(factor)
    needed = cushion_um(item(Fragility(g_level=g)), goods_mg, pad, materials)
    drop_um = Fraction(factor) * int(drop_height_mm(goods_mg, materials)) * 1_000
    assert needed * Fraction(str(g)) >= drop_um > (needed - 1) * Fraction(str(g))
    if weaker <= g:
        assert cushion_um(item(Fragility(g_level=weaker)), goods_mg, pad, materials) >= needed


def test_golden_cushion_mass(cushioning):
    """A 100 mm cube in 50 mm of 40 kg/m3: a shell of 7 litres weighs 280 g."""
    cube = Item("cube", length_mm=100, width_mm=100, height_mm=100, mass_g=1, fragility=Fragility(g_level=50))
    assert cushion_mg(cube, 50_000, cushioning("2.6")) == 280_000


def test_no_thickness_has_no_mass(cushioning):
    """Without thickness there is no shell."""
    assert cushion_mg(item(None), 0, cushioning("2.6")) == 0


@pytest.mark.parametrize(("density", "mass_mg"), [("0.5", 4), ("0.75", 5), ("1.5", 10), ("0.3", 2), ("1", 7)])
def test_mass_is_rounded_half_to_even(cushioning, density, mass_mg):
    """A shell of 7 cm3 at 0.5 and 1.5 mg/cm3 (3.5 and 10.5 mg) goes to the even mg, all others to the nearest."""
    cube = Item("cube", length_mm=10, width_mm=10, height_mm=10)
    assert cushion_mg(cube, 5_000, cushioning("2.6", density_kg_per_m3=Decimal(density))) == mass_mg


@by_fixture
@given(
    edges=st.tuples(*[st.integers(1, 2_000)] * 3),
    thin=st.integers(0, 200_000),
    more=st.integers(0, 200_000),
)
def test_mass_is_envelope_less_goods(cushioning, edges, thin, more):
    """The shell's mass is the envelope's volume less the goods', times density, and grows with thickness."""
    unit = Item("unit", length_mm=edges[0], width_mm=edges[1], height_mm=edges[2])
    pad = cushioning("2.6")
    goods = edges[0] * edges[1] * edges[2] * 10**9
    envelope = 1
    for edge in edges:
        envelope *= edge * 1_000 + 2 * thin
    assert cushion_mg(unit, thin, pad) == round(Fraction((envelope - goods) * 40, 10**12))
    assert cushion_mg(unit, thin, pad) <= cushion_mg(unit, thin + more, pad)
