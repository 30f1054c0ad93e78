"""Rates of a parcel's transport: burning and providing fuel on each leg, and hubs."""

from collections.abc import Iterator
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import DistanceAdjustment
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.factor import TONNE_KM, AccountingProfile, Component, Coverage, EmissionFactor, Stage
from boxwright.domain.footprint import Allocation
from boxwright.domain.lack import Lack, NotStated
from boxwright.domain.lane import VAN, DistanceKind, Lane, Leg, TransportMode
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings
from boxwright.footprint.flights import flight_class
from boxwright.footprint.line import Rate
from boxwright.footprint.mass_data import data_of_leg
from boxwright.units import MG_PER_TONNE, UM3_KG_PER_M3_PER_MG

SPLIT = (Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTT)
"""The two stages that sum to WTW."""

FUEL_STAGES = (*SPLIT, Stage.TRANSPORT_WTW)
"""Stages that a leg's ``factor_id`` may name."""

UNITS = {Component.TRANSPORT: TONNE_KM, Component.HUB: "t"}

NO_LEGS = "no legs given"
"""Subject of the entry in ``missing`` for a lane without legs."""

NO_HUBS = "not stated, not counted"
"""Subject of the entry in ``missing`` for a lane with legs that does not state whether hubs count."""

HUB_RULE = "ISO 14083 hub operation: tonnes that leave the hub"
FORCING_RULE = "effects of flight beyond the CO2e of its fuel, separate from the total of the fuel"


def transport_rates(
    allocation: Allocation, lane: Lane | None, profile: AccountingProfile, materials: Materials
) -> Iterator[Rate | Lack]:
    """Yield a rate, or a gap, per leg and stage inside the profile's boundary, and per hub.

    A leg's amount is load times distance travelled, in tonne-kilometres; a hub's is mass, in tonnes. Rates are per mg
    of a parcel's load, or per cubic um by ``VOLUME_SHARE``. A transport class with a well-to-wheel factor has one line;
    any other has one for TTW and one for WTT. Without legs, transport is missing, not zero.

    InvalidInputError if a leg's distance is of a kind without adjustment for its mode, its ``factor_id`` is not a fuel
    row of the profile, its vehicle travels by another mode, or a mean density that the allocation needs is unknown.
    """
    legs = lane.legs if lane else ()
    if lane is None or not legs:
        counted = [stage for stage in SPLIT if _counts(profile, Component.TRANSPORT, stage)]
        yield from (NotStated(Component.TRANSPORT, stage, NO_LEGS) for stage in counted)
        return
    found = Findings()
    for index, leg in enumerate(legs):
        with found.at(f"lane.legs[{index}]"):
            yield from _leg_rates(index, leg, allocation, lane, profile, materials)
        found.raise_any()
        if lane.include_hubs and index + 1 < len(legs):
            yield from _hub_rates(index, leg, allocation, profile)


def unstated_hubs(lane: Lane | None, profile: AccountingProfile) -> Iterator[NotStated]:
    """Yield the hub stages inside the profile's boundary if a lane has legs and does not state whether hubs count."""
    if lane is not None and lane.legs and lane.include_hubs is None:
        counted = [stage for stage in SPLIT if _counts(profile, Component.HUB, stage)]
        yield from (NotStated(Component.HUB, stage, NO_HUBS) for stage in counted)


def vehicle_of(leg: Leg, profile: AccountingProfile, lane: Lane | None) -> str:
    """Return the transport class of a leg under a profile; empty if there is none.

    A flight without a class takes the class by the profile's rule for its ends and distance. InvalidInputError if the
    leg's ``factor_id`` is not a fuel row of the profile, or the class travels by another mode than the leg.
    """
    chosen = None
    if leg.factor_id:
        chosen = profile.factor_of_id(leg.factor_id)
        if chosen is None or chosen.unit != TONNE_KM or chosen.stage not in FUEL_STAGES:
            rule = f"must be a row of profile {profile.profile_id!r} per tonne-kilometre, got {leg.factor_id!r}"
            raise InvalidInputError([FieldViolation("factor_id", rule)])
    by_rule = flight_class(leg, profile, lane)
    default = profile.vehicle(leg.mode) if by_rule is None else by_rule.rule.vehicle
    named = profile.van("diesel") or VAN if leg.vehicle == VAN else leg.vehicle
    vehicle = chosen.subject if chosen else named or default
    mode = profile.mode_of(vehicle)
    if mode is not None and mode is not leg.mode:
        rule = f"must have the mode of its leg, {leg.mode.value}, got {leg.factor_id or vehicle!r} of mode {mode.value}"
        raise InvalidInputError([FieldViolation("factor_id" if chosen else "vehicle", rule)])
    return vehicle


def adjusted_km(leg: Leg, materials: Materials) -> Fraction:
    """Return the distance travelled on a leg in km, exactly.

    ISO 14083 adjusts planned distances (SFD, GCD) by a multiplier and an addend of the mode, since factors are per
    kilometre travelled. Actual distances are not adjusted. InvalidInputError if the mode has no adjustment for the kind
    of distance.
    """
    # The shortest decimal of a float is the number that the caller wrote.
    distance = Fraction(str(leg.distance_km))
    rule = _adjustment(leg, materials)
    return distance if rule is None else distance * Fraction(rule.multiplier) + Fraction(rule.addend_km)


def _adjustment(leg: Leg, materials: Materials) -> DistanceAdjustment | None:
    if leg.distance_kind is DistanceKind.ACTUAL:
        return None
    of_mode = [rule for rule in materials.distance_adjustments if rule.mode is leg.mode]
    for rule in of_mode:
        if rule.distance_kind is leg.distance_kind:
            return rule
    kinds = ", ".join([*(rule.distance_kind.value for rule in of_mode), DistanceKind.ACTUAL.value])
    text = f"must be one of {kinds} for {leg.mode.value}, got {leg.distance_kind}"
    raise InvalidInputError([FieldViolation("distance_kind", text)])


def _adjustment_words(leg: Leg, materials: Materials) -> str:
    rule = _adjustment(leg, materials)
    if rule is None:
        return "actual distance, not adjusted (ISO 14083)"
    addend = f" + {rule.addend_km} km" if rule.addend_km else ""
    return f"ISO 14083 distance adjustment: {rule.distance_kind.value} x {rule.multiplier}{addend}"


def load_of(allocation: Allocation, gross_mg: int, chargeable: ChargeableWeight | None, outer_um3: int | None) -> int:
    """Return a parcel's load: gross mass or chargeable weight in mg, or outer volume in cubic um.

    InvalidInputError if the figure that the allocation needs is unknown.
    """
    if allocation is Allocation.MASS:
        return gross_mg
    field, load = "outer", outer_um3
    if allocation is Allocation.DIMENSIONAL_WEIGHT:
        field, load = "lane.carrier_service", chargeable.chargeable_mg if chargeable else None
    if load is None:
        raise InvalidInputError([FieldViolation(field, f"must be given for the allocation {allocation.value}")])
    return load


def mg_per_load(allocation: Allocation, leg: Leg, vehicle: str, profile_id: str, materials: Materials) -> Fraction:
    """Return the mass in mg that each mg or cubic um of a load stands for, exactly; 1 for a mass.

    By ``VOLUME_SHARE`` it is the mean density of the vehicle's load, so that the parcels that fill a load's volume
    share its mass. InvalidInputError if neither the leg nor the data has a mean density.
    """
    if allocation is not Allocation.VOLUME_SHARE:
        return Fraction(1)
    if leg.mean_density_kg_per_m3 is not None:
        return Fraction(str(leg.mean_density_kg_per_m3)) / UM3_KG_PER_M3_PER_MG
    sourced = materials.mean_density(profile_id, vehicle)
    if sourced is None:
        rule = (
            f"must be given for the allocation {allocation.value}: profile {profile_id!r} has no sourced mean density"
            f" for {leg.mode.value} by {vehicle or 'an unnamed vehicle'}"
        )
        raise InvalidInputError([FieldViolation("mean_density_kg_per_m3", rule)])
    return Fraction(sourced.kg_per_m3) / UM3_KG_PER_M3_PER_MG


def _leg_rates(
    index: int, leg: Leg, allocation: Allocation, lane: Lane, profile: AccountingProfile, materials: Materials
) -> Iterator[Rate | Lack]:
    km = adjusted_km(leg, materials)
    rule = _adjustment_words(leg, materials)
    data = tuple(datum.datum_id for datum in data_of_leg(leg, materials))
    vehicle = vehicle_of(leg, profile, lane)
    by_rule = flight_class(leg, profile, lane)
    if by_rule is not None:
        rule = f"{rule}; {by_rule.rule.words}"
    per_load = mg_per_load(allocation, leg, vehicle, profile.profile_id, materials) * km / MG_PER_TONNE
    rules = {
        stage: rule
        for stage in _stages(vehicle, profile, Component.TRANSPORT)
        if _counts(profile, Component.TRANSPORT, stage)
    }
    if lane.include_radiative_forcing and leg.mode is TransportMode.AIR:
        rules[Stage.RADIATIVE_FORCING] = f"{rule}; {FORCING_RULE}"
    for stage, words in rules.items():
        factor = _factor(vehicle, stage, profile, Component.TRANSPORT)
        if factor is None:
            yield Lack(Component.TRANSPORT, stage, vehicle or f"{leg.mode.value} without a default transport class")
            continue
        if by_rule is not None:
            factor = by_rule.widened(factor, profile, materials)
        yield Rate(Component.TRANSPORT, factor, per_load, leg_index=index, rule=words, data=data)


def _hub_rates(index: int, leg: Leg, allocation: Allocation, profile: AccountingProfile) -> Iterator[Rate | Lack]:
    """Yield the rates of the hub after a leg. By volume they are missing, since no hub has a mean density."""
    hub = leg.hub or profile.default_hub
    for stage in _stages(hub, profile, Component.HUB):
        if not _counts(profile, Component.HUB, stage):
            continue
        factor = None if allocation is Allocation.VOLUME_SHARE else _factor(hub, stage, profile, Component.HUB)
        if factor is None:
            yield Lack(Component.HUB, stage, hub or "hub without a default class")
        else:
            yield Rate(Component.HUB, factor, Fraction(1, MG_PER_TONNE), leg_index=index, rule=HUB_RULE)


def _stages(subject: str, profile: AccountingProfile, component: Component) -> tuple[Stage, ...]:
    """Return WTW if the profile has it for a class, otherwise TTW and WTT."""
    if _factor(subject, Stage.TRANSPORT_WTW, profile, component) is not None:
        return (Stage.TRANSPORT_WTW,)
    return SPLIT


def _factor(subject: str, stage: Stage, profile: AccountingProfile, component: Component) -> EmissionFactor | None:
    """Return the factor of a class and stage, or None if the coverage of the profile states that it has none."""
    if profile.cell(component, stage).coverage is not Coverage.FACTOR:
        return None
    factor = profile.factor(subject, stage)
    return factor if factor is not None and factor.unit == UNITS[component] else None


def _counts(profile: AccountingProfile, component: Component, stage: Stage) -> bool:
    """Return whether a stage has its own lines: it is not part of another line, and is inside the boundary."""
    if stage is Stage.TRANSPORT_WTW:
        return True  # a profile with WTW has no TTW and WTT
    return profile.cell(component, stage).coverage not in (Coverage.INCLUDED, Coverage.OUTSIDE)
