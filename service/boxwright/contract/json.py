"""Messages of the contract in JSON and back, with each fault of a request named by its field."""

import difflib
import functools
import json
import math
import re
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from google.protobuf import field_mask_pb2, json_format, message_factory
from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from boxwright.contract.intake import parse
from boxwright.domain.limits import max_entries
from boxwright.errors import FieldViolation, InvalidInputError, LimitExceededError, printable
from boxwright.findings import Findings
from boxwright.stop import NEVER, Stop

Made = TypeVar("Made")

FREE_VALUES, BYTES_PER_VALUE = 100_000, 6
"""Values of a request: so many, and one more for each so many bytes. JSON that says something has fewer."""

MOST_KEYS, FREE_KEYS = 5_000, 20_000
"""Most different keys, several times those of the contract; and most keys of a request that are not looked at."""
KEYS_AT_ONCE = 65_536
"""Bytes between two looks at how many keys there are."""

_KEY = re.compile(rb'"(?<!\\")([^"\\]*(?:\\.[^"\\]*)*)"\s*:')
"""A key with its escapes. No match begins at an escaped quotation mark: a text of them would be read over and over."""

LONGEST_WHOLE = 400
"""Digits from which on no field holds a number."""

_CAPITAL = re.compile("[A-Z]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_KIND = FieldDescriptor
_RANGES = {
    _KIND.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    _KIND.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    _KIND.CPPTYPE_UINT32: (0, 2**32 - 1),
    _KIND.CPPTYPE_UINT64: (0, 2**64 - 1),
}
_MOST_32 = 2**31 - 1
_OURS = ("boxwright.", "google.type.")
"""Messages that are objects in JSON; others are written in ways of their own."""

_WRITTEN = {
    "google.protobuf.Timestamp": "must be an RFC 3339 time with its zone, such as 2026-11-27T22:00:00Z",
    "google.protobuf.Duration": "must be seconds, such as 1.5s",
    "google.protobuf.FieldMask": "must be paths joined by commas, such as plan.create_time",
}
"""How messages of texts are written."""

_REAL = frozenset({_KIND.CPPTYPE_DOUBLE, _KIND.CPPTYPE_FLOAT})
_MOST_REAL = sys.float_info.max
_NOT_FINITE = ("NaN", "Infinity", "-Infinity")


def from_json(data: bytes, kind: type[Message], stop: Stop = NEVER) -> Message:
    """Return the message that JSON states; keys in snake_case or camelCase, as protobuf maps them.

    The reader of protobuf names its first fault only, takes some values for others (a list for an object, true for 1)
    and needs three times as long, so that it reads only what is written as a text, such as a FieldMask.

    Raises
    ------
    InvalidInputError
        If it is no JSON, or says what the contract does not have; LimitExceededError if it holds too many values.
    SearchEndedError
        If ``stop`` ends it.
    """
    content = json_object(data, stop)
    found = Findings(stop=stop)
    message = _reader(kind.DESCRIPTOR)(content, found)
    found.raise_any()
    return parse(message.SerializeToString(), kind, stop)


def read_stated(content: Mapping[str, Any], kind: type[Message], read: Callable[[Any, Findings], Made | None]) -> Made:
    """Return what ``read`` makes of the message that plain data states.

    Raises
    ------
    InvalidInputError
        With what the contract does not have, and what ``read`` notes of fields that it could be asked about.
    """
    stated, later = Findings(), Findings()
    message = _reader(kind.DESCRIPTOR)(content, stated)
    made = stated.attempt(read, message, later)
    if len(stated) or len(later):
        noted = {each.field for each in stated.violations}
        follow = {field.rpartition(".")[0] for field in noted}
        stated.extend(
            each
            for each in later.violations
            if each.field not in follow and not any(_is_in(each.field, field) for field in noted)
        )
        stated.raise_any()
    assert made is not None  # else something is noted
    return made


def _is_in(path: str, field: str) -> bool:
    return path.startswith(field) and path[len(field) : len(field) + 1] in ("", ".", "[")


def json_object(data: bytes, stop: Stop = NEVER) -> dict[str, Any]:
    """Return the object that JSON states, as plain data; errors as of ``from_json``."""
    if data.count(b",") + data.count(b"[") + data.count(b"{") > FREE_VALUES + len(data) // BYTES_PER_VALUE:
        raise LimitExceededError([FieldViolation("", "must hold fewer values: most of its bytes say nothing")])
    _check_keys(data, stop)
    try:
        text = data.decode("utf-8-sig")  # some programs write a byte-order mark, which says nothing
        content = json.loads(text, object_pairs_hook=partial(_once, stop), parse_constant=_no_number, parse_int=_whole)
    except RecursionError:
        raise LimitExceededError([FieldViolation("", "must be nested less deeply")]) from None
    except UnicodeDecodeError as error:
        raise _invalid("", f"must be JSON in UTF-8: byte {error.start + 1} is not UTF-8") from None
    except ValueError as error:
        raise _invalid("", f"must be JSON in UTF-8: {error}") from None
    if not isinstance(content, dict):
        raise _invalid("", "must be a JSON object")
    return content


def _check_keys(data: bytes, stop: Stop) -> None:
    """Refuse a request of more different keys than any has, before its objects are made."""
    if data.count(b":") <= FREE_KEYS:
        return
    keys: set[bytes] = set()
    for start in range(0, len(data), KEYS_AT_ONCE):
        stop.look()
        keys.update(_KEY.findall(data, start, start + KEYS_AT_ONCE))
        if len(keys) > MOST_KEYS:
            raise LimitExceededError([FieldViolation("", f"must hold at most {MOST_KEYS:,} different keys")])


def to_json(answer: Message | bytes, kind: type[Message]) -> bytes:
    """Return JSON of an answer or of its bytes: keys as the contract spells them, defaults left out."""
    message = kind.FromString(answer) if isinstance(answer, bytes) else answer
    return json.dumps(plain(message), ensure_ascii=False, separators=(",", ":")).encode()


def plain(message: Message) -> Any:
    """Return a message as plain data, as protobuf maps it; its own writer needs three times as long."""
    names = _writers(message.DESCRIPTOR)
    if names is None:
        return json_format.MessageToDict(message, preserving_proto_field_name=True)
    plain = {}
    for field, value in message.ListFields():
        name, write = names[field.number]
        if write is not None:
            value = [write(each) for each in value] if field.is_repeated else write(value)
        elif field.is_repeated:
            value = list(value)
        plain[name] = value
    return plain


@functools.cache
def _writers(descriptor: Any) -> dict[int, tuple[str, Callable[[Any], Any] | None]] | None:
    """Return how fields are called and written, by number; None where a message is not written by its fields."""
    if not descriptor.full_name.startswith(_OURS):
        return None
    return {field.number: (field.name, _writer(field)) for field in descriptor.fields}


def _writer(field: Any) -> Callable[[Any], Any] | None:
    """Return what makes plain data of a value; None where it is plain."""
    sort = field.cpp_type
    if field.message_type is not None:
        return plain
    if field.enum_type is not None:
        names = {number: value.name for number, value in field.enum_type.values_by_number.items()}
        return lambda number: names.get(number, number)
    if sort in (_KIND.CPPTYPE_INT64, _KIND.CPPTYPE_UINT64):
        return str
    return _real if sort in _REAL else None


def _real(value: float) -> float | str:
    if value.is_integer():
        return int(value)
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _once(stop: Stop, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, whose keys must be there once: of two values one would be dropped."""
    stop.look()
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"the key {key[:100]!r} appears twice in one object")
            seen.add(key)
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _whole(text: str) -> int | float:
    """Return a whole number; one that no field holds becomes infinite, which its field refuses."""
    return int(text) if len(text) < LONGEST_WHOLE else float(text)


class _Reader:
    """Makes messages of one kind of JSON objects, after noting what the contract does not have."""

    def __init__(self, descriptor: Any) -> None:
        self._name, self._descriptor = descriptor.name, descriptor
        self._kind = message_factory.GetMessageClass(descriptor)
        self._names = [field.name for field in descriptor.fields]
        self._fields: dict[str, tuple[str, str, Any]] = {}
        for field in descriptor.fields:
            choice = field.containing_oneof
            read = partial(_read_list, field) if field.is_repeated else _value_reader(field)
            for key in (field.name, field.json_name):
                self._fields[key] = field.name, choice.name if choice else field.name, read

    def __call__(self, content: Mapping[str, Any], found: Findings) -> Message:
        """Return the message of an object; without what is wrong, which is noted."""
        made: dict[str, Any] = {}
        keys: dict[str, str] = {}
        for key, value in content.items():
            known = self._fields.get(key)
            if known is None:
                self._note_unknown(key, found)
                continue
            name, choice, read = known
            place = choice if value is not None else name
            if (other := keys.get(place)) is not None:
                rule = f"must not stand together with {other}" if other != name else f"must stand once, got {key} too"
                found.add(name, rule)
            keys[place] = name
            if value is not None:
                made[name] = read(value, found, name)
        return self._kind(**made)

    def _note_unknown(self, key: str, found: Findings) -> None:
        like = difflib.get_close_matches(key[:100], list(self._fields), 1)
        near = _below(self._descriptor, key) or [self._fields[name][0] for name in like]
        are = "are" if len(self._names) > 1 else "is" if self._names else "are none"
        fields = f"its field{'' if are == 'is' else 's'} {are} {', '.join(self._names)}".rstrip()
        hint = f"do you mean {near[0]}?" if near else fields
        found.add(printable(key), f"is not a field of {self._name}; {hint}")


def _below(descriptor: Any, key: str) -> list[str]:
    """Return the paths of fields of this name that messages inside have: it may stand one level too high."""
    inner = [field for field in descriptor.fields if field.message_type and not field.is_repeated]
    found = [f"{field.name}.{key}" for field in inner if key in field.message_type.fields_by_name]
    return found or [f"{field.name}.{path}" for field in inner for path in _below(field.message_type, key)]


@functools.cache
def _reader(descriptor: Any) -> _Reader:
    return _Reader(descriptor)


def _read_list(field: Any, value: Any, found: Findings, name: str) -> Any:
    """Return the entries of a list; None, which leaves the field out, after noting that it is none."""
    if not isinstance(value, list):
        found.add(name, f"must be a list, got {_shown(value)}")
        return None
    if len(value) > (most := max_entries(field.name)):  # here, or each entry would be made before `parse` counts them
        raise LimitExceededError([FieldViolation(found.path(name), f"must hold at most {most:,} entries")])
    read = _value_reader(field)
    entries = (read(each, found, f"{name}[{index}]") for index, each in enumerate(value))
    # A message that could not be read is an empty one, or those after it would be called by wrong numbers.
    empty = field.message_type and message_factory.GetMessageClass(field.message_type)()
    return [empty if each is None else each for each in entries if each is not None or empty is not None]


Read = Callable[[Any, Findings, str], Any]
"""From a value, where findings go and its path to what the field gets; None after noting what is wrong with it."""


@functools.cache
def _value_reader(field: Any) -> Read:
    kind = field.message_type
    if kind is None:
        return partial(_read_plain, field)
    ours = kind.full_name.startswith(_OURS)
    return partial(_read_message, kind) if ours else partial(_read_text_message, message_factory.GetMessageClass(kind))


def _read_plain(field: Any, value: Any, found: Findings, name: str) -> Any:
    sort = field.cpp_type
    if type(value) is float and sort in _REAL and math.isfinite(value):
        return value
    if type(value) is str and sort == _KIND.CPPTYPE_STRING and value.isascii():
        return value
    if type(value) is int and sort in _RANGES and 0 <= value <= _MOST_32:
        return value
    if rule := _rule(value, field):
        found.add(name, f"{rule}, got {_shown(value)}")
        return None
    if sort in _RANGES:
        return int(value)
    return float(value) if sort in _REAL else value


def _read_message(descriptor: Any, value: Any, found: Findings, name: str) -> Any:
    if not isinstance(value, dict):
        found.add(name, f"must be an object, got {_shown(value)}")
        return None
    return _reader(descriptor)(value, found.at(name))


def _read_text_message(kind: type[Message], value: Any, found: Findings, name: str) -> Any:
    """Return a message that is written as a text, such as a FieldMask, as protobuf reads it."""
    if isinstance(value, str) and (rule := _text_rule(value)):
        found.add(name, f"{rule}, got {_shown(value)}")
        return None
    if isinstance(value, str) and kind.DESCRIPTOR.full_name == "google.protobuf.FieldMask":
        if value.count(",") >= (most := max_entries("paths")):  # as in lists of JSON
            rule = f"must hold at most {most:,} entries"
            raise LimitExceededError([FieldViolation(found.path(f"{name}.paths"), rule)])
        paths = (_CAPITAL.sub(lambda letter: f"_{letter[0].lower()}", path) for path in value.split(",") if path)
        return field_mask_pb2.FieldMask(paths=paths)
    try:
        return json_format.ParseDict(value, kind())
    except (json_format.ParseError, ValueError, TypeError, AttributeError, OverflowError) as error:
        rule = _WRITTEN.get(kind.DESCRIPTOR.full_name, "")
        rule = f"{rule}, got {_shown(value)}" if rule else f"cannot be read: {str(error).strip().rstrip('.')}"
        found.add(name, printable(rule))
        return None


def _rule(value: Any, field: Any) -> str:
    """Return the rule that a value other than an object of ours breaks; empty where it breaks none."""
    sort = field.cpp_type
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if sort == _KIND.CPPTYPE_BOOL:
        return "" if isinstance(value, bool) else "must be true or false"
    if sort == _KIND.CPPTYPE_STRING:
        return _text_rule(value) if isinstance(value, str) else "must be a text"
    if sort in _RANGES:
        return _whole_rule(value, sort)
    if sort in _REAL:
        if number:
            return "" if abs(value) <= _MOST_REAL else "must be a number that is not too large"
        return "" if isinstance(value, str) and _is_real(value) else "must be a number"
    if sort == _KIND.CPPTYPE_ENUM:
        return _enum_rule(value, field.enum_type)
    return _text_rule(value) if isinstance(value, str) else ""  # a message written as a text, such as a FieldMask


def _whole_rule(value: Any, sort: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return "must be a whole number"
    if isinstance(value, str):
        if re.fullmatch(r"-?[0-9]{1,20}", value) is None:
            return "must be a whole number"
        value = int(value)
    elif value != value // 1:  # also where it is not finite
        return "must be a whole number"
    least, most = _RANGES[sort]
    return "" if least <= value <= most else f"must be from {least} to {most}"


def _enum_rule(value: Any, enum: EnumDescriptor) -> str:
    named = isinstance(value, str) and value in _names(enum)
    numbered = type(value) is int and value in _numbers(enum)
    if named or numbered:
        return ""
    near = _near(value, enum) if isinstance(value, str) else ""
    return f"must be one of {', '.join(_stated(enum))}{f' (do you mean {near}?)' if near else ''}"


def _stated(enum: EnumDescriptor) -> list[str]:
    """Return the names that say something: UNSPECIFIED is that of a value that is not there."""
    return [value.name for value in enum.values if value.number]


def _near(value: str, enum: EnumDescriptor) -> str:
    """Return the name that a text is without its prefix, or nearly is; empty where it is like none."""
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    short = [name.removeprefix(prefix) for name in _stated(enum)]
    said = value[:100].upper().removeprefix(prefix)
    begun = [name for name in short if said and name.startswith(said)]
    near = begun if len(begun) == 1 else difflib.get_close_matches(said, short, 1)
    return prefix + near[0] if near else ""


@functools.cache
def _names(enum: EnumDescriptor) -> frozenset[str]:
    """Return the names of an enum; those of protobuf cannot be asked for half a character."""
    return frozenset(enum.values_by_name)


@functools.cache
def _numbers(enum: EnumDescriptor) -> frozenset[int]:
    """Return the numbers of an enum; those of protobuf cannot be asked for one of more than 32 bits."""
    return frozenset(enum.values_by_number)


def _text_rule(value: str) -> str:
    """Return the rule that a text breaks which UTF-8 cannot write; empty where it breaks none."""
    return "must hold no unpaired surrogates" if _SURROGATE.search(value) else ""


def _is_real(text: str) -> bool:
    return text in _NOT_FINITE or re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?", text) is not None


def _shown(value: Any) -> str:
    """Return how a refused value is shown: whole where it is short."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return json.dumps(value, default=str)[:60]


def _invalid(field: str, rule: str) -> InvalidInputError:
    return InvalidInputError([FieldViolation(printable(field), printable(rule))])
