"""Reads a file of sites."""

from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from boxwright.catalog.documents import check_keys, read_document, tables_of
from boxwright.catalog.materials import Materials
from boxwright.domain.box import Catalog
from boxwright.domain.place import Place
from boxwright.domain.site import BoxAvailability, Site
from boxwright.findings import Findings

MAX_SITES = 1_000
"""Most sites of a file: each is a label of a metric."""

_SITE: dict[str, type] = {"site_id": str}
_SITE_MORE: dict[str, type] = {
    "name": str,
    "catalog_id": str,
    "availability": dict,
    "lifting_profile": str,
    "handling_profile": str,
    "max_parcels": int,
    "max_units_per_order": int,
    "accounting_profiles": list,
    "carrier_service": str,
    "origin": dict,
}
_PLACE: dict[str, type] = {"postal_code": str, "un_locode": str, "airport_code": str}

UNLIMITED = "unlimited"
"""What stands for a number of boxes of which there are always enough."""


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
    document = read_document(path, faults)
    sites = []
    if document is not None and check_keys(document, {"sites": list}, {}, faults):
        if len(document["sites"]) > MAX_SITES:
            faults.add("sites", f"must hold at most {MAX_SITES:,} sites, got {len(document['sites']):,}")
            faults.raise_any()
        listed = list(tables_of(document["sites"], "sites", faults))
        sites = [_read(raw, at, materials) for at, raw in listed]
        names = [raw.get("site_id") for _, raw in listed]
        for index, (at, raw) in enumerate(listed):
            if "site_id" in raw and raw["site_id"] in names[:index]:
                at.add("site_id", f"must not repeat, {raw['site_id']!r} does")
    faults.raise_any()
    return tuple(each for each in sites if each is not None)


def _read(raw: Mapping[str, Any], at: Findings, materials: Materials) -> Site | None:
    if not check_keys(raw, _SITE, _SITE_MORE, at):
        return None
    before = len(at)
    fields = {key: value for key, value in raw.items() if key not in ("availability", "origin")}
    counted = [_at_hand(name, value, at) for name, value in raw.get("availability", {}).items()]
    origin = None
    place = at.at("origin")
    if "origin" in raw and check_keys(raw["origin"], {"country_code": str}, _PLACE, place):
        origin = place.attempt(Place, **raw["origin"])
    _look_up(raw, at, materials)
    availability = tuple(each for each in counted if each is not None)
    site = at.attempt(Site, **fields, availability=availability, origin=origin)
    return site if len(at) == before else None


def _at_hand(name: str, value: object, at: Findings) -> BoxAvailability | None:
    """Return how many boxes of a type there are, or None after noting what is wrong with it."""
    if value == UNLIMITED:
        value = None
    elif not isinstance(value, int) or isinstance(value, bool) or value < 0:
        at.add(f"availability.{name}", f"must be a whole number of 0 or more, or {UNLIMITED!r}, got {value!r}")
        return None
    return at.attempt(BoxAvailability, name, value)


def _look_up(raw: Mapping[str, Any], at: Findings, materials: Materials) -> None:
    """Note what names nothing in the data."""
    for field, find in (
        ("lifting_profile", materials.lifting_profile),
        ("handling_profile", materials.handling_profile),
    ):
        at.field(field).attempt(find, raw.get(field, ""))
    for index, name in enumerate(raw.get("accounting_profiles", ())):
        if isinstance(name, str):  # else the site says so
            at.field(f"accounting_profiles[{index}]").attempt(materials.profile, name)
    service = raw.get("carrier_service", "")
    known = sorted({rule.service_id for rule in materials.carrier_rules})
    if service and service not in known:
        at.add("carrier_service", f"must be one of {', '.join(known)}, got {service!r}")


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
        for each in site.availability:
            if each.box_type_id not in known:
                rule = f"must be a box type of catalog {catalog.catalog_id!r}"
                at.add(f"availability.{each.box_type_id}", rule)
    faults.raise_any()
