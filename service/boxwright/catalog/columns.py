"""Reads dataclasses from rows of tables and from TOML tables.

A column or key has the name, type and rules of its field (:mod:`boxwright.domain.fields`). Every broken rule is noted.
"""

import datetime
import difflib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import MISSING, is_dataclass
from decimal import Decimal
from inspect import get_annotations
from typing import Any, NamedTuple, TypeVar

from boxwright.domain.fields import Declared, declared, shown
from boxwright.domain.source_grade import SourceGrade, grade_rule
from boxwright.domain.written import CellError, number
from boxwright.errors import FieldViolation
from boxwright.findings import Findings

Noun = TypeVar("Noun")
Reader = Callable[[Any, str, Findings], Any]
"""A function from a cell or value, its key and findings to a field's value; it raises CellError or notes faults."""


class Column(NamedTuple):
    """A column of a table, or a key of a document.

    ``default`` is the value for an absent or empty cell, MISSING if a value is required. ``read`` replaces the reader
    that follows from the type of the field.
    """

    field: Declared
    default: Any
    read: Reader | None


Columns = dict[str, Column]
_NOTHING: Mapping[str, Any] = {}


def columns_of(
    kind: type,
    *names: str,
    defaults: Mapping[str, Any] = _NOTHING,
    keys: Mapping[str, str] = _NOTHING,
    read: Mapping[str, Reader] = _NOTHING,
) -> Columns:
    """Return the columns of a dataclass, or of some of its fields; its own fields come before those that it inherits.

    A field without a default is required unless it may be None. By field, ``defaults`` replace defaults (MISSING makes
    a field required), ``keys`` are names in the file, and ``read`` are readers.
    """
    fields = declared(kind)
    ordered = dict.fromkeys(name for base in kind.__mro__ for name in get_annotations(base) if name in fields)
    columns = {}
    for name in names or ordered:
        field = fields[name]
        default = None if field.default is MISSING and field.optional else field.default
        columns[keys.get(name, name)] = Column(field, defaults.get(name, default), read.get(name))
    return columns


def stated(kind: type, *more: str) -> dict[str, Any]:
    """Return ``defaults`` that make source, grade, flags and the fields ``more`` required, as in published data."""
    fields = declared(kind).values()
    names = [field.name for field in fields if field.name == "source" or field.kind in (bool, SourceGrade)]
    return dict.fromkeys((*names, *more), MISSING)


def read_fields(
    columns: Columns, given: Mapping[str, Any], at: Findings, *, cells: bool = False, check: bool = True
) -> dict[str, Any]:
    """Return, by field, the valid values after noting the others.

    ``given`` are, by key, the values of a document or, if ``cells``, the strings of a table row. Unless ``check``, the
    rules of fields are not checked.
    """
    values: dict[str, Any] = {}
    broken: list[FieldViolation] = []
    for key, column in columns.items():
        value, field = given.get(key), column.field
        if value is None or (value == "" and (cells or field.kind is str)):
            if column.default is MISSING:
                at.add(key, "is required")
            else:
                values[field.name] = column.default
            continue
        before = len(at)
        try:
            if column.read is not None:
                value = column.read(value, key, at)
            else:
                value = _of_cell(field, value) if cells else _of_document(field, value, key, at)
        except CellError as error:
            at.add(key, str(error))
            continue
        if check and len(at) == before:
            value = field.check(value, key, broken)
            for violation in broken:
                at.add(key if cells else violation.field, violation.rule)
            broken.clear()
        if len(at) == before:
            values[field.name] = value
    for name, grade in values.items():
        if isinstance(grade, SourceGrade):
            read = values.get(name.replace("source_grade", "read_in_source"))
            if read is not None and (rule := grade_rule(grade, read_in_source=read)):
                at.add(name, rule)
    return values


def read_noun(kind: type[Noun], table: object, at: Findings, columns: Columns | None = None) -> Noun | None:
    """Return the object that a TOML table describes, or None after noting every fault.

    An object of this class is returned unchanged, and so is None, which stands for a document that cannot be read.
    """
    if table is None or isinstance(table, kind):
        return table
    before, columns = len(at), columns or columns_of(kind)
    if not isinstance(table, dict):
        at.add("", f"must be a table of {', '.join(columns)}, got {shown(table)}")
        return None
    note_unknown(table, columns, at)
    values = read_fields(columns, table, at)
    names = {column.field.name: key for key, column in columns.items() if key != column.field.name}
    return (at.at("", names) if names else at).attempt(kind, **values) if len(at) == before else None


def nouns_of(kind: type[Noun], columns: Columns | None = None) -> Callable[[object, str, Findings], tuple[Noun, ...]]:
    """Return a reader of a list of tables."""

    def read(given: object, key: str, at: Findings) -> tuple[Noun, ...]:
        nouns = (read_noun(kind, table, place, columns) for place, table in entries(given, key, at))
        return tuple(noun for noun in nouns if noun is not None)

    return read


def entries(given: object, key: str, at: Findings) -> Iterator[tuple[Findings, Any]]:
    """Yield the findings and the value of each entry of a list; a value that is not a list is noted."""
    if not isinstance(given, list | tuple):
        at.add(key, f"must be a list, got {shown(given)}")
        return
    for index, entry in enumerate(given):
        yield at.at(f"{key}[{index}]"), entry


def note_unknown(given: Iterable[str], known: Iterable[str], at: Findings) -> None:
    """Note unknown keys, and the known keys that they may stand for."""
    known = list(known)
    for key in given:
        if key not in known:
            at.add(key, unknown(key, known))


def note_repeats(given: Iterable[tuple[Findings, Mapping[str, Any]]], *key: str) -> None:
    """Note entries with the key of an earlier entry, even if these entries have other faults."""
    first: dict[tuple[Any, ...], Findings] = {}
    for at, values in given:
        found = tuple(values.get(name) for name in key)
        if None in found or not all(isinstance(value, Hashable) for value in found):
            continue
        if (other := first.setdefault(found, at)) is not at:
            same = " and ".join(shown(getattr(value, "value", value)) for value in found)
            at.add(key[0], f"must be unique, got {same}, as at {other.path(key[0])}")


def unknown(name: str, known: Iterable[str]) -> str:
    """Return the rule that an unknown name breaks; it states the closest known name or, if none is close, all names."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"is unknown; did you mean {near[0]!r}?" if near else f"is unknown; known: {', '.join(known)}"


def _of_document(field: Declared, value: Any, key: str, at: Findings) -> Any:
    """Return a value in the type of its field; a value of a wrong type is returned unchanged, for the field's check."""
    if field.kind is Decimal and isinstance(value, int | float | str) and not isinstance(value, bool):
        return number(str(value))
    entry: Any = field.entry and field.entry.kind
    if is_dataclass(field.kind) and isinstance(value, dict):
        return read_noun(field.kind, value, at.at(key))  # type: ignore[arg-type]  # a class, as all kinds are
    if is_dataclass(entry):
        return nouns_of(entry)(value, key, at)  # type: ignore[arg-type]  # as above
    if field.kind is tuple and not isinstance(value, list | tuple):
        raise CellError(f"must be a list, got {shown(value)}")
    return value


def _of_cell(field: Declared, cell: str) -> Any:
    if field.kind is bool:
        if cell not in ("yes", "no"):
            raise CellError(f"must be yes or no, got {cell!r}")
        return cell == "yes"
    if field.kind is Decimal:
        return number(cell)
    if field.kind is float:
        return float(number(cell))
    if field.kind is int:
        return whole_number(cell)
    if field.kind is datetime.date:
        try:
            return datetime.datetime.strptime(cell, "%Y-%m-%d").date()
        except ValueError:
            raise CellError(f"must be a date YYYY-MM-DD, got {cell!r}") from None
    if field.kind is tuple:
        return tuple(part.strip() for part in cell.split(field.separator or None) if part.strip())
    return cell


def whole_number(cell: str) -> int:
    """Return a whole number; raises CellError for other text."""
    value = number(cell)
    if value != value.to_integral_value():
        raise CellError(f"must be a whole number, got {cell!r}")
    return int(value)


def pairs(cell: str, form: str) -> list[tuple[str, str]]:
    """Return the pairs in ``LEFT=RIGHT;LEFT=RIGHT``; errors describe the format by ``form``."""
    found = []
    for part in cell.split(";"):
        left, equals, right = (side.strip() for side in part.rpartition("="))
        if not (left and equals and right):
            raise CellError(f"must be {form}, separated by semicolons, got {cell!r}")
        found.append((left, right))
    return found
