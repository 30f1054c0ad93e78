"""Reads accounting profiles: a TOML document each, and the CSV tables of their factors."""

from collections.abc import Mapping
from dataclasses import MISSING, replace
from pathlib import Path
from typing import Any

from boxwright.catalog.columns import Reader, columns_of, note_unknown, nouns_of, read_fields, stated
from boxwright.catalog.documents import read_document
from boxwright.catalog.licences import licence
from boxwright.catalog.tables import Record, read_table, unique
from boxwright.domain.factor import (
    CARRIED,
    TONNE_KM,
    WHOLE_OF,
    AccountingProfile,
    AirClass,
    Component,
    Coverage,
    CoverageCell,
    EmissionFactor,
    RecyclingRule,
    Stage,
)
from boxwright.domain.fields import declared
from boxwright.domain.lane import TransportMode
from boxwright.findings import Findings

UNIT_OF_STAGE = {
    Stage.PRODUCTION: "kg",
    Stage.END_OF_LIFE: "kg",
    Stage.CRADLE_TO_GRAVE: "kg",
    Stage.REUSE: "piece",
    Stage.TRANSPORT_TTW: "tkm",
    Stage.TRANSPORT_WTT: "tkm",
    Stage.TRANSPORT_WTW: "tkm",
    Stage.RADIATIVE_FORCING: "tkm",
}

HUB_STAGES = (Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTT, Stage.TRANSPORT_WTW)
"""Stages of a hub, whose factors are per tonne that leaves it."""

PACKAGING_STAGES = (Stage.PRODUCTION, Stage.END_OF_LIFE, Stage.CRADLE_TO_GRAVE, Stage.REUSE)

OPTIONAL_FACTOR_COLUMNS = columns_of(EmissionFactor, "recycled_content", "mode", "biogenic_included")
"""Columns that a factor table may leave out where no row needs them."""

_FACTOR_FIELDS = (
    *("factor_id", "profile_id", "subject", "stage", "value", "unit", "low", "high", "year", "region", "boundary"),
    *("gwp_basis", "source", "table", "url", "licence", "data_quality", "read_in_source", "source_grade", "note"),
)
FACTOR_COLUMNS = columns_of(
    EmissionFactor,
    *_FACTOR_FIELDS,
    defaults={"source_grade": MISSING, "table": "", "url": ""},
    read={"licence": licence},
)
"""Columns of a factor table, as the fields of EmissionFactor."""


def read_factors(path: Path, material_ids: set[str], faults: Findings) -> list[tuple[int, EmissionFactor]]:
    """Read a factor table; return its factors with their rows.

    Parameters
    ----------
    path : Path
        CSV with FACTOR_COLUMNS.
    material_ids : set of str
        Materials that a factor per kg may be of.
    faults : Findings
        Collects what is wrong.
    """
    records = read_table(path, FACTOR_COLUMNS, faults, OPTIONAL_FACTOR_COLUMNS)
    unique(records, ("factor_id",), faults)
    factors = []
    for record in records:
        _check_factor(record, material_ids, faults)
        # A range of a figure that nobody read is an estimate, whoever wrote it down.
        factors.append((record.row, EmissionFactor(**record.values, range_assumed=not record.values["read_in_source"])))
    return factors


def _check_factor(record: Record, material_ids: set[str], faults: Findings) -> None:
    values, at = record.values, faults.row(record.row)
    expected = UNIT_OF_STAGE[values["stage"]]
    hub = values["unit"] == "t" and values["stage"] in HUB_STAGES
    if values["unit"] != expected and not hub:
        at.add("unit", f"must be {expected} for stage {values['stage'].value}")
    elif expected == "kg" and values["subject"] not in material_ids:
        at.add("subject", f"must be the id of a known material, got {values['subject']!r}")
    if values.get("recycled_content") is not None and values["stage"] is not Stage.PRODUCTION:
        at.add("recycled_content", "must be empty for any stage but production")
    mode = values.get("mode")
    if values["unit"] == TONNE_KM and mode is None:
        modes = ", ".join(mode.value for mode in TransportMode)
        at.add("mode", f"must be one of {modes} for a factor per tonne-kilometre")
    if values["unit"] != TONNE_KM and mode is not None:
        at.add("mode", f"must be empty for a factor per {values['unit']}")
    low, value, high = values["low"], values["value"], values["high"]
    if low is not None and low > value:
        at.add("low", f"must not be above the value {value}, got {low}")
    if high is not None and high < value:
        at.add("high", f"must not be below the value {value}, got {high}")
    if values["read_in_source"] and not values["url"]:
        at.add("url", "must not be empty where read_in_source is yes")


VAN_DRIVES = ("diesel", "electric")
"""Keys of ``default_vans``."""


def read_profile(path: Path, faults: Findings) -> AccountingProfile | None:
    """Read a profile document; return the profile without its factors, or None if it is malformed."""
    document = read_document(path, faults)
    if document is None:
        return None
    note_unknown(document, PROFILE_KEYS, faults)
    values = read_fields(PROFILE_KEYS, document, faults)
    if not all(values.get("profile_id", "any@1").partition("@")):
        faults.add("profile_id", f"must be name@version, got {values['profile_id']!r}")
    return None if faults else faults.attempt(AccountingProfile, **values, factors=())


PACKAGING_GROUP = "packaging"
"""Name of the coverage table that holds for every part of the packaging."""


def _read_coverage(table: Any, key: str, at: Findings) -> tuple[CoverageCell, ...]:
    """Read ``coverage.COMPONENT.STAGE = "COVERAGE: note"`` for every component and stage.

    ``coverage.packaging`` holds what is said of every part of the packaging; a part's own table comes before it.
    Stages that need not be stated are read as in ``_implied``.
    """
    found: list[CoverageCell] = []
    said = {name: _table(stages, f"{key}.{name}", at) for name, stages in _table(table, key, at).items()}
    for name in sorted(said.keys() - {*map(str, Component), PACKAGING_GROUP}):
        at.add(f"{key}.{name}", "is not a component")
    for name, stages in said.items():
        for stage in sorted(stages.keys() - {*map(str, Stage)}):
            at.add(f"{key}.{name}.{stage}", "is not a life-cycle stage")
    for component in Component:
        group = {} if component in CARRIED else said.get(PACKAGING_GROUP, {})
        stages = {**group, **said.get(component.value, {})}
        for stage in Stage:
            path = f"{key}.{component.value}.{stage.value}"
            if (said_of := stages.get(stage.value, _implied(component, stage))) is None:
                at.add(path, "is missing")
                continue
            kind, _, note = str(said_of).partition(":")
            if kind.strip() in {*map(str, Coverage)}:
                found.append(CoverageCell(component, stage, Coverage(kind.strip()), note.strip()))
            else:
                at.add(path, f"must be one of {', '.join(Coverage)}, got {kind!r}")
    return tuple(found)


def _table(given: Any, key: str, at: Findings) -> Mapping[str, Any]:
    if isinstance(given, dict):
        return given
    at.add(key, f"must be a table, got {given!r}")
    return {}


def _implied(component: Component, stage: Stage) -> str | None:
    """Return what a profile says by leaving a cell out; None where it must not be left out."""
    if stage is Stage.CRADLE_TO_GRAVE or stage is Stage.TRANSPORT_WTW:
        return f"{Coverage.INCLUDED}: in the lines of its parts"
    if component in CARRIED:
        if stage in PACKAGING_STAGES:
            return f"{Coverage.OUTSIDE}: making and scrapping vehicles, roads and buildings"
        if stage is Stage.RADIATIVE_FORCING:
            return f"{Coverage.OUTSIDE}: effects of flight beyond CO2e of the fuel"
        return f"{Coverage.MISSING}: the publisher has no factor of hubs" if component is Component.HUB else None
    if stage in (Stage.PRODUCTION, Stage.END_OF_LIFE):
        return None
    if stage is Stage.REUSE:
        return f"{Coverage.FACTOR}: return by the transport factors, washing by its own"
    return f"{Coverage.INCLUDED}: its mass is in the parcel's gross mass"


def _classes_of(*known: Any) -> Reader:
    """Return the reader of transport classes by one of some names."""

    def read(table: Any, key: str, at: Findings) -> tuple[tuple[Any, str], ...]:
        names = {str(name): name for name in known}
        classes = _table(table, key, at)
        for name in classes.keys() - names.keys():
            at.add(f"{key}.{name}", f"must be one of {', '.join(names)}")
        return tuple(sorted((names[name], str(vehicle)) for name, vehicle in classes.items() if name in names))

    return read


_PROFILE_FIELDS = [field for field in declared(AccountingProfile) if field != "factors"]
PROFILE_KEYS = columns_of(
    AccountingProfile,
    *_PROFILE_FIELDS,
    defaults={"recycling_rule": MISSING},
    read={
        "coverage": _read_coverage,
        "default_vehicles": _classes_of(*TransportMode),
        "default_vans": _classes_of(*VAN_DRIVES),
        "licence": licence,
        "air_classes": nouns_of(AirClass, columns_of(AirClass, defaults=stated(AirClass))),
    },
)
"""Keys of a profile document, as the fields of AccountingProfile; its factors stand in tables."""


def complete(profile: AccountingProfile, factors: list[EmissionFactor], faults: Findings) -> AccountingProfile:
    """Return the profile with its factors; note where coverage, default vehicles and factors disagree."""
    ordered = tuple(sorted(factors, key=lambda factor: factor.factor_id))
    full = None
    with faults.at("", {f"factors[{index}]": f"factor {factor.factor_id}" for index, factor in enumerate(ordered)}):
        full = replace(profile, factors=ordered)
    if full is None:
        return profile
    stages = {factor.stage for factor in ordered if factor.unit != "t"}
    hub_stages = {factor.stage for factor in ordered if factor.unit == "t"}
    for cell in profile.coverage:
        path = f"coverage.{cell.component.value}.{cell.stage.value}"
        if cell.component is Component.HUB:
            if (cell.coverage is Coverage.FACTOR) != (cell.stage in hub_stages):
                faults.add(path, "must say factor where, and only where, the profile has factors of hubs of that stage")
            continue
        # Reuse rests on the transport factors.
        if cell.stage is Stage.REUSE:
            continue
        own_stage = (cell.component is not Component.TRANSPORT) == (cell.stage in PACKAGING_STAGES)
        if cell.coverage is Coverage.FACTOR and not (own_stage and cell.stage in stages):
            faults.add(path, "says factor, but the profile has no factor of that stage for it")
        unsaid = cell.stage in WHOLE_OF.values() and cell.coverage is Coverage.INCLUDED
        if (unsaid or cell.coverage is Coverage.MISSING) and own_stage and cell.stage in stages:
            faults.add(path, f"says {cell.coverage.value}, but the profile has factors of that stage")
    for factor in ordered:
        if profile.recycling_rule is RecyclingRule.CUT_OFF and factor.value < 0:
            faults.add(f"factor {factor.factor_id}", f"must not be negative under cut_off, got {factor.value}")
    defaults = [(f"default_vehicles.{mode.value}", mode, vehicle) for mode, vehicle in profile.default_vehicles]
    defaults += [(f"default_vans.{drive}", TransportMode.ROAD, vehicle) for drive, vehicle in profile.default_vans]
    defaults += [
        (f"air_classes[{index}].vehicle", TransportMode.AIR, air_class.vehicle)
        for index, air_class in enumerate(profile.air_classes)
    ]
    for path, mode, vehicle in defaults:
        if not any(full.factor(vehicle, stage) for stage in (Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTW)):
            faults.add(path, f"must be a transport class with a factor, got {vehicle!r}")
        elif full.mode_of(vehicle) is not mode:
            faults.add(path, f"must be a transport class of mode {mode.value}, got {vehicle!r}")
    if full.default_hub and not any(factor.subject == full.default_hub and factor.unit == "t" for factor in ordered):
        faults.add("default_hub", f"must be a hub class with a factor, got {full.default_hub!r}")
    return full
