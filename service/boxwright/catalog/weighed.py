"""Puts the density of dunnage that was weighed at a site into a data folder of the site's own."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from boxwright.catalog.folder import materials_folder, shipped_folder
from boxwright.catalog.imports import put_tables
from boxwright.domain.dunnage import DunnageKind
from boxwright.errors import FieldViolation, InvalidInputError

TABLES = ("dunnage.csv", "blocking_and_labels.csv")
"""Tables with densities of dunnage."""
RANGES = "mass_ranges.csv"
STEP = Decimal("0.01")
"""Densities are stated in steps of this, in kg/m3."""


@dataclass(frozen=True, slots=True)
class WeighedDunnage:
    """What a weighing says."""

    density_kg_per_m3: Decimal
    """Rounded half to even to 0.01."""
    before_kg_per_m3: Decimal
    """The density that the row had."""
    assumed: tuple[Decimal, Decimal] | None
    """Ends of the range in which it was taken to be, in kg/m3; None where none is stated."""
    table: str
    """The file of the row."""
    row: str
    """Header and row of that table, as CSV."""


def weigh_dunnage(
    dunnage_id: str, litres: Decimal, grams: Decimal, year: int, target_folder: Path | None = None
) -> WeighedDunnage:
    """Make a density of a filled volume and its mass; put its row into a data folder, if one is given.

    The row replaces that of the same id. Of cushioning, whose row has a cushion factor too, the row stays
    unverified; of void fill and blocking it counts as read, with no range.

    Parameters
    ----------
    dunnage_id : str
        Cushioning, void fill or blocking of the folder.
    litres, grams : Decimal
        The volume that it filled as it is used, and its mass.
    year : int
        When it was weighed.
    target_folder : Path, optional
        The site's data folder; a new or empty one starts as a copy of the shipped data. Default: nothing is written.

    Raises
    ------
    InvalidInputError
        If the dunnage is unknown or has no density, or volume or mass is not above 0.
    DataFileError
        If the folder is malformed; nothing is written then.
    """
    broken = [
        FieldViolation(name, f"must be greater than 0, got {value}")
        for name, value in (("litres", litres), ("grams", grams))
        if not (value.is_finite() and value > 0)
    ]
    if broken:
        raise InvalidInputError(broken)
    density = (grams / litres).quantize(STEP)
    if not density:
        raise InvalidInputError([FieldViolation("grams", f"make less than {STEP} kg/m3 of {litres} litres: {grams}")])
    folder = target_folder or materials_folder()
    if not folder.exists() or not any(folder.iterdir()):
        folder = shipped_folder()
    table, rows, row = _row_of(folder, dunnage_id)
    before = Decimal(row["density_kg_per_m3"])
    row |= {
        "density_kg_per_m3": f"{density.normalize():f}",
        "source": f"weighed at the site: {grams} g in {litres} litres",
        "year": str(year),
        "read_in_source": row["read_in_source"] if row["kind"] == DunnageKind.CUSHIONING else "yes",
        "source_grade": "own",
        "note": "density weighed, other figures as shipped" if row["kind"] == DunnageKind.CUSHIONING else "",
    }
    ranges, assumed = _ranges(folder, row, density)
    if target_folder is not None:
        put_tables({table: _written(rows), RANGES: _written(ranges)}, target_folder)
    return WeighedDunnage(density, before, assumed, table, _written([row]))


def _row_of(folder: Path, dunnage_id: str) -> tuple[str, list[dict[str, str]], dict[str, str]]:
    """Return the table that has the density of some dunnage, its rows, and the one row."""
    known = []
    for table in TABLES:
        rows = _read(folder / table)
        for row in rows:
            if row["density_kg_per_m3"]:
                known.append(row["dunnage_id"])
                if row["dunnage_id"] == dunnage_id:
                    return table, rows, row
    rule = f"must be dunnage that has a density, one of {', '.join(known)}, got {dunnage_id!r}"
    raise InvalidInputError([FieldViolation("dunnage_id", rule)])


def _ranges(
    folder: Path, row: dict[str, str], density: Decimal
) -> tuple[list[dict[str, str]], tuple[Decimal, Decimal] | None]:
    """Return the table of ranges without that of a row that is read, or with one that encloses the density."""
    ranges, assumed = _read(folder / RANGES), None
    kept = []
    for each in ranges:
        if (each["kind"], each["subject"]) == ("dunnage", row["dunnage_id"]):
            assumed = Decimal(each["low"]), Decimal(each["high"])
            if row["read_in_source"] == "yes":
                continue
            each |= {"low": str(min(assumed[0], density)), "high": str(max(assumed[1], density))}
        kept.append(each)
    return kept, assumed


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _written(rows: list[dict[str, str]]) -> str:
    stream = io.StringIO()
    table = csv.DictWriter(stream, rows[0].keys(), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return stream.getvalue()
