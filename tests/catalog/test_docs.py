"""The pages about the data name its content."""

from pathlib import Path

from boxwright.catalog import Materials, catalog_names
from boxwright.catalog.boxes import BOX_FIELDS
from boxwright.catalog.catalogs import CATALOG_KEYS
from boxwright.catalog.convert import NAMES
from boxwright.catalog.folder import shipped_folder
from boxwright.catalog.profiles import FACTOR_COLUMNS
from boxwright.catalog.rows import ALLOWED_LICENCES

DOCS = Path(__file__).parents[2] / "docs"
MATERIALS_PAGE = (DOCS / "materials.md").read_text(encoding="utf-8")
CATALOGS_PAGE = (DOCS / "catalogs.md").read_text(encoding="utf-8")
FOOTPRINT_PAGE = (DOCS / "footprint.md").read_text(encoding="utf-8")


def test_every_file_is_documented() -> None:
    """Each file of the data folder, or its folder, is named."""
    text = (shipped_folder() / "README.md").read_text(encoding="utf-8")
    for path in shipped_folder().rglob("*"):
        if path.is_file() and path.suffix != ".md":
            name = path.relative_to(shipped_folder())
            written = str(name) if len(name.parts) == 1 else f"{name.parts[0]}/*{path.suffix}"
            assert f"`{written}`" in text, written


def test_every_material_profile_and_licence_is_documented(materials: Materials) -> None:
    """The pages name each material, each profile with its default classes, and each allowed licence."""
    for material in materials.materials:
        assert f"`{material.material_id}`" in MATERIALS_PAGE, material.material_id
    for profile in materials.profiles:
        assert f"`{profile.profile_id}`" in FOOTPRINT_PAGE
        for _, vehicle in profile.default_vehicles:
            assert f"`{vehicle}`" in FOOTPRINT_PAGE, vehicle
    for licence in ALLOWED_LICENCES:
        assert f"`{licence}`" in MATERIALS_PAGE, licence


def test_the_example_of_a_factor_table_has_the_columns() -> None:
    """The header shown for own factors equals the header that is read."""
    assert ",".join(FACTOR_COLUMNS) in MATERIALS_PAGE


def test_every_catalog_and_field_is_documented() -> None:
    """The pages name each shipped catalog, key of a catalog, field of a box type and known column."""
    for name in catalog_names():
        assert f"`{name}`" in CATALOGS_PAGE, name
    for field in BOX_FIELDS:
        assert f"`{field}`" in CATALOGS_PAGE, field
    for key in CATALOG_KEYS:
        assert key in CATALOGS_PAGE, key
    for names in NAMES.values():
        assert any(f"`{name}`" in CATALOGS_PAGE for name in names), names
