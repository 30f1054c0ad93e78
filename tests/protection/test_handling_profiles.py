"""Handling profiles: named and versioned drops, how many a face takes, and what is known of them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from boxwright.catalog import load_materials
from boxwright.catalog.rows import HandlingProfile
from boxwright.domain.order import Fragility, Item
from boxwright.errors import InvalidInputError
from boxwright.protection import cushion_um, cushion_warnings

LAMP = Item("lamp", length_mm=100, width_mm=80, height_mm=60, mass_g=500, fragility=Fragility(g_level=50))


@pytest.fixture(scope="module")
def shipped():
    """Return the materials that are shipped."""
    return load_materials()


def described(materials, drops_per_face):
    """Return the materials with a description of their default profile, of so many drops on a face."""
    named = {"profile": "ista-1a", "version": "1", "name": "name", "network": "network"}
    provenance = {"source": "hand-made", "read_in_source": True}
    profile = HandlingProfile(**named, drops=10, drops_per_face=drops_per_face, **provenance)
    return replace(materials, handling_profiles={"ista-1a": profile})


def test_profiles_are_found_by_name_and_by_version(shipped):
    """The default is ISTA 1A, a name gives its profile, and a version must be the one that there is."""
    assert shipped.handling_profile().profile_id == "ista-1a@1"
    assert shipped.handling_profile("ista-2a") is shipped.handling_profile("ista-2a@1")


@pytest.mark.parametrize("name", ["ista-9z", "ista-1a@2", "ista-1a@", "@1", "ISTA-1A"])
def test_an_unknown_profile_names_the_known_ones(shipped, name):
    """The error names every profile with its version."""
    with pytest.raises(InvalidInputError) as caught:
        shipped.handling_profile(name)
    assert all(each.profile_id in str(caught.value) for each in shipped.handling_profiles.values())


def test_every_profile_is_described_and_has_heights(shipped):
    """ISTA, GB/T 4857.5 and the three levels of ASTM D4169 are there, each with heights, network and source."""
    assert shipped.handling_profiles.keys() == shipped.drop_heights.keys()
    assert shipped.handling_profiles.keys() == {
        *("ista-1a", "ista-2a", "gbt-4857.5-road-rail", "gbt-4857.5-air"),
        *("astm-d4169-al1", "astm-d4169-al2", "astm-d4169-al3"),
    }
    for each in shipped.handling_profiles.values():
        assert each.network
        assert each.source
        assert each.read_in_source == all(band.read_in_source for band in shipped.drop_heights[each.profile])
        assert (each.drops, each.drops_per_face) == ((10, 1) if each.read_in_source else (None, None))


@pytest.mark.parametrize(
    ("profile", "height_mm"),
    [
        ("ista-1a", 760),
        ("ista-2a", 970),
        ("gbt-4857.5-road-rail", 800),
        ("gbt-4857.5-air", 1_000),
        ("astm-d4169-al1", 610),
        ("astm-d4169-al2", 381),
        ("astm-d4169-al3", 229),
    ],
)
def test_golden_thickness_by_profile(shipped, profile, height_mm):
    """Half a kilogram that survives 50 g, in a cushion of factor 2.6: 2.6 x height / 50 mm."""
    honeycomb = shipped.dunnage_of("honeycomb-paper-wrap")
    assert cushion_um(LAMP, LAMP.mass_mg, honeycomb, shipped, profile) == 52 * height_mm


def test_several_drops_on_a_face_multiply_the_cushion_factor(materials, cushioning):
    """Of two drops on a face 1.2 x 3.2 x 760 / 50 = 58.368 mm are needed, of one 48.64; without a factor it is said."""
    foam = cushioning("3.2", multi_drop_factor=Decimal("1.2"))
    once, twice = described(materials, 1), described(materials, 2)
    assert cushion_um(LAMP, LAMP.mass_mg, foam, once) == 48_640
    assert cushion_um(LAMP, LAMP.mass_mg, foam, twice) == 58_368
    assert cushion_warnings([LAMP], LAMP.mass_mg, foam, twice) == ()
    plain = cushioning("3.2")
    assert cushion_um(LAMP, LAMP.mass_mg, plain, twice) == 48_640
    (found,) = cushion_warnings([LAMP], LAMP.mass_mg, plain, twice)
    assert "has no factor for the 2 drops that a face takes under handling profile 'ista-1a'" in found.text


def test_an_unknown_number_of_drops_is_told(materials, cushioning):
    """Where it is not known how often a face falls, cushioning is for one drop, and the plan says so."""
    (found,) = cushion_warnings([LAMP], LAMP.mass_mg, cushioning("3.2"), described(materials, None))
    assert (
        found.text == "handling profile 'ista-1a': how many drops a face takes is not known, so cushioning is for one"
    )
