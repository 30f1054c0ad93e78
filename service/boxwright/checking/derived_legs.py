"""Legs that a plan says were derived: they join up, and are as long as their ends are apart."""

import math
from collections.abc import Iterator

from boxwright.checking.listed import listed
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.footprint import Footprint, FootprintLine
from boxwright.domain.lane import Leg, LegDerivation, TransportMode
from boxwright.domain.place import LocatedPlace
from boxwright.domain.plan import Parcel, Plan

RADIUS_KM = 6371.0088
"""Mean radius of the Earth (Moritz, Geodetic Reference System 1980)."""

STATED_TO_KM = 0.051
"""Distances are stated to 100 m."""


def wrong_legs(plan: Plan) -> Iterator[PlanViolation]:
    """Yield each derived leg that does not begin where the last one ends or is of another length than its way allows.

    A flight is the great circle of its ends, any other way is no shorter; and no line of a footprint may belong to a
    leg that there is not.
    """
    legs = list(listed(plan.derived_legs))
    if not legs:
        return
    previous: LocatedPlace | None = None
    for index, leg in enumerate(legs):
        if not isinstance(leg, Leg) or not isinstance(leg.derivation, LegDerivation):
            yield _violation(f"derived leg {index} is {leg!r:.80}")
            return
        found = leg.derivation
        if previous is not None and found.start != previous:
            yield _violation(f"derived leg {index} starts at {found.start.name}, the last ends at {previous.name}")
        previous = found.end
        straight = apart_km(found.start, found.end)
        flown = leg.mode is TransportMode.AIR
        if leg.distance_km < straight - STATED_TO_KM or (flown and leg.distance_km > straight + STATED_TO_KM):
            way = f"derived leg {index} by {leg.mode.value} is {leg.distance_km:g} km"
            yield _violation(f"{way}, its ends are {straight:.1f} km apart")
    for parcel in listed(plan.parcels):
        for line in _lines(parcel):
            if line.leg_index is not None and not 0 <= line.leg_index < len(legs):
                yield _violation(f"a line of {line.subject} belongs to leg {line.leg_index} of {len(legs)}")
                return


def apart_km(start: LocatedPlace, end: LocatedPlace) -> float:
    """Return the great-circle distance in km, from the angle between the two points' vectors."""
    a, b = _vector(start), _vector(end)
    cross = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    return RADIUS_KM * math.atan2(math.hypot(*cross), sum(x * y for x, y in zip(a, b, strict=True)))


def _vector(place: LocatedPlace) -> tuple[float, float, float]:
    phi, lam = math.radians(place.latitude), math.radians(place.longitude)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


def _lines(parcel: object) -> Iterator[FootprintLine]:
    for footprint in listed(parcel.footprints) if isinstance(parcel, Parcel) else ():
        if isinstance(footprint, Footprint):
            yield from (line for line in listed(footprint.lines) if isinstance(line, FootprintLine))


def _violation(detail: str) -> PlanViolation:
    return PlanViolation(ViolationKind.WRONG_FOOTPRINT, detail)
