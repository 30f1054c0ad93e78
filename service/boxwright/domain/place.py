"""Places as callers name them, and as data sets locate them."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from boxwright.domain.fields import Ruled, fits, shown
from boxwright.errors import FieldViolation

MAX_POSTAL_CODE = 16


class PlacePrecision(enum.StrEnum):
    """Precision of a located place, from exact to coarse; a handover to or from a van lies on a derived leg."""

    AIRPORT = "airport"
    PORT = "port"
    POSTAL_REGION = "postal_region"
    COUNTRY = "country"
    HANDOVER = "handover"


CountryCode = Annotated[str, fits("[A-Z]{2}", "must be an ISO 3166-1 alpha-2 country code")]
PostalCode = Annotated[
    str,
    fits(
        rf"(?!\s)(?s:.){{,{MAX_POSTAL_CODE}}}(?<!\s)",
        f"must be a text of at most {MAX_POSTAL_CODE} characters without leading or trailing blanks",
    ),
]
UnLocode = Annotated[str, fits("[A-Z]{2}[A-Z0-9]{3}|", "must be a UN/LOCODE without a blank, such as DEHAM")]
AirportCode = Annotated[str, fits("[A-Z]{3}|", "must be an IATA airport code, such as FRA")]


@dataclass(frozen=True, slots=True)
class Place(Ruled):
    """A place, as exactly as it is known."""

    country_code: CountryCode
    """ISO 3166-1 alpha-2, upper case, such as ``DE``."""
    postal_code: PostalCode = ""
    """Postal code as written in that country."""
    un_locode: UnLocode = ""
    """UN/LOCODE of a port without a blank, such as ``DEHAM``."""
    airport_code: AirportCode = ""
    """IATA code of an airport, such as ``FRA``."""

    @property
    def words(self) -> str:
        """The place as text, such as ``DE 20457 by DEHAM``."""
        gateways = " and ".join(code for code in (self.un_locode, self.airport_code) if code)
        return " ".join(part for part in (self.country_code, self.postal_code, gateways and f"by {gateways}") if part)

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.un_locode and self.un_locode[:2] != self.country_code:
            yield FieldViolation("un_locode", f"must lie in country {self.country_code}, got {shown(self.un_locode)}")


@dataclass(frozen=True, slots=True)
class LocatedPlace:
    """The point that a data set gives for a place."""

    name: str
    """Name in the data set, such as ``DE 204`` or ``FRA Frankfurt am Main Airport``."""
    country_code: str
    precision: PlacePrecision
    latitude: float
    longitude: float
    """Latitude in degrees north, longitude in degrees east."""
    spread_km: float
    """Maximum distance between the place and the point, by the data set; 0 for an airport or a port."""
    data_set: str
