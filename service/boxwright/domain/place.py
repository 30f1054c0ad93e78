"""Places: as a caller names them, and as a data set locates them."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from boxwright.domain.fields import Ruled, shown
from boxwright.errors import FieldViolation

MAX_POSTAL_CODE = 16
"""Most characters of a postal code."""


class PlacePrecision(enum.StrEnum):
    """By what a place was located, from exact to coarse; a handover from or to a van lies on a derived way."""

    AIRPORT = "airport"
    PORT = "port"
    POSTAL_REGION = "postal_region"
    COUNTRY = "country"
    HANDOVER = "handover"


@dataclass(frozen=True, slots=True)
class Place(Ruled):
    """A place, as exactly as it is known.

    Parameters
    ----------
    country_code : str
        ISO 3166-1 alpha-2, upper case, such as ``DE``.
    postal_code : str, optional
        As written in that country.
    un_locode : str, optional
        UN/LOCODE of a port without a blank, such as ``DEHAM``.
    airport_code : str, optional
        IATA code of an airport, such as ``FRA``.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    country_code: str
    postal_code: str = ""
    un_locode: str = ""
    airport_code: str = ""

    @property
    def words(self) -> str:
        """The place as people read it, such as ``DE 20457 by DEHAM``."""
        gateways = " and ".join(each for each in (self.un_locode, self.airport_code) if each)
        return " ".join(each for each in (self.country_code, self.postal_code, gateways and f"by {gateways}") if each)

    def _broken_rules(self) -> Iterator[FieldViolation]:
        code = self.country_code
        if not _letters(code, 2):
            yield FieldViolation("country_code", f"must be an ISO 3166-1 alpha-2 country code, got {shown(code)}")
        postal = self.postal_code
        if not isinstance(postal, str) or len(postal) > MAX_POSTAL_CODE or postal != postal.strip():
            yield FieldViolation(
                "postal_code",
                f"must be a text of at most {MAX_POSTAL_CODE} characters without blanks round it, got {shown(postal)}",
            )
        port = self.un_locode
        if port != "" and not (
            isinstance(port, str) and len(port) == 5 and _letters(port[:2], 2) and _upper_alnum(port[2:])
        ):
            yield FieldViolation("un_locode", f"must be a UN/LOCODE without a blank, such as DEHAM, got {shown(port)}")
        elif port and _letters(code, 2) and port[:2] != code:
            yield FieldViolation("un_locode", f"must lie in country {code}, got {shown(port)}")
        if self.airport_code != "" and not _letters(self.airport_code, 3):
            yield FieldViolation(
                "airport_code", f"must be an IATA airport code, such as FRA, got {shown(self.airport_code)}"
            )


@dataclass(frozen=True, slots=True)
class LocatedPlace:
    """A point that a data set has for a place.

    Attributes
    ----------
    name : str
        What was located, such as ``DE 204`` or ``FRA Frankfurt am Main Airport``.
    country_code : str
        Its country.
    precision : PlacePrecision
        By what it was located.
    latitude, longitude : float
        Degrees north and east.
    spread_km : float
        How far the place may be from the point, as far as the data set says; 0 for an airport or a port.
    data_set : str
        Name and version of the data set.
    """

    name: str
    country_code: str
    precision: PlacePrecision
    latitude: float
    longitude: float
    spread_km: float
    data_set: str


def _letters(text: object, count: int) -> bool:
    return isinstance(text, str) and len(text) == count and text.isascii() and text.isalpha() and text.isupper()


def _upper_alnum(text: str) -> bool:
    return text.isascii() and text.isalnum() and text == text.upper()
