"""The class of a flight: by which rule it is taken, and whether that is a guess."""

from dataclasses import dataclass, replace
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.domain.factor import AccountingProfile, AirClass, EmissionFactor, FlightEnds
from boxwright.domain.lane import Lane, Leg, TransportMode
from boxwright.domain.source_grade import SourceGrade

KNOWN_ENDS = (FlightEnds.DOMESTIC, FlightEnds.TO_FROM, FlightEnds.ELSEWHERE)


@dataclass(frozen=True, slots=True)
class FlightClass:
    """The rule that a flight without a class takes its own by.

    Attributes
    ----------
    rule : AirClass
        It names the class.
    others : tuple of str
        Further classes that the flight may be of, with other factors: it is not known where it begins and ends, or the
        rule is the maintainers' own.
    """

    rule: AirClass
    others: tuple[str, ...]

    @property
    def guessed(self) -> bool:
        """Whether the factor may be another one."""
        return bool(self.others) or (not self.rule.read_in_source and self.rule.ends is not FlightEnds.UNKNOWN)

    def widened(self, factor: EmissionFactor, profile: AccountingProfile, materials: Materials) -> EmissionFactor:
        """Return the factor of a guessed class: unverified, its range as wide as all classes that it may be of.

        At least as wide, too, as that of any other stand-in by the data-quality rule.
        """
        if not self.guessed:
            return factor
        spread = materials.unverified_spread
        alike = [factor, *(found for each in self.others if (found := profile.factor(each, factor.stage)) is not None)]
        low = min(factor.value / spread, *(each.value if each.low is None else each.low for each in alike))
        high = max(factor.value * spread, *(each.value if each.high is None else each.high for each in alike))
        return replace(
            factor, read_in_source=False, source_grade=SourceGrade.OWN, low=low, high=high, range_assumed=True
        )


def flight_countries(lane: Lane | None, leg: Leg) -> tuple[str, str] | None:
    """Return the countries that a flight begins and ends in; None where they are not known.

    Those of its derived ends; else those of the lane, where it is the lane's only flight.
    """
    if leg.derivation is not None:
        return leg.derivation.start.country_code, leg.derivation.end.country_code
    if lane is None or not lane.origin_country or not lane.destination_country:
        return None
    return (lane.origin_country, lane.destination_country) if flights(lane) == 1 else None


def flights(lane: Lane) -> int:
    """Return how many legs of a lane go by air."""
    return sum(each.mode is TransportMode.AIR for each in lane.legs)


def flight_class(leg: Leg, profile: AccountingProfile, lane: Lane | None) -> FlightClass | None:
    """Return the rule that gives a flight its class; None where its leg names one, or the profile has no rule."""
    if leg.mode is not TransportMode.AIR or leg.vehicle or leg.factor_id:
        return None
    distance = Fraction(str(leg.distance_km))
    rule = profile.air_class(distance, profile.flight_ends(flight_countries(lane, leg)))
    if rule is None:
        return None
    if rule.ends is FlightEnds.UNKNOWN:
        possible = [each.vehicle for ends in KNOWN_ENDS if (each := profile.air_class(distance, ends))]
    else:
        possible = [each.vehicle for each in profile.air_classes if each.ends is rule.ends and not rule.read_in_source]
    values = _values(profile, rule.vehicle)
    others = (each for each in dict.fromkeys(possible) if _values(profile, each) != values)
    return FlightClass(rule, tuple(others))


def _values(profile: AccountingProfile, vehicle: str) -> frozenset[tuple[str, str]]:
    return frozenset((each.stage.value, str(each.value)) for each in profile.factors if each.subject == vehicle)
