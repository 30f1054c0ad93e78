"""What the server has loaded: data and catalogs of one version."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from boxwright.catalog import Materials, check_catalogs
from boxwright.domain.box import Catalog
from boxwright.domain.site import Site
from boxwright.findings import Findings
from boxwright.lazy import cached_property
from boxwright.server.loaded_files import LoadedFiles
from boxwright.server.remembered import Remembered
from boxwright.server.settings import Settings
from boxwright.server.written import Written, read_version
from boxwright.store import VersionRecord

MOST_SAID = 5
"""Most faults that are said of a written catalog which is not served."""

NOTHING_WRITTEN = Written()


@dataclass(frozen=True)
class Lacks:
    """Which catalogs are not there although they were written over the wire.

    Any, where the store was ``unread``; and by id those that were ``left_out`` for breaking rules of the data.
    """

    unread: bool = False
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dataset:
    """Data, catalogs and sites by id, sorted, that every request is read against, as the server was started.

    Attributes
    ----------
    lacks : Lacks
        Written catalogs that are not there.
    inline, remembered : Remembered
        Catalogs that requests sent along; policies and lanes that they repeat.
    versions : mapping of str to VersionRecord
        By id: what the store has of the catalogs that were written over the wire.
    """

    settings: Settings
    materials: Materials
    catalogs: Mapping[str, Catalog]
    sites: Mapping[str, Site] = field(default_factory=dict)
    lacks: Lacks = field(default_factory=Lacks)
    inline: Remembered = field(default_factory=Remembered)
    remembered: Remembered = field(default_factory=Remembered)
    versions: Mapping[str, VersionRecord] = field(default_factory=dict)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over the hashes of data and catalogs and over all else that requests are read by, in hex digits."""
        hashes = {name: catalog.content_hash for name, catalog in self.catalogs.items()}
        sites = [asdict(site) for site in self.sites.values()]
        written = [asdict(self.lacks), {name: version.revision for name, version in self.versions.items()}]
        text = json.dumps([self.materials.content_hash, hashes, sites, written], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def default_name(self) -> str:
        """Resource name of the catalog for requests that name none; empty where there is none."""
        return f"catalogs/{self.settings.default_catalog}" if self.settings.default_catalog else ""

    @classmethod
    def load(cls, settings: Settings) -> "Dataset":
        """Read everything that the settings name, as it is now; without what is written in a store.

        Raises
        ------
        DataFileError
            If a file is malformed or incomplete.
        InvalidInputError
            If the default catalog or profile does not exist.
        """
        return cls.of(LoadedFiles.read(settings))

    @classmethod
    def of(cls, files: LoadedFiles, written: Written = NOTHING_WRITTEN, *, strict: bool = True) -> "Dataset":
        """Put together what files say and what was written over the wire.

        A written catalog that breaks rules of the data is an error if ``strict``, else it is left out.

        Raises
        ------
        DataFileError
            If a site names what is not there.
        InvalidInputError
            If the default catalog or profile does not exist, a catalog is in a file and written, or see above.
        """
        settings, found = files.settings, Findings()
        catalogs, left_out = _catalogs(files, written, found)
        if strict:
            for why in left_out.values():
                found.add("", f"a catalog that was written over the wire breaks rules of the data: {why}")

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
            versions={kept.catalog_id: kept for kept in written.versions if kept.catalog_id not in left_out},
        )


def _catalogs(files: LoadedFiles, written: Written, found: Findings) -> tuple[dict[str, Catalog], dict[str, str]]:
    """Return all catalogs by id, and of those that were written and cannot be read by id why."""
    catalogs, left_out = files.catalogs, {}
    for version in written.versions:
        name = version.catalog_id
        if name in files.own:
            rule = f"must hold no catalog {name!r}, which was written over the wire as well: take one of them away"
            found.add("catalogs", rule)
        faults = Findings(f"catalogs/{name}@{version.revision}")
        read = faults.attempt(read_version, version, files.materials)
        if read is None:
            left_out[name] = "; ".join(map(str, faults.violations[:MOST_SAID]))
            catalogs.pop(name, None)  # a shipped one of that id is another
        else:
            catalogs[name] = read
    return catalogs, left_out
