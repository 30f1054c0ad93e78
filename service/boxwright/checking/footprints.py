"""Footprints: lines are their products, the plan's are sums over its parcels, and derived legs are as long as told."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from boxwright.checking.reading import ONE, Reading, grains, listed
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.factor import Stage
from boxwright.domain.footprint import Footprint, FootprintLine
from boxwright.domain.lane import Leg, LegDerivation, TransportMode
from boxwright.domain.place import LocatedPlace
from boxwright.domain.plan import Parcel, Plan
from boxwright.stop import NEVER, Stop
from boxwright.units import MG_PER_KG

RADIUS_KM = 6371.0088
"""Mean radius of the Earth (Moritz, Geodetic Reference System 1980)."""
STATED_TO_KM = 0.051
"""Distances are stated to 100 m."""

_WHOLES = {
    Stage.CRADLE_TO_GRAVE: {Stage.PRODUCTION, Stage.END_OF_LIFE},
    Stage.TRANSPORT_WTW: {Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTT},
}
"""Stages that hold others: of one subject a parcel counts the whole or its portions."""
_ONE_MG = ONE * ONE // MG_PER_KG
"""A mg of CO2e as a product of grains: of an amount, and of kg per unit."""

ByName = Mapping[str, Reading]
"""Footprints by profile and allocation: those that differ in either are never added."""
Sums = dict[tuple[object, ...], tuple[float, int]]
"""Amount and mg CO2e by what is counted, factor and data."""


def wrong_footprints(
    plan: Plan, read: Callable[[Footprint], Reading] = Reading, stop: Stop = NEVER
) -> Iterator[PlanViolation]:
    """Yield lines that are not amount x factor, sums of the plan that are not those of its parcels, and false legs.

    Parameters
    ----------
    plan : Plan
        Anybody's.
    read : callable, optional
        Reads a footprint; one that knows what was read already saves doing it again. Default: each is read.
    stop : Stop, optional
        Ends the check with a SearchEndedError. Default: nothing does.
    """
    try:
        whole = _by_name(plan.footprints, read)
        parcels = [_by_name(each.footprints, read) for each in listed(plan.parcels) if isinstance(each, Parcel)]
        details = [*_differences(whole, parcels, stop), *_false_lines(parcels, stop)]
    except ValueError as error:
        details = [f"{error}"]
    for detail in (*details, *_wrong_legs(plan)):
        yield PlanViolation(ViolationKind.WRONG_FOOTPRINT, detail)


def _by_name(footprints: object, read: Callable[[Footprint], Reading]) -> ByName:
    """Return footprints by name; ValueError if one is none, cannot be read or repeats."""
    found: dict[str, Reading] = {}
    for each in listed(footprints):
        if not isinstance(each, Footprint):
            raise ValueError(f"a footprint is {each!r:.80}")
        reading = read(each)
        if reading.fault or reading.name in found:
            raise ValueError(reading.fault or f"two footprints of {reading.name}")
        found[reading.name] = reading
    return found


def _differences(whole: ByName, of_parcels: Sequence[ByName], stop: Stop) -> Iterator[str]:
    for name in dict.fromkeys([*whole, *(name for each in of_parcels for name in each)]):
        portions = [each[name].footprint for each in of_parcels if name in each]
        if name not in whole or len(portions) < len(of_parcels) or not portions:
            count = f"{len(portions)} of {len(of_parcels)} parcels do"
            yield f"{name}: the plan {'has one' if name in whole else 'has none'}, {count}"
            continue
        stated = whole[name].footprint
        if len(portions) == 1 and stated is portions[0]:
            continue
        if len(portions) > 1 or stated.lines != portions[0].lines:
            yield from _unequal(name, _sums([stated], stop), _sums(portions, stop))
        for field in ("mass_data", "missing", "missing_scope"):
            if {*getattr(stated, field)} != {each for portion in portions for each in getattr(portion, field)}:
                yield f"{name}: {field} is {getattr(stated, field)!r:.200}, its parcels say otherwise"


def _sums(footprints: Sequence[Footprint], stop: Stop) -> Sums:
    sums: Sums = {}
    for each in footprints:
        stop.look()
        for line in each.lines:
            ends = (line.low_kg_per_unit, line.high_kg_per_unit)
            factor = (line.factor_id, line.factor_kg_per_unit, *ends, bool(line.read_in_source))
            key = (line.component, line.stage, line.subject, line.unit, line.leg_index, *factor)
            amount, co2e_mg = sums.get(key, (0.0, 0))
            sums[key] = (amount + float(line.amount), co2e_mg + line.co2e_mg)
            for part in line.mass_parts:
                on = (*key, frozenset(part.data))
                sums[on] = (sums.get(on, (0.0, 0))[0] + float(part.amount), 0)
    return sums


def _unequal(name: str, stated: Sums, true: Sums) -> Iterator[str]:
    for key in dict.fromkeys([*stated, *true]):
        amount, co2e_mg = stated.get(key, (0.0, 0))
        true_amount, true_mg = true.get(key, (0.0, 0))
        if co2e_mg != true_mg or not math.isclose(amount, true_amount, rel_tol=1e-9, abs_tol=1e-12):
            figures = f"says {co2e_mg} mg CO2e of {amount:g}, its parcels sum to {true_mg} of {true_amount:g}"
            yield f"{name}, {' '.join(map(str, key))}: {figures}"


def _false_lines(of_parcels: Sequence[ByName], stop: Stop) -> Iterator[str]:
    """Yield what is wrong with the lines of each parcel by themselves."""
    for index, footprints in enumerate(of_parcels):
        for name, reading in footprints.items():
            stages: dict[tuple[str, str], set[Stage]] = defaultdict(set)
            for line in reading.footprint.lines:
                stop.look()
                for detail in _false_line(line):
                    what = f"{line.component}/{line.stage} of {line.subject} by {line.factor_id}"
                    yield f"parcel {index}, {name}, {what}: {detail}"
                stages[line.component, line.subject].add(line.stage)
            for (component, subject), found in stages.items():
                for whole, portions in _WHOLES.items():
                    if whole in found and found & portions:
                        counted = ", ".join(sorted(found & portions))
                        yield f"parcel {index}, {name}, {component} of {subject}: counts {counted} beside {whole}"


def _false_line(line: FootprintLine) -> Iterator[str]:
    factor, low, high = line.factor_kg_per_unit, line.low_kg_per_unit, line.high_kg_per_unit
    product = grains(line.amount) * grains(factor)
    # Amounts are rounded to 34 digits for reading, so a product may miss the half by a trace.
    if abs(line.co2e_mg * _ONE_MG - product) > _ONE_MG // 2 + _ONE_MG // 10**6:
        yield f"says {line.co2e_mg} mg CO2e, its amount times its factor is {product / _ONE_MG:.3f}"
    if (low is not None and low > factor) or (high is not None and high < factor):
        yield f"its factor {factor} lies outside its range, {low} to {high}"


def _wrong_legs(plan: Plan) -> Iterator[str]:
    """Yield each derived leg that does not begin where the last one ends or is of another length than its way allows.

    A flight is the great circle of its ends, any other way is no shorter; and no line of a footprint may belong to a
    leg that there is not.
    """
    legs = listed(plan.legs)
    derived = any(getattr(leg, "derivation", None) is not None for leg in legs)
    previous: LocatedPlace | None = None
    for index, leg in enumerate(legs):
        if isinstance(leg, Leg) and not derived:  # nothing says where a given leg begins
            continue
        if not isinstance(leg, Leg) or not isinstance(leg.derivation, LegDerivation):
            yield f"leg {index} is {leg!r:.80}"
            return
        start, end = leg.derivation.start, leg.derivation.end
        if previous is not None and start != previous:
            yield f"derived leg {index} starts at {start.name}, the last ends at {previous.name}"
        previous, straight = end, _apart_km(start, end)
        flown = leg.mode is TransportMode.AIR
        if leg.distance_km < straight - STATED_TO_KM or (flown and leg.distance_km > straight + STATED_TO_KM):
            way = f"derived leg {index} by {leg.mode.value} is {leg.distance_km:g} km"
            yield f"{way}, its ends are {straight:.1f} km apart"
    if not legs:
        return
    footprints = (each for parcel in listed(plan.parcels) for each in listed(getattr(parcel, "footprints", ())))
    for footprint in footprints:
        for line in listed(getattr(footprint, "lines", ())):
            leg_index = getattr(line, "leg_index", None)
            if type(leg_index) is int and not 0 <= leg_index < len(legs):
                yield f"a line belongs to leg {leg_index} of {len(legs)}"
                return


def _apart_km(start: LocatedPlace, end: LocatedPlace) -> float:
    """Return the great-circle distance in km, from the chord between the two points' vectors."""
    return 2 * RADIUS_KM * math.asin(min(math.dist(_vector(start), _vector(end)) / 2, 1.0))


def _vector(place: LocatedPlace) -> tuple[float, float, float]:
    phi, lam = math.radians(place.latitude), math.radians(place.longitude)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)
