"""Rules that the fields of many dataclasses share: identifiers, enum members, snapping."""

import enum
import math
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from typing import Any, ClassVar, Protocol, TypeGuard, TypeVar

from boxwright import units
from boxwright.domain.limits import MAX_NAME_LENGTH, MAX_NOTE_LENGTH, max_entries
from boxwright.errors import FieldViolation, InvalidInputError

MAX_ID_LENGTH = 200

CONTROLS = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode categories that no identifier holds: control and format characters, surrogates, and separators of lines."""

Member = TypeVar("Member", bound=enum.Enum)


class _Whole(Protocol):
    """A dataclass of ``holds_whole``."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Made = TypeVar("Made", bound=_Whole)
_WHOLE = "_whole_names"


def shown(value: object) -> str:
    """Return a value as an error message quotes it; past 100 characters only what it is."""
    try:
        text = repr(value)
    except ValueError:  # an integer of more digits than Python prints
        return "a number of thousands of digits"
    return text if len(text) <= 100 else f"a {type(value).__name__} of {len(text)} characters"


def own_number(value: Any) -> Any:
    """Return a scalar of numpy, such as one read from a data frame, as Python's own; anything else as it is."""
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        return value.item()
    return value


_OWN = frozenset({str, int, float, bool, tuple, type(None)})
"""Types that most fields have, which need no second look."""


def own_numbers(instance: Any) -> None:
    """Replace each scalar of numpy among the fields of a frozen dataclass by Python's own number."""
    for field in instance.__dataclass_fields__:
        value = getattr(instance, field)
        if type(value) not in _OWN and (own := own_number(value)) is not value:
            object.__setattr__(instance, field, own)


def refuse(broken: Iterable[FieldViolation]) -> None:
    """Raise InvalidInputError with all rules that are broken, if any is."""
    if found := list(broken):
        raise InvalidInputError(found)


class Ruled:
    """A frozen dataclass that refuses what breaks its rules, all of it at once, and holds numbers of Python's own.

    One of ``holds_whole`` then holds um and mg.
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        own_numbers(self)
        refuse(self._broken_rules())
        if hasattr(self, _WHOLE):
            snap(self)

    def _broken_rules(self) -> Iterator[FieldViolation]:
        yield from ()


def as_tuple(instance: Any, field: str, kind: type | tuple[type, ...], what: str) -> Iterator[FieldViolation]:
    """Replace a sequence field by a tuple; yield the rules broken: no sequence, too long, elements of another type."""
    values = getattr(instance, field)
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        yield FieldViolation(field, f"must be a sequence of {what}, got {shown(values)}")
        object.__setattr__(instance, field, ())
        return
    if rule := too_long(field, values):
        yield FieldViolation(field, rule)
        object.__setattr__(instance, field, ())
        return
    values = tuple(values)
    broken = [
        FieldViolation(f"{field}[{index}]", f"must be {what}, got {shown(value)}")
        for index, value in enumerate(values)
        if not isinstance(value, kind)
    ]
    yield from broken
    object.__setattr__(instance, field, () if broken else values)


def of_kind(instance: Any, kind: type | tuple[type, ...], what: str, *names: str) -> Iterator[FieldViolation]:
    """Yield each field of a dataclass that is of another type; ``what`` says what it must be."""
    for name in names:
        if not isinstance(value := getattr(instance, name), kind):
            yield FieldViolation(name, f"must be {what}, got {shown(value)}")


def is_number(value: object, least: float, most: float) -> TypeGuard[float]:
    """Whether a value is a number, and from ``least`` to ``most``."""
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def is_whole(value: object, least: int, most: float = math.inf) -> TypeGuard[int]:
    """Whether a value is a whole number, and from ``least`` to ``most``."""
    return isinstance(value, int) and is_number(value, least, most)


def too_long(name: str, values: Any) -> str | None:
    """Return the rule that a list of this name breaks if it has too many entries, None if it has not."""
    most = max_entries(name)
    if not hasattr(values, "__len__"):
        return None
    return f"must hold at most {most:,} entries, got {len(values):,}" if len(values) > most else None


def too_wordy(value: str, most: int = MAX_NOTE_LENGTH) -> str | None:
    """Return the rule that a text of more than so many characters breaks, None if it has not."""
    return f"must have at most {most:,} characters, got {len(value):,}" if len(value) > most else None


def name_rules(instance: Any, *names: str) -> Iterator[FieldViolation]:
    """Yield each field of a dataclass that is no text, or is longer than names of things may be."""
    return _text_rules(instance, names, MAX_NAME_LENGTH)


def note_rules(instance: Any, *names: str) -> Iterator[FieldViolation]:
    """Yield each field of a dataclass that is no text, or is longer than notes and sources may be."""
    return _text_rules(instance, names, MAX_NOTE_LENGTH)


def _text_rules(instance: Any, names: Iterable[str], most: int) -> Iterator[FieldViolation]:
    yield from of_kind(instance, str, "a text", *names)
    for name in names:
        if isinstance(value := getattr(instance, name), str) and (rule := too_wordy(value, most)):
            yield FieldViolation(name, rule)


def id_rules(field: str, value: object) -> Iterator[FieldViolation]:
    """Yield the rules that an identifier breaks."""
    if not isinstance(value, str) or not value.strip():
        yield FieldViolation(field, "must be a non-empty text")
    else:
        yield from _letter_rules(field, value)


def label_rules(field: str, value: object) -> Iterator[FieldViolation]:
    """Yield the rules that a text breaks which may be empty and then says nothing."""
    if not isinstance(value, str):
        yield FieldViolation(field, f"must be a text, got {shown(value)}")
    elif value and not value.strip():
        yield FieldViolation(field, "must not be blank; leave it empty for no value")
    else:
        yield from _letter_rules(field, value)


def _letter_rules(field: str, value: str) -> Iterator[FieldViolation]:
    """Yield the rule that a text breaks which is too long, or moves a cursor, breaks a line or turns letters round."""
    if len(value) > MAX_ID_LENGTH:
        yield FieldViolation(field, f"must have at most {MAX_ID_LENGTH} characters, got {len(value)}")
    elif not value.isprintable() and any(unicodedata.category(each) in CONTROLS for each in value):
        yield FieldViolation(field, f"must not hold control characters, got {shown(value)}")


def member(kind: type[Member], value: object, field: str) -> Member | FieldViolation:
    """Return the member of ``kind`` that ``value`` names; where it names none, the rule that it breaks."""
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(str(each.value) for each in kind)
        return FieldViolation(field, f"must be one of {allowed}, got {shown(value)}")


def coerce(instance: Any, field: str, kind: type[enum.Enum]) -> Iterator[FieldViolation]:
    """Replace a field of a frozen dataclass by the enum member it names; yield the rule it breaks."""
    value = getattr(instance, field)
    if not isinstance(value, kind):
        named = member(kind, value, field)
        if isinstance(named, FieldViolation):
            yield named
        else:
            object.__setattr__(instance, field, named)


def coerce_each(instance: Any, field: str, kind: type[enum.Enum]) -> Iterator[FieldViolation]:
    """Replace a sequence field by the tuple of enum members it names; yield the rules broken."""
    values = getattr(instance, field)
    if type(values) is tuple and all(type(each) is kind for each in values) and len(set(values)) == len(values):
        return  # as nearly all are
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        yield FieldViolation(field, f"must be a sequence, got {shown(values)}")
        return
    if rule := too_long(field, values):
        yield FieldViolation(field, rule)
        return
    values = tuple(values)
    members = [
        value if isinstance(value, kind) else member(kind, value, f"{field}[{index}]")
        for index, value in enumerate(values)
    ]
    if broken := [each for each in members if isinstance(each, FieldViolation)]:
        yield from broken
        return
    if len(set(members)) < len(members):
        yield FieldViolation(field, "must not repeat a value")
    object.__setattr__(instance, field, tuple(members))


def holds_whole(kind: type[Made]) -> type[Made]:
    """Let a frozen dataclass hold um and mg: each ``InWhole`` in place of its field in mm or g.

    Its constructor takes mm and g, and ``snap``, the last step of it, makes them whole, once. What is read in mm or g
    is worked out from that. Code that has um and mg copies such objects with ``changed``.
    """
    names = {field.name: units.whole_name(field.name) for field in fields(kind) if field.name.endswith(("_mm", "_g"))}
    names = {name: whole for name, whole in names.items() if isinstance(vars(kind).get(whole), units.InWhole)}
    for name in names:
        reading = units.InUnits()
        reading.__set_name__(kind, name)
        setattr(kind, name, reading)
    setattr(kind, _WHOLE, names)
    return kind


def snap(instance: Any) -> None:
    """Snap what a dataclass of ``holds_whole`` has in mm or g to the nearest um or mg, and hold that in its place."""
    held = instance.__dict__
    for name, whole in getattr(instance, _WHOLE).items():
        if name in held:
            value = held.pop(name)
            held[whole] = None if value is None else round(value * 1_000)


def changed(instance: Made, **values: Any) -> Made:
    """Return a copy of an object of a dataclass of ``holds_whole`` with other values of fields as it holds them.

    Lengths and masses are in um and mg, such as ``length_um``; the rules of the constructor hold.

    Raises
    ------
    TypeError
        If a field is unknown.
    """
    names = {whole: name for name, whole in getattr(instance, _WHOLE).items()}
    in_units = {
        name: None if (value := values.pop(whole)) is None else value / 1_000
        for whole, name in names.items()
        if whole in values
    }
    return replace(instance, **in_units, **values)
