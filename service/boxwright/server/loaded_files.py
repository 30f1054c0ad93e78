"""What the files say that the settings name: data, catalogs and sites, as they were read at one time."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from boxwright.catalog import Materials, load_catalog, load_sites
from boxwright.catalog.folder import materials_folder
from boxwright.catalog.loader import SETTINGS_FILE, read_materials
from boxwright.domain.box import Catalog
from boxwright.domain.site import Site
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.server.settings import Settings


@dataclass(frozen=True)
class LoadedFiles:
    """Content of the files that settings name; catalogs by id: ``shipped`` with materials, ``own`` of the operator."""

    settings: Settings
    materials: Materials
    shipped: Mapping[str, Catalog]
    own: Mapping[str, Catalog]
    sites: tuple[Site, ...]

    @property
    def catalogs(self) -> dict[str, Catalog]:
        """All catalogs by id."""
        return {**self.shipped, **self.own}

    @classmethod
    def read(cls, settings: Settings) -> "LoadedFiles":
        """Read everything that the settings name, as it is now.

        Raises
        ------
        DataFileError
            If a file is malformed or incomplete.
        InvalidInputError
            If the folder of materials holds no data.
        """
        if settings.materials and not Path(settings.materials, SETTINGS_FILE).is_file():
            rule = f"must name a folder of data, which holds {SETTINGS_FILE}, got {settings.materials!r}"
            raise InvalidInputError([FieldViolation("materials", rule)])
        folder = Path(settings.materials) if settings.materials else materials_folder()
        materials = read_materials(folder)
        shipped = _loaded(sorted(map(str, (folder / "catalogs").glob("*.toml"))), materials)
        own = _loaded(settings.catalogs, materials)
        sites = load_sites(settings.sites, materials) if settings.sites else ()
        return cls(settings, materials, shipped, own, sites)


def _loaded(paths: tuple[str, ...] | list[str], materials: Materials) -> dict[str, Catalog]:
    catalogs = (load_catalog(path, materials=materials) for path in paths)
    return {catalog.catalog_id: catalog for catalog in catalogs}
