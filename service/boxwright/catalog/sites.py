"""Reads a file of sites."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from boxwright.catalog.columns import columns_of, entries, note_repeats, read_noun
from boxwright.catalog.files import read_document
from boxwright.catalog.materials import Materials
from boxwright.domain.box import Catalog
from boxwright.domain.site import BoxAvailability, Site
from boxwright.findings import Findings

UNLIMITED = "unlimited"
"""Text for an unlimited number of boxes."""


@dataclass(frozen=True)
class _Sites:
    sites: tuple[object, ...]


def load_sites(path: str | PathLike[str], materials: Materials) -> tuple[Site, ...]:
    """Return the sites in the list ``sites`` of a TOML file; raises DataFileError with every fault by path.

    Profiles and carrier services must be in the materials; ``check_catalogs`` checks the names of catalogs.
    """
    path = Path(path)
    faults = Findings(file=path.name)
    listed = read_noun(_Sites, read_document(path, faults), faults)
    known = sorted({rule.service_id for rule in materials.carrier_rules})
    sites: list[Site] = []
    tables: list[tuple[Findings, dict[str, Any]]] = []
    for at, table in entries(listed.sites if listed else (), "sites", faults):
        if (site := read_noun(Site, table, at, _SITE)) is not None:
            sites.append(site)
            at.field("lifting_profile").attempt(materials.lifting_profile, site.lifting_profile)
            at.field("handling_profile").attempt(materials.handling_profile, site.handling_profile)
            for index, name in enumerate(site.accounting_profiles):
                at.field(f"accounting_profiles[{index}]").attempt(materials.profile, name)
            if site.carrier_service and site.carrier_service not in known:
                at.add("carrier_service", f"must be one of {', '.join(known)}, got {site.carrier_service!r}")
        if isinstance(table, dict):
            tables.append((at, table))
    note_repeats(tables, "site_id")
    faults.raise_any()
    return tuple(sites)


def _availability(table: Any, key: str, at: Findings) -> tuple[BoxAvailability, ...]:
    if not isinstance(table, dict):
        at.add(key, f"must be a table, got {table!r}")
        return ()
    counted = (
        at.field(f"{key}.{name}").attempt(BoxAvailability, name, None if value == UNLIMITED else value)
        for name, value in table.items()
    )
    return tuple(available for available in counted if available is not None)


_SITE = columns_of(Site, read={"availability": _availability})


def check_catalogs(
    sites: tuple[Site, ...],
    catalogs: Mapping[str, Catalog],
    file: str,
    may_lack: Callable[[str], bool] = lambda catalog_id: False,
) -> None:
    """Raise DataFileError, with every fault by path, if sites of a file name unknown catalogs or box types.

    ``catalogs`` are given by id. A catalog for whose id ``may_lack`` returns true may be unknown.
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
