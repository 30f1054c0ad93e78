"""Amounts: a footprint's lines are laid on what the parcel holds, weighs and travels, and on nothing else.

Worked out here in fractions, apart from the planner's; only tables are shared. Which lines there must be is the
profile's coverage, and not judged.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeGuard

from boxwright import fuse
from boxwright.catalog.materials import Materials
from boxwright.checking.case import ParcelCase
from boxwright.checking.envelope import Envelope
from boxwright.checking.listed import listed
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation, Footprint, FootprintLine, PackagingComponent
from boxwright.domain.lane import DistanceKind, Leg
from boxwright.domain.mass_datum import MassDatum, MassPart
from boxwright.domain.plan import Parcel
from boxwright.domain.reuse import Reuse
from boxwright.units import MG_PER_KG, MG_PER_TONNE

UM3_PER_M3 = 10**18
TRACE = Fraction(1, 10**9)
"""Amounts are rounded to 34 digits for reading, so one may miss what it states by a trace."""

MOST_DIGITS = 40
"""Figures beyond 1e40, or nearer to nothing than 1e-40, are none: written out they would take any memory there is."""
UNITS = {Component.TRANSPORT: "tkm", Component.HUB: "t"}

OF_A_LIFE = (Stage.PRODUCTION, Stage.END_OF_LIFE, Stage.CRADLE_TO_GRAVE)


def wrong_amounts(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the amounts of a parcel's footprints that are not the mass of its packaging, or its tonne-kilometres."""
    stated, legs = listed(case.parcel.footprints), case.premises.legs
    held = _held_mg(case.parcel, case.envelopes) if stated else {}
    for footprint in stated:
        if not isinstance(footprint, Footprint) or not isinstance(footprint.allocation, Allocation):
            continue  # reported with the footprints
        lines = [line for line in listed(footprint.lines) if is_line(line)]
        found = [*_wrong_lives(lines, held), *_wrong_uses(lines, case.parcel)]
        if legs and any(line.component in UNITS for line in lines):
            found += _wrong_ways(lines, footprint, case)
        for detail in found:
            text = f"{footprint.profile_id!s:.80} {footprint.allocation!s:.80}: {detail}"
            yield case.broken(ViolationKind.WRONG_FOOTPRINT, text)


def _held_mg(parcel: Parcel, envelopes: Sequence[Envelope]) -> dict[tuple[str, str, Stage], Fraction]:
    """Return by component, material and stage what one use of the parcel takes of it, in mg.

    Idle stock and trips spread a life; what is lost in making is made as well.
    """
    held: dict[tuple[str, str, Stage], Fraction] = defaultdict(Fraction)
    for part in listed(parcel.packaging):
        if not _is_part(part):
            continue  # reported with the packaging
        uses = part.trips / (1 + Fraction(str(part.reuse.idle_share))) if part.reuse else Fraction(part.trips)
        for stage in OF_A_LIFE:
            made = part.mass_mg + (part.trim_mg if stage is Stage.PRODUCTION else 0)
            held[str(part.component), part.material_id, stage] += made / uses
    for each in envelopes:
        fuse.look()
        for inside in each.item.sales_packaging.materials if each.item.sales_packaging else ():
            for stage in OF_A_LIFE:
                held[str(Component.SALES_PACKAGING), inside.material_id, stage] += inside.mass_mg
    return held


def _wrong_lives(lines: Sequence[FootprintLine], held: dict[tuple[str, str, Stage], Fraction]) -> Iterator[str]:
    """Yield the materials of which more or less is made, or ends, than the parcel holds."""
    stated: dict[tuple[str, str, Stage], Fraction] = defaultdict(Fraction)
    for line in lines:
        if line.stage not in OF_A_LIFE:
            continue
        if line.unit == "kg":
            stated[str(line.component), line.subject, line.stage] += Fraction(line.amount)
        else:
            yield f"{line.component}/{line.stage} of {line.subject} is in {line.unit!r:.80}, must be in kg"
    for key, kg in stated.items():
        true_kg = held.get(key, Fraction(0)) / MG_PER_KG
        if abs(kg - true_kg) > TRACE:
            component, material, stage = key
            yield f"{component}/{stage} of {material} is {_said(kg)} kg, the parcel holds {_said(true_kg)}"


def _wrong_uses(lines: Sequence[FootprintLine], parcel: Parcel) -> Iterator[str]:
    """Yield ways back of reusable packaging that are not its mass times its distance, and washings of not one piece."""
    for line in lines:
        if line.stage is not Stage.REUSE:
            continue
        true = [
            part.mass_mg * Fraction(str(part.reuse.return_distance_km)) / MG_PER_TONNE if line.unit == "tkm" else 1
            for part in listed(parcel.packaging)
            if _is_part(part) and part.component == line.component and part.reuse is not None
        ]
        if all(abs(Fraction(line.amount) - each) > TRACE for each in true):
            of = ", ".join(_said(Fraction(each)) for each in true) or "nothing that is used again"
            yield f"{line.component}/{line.stage} of {line.subject} is {line.amount} {line.unit}, the parcel has {of}"


def _wrong_ways(lines: Sequence[FootprintLine], footprint: Footprint, case: ParcelCase) -> Iterator[str]:
    """Yield tonne-kilometres that are not load times distance of the leg, and tonnes of hubs that are not the load."""
    legs, materials = case.premises.legs, case.premises.materials
    loads = {Allocation.MASS: case.gross_mg}
    if case.premises.carriage is not None:
        biller, _ = case.premises.carriage
        loads[Allocation.DIMENSIONAL_WEIGHT] = biller.weigh(case.outer_um, case.gross_mg).chargeable_mg
    outer_um3 = math.prod(case.outer_um)
    for line in lines:
        unit = UNITS.get(line.component)
        if unit is None:
            continue
        if line.unit != unit:
            yield f"{line.component}/{line.stage} of {line.subject} is in {line.unit!r:.80}, must be in {unit}"
        if line.leg_index is None:
            yield f"a line of {line.subject} belongs to no leg"
            continue
        if not 0 <= line.leg_index < len(legs):
            yield f"a line of {line.subject} belongs to leg {line.leg_index} of {len(legs)}"
            continue
        leg = legs[line.leg_index]
        load: Fraction | int | None = loads.get(footprint.allocation)
        if footprint.allocation is Allocation.VOLUME_SHARE:
            load = _by_volume_mg(leg, line.subject, footprint.profile_id, outer_um3, materials)
        km = _travelled_km(leg, materials) if line.component is Component.TRANSPORT else Fraction(1)
        if load is None or km is None:
            continue
        true = load * km / MG_PER_TONNE
        if abs(Fraction(line.amount) - true) > TRACE:
            where = f"leg {line.leg_index}, {line.stage} by {line.subject}"
            yield f"{where} is {line.amount} {line.unit}, the parcel makes {_said(Fraction(true))}"


def _by_volume_mg(leg: Leg, vehicle: str, profile_id: str, outer_um3: int, materials: Materials) -> Fraction | None:
    """Return the mass of a parcel's volume at the mean density of the vehicle's load; None where none is known."""
    if leg.mean_density_kg_per_m3 is not None:
        density = Fraction(str(leg.mean_density_kg_per_m3))
    elif (row := materials.mean_density(profile_id, vehicle)) is not None:
        density = Fraction(row.kg_per_m3)
    else:
        return None
    return density * outer_um3 * MG_PER_KG / UM3_PER_M3


def _travelled_km(leg: Leg, materials: Materials) -> Fraction | None:
    """Return a leg's distance as travelled: as planned, times and plus what its mode's row says."""
    km = Fraction(str(leg.distance_km))
    if leg.distance_kind is DistanceKind.ACTUAL:
        return km
    rows = [
        row for row in materials.distance_adjustments if (row.mode, row.distance_kind) == (leg.mode, leg.distance_kind)
    ]
    return km * Fraction(rows[0].multiplier) + Fraction(rows[0].addend_km) if rows else None


def is_line(line: object) -> TypeGuard[FootprintLine]:
    """Whether a line is one, so far as its figures and names can be used."""
    return (
        isinstance(line, FootprintLine)
        and is_figure(line.amount)
        and is_figure(line.factor_kg_per_unit)
        and (line.high_kg_per_unit is None or is_figure(line.high_kg_per_unit))
        and (line.leg_index is None or type(line.leg_index) is int)
        and isinstance(line.subject, str)
        and isinstance(line.component, Component)
        and isinstance(line.stage, Stage)
    )


def is_mass_part(part: object) -> TypeGuard[MassPart]:
    """Whether a part of an amount is one that can be read."""
    return (
        isinstance(part, MassPart)
        and isinstance(part.data, tuple)
        and all(isinstance(name, str) for name in part.data)
        and is_figure(part.amount)
    )


def is_mass_datum(datum: object) -> TypeGuard[MassDatum]:
    """Whether a datum is one that can be read."""
    return (
        isinstance(datum, MassDatum)
        and isinstance(datum.datum_id, str)
        and type(datum.read_in_source) is bool
        and is_figure(datum.low)
        and is_figure(datum.high)
    )


def is_figure(value: object) -> TypeGuard[Decimal]:
    """Whether a value is a decimal number that can be reckoned with."""
    return isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= MOST_DIGITS


def _is_part(part: object) -> TypeGuard[PackagingComponent]:
    return (
        isinstance(part, PackagingComponent)
        and all(type(each) is int for each in (part.mass_mg, part.trim_mg, part.trips))
        and part.trips > 0
        and isinstance(part.material_id, str)
        and (part.reuse is None or isinstance(part.reuse, Reuse))
    )


def _said(amount: Fraction) -> str:
    return f"{float(amount):.10g}"
