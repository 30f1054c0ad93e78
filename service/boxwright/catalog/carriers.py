"""Reads carriers: a TOML document per carrier, a rule per service and period."""

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from boxwright.catalog import cells
from boxwright.catalog.documents import GRADED, check_keys, read_as, read_document, read_grade, tables_of
from boxwright.domain.carrier import (
    AcceptanceLimit,
    Band,
    BillingForm,
    CarrierRule,
    SurchargeRule,
    WeightStep,
)
from boxwright.domain.gate import OF_VOLUME, SIZES, Gate, GateError, Measure, parse_gates
from boxwright.findings import Findings

_TEXTS = ("length_unit", "side_rounding", "weight_unit", "source")
_RULE: dict[str, type] = {**dict.fromkeys(_TEXTS, str), "bands": list, **GRADED}
_RULE_MORE = {
    "weight_step": object,
    "heavier_steps": list,
    "minimum_weight": object,
    "surcharges": list,
    "limits": list,
    "from": dt.date,
    "to": dt.date,
    "url": str,
    "note": str,
}


def read_carrier(path: Path, faults: Findings) -> list[CarrierRule]:
    """Return the rules of a carrier's document; what is wrong with it is noted by path.

    Periods of a service must follow each other without overlap or gap; all but the first must begin and all but the
    last must end on a day.
    """
    document = read_document(path, faults)
    if document is None or not check_keys(document, {"carrier": str, "services": list}, {}, faults):
        return []
    found: list[CarrierRule] = []
    ids: set[str] = set()
    for at, service in tables_of(document["services"], "services", faults):
        if not check_keys(service, {"id": str, "name": str, "region": str, "rules": list}, {}, at):
            continue
        service_id = service["id"]
        if service_id in ids:
            at.add("id", f"must be unique, {service_id!r} repeats")
        ids.add(service_id)
        if service_id.count("/") != 1 or not all(service_id.split("/")):
            at.add("id", f"must be CARRIER/SERVICE, got {service_id!r}")
        names = (service_id, document["carrier"], service["name"], service["region"])
        rules = [
            (where, rule)
            for where, table in tables_of(service["rules"], "rules", at)
            if (rule := _rule(table, names, where)) is not None
        ]
        if not service["rules"]:
            at.add("rules", "must hold at least one rule")
        _check_periods(rules)
        found += [rule for _, rule in rules]
    return found


def _rule(table: Mapping[str, Any], names: tuple[str, str, str, str], faults: Findings) -> CarrierRule | None:
    before = len(faults)
    if not check_keys(table, _RULE, _RULE_MORE, faults):
        return None
    for key, allowed in (("length_unit", ("in", "cm")), ("weight_unit", ("lb", "kg"))):
        read_as(cells.one_of(*allowed), table[key], key, faults)
    read_as(cells.one_of("up", "nearest", "none"), table["side_rounding"], "side_rounding", faults)
    for key in ("from", "to"):
        if isinstance(table.get(key), dt.datetime):
            faults.add(key, f"must be a date without a time, got {table[key]}")
    if "weight_step" not in table:
        faults.add("weight_step", "is missing")
    step = _number(table.get("weight_step", 1), cells.positive, "weight_step", faults)
    minimum = _number(table.get("minimum_weight", 0), cells.not_negative, "minimum_weight", faults)
    bands = tuple(_band(each, at) for at, each in tables_of(table["bands"], "bands", faults))
    _check_bands(bands, faults)
    heavier = _heavier_steps(table.get("heavier_steps", []), step, faults)
    graded = read_grade(table, faults)
    surcharges = tuple(
        _surcharge(each, at, graded) for at, each in tables_of(table.get("surcharges", []), "surcharges", faults)
    )
    seen = [each.surcharge_id for each in surcharges]
    for index, each in enumerate(seen):
        if each in seen[:index]:
            faults.add(f"surcharges[{index}].id", f"must be unique, {each!r} repeats")
    _check_unless(surcharges, faults)
    limits = tuple(_limit(each, at, graded) for at, each in tables_of(table.get("limits", []), "limits", faults))
    if len(faults) != before:
        return None
    return CarrierRule(
        *names,
        table["length_unit"],
        table["weight_unit"],
        table["side_rounding"],
        step,
        bands,
        heavier_steps=heavier,
        minimum_weight=minimum,
        surcharges=surcharges,
        limits=limits,
        effective_from=table.get("from"),
        effective_to=table.get("to"),
        source=table["source"],
        url=table.get("url", ""),
        **graded,
        note=table.get("note", ""),
    )


def _band(table: Mapping[str, Any], faults: Findings) -> Band:
    fine = check_keys(
        table,
        {"form": str},
        {"divisor": object, "when": str, "share": object, "test_divisor": object, "zones": list},
        faults,
    )
    if not fine:
        return Band(BillingForm.ACTUAL)
    form = read_as(cells.member_of(BillingForm), table["form"], "form", faults) or BillingForm.ACTUAL
    figures = {
        key: _number(table[key], cells.positive, key, faults) if key in table else None
        for key in ("divisor", "share", "test_divisor")
    }
    when = _gates(table.get("when"), "when", faults)
    by_volume = any(gate.measure in OF_VOLUME for gate in when)
    if any(gate.measure is Measure.BILLED for gate in when):
        faults.add("when", "must not look at the billed weight, which a band decides")
    if (form is not BillingForm.ACTUAL) and figures["divisor"] is None:
        faults.add("divisor", f"is missing: {form.value} needs one")
    if form is BillingForm.ACTUAL and figures["divisor"] is not None:
        faults.add("divisor", "must be absent from actual; a divisor for its gates is test_divisor")
    if by_volume and figures["divisor"] is None and figures["test_divisor"] is None:
        faults.add("test_divisor", "is missing: its gates look at the dimensional weight")
    if figures["test_divisor"] is not None and not by_volume:
        faults.add("test_divisor", "must be absent: no gate looks at the dimensional weight")
    share = figures["share"]
    if (form is BillingForm.SPLIT) != (share is not None):
        faults.add("share", "must be given for split, and only there")
    elif share is not None and share > 1:
        faults.add("share", f"must be at most 1, got {share}")
    zones = table.get("zones", [])
    if not all(isinstance(zone, str) and zone for zone in zones) or ("zones" in table and not zones):
        faults.add("zones", f"must be a list of names, got {zones!r}")
        zones = []
    return Band(form, when=when, zones=tuple(zones), **figures)


def _check_bands(bands: tuple[Band, ...], faults: Findings) -> None:
    """Note bands that never hold, and parcels or zones for which none does."""
    if not bands:
        faults.add("bands", "must hold at least one band")
        return
    zones = sorted({zone for band in bands for zone in band.zones})
    for zone in zones or [""]:
        of_zone = [index for index, band in enumerate(bands) if not band.zones or zone in band.zones]
        what = f" of zone {zone!r}" if zone else ""
        if bands[of_zone[-1]].when:
            faults.add(f"bands[{of_zone[-1]}].when", f"must be absent: some parcels{what} would have no band")
        for index in of_zone[:-1]:
            if not bands[index].when:
                faults.add(f"bands[{index}].when", f"is missing: later bands{what} would never hold")


def _heavier_steps(values: Iterable[object], step: Decimal, faults: Findings) -> tuple[WeightStep, ...]:
    """Return steps; each must begin on a multiple of the step before it, so that no heavier parcel is billed less."""
    found: list[WeightStep] = []
    for at, table in tables_of(values, "heavier_steps", faults):
        if not check_keys(table, {"from": object, "step": object}, {"rounding": str}, at):
            continue
        start = _number(table["from"], cells.positive, "from", at)
        size = _number(table["step"], cells.positive, "step", at)
        rounding = read_as(cells.one_of("up", "nearest"), table.get("rounding", "up"), "rounding", at)
        before = found[-1].step if found else step
        if found and start <= found[-1].from_weight:
            at.add("from", f"must be above {found[-1].from_weight}, the step before it, got {start}")
        elif start % before or start % size:
            at.add("from", f"must be a multiple of both steps, {before} and {size}, got {start}")
        found.append(WeightStep(start, size, rounding or "up"))
    return tuple(found)


def _surcharge(table: Mapping[str, Any], faults: Findings, of_rule: Mapping[str, Any]) -> SurchargeRule:
    optional = {"minimum_weight": object, "unless": list, "source": str, "note": str, **GRADED}
    if not check_keys(table, {"id": str, "any": list}, optional, faults):
        return SurchargeRule("", ())
    groups = tuple(_gates(text, f"any[{index}]", faults) for index, text in enumerate(table["any"]))
    if not groups:
        faults.add("any", "must hold at least one gate")
    for index, gates in enumerate(groups):
        for gate in gates:
            if gate.measure in OF_VOLUME or (gate.measure is Measure.BILLED and not gate.rises):
                rule = "must look at size, actual weight, or billed weight above a figure"
                faults.add(f"any[{index}]", f"{rule}, got {gate.text!r}")
    minimum = _number(table.get("minimum_weight", 0), cells.not_negative, "minimum_weight", faults)
    own = {key: table[key] for key in ("source", "note") if key in table} | read_grade(table, faults, of_rule)
    unless = tuple(map(str, table.get("unless", [])))
    return SurchargeRule(table["id"], groups, minimum, unless, **own)


def _check_unless(surcharges: tuple[SurchargeRule, ...], faults: Findings) -> None:
    """Note surcharges that give way to unknown ones, to each other, or to one that the billed weight brings on."""
    known = {each.surcharge_id: each for each in surcharges}
    for index, each in enumerate(surcharges):
        for other in each.unless:
            at = f"surcharges[{index}].unless"
            if other not in known or other == each.surcharge_id:
                faults.add(at, f"must be another surcharge of the rule ({', '.join(known)}), got {other!r}")
            elif each.surcharge_id in known[other].unless:
                faults.add(at, f"must not name {other!r}, which gives way to this one")
            elif any(gate.measure is Measure.BILLED for gates in known[other].any_of for gate in gates):
                faults.add(at, f"must not name {other!r}: it looks at the billed weight")


def _limit(table: Mapping[str, Any], faults: Findings, of_rule: Mapping[str, Any]) -> AcceptanceLimit:
    if not check_keys(table, {"refused": str}, {"source": str, "note": str, **GRADED}, faults):
        return AcceptanceLimit(())
    gates = _gates(table["refused"], "refused", faults)
    for gate in gates:
        if gate.measure not in SIZES and not (gate.measure is Measure.ACTUAL and gate.rises):
            faults.add("refused", f"must look at size, or at actual weight above a figure, got {gate.text!r}")
    own = {key: table[key] for key in ("source", "note") if key in table} | read_grade(table, faults, of_rule)
    return AcceptanceLimit(gates, **own)


def _gates(text: object, name: str, faults: Findings) -> tuple[Gate, ...]:
    if text is None:
        return ()
    try:
        return parse_gates(text if isinstance(text, str) else repr(text))
    except GateError as error:
        faults.add(name, str(error))
        return ()


def _check_periods(rules: list[tuple[Findings, CarrierRule]]) -> None:
    """Note periods that are reversed, and those that do not begin on the day after the one before them ended."""
    for at, rule in rules:
        if rule.effective_from and rule.effective_to and rule.effective_to < rule.effective_from:
            at.add("to", f"must not be before {rule.effective_from}, got {rule.effective_to}")
    ordered = sorted(rules, key=lambda each: each[1].effective_from or dt.date.min)
    for (_, earlier), (at, later) in itertools.pairwise(ordered):
        end, start = earlier.effective_to, later.effective_from
        if start is None or end is None or start <= end:
            until = f"ends {end}" if end else "has no end"
            at.add("from", f"must not overlap the period before it, which {until}, got {start}")
        elif start != end + dt.timedelta(days=1):
            at.add("from", f"must be {end + dt.timedelta(days=1)}: no gap after the period before it")


def _number(value: object, reader: Callable[[str], Decimal], name: str, faults: Findings) -> Decimal:
    """Return a number given as number or text, exactly as written; 1 after noting what is wrong."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        faults.add(name, f"must be a number, got {value!r}")
        return Decimal(1)
    return read_as(reader, str(value), name, faults) or Decimal(0 if reader is cells.not_negative else 1)
