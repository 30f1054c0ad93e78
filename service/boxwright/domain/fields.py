"""Checks the fields of dataclasses against their annotations.

``share: Annotated[float, within(0, 1)]`` is a finite number from 0 to 1, ``kind: Kind`` a member of an enum or its
value, ``tiers: tuple[Tier, ...]`` a sequence of tiers, held as a tuple, and ``Id`` an identifier. A rule is a function
that returns the text of the rule that a value breaks, or None; the rule of a list yields index paths and messages.
"""

import datetime
import enum
import math
import re
import sys
import types
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import MISSING, dataclass, fields, replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TypeGuard, TypeVar, Union, get_args, get_origin, get_type_hints

from boxwright import units
from boxwright.domain.limits import MAX_NAME_LENGTH, MAX_NOTE_LENGTH, max_entries
from boxwright.errors import FieldViolation, InvalidInputError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MAX_ID_LENGTH = 200

CONTROLS = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode categories that identifiers must not contain: control and format characters, surrogates, line separators."""


Made = TypeVar("Made", bound="DataclassInstance")
_WHOLE = "_whole_names"


def shown(value: object) -> str:
    """Return a value as error messages quote it: above 100 characters only its type and length."""
    try:
        text = repr(value)
    except ValueError:  # an integer of more digits than Python prints
        return "a number with thousands of digits"
    return text if len(text) <= 100 else f"a {type(value).__name__} of {len(text)} characters"


def own_number(value: Any) -> Any:
    """Return a numpy scalar, such as one from a data frame, as a Python number; other values unchanged."""
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        return value.item()
    return value


def is_whole(value: object, least: int, most: float = math.inf) -> TypeGuard[int]:
    """Return whether a value is a whole number from ``least`` to ``most``."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def too_wordy(value: str, most: int = MAX_NOTE_LENGTH) -> str | None:
    """Return the rule that a text breaks if it is too long; otherwise None."""
    return f"must have at most {most:,} characters, got {len(value):,}" if len(value) > most else None


def id_rule(value: str) -> str | None:
    """Return the rule that an identifier breaks, or None; it must not be empty, too long or have control characters."""
    return label_rule(value) if value.strip() else "must be a non-empty text"


def label_rule(value: str) -> str | None:
    """Return the rule that an optional identifier breaks, or None; it may be empty."""
    if value and not value.strip():
        return "must not be blank; leave it empty for no value"
    if len(value) > MAX_ID_LENGTH:
        return f"must have at most {MAX_ID_LENGTH} characters, got {len(value)}"
    if not value.isprintable() and any(unicodedata.category(letter) in CONTROLS for letter in value):
        return f"must not hold control characters, got {shown(value)}"
    return None


def one_of(*allowed: str) -> Callable[[str], str | None]:
    """Return the rule of a string that must be one of some values."""
    return lambda value: None if value in allowed else f"must be one of {', '.join(allowed)}, got {shown(value)}"


def fits(pattern: str, rule: str) -> Callable[[str], str | None]:
    """Return the rule of a string that must match a regular expression; ``rule`` is its message."""
    return lambda value: None if re.fullmatch(pattern, value) else f"{rule}, got {shown(value)}"


def within(least: float, most: float = math.inf, *, above: bool = False) -> Callable[[Any], str | None]:
    """Return the rule of a number that must lie from ``least``, or above it with ``above``, to ``most``."""
    if most == math.inf:
        span = f"greater than {least:,}" if above else f"{least:,} or more"
    else:
        span = f"{'above' if above else 'from'} {least:,} to {most:,}"
    return lambda value: (
        None
        if (least < value if above else least <= value) and value <= most
        else (f"must be {span}, got {shown(value) if isinstance(value, int | float) else value}")
    )


def _finite(value: Any) -> str | None:
    finite = value.is_finite() if isinstance(value, Decimal) else abs(value) <= sys.float_info.max
    return None if finite else f"must be finite, got {shown(value)}"


def some(rule: str = "must hold at least one entry") -> Callable[[Any], Iterator[tuple[str, str]]]:
    """Return the rule of a list that must not be empty."""
    return lambda values: iter(() if values else (("", rule),))


def unique(key: str = "") -> Callable[[Any], Iterator[tuple[str, str]]]:
    """Return the rule of a list that must not have equal entries, or entries equal in the field ``key``."""

    def rule(values: Any) -> Iterator[tuple[str, str]]:
        seen = set()
        for index, entry in enumerate(values):
            value = getattr(entry, key) if key else entry
            if value in seen:
                yield (
                    f"[{index}]{key and f'.{key}'}",
                    f"must be unique, {shown(getattr(value, 'value', value))} is repeated",
                )
            seen.add(value)

    return rule


Id = Annotated[str, id_rule]
Label = Annotated[str, label_rule]
Name = Annotated[str, lambda value: too_wordy(value, MAX_NAME_LENGTH)]
Note = Annotated[str, too_wordy]
Length = Annotated[float, units.length_rule]
LengthOrZero = Annotated[float, lambda value: units.length_rule(value, zero=True)]
Mass = Annotated[float, units.mass_rule]
Share = Annotated[float, within(0, 1)]
Positive = Annotated[Decimal, within(0, above=True)]
NotNegative = Annotated[Decimal, within(0)]
DecimalShare = Annotated[Decimal, within(0, 1)]

Check = Callable[[Any, str, list[FieldViolation]], Any]
"""Returns the value to store, given a value and its path; broken rules are added to the list."""


class Separator(str):
    """In an annotation: the separator of a list's entries in a table cell."""


@dataclass(frozen=True, slots=True)
class Held:
    """In an annotation: converts a valid value to the value that is stored."""

    of: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Declared:
    """Declaration of a field of a dataclass."""

    name: str
    kind: Any
    """Type of the field's values: ``tuple`` for a list, ``object`` if nothing is checked."""
    optional: bool
    """Whether the field may be None."""
    default: Any
    """Default of the field; ``dataclasses.MISSING`` if it is required."""
    check: Check
    """Check of values other than the default."""
    separator: str = ""
    """Separator of a list in a cell. Default: blanks."""
    entry: "Declared | None" = None
    """Declaration of a list's entries."""


@cache
def declared(kind: type) -> dict[str, Declared]:
    """Return the declarations of a dataclass' fields by name."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: _declared(field.name, hints[field.name], field.default) for field in fields(kind)}


def _declared(name: str, hint: Any, default: Any = MISSING) -> Declared:
    rules: list[Any] = []
    optional = False
    while (origin := get_origin(hint)) in (Annotated, Union, types.UnionType):
        if origin is Annotated:
            hint, *more = get_args(hint)
            rules += more
        else:
            parts = get_args(hint)
            optional = types.NoneType in parts
            hint = next(part for part in parts if part is not types.NoneType) if len(parts) == 2 else object
    separator = next((rule for rule in rules if isinstance(rule, Separator)), "")
    rules = [rule for rule in rules if rule is not separator]
    if get_origin(hint) is tuple and get_args(hint)[1:] == (...,):
        entry = _declared("", get_args(hint)[0])
        plain = get_origin(get_args(hint)[0]) is None
        return Declared(name, tuple, optional, default, _list(entry, plain, rules), separator, entry)
    hint = dict if get_origin(hint) is dict else hint
    if not isinstance(hint, type) or get_origin(hint) is not None or hint is object:
        return Declared(name, object, optional, default, lambda value, *_: value)
    return Declared(name, hint, optional, default, _member(hint) if issubclass(hint, enum.Enum) else _one(hint, rules))


_KINDS: dict[type, tuple[str, tuple[type, ...]]] = {
    str: ("a text", (str,)),
    bool: ("true or false", (bool,)),
    int: ("a whole number", (int,)),
    float: ("a number", (float, int)),
    Decimal: ("a Decimal", (Decimal,)),
    datetime.date: ("a datetime.date", (datetime.date,)),
    dict: ("a table", (dict,)),
}
"""By type: its name in errors, and the types accepted for it."""


def _words(kind: type) -> str:
    name = kind.__name__
    return _KINDS[kind][0] if kind in _KINDS else f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _one(kind: type, rules: list[Any]) -> Check:
    exact = frozenset(_KINDS[kind][1] if kind in _KINDS else (kind,))
    allowed = tuple(exact)
    never = (bool, datetime.datetime) if kind in _KINDS else ()
    if kind is Decimal or (kind is float and not rules):
        rules = [_finite, *rules]
    held_of = next((rule.of for rule in rules if isinstance(rule, Held)), None)
    rules = [rule for rule in rules if not isinstance(rule, Held)]

    def check(value: Any, path: str, broken: list[FieldViolation]) -> Any:
        if type(value) not in exact and (not isinstance(value, allowed) or isinstance(value, never)):
            broken.append(FieldViolation(path, f"must be {_words(kind)}, got {shown(value)}"))
            return value
        for rule in rules:
            if text := rule(value):
                broken.append(FieldViolation(path, text))
                return value
        return value if held_of is None else held_of(value)

    return check


def _member(kind: type[enum.Enum]) -> Check:
    def check(value: Any, path: str, broken: list[FieldViolation]) -> Any:
        if type(value) is kind:
            return value
        try:
            return kind(value)
        except ValueError:
            allowed = ", ".join(str(member.value) for member in kind)
            broken.append(FieldViolation(path, f"must be one of {allowed}, got {shown(value)}"))
            return value

    return check


def _list(entry: Declared, plain: bool, rules: list[Any]) -> Check:
    """Return the check of a sequence, which is stored as a tuple; ``plain`` entries have a type and no rules."""

    def check(values: Any, path: str, broken: list[FieldViolation]) -> Any:
        if isinstance(values, str | bytes) or not isinstance(values, Iterable):
            broken.append(FieldViolation(path, f"must be a sequence of {_words(entry.kind)}, got {shown(values)}"))
            return values
        most = max_entries(path)
        if isinstance(values, Sized) and len(values) > most:
            broken.append(FieldViolation(path, f"must hold at most {most:,} entries, got {len(values):,}"))
            return values
        held, before = tuple(values), len(broken)
        if not plain or not {*map(type, held)} <= {entry.kind}:  # most lists need no check of their entries
            held = tuple(entry.check(own_number(value), f"{path}[{at}]", broken) for at, value in enumerate(held))
        if len(broken) == before:
            broken += [FieldViolation(path + step, text) for rule in rules for step, text in rule(held)]
        return held

    return check


class Ruled:
    """A frozen dataclass that checks its fields and stores Python numbers.

    Its constructor raises InvalidInputError with every rule that single fields break or, if there is none, with every
    rule that fields break together (``_broken_rules`` of the class and its bases). If the class is decorated with
    ``holds_whole``, the constructor then stores mm and g as whole um and mg.
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        broken: list[FieldViolation] = []
        checks, rules = _checks(type(self))  # type: ignore[arg-type]  # a class can be hashed
        for name, default, optional, check in checks:
            value = getattr(self, name)
            if value is default or (value is None and optional):
                continue
            held = check(value if type(value) in _OWN else own_number(value), name, broken)
            if held is not value:
                object.__setattr__(self, name, held)
        for rule in () if broken else rules:
            broken += rule(self)
        if broken:
            raise InvalidInputError(broken)
        if whole_names := getattr(self, _WHOLE, None):
            held = self.__dict__
            for name, whole in whole_names.items():
                if name in held:
                    value = held.pop(name)
                    held[whole] = None if value is None else round(value * 1_000)


def broken_fields(kind: type, values: Mapping[str, Any]) -> list[FieldViolation]:
    """Return the rules that single fields of a ``Ruled`` class break; other classes have none."""
    broken: list[FieldViolation] = []
    if not issubclass(kind, Ruled):
        return broken
    for name, default, optional, check in _checks(kind)[0]:  # type: ignore[arg-type]  # a class can be hashed
        value = values.get(name, default)
        if value is not default and not (value is None and optional):
            check(value if type(value) in _OWN else own_number(value), name, broken)
    return broken


_OWN = frozenset({str, int, float, bool, tuple, Decimal})
"""Types of values that are not numpy scalars; most fields need no other test."""


@cache
def _checks(kind: Any) -> tuple[list[tuple[str, Any, bool, Check]], list[Any]]:
    """Return the checks of a class' fields, and the rules that concern several fields, bases first."""
    of_fields = [(field.name, field.default, field.optional, field.check) for field in declared(kind).values()]
    return of_fields, [vars(base)["_broken_rules"] for base in kind.__mro__[::-1] if "_broken_rules" in vars(base)]


def holds_whole(kind: type[Made]) -> type[Made]:
    """Make a frozen dataclass store um and mg: each ``InWhole`` replaces its field in mm or g.

    The constructor takes mm and g and rounds them to the nearest um and mg in its last step, once. Attributes in mm and
    g are computed from um and mg. Code that has um and mg copies such objects with ``changed``.
    """
    names = {field.name: units.whole_name(field.name) for field in fields(kind) if field.name.endswith(("_mm", "_g"))}
    names = {name: whole for name, whole in names.items() if isinstance(vars(kind).get(whole), units.InWhole)}
    for name in names:
        reading = units.InUnits()
        reading.__set_name__(kind, name)
        setattr(kind, name, reading)
    setattr(kind, _WHOLE, names)
    return kind


def changed(instance: Made, **values: Any) -> Made:
    """Return a copy of an object of a ``holds_whole`` class with other values, lengths in um and masses in mg.

    The rules of the constructor apply. TypeError if a field is unknown or given twice.
    """
    in_units = {}
    for name, whole in getattr(instance, _WHOLE).items():
        if whole in values:
            value = values.pop(whole)
            in_units[name] = None if value is None else value / 1_000
    return replace(instance, **in_units, **values)
