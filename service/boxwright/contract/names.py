"""Open sets: resource names of the contract and identifiers of the domain."""

from collections.abc import Callable

from boxwright.findings import Findings


def _named(template: str) -> Callable[..., str]:
    """Return what makes a resource name of its identifiers, the last of which may hold slashes; empty of an empty one.

    The identifier of a carrier service is ``{carrier}/{service}`` here.
    """
    slashes = template.count("{}") - 1
    return lambda *ids: template.format(*"/".join(ids).split("/", slashes)) if all(ids) else ""


catalog_name = _named("catalogs/{}")
box_type_name = _named("catalogs/{}/boxTypes/{}")
dunnage_name = _named("catalogs/{}/dunnage/{}")
material_name = _named("materials/{}")
profile_name = _named("accountingProfiles/{}")
carrier_name = _named("carriers/{}")
service_name = _named("carriers/{}/services/{}")
market_name = _named("markets/{}")
site_name = _named("sites/{}")


def read_name(name: str, pattern: str, found: Findings, field: str) -> tuple[str, ...] | None:
    """Return the identifiers in a resource name, or None after noting that it does not follow the pattern.

    A pattern is such as ``catalogs/{catalog}/boxTypes/{box_type}``; the last identifier may hold slashes. A name with
    the character NUL names nothing: no store is asked for it, for databases do not agree on such a text.
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
    """Return the identifiers in a resource name that a request is about; InvalidInputError if it is no such name."""
    found = Findings()
    ids = read_name(name, pattern, found, field)
    found.raise_any()
    assert ids is not None  # None has noted a finding, raised above
    return ids
