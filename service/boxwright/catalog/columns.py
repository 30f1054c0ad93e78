"""Columns of a table as the fields of its rows' class: the class is the one description that readers follow."""

import enum
import types
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, fields
from decimal import Decimal
from inspect import get_annotations
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from boxwright.catalog import cells
from boxwright.domain.source_grade import SourceGrade


@dataclass(frozen=True, slots=True)
class Column:
    """How the cells of a column are read.

    Attributes
    ----------
    read : callable
        From text to value; raises CellError.
    default : object
        What an empty cell means; REQUIRED if it must not be empty.
    """

    read: Callable[[str], Any]
    default: Any = None


REQUIRED = object()
"""Default of a column whose cells must not be empty."""

Columns = dict[str, Column]

Number = Annotated[Decimal, cells.number]
NotNegative = Annotated[Decimal, cells.not_negative]
Share = Annotated[Decimal, cells.share]

_READERS: dict[object, Callable[[str], Any]] = {
    str: cells.text,
    bool: cells.flag,
    int: cells.whole,
    Decimal: cells.positive,
}
"""Readers by type, where a field's annotation names none."""


def columns_of(kind: type, *names: str, **own: Column) -> Columns:
    """Return the columns of the rows of a dataclass: those of its own fields, then those of its bases.

    A field is read by the reader that its annotation names, else by its type: a Decimal is above 0. A cell may be empty
    where its field may be None or has a default. Provenance and flags must always be said.

    Parameters
    ----------
    kind : type
        The dataclass.
    *names : str
        Fields that are columns, in their order. Default: all.
    **own : Column
        Columns that are not as their fields say.
    """
    hints = get_type_hints(kind, include_extras=True)
    known = {field.name: field for field in fields(kind)}
    ordered = dict.fromkeys(name for each in kind.__mro__ for name in get_annotations(each))
    return {name: own.get(name) or _column(known[name], hints[name]) for name in names or ordered if name in known}


def _column(field: Field[Any], hint: Any) -> Column:
    parts = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    kind = next(each for each in parts if each is not type(None))
    default = field.default
    if field.name == "source" or kind in (bool, SourceGrade):
        default = REQUIRED
    elif default is MISSING:
        default = None if len(parts) > 1 else REQUIRED
    if get_origin(kind) is Annotated:
        return Column(get_args(kind)[1], default)
    return Column(cells.member_of(kind) if issubclass(kind, enum.Enum) else _READERS[kind], default)
