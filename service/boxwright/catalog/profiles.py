"""Reads accounting profiles: a TOML document each, and the CSV tables of their factors."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from boxwright.catalog import cells
from boxwright.catalog.documents import check_keys, read_document
from boxwright.catalog.faults import Faults, row_field
from boxwright.catalog.licences import licence
from boxwright.catalog.tables import REQUIRED, Column, Record, read_table, unique
from boxwright.domain.factor import (
    AccountingProfile,
    Component,
    Coverage,
    CoverageCell,
    EmissionFactor,
    Stage,
)
from boxwright.domain.lane import TransportMode

UNIT_OF_STAGE = {
    Stage.PRODUCTION: "kg",
    Stage.END_OF_LIFE: "kg",
    Stage.TRANSPORT_TTW: "tkm",
    Stage.TRANSPORT_WTT: "tkm",
}

FACTOR_COLUMNS = {
    "factor_id": Column(cells.text, REQUIRED),
    "profile_id": Column(cells.text, REQUIRED),
    "subject": Column(cells.text, REQUIRED),
    "stage": Column(cells.member_of(Stage), REQUIRED),
    "value": Column(cells.number, REQUIRED),
    "unit": Column(cells.one_of("kg", "tkm"), REQUIRED),
    "low": Column(cells.number, None),
    "high": Column(cells.number, None),
    "year": Column(cells.text, REQUIRED),
    "region": Column(cells.text, REQUIRED),
    "boundary": Column(cells.text, REQUIRED),
    "gwp_basis": Column(cells.text, REQUIRED),
    "source": Column(cells.text, REQUIRED),
    "table": Column(cells.text, ""),
    "url": Column(cells.text, ""),
    "licence": Column(licence, REQUIRED),
    "data_quality": Column(cells.text, REQUIRED),
    "verified": Column(cells.flag, REQUIRED),
    "note": Column(cells.text, ""),
}
"""Columns of a factor table, as the fields of EmissionFactor."""


def read_factors(path: Path, material_ids: set[str], faults: Faults) -> list[tuple[int, EmissionFactor]]:
    """Read a factor table; return its factors with their rows.

    Parameters
    ----------
    path : Path
        CSV with FACTOR_COLUMNS.
    material_ids : set of str
        Materials that a factor per kg may be of.
    faults : Faults
        Collects what is wrong.
    """
    records = read_table(path, FACTOR_COLUMNS, faults)
    unique(records, "factor_id", faults)
    factors = []
    for record in records:
        _check_factor(record, material_ids, faults)
        factors.append((record.row, EmissionFactor(**record.values)))
    return factors


def _check_factor(record: Record, material_ids: set[str], faults: Faults) -> None:
    values = record.values
    expected = UNIT_OF_STAGE[values["stage"]]
    if values["unit"] != expected:
        faults.add(row_field(record.row, "unit"), f"must be {expected} for stage {values['stage'].value}")
    elif expected == "kg" and values["subject"] not in material_ids:
        faults.add(row_field(record.row, "subject"), f"must be the id of a known material, got {values['subject']!r}")
    low, value, high = values["low"], values["value"], values["high"]
    if low is not None and low > value:
        faults.add(row_field(record.row, "low"), f"must not be above the value {value}, got {low}")
    if high is not None and high < value:
        faults.add(row_field(record.row, "high"), f"must not be below the value {value}, got {high}")
    if values["verified"] and not values["url"]:
        faults.add(row_field(record.row, "url"), "must not be empty where verified is yes")


PROFILE_KEYS: dict[str, type] = dict.fromkeys(
    ("profile_id", "name", "standard", "gwp_basis", "year", "region", "licence", "source"), str
)
PROFILE_TABLES: dict[str, type] = {"coverage": dict, "default_vehicles": dict}
PROFILE_OPTIONAL: dict[str, type] = {"end_of_life_route": str, "note": str}


def read_profile(path: Path, faults: Faults) -> AccountingProfile | None:
    """Read a profile document; return the profile without its factors, or None if it is malformed."""
    document = read_document(path, faults)
    if document is None:
        return None
    before = len(faults.violations)
    if not check_keys(document, {**PROFILE_KEYS, **PROFILE_TABLES}, PROFILE_OPTIONAL, faults):
        return None
    if not all(document["profile_id"].partition("@")):
        faults.add("profile_id", f"must be name@version, got {document['profile_id']!r}")
    try:
        licence(document["licence"])
    except cells.CellError as error:
        faults.add("licence", str(error))
    coverage = _read_coverage(document["coverage"], faults)
    vehicles = _read_vehicles(document["default_vehicles"], faults)
    if len(faults.violations) > before:
        return None
    texts = {key: document.get(key, "") for key in (*PROFILE_KEYS, *PROFILE_OPTIONAL)}
    return AccountingProfile(**texts, coverage=coverage, factors=(), default_vehicles=vehicles)


def _read_coverage(table: Mapping[str, Any], faults: Faults) -> tuple[CoverageCell, ...]:
    """Read ``coverage.COMPONENT.STAGE = "COVERAGE: note"``; every component and stage must be there."""
    found = []
    for component in Component:
        stages = table.get(component.value)
        if not isinstance(stages, dict):
            faults.add(f"coverage.{component.value}", "is missing")
            continue
        for name in stages.keys() - {stage.value for stage in Stage}:
            faults.add(f"coverage.{component.value}.{name}", "is not a life-cycle stage")
        for stage in Stage:
            path = f"coverage.{component.value}.{stage.value}"
            if stage.value not in stages:
                faults.add(path, "is missing")
                continue
            kind, _, note = str(stages[stage.value]).partition(":")
            try:
                coverage = cells.member_of(Coverage)(kind.strip())
            except cells.CellError as error:
                faults.add(path, str(error))
                continue
            found.append(CoverageCell(component, stage, coverage, note.strip()))
    for name in table.keys() - {component.value for component in Component}:
        faults.add(f"coverage.{name}", "is not a component")
    return tuple(found)


def _read_vehicles(table: Mapping[str, Any], faults: Faults) -> tuple[tuple[TransportMode, str], ...]:
    found = []
    for name, vehicle in table.items():
        try:
            found.append((cells.member_of(TransportMode)(name), str(vehicle)))
        except cells.CellError as error:
            faults.add(f"default_vehicles.{name}", str(error))
    return tuple(sorted(found))


def complete(profile: AccountingProfile, factors: list[EmissionFactor], faults: Faults) -> AccountingProfile:
    """Return the profile with its factors; note where coverage, default vehicles and factors disagree."""
    ordered = tuple(sorted(factors, key=lambda factor: factor.factor_id))
    full = replace(profile, factors=ordered)
    stages = {factor.stage for factor in ordered}
    for cell in profile.coverage:
        path = f"coverage.{cell.component.value}.{cell.stage.value}"
        packaging = cell.component is not Component.TRANSPORT
        own_stage = packaging == (UNIT_OF_STAGE[cell.stage] == "kg")
        if cell.coverage is Coverage.FACTOR and not (own_stage and cell.stage in stages):
            faults.add(path, "says factor, but the profile has no factor of that stage for it")
        if cell.coverage is Coverage.MISSING and own_stage and cell.stage in stages:
            faults.add(path, "says missing, but the profile has factors of that stage")
    for mode, vehicle in profile.default_vehicles:
        if full.factor(vehicle, Stage.TRANSPORT_TTW) is None:
            faults.add(f"default_vehicles.{mode.value}", f"must be a transport class with a factor, got {vehicle!r}")
    return full
