"""Checks amounts, factors and mass data of footprints against the content, mass and legs of the parcel.

The check computes in grains, independently of the planner; only tables are shared. Missing lines are not checked.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from boxwright.catalog.materials import Materials
from boxwright.checking.case import ParcelCase
from boxwright.checking.reading import ONE, Parts, Reading, ReadLine
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.factor import CARRIED, Component, EmissionFactor, Stage
from boxwright.domain.footprint import Allocation, FootprintLine, MassDatum, PackagingComponent
from boxwright.domain.lane import DistanceKind, Leg, TransportMode
from boxwright.errors import InvalidInputError
from boxwright.footprint.mass_data import PartData, data_of_box, data_of_dunnage, data_of_leg
from boxwright.units import MG_PER_KG, MG_PER_TONNE

UM3_PER_M3 = 10**18
TRACE = ONE // 10**9
"""Tolerance of an amount in grains, since amounts are stated with 34 digits."""
PARTS = 10**9
"""Reciprocal of the relative tolerance of parts of an amount."""
MG = ONE // MG_PER_KG
"""One mg in grains; ``ONE`` grains are 1 kg."""

UNITS = {Component.TRANSPORT: "tkm", Component.HUB: "t"}
OF_A_LIFE = (Stage.PRODUCTION, Stage.END_OF_LIFE, Stage.CRADLE_TO_GRAVE)

Held = dict[tuple[Component, str, Stage], int]
"""Mass in grains, by component, material and stage."""
Ratio = tuple[int, int]
"""Numerator and denominator."""


class _Part(NamedTuple):
    """A part of the packaging, with the ids of the data behind its mass and behind the share that one use takes."""

    part: PackagingComponent
    mass: frozenset[str]
    life: frozenset[str]


def wrong_amounts(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the wrong amounts, factors and mass data of the parcel's footprints."""
    footprints = case.footprints
    if not footprints:
        return
    held, parts = _held(case), list[_Part]()
    ways = [data_of_leg(leg, case.premises.materials) for leg in case.premises.legs]
    known = {datum.datum_id: datum for way in ways for datum in way}
    for part in case.packaging:
        data = _data_of(part, case)
        known |= {datum.datum_id: datum for datum in (*data.mass, *data.life)}
        mass = frozenset(datum.datum_id for datum in data.mass)
        parts.append(_Part(part, mass, mass | {datum.datum_id for datum in data.life}))
    legs = [frozenset(datum.datum_id for datum in way) for way in ways]
    for reading in footprints:
        if reading.fault:
            yield case.broken(ViolationKind.WRONG_FOOTPRINT, f"{reading.name}: {reading.fault}")
            continue
        details = [*_wrong_lives(reading, held), *_wrong_uses(reading, case), *_wrong_ways(reading, case)]
        details += [*_wrong_factors(reading, case), *_wrong_data(reading, parts, legs, known, case.gross_mg)]
        yield from case.each(ViolationKind.WRONG_FOOTPRINT, (f"{reading.name}: {detail}" for detail in details))


def _words(line: FootprintLine) -> str:
    return f"{line.component}/{line.stage} of {line.subject}"


def _figure(amount: int) -> str:
    return f"{amount / ONE:.10g}"


def _held(case: ParcelCase) -> Held:
    """Return the mass that one use of the parcel takes, in grains; trips, idle stock and trim are counted."""
    held: Held = defaultdict(int)
    for part in case.packaging:
        above, below = (1 + Fraction(str(part.reuse.idle_share))).as_integer_ratio() if part.reuse else (1, 1)
        for stage in OF_A_LIFE:
            made = part.mass_mg + (part.trim_mg if stage is Stage.PRODUCTION else 0)
            held[part.component, part.material_id, stage] += made * MG * above // (below * part.trips)
    for unit in case.envelopes:
        case.premises.stop.look()
        for inside in unit.item.sales_packaging.materials if unit.item.sales_packaging else ():
            for stage in OF_A_LIFE:
                held[Component.SALES_PACKAGING, inside.material_id, stage] += inside.mass_mg * MG
    return held


def _wrong_lives(reading: Reading, held: Held) -> Iterator[str]:
    """Yield the materials whose stated mass differs from their mass in the parcel."""
    stated: Held = defaultdict(int)
    for read in reading.lines:
        line = read.line
        if line.stage in OF_A_LIFE and line.unit == "kg":
            stated[line.component, line.subject, line.stage] += read.amount
        elif line.stage in OF_A_LIFE:
            yield f"unit of {_words(line)} must be kg, got {line.unit!r:.80}"
    for (component, material, stage), kg in stated.items():
        true_kg = held.get((component, material, stage), 0)
        if abs(kg - true_kg) > TRACE:
            yield f"{component}/{stage} of {material} must be {_figure(true_kg)} kg as in the parcel, got {_figure(kg)}"


def _wrong_uses(reading: Reading, case: ParcelCase) -> Iterator[str]:
    """Yield the lines of reuse whose amount is neither mass times return distance nor one piece that is washed."""
    for read in reading.lines:
        line = read.line
        if line.stage is not Stage.REUSE:
            continue
        reused = [(part.mass_mg, part.reuse) for part in case.stated(line.component) if part.reuse is not None]
        true = [
            int(mass_mg * Fraction(str(reuse.return_distance_km)) * ONE / MG_PER_TONNE) if line.unit == "tkm" else ONE
            for mass_mg, reuse in reused
        ]
        if all(abs(read.amount - amount) > TRACE for amount in true):
            must = f"be {', '.join(map(_figure, true))}" if true else "be absent without a reusable part"
            yield f"{_words(line)} must {must}, got {line.amount} {line.unit}"


def _wrong_ways(reading: Reading, case: ParcelCase) -> Iterator[str]:
    """Yield tonne-kilometres that are not load times distance, and tonnes at hubs that are not the load."""
    legs, materials = case.premises.legs, case.premises.materials
    for read in reading.lines if legs else ():
        line, unit = read.line, UNITS.get(read.line.component)
        if unit is None:
            continue
        if line.unit != unit:
            yield f"unit of {_words(line)} must be {unit}, got {line.unit!r:.80}"
        if line.leg_index is None or not 0 <= line.leg_index < len(legs):
            yield f"leg_index of {line.subject} must be from 0 to {len(legs) - 1}, got {line.leg_index}"
            continue
        leg = legs[line.leg_index]
        km: Ratio | None = (1, 1)
        load = _load_mg(reading, leg, line.subject, case)
        if line.component is Component.TRANSPORT:
            km = _travelled_km(leg.mode, leg.distance_kind, leg.distance_km, materials)
        if load is None or km is None:
            continue
        true = load[0] * km[0] * ONE // (load[1] * km[1] * MG_PER_TONNE)
        if abs(read.amount - true) > TRACE:
            where = f"leg {line.leg_index}, {line.stage} by {line.subject}"
            yield f"{where}: amount must be {_figure(true)} {line.unit}, got {line.amount}"


def _load_mg(reading: Reading, leg: Leg, vehicle: str, case: ParcelCase) -> Ratio | None:
    """Return the mass by which transport is allocated, in mg; None if it is unknown."""
    allocation, carriage = reading.footprint.allocation, case.premises.carriage
    if allocation is Allocation.MASS:
        return case.gross_mg, 1
    if allocation is Allocation.DIMENSIONAL_WEIGHT:
        return None if carriage is None else (carriage[0].weigh(case.outer_um, case.gross_mg).chargeable_mg, 1)
    density = leg.mean_density_kg_per_m3
    row = case.premises.materials.mean_density(reading.footprint.profile_id, vehicle) if density is None else None
    if density is None and row is None:
        return None
    kg_per_m3 = Fraction(str(density)) if row is None else Fraction(row.kg_per_m3)
    return (kg_per_m3 * math.prod(case.outer_um) * MG_PER_KG / UM3_PER_M3).as_integer_ratio()


@lru_cache(maxsize=1_024)
def _travelled_km(
    mode: TransportMode, kind: DistanceKind | None, distance_km: float, materials: Materials
) -> Ratio | None:
    """Return the travelled distance of a leg, by the distance adjustment of its mode; None without an adjustment."""
    km = Fraction(str(distance_km))
    if kind is DistanceKind.ACTUAL:
        return km.as_integer_ratio()
    rows = [row for row in materials.distance_adjustments if (row.mode, row.distance_kind) == (mode, kind)]
    return (km * Fraction(rows[0].multiplier) + Fraction(rows[0].addend_km)).as_integer_ratio() if rows else None


def _wrong_factors(reading: Reading, case: ParcelCase) -> Iterator[str]:
    """Yield the lines whose factor is not that of the profile; an unknown profile is not checked."""
    known = _factors(reading.footprint.profile_id, case.premises.materials)
    for line in (read.line for read in reading.lines) if known else ():
        factor, low, high = known.get(line.factor_id), line.low_kg_per_unit, line.high_kg_per_unit
        if factor is None:
            yield f"{_words(line)}: the profile has no factor {line.factor_id!r:.80}"
            continue
        stated, true = (line.factor_kg_per_unit, low, high), (factor.value, factor.low, factor.high)
        # If the class of a flight is assumed, its factor may have a wider range and be unverified.
        flown, wider = factor.mode is TransportMode.AIR, False
        if flown and stated[0] == factor.value and low is not None and high is not None:
            least, most = (factor.value if end is None else end for end in true[1:])
            wider = low <= least and high >= most
        if stated != true and not wider:
            yield f"{_words(line)}: factor and range must be {true}, those of {line.factor_id}, got {stated}"
        if line.read_in_source is not factor.read_in_source and not (flown and line.read_in_source is False):
            yield f"{_words(line)}: read_in_source must be {factor.read_in_source}, got {line.read_in_source!r:.80}"


@lru_cache(maxsize=64)
def _factors(profile_id: str, materials: Materials) -> dict[str, EmissionFactor]:
    try:
        return {factor.factor_id: factor for factor in materials.profile(profile_id).factors}
    except InvalidInputError:
        return {}


def _wrong_data(
    reading: Reading, parts: list[_Part], legs: list[frozenset[str]], known: Mapping[str, MassDatum], gross_mg: int
) -> Iterator[str]:
    """Yield wrong ``mass_parts`` and ``mass_data``, which decide the range and the unverified share."""
    used: set[str] = set()
    for read in reading.lines:
        true, stated = _true_parts(read, reading.footprint.allocation, parts, legs, gross_mg), read.parts
        used.update(*true)
        trace = (abs(read.amount) + ONE // PARTS) // PARTS
        if stated.keys() != true.keys() or any(abs(stated[names] - true[names]) > trace for names in true):
            yield f"mass_parts of {_words(read.line)} must be {_shown(true)}, got {_shown(stated)}"
    data, needed = reading.footprint.mass_data, [known[name] for name in sorted(used)]
    if sorted(data, key=lambda datum: datum.datum_id) != needed:
        yield f"mass_data must be {needed!r:.300}, got {data!r:.300}"


def _true_parts(
    read: ReadLine, allocation: Allocation, parts: list[_Part], legs: list[frozenset[str]], gross_mg: int
) -> Parts:
    """Return, by the data behind them, the true parts of a line's amount.

    A line of packaging is based on the data of its piece. A line of carriage is divided among the pieces in proportion
    to mass, and is also based on the data of its leg.
    """
    line = read.line
    if line.component in CARRIED:
        found: Parts = defaultdict(int)
        leg = line.leg_index if line.component is Component.TRANSPORT else None
        way = legs[leg] if leg is not None and 0 <= leg < len(legs) else frozenset[str]()
        rest = read.amount
        if allocation is Allocation.MASS and gross_mg:
            for piece in parts:
                if piece.mass and piece.part.mass_mg:
                    share = read.amount * piece.part.mass_mg // gross_mg
                    found[piece.mass | way] += share
                    rest -= share
        if way and rest > len(parts):
            found[way] += rest
        return found
    if line.unit not in ("kg", "tkm"):
        return {}
    pieces = [piece for piece in parts if piece.part.component is line.component]
    if line.stage is Stage.REUSE:
        names = [piece.mass for piece in pieces]
    else:
        names = [piece.life for piece in pieces if piece.part.material_id == line.subject]
    # Several pieces, such as inner boxes, may share component and material, so the line may be about any of them.
    chosen = next((data for data in names if data in read.parts), names[0] if names else frozenset[str]())
    return {chosen: read.amount} if chosen else {}


def _shown(found: Parts) -> str:
    words = (f"{' and '.join(sorted(key))} with {amount / ONE:.6g}" for key, amount in found.items())
    return ", ".join(words) or "nothing"


def _data_of(part: PackagingComponent, case: ParcelCase) -> PartData:
    """Return the data behind the mass and the life of a part."""
    box, materials = case.box, case.premises.materials
    if part.component is Component.INNER_BOX:
        box = next((inner.box for inner in case.inner_boxes if inner.box.box_type_id == part.dunnage_id), None)
    try:
        if part.component in (Component.BOX, Component.INNER_BOX):
            return PartData() if box is None else data_of_box(box, materials)
        stocked = (dunnage for dunnage in case.premises.catalog.dunnage if dunnage.dunnage_id == part.dunnage_id)
        return data_of_dunnage(next(stocked, None) or materials.dunnage_of(part.dunnage_id), materials)
    except InvalidInputError:
        return PartData()
