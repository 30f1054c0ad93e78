"""Amounts: a footprint's lines are laid on what the parcel holds, weighs and travels, and on nothing else.

Worked out here in whole grains, apart from the planner's; only tables are shared. Which lines there must be is the
profile's coverage, and not judged.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TypeGuard

from boxwright.catalog.materials import Materials
from boxwright.checking.case import ParcelCase
from boxwright.checking.listed import listed
from boxwright.checking.reading import ONE, ReadLine
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation, Footprint, PackagingComponent
from boxwright.domain.lane import DistanceKind, Leg, TransportMode
from boxwright.domain.reuse import Reuse
from boxwright.units import MG_PER_KG, MG_PER_TONNE

UM3_PER_M3 = 10**18
TRACE = ONE // 10**9
"""Amounts are rounded to 34 digits for reading, so one may miss what it states by a trace; in grains."""

MG = ONE // MG_PER_KG
"""Grains of a kg in a mg."""

UNITS = {Component.TRANSPORT: "tkm", Component.HUB: "t"}

OF_A_LIFE = (Stage.PRODUCTION, Stage.END_OF_LIFE, Stage.CRADLE_TO_GRAVE)

Held = dict[tuple[str, str, Stage], int]
"""Grains of a kg by component, material and stage."""

Ratio = tuple[int, int]
"""Numerator and denominator."""


def wrong_amounts(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the amounts of a parcel's footprints that are not the mass of its packaging, or its tonne-kilometres."""
    held = _held(case) if listed(case.parcel.footprints) else {}
    for reading in case.footprints:
        footprint = reading.footprint
        if not isinstance(footprint.allocation, Allocation):
            continue  # reported with the footprints
        found = [*_wrong_lives(reading.lines, held), *_wrong_uses(reading.lines, case)]
        if case.premises.legs and any(each.line.component in UNITS for each in reading.lines):
            found += _wrong_ways(reading.lines, footprint, case)
        for detail in found:
            text = f"{footprint.profile_id!s:.80} {footprint.allocation!s:.80}: {detail}"
            yield case.broken(ViolationKind.WRONG_FOOTPRINT, text)


def _held(case: ParcelCase) -> Held:
    """Return by component, material and stage what one use of the parcel takes of it, in grains of a kg.

    Idle stock and trips spread a life; what is lost in making is made as well.
    """
    held: Held = defaultdict(int)
    for part in listed(case.parcel.packaging):
        if not _is_part(part):
            continue  # reported with the packaging
        above, below = (1 + Fraction(str(part.reuse.idle_share))).as_integer_ratio() if part.reuse else (1, 1)
        for stage in OF_A_LIFE:
            made = part.mass_mg + (part.trim_mg if stage is Stage.PRODUCTION else 0)
            held[str(part.component), part.material_id, stage] += made * MG * above // (below * part.trips)
    for each in case.envelopes:
        case.premises.stop.look()
        for inside in each.item.sales_packaging.materials if each.item.sales_packaging else ():
            for stage in OF_A_LIFE:
                held[str(Component.SALES_PACKAGING), inside.material_id, stage] += inside.mass_mg * MG
    return held


def _wrong_lives(lines: Sequence[ReadLine], held: Held) -> Iterator[str]:
    """Yield the materials of which more or less is made, or ends, than the parcel holds."""
    stated: Held = defaultdict(int)
    for each in lines:
        line = each.line
        if line.stage not in OF_A_LIFE:
            continue
        if line.unit == "kg":
            stated[str(line.component), line.subject, line.stage] += each.amount
        else:
            yield f"{line.component}/{line.stage} of {line.subject} is in {line.unit!r:.80}, must be in kg"
    for key, kg in stated.items():
        true_kg = held.get(key, 0)
        if abs(kg - true_kg) > TRACE:
            component, material, stage = key
            yield f"{component}/{stage} of {material} is {_said(kg)} kg, the parcel holds {_said(true_kg)}"


def _wrong_uses(lines: Sequence[ReadLine], case: ParcelCase) -> Iterator[str]:
    """Yield ways back of reusable packaging that are not its mass times its distance, and washings of not one piece."""
    for each in lines:
        line = each.line
        if line.stage is not Stage.REUSE:
            continue
        true = [
            int(part.mass_mg * Fraction(str(part.reuse.return_distance_km)) * ONE / MG_PER_TONNE)
            if line.unit == "tkm"
            else ONE
            for part in listed(case.parcel.packaging)
            if _is_part(part) and part.component == line.component and part.reuse is not None
        ]
        if all(abs(each.amount - amount) > TRACE for amount in true):
            of = ", ".join(map(_said, true)) or "nothing that is used again"
            yield f"{line.component}/{line.stage} of {line.subject} is {line.amount} {line.unit}, the parcel has {of}"


def _wrong_ways(lines: Sequence[ReadLine], footprint: Footprint, case: ParcelCase) -> Iterator[str]:
    """Yield tonne-kilometres that are not load times distance of the leg, and tonnes of hubs that are not the load."""
    legs, materials = case.premises.legs, case.premises.materials
    load = _load_mg(footprint.allocation, case)
    for each in lines:
        line = each.line
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
        if footprint.allocation is Allocation.VOLUME_SHARE:
            load = _by_volume_mg(leg, line.subject, footprint.profile_id, case)
        km: Ratio | None = (1, 1)
        if line.component is Component.TRANSPORT:
            km = _travelled_km(leg.mode, leg.distance_kind, leg.distance_km, materials)
        if load is None or km is None:
            continue
        true = load[0] * km[0] * ONE // (load[1] * km[1] * MG_PER_TONNE)
        if abs(each.amount - true) > TRACE:
            where = f"leg {line.leg_index}, {line.stage} by {line.subject}"
            yield f"{where} is {line.amount} {line.unit}, the parcel makes {_said(true)}"


def _load_mg(allocation: Allocation, case: ParcelCase) -> Ratio | None:
    """Return the mass that a parcel's way is laid on, in mg; None where it is not known here, or by the leg."""
    if allocation is Allocation.MASS:
        return case.gross_mg, 1
    if case.premises.carriage is None or allocation is Allocation.VOLUME_SHARE:
        return None
    biller, _ = case.premises.carriage
    return biller.weigh(case.outer_um, case.gross_mg).chargeable_mg, 1


def _by_volume_mg(leg: Leg, vehicle: str, profile_id: str, case: ParcelCase) -> Ratio | None:
    """Return the mass of a parcel's volume at the mean density of the vehicle's load; None where none is known."""
    if leg.mean_density_kg_per_m3 is not None:
        density = Fraction(str(leg.mean_density_kg_per_m3))
    elif (row := case.premises.materials.mean_density(profile_id, vehicle)) is not None:
        density = Fraction(row.kg_per_m3)
    else:
        return None
    return (density * math.prod(case.outer_um) * MG_PER_KG / UM3_PER_M3).as_integer_ratio()


@lru_cache(maxsize=1_024)
def _travelled_km(
    mode: TransportMode, kind: DistanceKind | None, distance_km: float, materials: Materials
) -> Ratio | None:
    """Return a leg's distance as travelled: as planned, times and plus what its mode's row says."""
    km = Fraction(str(distance_km))
    if kind is DistanceKind.ACTUAL:
        return km.as_integer_ratio()
    rows = [row for row in materials.distance_adjustments if (row.mode, row.distance_kind) == (mode, kind)]
    return (km * Fraction(rows[0].multiplier) + Fraction(rows[0].addend_km)).as_integer_ratio() if rows else None


def _is_part(part: object) -> TypeGuard[PackagingComponent]:
    return (
        isinstance(part, PackagingComponent)
        and all(type(each) is int for each in (part.mass_mg, part.trim_mg, part.trips))
        and part.trips > 0
        and isinstance(part.material_id, str)
        and (part.reuse is None or isinstance(part.reuse, Reuse))
    )


def _said(amount: int) -> str:
    return f"{amount / ONE:.10g}"
