"""Builds the resource names of the contract, and reads the identifiers in them."""

from collections.abc import Callable

from boxwright.findings import Findings


def _named(template: str) -> Callable[..., str]:
    """Return a function from identifiers to a resource name, which is empty if an identifier is empty.

    The last identifier may have slashes; the identifier of a carrier service is ``{carrier}/{service}``.
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
    """Return the identifiers in a resource name, or None after noting that it does not match the pattern.

    An example of a pattern is ``catalogs/{catalog}/boxTypes/{box_type}``; the last identifier may have slashes. Names
    with NUL are refused, since databases differ in their treatment of NUL.
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
        found.unknown(field, f"must name something that exists, got {name!r:.120}")
        return None
    return tuple(part for part, want in zip(parts, wanted, strict=True) if want.startswith("{"))


def ids_in(name: str, pattern: str, field: str = "name") -> tuple[str, ...]:
    """Return the identifiers in a resource name; raises InvalidInputError if it does not match the pattern."""
    found = Findings()
    ids = read_name(name, pattern, found, field)
    found.raise_any()
    assert ids is not None  # otherwise a finding was raised above
    return ids
