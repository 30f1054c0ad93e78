"""Lines of a parcel's transport: one transport chain element per leg, fuel burnt and fuel provided apart; hubs."""

from collections.abc import Iterator
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.domain.factor import TONNE_KM, AccountingProfile, Component, Coverage, EmissionFactor, Stage
from boxwright.domain.footprint import Allocation
from boxwright.domain.lack import Lack, NotStated
from boxwright.domain.lane import VAN, Lane, Leg, TransportMode
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings
from boxwright.footprint.distance import adjusted_km, adjustment_rule
from boxwright.footprint.flight_class import flight_class
from boxwright.footprint.freight import mg_per_load
from boxwright.footprint.line import Rate
from boxwright.footprint.mass_data import data_of_leg
from boxwright.units import MG_PER_TONNE

SPLIT = (Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTT)
"""The two stages that sum to WTW."""

FUEL_STAGES = (*SPLIT, Stage.TRANSPORT_WTW)
"""Stages that a leg's ``factor_id`` may name."""

UNITS = {Component.TRANSPORT: TONNE_KM, Component.HUB: "t"}


NO_LEGS = "no legs given"
"""What a footprint lacks where the lane has no legs."""

NO_HUBS = "not stated, not counted"
"""What a footprint lacks where the lane has legs and does not say whether hubs count."""

HUB_RULE = "ISO 14083 hub operation: tonnes that leave the hub"
FORCING_RULE = "effects of flight beyond the CO2e of its fuel, apart from the total of the fuel"


def transport_rates(
    allocation: Allocation, lane: Lane | None, profile: AccountingProfile, materials: Materials
) -> Iterator[Rate | Lack]:
    """Yield a line, or the name of what is missing, per leg and stage inside the profile's boundary, then per hub.

    A leg's amount is mass times distance travelled, in tonne-kilometres; a hub's is mass, in tonnes. A transport class
    with one factor well to wheel has one line; any other has one for TTW and one for WTT.

    Parameters
    ----------
    allocation : Allocation
        What of a parcel the lines are of: each is per mg, or per cubic um, of its load.
    lane : Lane or None
        Legs, and whether hubs and radiative forcing count. Without legs, transport is missing, not zero.
    profile : AccountingProfile
        Coverage, factors and default transport classes.
    materials : Materials
        Holds the distance adjustments and mean densities.

    Raises
    ------
    InvalidInputError
        If a leg's distance is of a kind that has no adjustment for its mode, its ``factor_id`` is no row of the profile
        for fuel, its vehicle travels by another mode, or the allocation needs a mean density that is not there.
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
    """Yield the stages of hubs inside the profile's boundary where a lane has legs and says nothing of hubs."""
    if lane is not None and lane.legs and lane.include_hubs is None:
        counted = [stage for stage in SPLIT if _counts(profile, Component.HUB, stage)]
        yield from (NotStated(Component.HUB, stage, NO_HUBS) for stage in counted)


def chosen_factor(leg: Leg, profile: AccountingProfile) -> EmissionFactor | None:
    """Return the factor that a leg's ``factor_id`` names; None where it names none.

    Raises
    ------
    InvalidInputError
        If it is no row of the profile for the fuel of a vehicle.
    """
    if not leg.factor_id:
        return None
    factor = profile.factor_of_id(leg.factor_id)
    if factor is None or factor.unit != TONNE_KM or factor.stage not in FUEL_STAGES:
        rule = f"must be a row of profile {profile.profile_id!r} per tonne-kilometre, got {leg.factor_id!r}"
        raise InvalidInputError([FieldViolation("factor_id", rule)])
    return factor


def vehicle_of(leg: Leg, profile: AccountingProfile, lane: Lane | None) -> str:
    """Return the transport class of a leg of a lane under a profile; empty where there is none.

    A flight without a class is of the one that the profile has for its ends and distance.

    Raises
    ------
    InvalidInputError
        If the leg's ``factor_id`` is no row of the profile for fuel, or the class travels by another mode than the leg.
    """
    chosen = chosen_factor(leg, profile)
    by_rule = flight_class(leg, profile, lane)
    default = profile.vehicle(leg.mode) if by_rule is None else by_rule.rule.vehicle
    named = profile.van("diesel") or VAN if leg.vehicle == VAN else leg.vehicle
    vehicle = chosen.subject if chosen else named or default
    mode = profile.mode_of(vehicle)
    if mode is not None and mode is not leg.mode:
        rule = f"must be of mode {leg.mode.value} as its leg, got {leg.factor_id or vehicle!r} of mode {mode.value}"
        raise InvalidInputError([FieldViolation("factor_id" if chosen else "vehicle", rule)])
    return vehicle


def _leg_rates(
    index: int, leg: Leg, allocation: Allocation, lane: Lane, profile: AccountingProfile, materials: Materials
) -> Iterator[Rate | Lack]:
    km = adjusted_km(leg, materials)
    rule = adjustment_rule(leg, materials)
    data = tuple(each.datum_id for each in data_of_leg(leg, materials))
    vehicle = vehicle_of(leg, profile, lane)
    by_rule = flight_class(leg, profile, lane)
    if by_rule is not None:
        rule = f"{rule}; {by_rule.rule.words}"
    subject = vehicle or f"{leg.mode.value} without a default transport class"
    per_load = mg_per_load(allocation, leg, vehicle, profile.profile_id, materials) * km / MG_PER_TONNE
    for stage in _stages(vehicle, profile, Component.TRANSPORT):
        if _counts(profile, Component.TRANSPORT, stage):
            factor = _factor(vehicle, stage, profile, Component.TRANSPORT)
            if factor is not None and by_rule is not None:
                factor = by_rule.widened(factor, profile, materials)
            rate = _rate(Component.TRANSPORT, factor, per_load, index, rule, data)
            yield rate or Lack(Component.TRANSPORT, stage, subject)
    if lane.include_radiative_forcing and leg.mode is TransportMode.AIR:
        factor = _factor(vehicle, Stage.RADIATIVE_FORCING, profile, Component.TRANSPORT)
        if factor is not None and by_rule is not None:
            factor = by_rule.widened(factor, profile, materials)
        rate = _rate(Component.TRANSPORT, factor, per_load, index, f"{rule}; {FORCING_RULE}", data)
        yield rate or Lack(Component.TRANSPORT, Stage.RADIATIVE_FORCING, subject)


def _hub_rates(index: int, leg: Leg, allocation: Allocation, profile: AccountingProfile) -> Iterator[Rate | Lack]:
    """Yield the lines of the hub after a leg; by volume it is missing, because no hub has a mean density."""
    hub = leg.hub or profile.default_hub
    subject = hub or "hub without a default class"
    for stage in _stages(hub, profile, Component.HUB):
        if not _counts(profile, Component.HUB, stage):
            continue
        factor = None if allocation is Allocation.VOLUME_SHARE else _factor(hub, stage, profile, Component.HUB)
        yield (
            _rate(Component.HUB, factor, Fraction(1, MG_PER_TONNE), index, HUB_RULE)
            or Lack(Component.HUB, stage, subject)
        )


def _stages(subject: str, profile: AccountingProfile, component: Component) -> tuple[Stage, ...]:
    """Return WTW where the profile has it, else TTW and WTT; of one class a profile never has both."""
    if _factor(subject, Stage.TRANSPORT_WTW, profile, component) is not None:
        return (Stage.TRANSPORT_WTW,)
    return SPLIT


def _factor(subject: str, stage: Stage, profile: AccountingProfile, component: Component) -> EmissionFactor | None:
    """Return the factor of a class and stage where the profile's coverage says that it has one."""
    if profile.cell(component, stage).coverage is not Coverage.FACTOR:
        return None
    factor = profile.factor(subject, stage)
    return factor if factor is not None and factor.unit == UNITS[component] else None


def _rate(
    component: Component,
    factor: EmissionFactor | None,
    per_load: Fraction,
    index: int,
    rule: str,
    data: tuple[str, ...] = (),
) -> Rate | None:
    return None if factor is None else Rate(component, factor, per_load, leg_index=index, rule=rule, data=data)


def _counts(profile: AccountingProfile, component: Component, stage: Stage) -> bool:
    """Whether a stage has lines of its own: it is neither in another line nor outside the boundary."""
    if stage is Stage.TRANSPORT_WTW:
        return True  # it stands for TTW and WTT, which are not counted with it
    return profile.cell(component, stage).coverage not in (Coverage.INCLUDED, Coverage.OUTSIDE)
