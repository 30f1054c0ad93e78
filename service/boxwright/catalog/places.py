"""Where postal codes are, which countries can be driven to from each other, and the choices of the routing rule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from boxwright.catalog import cells
from boxwright.catalog.documents import check_keys, read_document
from boxwright.catalog.faults import Faults, row_field
from boxwright.catalog.folder import materials_folder
from boxwright.catalog.tables import REQUIRED, Column, read_rows, read_table, read_text, unique
from boxwright.domain.lane import TransportMode
from boxwright.domain.source_grade import SourceGrade

RULES = ("far_km", "cargo_airport_within_km", "port_countries", "shortest_leg_km", "gateway_warning_km", "van_km")
REGION_HEADER = ["country", "region", "latitude", "longitude", "spread_km", "codes"]

_SOURCED = {
    "source": Column(cells.text, REQUIRED),
    "url": Column(cells.text, ""),
    "read_in_source": Column(cells.flag, REQUIRED),
    "source_grade": Column(cells.member_of(SourceGrade), REQUIRED),
    "note": Column(cells.text, ""),
}
NETWORK_COLUMNS = {
    "country": Column(cells.text, REQUIRED),
    "road_network": Column(cells.text, REQUIRED),
    **_SOURCED,
}
AIRPORT_COLUMNS = {"airport_code": Column(cells.text, REQUIRED), **_SOURCED}
DETOUR_COLUMNS = {
    "mode": Column(cells.member_of(TransportMode), REQUIRED),
    "multiplier": Column(cells.positive, REQUIRED),
    "low": Column(cells.positive, None),
    "high": Column(cells.positive, None),
    **_SOURCED,
}
PORT_COLUMNS = {
    "un_locode": Column(cells.text, REQUIRED),
    "name": Column(cells.text, REQUIRED),
    "latitude": Column(cells.number, None),
    "longitude": Column(cells.number, None),
    **_SOURCED,
}
SETTINGS_FILE = "routing.toml"
REGIONS_FILE = "postal_regions.csv"
TABLES: dict[str, tuple[Mapping[str, Column], str]] = {
    "road_networks.csv": (NETWORK_COLUMNS, "country"),
    "cargo_airports.csv": (AIRPORT_COLUMNS, "airport_code"),
    "detour_factors.csv": (DETOUR_COLUMNS, "mode"),
    "port_positions.csv": (PORT_COLUMNS, "un_locode"),
}
"""Columns and key of each small table."""


@dataclass(frozen=True, slots=True)
class PostalRegion:
    """Middle of a region of postal codes in degrees; nine in ten of its codes lie within ``spread_km`` of it."""

    latitude: float
    longitude: float
    spread_km: int


@dataclass(frozen=True, slots=True)
class Detour:
    """How much longer the way by a mode is than the great circle."""

    mode: TransportMode
    multiplier: Decimal
    low: Decimal | None
    high: Decimal | None
    source: str
    url: str
    read_in_source: bool
    note: str = ""
    source_grade: SourceGrade = SourceGrade.OWN


@dataclass(frozen=True, slots=True)
class PortPosition:
    """Where a port is, in place of what the package of ports says.

    Attributes
    ----------
    un_locode, name : str
        Its code and name.
    latitude, longitude : float or None
        Degrees north and east; None: the package's position is another place, and none is known.
    source : str
        Where the position was read.
    """

    un_locode: str
    name: str
    latitude: float | None
    longitude: float | None
    source: str


@dataclass(frozen=True)
class Places:
    """Data that legs are derived with.

    Attributes
    ----------
    postal_data_set : str
        Name and version of the postal data.
    regions : mapping of (str, str) to PostalRegion
        By country and region.
    road_networks : mapping of str to str
        By country; one without a row can be driven to from no other country.
    cargo_airports : frozenset of str
        IATA codes of large cargo airports.
    detours : mapping of TransportMode to Detour
        By mode.
    rules : mapping of str to int
        Choices of the routing rule, by name.
    port_positions : tuple of PortPosition
        Ports whose position in the package is wrong or absent.
    """

    postal_data_set: str
    regions: Mapping[tuple[str, str], PostalRegion]
    road_networks: Mapping[str, str]
    cargo_airports: frozenset[str]
    detours: Mapping[TransportMode, Detour]
    rules: Mapping[str, int]
    port_positions: tuple[PortPosition, ...] = ()

    def joined(self, country: str, other: str) -> bool:
        """Whether one can drive from one country to another without a ship."""
        network = self.road_networks.get(country)
        return country == other or (network is not None and network == self.road_networks.get(other))


def load_places(folder: Path | None = None) -> Places:
    """Return the data of a folder; read when first asked for, then kept.

    Parameters
    ----------
    folder : Path, optional
        Default: the folder that the environment variable BOXWRIGHT_MATERIALS names, else the shipped one.

    Raises
    ------
    DataFileError
        If a file is malformed or missing; names file, row and field of every fault of it.
    """
    return _load((folder or materials_folder()).resolve())


def place_rows(folder: Path) -> dict[str, list[str]]:
    """Return the rows of every file that legs are derived with, by file name, for the hash of a folder's data.

    Regions are not parsed: tens of thousands of rows that most processes never look at.

    Raises
    ------
    DataFileError
        If a file is malformed or missing.
    """
    tables = {name: _table(folder / name, columns, key) for name, (columns, key) in TABLES.items()}
    return {
        SETTINGS_FILE: [repr(_settings(folder / SETTINGS_FILE))],
        REGIONS_FILE: _region_lines(folder / REGIONS_FILE),
        **{name: [repr(row) for row in rows] for name, rows in tables.items()},
    }


def forget_places() -> None:
    """Forget the places read so far, after a folder has changed."""
    _load.cache_clear()


@cache
def _load(folder: Path) -> Places:
    settings = _settings(folder / SETTINGS_FILE)
    networks, airports, detours, ports = (_table(folder / name, *TABLES[name]) for name in TABLES)
    return Places(
        postal_data_set=settings["postal_regions"]["data_set"],
        regions=_regions(folder / REGIONS_FILE),
        road_networks={row["country"]: row["road_network"] for row in networks},
        cargo_airports=frozenset(row["airport_code"] for row in airports),
        detours={row["mode"]: Detour(**row) for row in detours},
        rules=settings["rules"],
        port_positions=_positions(folder / "port_positions.csv", ports),
    )


def _positions(path: Path, rows: Iterable[Mapping[str, Any]]) -> tuple[PortPosition, ...]:
    faults = Faults(path)
    found = []
    for row in rows:
        ends = {"latitude": 90, "longitude": 180}
        degrees = {name: None if row[name] is None else float(row[name]) for name in ends}
        if None in degrees.values() and set(degrees.values()) != {None}:
            faults.add(row["un_locode"], "must have latitude and longitude, or neither")
        for name, most in ends.items():
            if abs(degrees[name] or 0) > most:
                faults.add(f"{row['un_locode']}.{name}", f"must be from -{most} to {most}, got {degrees[name]:g}")
        place = row["un_locode"], row["name"], degrees["latitude"], degrees["longitude"]
        found.append(PortPosition(*place, row["source"]))
    faults.raise_any()
    return tuple(found)


def _settings(path: Path) -> dict[str, Any]:
    faults = Faults(path)
    document = read_document(path, faults)
    if document is not None and check_keys(document, {"postal_regions": dict, "rules": dict}, {}, faults):
        texts = dict.fromkeys(("data_set", "licence", "source", "url"), str)
        check_keys(document["postal_regions"], texts, {}, faults, "postal_regions")
        for name in RULES:
            value = document["rules"].get(name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                faults.add(f"rules.{name}", f"must be a whole number of at least 1, got {value!r}")
        for name in document["rules"].keys() - set(RULES):
            faults.add(f"rules.{name}", f"is unknown; known: {', '.join(RULES)}")
    faults.raise_any()
    assert document is not None  # a document that cannot be read is a fault, raised above
    return document


def _table(path: Path, columns: Mapping[str, Column], key: str) -> list[dict[str, Any]]:
    faults = Faults(path)
    records = read_table(path, columns, faults)
    unique(records, key, faults)
    faults.raise_any()
    return [record.values for record in records]


def _region_lines(path: Path) -> list[str]:
    faults = Faults(path)
    text = read_text(path, faults)
    faults.raise_any()
    return text.splitlines() if text is not None else []


def _regions(path: Path) -> dict[tuple[str, str], PostalRegion]:
    """Read the regions by position: a table of tens of thousands of rows, which a general reader takes seconds for."""
    faults = Faults(path)
    text = read_text(path, faults)
    rows = read_rows(text, faults) if text is not None else []
    if rows and rows[0][1] != REGION_HEADER:
        faults.add(row_field(1, ""), f"must be {','.join(REGION_HEADER)}")
    faults.raise_any()
    found = {}
    for number, row in rows[1:]:
        try:
            country, region, latitude, longitude, spread, _ = row
            found[country, region] = PostalRegion(float(latitude), float(longitude), int(spread))
        except ValueError:
            faults.add(row_field(number, ""), "must hold country, region, two numbers and two whole numbers")
    faults.raise_any()
    return found
