"""What the grams of a plan rest on: each factor and each datum of a mass or distance, with its document."""

from collections.abc import Mapping
from typing import Any

from boxwright.domain.source_grade import SourceGrade

Json = Mapping[str, Any]
"""A message of the contract as its JSON."""


def evidence(plan: Json) -> list[dict[str, Any]]:
    """Return a row for each figure that a plan's footprints rest on, in the order in which the lines use them.

    Parameters
    ----------
    plan : mapping
        A plan with the lines of its footprints and their data, as answers have it that are asked for whole.

    Returns
    -------
    list of dict
        ``figure`` is the id of a factor, or of a datum such as ``board/b-flute/grammage``; ``value`` and ``unit`` are
        the factor's; ``low`` and ``high`` are ends of a factor, or of a datum over its value; ``source`` is the
        Source. What is not known is absent.
    """
    rows: dict[str, dict[str, Any]] = {}
    for footprint in plan.get("footprints", ()):
        data = {datum["datum_id"]: datum for datum in footprint.get("mass_data", ())}
        for line in footprint.get("lines", ()):
            value, unit = line["factor_kg_per_unit"], f"kg CO2e/{line['unit']}"
            ends = {end: line[f"{end}_kg_per_unit"] for end in ("low", "high") if f"{end}_kg_per_unit" in line}
            row = {"figure": line["factor_id"], "value": value, "unit": unit, **ends, "source": line.get("source", {})}
            rows.setdefault(line["factor_id"], row)
            for name in (name for part in line.get("mass_parts", ()) for name in part["data"]):
                datum = data.get(name, {})
                ends = {end: datum[end] for end in ("low", "high") if end in datum}
                rows.setdefault(name, {"figure": name, **ends, "source": datum.get("source", {})})
    return list(rows.values())


def is_own(row: Json) -> bool:
    """Return whether a figure is an own one: the caller's, an estimate, or one that stands in for another."""
    grade: str = row["source"].get("source_grade", "SOURCE_GRADE_OWN")
    return grade.removeprefix("SOURCE_GRADE_").lower() == SourceGrade.OWN


def in_words(row: Json) -> str:
    """Return a row of evidence as a sentence; what is not known is said to be."""
    source = row["source"]
    said = [source.get("citation") or "document not stated"]
    if is_own(row):
        said += [source["table"]] if source.get("table") else []
    else:
        said += [source.get("table") or "table and row not stated"]
        copy = source.get("copy_sha256")
        said += [f"copy hashed on {source['read_on']}, SHA-256 {copy}" if copy else "copy not stated"]
    said += [f"GWP: {source['gwp_basis']}"] if source.get("gwp_basis") else []
    said += [source[name] for name in ("url", "derivation") if source.get(name)]
    grade = source.get("source_grade", "SOURCE_GRADE_UNSPECIFIED").removeprefix("SOURCE_GRADE_").lower()
    value = f" = {row['value']:.8g} {row['unit']}" if "value" in row else ""
    return f"{row['figure']}{value} [{grade}]: {'; '.join(said)}"
