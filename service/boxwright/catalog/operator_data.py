"""Adds data of an operator to a data folder: emission factors, and densities of dunnage weighed at a site."""

import csv
import io
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from boxwright.catalog.files import read_rows, read_text
from boxwright.catalog.folder import materials_folder, shipped_folder
from boxwright.catalog.loader import forget_loaded, load_materials
from boxwright.catalog.rows import ALLOWED_LICENCES, OPERATOR
from boxwright.domain.dunnage import DunnageKind
from boxwright.errors import DataFileError, FieldViolation, InvalidInputError
from boxwright.findings import Findings

TABLES = ("dunnage.csv", "blocking_and_labels.csv")
"""Tables of dunnage."""
RANGES = "mass_ranges.csv"
STEP = Decimal("0.01")
"""Resolution of densities in kg/m3."""


@dataclass(frozen=True, slots=True)
class WeighedDunnage:
    """The result of weighing dunnage."""

    density_kg_per_m3: Decimal
    """Rounded half to even to 0.01."""
    before_kg_per_m3: Decimal
    """Density in the data before the weighing."""
    assumed: tuple[Decimal, Decimal] | None
    """Range of the density in the data before the weighing, in kg/m3; None if it is not stated."""
    table: str
    """File of the row."""
    row: str
    """Header and new row of that table, as CSV."""


def import_materials(file: Path, target_folder: Path) -> tuple[str, ...]:
    """Add the factors of a file to a data folder; return their ids.

    A new or empty folder becomes a copy of the shipped data. Rows are checked like shipped rows, but any licence is
    accepted; a licence outside the allow-list is marked ``operator:``. The import of a file replaces the rows of an
    earlier file with its name.

    Parameters
    ----------
    file : Path
        CSV with the columns of a factor table.
    target_folder : Path
        The operator's data folder, which is used if the environment variable BOXWRIGHT_MATERIALS names it.

    Raises
    ------
    DataFileError
        If the file is malformed or incomplete, or contradicts the folder; nothing is written then.
    """
    faults = Findings(file=file.name)
    rows = dict(read_rows(read_text(file, faults) or "", faults))
    faults.raise_any()
    header, *below = rows.values()
    for row in below:
        for at, column in enumerate(header[: len(row)]):
            if column == "licence" and row[at] not in ("", *ALLOWED_LICENCES) and not row[at].startswith(OPERATOR):
                row[at] = f"{OPERATOR} {row[at]}"
    written = io.StringIO()
    # With blank rows, errors have the row numbers of the file.
    csv.writer(written, lineterminator="\n").writerows(rows.get(number, ()) for number in range(1, max(rows) + 1))
    name = f"operator-{file.stem}.csv"
    try:
        _put_tables({f"factors/{name}": written.getvalue()}, target_folder)
    except DataFileError as error:
        raise DataFileError(file.name if error.file == name else error.file, error.violations) from None
    return tuple(row[header.index("factor_id")] for row in below)


def weigh_dunnage(
    dunnage_id: str, litres: Decimal, grams: Decimal, year: int, target_folder: Path | None = None
) -> WeighedDunnage:
    """Compute the density of weighed dunnage and, if a data folder is given, write its row to the folder.

    The row replaces the dunnage's present row. Void fill and blocking become verified and lose their range; cushioning
    keeps its grade, since its cushion factor was not measured.

    Parameters
    ----------
    dunnage_id : str
        Cushioning, void fill or blocking of the folder.
    litres, grams : Decimal
        Volume that the dunnage fills in normal use, and the mass of this dunnage.
    year : int
        Year of the weighing.
    target_folder : Path, optional
        The site's data folder; a new or empty folder becomes a copy of the shipped data. Default: nothing is written.

    Raises
    ------
    InvalidInputError
        If the dunnage is unknown or has no density, or if volume or mass is not above 0.
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
        raise InvalidInputError(
            [
                FieldViolation(
                    "grams", f"must give a density of at least {STEP} kg/m3 for {litres} litres, got {grams} g"
                )
            ]
        )
    folder = target_folder or materials_folder()
    if not folder.exists() or not any(folder.iterdir()):
        folder = shipped_folder()
    tables = {name: _read(folder / name) for name in (*TABLES, RANGES)}
    weighable = [(name, row) for name in TABLES for row in tables[name] if row["density_kg_per_m3"]]
    found = next(((name, row) for name, row in weighable if row["dunnage_id"] == dunnage_id), None)
    if found is None:
        known = ", ".join(row["dunnage_id"] for _, row in weighable)
        rule = f"must be dunnage that has a density, one of {known}, got {dunnage_id!r}"
        raise InvalidInputError([FieldViolation("dunnage_id", rule)])
    table, row = found
    before, assumed = Decimal(row["density_kg_per_m3"]), None
    cushions = row["kind"] == DunnageKind.CUSHIONING
    row |= {
        "density_kg_per_m3": f"{density.normalize():f}",
        "source": f"weighed at the site: {grams} g in {litres} litres",
        "year": str(year),
        "read_in_source": row["read_in_source"] if cushions else "yes",
        "source_grade": "own",
        "note": "density weighed, other figures as shipped" if cushions else "",
    }
    for ends in [ends for ends in tables[RANGES] if (ends["kind"], ends["subject"]) == ("dunnage", dunnage_id)]:
        assumed = Decimal(ends["low"]), Decimal(ends["high"])
        if row["read_in_source"] == "yes":
            tables[RANGES].remove(ends)
        else:
            ends |= {"low": str(min(assumed[0], density)), "high": str(max(assumed[1], density))}
    if target_folder is not None:
        _put_tables({name: _written(tables[name]) for name in (table, RANGES)}, target_folder)
    return WeighedDunnage(density, before, assumed, table, _written([row]))


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _written(rows: list[dict[str, str]]) -> str:
    stream = io.StringIO()
    table = csv.DictWriter(stream, rows[0].keys(), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return stream.getvalue()


def _put_tables(tables: Mapping[str, str], target_folder: Path) -> None:
    """Write tables, given by path, to a data folder; raises DataFileError and writes nothing if it then cannot be read.

    A new or empty folder becomes a copy of the shipped data.
    """
    new = not target_folder.exists() or not any(target_folder.iterdir())
    with tempfile.TemporaryDirectory() as scratch:
        trial = Path(scratch) / "materials"
        shutil.copytree(shipped_folder() if new else target_folder, trial)
        for name, content in tables.items():
            (trial / name).write_text(content, encoding="utf-8")
        try:
            load_materials(trial)
        finally:
            forget_loaded()
        if new:
            shutil.copytree(trial, target_folder, dirs_exist_ok=True)
            return
        for name in tables:
            part = target_folder / f"{name}.part"
            shutil.copyfile(trial / name, part)
            part.replace(target_folder / name)
