"""Which transport class of a profile a flight is of, by its ends and its distance."""

import enum
from dataclasses import dataclass

from boxwright.domain.fields import Positive, Ruled
from boxwright.domain.source_grade import SourceGrade


class FlightEnds(enum.StrEnum):
    """Where a flight begins and ends, seen from the countries that a profile is for."""

    DOMESTIC = "domestic"
    TO_FROM = "to_from"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class AirClass(Ruled):
    """One rule: flights of these ends, shorter than this, are of this transport class.

    Attributes
    ----------
    ends : FlightEnds
        ``domestic``: both in the profile's countries; ``to_from``: one of them; ``elsewhere``: neither; ``unknown``:
        nobody says; ``any``: the profile does not ask.
    below_km : Decimal or None
        Distances below this, as the leg states it; None: any distance that no rule before it takes.
    vehicle : str
        Transport class of the profile.
    source, note : str
        Where the rule comes from, and what to know of it.
    read_in_source : bool
        Whether the rule was read in its source.
    source_grade : SourceGrade
        How near to its publisher it was read. Default own.
    """

    ends: FlightEnds
    below_km: Positive | None
    vehicle: str
    source: str
    read_in_source: bool
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN

    @property
    def words(self) -> str:
        """The rule in words."""
        where = {
            FlightEnds.DOMESTIC: "within the profile's country",
            FlightEnds.TO_FROM: "to or from the profile's country",
            FlightEnds.ELSEWHERE: "between other countries",
            FlightEnds.UNKNOWN: "between countries that are not known",
            FlightEnds.ANY: "",
        }[self.ends]
        how_far = "" if self.below_km is None else f"below {self.below_km:,} km"
        return " ".join(("class of flights", *filter(None, (where, how_far)))) + (
            "" if self.read_in_source else ", own rule"
        )
