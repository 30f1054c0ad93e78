"""Handling profiles: named and versioned drops, how many a face takes, and what is known of them."""

import pytest

from boxwright.catalog import load_materials
from boxwright.errors import InvalidInputError


@pytest.fixture(scope="module")
def shipped():
    """Return the materials that are shipped."""
    return load_materials()


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
