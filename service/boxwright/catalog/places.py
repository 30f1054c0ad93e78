"""Where postal codes are, which countries can be driven to from each other, and the choices of the routing rule."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from boxwright.catalog.folder import materials_folder
from boxwright.catalog.folder_reader import FolderReader
from boxwright.catalog.tables import read_rows, read_text
from boxwright.domain.fields import Positive, Ruled, within
from boxwright.domain.lane import TransportMode
from boxwright.domain.source_grade import Sourced
from boxwright.errors import FieldViolation

REGION_HEADER = ["country", "region", "latitude", "longitude", "spread_km", "codes"]

AtLeastOne = Annotated[int, within(1)]

SETTINGS_FILE = "routing.toml"
REGIONS_FILE = "postal_regions.csv"


@dataclass(frozen=True, slots=True)
class PostalRegion:
    """Middle of a region of postal codes in degrees; nine in ten of its codes lie within ``spread_km`` of it."""

    latitude: float
    longitude: float
    spread_km: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPlaces(Sourced):
    """A row about places, with the address of its source."""

    source: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class RoadNetwork(OfPlaces):
    """A country, and the network of roads that joins it to others without a ship."""

    country: str
    road_network: str


@dataclass(frozen=True, slots=True)
class CargoAirport(OfPlaces):
    """A large cargo airport by its IATA code."""

    airport_code: str


@dataclass(frozen=True, slots=True)
class Detour(OfPlaces):
    """How much longer the way by a mode is than the great circle."""

    mode: TransportMode
    multiplier: Positive
    low: Positive | None = None
    high: Positive | None = None


@dataclass(frozen=True, slots=True)
class PortPosition(OfPlaces):
    """Where a port is, in place of what the package of ports says."""

    un_locode: str
    name: str
    """Its code and name."""
    latitude: Annotated[Decimal, within(-90, 90)] | None = None
    longitude: Annotated[Decimal, within(-180, 180)] | None = None
    """Degrees north and east; None: the package's position is another place, and none is known."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if (self.latitude is None) != (self.longitude is None):
            yield FieldViolation("latitude", "must be given with longitude, or both left empty")


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
    """What the settings say: where the postal data are from, and the choices of the routing rule."""

    postal_regions: _PostalData
    rules: _Choices


@dataclass(frozen=True)
class Places:
    """Data that legs are derived with."""

    postal_data_set: str
    """Name and version of the postal data."""
    regions: Mapping[tuple[str, str], PostalRegion]
    """By country and region."""
    road_networks: Mapping[str, str]
    """By country; one without a row can be driven to from no other country."""
    cargo_airports: frozenset[str]
    """IATA codes of large cargo airports."""
    detours: Mapping[TransportMode, Detour]
    """By mode."""
    rules: Mapping[str, int]
    """Choices of the routing rule, by name."""
    port_positions: tuple[PortPosition, ...] = ()
    """Ports whose position in the package is wrong or absent."""

    def joined(self, country: str, other: str) -> bool:
        """Whether one can drive from one country to another without a ship."""
        network = self.road_networks.get(country)
        return country == other or (network is not None and network == self.road_networks.get(other))


def load_places(folder: Path | None = None) -> Places:
    """Return the data of a folder, read anew; ``Materials.places`` keeps those of its folder.

    Parameters
    ----------
    folder : Path, optional
        Default: the folder that the environment variable BOXWRIGHT_MATERIALS names, else the shipped one.

    Raises
    ------
    DataFileError
        If a file is malformed or missing; names file, row and field of every fault of it.
    """
    reader = FolderReader(folder or materials_folder())
    settings = reader.settings(SETTINGS_FILE, _Settings)
    networks, airports, detours, ports = _tables(reader)
    return Places(
        postal_data_set=settings.postal_regions.data_set,
        regions=_regions(reader),
        road_networks={row.country: row.road_network for row in networks},
        cargo_airports=frozenset(row.airport_code for row in airports),
        detours={row.mode: row for row in detours},
        rules=asdict(settings.rules),
        port_positions=ports,
    )


def place_rows(folder: Path) -> dict[str, list[str]]:
    """Return the rows of every file that legs are derived with, by file name, for the hash of a folder's data.

    Regions are not parsed: tens of thousands of rows that most processes never look at.

    Raises
    ------
    DataFileError
        If a file is malformed or missing.
    """
    reader = FolderReader(folder)
    _tables(reader)
    reader.settings(SETTINGS_FILE, _Settings)
    return {**reader.content, REGIONS_FILE: _region_text(reader).splitlines()}


def _tables(
    reader: FolderReader,
) -> tuple[tuple[RoadNetwork, ...], tuple[CargoAirport, ...], tuple[Detour, ...], tuple[PortPosition, ...]]:
    return (
        reader.rows("road_networks.csv", RoadNetwork, "country"),
        reader.rows("cargo_airports.csv", CargoAirport, "airport_code"),
        reader.rows("detour_factors.csv", Detour, "mode"),
        reader.rows("port_positions.csv", PortPosition, "un_locode"),
    )


def _region_text(reader: FolderReader) -> str:
    with reader.faults_of(REGIONS_FILE) as faults:
        return read_text(reader.folder / REGIONS_FILE, faults) or ""


def _regions(reader: FolderReader) -> dict[tuple[str, str], PostalRegion]:
    """Read the regions by position: a table of tens of thousands of rows, which a general reader takes seconds for."""
    text = _region_text(reader)
    with reader.faults_of(REGIONS_FILE) as faults:
        (_, header), *rows = read_rows(text, faults)
        if header != REGION_HEADER:
            faults.row(1).add("", f"must be {','.join(REGION_HEADER)}")
    found = {}
    with reader.faults_of(REGIONS_FILE) as faults:
        for number, row in rows:
            try:
                country, region, latitude, longitude, spread, _ = row
                found[country, region] = PostalRegion(float(latitude), float(longitude), int(spread))
            except ValueError:
                faults.row(number).add("", "must hold country, region, two numbers and two whole numbers")
    return found
