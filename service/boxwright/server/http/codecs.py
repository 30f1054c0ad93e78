"""Messages of the contract in JSON and back, with each fault of a request named by its field."""

import difflib
import functools
import json
import re
import sys
from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from boxwright.errors import FieldViolation, InvalidInputError, LimitExceededError, printable
from boxwright.findings import Findings
from boxwright.fuse import look
from boxwright.server.intake import parse
from boxwright.server.wire.enums import CODECS

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

_STEPS = re.compile(r"Failed to parse (\w+) field: ")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PLACED = re.compile(r" at (?P<at>[A-Z]\w*(?:\.\w+|\[\d+\])+)")
_KIND = FieldDescriptor
_RANGES = {
    _KIND.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    _KIND.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    _KIND.CPPTYPE_UINT32: (0, 2**32 - 1),
    _KIND.CPPTYPE_UINT64: (0, 2**64 - 1),
}
_REAL = frozenset({_KIND.CPPTYPE_DOUBLE, _KIND.CPPTYPE_FLOAT})
_MOST_REAL = sys.float_info.max
_NOT_FINITE = ("NaN", "Infinity", "-Infinity")


def from_json(data: bytes, kind: type[Message]) -> Message:
    """Return the message that JSON states; keys in snake_case or camelCase, as protobuf maps them.

    The reader of protobuf makes the message. It names its first fault only, and takes some values for others (a list
    for an object, true for 1), so that the shape is looked at before.

    Raises
    ------
    InvalidInputError
        If it is no JSON, or says what the contract does not have; LimitExceededError if it holds too many values.
    """
    if data.count(b",") + data.count(b"[") + data.count(b"{") > FREE_VALUES + len(data) // BYTES_PER_VALUE:
        raise LimitExceededError([FieldViolation("", "must hold fewer values: most of its bytes say nothing")])
    _check_keys(data)
    try:
        content = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_no_number, parse_int=_whole)
    except RecursionError:
        raise LimitExceededError([FieldViolation("", "must be nested less deeply")]) from None
    except ValueError as error:
        raise _invalid("", f"must be JSON in UTF-8: {error}") from None
    if not isinstance(content, dict):
        raise _invalid("", "must be a JSON object")
    found = Findings()
    _check_message(content, kind.DESCRIPTOR, found)
    found.raise_any()
    message = kind()
    try:
        json_format.ParseDict(content, message)
    except (json_format.ParseError, ValueError, TypeError, OverflowError) as error:
        raise _refusal(str(error)) from None
    return parse(message.SerializeToString(), kind)


def _check_keys(data: bytes) -> None:
    """Refuse a request of more different keys than any has, before its objects are made."""
    if data.count(b":") <= FREE_KEYS:
        return
    keys: set[bytes] = set()
    for start in range(0, len(data), KEYS_AT_ONCE):
        look()
        keys.update(_KEY.findall(data, start, start + KEYS_AT_ONCE))
        if len(keys) > MOST_KEYS:
            raise LimitExceededError([FieldViolation("", f"must hold at most {MOST_KEYS:,} different keys")])


def to_json(answer: Message | bytes, kind: type[Message]) -> bytes:
    """Return JSON of an answer or of its bytes: camelCase keys, defaults left out, 64-bit integers as texts."""
    message = kind.FromString(answer) if isinstance(answer, bytes) else answer
    return json.dumps(json_format.MessageToDict(message), ensure_ascii=False, separators=(",", ":")).encode()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, whose keys must be there once: of two values one would be dropped."""
    look()
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


@functools.cache
def _fields(descriptor: Any) -> Mapping[str, Any]:
    """Return the fields of a message by both spellings."""
    return {key: field for field in descriptor.fields for key in (field.name, field.json_name)}


def _check_message(content: Mapping[str, Any], descriptor: Any, found: Findings) -> None:
    fields = _fields(descriptor)
    keys: dict[str, str] = {}
    for key, value in content.items():
        field = fields.get(key)
        if field is None:
            near = difflib.get_close_matches(key[:100], list(fields), 1)
            found.add(
                printable(key), f"is not a field of {descriptor.name}" + (f"; do you mean {near[0]}?" if near else "")
            )
            continue
        choice = field.containing_oneof
        name = field.name if choice is None or value is None else choice.name
        if name in keys:
            found.add(key, f"must not stand together with {keys[name]}")
        keys[name] = key
        if value is None:
            continue
        if not field.is_repeated:
            _check_value(value, field, found.at(field.name))
        elif not isinstance(value, list):
            found.add(field.name, f"must be a list, got {_shown(value)}")
        else:
            for index, each in enumerate(value):
                _check_value(each, field, found.at(f"{field.name}[{index}]"))


def _check_value(value: Any, field: Any, found: Findings) -> None:
    ours = field.message_type is not None and field.message_type.full_name.startswith(("boxwright.", "google.type."))
    if ours and isinstance(value, dict):
        _check_message(value, field.message_type, found)
        return
    rule = "must be an object" if ours else _rule(value, field)
    if rule:
        found.add("", f"{rule}, got {_shown(value)}")


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
    numbered = isinstance(value, int) and not isinstance(value, bool) and value in enum.values_by_number
    if named or numbered:
        return ""
    _, new = CODECS[enum.full_name].retired(value) if enum.full_name in CODECS else ("", "")
    return f"must be {new} now" if new else f"must be one of {', '.join(enum.values_by_name)}"


@functools.cache
def _names(enum: EnumDescriptor) -> frozenset[str]:
    """Return the names of an enum; those of protobuf cannot be asked for half a character."""
    return frozenset(enum.values_by_name)


def _text_rule(value: str) -> str:
    """Return the rule that a text breaks which UTF-8 cannot write; empty where it breaks none."""
    return "must hold no unpaired surrogates" if _SURROGATE.search(value) else ""


def _is_real(text: str) -> bool:
    return text in _NOT_FINITE or re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?", text) is not None


def _shown(value: Any) -> str:
    """Return how a refused value is shown: whole where it is short."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return json.dumps(value)[:60]


def _refusal(text: str) -> InvalidInputError:
    """Return the error of what protobuf's reader says, with the path that it names."""
    placed = _PLACED.search(text)
    path = placed["at"].partition(".")[2] if placed else ".".join(_STEPS.findall(text))
    path = re.sub(r"(?<=[a-z0-9])[A-Z]", lambda found: f"_{found[0].lower()}", path)  # as all other paths
    said = _STEPS.sub("", _PLACED.sub("", text)).strip().rstrip(".")
    return _invalid(path, f"cannot be read: {said}")


def _invalid(field: str, rule: str) -> InvalidInputError:
    return InvalidInputError([FieldViolation(printable(field), printable(rule))])
