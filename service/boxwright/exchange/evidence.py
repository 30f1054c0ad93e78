"""Evidence of a plan's grams: each factor, and each datum of a mass or distance, with its document."""

from collections.abc import Iterator, Mapping
from typing import Any

from boxwright.catalog import Materials
from boxwright.domain.factor import WHOLE_OF, Component, Coverage, Stage
from boxwright.domain.source_grade import SourceGrade
from boxwright.errors import FieldViolation, InvalidInputError

Json = Mapping[str, Any]
"""A message of the contract as its JSON."""


def evidence(plan: Json) -> list[dict[str, Any]]:
    """Return a row for each figure behind the footprint lines of a plan, in the order in which lines use them.

    ``figure`` is the id of a factor, or of a datum such as ``board/b-flute/grammage``; ``value`` and ``unit`` are the
    factor's; ``low`` and ``high`` are the ends of a factor, or of a datum divided by its value; ``source`` is the
    Source. Unknown fields are absent.
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


def by_mass(plan: Json, profile: str) -> tuple[str, Json]:
    """Return id and footprint, by mass and with lines, of the first profile whose id begins with ``profile``.

    InvalidInputError if the plan has none.
    """
    found = [footprint for footprint in plan.get("footprints", ()) if footprint["allocation"] == "ALLOCATION_MASS"]
    ids = [footprint["accounting_profile"].removeprefix("accountingProfiles/") for footprint in found]
    for name, footprint in zip(ids, found, strict=True):
        if name.startswith(profile) and footprint.get("lines"):
            return name, footprint
    rule = f"must hold one by mass with its lines, of profile {profile or 'any'}, got {', '.join(ids) or 'none'}"
    raise InvalidInputError([FieldViolation(f"{plan.get('name') or plan['order_id']}: footprints", rule)])


def unnamed_scope(plan: Json, materials: Materials) -> Iterator[FieldViolation]:
    """Yield each component and stage that footprints of a plan leave out without naming it as missing.

    Transport is checked, and the reuse of packaging with several trips, since their absence would make a total look
    complete.
    """
    reused = {
        part["component"]
        for parcel in plan["parcels"]
        for part in parcel.get("packaging", ())
        if part.get("trips", 1) > 1
    }
    needed = [(Component.TRANSPORT, Stage.TRANSPORT_TTW), (Component.TRANSPORT, Stage.TRANSPORT_WTT)]
    needed += [(Component(_value(name, "FOOTPRINT_COMPONENT_")), Stage.REUSE) for name in sorted(reused)]
    profiles = {profile.profile_id: profile for profile in materials.profiles}
    for index, footprint in enumerate(plan["footprints"]):
        named = {
            (_value(entry["component"], "FOOTPRINT_COMPONENT_"), _value(entry["stage"], "LIFE_CYCLE_STAGE_"))
            for field in ("lines", "missing", "missing_scope")
            for entry in footprint.get(field, ())
            if entry.get("unit") != "piece"  # washing only; reuse also needs the return trip
        }
        profile = profiles.get(footprint["accounting_profile"].removeprefix("accountingProfiles/"))
        for component, stage in needed:
            coverage = profile.cell(component, stage).coverage if profile else Coverage.FACTOR
            counts = coverage in (Coverage.FACTOR, Coverage.MISSING)
            if counts and named.isdisjoint(((component, stage), (component, WHOLE_OF.get(stage)))):
                rule = (
                    f"must have lines of {component.words}, stage {stage.value}, or name it in missing or missing_scope"
                )
                yield FieldViolation(f"footprints[{index}]", rule)


def _value(name: str, prefix: str) -> str:
    return name.removeprefix(prefix).lower()


def is_own(row: Json) -> bool:
    """Return whether a figure is the caller's or the maintainers' own, or a stand-in for another."""
    grade: str = row["source"].get("source_grade", "SOURCE_GRADE_OWN")
    return _value(grade, "SOURCE_GRADE_") == SourceGrade.OWN


def in_words(row: Json) -> str:
    """Return a row of evidence as a sentence that also names what is unknown."""
    source, own = row["source"], is_own(row)
    table, copy = source.get("table", ""), source.get("copy_sha256")
    clauses = [
        source.get("citation") or "document not stated",
        table or ("" if own else "table and row not stated"),
        "" if own else f"copy hashed on {source['read_on']}, SHA-256 {copy}" if copy else "copy not stated",
        f"GWP: {source['gwp_basis']}" if source.get("gwp_basis") else "",
        *(source.get(name, "") for name in ("url", "derivation")),
    ]
    grade = _value(source.get("source_grade", "SOURCE_GRADE_UNSPECIFIED"), "SOURCE_GRADE_")
    value = f" = {row['value']:.8g} {row['unit']}" if "value" in row else ""
    return f"{row['figure']}{value} [{grade}]: {'; '.join(filter(None, clauses))}"
