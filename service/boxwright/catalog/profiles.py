"""Reads accounting profiles, from a TOML document per profile, and the CSV tables of their factors."""

import re
from collections.abc import Mapping
from dataclasses import MISSING, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from pathlib import Path
from typing import Any

from boxwright.catalog.columns import Reader, columns_of, note_repeats, note_unknown, nouns_of, read_fields, stated
from boxwright.catalog.files import read_document, read_table
from boxwright.catalog.rows import RangeRule, licence
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

HUB_STAGES = (Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTT, Stage.TRANSPORT_WTW)
"""Stages of factors of hubs, which are per tonne of throughput."""

PACKAGING_STAGES = (Stage.PRODUCTION, Stage.END_OF_LIFE, Stage.CRADLE_TO_GRAVE, Stage.REUSE)

OPTIONAL_FACTOR_COLUMNS = columns_of(EmissionFactor, "recycled_content", "mode", "biogenic_included")
"""Optional columns of a factor table."""

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
"""Required columns of a factor table."""


def read_factors(path: Path, material_ids: set[str], faults: Findings) -> list[tuple[int, EmissionFactor]]:
    """Return the row numbers and factors of a CSV file after noting every fault."""
    records = read_table(path, FACTOR_COLUMNS, faults, OPTIONAL_FACTOR_COLUMNS)
    note_repeats(((faults.row(record.row), record.values) for record in records), "factor_id")
    factors = []
    for record in records:
        # The range of an unverified figure is an estimate, even if it is stated.
        factor = EmissionFactor(**record.values, range_assumed=not record.values["read_in_source"])
        factors.append((record.row, factor))
        at, unit, value, low, high = faults.row(record.row), factor.unit, factor.value, factor.low, factor.high
        of_packaging = "piece" if factor.stage is Stage.REUSE else "kg"
        expected = of_packaging if factor.stage in PACKAGING_STAGES else TONNE_KM
        if unit != expected and not (unit == "t" and factor.stage in HUB_STAGES):
            at.add("unit", f"must be {expected} for stage {factor.stage.value}")
        elif expected == "kg" and factor.subject not in material_ids:
            at.add("subject", f"must be the id of a known material, got {factor.subject!r}")
        if factor.recycled_content is not None and factor.stage is not Stage.PRODUCTION:
            at.add("recycled_content", "must be empty for any stage but production")
        if unit == TONNE_KM and factor.mode is None:
            at.add("mode", f"must be one of {', '.join(TransportMode)} for a factor per tonne-kilometre")
        if unit != TONNE_KM and factor.mode is not None:
            at.add("mode", f"must be empty for a factor per {unit}")
        if low is not None and low > value:
            at.add("low", f"must not be above the value {value}, got {low}")
        if high is not None and high < value:
            at.add("high", f"must not be below the value {value}, got {high}")
        if not factor.boundary:
            at.add("boundary", "must not be empty")
        if factor.read_in_source and not factor.url:
            at.add("url", "must not be empty where read_in_source is yes")
    return factors


def read_profile(path: Path, faults: Findings) -> AccountingProfile | None:
    """Return the profile in a document, without factors, or None after noting every fault."""
    document = read_document(path, faults)
    if document is None:
        return None
    note_unknown(document, PROFILE_KEYS, faults)
    values = read_fields(PROFILE_KEYS, document, faults)
    return None if faults else faults.attempt(AccountingProfile, **values, factors=())


PACKAGING_GROUP = "packaging"
"""Name of the coverage table for all components of the packaging."""


def _read_coverage(table: Any, key: str, at: Findings) -> tuple[CoverageCell, ...]:
    """Read ``coverage.COMPONENT.STAGE = "COVERAGE: note"`` for every component and stage.

    The table of a component overrides ``coverage.packaging``. ``_implied`` gives the defaults.
    """
    found: list[CoverageCell] = []
    tables = {name: _table(stages, f"{key}.{name}", at) for name, stages in _table(table, key, at).items()}
    for name in sorted(tables.keys() - {*map(str, Component), PACKAGING_GROUP}):
        at.add(f"{key}.{name}", "is not a component")
    for name, stages in tables.items():
        for stage in sorted(stages.keys() - {*map(str, Stage)}):
            at.add(f"{key}.{name}.{stage}", "is not a life-cycle stage")
    for component in Component:
        group = {} if component in CARRIED else tables.get(PACKAGING_GROUP, {})
        stages = {**group, **tables.get(component.value, {})}
        for stage in Stage:
            path = f"{key}.{component.value}.{stage.value}"
            if (text := stages.get(stage.value, _implied(component, stage))) is None:
                at.add(path, "is required")
                continue
            kind, _, note = str(text).partition(":")
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
    """Return the default of a coverage cell; None if the cell is required."""
    if stage is Stage.CRADLE_TO_GRAVE or stage is Stage.TRANSPORT_WTW:
        return f"{Coverage.INCLUDED}: in the lines of the stages that it comprises"
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
        "default_vans": _classes_of("diesel", "electric"),
        "licence": licence,
        "air_classes": nouns_of(AirClass, columns_of(AirClass, defaults=stated(AirClass))),
    },
)
"""Keys of a profile document."""


def complete(profile: AccountingProfile, factors: list[EmissionFactor], faults: Findings) -> AccountingProfile:
    """Return the profile with its factors after noting contradictions of these with coverage and default classes."""
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
                faults.add(path, "must be factor if, and only if, the profile has hub factors for this stage")
            continue
        if cell.stage is Stage.REUSE:  # computed by the transport factors
            continue
        own_stage = (cell.component is not Component.TRANSPORT) == (cell.stage in PACKAGING_STAGES)
        if cell.coverage is Coverage.FACTOR and not (own_stage and cell.stage in stages):
            faults.add(path, "must not be factor, since the profile has no factor for the component at this stage")
        unsaid = cell.stage in WHOLE_OF.values() and cell.coverage is Coverage.INCLUDED
        if (unsaid or cell.coverage is Coverage.MISSING) and own_stage and cell.stage in stages:
            faults.add(path, f"must not be {cell.coverage.value}, since the profile has factors of this stage")
    for factor in ordered:
        if other := set(re.findall(r"AR\d", factor.gwp_basis)) - set(re.findall(r"AR\d", profile.gwp_basis)):
            rule = f"must be the basis of the profile, {profile.gwp_basis}, got {other.pop()}"
            faults.add(f"factor {factor.factor_id}, gwp_basis", rule)
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


LOGARITHMS = Context(prec=28, rounding=ROUND_HALF_EVEN)
"""Context for spreads; ``ln`` and ``exp`` of Decimal are correctly rounded, so results are the same on any machine."""

RATIOS = Decimal("0.000001")
"""Resolution of the ends of mass ranges."""


def spread_of(rule: RangeRule) -> Decimal:
    """Return ``exp(sqrt(sum of ln(u)^2))`` over the uncertainty factors ``u`` of a data-quality rule, to four decimals.

    This spread is the square of the geometric standard deviation: ``value / spread`` to ``value x spread`` holds 95 %
    of a lognormal distribution (Ciroth, Muller, Weidema and Lesage 2016, https://doi.org/10.1007/s11367-013-0670-5).
    """
    factors = rule.reliability, rule.completeness, rule.temporal, rule.geographical, rule.technological
    squares = [LOGARITHMS.power(LOGARITHMS.ln(factor), 2) for factor in factors]
    root = LOGARITHMS.sqrt(sum(squares, Decimal(0)))
    return LOGARITHMS.exp(root).quantize(Decimal("0.0001"))


def with_range(factor: EmissionFactor, spread: Decimal) -> EmissionFactor:
    """Return a factor with both ends of its range, marked as assumed if an end follows from the spread."""
    if factor.low is not None and factor.high is not None:
        return factor
    ends = sorted((LOGARITHMS.divide(factor.value, spread), LOGARITHMS.multiply(factor.value, spread)))
    low, high = (end.quantize(Decimal("1e-9")).normalize() for end in ends)
    return replace(
        factor,
        low=min(low, factor.value) if factor.low is None else factor.low,
        high=max(high, factor.value) if factor.high is None else factor.high,
        range_assumed=True,
    )
