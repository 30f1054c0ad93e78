"""Dunnage that a catalog brings itself, as a table with the fields of ``dunnage.csv``."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from boxwright.catalog.documents import GRADED, read_grade
from boxwright.catalog.dunnage_rules import broken, redefined
from boxwright.catalog.materials import Materials
from boxwright.catalog.renamed import unknown
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.fields import id_rules
from boxwright.findings import Findings

TEXTS = ("dunnage_id", "kind", "material_id", "source", "year", "region", "note")
FIGURES = tuple(field.name for field in fields(Dunnage) if field.default is None and field.name != "price_per_kg_minor")
PRICED = {"dunnage_id", "price_per_kg_minor"}
"""An entry with these fields alone is known dunnage at the catalog's own price."""
KNOWN = (*TEXTS, *FIGURES, "cushions", "price_per_kg_minor", *GRADED)
MAX_RATE = 1_000_000_000
"""Highest price of a kilogram of dunnage, in minor units."""
MOST = 1e6
"""No figure of dunnage is larger, in any unit."""


def read_own_dunnage(entry: Mapping[str, Any], materials: Materials, faults: Findings) -> Dunnage | None:
    """Return the dunnage of a table, or None after noting every fault.

    Its figures are the caller's own, so they count as read unless the table says ``read_in_source = false``.

    Parameters
    ----------
    entry : mapping of str to object
        The fields given.
    materials : Materials
        Where its material is looked up.
    faults : Findings
        The view of the table, which collects what is wrong.
    """
    before = len(faults)
    price = read_rate(entry.get("price_per_kg_minor"), faults)
    for key, value in entry.items():
        rule = _rule(key, value)
        if rule is not None:
            faults.add(key, rule)
    for violation in id_rules("dunnage_id", entry.get("dunnage_id")):
        if isinstance(entry.get("dunnage_id", ""), str):
            faults.add("dunnage_id", violation.rule)
    kinds = [each.value for each in DunnageKind]
    kind = str(entry.get("kind", ""))
    if kind not in kinds:
        faults.add("kind", f"must be one of {', '.join(kinds)}, got {kind!r:.80}")
    named = entry.get("material_id", "")
    if named and named not in {each.material_id for each in materials.materials}:
        faults.add("material_id", f"must be the id of a known material, got {named!r}")
    graded = read_grade(entry, faults) if len(faults) == before else {}
    if len(faults) > before:
        return None
    figures = {field: Decimal(repr(entry[field])) for field in FIGURES if field in entry}
    texts = {field: entry[field] for field in TEXTS if field in entry and field != "kind"}
    given = {
        "material_id": "",
        **texts,
        **figures,
        "price_per_kg_minor": price,
        "cushions": entry.get("cushions", False),
    }
    own = Dunnage(kind=DunnageKind(kind), **graded, **given)
    for field, rule in broken(own):
        faults.add(field, rule)
    if len(faults) == before and (other := redefined(own, materials.dunnage)) is not None:
        faults.add("dunnage_id", other)
    return own if len(faults) == before else None


def read_rate(value: object, faults: Findings) -> Decimal | None:
    """Return the price of a kilogram in minor units; None where there is none or after noting what is wrong with it."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_RATE:
        faults.add("price_per_kg_minor", f"must be a number from 0 to {MAX_RATE:,}, got {value!r:.80}")
        return None
    return Decimal(str(value))


def _rule(key: str, value: object) -> str | None:
    if key not in KNOWN:
        return unknown(key, f"is unknown; known: {', '.join(KNOWN)}")
    if key == "price_per_kg_minor":
        return None  # it has a rule of its own
    if key in TEXTS or key == "source_grade":
        return None if isinstance(value, str) else f"must be a text, got {value!r:.80}"
    if key in ("read_in_source", "cushions"):
        return None if isinstance(value, bool) else f"must be true or false, got {value!r:.80}"
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= MOST:
        return f"must be a number above 0, at most {MOST:,.0f}, got {value!r:.80}"
    return None
