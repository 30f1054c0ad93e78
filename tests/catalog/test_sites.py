"""Files of sites: their fields, and the path of every fault."""

import pytest

from boxwright.catalog import check_catalogs, load_catalog, load_sites
from boxwright.domain.place import Place
from boxwright.domain.site import BoxAvailability, Site
from boxwright.errors import DataFileError

LYON = """
[[sites]]
site_id = "lyon"
name = "Lyon, hall 2"
catalog_id = "china-post"
lifting_profile = "freight"
handling_profile = "ista-2a@1"
max_parcels = 3
max_units_per_order = 50
accounting_profiles = ["fr-ademe"]
carrier_service = "ups/us-daily"
origin = { country_code = "FR", postal_code = "69007" }

[sites.availability]
china-post-6 = 0
china-post-8 = "unlimited"
"""


def read(tmp_path, materials, text):
    """Return the sites of a text."""
    file = tmp_path / "sites.toml"
    file.write_text(text)
    return load_sites(file, materials)


def faults(tmp_path, materials, text):
    """Return the fields that a text is refused for, with their rules."""
    with pytest.raises(DataFileError) as caught:
        read(tmp_path, materials, text)
    assert caught.value.file == "sites.toml"
    return {violation.field: violation.rule for violation in caught.value.violations}


def test_every_field_of_a_site_is_read(tmp_path, materials):
    """All fields have the values of the file; a site with only a name has no other value."""
    lyon, bare = read(tmp_path, materials, f'{LYON}[[sites]]\nsite_id = "bare"\n')
    assert lyon == Site(
        site_id="lyon",
        name="Lyon, hall 2",
        catalog_id="china-post",
        availability=(BoxAvailability("china-post-6", 0), BoxAvailability("china-post-8", None)),
        lifting_profile="freight",
        handling_profile="ista-2a@1",
        max_parcels=3,
        max_units_per_order=50,
        accounting_profiles=("fr-ademe",),
        carrier_service="ups/us-daily",
        origin=Place("FR", "69007"),
    )
    assert bare == Site("bare")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"lyon"', '"ly on"', "sites[0].site_id"),
        ("site_id", "site", "sites[0].site"),
        ('"freight"', '"crane"', "sites[0].lifting_profile"),
        ('"ista-2a@1"', '"ista-2a@9"', "sites[0].handling_profile"),
        ("max_parcels = 3", "max_parcels = 0", "sites[0].max_parcels"),
        ('["fr-ademe"]', '["fr-adem"]', "sites[0].accounting_profiles[0]"),
        ('["fr-ademe"]', '["fr-ademe", "fr-ademe"]', "sites[0].accounting_profiles[1]"),
        ('"ups/us-daily"', '"ups/never"', "sites[0].carrier_service"),
        ('"FR"', '"France"', "sites[0].origin.country_code"),
        ("postal_code", "city", "sites[0].origin.city"),
        ("china-post-6 = 0", "china-post-6 = -1", "sites[0].availability.china-post-6"),
        ("china-post-6 = 0", 'china-post-6 = "few"', "sites[0].availability.china-post-6"),
        ('catalog_id = "china-post"', "", "sites[0].availability"),
    ],
)
def test_a_broken_rule_is_named(tmp_path, materials, old, new, field):
    """The error has the path of the field."""
    assert old in LYON
    assert field in faults(tmp_path, materials, LYON.replace(old, new))


def test_all_faults_come_at_once(tmp_path, materials):
    """Faults of all sites are listed, and those of the list itself."""
    found = faults(tmp_path, materials, 'sites = ["x"]\n')
    assert list(found) == ["sites[0]"]
    found = faults(tmp_path, materials, LYON.replace("= 3", "= 0") + LYON.replace("freight", "crane"))
    assert list(found) == ["sites[0].max_parcels", "sites[1].lifting_profile", "sites[1].site_id"]
    many = "".join(f'[[sites]]\nsite_id = "s{number}"\n' for number in range(1_001))
    assert list(faults(tmp_path, materials, many)) == ["sites"]


def test_an_unknown_catalog_is_named(tmp_path, materials):
    """A box type that is missing from its catalog is named too."""
    catalogs = {"china-post": load_catalog("china-post", materials=materials)}
    check_catalogs(read(tmp_path, materials, LYON), catalogs, "sites.toml")
    for old, new, field in (
        ('"china-post"', '"cn-post"', "sites[0].catalog_id"),
        ("china-post-6", "china-post-66", "sites[0].availability.china-post-66"),
    ):
        with pytest.raises(DataFileError) as caught:
            check_catalogs(read(tmp_path, materials, LYON.replace(old, new)), catalogs, "sites.toml")
        assert [violation.field for violation in caught.value.violations] == [field]
