"""Dunnage that a catalog stocks, named by its id or brought along as a table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from boxwright.catalog.columns import columns_of, entries, read_noun
from boxwright.catalog.materials import Materials
from boxwright.domain.dunnage import Dunnage, Rate
from boxwright.findings import Findings

FREE = ("dunnage_id", "price_per_kg_minor", "year", "region")
"""What a catalog may say otherwise of dunnage that the data folder has, as it may name another source."""


def redefined(dunnage: Dunnage, known: Iterable[Dunnage]) -> str | None:
    """Return the rule that dunnage breaks by the id of known dunnage with other figures; None where it does not.

    A plan names dunnage by its id alone: whoever reads it would take the known figures for those that were used.
    """
    other = next((row for row in known if row.dunnage_id == dunnage.dunnage_id), None)
    if other is None:
        return None
    for name in (*(field for field in Dunnage.__annotations__ if field not in FREE), "read_in_source"):
        mine, theirs = getattr(dunnage, name), getattr(other, name)
        if mine != theirs:
            theirs, mine = ("none" if value in (None, "") else str(value).lower() for value in (theirs, mine))
            of = f"{dunnage.dunnage_id!r} of the data, whose {name} is {theirs} and not {mine}"
            return f"must be another id than that of {of}"
    return None


KEYS = columns_of(Dunnage, defaults={"material_id": "", "read_in_source": True})
"""Keys of a table of dunnage. Its figures are the caller's own: they count as read unless it says otherwise."""


@dataclass(frozen=True)
class _Priced:
    """Known dunnage at the catalog's own price."""

    dunnage_id: str
    price_per_kg_minor: Rate | None = None


def read_dunnage(given: Iterable[Any], materials: Materials, faults: Findings) -> tuple[Dunnage, ...]:
    """Return the dunnage of a catalog, without what breaks a rule, which is noted.

    What is given is an id or a table: with an id and a price alone, it is known dunnage at that price.
    """
    known = {dunnage.dunnage_id: dunnage for dunnage in materials.dunnage}
    found = []
    for at, entry in entries(list(given), "dunnage", faults):
        if isinstance(entry, dict) and not entry.keys() <= {"dunnage_id", "price_per_kg_minor"}:
            found.append(_own(entry, materials, at))
            continue
        priced = read_noun(_Priced, entry, at) if isinstance(entry, dict) else _Priced(entry)
        if priced is not None and isinstance(priced.dunnage_id, str) and priced.dunnage_id in known:
            found.append(replace(known[priced.dunnage_id], price_per_kg_minor=priced.price_per_kg_minor))
        elif priced is not None:
            names = ", ".join(sorted(known))
            at.add("", f"must be the id of known dunnage or a table, got {entry!r:.80}; known: {names}")
    return tuple(dunnage for dunnage in found if dunnage is not None)


def _own(entry: Mapping[str, Any], materials: Materials, at: Findings) -> Dunnage | None:
    own = read_noun(Dunnage, entry, at, KEYS)
    if own is None:
        return None
    before = len(at)
    if own.material_id and own.material_id not in {material.material_id for material in materials.materials}:
        at.add("material_id", f"must be the id of a known material, got {own.material_id!r}")
    if len(at) == before and (other := redefined(own, materials.dunnage)) is not None:
        at.add("dunnage_id", other)
    return own if len(at) == before else None
