"""Reads accounting profiles: a TOML document each, and the CSV tables of their factors."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from boxwright.catalog import cells
from boxwright.catalog.columns import REQUIRED, Column, columns_of
from boxwright.catalog.documents import GRADED, check_keys, read_as, read_document, read_grade, tables_of
from boxwright.catalog.licences import licence
from boxwright.catalog.tables import Record, read_table, unique
from boxwright.domain.air_class import AirClass, FlightEnds
from boxwright.domain.factor import (
    CARRIED,
    TONNE_KM,
    WHOLE_OF,
    AccountingProfile,
    Component,
    Coverage,
    CoverageCell,
    EmissionFactor,
    RecyclingRule,
    Stage,
)
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
IN_GROSS_MASS = "its mass is in the parcel's gross mass"
PARTS = "in the lines of its parts"

OPTIONAL_FACTOR_COLUMNS = columns_of(
    EmissionFactor,
    *("recycled_content", "mode", "biogenic_included"),
    recycled_content=Column(cells.zero_or_one),
    biogenic_included=Column(cells.flag, False),
)
"""Columns that a factor table may leave out where no row needs them."""

FACTOR_COLUMNS = columns_of(
    EmissionFactor,
    *("factor_id", "profile_id", "subject", "stage", "value", "unit", "low", "high", "year", "region", "boundary"),
    *("gwp_basis", "source", "table", "url", "licence", "data_quality", "read_in_source", "source_grade", "note"),
    **dict.fromkeys(("low", "high"), Column(cells.number)),
    **dict.fromkeys(("table", "url"), Column(cells.text, "")),
    value=Column(cells.number, REQUIRED),
    unit=Column(cells.one_of("kg", "piece", "tkm", "t"), REQUIRED),
    licence=Column(licence, REQUIRED),
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
        modes = ", ".join(each.value for each in TransportMode)
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


PROFILE_KEYS: dict[str, type] = dict.fromkeys(
    ("profile_id", "name", "standard", "gwp_basis", "year", "region", "licence", "source", "recycling_rule"), str
)
PROFILE_TABLES: dict[str, type] = {"coverage": dict, "default_vehicles": dict}
PROFILE_OPTIONAL: dict[str, type] = {
    "end_of_life_route": str,
    "note": str,
    "default_hub": str,
    "default_vans": dict,
    "countries": list,
    "air_classes": list,
}

READ_APART = ("recycling_rule", "default_vans", "countries", "air_classes")
"""Keys that are read as more than a text."""

VAN_DRIVES = ("diesel", "electric")
"""Keys of ``default_vans``."""


def read_profile(path: Path, faults: Findings) -> AccountingProfile | None:
    """Read a profile document; return the profile without its factors, or None if it is malformed."""
    document = read_document(path, faults)
    if document is None:
        return None
    before = len(faults)
    if not check_keys(document, {**PROFILE_KEYS, **PROFILE_TABLES}, PROFILE_OPTIONAL, faults):
        return None
    if not all(document["profile_id"].partition("@")):
        faults.add("profile_id", f"must be name@version, got {document['profile_id']!r}")
    read_as(licence, document["licence"], "licence", faults)
    rule = read_as(cells.member_of(RecyclingRule), document["recycling_rule"], "recycling_rule", faults)
    coverage = _read_coverage(document["coverage"], faults)
    vehicles = _read_vehicles(document["default_vehicles"], faults)
    if len(faults) > before or rule is None:
        return None
    texts = {key: document.get(key, "") for key in (*PROFILE_KEYS, *PROFILE_OPTIONAL) if key not in READ_APART}
    vans = document.get("default_vans", {})
    for drive in sorted(vans.keys() - set(VAN_DRIVES)):
        faults.add(f"default_vans.{drive}", f"must be one of {', '.join(VAN_DRIVES)}")
    air_classes = _read_air_classes(document.get("air_classes", []), faults)
    if len(faults) > before:
        return None
    return AccountingProfile(
        **texts,
        countries=tuple(str(each) for each in document.get("countries", ())),
        air_classes=air_classes,
        coverage=coverage,
        factors=(),
        default_vehicles=vehicles,
        recycling_rule=rule,
        default_vans=tuple(sorted((drive, str(vehicle)) for drive, vehicle in vans.items())),
    )


def _read_coverage(table: Mapping[str, Any], faults: Findings) -> tuple[CoverageCell, ...]:
    """Read ``coverage.COMPONENT.STAGE = "COVERAGE: note"`` for every component and stage.

    ``coverage.packaging`` holds what is said of every part of the packaging; a part's own table comes before it.
    Stages that need not be stated are read as in ``_implied``.
    """
    known = {*(component.value for component in Component), PACKAGING_GROUP}
    for name in sorted(table.keys() - known):
        faults.add(f"coverage.{name}", "is not a component")
    for name in sorted(table.keys() & known):
        if not isinstance(table[name], dict):
            faults.add(f"coverage.{name}", "must be a table")
            return ()
        for stage in sorted(table[name].keys() - {stage.value for stage in Stage}):
            faults.add(f"coverage.{name}.{stage}", "is not a life-cycle stage")
    found = []
    for component in Component:
        group = {} if component in CARRIED else table.get(PACKAGING_GROUP, {})
        stages = {**group, **table.get(component.value, {})}
        for stage in Stage:
            path = f"coverage.{component.value}.{stage.value}"
            if stage.value not in stages:
                implied = _implied(component, stage)
                if implied is None:
                    faults.add(path, "is missing")
                else:
                    found.append(implied)
                continue
            kind, _, note = str(stages[stage.value]).partition(":")
            coverage = read_as(cells.member_of(Coverage), kind.strip(), path, faults)
            if coverage is not None:
                found.append(CoverageCell(component, stage, coverage, note.strip()))
    return tuple(found)


PACKAGING_GROUP = "packaging"
"""Name of the coverage table that holds for every part of the packaging."""


def _implied(component: Component, stage: Stage) -> CoverageCell | None:
    """Return what a profile says by leaving a cell out; None where it must not be left out."""
    if stage is Stage.CRADLE_TO_GRAVE or stage is Stage.TRANSPORT_WTW:
        return CoverageCell(component, stage, Coverage.INCLUDED, PARTS)
    if component in CARRIED:
        if stage in PACKAGING_STAGES:
            return CoverageCell(
                component, stage, Coverage.OUTSIDE, "making and scrapping vehicles, roads and buildings"
            )
        if stage is Stage.RADIATIVE_FORCING:
            return CoverageCell(component, stage, Coverage.OUTSIDE, "effects of flight beyond CO2e of the fuel")
        if component is Component.HUB:
            return CoverageCell(component, stage, Coverage.MISSING, "the publisher has no factor of hubs")
        return None
    if stage in (Stage.PRODUCTION, Stage.END_OF_LIFE):
        return None
    if stage is Stage.REUSE:
        return CoverageCell(component, stage, Coverage.FACTOR, "return by the transport factors, washing by its own")
    return CoverageCell(component, stage, Coverage.INCLUDED, IN_GROSS_MASS)


def _read_air_classes(entries: list[Any], faults: Findings) -> tuple[AirClass, ...]:
    """Read ``[[air_classes]]``: ends, vehicle, source and its grade, below_km and note where there are any."""
    found = []
    for at, entry in tables_of(entries, "air_classes", faults):
        required = {"ends": str, "vehicle": str, "source": str, **GRADED}
        if not check_keys(entry, required, {"below_km": int, "note": str}, at):
            continue
        ends = read_as(cells.member_of(FlightEnds), entry["ends"], "ends", at)
        if ends is None:
            continue
        below = Decimal(entry["below_km"]) if "below_km" in entry else None
        graded = read_grade(entry, at)
        found.append(AirClass(ends, below, entry["vehicle"], entry["source"], note=entry.get("note", ""), **graded))
    return tuple(found)


def _read_vehicles(table: Mapping[str, Any], faults: Findings) -> tuple[tuple[TransportMode, str], ...]:
    found = []
    for name, vehicle in table.items():
        mode = read_as(cells.member_of(TransportMode), name, f"default_vehicles.{name}", faults)
        if mode is not None:
            found.append((mode, str(vehicle)))
    return tuple(sorted(found))


def complete(profile: AccountingProfile, factors: list[EmissionFactor], faults: Findings) -> AccountingProfile:
    """Return the profile with its factors; note where coverage, default vehicles and factors disagree."""
    ordered = tuple(sorted(factors, key=lambda factor: factor.factor_id))
    full = None
    with faults.at("", {f"factors[{index}]": f"factor {each.factor_id}" for index, each in enumerate(ordered)}):
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
        (f"air_classes[{index}].vehicle", TransportMode.AIR, each.vehicle)
        for index, each in enumerate(profile.air_classes)
    ]
    for path, mode, vehicle in defaults:
        if not any(full.factor(vehicle, stage) for stage in (Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTW)):
            faults.add(path, f"must be a transport class with a factor, got {vehicle!r}")
        elif full.mode_of(vehicle) is not mode:
            faults.add(path, f"must be a transport class of mode {mode.value}, got {vehicle!r}")
    if full.default_hub and not any(each.subject == full.default_hub and each.unit == "t" for each in ordered):
        faults.add("default_hub", f"must be a hub class with a factor, got {full.default_hub!r}")
    return full
