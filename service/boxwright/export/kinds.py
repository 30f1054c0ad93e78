"""The kinds of values that fields hold: how each stands in JSON, in which unit, and in the canonical form."""

import enum
from decimal import Decimal
from operator import attrgetter
from typing import Any

from boxwright import units
from boxwright.domain.lack import Lack
from boxwright.export.exact import plain
from boxwright.export.fields import Fields
from boxwright.export.noun import FieldKind


def _edges(fields: Fields, name: str) -> tuple[int, int, int]:
    values: Any = fields.get(name)
    if not isinstance(values, list | tuple) or len(values) != 3:
        fields.refuse(name, "must be a list of length, width and height")
        return (0, 0, 0)
    edges = Fields(dict(zip(("length", "width", "height"), values, strict=True)), name, fields.violations)
    edges.path = f"{fields.path}.{name}"
    length, width, height = (units.to_um(edges.number(edge)) for edge in ("length", "width", "height"))
    return length, width, height


def _share(fields: Fields, name: str) -> Decimal | None:
    share = fields.decimal(name)
    if not 0 <= share <= 1:
        fields.refuse(name, "must be from 0 to 1")
        return None
    return share


def _doubled(value: float) -> str:
    return plain(Decimal(str(value)))


def _lacks(fields: Fields, name: str) -> tuple[Lack, ...]:
    found = []
    for text in fields.texts(name):
        try:
            found.append(Lack.read(text))
        except ValueError:
            fields.refuse(name, f"must hold only component/stage: subject, got {text!r:.80}")
    return tuple(found)


TEXT = FieldKind("text", "", Fields.text)
CODE = FieldKind("text", "", Fields.text, str)
TEXTS = FieldKind("list of texts", (), Fields.texts, list)
LACKS = FieldKind("list of `component/stage: subject`", (), _lacks, list)
FLAG = FieldKind("true or false", False, Fields.flag, None, int)
WHOLE = FieldKind("whole number", 0, Fields.whole)
NUMBER = FieldKind("number", 0.0, Fields.number)
DATE = FieldKind("date", None, Fields.date, lambda day: day.isoformat())
MG_CO2E = FieldKind("mg CO2e, whole", 0, Fields.whole)
MINOR = FieldKind("minor units of the currency, whole", 0, Fields.whole)
G = FieldKind("g", 0, Fields.mg, units.to_g)
N = FieldKind("N", 0, Fields.mg, units.to_g)
"""Forces are held in mN, a thousandth as of masses."""
MM = FieldKind("mm", 0, lambda fields, name: units.to_um(fields.number(name)), units.to_mm)
EDGES = FieldKind(
    "list of three: mm along length, width, height", (0, 0, 0), _edges, lambda um: [*map(units.to_mm, um)]
)
MM3 = FieldKind(
    "mm3, decimal as text",
    0,
    lambda fields, name: round(fields.decimal(name) * units.UM3_PER_MM3),
    lambda um3: units.exact(um3, units.UM3_PER_MM3),
)
DECIMAL = FieldKind("decimal as text", Decimal(0), Fields.decimal, plain, plain)
SHARE = FieldKind("decimal as text, 0 to 1", None, _share, plain, plain)
DOUBLE = FieldKind("decimal as text", 0.0, lambda fields, name: float(fields.decimal(name)), _doubled, _doubled)
GRAINS = FieldKind("whole number as text", 0, Fields.exact_whole, str, str)
"""Bounds count cubic um and other grains past 2**53, the largest whole number of RFC 8785."""
SIZES = FieldKind("whole numbers", (), Fields.get, list)
"""Of the canonical form only."""


def member(kind: type[enum.Enum]) -> FieldKind:
    """Return the kind of a member of an enumeration."""
    value = attrgetter("value")
    words = "one of " + ", ".join(f"`{each.value}`" for each in kind)
    kept = None if issubclass(kind, str) else value
    return FieldKind(words, next(iter(kind)), lambda fields, name: fields.member(name, kind), value, kept)


def members(kind: type[enum.Enum]) -> FieldKind:
    """Return the kind of a list of members of an enumeration."""

    def values(them: Any) -> list[str]:
        return [each.value for each in them]

    words = "list of " + ", ".join(f"`{each.value}`" for each in kind)
    return FieldKind(words, (), lambda fields, name: fields.members(name, kind), values, values)
