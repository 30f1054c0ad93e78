"""Checks the products and sums in footprints, and the lengths of derived legs."""

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
"""Tolerance of a distance in km: distances are stated to 100 m."""

_WHOLES = {
    Stage.CRADLE_TO_GRAVE: {Stage.PRODUCTION, Stage.END_OF_LIFE},
    Stage.TRANSPORT_WTW: {Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTT},
}
"""Stages that include other stages; for one subject a parcel must not count both."""
_ONE_MG = ONE * ONE // MG_PER_KG
"""1 mg CO2e as a product of grains of an amount and grains of kg per unit."""

ByName = Mapping[str, Reading]
"""Footprints, as read, by profile and allocation."""
Sums = dict[tuple[object, ...], tuple[float, int]]
"""Amount and mg CO2e, by all other fields of a line."""


def wrong_footprints(
    plan: Plan, read: Callable[[Footprint], Reading] = Reading, stop: Stop = NEVER
) -> Iterator[PlanViolation]:
    """Yield lines that are not amount x factor, footprints that are not the sum over parcels, and wrong derived legs.

    ``read`` returns a footprint as read, and may cache it.
    """
    try:
        whole = _by_name(plan.footprints, read)
        parcels = [_by_name(parcel.footprints, read) for parcel in listed(plan.parcels) if isinstance(parcel, Parcel)]
        details = [*_differences(whole, parcels, stop), *_false_lines(parcels, stop)]
    except ValueError as error:
        details = [f"{error}"]
    for detail in (*details, *_wrong_legs(plan)):
        yield PlanViolation(ViolationKind.WRONG_FOOTPRINT, detail)


def _by_name(footprints: object, read: Callable[[Footprint], Reading]) -> ByName:
    """Return footprints by name; ValueError if a footprint is malformed or repeated."""
    found: dict[str, Reading] = {}
    for footprint in listed(footprints):
        if not isinstance(footprint, Footprint):
            raise ValueError(f"must be a footprint, got {footprint!r:.80}")
        reading = read(footprint)
        if reading.fault or reading.name in found:
            raise ValueError(reading.fault or f"{reading.name} has two footprints")
        found[reading.name] = reading
    return found


def _differences(whole: ByName, of_parcels: Sequence[ByName], stop: Stop) -> Iterator[str]:
    for name in dict.fromkeys([*whole, *(name for footprints in of_parcels for name in footprints)]):
        portions = [footprints[name].footprint for footprints in of_parcels if name in footprints]
        if name not in whole or len(portions) < len(of_parcels) or not portions:
            of_plan = "a footprint" if name in whole else "no footprint"
            yield f"{name}: the plan has {of_plan}, but {len(portions)} of its {len(of_parcels)} parcels have one"
            continue
        stated = whole[name].footprint
        if len(portions) == 1 and stated is portions[0]:
            continue
        if len(portions) > 1 or stated.lines != portions[0].lines:
            yield from _unequal(name, _sums([stated], stop), _sums(portions, stop))
        for field in ("mass_data", "missing", "missing_scope"):
            if {*getattr(stated, field)} != {entry for portion in portions for entry in getattr(portion, field)}:
                yield f"{name}: {field} must be the union over the parcels, got {getattr(stated, field)!r:.200}"


def _sums(footprints: Sequence[Footprint], stop: Stop) -> Sums:
    sums: Sums = {}
    for footprint in footprints:
        stop.look()
        for line in footprint.lines:
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
            figures = (
                f"the parcels sum to {true_mg} mg CO2e for {true_amount:g}, the plan states {co2e_mg} for {amount:g}"
            )
            yield f"{name}, {' '.join(map(str, key))}: {figures}"


def _false_lines(of_parcels: Sequence[ByName], stop: Stop) -> Iterator[str]:
    """Yield the lines of the parcels that are wrong by themselves."""
    for index, footprints in enumerate(of_parcels):
        for name, reading in footprints.items():
            stages: dict[tuple[str, str], set[Stage]] = defaultdict(set)
            for line in reading.footprint.lines:
                stop.look()
                for detail in _false_line(line):
                    words = f"{line.component}/{line.stage} of {line.subject} by {line.factor_id}"
                    yield f"parcel {index}, {name}, {words}: {detail}"
                stages[line.component, line.subject].add(line.stage)
            for (component, subject), found in stages.items():
                for whole, portions in _WHOLES.items():
                    if whole in found and found & portions:
                        counted = ", ".join(sorted(found & portions))
                        twice = f"{whole} includes {counted}, which is counted twice"
                        yield f"parcel {index}, {name}, {component} of {subject}: {twice}"


def _false_line(line: FootprintLine) -> Iterator[str]:
    factor, low, high = line.factor_kg_per_unit, line.low_kg_per_unit, line.high_kg_per_unit
    product = grains(line.amount) * grains(factor)
    # Amounts are stated with 34 digits, so a product that should be an exact half may be slightly off.
    if abs(line.co2e_mg * _ONE_MG - product) > _ONE_MG // 2 + _ONE_MG // 10**6:
        yield f"co2e_mg must be amount times factor, {product / _ONE_MG:.3f}, got {line.co2e_mg}"
    if (low is not None and low > factor) or (high is not None and high < factor):
        yield f"factor must be in its range, {low} to {high}, got {factor}"


def _wrong_legs(plan: Plan) -> Iterator[str]:
    """Yield derived legs that do not connect or have a wrong length, and lines about legs that do not exist."""
    legs = listed(plan.legs)
    derived = any(getattr(leg, "derivation", None) is not None for leg in legs)
    previous: LocatedPlace | None = None
    for index, leg in enumerate(legs):
        if isinstance(leg, Leg) and not derived:  # stated legs name no places
            continue
        if not isinstance(leg, Leg) or not isinstance(leg.derivation, LegDerivation):
            yield f"derived leg {index} is malformed: {leg!r:.80}"
            return
        start, end = leg.derivation.start, leg.derivation.end
        if previous is not None and start != previous:
            yield f"derived leg {index} must start at {previous.name}, where the leg before ends, got {start.name}"
        previous, straight = end, _apart_km(start, end)
        flown = leg.mode is TransportMode.AIR
        if leg.distance_km < straight - STATED_TO_KM or (flown and leg.distance_km > straight + STATED_TO_KM):
            way = f"derived leg {index} by {leg.mode.value} is {leg.distance_km:g} km"
            yield f"{way}, its ends are {straight:.1f} km apart"
    if not legs:
        return
    footprints = [
        footprint for parcel in listed(plan.parcels) for footprint in listed(getattr(parcel, "footprints", ()))
    ]
    lines = (line for footprint in footprints for line in listed(getattr(footprint, "lines", ())))
    stated = (getattr(line, "leg_index", None) for line in lines)
    wrong = next((index for index in stated if type(index) is int and not 0 <= index < len(legs)), None)
    if wrong is not None:
        yield f"leg_index of a line must be from 0 to {len(legs) - 1}, got {wrong}"


def _apart_km(start: LocatedPlace, end: LocatedPlace) -> float:
    """Return the great-circle distance between two places in km, computed from the chord."""
    return 2 * RADIUS_KM * math.asin(min(math.dist(_vector(start), _vector(end)) / 2, 1.0))


def _vector(place: LocatedPlace) -> tuple[float, float, float]:
    phi, lam = math.radians(place.latitude), math.radians(place.longitude)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)
