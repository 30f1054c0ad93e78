"""The way a parcel takes."""

import datetime
import enum
import math
from collections.abc import Iterator
from dataclasses import dataclass

from boxwright.domain.fields import as_tuple, coerce, shown
from boxwright.errors import FieldViolation, InvalidInputError

MAX_LEG_KM = 50_000.0


class TransportMode(enum.StrEnum):
    """How a leg is travelled."""

    ROAD = "road"
    RAIL = "rail"
    SEA = "sea"
    AIR = "air"


class DistanceKind(enum.StrEnum):
    """How a distance was measured; ISO 14083 adjusts the first two and leaves the last."""

    SFD = "sfd"
    GCD = "gcd"
    ACTUAL = "actual"


@dataclass(frozen=True)
class Leg:
    """One transport chain element.

    Parameters
    ----------
    mode : TransportMode or str
        How it is travelled.
    distance_km : float
        More than 0, in km.
    distance_kind : DistanceKind, optional
        Default shortest feasible distance for road, rail and sea, great circle for air.
    vehicle : str, optional
        Transport class of ``materials/``, such as ``van_diesel_avg``. Default: the profile's default of the mode.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    mode: TransportMode
    distance_km: float
    distance_kind: DistanceKind | None = None
    vehicle: str = ""

    def __post_init__(self) -> None:
        broken = list(self._broken_rules())
        if broken:
            raise InvalidInputError(broken)

    def _broken_rules(self) -> Iterator[FieldViolation]:
        yield from coerce(self, "mode", TransportMode)
        if self.distance_kind is None:
            kind = DistanceKind.GCD if self.mode is TransportMode.AIR else DistanceKind.SFD
            object.__setattr__(self, "distance_kind", kind)
        yield from coerce(self, "distance_kind", DistanceKind)
        if self.mode is TransportMode.AIR and self.distance_kind is DistanceKind.SFD:
            yield FieldViolation("distance_kind", "must be gcd or actual for air (ISO 14083)")
        km = self.distance_km
        if isinstance(km, bool) or not isinstance(km, int | float) or not math.isfinite(km) or not 0 < km <= MAX_LEG_KM:
            yield FieldViolation("distance_km", f"must be above 0 and at most {MAX_LEG_KM:g} km, got {shown(km)}")


@dataclass(frozen=True)
class Lane:
    """Where a parcel goes, how, with whom and when.

    Parameters
    ----------
    legs : sequence of Leg
        In travel order. Default none: no transport is counted, and a plan says so.
    origin_country, destination_country : str, optional
        ISO 3166-1 alpha-2. Default unknown.
    carrier_service : str, optional
        Carrier service of ``materials/`` whose rules give the chargeable weight. Default none.
    ship_date : datetime.date, optional
        Picks the carrier rule in force. Default: the day of planning, echoed in the plan.
    zone : str, optional
        Zone of the carrier's tariff that the destination lies in. Default none.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    legs: tuple[Leg, ...] = ()
    origin_country: str = ""
    destination_country: str = ""
    carrier_service: str = ""
    ship_date: datetime.date | None = None
    zone: str = ""

    def __post_init__(self) -> None:
        broken = list(as_tuple(self, "legs", Leg, "a Leg"))
        for name in ("origin_country", "destination_country"):
            code = getattr(self, name)
            known = isinstance(code, str) and (not code or (len(code) == 2 and code.isascii() and code.isupper()))
            if not known:
                broken.append(FieldViolation(name, f"must be an ISO 3166-1 alpha-2 country code, got {shown(code)}"))
        broken += [
            FieldViolation(name, f"must be a text, got {shown(getattr(self, name))}")
            for name in ("carrier_service", "zone")
            if not isinstance(getattr(self, name), str)
        ]
        day = self.ship_date
        if day is not None and (not isinstance(day, datetime.date) or isinstance(day, datetime.datetime)):
            broken.append(FieldViolation("ship_date", f"must be a datetime.date, got {shown(day)}"))
        if broken:
            raise InvalidInputError(broken)
