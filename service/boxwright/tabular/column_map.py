"""Maps from table columns to fields, and the files of these maps."""

import json
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from boxwright.errors import DataFileError, FieldViolation

_LARGEST_MAP = 2**20


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """Field and unit of a column."""

    header: str
    field: str
    """Name of the field; empty if the column is left out."""
    unit: str = ""
    """Unit of a size or mass: ``mm``, ``cm``, ``m``, ``in``, ``g``, ``kg``, ``oz`` or ``lb``. It is empty for other
    fields, and if each row names its unit."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Fields and units of the columns of a table."""

    columns: tuple[MappedColumn, ...] = ()
    """Mapped columns; others are left out."""
    decimal: str = ""
    """Decimal mark, ``.`` or ``,``. If it is empty, ambiguous numbers are refused."""

    def of(self, header: str) -> MappedColumn:
        """Return the mapped column of a header, without a field if it is left out."""
        return next((column for column in self.columns if column.header == header), MappedColumn(header, ""))


def map_text(maps: Mapping[str, ColumnMap]) -> str:
    """Return the text of a file of maps, given by table name, for :func:`read_maps`."""
    parts = ["# Fields of columns. A column with an empty field is left out."]
    for name, mapping in maps.items():
        parts.append(f"\n[{name}]\ndecimal = {json.dumps(mapping.decimal)}")
        for column in mapping.columns:
            header = json.dumps(column.header, ensure_ascii=False).replace("\x7f", "\\u007f")
            parts.append(f"\n[{name}.columns.{header}]\nfield = {json.dumps(column.field, ensure_ascii=False)}")
            if column.unit:
                parts.append(f'unit = "{column.unit}"')
    return "\n".join(parts) + "\n"


def read_maps(path: Path, tables: Collection[str]) -> dict[str, ColumnMap]:
    """Return, by table name, the maps of a file; ``tables`` are the allowed names.

    Raises DataFileError with every broken rule, by key.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_MAP + 1)
        if len(content) > _LARGEST_MAP:
            raise DataFileError(path.name, [FieldViolation("file", f"must be at most {_LARGEST_MAP} bytes")])
        document = tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        rule = f"cannot be read: {(error.strerror or str(error)).lower()}"
        raise DataFileError(path.name, [FieldViolation("file", rule)]) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataFileError(path.name, [FieldViolation("file", f"must be TOML: {error}")]) from None
    broken: list[FieldViolation] = []
    maps = {name: _read_map(name, table, broken) for name, table in document.items()}
    broken += [FieldViolation(name, f"must be {' or '.join(tables)}") for name in maps if name not in tables]
    if broken:
        raise DataFileError(path.name, broken)
    return maps


def _read_map(name: str, table: object, broken: list[FieldViolation]) -> ColumnMap:
    if not isinstance(table, dict):
        broken.append(FieldViolation(name, "must be a table"))
        return ColumnMap()
    broken += [
        FieldViolation(f"{name}.{key}", "is not known; known: decimal, columns")
        for key in table
        if key not in ("decimal", "columns")
    ]
    decimal, columns = table.get("decimal", ""), table.get("columns", {})
    if decimal not in ("", ".", ","):
        broken.append(FieldViolation(f"{name}.decimal", f"must be '.', ',' or empty, got {decimal!r}"))
    if not isinstance(columns, dict):
        broken.append(FieldViolation(f"{name}.columns", "must be a table"))
        return ColumnMap()
    read = []
    for header, column in columns.items():
        where = f"{name}.columns.{header}"
        if not isinstance(column, dict) or not all(isinstance(value, str) for value in column.values()):
            broken.append(FieldViolation(where, "must be a table of strings"))
            continue
        broken += [
            FieldViolation(f"{where}.{key}", "is not known; known: field, unit")
            for key in column
            if key not in ("field", "unit")
        ]
        read.append(MappedColumn(header, column.get("field", ""), column.get("unit", "")))
    return ColumnMap(tuple(read), decimal)
