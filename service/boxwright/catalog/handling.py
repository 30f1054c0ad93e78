"""Reads how parcels are handled and lifted on their way, and what fragile goods survive."""

import itertools
from collections.abc import Collection, Iterable

from boxwright.catalog.columns import columns_of, stated
from boxwright.catalog.folder_reader import FolderReader, Table
from boxwright.catalog.licences import licence
from boxwright.catalog.rows import Article, CarrierMargin, DropHeight, FragilityRule, HandlingProfile, LiftingProfile
from boxwright.domain.order import FragilityClass

HEIGHTS = Table("drop_heights.csv", DropHeight, ("profile", "above_kg"))
HANDLING = Table("handling_profiles.csv", HandlingProfile, ("profile",))
LIFTING = Table(
    "lifting_profiles.csv",
    LiftingProfile,
    ("profile",),
    columns_of(LiftingProfile, defaults=stated(LiftingProfile), read={"licence": licence}),
)
FRAGILITY = Table("fragility_classes.csv", FragilityRule, ("fragility_class",), needed=FragilityClass)
MARGINS = Table("carrier_margins.csv", CarrierMargin, ("fragility_class", "carrier"))
ARTICLES = Table("articles.csv", Article, ("article",))


def read_drop_heights(reader: FolderReader, default: str) -> dict[str, tuple[DropHeight, ...]]:
    """Return the bands of each profile in ascending mass.

    Raises
    ------
    DataFileError
        If the table is malformed, bands leave a gap or overlap, a heavier parcel falls from higher, or the default
        profile has no bands.
    """
    bands: dict[str, list[tuple[int, DropHeight]]] = {}
    with reader.faults_of(HEIGHTS.file) as faults:
        for number, row in reader.read(HEIGHTS, faults):
            bands.setdefault(row.profile, []).append((number, row))
        for profile, rows in bands.items():
            rows.sort(key=lambda row: row[1].above_kg)
            expected: object = 0
            for number, band in rows:
                if band.above_kg != expected:
                    rule = f"must follow the band before it ({profile}: {expected}), no gap"
                    faults.row(number).add("above_kg", rule)
                expected = band.up_to_kg
            for (_, lighter), (number, heavier) in itertools.pairwise(rows):
                if heavier.height_mm > lighter.height_mm:
                    faults.row(number).add("height_mm", f"must not be above that of lighter parcels ({profile})")
        if not faults and default not in bands:
            faults.add("profile", f"must have rows for the default profile {default!r}")
    return {profile: tuple(band for _, band in rows) for profile, rows in sorted(bands.items())}


def read_handling(reader: FolderReader, with_heights: Collection[str]) -> dict[str, HandlingProfile]:
    """Return the handling profiles by name; each must have drop heights, and all drop heights a profile."""
    with reader.faults_of(HANDLING.file) as faults:
        rows = reader.read(HANDLING, faults)
        for number, row in rows:
            if row.profile not in with_heights:
                faults.row(number).add("profile", f"must have rows in {HEIGHTS.file}, got {row.profile!r}")
        for missing in () if faults else sorted(set(with_heights) - {row.profile for _, row in rows}):
            faults.add("profile", f"must have a row for {missing}, which {HEIGHTS.file} has heights for")
    return {row.profile: row for _, row in sorted(rows, key=lambda each: each[1].profile)}


def read_lifting(reader: FolderReader, default: str) -> dict[str, LiftingProfile]:
    """Return the lifting profiles by name, the default one among them."""
    with reader.faults_of(LIFTING.file) as faults:
        rows = reader.read(LIFTING, faults)
        if not faults and default not in {row.profile for _, row in rows}:
            faults.add("profile", f"must have a row for the default profile {default!r}")
    return {row.profile: row for _, row in sorted(rows, key=lambda each: each[1].profile)}


def read_fragility(reader: FolderReader) -> dict[FragilityClass, FragilityRule]:
    """Return how units of every fragility class are packed; no two classes begin below the same G-level."""
    with reader.faults_of(FRAGILITY.file) as faults:
        rows = reader.read(FRAGILITY, faults)
        bounds: dict[object, FragilityClass] = {}
        for number, row in rows:
            if (
                row.g_below is not None
                and (other := bounds.setdefault(row.g_below, row.fragility_class)) is not row.fragility_class
            ):
                faults.row(number).add("g_below", f"must be unique, {other.value} has {row.g_below} already")
    return {row.fragility_class: row for _, row in rows}


def read_margins(reader: FolderReader, services: Iterable[str]) -> dict[tuple[str, FragilityClass], CarrierMargin]:
    """Return the wall margins by carrier and class; a carrier is what the names of its services begin with."""
    carriers = {service.partition("/")[0] for service in services}
    with reader.faults_of(MARGINS.file) as faults:
        rows = reader.read(MARGINS, faults)
        for number, row in rows:
            if row.carrier not in carriers:
                faults.row(number).add("carrier", f"must be a carrier with services, got {row.carrier!r}")
    return {(row.carrier, row.fragility_class): row for _, row in rows}
