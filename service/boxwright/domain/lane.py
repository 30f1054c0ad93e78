"""The way a parcel takes."""

import datetime
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from boxwright.domain.fields import Name, Ruled, fits, shown, within
from boxwright.domain.place import LocatedPlace, Place
from boxwright.domain.price_table import PriceTable
from boxwright.errors import FieldViolation

MAX_LEG_KM = 50_000.0
MIN_LEG_KM = 0.001
"""Shortest leg, an own rule: below a metre a number is a slip, and its grams have more digits than are kept."""
VAN = "van"
"""Transport class that stands for each profile's own diesel van."""

MIN_DENSITY_KG_M3, MAX_DENSITY_KG_M3 = 0.001, 25_000.0
"""Denser than any freight: a slip of the unit."""


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


@dataclass(frozen=True, slots=True)
class LegDerivation:
    """How a leg was found from places."""

    start: LocatedPlace
    end: LocatedPlace
    formula: str
    """How its distance follows from them."""


@dataclass(frozen=True)
class Leg(Ruled):
    """One transport chain element."""

    mode: TransportMode
    distance_km: Annotated[float, within(MIN_LEG_KM, MAX_LEG_KM)]
    """More than 0, in km."""
    distance_kind: DistanceKind | None = None
    """Default shortest feasible distance for road, rail and sea, great circle for air."""
    vehicle: Name = ""
    """Transport class of ``materials/``, such as ``van_diesel_avg``; ``van``: each profile's own diesel van. Default:
    the profile's default of the mode."""
    factor_id: Name = ""
    """Emission factor of ``materials/`` to use, of a stage of the fuel (TTW, WTT or WTW); its transport class gives the
    other stages. Not together with ``vehicle``. Default: chosen by mode and vehicle."""
    mean_density_kg_per_m3: Annotated[float, within(MIN_DENSITY_KG_M3, MAX_DENSITY_KG_M3)] | None = None
    """Mean density of what the vehicle carries, in kg per m3 of load; what the allocation ``VOLUME_SHARE`` needs.
    Default: the sourced one of ``materials/`` for the transport class, if there is one."""
    hub: Name = ""
    """Class of the hub that the parcel passes after this leg, counted where the lane includes hubs and another leg
    follows. Default: the profile's default."""
    derivation: LegDerivation | None = None
    """How the leg was found, where it was derived from places. Default: it was given."""

    @property
    def words(self) -> str:
        """The leg as people read it: mode, distance, vehicle, and its ends where it was derived."""
        km = f"{self.distance_km:,.3f}".rstrip("0").rstrip(".")
        vehicle = f" ({self.vehicle})" if self.vehicle else ""
        found = self.derivation
        return f"{self.mode.value} {km} km{vehicle}" + (f", {found.start.name} to {found.end.name}" if found else "")

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.distance_kind is None:
            kind = DistanceKind.GCD if self.mode is TransportMode.AIR else DistanceKind.SFD
            object.__setattr__(self, "distance_kind", kind)
        if self.mode is TransportMode.AIR and self.distance_kind is DistanceKind.SFD:
            yield FieldViolation("distance_kind", "must be gcd or actual for air (ISO 14083)")
        if self.factor_id and self.vehicle:
            yield FieldViolation("factor_id", "must not be set together with vehicle")


Country = Annotated[str, fits("[A-Z]{2}|", "must be an ISO 3166-1 alpha-2 country code")]


@dataclass(frozen=True)
class Lane(Ruled):
    """Where a parcel goes, how, with whom and when."""

    legs: tuple[Leg, ...] = ()
    """In travel order. Default none: no transport is counted, and a plan says so."""
    origin_country: Country = ""
    destination_country: Country = ""
    """ISO 3166-1 alpha-2. Default: that of ``origin`` and ``destination``, else unknown."""
    carrier_service: Name = ""
    """Carrier service of ``materials/`` whose rules give the chargeable weight."""
    ship_date: datetime.date | None = None
    """Picks the carrier rule in force. Default: the day of planning, echoed in the plan."""
    zone: Name = ""
    """Zone of the carrier's tariff that the destination lies in, up to 200 characters."""
    origin: Place | None = None
    destination: Place | None = None
    """Where it starts and ends. Needed where ``derive_legs`` is set."""
    derive_legs: bool = False
    """Build the legs from origin and destination by the rules of ``docs/footprint.md``; ``legs`` must then be empty."""
    main_mode: TransportMode | None = None
    """How the long stretch of derived legs is travelled. Default: as the routing rule says."""
    include_hubs: bool | None = None
    """Count a hub between each two legs. None: not stated, so that hubs are not counted and footprints name them in
    ``missing_scope``."""
    include_radiative_forcing: bool = False
    """Count what flights warm beyond the CO2e of their fuel, as lines of their own."""
    include_volume_share: bool = False
    """State footprints by the allocation ``VOLUME_SHARE`` too."""
    price_tables: tuple[PriceTable, ...] = ()
    """What carriage costs; that of the carrier service in force on the ship date prices each parcel."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        for end in ("origin", "destination"):
            place = getattr(self, end)
            if place is not None:
                stated = getattr(self, f"{end}_country")
                if stated not in ("", place.country_code):
                    yield FieldViolation(f"{end}_country", f"must be that of {end}, got {shown(stated)}")
                object.__setattr__(self, f"{end}_country", place.country_code)
            elif self.derive_legs:
                yield FieldViolation(end, "is required by derive_legs")
        if self.derive_legs and self.legs:
            yield FieldViolation("legs", "must be empty where derive_legs is set")
        if self.main_mode is not None and not self.derive_legs:
            yield FieldViolation("main_mode", "goes with derive_legs only")
