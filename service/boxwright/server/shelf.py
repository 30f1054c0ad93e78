"""What the server has loaded: data and catalogs of one version."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

from boxwright.catalog import Materials, check_catalogs, load_catalog, load_sites
from boxwright.catalog.folder import materials_folder
from boxwright.catalog.loader import read_materials
from boxwright.domain.box import Catalog
from boxwright.domain.site import Site
from boxwright.findings import Findings
from boxwright.server.inline_catalogs import InlineCatalogs
from boxwright.server.remembered import Remembered
from boxwright.server.settings import Settings

UM3_PER_MM3 = 1_000**3


@dataclass(frozen=True)
class Shelf:
    """Data, catalogs and limits that every request is read against.

    Attributes
    ----------
    settings : Settings
        As the server was started.
    materials : Materials
        Factors, rules and constants.
    catalogs : mapping of str to Catalog
        By id, sorted.
    sites : mapping of str to Site
        By id, sorted.
    inline : InlineCatalogs
        Catalogs that requests sent along.
    remembered : Remembered
        Policies and lanes that requests repeat.
    """

    settings: Settings
    materials: Materials
    catalogs: Mapping[str, Catalog]
    sites: Mapping[str, Site] = field(default_factory=dict)
    inline: InlineCatalogs = field(default_factory=InlineCatalogs)
    remembered: Remembered = field(default_factory=Remembered)

    @cached_property
    def largest_mm3(self) -> Mapping[str, float]:
        """Inner volume of the largest box type of each catalog, in mm3."""
        return {
            name: max(box.inner_volume_um3 for box in catalog.box_types) / UM3_PER_MM3
            for name, catalog in self.catalogs.items()
        }

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over the hashes of data and catalogs and over the sites, in hex digits."""
        hashes = {name: each.content_hash for name, each in self.catalogs.items()}
        sites = [asdict(each) for each in self.sites.values()]
        text = json.dumps([self.materials.content_hash, hashes, sites], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def default_name(self) -> str:
        """Resource name of the catalog for requests that name none; empty where there is none."""
        return f"catalogs/{self.settings.default_catalog}" if self.settings.default_catalog else ""

    @classmethod
    def load(cls, settings: Settings) -> "Shelf":
        """Read everything that the settings name, as it is now.

        Raises
        ------
        DataFileError
            If a file is malformed or incomplete.
        InvalidInputError
            If the default catalog or profile does not exist.
        """
        folder = Path(settings.materials) if settings.materials else materials_folder()
        materials = read_materials(folder)
        shipped = sorted((folder / "catalogs").glob("*.toml"))
        loaded = [load_catalog(path, materials=materials) for path in (*map(str, shipped), *settings.catalogs)]
        catalogs = {catalog.catalog_id: catalog for catalog in loaded}
        found = Findings()
        if settings.default_catalog and settings.default_catalog not in catalogs:
            known = ", ".join(sorted(catalogs))
            rule = f"must be one of {known}, got {settings.default_catalog!r}"
            found.add("default_catalog", rule)
        found.field("default_profile").attempt(materials.profile, settings.default_profile)
        found.raise_any()
        sites = _read_sites(settings.sites, materials, catalogs)
        return cls(settings, materials, dict(sorted(catalogs.items())), sites)


def _read_sites(path: str, materials: Materials, catalogs: Mapping[str, Catalog]) -> dict[str, Site]:
    """Return the sites of a file by id, sorted; none where there is no file."""
    if not path:
        return {}
    sites = load_sites(path, materials)
    check_catalogs(sites, catalogs, Path(path).name)
    return {each.site_id: each for each in sorted(sites, key=lambda site: site.site_id)}
