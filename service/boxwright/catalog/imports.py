"""Adds an operator's own emission factors to a data folder of their own."""

import csv
import io
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from boxwright.catalog.folder import shipped_folder
from boxwright.catalog.licences import ALLOWED_LICENCES, OPERATOR
from boxwright.catalog.loader import forget_loaded, load_materials
from boxwright.catalog.profiles import FACTOR_COLUMNS, OPTIONAL_FACTOR_COLUMNS
from boxwright.catalog.tables import read_rows, read_table, read_text
from boxwright.errors import DataFileError
from boxwright.findings import Findings


def import_materials(file: Path, target_folder: Path) -> tuple[str, ...]:
    """Add the factor rows of a file to a data folder; return the ids of the factors added.

    A folder that does not exist yet or is empty becomes a copy of the shipped data. The rows pass the checks that
    shipped rows pass, except that any licence is accepted and, where it is not on the allow-list, marked
    ``operator:``. The whole folder is loaded before anything is written to it. Importing a file of the same name
    again replaces its rows.

    Parameters
    ----------
    file : Path
        CSV with the columns of a factor table.
    target_folder : Path
        The operator's data folder; the environment variable BOXWRIGHT_MATERIALS makes the software use it.

    Raises
    ------
    DataFileError
        If the file is malformed or incomplete, or contradicts the folder; nothing is written then.
    """
    content, factor_ids = _marked(file)
    name = f"operator-{file.stem}.csv"
    try:
        put_tables({f"factors/{name}": content}, target_folder)
    except DataFileError as error:
        raise DataFileError(file.name if error.file == name else error.file, error.violations) from None
    return factor_ids


def put_tables(tables: Mapping[str, str], target_folder: Path) -> None:
    """Write tables into a data folder, if it loads with them; a new or empty folder starts as the shipped data.

    Parameters
    ----------
    tables : mapping of str to str
        What each file holds, by its path in the folder.
    target_folder : Path
        The operator's data folder.

    Raises
    ------
    DataFileError
        If the folder does not load with the tables; nothing is written then.
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


def _marked(file: Path) -> tuple[str, tuple[str, ...]]:
    """Return the table with its licences marked as the operator's, and its factor ids."""
    faults = Findings(file=file.name)
    columns = {**FACTOR_COLUMNS, "licence": replace(FACTOR_COLUMNS["licence"], read=None)}
    records = read_table(file, columns, faults, OPTIONAL_FACTOR_COLUMNS)
    faults.raise_any()
    (_, header), *rows = read_rows(read_text(file, faults) or "", faults)
    licence = header.index("licence")
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(header)
    for _, row in rows:
        named = row[licence]
        if named not in ALLOWED_LICENCES and not named.startswith(OPERATOR):
            row[licence] = f"{OPERATOR} {named}"
        table.writerow(row)
    return written.getvalue(), tuple(record.values["factor_id"] for record in records)
