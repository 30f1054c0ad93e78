"""Reads and writes messages as JSON. Every fault of a request is reported with its field."""

import base64
import difflib
import functools
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from google.protobuf import field_mask_pb2, json_format, message_factory
from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from boxwright.contract.intake import SMALL_BYTES, check_lengths
from boxwright.domain.limits import max_entries
from boxwright.errors import FieldViolation, InvalidInputError, LimitExceededError, printable
from boxwright.findings import Findings
from boxwright.stop import NEVER, Stop

Made = TypeVar("Made")

FREE_VALUES, BYTES_PER_VALUE = 100_000, 6
"""Number of values that any request may have, and number of bytes per additional value. Real requests stay below this.

Without a limit, 16 MiB of empty objects would take 2.9 GB as messages; with it, they take 0.8 GB and 8 s.
"""

_CAPITAL = re.compile("[A-Z]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_KIND = FieldDescriptor
_RANGES = {
    _KIND.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    _KIND.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    _KIND.CPPTYPE_UINT32: (0, 2**32 - 1),
    _KIND.CPPTYPE_UINT64: (0, 2**64 - 1),
}
_AS_TEXT = (_KIND.CPPTYPE_INT64, _KIND.CPPTYPE_UINT64)
_OURS = ("boxwright.", "google.type.")
"""Prefixes of the types of messages that are JSON objects; messages of other types have special forms."""

_WRITTEN = {
    "google.protobuf.Timestamp": "must be an RFC 3339 time with its zone, such as 2026-11-27T22:00:00Z",
    "google.protobuf.Duration": "must be seconds, such as 1.5s",
    "google.protobuf.FieldMask": "must be paths joined by commas, such as plan.create_time",
}
"""Rules of messages that are JSON strings, by type."""

_REAL = frozenset({_KIND.CPPTYPE_DOUBLE, _KIND.CPPTYPE_FLOAT})
_NUMBER = re.compile(r"NaN|-?Infinity|-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?")


def from_json(data: bytes, kind: type[Message], stop: Stop = NEVER) -> Message:
    """Return the message in JSON; keys may be snake_case or camelCase, as protobuf maps them.

    Protobuf's reader reports only the first fault, accepts wrong types (a list for an object, true for 1) and takes
    three times as long. It is used only for messages that are strings, such as FieldMask.

    Raises
    ------
    InvalidInputError
        If the data are not JSON or not a message of this type.
    LimitExceededError
        If the data have too many values.
    SearchEndedError
        If ``stop`` ends the reading.
    """
    content = json_object(data, stop)
    found = Findings(stop=stop)
    message = _message(kind.DESCRIPTOR, content, found)
    found.raise_any()
    if len(data) > SMALL_BYTES:
        check_lengths(message, stop)
    return message


def read_stated(content: Mapping[str, Any], kind: type[Message], read: Callable[[Any, Findings], Made | None]) -> Made:
    """Return the object that ``read`` makes from a message in plain data.

    Raises InvalidInputError with every fault of the data, and every fault that ``read`` notes of other fields.
    """
    stated, later = Findings(), Findings()
    message = _message(kind.DESCRIPTOR, content, stated)
    made = stated.attempt(read, message, later)
    if len(stated) or len(later):
        noted = {fault.field for fault in stated.violations}
        follow = {field.rpartition(".")[0] for field in noted}
        stated.extend(
            fault
            for fault in later.violations
            if fault.field not in follow and not any(_is_in(fault.field, field) for field in noted)
        )
        stated.raise_any()
    assert made is not None  # otherwise something was noted
    return made


def _is_in(path: str, field: str) -> bool:
    return path.startswith(field) and path[len(field) : len(field) + 1] in ("", ".", "[")


def json_object(data: bytes, stop: Stop = NEVER) -> dict[str, Any]:
    """Return the object in JSON as plain data; errors as for ``from_json``."""
    if data.count(b",") + data.count(b"[") + data.count(b"{") > FREE_VALUES + len(data) // BYTES_PER_VALUE:
        raise LimitExceededError([FieldViolation("", "must have fewer values for its length")])
    try:
        text = data.decode("utf-8-sig")  # accepts a byte-order mark
        content = json.loads(text, object_pairs_hook=partial(_once, stop), parse_constant=_no_number)
    except RecursionError:
        raise LimitExceededError([FieldViolation("", "must be nested less deeply")]) from None
    except UnicodeDecodeError as error:
        raise _invalid("", f"must be JSON in UTF-8: byte {error.start + 1} is not UTF-8") from None
    except ValueError as error:
        raise _invalid("", f"must be JSON in UTF-8: {error}") from None
    if not isinstance(content, dict):
        raise _invalid("", "must be a JSON object")
    return content


def to_json(answer: Message | bytes, kind: type[Message]) -> bytes:
    """Return the JSON of a message or of its bytes, with snake_case keys and without default values."""
    message = kind.FromString(answer) if isinstance(answer, bytes) else answer
    return json.dumps(plain(message), ensure_ascii=False, separators=(",", ":")).encode()


def plain(message: Message) -> Any:
    """Return a message as plain data in protobuf's mapping; protobuf's writer takes three times as long."""
    if not message.DESCRIPTOR.full_name.startswith(_OURS):
        return json_format.MessageToDict(message, preserving_proto_field_name=True)
    writers, made = _writers(message.DESCRIPTOR), {}
    for field, value in message.ListFields():
        name, write = writers[field.number]
        if field.is_repeated:
            made[name] = list(value) if write is None else [write(entry) for entry in value]
        else:
            made[name] = value if write is None else write(value)
    return made


@functools.cache
def _writers(descriptor: Any) -> dict[int, tuple[str, Callable[[Any], Any] | None]]:
    """Return, by number of a field, its name and its converter, None if values are not converted."""
    return {field.number: (field.name, _writer(field)) for field in descriptor.fields}


def _writer(field: Any) -> Callable[[Any], Any] | None:
    if field.message_type is not None:
        return plain
    if field.enum_type is not None:
        names = {value.number: value.name for value in field.enum_type.values}
        return lambda number: names.get(number, number)
    if field.type == _KIND.TYPE_BYTES:
        return lambda data: base64.b64encode(data).decode()
    return str if field.cpp_type in _AS_TEXT else _real if field.cpp_type in _REAL else None


def _real(value: float) -> float | str:
    if value.is_integer():
        return int(value)
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _once(stop: Stop, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    stop.look()
    found = dict(pairs)
    if len(found) != len(pairs):
        (key, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"the key {key[:100]!r} appears twice in one object")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def _message(descriptor: Any, content: Mapping[str, Any], found: Findings) -> Message:
    """Return the message in an object after noting unknown keys."""
    made: dict[str, Any] = {}
    keys: dict[str, str] = {}
    fields = _fields(descriptor)
    for key, value in content.items():
        if (known := fields.get(key)) is None:
            found.add(printable(key), f"is not a field of {descriptor.name}; {_instead(descriptor, key)}")
            continue
        name, choice, read = known
        place = choice if value is not None else name
        if (other := keys.get(place)) is not None:
            rule = f"must not be set together with {other}" if other != name else f"must be set once, got {key} too"
            found.add(name, rule)
        keys[place] = name
        if value is not None:
            made[name] = read(value, found, name)
    kind: type[Message] = message_factory.GetMessageClass(descriptor)
    return kind(**made)


@functools.cache
def _fields(descriptor: Any) -> dict[str, tuple[str, str, Any]]:
    """Return, by JSON key, the name of the field, its oneof (the field itself if it has none), and a reader."""
    return {
        key: (
            field.name,
            (field.containing_oneof or field).name,
            partial(_read_list, field) if field.is_repeated else _value_reader(field),
        )
        for field in descriptor.fields
        for key in (field.name, field.json_name)
    }


def _instead(descriptor: Any, key: str) -> str:
    """Return a hint on the field that a key may stand for, or the list of fields."""
    like = difflib.get_close_matches(key[:100], list(_fields(descriptor)), 1)
    if near := _below(descriptor, key) or [_fields(descriptor)[name][0] for name in like]:
        return f"did you mean {near[0]}?"
    return f"its fields: {', '.join(field.name for field in descriptor.fields) or 'none'}"


def _below(descriptor: Any, key: str) -> list[str]:
    """Return the paths of the fields with this name in inner messages: the key may be on the wrong level."""
    inner = [field for field in descriptor.fields if field.message_type and not field.is_repeated]
    found = [f"{field.name}.{key}" for field in inner if key in field.message_type.fields_by_name]
    return found or [f"{field.name}.{path}" for field in inner for path in _below(field.message_type, key)]


def _read_list(field: Any, value: Any, found: Findings, name: str) -> Any:
    if not isinstance(value, list):
        found.add(name, f"must be a list, got {_shown(value)}")
        return None
    if len(value) > (most := max_entries(field.name)):  # checked before the entries take memory
        raise LimitExceededError([FieldViolation(found.path(name), f"must hold at most {most:,} entries")])
    read = _value_reader(field)
    entries = (read(entry, found, f"{name}[{index}]") for index, entry in enumerate(value))
    # An unreadable message is replaced by an empty one, so that later entries keep their index.
    empty = field.message_type and message_factory.GetMessageClass(field.message_type)()
    return [empty if entry is None else entry for entry in entries if entry is not None or empty is not None]


Read = Callable[[Any, Findings, str], Any]
"""A function from a JSON value, findings and path to the value of a field, None after noting a fault."""


@functools.cache
def _value_reader(field: Any) -> Read:
    kind, sort = field.message_type, field.cpp_type
    if kind is not None:
        ours = kind.full_name.startswith(_OURS)
        return (
            partial(_read_message, kind) if ours else partial(_read_text_message, message_factory.GetMessageClass(kind))
        )
    if sort == _KIND.CPPTYPE_ENUM:
        # Lookups of protobuf fail for unpaired surrogates and for numbers above 32 bits.
        known = frozenset((*field.enum_type.values_by_name, *field.enum_type.values_by_number))
        return partial(_read_plain, partial(_member, field.enum_type, known))
    return partial(_read_plain, partial(_whole, *_RANGES[sort]) if sort in _RANGES else _PLAIN.get(sort, _text))


def _read_message(descriptor: Any, value: Any, found: Findings, name: str) -> Any:
    if not isinstance(value, dict):
        found.add(name, f"must be an object, got {_shown(value)}")
        return None
    return _message(descriptor, value, found.at(name))


def _read_text_message(kind: type[Message], value: Any, found: Findings, name: str) -> Any:
    try:
        if isinstance(value, str) and _text(value) and kind is field_mask_pb2.FieldMask:
            if value.count(",") >= (most := max_entries("paths")):  # the same limit as for JSON lists
                rule = f"must hold at most {most:,} entries"
                raise LimitExceededError([FieldViolation(found.path(f"{name}.paths"), rule)])
            paths = (_CAPITAL.sub(lambda letter: f"_{letter[0].lower()}", path) for path in value.split(",") if path)
            return field_mask_pb2.FieldMask(paths=paths)
        return json_format.ParseDict(value, kind())
    except (json_format.ParseError, ValueError, TypeError, AttributeError, OverflowError) as error:
        rule = _WRITTEN.get(kind.DESCRIPTOR.full_name, f"cannot be read: {str(error).strip().rstrip('.')}")
        found.add(name, printable(f"{rule}, got {_shown(value)}"))
        return None


def _read_plain(read: Callable[[Any], Any], value: Any, found: Findings, name: str) -> Any:
    try:
        return read(value)
    except ValueError as error:
        found.add(name, f"{error}, got {_shown(value)}")
        return None


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")
    if not value.isascii() and _SURROGATE.search(value):
        raise ValueError("must hold no unpaired surrogates")
    return value


def _number(value: Any) -> float:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")
    if not abs(value) <= sys.float_info.max:
        raise ValueError("must be a number within the range of a double")
    return float(value)


def _whole(least: int, most: int, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,20}", value):
        value = int(value)
    if isinstance(value, bool | str) or not isinstance(value, int | float) or value != value // 1:  # NaN, infinity too
        raise ValueError("must be a whole number")
    if not least <= value <= most:
        raise ValueError(f"must be from {least} to {most}")
    return int(value)


def _member(enum: EnumDescriptor, known: frozenset[Any], value: Any) -> Any:
    if type(value) in (str, int) and value in known:
        return value
    stated = [member.name for member in enum.values if member.number]  # leaves out UNSPECIFIED
    near = _near(value, enum.values[0].name.removesuffix("UNSPECIFIED"), stated) if isinstance(value, str) else ""
    raise ValueError(f"must be one of {', '.join(stated)}{f' (did you mean {near}?)' if near else ''}")


def _near(value: str, prefix: str, stated: list[str]) -> str:
    short = [name.removeprefix(prefix) for name in stated]
    text = value[:100].upper().removeprefix(prefix)
    begun = [name for name in short if text and name.startswith(text)]
    near = begun if len(begun) == 1 else difflib.get_close_matches(text, short, 1)
    return prefix + near[0] if near else ""


_PLAIN: dict[int, Callable[[Any], Any]] = {_KIND.CPPTYPE_BOOL: _truth, **dict.fromkeys(_REAL, _number)}
"""Readers of values, which raise ValueError with the broken rule, by C++ type; other types are strings."""


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return json.dumps(value, default=str)[:60]


def _invalid(field: str, rule: str) -> InvalidInputError:
    return InvalidInputError([FieldViolation(printable(field), printable(rule))])
