"""Open sets: resource names of the contract and identifiers of the domain."""

from boxwright.findings import Findings


def catalog_name(catalog_id: str) -> str:
    """Return the resource name of a catalog."""
    return f"catalogs/{catalog_id}"


def box_type_name(catalog_id: str, box_type_id: str) -> str:
    """Return the resource name of a box type."""
    return f"catalogs/{catalog_id}/boxTypes/{box_type_id}"


def dunnage_name(catalog_id: str, dunnage_id: str) -> str:
    """Return the resource name of a kind of dunnage."""
    return f"catalogs/{catalog_id}/dunnage/{dunnage_id}"


def material_name(material_id: str) -> str:
    """Return the resource name of a material; empty where it is unknown."""
    return f"materials/{material_id}" if material_id else ""


def profile_name(profile_id: str) -> str:
    """Return the resource name of an accounting profile; empty where there is none."""
    return f"accountingProfiles/{profile_id}" if profile_id else ""


def carrier_name(carrier_id: str) -> str:
    """Return the resource name of a carrier."""
    return f"carriers/{carrier_id}"


def service_name(service_id: str) -> str:
    """Return the resource name of a carrier service, ``{carrier}/{service}`` here; empty where there is none."""
    carrier, _, service = service_id.partition("/")
    return f"carriers/{carrier}/services/{service}" if service_id else ""


def market_name(market_id: str) -> str:
    """Return the resource name of a market."""
    return f"markets/{market_id}"


def site_name(site_id: str) -> str:
    """Return the resource name of a site; empty where there is none."""
    return f"sites/{site_id}" if site_id else ""


def read_name(name: str, pattern: str, found: Findings, field: str) -> tuple[str, ...] | None:
    """Return the identifiers in a resource name, or None after noting that it does not follow the pattern.

    A name with the character NUL names nothing: no store is asked for it, for databases do not agree on such a text.

    Parameters
    ----------
    name : str
        As sent.
    pattern : str
        Such as ``catalogs/{catalog}/boxTypes/{box_type}``. The last identifier may hold slashes.
    found : Findings
        Collects what is wrong.
    field : str
        The field that holds the name.
    """
    wanted = pattern.split("/")
    parts = name.split("/", len(wanted) - 1)
    fits = len(parts) == len(wanted) and all(
        part.strip() if want.startswith("{") else part == want for part, want in zip(parts, wanted, strict=True)
    )
    if not fits:
        found.add(field, f"must be a resource name {pattern}, got {name!r}" if name else f"is required: {pattern}")
        return None
    if "\0" in name:
        found.unknown(field, f"names nothing, got {name!r:.120}")
        return None
    return tuple(part for part, want in zip(parts, wanted, strict=True) if want.startswith("{"))


def ids_in(name: str, pattern: str, field: str = "name") -> tuple[str, ...]:
    """Return the identifiers in a resource name that a request is about.

    Raises
    ------
    InvalidInputError
        If it does not follow the pattern, as for ``read_name``.
    """
    found = Findings()
    ids = read_name(name, pattern, found, field)
    found.raise_any()
    assert ids is not None  # None has noted a finding, raised above
    return ids
