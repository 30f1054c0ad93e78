"""Rules that the fields of many dataclasses share: identifiers, enum members, snapping."""

import enum
from collections.abc import Iterator
from typing import Any, TypeVar

from boxwright import units
from boxwright.errors import FieldViolation, InvalidInputError

MAX_ID_LENGTH = 200

Member = TypeVar("Member", bound=enum.Enum)


def id_rules(field: str, value: object) -> Iterator[FieldViolation]:
    """Yield the rules that an identifier breaks."""
    if not isinstance(value, str) or not value.strip():
        yield FieldViolation(field, "must be a non-empty text")
    elif len(value) > MAX_ID_LENGTH:
        yield FieldViolation(field, f"must have at most {MAX_ID_LENGTH} characters, got {len(value)}")


def member(kind: type[Member], value: object, field: str) -> Member:
    """Return the member of ``kind`` that ``value`` names.

    Raises
    ------
    InvalidInputError
        Naming ``field`` and all allowed values.
    """
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(str(each.value) for each in kind)
        raise InvalidInputError([FieldViolation(field, f"must be one of {allowed}, got {value!r}")]) from None


def coerce(instance: Any, field: str, kind: type[enum.Enum]) -> Iterator[FieldViolation]:
    """Replace a field of a frozen dataclass by the enum member it names; yield the rule it breaks."""
    value = getattr(instance, field)
    if not isinstance(value, kind):
        try:
            object.__setattr__(instance, field, member(kind, value, field))
        except InvalidInputError as error:
            yield from error.violations


def coerce_each(instance: Any, field: str, kind: type[enum.Enum]) -> Iterator[FieldViolation]:
    """Replace a sequence field by the tuple of enum members it names; yield the rules broken."""
    values = getattr(instance, field)
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        yield FieldViolation(field, f"must be a sequence, got {values!r}")
        return
    members: list[enum.Enum] = []
    for index, value in enumerate(values):
        try:
            members.append(value if isinstance(value, kind) else member(kind, value, f"{field}[{index}]"))
        except InvalidInputError as error:
            yield from error.violations
    if len(set(members)) < len(members):
        yield FieldViolation(field, "must not repeat a value")
    object.__setattr__(instance, field, tuple(members))


def snap(instance: Any, fields: tuple[str, ...]) -> None:
    """Snap fields in mm or g of a frozen dataclass to the nearest um or mg; None stays None."""
    for field in fields:
        value = getattr(instance, field)
        if value is not None:
            object.__setattr__(instance, field, units.to_mm(units.to_um(value)))
