"""Drop heights by the mass of the goods, and their handling profiles."""

from dataclasses import replace

import pytest

from boxwright.catalog import load_materials
from boxwright.errors import InvalidInputError
from boxwright.protection import drop_height_mm

SHIPPED = load_materials()


@pytest.mark.parametrize(
    ("goods_mg", "profile", "height_mm"),
    [
        (0, None, 760),
        (10_000_000, None, 760),  # a limit belongs to the lighter band, which has the higher drop
        (10_000_001, None, 610),
        (28_000_000, None, 460),
        (68_000_000, None, 200),
        (500_000_000, None, 200),  # above the last band, its height applies
        (5_000_000, "ista-2a", 970),
    ],
)
def test_mass_selects_the_band(goods_mg: int, profile: str | None, height_mm: int) -> None:
    """By default it is a band of ISTA 1A; a named profile replaces it."""
    assert drop_height_mm(goods_mg, SHIPPED, profile) == height_mm


def test_a_band_without_an_upper_end_takes_every_mass() -> None:
    """A last band without an upper limit applies to any larger mass."""
    first, second, *_ = SHIPPED.drop_heights["ista-1a"]
    open_ended = replace(SHIPPED, drop_heights={"open": (first, replace(second, up_to_kg=None))})
    assert drop_height_mm(900_000_000, open_ended, "open") == 610


def test_profiles_are_found_by_name_and_by_version() -> None:
    """The default is ISTA 1A, a name selects its profile, and a version must be the existing one."""
    assert SHIPPED.handling_profile().profile_id == "ista-1a@1"
    assert SHIPPED.handling_profile("ista-2a") is SHIPPED.handling_profile("ista-2a@1")


@pytest.mark.parametrize("name", ["ista-9z", "ista-1a@2", "ista-1a@", "@1", "ISTA-1A"])
def test_an_unknown_profile_names_the_known_ones(name: str) -> None:
    """The error names every profile with its version."""
    with pytest.raises(InvalidInputError) as caught:
        SHIPPED.handling_profile(name)
    assert all(profile.profile_id in str(caught.value) for profile in SHIPPED.handling_profiles.values())
    with pytest.raises(InvalidInputError, match=r"handling_profile.*ista-1a, ista-2a"):
        drop_height_mm(1, SHIPPED, name)


def test_every_profile_is_described_and_has_heights_that_fall_with_mass() -> None:
    """ISTA, GB/T 4857.5 and the three levels of ASTM D4169 have heights, network and source."""
    assert SHIPPED.handling_profiles.keys() == SHIPPED.drop_heights.keys()
    assert SHIPPED.handling_profiles.keys() == {
        *("ista-1a", "ista-2a", "gbt-4857.5-road-rail", "gbt-4857.5-air"),
        *("astm-d4169-al1", "astm-d4169-al2", "astm-d4169-al3"),
    }
    for profile in SHIPPED.handling_profiles.values():
        bands = SHIPPED.drop_heights[profile.profile]
        assert profile.network
        assert profile.source
        assert profile.read_in_source == all(band.read_in_source for band in bands)
        assert (profile.drops, profile.drops_per_face) == ((10, 1) if profile.read_in_source else (None, None))
        heights = [band.height_mm for band in bands]
        assert heights == sorted(heights, reverse=True)
