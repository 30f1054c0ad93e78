"""Lanes: the legs of a parcel's transport, its carrier and its date."""

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
"""Minimum length of a leg: our own rule, since a leg below a metre is a mistake."""
VAN = "van"
"""Name for each profile's own class of diesel van."""

MIN_DENSITY_KG_M3, MAX_DENSITY_KG_M3 = 0.001, 25_000.0
"""Range of plausible densities; a density outside it was stated in a wrong unit."""


class TransportMode(enum.StrEnum):
    """Mode of transport."""

    ROAD = "road"
    RAIL = "rail"
    SEA = "sea"
    AIR = "air"


class DistanceKind(enum.StrEnum):
    """Kind of distance; ISO 14083 adjusts the first two."""

    SFD = "sfd"
    GCD = "gcd"
    ACTUAL = "actual"


@dataclass(frozen=True, slots=True)
class LegDerivation:
    """Derivation of a leg from places."""

    start: LocatedPlace
    end: LocatedPlace
    formula: str
    """Formula of the distance as text."""


@dataclass(frozen=True)
class Leg(Ruled):
    """A transport chain element."""

    mode: TransportMode
    distance_km: Annotated[float, within(MIN_LEG_KM, MAX_LEG_KM)]
    """Distance in km, 0.001 to 50,000."""
    distance_kind: DistanceKind | None = None
    """Kind of the distance. Default: shortest feasible distance for road, rail and sea, great circle for air."""
    vehicle: Name = ""
    """Transport class of ``materials/``, such as ``van_diesel_avg``, or ``van`` for each profile's diesel van. Default:
    the profile's class of the mode."""
    factor_id: Name = ""
    """Id of a factor of ``materials/`` for TTW, WTT or WTW, whose transport class applies to all stages. It excludes
    ``vehicle``. Default: by mode and vehicle."""
    mean_density_kg_per_m3: Annotated[float, within(MIN_DENSITY_KG_M3, MAX_DENSITY_KG_M3)] | None = None
    """Mean density of the vehicle's load in kg/m3, for the allocation ``VOLUME_SHARE``. Default: that of ``materials/``
    for the transport class, if any."""
    hub: Name = ""
    """Class of the hub after this leg, counted if the lane includes hubs and another leg follows. Default: the
    profile's."""
    derivation: LegDerivation | None = None
    """Derivation of the leg. Default: none, since the leg was given."""

    @property
    def words(self) -> str:
        """Mode, distance, vehicle, and the ends of a derived leg."""
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
    """The lane of a parcel: places, legs, carrier service and date."""

    legs: tuple[Leg, ...] = ()
    """Legs in order of travel. Default: none; transport is then not counted, and plans state this."""
    origin_country: Country = ""
    destination_country: Country = ""
    """ISO 3166-1 alpha-2. Default: those of ``origin`` and ``destination`` if given, otherwise unknown."""
    carrier_service: Name = ""
    """Carrier service of ``materials/`` whose rules give the chargeable weight."""
    ship_date: datetime.date | None = None
    """Date that selects the carrier rule in force. Default: the day of planning, which the plan repeats."""
    zone: Name = ""
    """Zone of the destination in the carrier's tariff."""
    origin: Place | None = None
    destination: Place | None = None
    """Ends of the lane, required by ``derive_legs``."""
    derive_legs: bool = False
    """Derive legs from origin and destination by the rules of ``docs/footprint.md``; ``legs`` must then be empty."""
    main_mode: TransportMode | None = None
    """Mode of the main derived leg. Default: by the routing rule."""
    include_hubs: bool | None = None
    """Count a hub between consecutive legs. Default: not stated; hubs are not counted, and footprints name them in
    ``missing_scope``."""
    include_radiative_forcing: bool = False
    """Count climate effects of flights beyond the CO2e of their fuel, as separate lines."""
    include_volume_share: bool = False
    """Add footprints by the allocation ``VOLUME_SHARE``."""
    price_tables: tuple[PriceTable, ...] = ()
    """Price tables; parcels get their price from the table of the carrier service that is in force on the ship date."""

    @property
    def destination_territory(self) -> str:
        """The destination country, or ``XI`` for Northern Ireland, whose British postal codes begin with BT."""
        code = self.destination.postal_code if self.destination else ""
        northern = self.destination_country == "GB" and code.upper().startswith("BT")
        return "XI" if northern else self.destination_country

    def _broken_rules(self) -> Iterator[FieldViolation]:
        for end in ("origin", "destination"):
            place = getattr(self, end)
            if place is not None:
                stated = getattr(self, f"{end}_country")
                if stated not in ("", place.country_code):
                    rule = f"must be {place.country_code}, the country of {end}, got {shown(stated)}"
                    yield FieldViolation(f"{end}_country", rule)
                object.__setattr__(self, f"{end}_country", place.country_code)
            elif self.derive_legs:
                yield FieldViolation(end, "is required to derive legs")
        if self.derive_legs and self.legs:
            yield FieldViolation("legs", "must be empty if legs are derived from origin and destination")
        if self.main_mode is not None and not self.derive_legs:
            yield FieldViolation("main_mode", "must be absent unless legs are derived from origin and destination")
        if not self.legs and self.origin is None and self.destination is None:
            for name in ("include_hubs", "include_radiative_forcing"):
                if getattr(self, name):
                    yield FieldViolation(name, "needs legs, or origin and destination")
