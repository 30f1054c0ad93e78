"""Data for routes: postal regions, corrected ports, cargo airports, road networks, and figures of the routing rule."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from boxwright.catalog.files import FolderReader, read_rows, read_text
from boxwright.domain.fields import Positive, Ruled, within
from boxwright.domain.lane import TransportMode
from boxwright.domain.source_grade import Sourced
from boxwright.errors import FieldViolation
from boxwright.lazy import cached_property

REGION_HEADER = ["country", "region", "latitude", "longitude", "spread_km", "codes"]

AtLeastOne = Annotated[int, within(1)]

SETTINGS_FILE = "routing.toml"
REGIONS_FILE = "postal_regions.csv"


@dataclass(frozen=True, slots=True)
class PostalRegion:
    """Centre of a postal region, in degrees; 90 % of its postal codes lie within ``spread_km``."""

    latitude: float
    longitude: float
    spread_km: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPlaces(Sourced):
    """A row about a place, with the URL of its source."""

    source: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class RoadNetwork(OfPlaces):
    """The road network of a country; roads connect the countries of a network without a ship."""

    country: str
    road_network: str


@dataclass(frozen=True, slots=True)
class CargoAirport(OfPlaces):
    """A large cargo airport, by IATA code."""

    airport_code: str


@dataclass(frozen=True, slots=True)
class Detour(OfPlaces):
    """Distance by a mode divided by the great-circle distance."""

    mode: TransportMode
    multiplier: Positive
    low: Positive | None = None
    high: Positive | None = None


@dataclass(frozen=True, slots=True)
class PortPosition(OfPlaces):
    """Correction of a port's position in the package of ports."""

    un_locode: str
    name: str
    latitude: Annotated[Decimal, within(-90, 90)] | None = None
    longitude: Annotated[Decimal, within(-180, 180)] | None = None
    """Correct position in degrees north and east. None: unknown, and the position in the package is wrong."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if (self.latitude is None) != (self.longitude is None):
            yield FieldViolation("latitude", "must be given if and only if longitude is")


@dataclass(frozen=True)
class _PostalData(Ruled):
    data_set: str
    licence: str
    source: str
    url: str


@dataclass(frozen=True)
class _Choices(Ruled):
    far_km: AtLeastOne
    cargo_airport_within_km: AtLeastOne
    port_countries: AtLeastOne
    shortest_leg_km: AtLeastOne
    gateway_warning_km: AtLeastOne
    van_km: AtLeastOne


@dataclass(frozen=True)
class _Settings(Ruled):
    postal_regions: _PostalData
    rules: _Choices


@dataclass(frozen=True, eq=False)
class Places:
    """Data from which legs are derived."""

    folder: Path = Path()
    """Data folder, from which postal regions are read on first use."""
    postal_data_set: str = ""
    """Name and version of the postal data."""
    road_networks: Mapping[str, str] = field(default_factory=dict)
    """Road networks by country; other countries have no road to another country."""
    cargo_airports: frozenset[str] = frozenset()
    """IATA codes of large cargo airports."""
    detours: Mapping[TransportMode, Detour] = field(default_factory=dict)
    rules: Mapping[str, int] = field(default_factory=dict)
    """Figures of the routing rule, by name."""
    port_positions: tuple[PortPosition, ...] = ()
    """Corrected positions of ports."""

    def joined(self, country: str, other: str) -> bool:
        """Return whether two countries are connected by road without a ship."""
        network = self.road_networks.get(country)
        return country == other or (network is not None and network == self.road_networks.get(other))

    @cached_property
    def regions(self) -> Mapping[tuple[str, str], PostalRegion]:
        """Postal regions by country and region; raises DataFileError if their file is malformed.

        Cells are read by position, since ``FolderReader.rows`` takes seconds for tens of thousands of rows.
        """
        reader, found = FolderReader(self.folder), {}
        with reader.faults_of(REGIONS_FILE) as faults:
            (first, header), *rows = read_rows(read_text(self.folder / REGIONS_FILE, faults) or "", faults) or [(0, [])]
            if header != REGION_HEADER:
                faults.row(first).add("", f"must be {','.join(REGION_HEADER)}")
            for number, row in rows if not faults else ():
                try:
                    country, region, latitude, longitude, spread, _ = row
                    found[country, region] = PostalRegion(float(latitude), float(longitude), int(spread))
                except ValueError:
                    faults.row(number).add("", "must hold country, region, two numbers and two whole numbers")
        return found


def read_places(reader: FolderReader) -> Places:
    """Return the data of a folder; raises DataFileError with every fault of a file."""
    settings = reader.settings(SETTINGS_FILE, _Settings)
    networks = reader.rows("road_networks.csv", RoadNetwork, "country")
    with reader.faults_of(REGIONS_FILE) as faults:
        reader.content[REGIONS_FILE] = (read_text(reader.folder / REGIONS_FILE, faults) or "").splitlines()
    return Places(
        reader.folder,
        settings.postal_regions.data_set,
        {row.country: row.road_network for row in networks},
        frozenset(row.airport_code for row in reader.rows("cargo_airports.csv", CargoAirport, "airport_code")),
        {row.mode: row for row in reader.rows("detour_factors.csv", Detour, "mode")},
        asdict(settings.rules),
        reader.rows("port_positions.csv", PortPosition, "un_locode"),
    )
