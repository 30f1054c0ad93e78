"""Chooses the transport class of flights that name none, and says whether it is a guess."""

from dataclasses import dataclass, replace
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.domain.factor import AccountingProfile, AirClass, EmissionFactor, FlightEnds
from boxwright.domain.lane import Lane, Leg, TransportMode
from boxwright.domain.source_grade import SourceGrade

KNOWN_ENDS = (FlightEnds.DOMESTIC, FlightEnds.TO_FROM, FlightEnds.ELSEWHERE)


@dataclass(frozen=True, slots=True)
class FlightClass:
    """The rule that gives a flight its class."""

    rule: AirClass
    others: tuple[str, ...]
    """Other classes with other factors that may apply, if the ends of the flight are unknown or the rule is our own."""

    @property
    def guessed(self) -> bool:
        """Whether another factor may apply."""
        return bool(self.others) or (not self.rule.read_in_source and self.rule.ends is not FlightEnds.UNKNOWN)

    def widened(self, factor: EmissionFactor, profile: AccountingProfile, materials: Materials) -> EmissionFactor:
        """Return the factor of a guessed class as unverified, with a range over all classes that may apply.

        The range is at least that of any stand-in by the data-quality rule.
        """
        if not self.guessed:
            return factor
        spread = materials.unverified_spread
        possible = [factor, *filter(None, (profile.factor(other, factor.stage) for other in self.others))]
        low = min(factor.value / spread, *(row.value if row.low is None else row.low for row in possible))
        high = max(factor.value * spread, *(row.value if row.high is None else row.high for row in possible))
        return replace(
            factor, read_in_source=False, source_grade=SourceGrade.OWN, low=low, high=high, range_assumed=True
        )


def flight_countries(lane: Lane | None, leg: Leg) -> tuple[str, str] | None:
    """Return the countries where a flight begins and ends; None if unknown.

    They are the countries of its derived ends, or of the lane if it has no other flight.
    """
    if leg.derivation is not None:
        return leg.derivation.start.country_code, leg.derivation.end.country_code
    if lane is None or not lane.origin_country or not lane.destination_country:
        return None
    return (lane.origin_country, lane.destination_country) if flights(lane) == 1 else None


def flights(lane: Lane) -> int:
    """Return the number of legs by air."""
    return sum(leg.mode is TransportMode.AIR for leg in lane.legs)


def flight_class(leg: Leg, profile: AccountingProfile, lane: Lane | None) -> FlightClass | None:
    """Return the rule that gives a flight its class; None if its leg names one, or the profile has no rule."""
    if leg.mode is not TransportMode.AIR or leg.vehicle or leg.factor_id:
        return None
    distance = Fraction(str(leg.distance_km))
    rule = profile.air_class(distance, profile.flight_ends(flight_countries(lane, leg)))
    if rule is None:
        return None
    possible = profile.air_classes if not rule.read_in_source else ()
    vehicles = [other.vehicle for other in possible if other.ends is rule.ends]
    if rule.ends is FlightEnds.UNKNOWN:
        vehicles = [other.vehicle for ends in KNOWN_ENDS if (other := profile.air_class(distance, ends))]
    values = _values(profile, rule.vehicle)
    others = (vehicle for vehicle in dict.fromkeys(vehicles) if _values(profile, vehicle) != values)
    return FlightClass(rule, tuple(others))


def _values(profile: AccountingProfile, vehicle: str) -> frozenset[tuple[str, str]]:
    return frozenset((row.stage.value, str(row.value)) for row in profile.factors if row.subject == vehicle)
