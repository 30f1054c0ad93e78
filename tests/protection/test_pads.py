"""Pads by G-level and a cushion curve. The cushion factors are of invented foam and only test arithmetic."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.catalog import load_materials
from boxwright.catalog.rows import HandlingProfile
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.order import Fragility, Item, SalesPackaging
from boxwright.protection import pad_warnings, pads_of

SHIPPED = load_materials()
DRIVE = Item("drive", 1, 200, 180, 160, mass_g=3_000, fragility=Fragility(g_level=50))
"""Falls from 760 mm by ISTA 1A: on foam of factor 3.33 it needs 50.616 mm."""


def foam(**fields: object) -> Dunnage:
    """Return foam of 35 kg/m3 with the factor 3.33, valid from 2.76 to 8.27 kPa."""
    figures = {"cushion_factor": "3.33", "density_kg_per_m3": "35"}
    figures |= {"min_static_stress_kpa": "2.76", "max_static_stress_kpa": "8.27", **fields}
    known = {name: value and Decimal(value) for name, value in figures.items()}
    return Dunnage("foam", DunnageKind.CUSHIONING, "epe-foam", **known)


def described(drops_per_face: int | None):
    """Return the materials with a default profile of a number of drops on a face."""
    provenance = {"source": "hand-made", "read_in_source": True}
    profile = HandlingProfile("ista-1a", "1", "name", "network", drops=10, drops_per_face=drops_per_face, **provenance)
    return replace(SHIPPED, handling_profiles={"ista-1a": profile})


def test_golden_pads() -> None:
    """3 kg at 8.27 kPa need 3,557.4 mm2, and 50.616 mm buckle below (1.33 x 50.616)^2: squares of 67.320 mm, 6.49 kPa.

    Six of 67.320 x 67.320 x 50.616 mm at 35 kg/m3 weigh 48.172 g.
    """
    pads = pads_of(DRIVE, foam(), SHIPPED)
    assert (pads.thickness_um, pads.edge_um) == (50_616, 67_320)
    assert pads.mass_mg == round(6 * 67_320**2 * 50_616 * 35 / 10**12)


def test_a_heavy_unit_has_pads_by_its_mass() -> None:
    """5 kg at 8.27 kPa need 5,929.1 mm2, more than buckling requires: squares of 77.001 mm."""
    pads = pads_of(replace(DRIVE, mass_g=5_000), foam(), SHIPPED)
    assert pads.edge_um == 77_001


@pytest.mark.parametrize(
    ("changes", "fields", "figures"),
    [
        ({"mass_g": 1_000}, {}, ("45.3 cm2", "2.16 kPa")),
        ({"height_mm": 60}, {}, ("67.32 mm", "60 mm")),
        ({}, {"max_thickness_mm": "50"}, ("50.616 mm", "50 mm")),
        ({"fragility": Fragility("fragile")}, {}, ()),
    ],
)
def test_where_no_pad_fits_the_reason_is_given(
    changes: dict[str, object], fields: dict[str, str], figures: tuple[str, ...]
) -> None:
    """If the unit is too light or small, the pad too thick, or data are missing, there is no pad outside its range."""
    found = pads_of(replace(DRIVE, **changes), foam(**fields), SHIPPED)
    assert isinstance(found, str)
    assert all(figure in found for figure in figures)


def test_a_pad_is_never_thinner_than_an_inch_of_its_curve() -> None:
    """At 200 G the formula needs only 12.654 mm; the minimum is 25 mm, or 40 mm for foam that is sold from 40 mm on."""
    sturdy = replace(DRIVE, fragility=Fragility(g_level=200))
    for least, thickness in ((None, 25_000), ("40", 40_000)):
        pads = pads_of(sturdy, foam(min_thickness_mm=least), SHIPPED)
        assert pads.thickness_um == thickness


def test_profile_drops_and_the_cushion_inside_count() -> None:
    """970 mm by ISTA 2A, 1.2 times the factor for two drops on a face, less 20 mm inside the sales packaging."""
    two = described(2)
    inside = replace(DRIVE, sales_packaging=SalesPackaging(cushion_mm=20))
    for item, materials, profile, factor, thickness in (
        (DRIVE, SHIPPED, "ista-2a", None, 64_602),
        (DRIVE, described(1), None, "1.2", 50_616),
        (DRIVE, two, None, "1.2", 60_740),
        (DRIVE, two, None, None, 50_616),
        (inside, SHIPPED, None, None, 30_616),
    ):
        pads = pads_of(item, foam(multi_drop_factor=factor), materials, profile)
        assert pads.thickness_um == thickness


@given(st.integers(200, 60_000), st.integers(15, 300), st.sampled_from([60, 120, 300]))
@settings(max_examples=30, deadline=None)
def test_pads_keep_their_range(mass_g: int, level: int, edge_mm: int) -> None:
    """For any unit, the stress on a pad is in range, and the pad does not buckle and is no larger than the face."""
    item = Item("a", 1, edge_mm, edge_mm, edge_mm + 40, mass_g=mass_g, fragility=Fragility(g_level=level))
    pads = pads_of(item, foam(), SHIPPED)
    if isinstance(pads, str):
        return
    stress_kpa = 9.80665 * mass_g / (pads.edge_um / 1_000) ** 2
    assert 2.76 * (1 - 1e-9) <= stress_kpa <= 8.27 * (1 + 1e-9)
    assert pads.edge_um >= 1.33 * pads.thickness_um
    assert pads.thickness_um >= 25_000
    assert pads.edge_um <= edge_mm * 1_000


def test_drops_past_the_profile_or_the_foam_are_warned_of() -> None:
    """Warnings of a unit above the last band, an unknown number of drops, and two drops on foam without a factor."""
    assert list(pad_warnings([DRIVE], foam(), described(1))) == []
    (heavy,) = pad_warnings([replace(DRIVE, mass_g=69_000)], foam(), described(1))
    assert all(part in heavy.message for part in ("ista-1a", "68", "200"))
    (unknown,) = pad_warnings([DRIVE], foam(), described(None))
    assert "'ista-1a'" in unknown.message
    (several,) = pad_warnings([DRIVE], foam(), described(2))
    assert "ista-1a" in several.message
    assert list(pad_warnings([DRIVE], foam(multi_drop_factor="1.2"), described(2))) == []


def test_the_shipped_curve_is_the_one_of_its_source() -> None:
    """24 inches, 40 G and 2 inches of foam: a factor of 3.33, from 0.4 to 1.2 psi (2.76 to 8.27 kPa)."""
    pad = SHIPPED.dunnage_of("pe-foam-pad")
    assert pad.cushion_factor == round(Decimal(40) * 2 / 24, 2)
    assert (pad.min_static_stress_kpa, pad.max_static_stress_kpa) == (
        round(Decimal("0.4") * Decimal("6.894757"), 2),
        round(Decimal("1.2") * Decimal("6.894757"), 2),
    )
