"""Reads a file of sites."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from boxwright.catalog.columns import columns_of, entries, read_noun
from boxwright.catalog.documents import read_document
from boxwright.catalog.materials import Materials
from boxwright.domain.box import Catalog
from boxwright.domain.site import BoxAvailability, Site
from boxwright.findings import Findings

MAX_SITES = 1_000
"""Most sites of a file: each is a label of a metric."""

UNLIMITED = "unlimited"
"""What stands for a number of boxes of which there are always enough."""


@dataclass(frozen=True)
class _Sites:
    sites: tuple[object, ...]


def load_sites(path: str | PathLike[str], materials: Materials) -> tuple[Site, ...]:
    """Return the sites of a TOML file, as it lists them; their catalogs are for ``check_catalogs`` to judge.

    Parameters
    ----------
    path : str or path
        The file: a list ``sites``.
    materials : Materials
        Where profiles and carrier services are looked up.

    Raises
    ------
    DataFileError
        If the file is malformed; names every fault by path.
    """
    path = Path(path)
    faults = Findings(file=path.name)
    listed = read_noun(_Sites, read_document(path, faults), faults)
    sites = []
    names: set[str] = set()
    for at, table in entries(listed.sites if listed else (), "sites", faults):
        site = read_noun(Site, table, at, _SITE)
        if site is not None:
            _look_up(site, at, materials)
            sites.append(site)
        site_id = str(table.get("site_id", "")) if isinstance(table, dict) else ""
        if site_id and site_id in names:
            at.add("site_id", f"must not repeat, {site_id!r} does")
        names.add(site_id)
    if len(sites) > MAX_SITES:
        faults.add("sites", f"must hold at most {MAX_SITES:,} sites, got {len(sites):,}")
    faults.raise_any()
    return tuple(sites)


def _availability(table: Any, key: str, at: Findings) -> tuple[BoxAvailability, ...]:
    """Read ``availability.BOX_TYPE = NUMBER``, or ``unlimited``."""
    if not isinstance(table, dict):
        at.add(key, f"must be a table, got {table!r}")
        return ()
    counted = (
        at.field(f"{key}.{name}").attempt(BoxAvailability, name, None if value == UNLIMITED else value)
        for name, value in table.items()
    )
    return tuple(available for available in counted if available is not None)


_SITE = columns_of(Site, read={"availability": _availability})


def _look_up(site: Site, at: Findings, materials: Materials) -> None:
    """Note what names nothing in the data."""
    at.field("lifting_profile").attempt(materials.lifting_profile, site.lifting_profile)
    at.field("handling_profile").attempt(materials.handling_profile, site.handling_profile)
    for index, name in enumerate(site.accounting_profiles):
        at.field(f"accounting_profiles[{index}]").attempt(materials.profile, name)
    known = sorted({rule.service_id for rule in materials.carrier_rules})
    if site.carrier_service and site.carrier_service not in known:
        at.add("carrier_service", f"must be one of {', '.join(known)}, got {site.carrier_service!r}")


def check_catalogs(
    sites: tuple[Site, ...],
    catalogs: Mapping[str, Catalog],
    file: str,
    may_lack: Callable[[str], bool] = lambda catalog_id: False,
) -> None:
    """Raise where a site names a catalog, or a box type of it, that is not there.

    Parameters
    ----------
    sites : tuple of Site
        As the file lists them.
    catalogs : mapping of str to Catalog
        Those there are, by id.
    file : str
        Name of the file.
    may_lack : callable, optional
        Whether a catalog need not be there. Default: each must be.

    Raises
    ------
    DataFileError
        With every fault by path.
    """
    faults = Findings(file=file)
    for index, site in enumerate(sites):
        at = faults.at(f"sites[{index}]")
        catalog = catalogs.get(site.catalog_id)
        if site.catalog_id and catalog is None and not may_lack(site.catalog_id):
            at.add("catalog_id", f"must be one of {', '.join(sorted(catalogs))}, got {site.catalog_id!r}")
        if catalog is None:
            continue
        known = {box.box_type_id for box in catalog.box_types}
        for available in site.availability:
            if available.box_type_id not in known:
                rule = f"must be a box type of catalog {catalog.catalog_id!r}"
                at.add(f"availability.{available.box_type_id}", rule)
    faults.raise_any()
