"""Derives the legs of a lane from its origin and destination."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from boxwright.catalog import Materials, load_materials
from boxwright.catalog.places import Places
from boxwright.domain.lane import VAN, DistanceKind, Lane, Leg, LegDerivation, TransportMode
from boxwright.domain.place import LocatedPlace, Place, PlacePrecision
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings
from boxwright.routing.great_circle import point_along
from boxwright.routing.locate import air_gateway, airport_of, apart_km, locate, port_of, sea_gateway
from boxwright.routing.ports import data_set as port_data_set
from boxwright.routing.ports import sea_km

IATA_CODE = 3
"""Length of an IATA code, with which the name of an airport begins."""

GROUND = (TransportMode.ROAD, TransportMode.RAIL)


@dataclass(frozen=True, slots=True)
class _End:
    field: str
    place: Place
    located: LocatedPlace


def derive(lane: Lane, materials: Materials | None = None) -> Lane:
    """Return a lane with legs derived from its origin and destination; without ``derive_legs`` the lane itself.

    Without a main mode the rule of ``docs/footprint.md`` applies: by road if a road connects the ends, and they are in
    one country or not far apart; otherwise by air. Road and rail run from door to door, with vans for the first and
    last stretch; air and sea run between gateways, which are reached by road. Road and rail distances are the great
    circle times a detour factor (SFD), air distances the great circle (GCD), sea distances the shortest route over
    shipping lanes (SFD).

    Parameters
    ----------
    lane : Lane
        The lane; legs are derived if ``derive_legs`` is set.
    materials : Materials, optional
        Default: those of the data folder.

    Raises
    ------
    InvalidInputError
        If a place cannot be located, both places are the same, or the main mode does not connect them.
    UnsupportedError
        If airports or ports are needed, and the extra ``routing`` is not installed.
    """
    if not lane.derive_legs or lane.origin is None or lane.destination is None:
        return lane
    places = (materials or load_materials()).places
    start, end = _ends(lane.origin, lane.destination, places)
    mode = lane.main_mode or _main_mode(start.located, end.located, places)
    if mode in GROUND:
        legs = _stretches(mode, start.located, end.located, places, "door to door", vans=(True, True))
    else:
        legs = _through_gateways(mode, start, end, places)
    return replace(lane, legs=tuple(legs), derive_legs=False, main_mode=None)


def check_places(lane: Lane, materials: Materials) -> None:
    """Raise as ``derive`` does if a lane's places cannot be located or are the same."""
    if lane.origin is not None and lane.destination is not None:
        _ends(lane.origin, lane.destination, materials.places)


def derivation_warnings(lane: Lane | None, materials: Materials | None = None) -> list[PlanWarning]:
    """Return warnings about derived legs: coarse places, unverified detours and doubtful gateways."""
    legs = [leg for leg in (lane.legs if lane else ()) if leg.derivation is not None]
    if not legs:
        return []
    places = (materials or load_materials()).places
    points = dict.fromkeys(
        point for leg in legs if leg.derivation for point in (leg.derivation.start, leg.derivation.end)
    )
    found = [
        PlanWarning(
            WarningCode.COARSE_PLACE,
            _field_of(point, legs),
            f"{point.name} is located by country only, up to {point.spread_km:,.0f} km off: give a postal code",
        )
        for point in points
        if point.precision is PlacePrecision.COUNTRY
    ]
    for mode in dict.fromkeys(leg.mode for leg in legs if leg.mode in GROUND):
        detour = places.detours.get(mode)
        if detour is not None and not detour.read_in_source:
            text = f"the detour factor of {mode.value} legs is unverified: {detour.note}"
            found.append(PlanWarning(WarningCode.UNVERIFIED_DETOUR, "lane.derive_legs", text))
    return [*found, *_idle_gateways(lane, legs), *_small_airports(lane, legs, places), *_far_gateways(legs, places)]


def _idle_gateways(lane: Lane | None, legs: Sequence[Leg]) -> Iterator[PlanWarning]:
    """Yield a warning for each airport or port that the lane names and no derived leg uses."""
    passed = {point.name.split()[0] for leg in legs if (way := leg.derivation) for point in (way.start, way.end)}
    modes = " and ".join(dict.fromkeys(leg.mode.value for leg in legs if leg.vehicle != VAN))
    for field, place in () if lane is None else (("origin", lane.origin), ("destination", lane.destination)):
        for kind, code in () if place is None else (("port", place.un_locode), ("airport", place.airport_code)):
            if code and code not in passed:
                text = f"{kind} {code} is not used: the route goes by {modes} and does not pass it"
                yield PlanWarning(WarningCode.IDLE_GATEWAY, f"lane.{field}", text)


def _small_airports(lane: Lane | None, legs: Sequence[Leg], places: Places) -> Iterator[PlanWarning]:
    """Yield a warning for each derived airport that is not known as a cargo airport."""
    if lane is None:
        return
    for way in (leg.derivation for leg in legs if leg.mode is TransportMode.AIR and leg.derivation):
        for field, place, gate in (("origin", lane.origin, way.start), ("destination", lane.destination, way.end)):
            code = gate.name[:IATA_CODE]
            if place is not None and not place.airport_code and code not in places.cargo_airports:
                text = f"the flight uses {gate.name}, which is not known to take freighters: name an airport_code"
                yield PlanWarning(WarningCode.SMALL_AIRPORT, f"lane.{field}", text)


def _far_gateways(legs: Sequence[Leg], places: Places) -> Iterator[PlanWarning]:
    """Yield a warning for each suspiciously long route over land between an end of a lane and its gateway.

    The gateway is where the flight or voyage begins or ends, even if the end is a port and the gateway an airport.
    """
    most = places.rules["gateway_warning_km"]
    ways = [(by_land, list(group)) for by_land, group in itertools.groupby(legs, key=lambda leg: leg.mode in GROUND)]
    for at in {0, len(ways) - 1} if len(ways) > 1 else ():
        by_land, way = ways[at]
        first, last = way[0].derivation, way[-1].derivation
        km = sum(leg.distance_km for leg in way)
        if not by_land or first is None or last is None or km <= most:
            continue
        end, gate = (first.start, last.end) if at == 0 else (last.end, first.start)
        what = "an airport" if gate.precision is PlacePrecision.AIRPORT else "a port"
        far = f"the gateway {gate.name} is {km:,.0f} km by road from {end.name}"
        text = f"{far}, more than {most} km: name {what} if it is another one"
        yield PlanWarning(WarningCode.FAR_GATEWAY, _field_of(end, legs), text)


def _field_of(point: LocatedPlace, legs: Sequence[Leg]) -> str:
    first, last = legs[0].derivation, legs[-1].derivation
    if first is not None and point == first.start:
        return "lane.origin"
    return "lane.destination" if last is not None and point == last.end else "lane"


def _ends(origin: Place, destination: Place, places: Places) -> tuple[_End, _End]:
    found = Findings("lane")
    ends = []
    for field, place in (("origin", origin), ("destination", destination)):
        with found.at(field):
            ends.append(_End(field, place, locate(place, places)))
            # A named gateway must be known even if the route does not pass it.
            _ = (place.airport_code and airport_of(place), place.un_locode and port_of(place, places))
    found.raise_any()
    start, end = ends
    if apart_km(start.located, end.located) < places.rules["shortest_leg_km"]:
        rule = f"must differ from origin: both are located at {start.located.name}"
        raise InvalidInputError([FieldViolation("lane.destination", rule)])
    return start, end


def _main_mode(start: LocatedPlace, end: LocatedPlace, places: Places) -> TransportMode:
    at_home = start.country_code == end.country_code
    near = apart_km(start, end) <= places.rules["far_km"]
    drivable = places.joined(start.country_code, end.country_code)
    return TransportMode.ROAD if drivable and (at_home or near) else TransportMode.AIR


def _through_gateways(mode: TransportMode, start: _End, end: _End, places: Places) -> list[Leg]:
    choose = air_gateway if mode is TransportMode.AIR else sea_gateway
    gates, found = [], Findings("lane")
    for side in (start, end):
        with found.at(side.field):
            gates.append(choose(side.place, side.located, places))
    found.raise_any()
    (out, out_why), (into, into_why) = gates
    if out == into:
        rule = f"must not be {mode.value}: {out.name} is the gateway of both places"
        raise InvalidInputError([FieldViolation("lane.main_mode", rule)])
    legs = []
    if apart_km(start.located, out) >= places.rules["shortest_leg_km"]:
        what, vans = f"to the {out_why}", (True, False)
        legs += _stretches(TransportMode.ROAD, start.located, out, places, what, vans=vans)
    legs.append(_flight(out, into) if mode is TransportMode.AIR else _voyage(out, into))
    if apart_km(into, end.located) >= places.rules["shortest_leg_km"]:
        what, vans = f"from the {into_why}", (False, True)
        legs += _stretches(TransportMode.ROAD, into, end.located, places, what, vans=vans)
    return legs


def _stretches(
    mode: TransportMode,
    start: LocatedPlace,
    end: LocatedPlace,
    places: Places,
    what: str,
    *,
    vans: tuple[bool, bool],
) -> list[Leg]:
    """Return a route over land with a van on its first stretch, last stretch or both; a short route is by van only."""
    whole = _ground(mode, start, end, places, what)
    van_km = places.rules["van_km"]
    if whole.distance_km <= sum(vans) * van_km:
        by_van = _ground(TransportMode.ROAD, start, end, places, what)
        return [replace(by_van, vehicle=VAN)]
    share = van_km / whole.distance_km
    first = _along(start, end, share, start, f"handover {van_km} km from {start.name}") if vans[0] else start
    last = _along(start, end, 1 - share, end, f"handover {van_km} km before {end.name}") if vans[1] else end
    legs = [_ground(mode, first, last, places, what)]
    if vans[0]:
        legs.insert(0, replace(_ground(TransportMode.ROAD, start, first, places, "by van"), vehicle=VAN))
    if vans[1]:
        legs.append(replace(_ground(TransportMode.ROAD, last, end, places, "by van"), vehicle=VAN))
    return legs


def _along(start: LocatedPlace, end: LocatedPlace, share: float, near: LocatedPlace, name: str) -> LocatedPlace:
    latitude, longitude = point_along((start.latitude, start.longitude), (end.latitude, end.longitude), share)
    return LocatedPlace(
        name, near.country_code, PlacePrecision.HANDOVER, latitude, longitude, near.spread_km, near.data_set
    )


def _ground(mode: TransportMode, start: LocatedPlace, end: LocatedPlace, places: Places, what: str) -> Leg:
    if not places.joined(start.country_code, end.country_code):
        rule = f"must not be {mode.value}: no road or rail connects {start.name} with {end.name}"
        raise InvalidInputError([FieldViolation("lane.main_mode", rule)])
    detour = places.detours.get(mode)
    if detour is None:
        rule = f"must not be {mode.value}, which has no detour factor: give legs with their distances"
        raise InvalidInputError([FieldViolation("lane.main_mode", rule)])
    straight = apart_km(start, end)
    formula = f"{what}: great circle {straight:.1f} km x {detour.multiplier} (detour, {detour.source})"
    return _leg(mode, straight * float(detour.multiplier), DistanceKind.SFD, start, end, formula)


def _flight(start: LocatedPlace, end: LocatedPlace) -> Leg:
    return _leg(TransportMode.AIR, apart_km(start, end), DistanceKind.GCD, start, end, "great circle of the airports")


def _voyage(start: LocatedPlace, end: LocatedPlace) -> Leg:
    km = sea_km(start, end)
    if km is None:
        rule = f"must not be sea: no shipping lane connects {start.name} with {end.name}"
        raise InvalidInputError([FieldViolation("lane.main_mode", rule)])
    formula = f"shortest route over shipping lanes, {port_data_set()}"
    return _leg(TransportMode.SEA, km, DistanceKind.SFD, start, end, formula)


def _leg(
    mode: TransportMode, km: float, kind: DistanceKind, start: LocatedPlace, end: LocatedPlace, formula: str
) -> Leg:
    # Rounded to 100 m, so that small differences between machines do not show.
    return Leg(mode, round(km, 1), kind, derivation=LegDerivation(start, end, formula))
