"""Reads carriers: a TOML document per carrier, with a billing rule per service and period."""

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from boxwright.catalog.columns import (
    Columns,
    columns_of,
    entries,
    note_unknown,
    nouns_of,
    read_fields,
    read_noun,
    stated,
)
from boxwright.catalog.files import read_document
from boxwright.domain.carrier import AcceptanceLimit, Band, CarrierRule, SurchargeRule, WeightStep
from boxwright.domain.fields import declared, fits, shown, some, unique
from boxwright.domain.gate import Gate, Measure, parse_gates
from boxwright.domain.written import CellError
from boxwright.findings import Findings


@dataclass(frozen=True)
class _Service:
    id: Annotated[str, fits("[^/]+/[^/]+", "must be CARRIER/SERVICE")]
    name: str
    region: str
    rules: Annotated[tuple[object, ...], some("must hold at least one rule")]


@dataclass(frozen=True)
class _Carrier:
    carrier: str
    services: Annotated[tuple[_Service, ...], unique("id")]


def read_carrier(path: Path, faults: Findings) -> list[CarrierRule]:
    """Return the rules in a carrier's document after noting its faults.

    Periods of a service must follow each other without overlap or gap. Only the first period may lack a first day, and
    only the last period a last day.
    """
    carrier = read_noun(_Carrier, read_document(path, faults), faults)
    if carrier is None:
        return []
    found: list[CarrierRule] = []
    for at, service in entries(carrier.services, "services", faults):
        names = dict(zip(_NAMES, (service.id, carrier.carrier, service.name, service.region), strict=True))
        read = [(place, _rule(rule, names, place)) for place, rule in entries(service.rules, "rules", at)]
        rules = [(place, rule) for place, rule in read if rule is not None]
        _check_periods(rules)
        found += [rule for _, rule in rules]
    return found


def _gates(text: Any, key: str, at: Findings) -> tuple[Gate, ...]:
    return parse_gates(text if isinstance(text, str) else shown(text))


def _gates_of_any(texts: Any, key: str, at: Findings) -> tuple[tuple[Gate, ...], ...]:
    found = []
    for place, text in entries(texts, key, at):
        try:
            found.append(_gates(text, key, at))
        except CellError as error:
            place.add("", str(error))
    return tuple(found)


_BAND = columns_of(Band, read={"when": _gates})
_STEP = columns_of(WeightStep, keys={"from_weight": "from"})
_SURCHARGE = columns_of(SurchargeRule, keys={"surcharge_id": "id", "any_of": "any"}, read={"any_of": _gates_of_any})
_LIMIT = columns_of(AcceptanceLimit, keys={"refused_when": "refused"}, read={"refused_when": _gates})
_NAMES = ("service_id", "carrier", "service", "region")
_PARTS = ("surcharges", "limits")
"""Keys that are read after the rule; their sources default to the source of the rule."""
_RULE = columns_of(
    CarrierRule,
    *(field for field in declared(CarrierRule) if field not in (*_NAMES, *_PARTS)),
    defaults=stated(CarrierRule),
    keys={"effective_from": "from", "effective_to": "to"},
    read={"bands": nouns_of(Band, _BAND), "heavier_steps": nouns_of(WeightStep, _STEP)},
)


def _rule(table: Any, names: dict[str, Any], at: Findings) -> CarrierRule | None:
    before = len(at)
    if not isinstance(table, dict):
        at.add("", f"must be a table, got {shown(table)}")
        return None
    note_unknown(table, (*_RULE, *_PARTS), at)
    values = read_fields(_RULE, table, at)

    def of_rule(columns: Columns) -> Columns:
        graded = {key: values[key] for key in ("read_in_source", "source_grade") if key in values}
        return columns | {key: columns[key]._replace(default=value) for key, value in graded.items()}

    surcharges = nouns_of(SurchargeRule, of_rule(_SURCHARGE))(table.get("surcharges", []), "surcharges", at)
    limits = nouns_of(AcceptanceLimit, of_rule(_LIMIT))(table.get("limits", []), "limits", at)
    if len(at) == before:
        _check_bands(values["bands"], at)
        _check_steps(values["heavier_steps"], values["weight_step"], at)
        _check_surcharges(surcharges, at)
    if len(at) > before:
        return None
    return at.attempt(CarrierRule, **values, **names, surcharges=surcharges, limits=limits)


def _check_bands(bands: tuple[Band, ...], at: Findings) -> None:
    zones = sorted({zone for band in bands for zone in band.zones})
    for zone in zones or [""]:
        of_zone = [index for index, band in enumerate(bands) if not band.zones or zone in band.zones]
        what = f" of zone {zone!r}" if zone else ""
        if bands[of_zone[-1]].when:
            at.add(f"bands[{of_zone[-1]}].when", f"must be absent, or some parcels{what} would have no band")
        for index in of_zone[:-1]:
            if not bands[index].when:
                at.add(f"bands[{index}].when", f"is required, or later bands{what} would never apply")


def _check_steps(steps: Iterable[WeightStep], size: Any, at: Findings) -> None:
    """Note steps that do not begin at a multiple of the previous step: a heavier parcel could be billed for less."""
    start = Decimal(0)
    for index, step in enumerate(steps):
        if step.from_weight <= start:
            rule = f"must be above {start}, where the previous step begins, got {step.from_weight}"
            at.add(f"heavier_steps[{index}].from", rule)
        elif step.from_weight % size or step.from_weight % step.step:
            rule = f"must be a multiple of both steps, {size} and {step.step}, got {step.from_weight}"
            at.add(f"heavier_steps[{index}].from", rule)
        start, size = step.from_weight, step.step


def _check_surcharges(surcharges: tuple[SurchargeRule, ...], at: Findings) -> None:
    known = {surcharge.surcharge_id: surcharge for surcharge in surcharges}
    for index, surcharge in enumerate(surcharges):
        own = surcharge.surcharge_id
        if own in [earlier.surcharge_id for earlier in surcharges[:index]]:
            at.add(f"surcharges[{index}].id", f"must be unique, {own!r} is repeated")
        for other in surcharge.unless:
            rule = ""
            if other not in known or other == own:
                rule = f"must be another surcharge of the rule ({', '.join(known)}), got {other!r}"
            elif own in known[other].unless:
                rule = f"must not name {other!r}, since the unless of that surcharge names this one"
            elif any(gate.measure is Measure.BILLED for gates in known[other].any_of for gate in gates):
                rule = f"must not name {other!r}, which depends on the billed weight"
            if rule:
                at.add(f"surcharges[{index}].unless", rule)


def _check_periods(rules: list[tuple[Findings, CarrierRule]]) -> None:
    for at, rule in rules:
        if rule.effective_from and rule.effective_to and rule.effective_to < rule.effective_from:
            at.add("to", f"must not be before {rule.effective_from}, got {rule.effective_to}")
    ordered = sorted(rules, key=lambda placed: placed[1].effective_from or dt.date.min)
    for (_, earlier), (at, later) in itertools.pairwise(ordered):
        end, start = earlier.effective_to, later.effective_from
        if start is None or end is None or start <= end:
            until = f"ends {end}" if end else "has no end"
            at.add("from", f"must not overlap the previous period, which {until}, got {start}")
        elif start != end + dt.timedelta(days=1):
            at.add("from", f"must be {end + dt.timedelta(days=1)}, the day after the previous period, got {start}")
