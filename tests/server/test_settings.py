"""Rules of settings."""

import shutil

import pytest

from boxwright.catalog.folder import shipped_folder
from boxwright.errors import InvalidInputError
from boxwright.server.answers.dataset import Dataset
from boxwright.server.answers.pack_request import read_pack_request
from boxwright.server.settings import Settings

from .wire import TODAY, broken


@pytest.mark.parametrize("content", [None, b"", b"two\nlines", b"x" * 5_000, b"\xff\xfe"])
def test_a_secret_that_is_not_in_its_file_keeps_the_server_from_starting(tmp_path, content):
    """The error names the variable and not the file's content."""
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    environment = {"BOXWRIGHT_STORE_FILE": str(tmp_path / "key"), "BOXWRIGHT_GRACE_S": "soon"}
    found = broken(Settings.from_environment, environment)
    assert list(found) == ["BOXWRIGHT_STORE_FILE", "BOXWRIGHT_GRACE_S"]
    assert not {"two", "xxxxx"} & set(found["BOXWRIGHT_STORE_FILE"].split())


@pytest.mark.parametrize("name", ["link_key", "order_id_key"])
@pytest.mark.parametrize("value", ["x", " " * 20, "fifteen letters"])
def test_a_key_that_is_soon_guessed_is_refused(name, value):
    """A key below the minimum length is refused."""
    with pytest.raises(InvalidInputError, match=f"^{name}: .*16"):
        Settings(**{name: value})
    assert Settings(**{name: "sixteen letters."})
    assert Settings(**{name: ""})


@pytest.mark.parametrize("setting", ["address", "http_address", "admin_address"])
def test_an_address_of_ipv6_needs_brackets(setting):
    """The error shows the address with brackets."""
    with pytest.raises(InvalidInputError, match=rf"^{setting}: .*\[::1\]:18180"):
        Settings(**{setting: "::1:18180"})
    assert Settings(**{setting: "[::1]:18180"})


def test_a_folder_of_materials_brings_its_own_catalogs(tmp_path):
    """Another data folder replaces the shipped catalogs; files are added to it."""
    shutil.copytree(shipped_folder(), tmp_path / "materials")
    for path in (tmp_path / "materials" / "catalogs").glob("*.toml"):
        if path.stem != "china-post":
            path.unlink()
    mine = tmp_path / "mine.csv"
    mine.write_text("box_type_id,inner_length_mm,inner_width_mm,inner_height_mm,tare_g\nb,300,200,100,80\n")
    dataset = Dataset.load(
        Settings(materials=str(tmp_path / "materials"), catalogs=(str(mine),), default_catalog="mine")
    )
    assert list(dataset.catalogs) == ["china-post", "mine"]


@pytest.mark.parametrize("setting", ["default_catalog", "default_profile"])
def test_a_default_that_does_not_exist_keeps_the_server_from_starting(setting):
    """The error lists the catalogs."""
    with pytest.raises(InvalidInputError, match=f"^{setting}: "):
        Dataset.load(Settings(**{setting: "nothing"}))


def test_without_a_default_a_request_names_its_catalog(pack_request):
    """An order without a catalog is refused with the list of catalogs."""
    bare = Dataset.load(Settings())
    assert read_pack_request(pack_request, bare, TODAY).catalog.published.catalog_id == "china-post"
    pack_request.ClearField("catalog")
    ((field, rule),) = broken(read_pack_request, pack_request, bare, TODAY).items()
    assert (field, "catalogs/china-post" in rule) == ("catalog", True)
    chosen = Dataset.load(Settings(default_catalog="eu-stock"))
    assert read_pack_request(pack_request, chosen, TODAY).catalog.published.catalog_id == "eu-stock"


@pytest.mark.parametrize("catalog", ["", "catalogs/china-post"])
def test_a_site_that_there_is_not_is_the_only_finding(pack_request, tmp_path, catalog):
    """The missing catalog is not reported as well, since the site would have named it."""
    (tmp_path / "sites.toml").write_text('[[sites]]\nsite_id = "hall"\ncatalog_id = "china-post"\n')
    dataset = Dataset.load(Settings(sites=str(tmp_path / "sites.toml")))
    pack_request.site, pack_request.catalog = "sites/berlin", catalog
    ((field, rule),) = broken(read_pack_request, pack_request, dataset, TODAY).items()
    assert (field, "sites/hall" in rule) == ("site", True)
    pack_request.catalog = "catalogs/none"
    assert list(broken(read_pack_request, pack_request, dataset, TODAY)) == ["site", "catalog"]


@pytest.mark.parametrize(
    "origins", ["evil", "https://a.example/", "https://A.example", "ftp://a.example", "*.a.example"]
)
def test_origins_are_sites(origins):
    """Any other text would match no browser's Origin."""
    with pytest.raises(InvalidInputError, match=r"^http_origins: "):
        Settings(http_origins=f"https://b.example:8443, {origins}")
    assert Settings(http_origins="https://b.example:8443, http://[::1]:8080,*")


def test_trusted_proxies_are_addresses_or_networks():
    """Names and wildcards are refused, since any client could then forge the caller."""
    for proxies in ("*", "proxy.example", "10.0.0.1, nginx"):
        with pytest.raises(InvalidInputError, match=r"^trusted_proxies: "):
            Settings(trusted_proxies=proxies)
    assert Settings(trusted_proxies="10.0.0.0/8, ::1")
