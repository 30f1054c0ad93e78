"""The data and catalogs that the server has loaded, all of one version."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from google.protobuf.message import Message

from boxwright.catalog import Materials, check_catalogs, load_catalog, load_sites
from boxwright.catalog.folder import materials_folder
from boxwright.catalog.loader import SETTINGS_FILE, read_materials
from boxwright.domain.box import Catalog
from boxwright.domain.site import Site
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings
from boxwright.lazy import cached_property
from boxwright.server.settings import Settings
from boxwright.server.stored.written import Written, catalog_of, source_of
from boxwright.store import VersionRecord

Read = TypeVar("Read")

MOST_BYTES = 1024 * 1024
"""Maximum total size of remembered messages, in bytes; beyond it all are discarded. The objects that are read from a
catalog take about twenty times its size."""

BYTES_OF_ONE = 1_024
"""Bytes that are added to the size of each message."""


class Remembered:
    """Remembers objects that were read from messages without findings. Safe to use from many threads."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], Any] = {}
        self._bytes = 0

    def read(
        self, message: Message, context: tuple[object, ...], found: Findings, read: Callable[[], Read | None]
    ) -> Read | None:
        """Return the remembered object for a message and context; if there is none, read it by ``read``.

        ``context`` is everything else that the object depends on. Objects must be immutable. An object with findings is
        not remembered.
        """
        data = message.SerializeToString(deterministic=True)
        key = (type(message), data, *context)
        known: Read | None = self._kept.get(key)
        if known is not None:
            return known
        before, made, size = len(found), read(), len(data) + BYTES_OF_ONE
        if made is not None and len(found) == before and size <= MOST_BYTES:
            if self._bytes + size > MOST_BYTES:
                self._kept.clear()
                self._bytes = 0
            self._bytes += size
            self._kept[key] = made
        return made


MOST_LISTED = 5
"""Maximum number of faults listed for a written catalog that is left out."""

NOTHING_WRITTEN = Written()


@dataclass(frozen=True)
class LoadedFiles:
    """Content of the files that the settings name, all read together."""

    settings: Settings
    materials: Materials
    shipped: Mapping[str, Catalog]
    """Catalogs of the materials folder, by id."""
    own: Mapping[str, Catalog]
    """Catalogs of the operator, by id; they replace shipped ones."""
    sites: tuple[Site, ...]

    @property
    def catalogs(self) -> dict[str, Catalog]:
        """All catalogs by id."""
        return {**self.shipped, **self.own}

    @classmethod
    def read(cls, settings: Settings) -> "LoadedFiles":
        """Read all files that the settings name.

        Raises
        ------
        DataFileError
            If a file is malformed or incomplete.
        InvalidInputError
            If the materials folder holds no data.
        """
        if settings.materials and not Path(settings.materials, SETTINGS_FILE).is_file():
            rule = f"must name a folder of data with the file {SETTINGS_FILE}, got {settings.materials!r}"
            raise InvalidInputError([FieldViolation("materials", rule)])
        folder = Path(settings.materials) if settings.materials else materials_folder()
        materials = read_materials(folder)

        def loaded(paths: Iterable[str | Path]) -> dict[str, Catalog]:
            catalogs = [load_catalog(path, materials=materials) for path in paths]
            return {catalog.catalog_id: catalog for catalog in catalogs}

        shipped, own = loaded(sorted((folder / "catalogs").glob("*.toml"))), loaded(settings.catalogs)
        return cls(settings, materials, shipped, own, load_sites(settings.sites, materials) if settings.sites else ())


@dataclass(frozen=True)
class Lacks:
    """Catalogs that were written over the API but are not served."""

    unread: bool = False
    """True if the store could not be read; any catalog may then be absent."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Faults by id of catalogs that break rules of the data."""


@dataclass(frozen=True)
class Dataset:
    """Data, catalogs and limits by which requests are read. Catalogs and sites are by id, sorted."""

    settings: Settings
    materials: Materials
    catalogs: Mapping[str, Catalog]
    sites: Mapping[str, Site] = field(default_factory=dict)
    lacks: Lacks = field(default_factory=Lacks)
    inline: Remembered = field(default_factory=Remembered)
    """Remembered inline catalogs of requests."""
    remembered: Remembered = field(default_factory=Remembered)
    """Remembered policies and lanes, which requests repeat."""
    versions: Mapping[str, VersionRecord] = field(default_factory=dict)
    """The store's records of catalogs that were written over the API, by id."""

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 in hex digits over everything that the reading of requests depends on."""
        hashes = {name: catalog.content_hash for name, catalog in self.catalogs.items()}
        sites = [asdict(site) for site in self.sites.values()]
        written = [asdict(self.lacks), {name: version.revision for name, version in self.versions.items()}]
        text = json.dumps([self.materials.content_hash, hashes, sites, written], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def default_name(self) -> str:
        """Resource name of the catalog for requests that name none; empty if there is none."""
        return f"catalogs/{self.settings.default_catalog}" if self.settings.default_catalog else ""

    @classmethod
    def load(cls, settings: Settings) -> "Dataset":
        """Read all files that the settings name; raises as ``LoadedFiles.read`` and ``of``."""
        return cls.of(LoadedFiles.read(settings))

    @classmethod
    def of(cls, files: LoadedFiles, written: Written = NOTHING_WRITTEN, *, strict: bool = True) -> "Dataset":
        """Return the dataset of files and of catalogs written over the API.

        A written catalog that breaks rules of the data raises an error if ``strict``, otherwise it is left out.

        Raises
        ------
        DataFileError
            If a site names something that does not exist.
        InvalidInputError
            If the default catalog or profile does not exist, a catalog is both in a file and written, or a written
            catalog breaks rules and ``strict`` is set.
        """
        settings, found, catalogs, left_out = files.settings, Findings(), files.catalogs, dict[str, str]()
        for version in written.versions:
            name = version.catalog_id
            if name in files.own:
                rule = f"must not hold catalog {name!r}, which was also written over the API: remove one of the two"
                found.add("catalogs", rule)
            faults = Findings(f"catalogs/{name}@{version.revision}")
            read = faults.attempt(catalog_of, source_of(version), files.materials)
            if read is not None:
                catalogs[name] = read
                continue
            left_out[name] = "; ".join(map(str, faults.violations[:MOST_LISTED]))
            catalogs.pop(name, None)  # a shipped catalog with the same id must not take its place
        for why in left_out.values() if strict else ():
            found.add("", f"a catalog that was written over the API breaks rules of the data: {why}")

        def may_lack(name: str) -> bool:
            return written.unread or name in left_out

        default = settings.default_catalog
        if default and default not in catalogs and not may_lack(default):
            found.add("default_catalog", f"must be one of {', '.join(sorted(catalogs))}, got {default!r}")
        found.field("default_profile").attempt(files.materials.profile, settings.default_profile)
        found.raise_any()
        check_catalogs(files.sites, catalogs, Path(settings.sites).name, may_lack)
        return cls(
            settings,
            files.materials,
            dict(sorted(catalogs.items())),
            {site.site_id: site for site in sorted(files.sites, key=lambda site: site.site_id)},
            Lacks(written.unread, left_out),
            versions={
                version.catalog_id: version for version in written.versions if version.catalog_id not in left_out
            },
        )
