"""Parses requests. Lists and texts are counted before they take memory, and a stop can end the counting.

Bytes that are not a message of the contract are an error of the caller.
"""

import contextlib
import functools
from typing import Any, NamedTuple

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message

from boxwright.domain.limits import MAX_TEXT_LENGTH, max_entries, max_text_length
from boxwright.errors import FieldViolation, InvalidInputError, LimitExceededError
from boxwright.stop import NEVER, Stop

SMALL_BYTES = 4_096
"""Shorter requests are not counted: they can hold little, and parsing them is quick."""

FREE_ENTRIES, BYTES_PER_ENTRY = 100_000, 24
"""Allowance for entries of all lists: a base, and one more per so many bytes. An empty entry takes two bytes in the
request but hundreds in memory; entries with content are longer than this."""

FREE_TAGS, BYTES_PER_TAG = 100_000, 4
"""Allowance for fields of a request: a base, and one more per so many bytes. A field takes at least two bytes; with
sizes, masses and names the average is above this."""

FREE_IDLE_TAGS = 10_000
"""Most fields that are unknown or repeated without being lists."""

LOOK_EVERY = 1_024
"""Fields counted between two looks at the stop, which take less than a millisecond."""

_VARINT, _FIXED_64, _LENGTH, _GROUP, _GROUP_END, _FIXED_32 = range(6)
_KIND = FieldDescriptor
_EIGHT = {_KIND.TYPE_DOUBLE, _KIND.TYPE_FIXED64, _KIND.TYPE_SFIXED64}
_FOUR = {_KIND.TYPE_FLOAT, _KIND.TYPE_FIXED32, _KIND.TYPE_SFIXED32}
_WHOLE_ENTRIES = {_KIND.TYPE_STRING, _KIND.TYPE_BYTES, _KIND.TYPE_MESSAGE}
_CONTINUED = bytes(range(0x80, 0x100))
"""Bytes of a varint before its last byte."""


class GroupError(InvalidInputError):
    """A request contains a protobuf group, which the contract does not use."""


class _Field(NamedTuple):
    """What is counted for a field.

    ``text`` is its most characters, 0 for other types. ``below`` is the descriptor of a message field, and ``lists``
    says whether that message contains lists. ``width`` is for packed numbers: bytes per number, 0 for varints; None if
    not packed.
    """

    name: str
    repeated: bool
    text: int
    below: Any
    lists: bool
    width: int | None


@functools.cache
def _counted(descriptor: Any) -> dict[int, _Field]:
    """Return the lists, texts and messages among the fields of a message, by number."""
    found = {}
    for field in descriptor.fields:
        below, text = field.message_type, max_text_length(field.name) if field.type == _KIND.TYPE_STRING else 0
        if field.is_repeated or text or below is not None:
            lists = below is not None and _has_lists(below)
            packed = field.is_repeated and field.type not in _WHOLE_ENTRIES
            width = (8 if field.type in _EIGHT else 4 if field.type in _FOUR else 0) if packed else None
            found[field.number] = _Field(field.name, field.is_repeated, text, below, lists, width)
    return found


@functools.cache
def _has_lists(descriptor: Any) -> bool:
    return any(
        field.is_repeated or (field.message_type is not None and _has_lists(field.message_type))
        for field in descriptor.fields
    )


class _Count:
    """Counts list entries, text characters and fields in the bytes of a request."""

    def __init__(self, data: bytes, stop: Stop) -> None:
        self._data, self._stop = data, stop
        self._left = FREE_ENTRIES + len(data) // BYTES_PER_ENTRY
        self._idle = 0
        self._tags, self._most_tags = 0, FREE_TAGS + len(data) // BYTES_PER_TAG

    def look(self, start: int, end: int, kind: Any, path: str, counts: dict[int, Any]) -> None:
        """Count in the message at ``start`` to ``end``; malformed bytes are left to protobuf.

        ``counts`` has entries by field number: numbers for lists, dictionaries for messages. A message field that is
        sent twice is merged by protobuf, so its lists are counted together.
        """
        fields, at = _counted(kind), start
        once, known = 0, len(kind.fields)
        while at < end:
            self._count_tag()
            tag, at = self._number(at)
            number, wire = tag >> 3, tag & 7
            if wire == _LENGTH:
                length, begin = self._number(at)
                at = begin + length
            elif wire == _VARINT:
                begin, at = at, self._number(at)[1]
            elif wire in (_FIXED_32, _FIXED_64):
                begin, at = at, at + (8 if wire == _FIXED_64 else 4)
            elif wire in (_GROUP, _GROUP_END):
                raise GroupError([FieldViolation(path, "must not hold a group: this contract has none")])
            else:
                raise IndexError
            field = fields.get(number)
            if field is None or not field.repeated:
                once += 1
                if once > known:
                    self._idle += 1
                    if self._idle > FREE_IDLE_TAGS:
                        raise _excess("", f"{FREE_IDLE_TAGS:,} fields that are unknown or sent more than once")
            if field is None:
                continue
            if at > end:
                raise IndexError
            if field.repeated:
                several = wire == _LENGTH and field.width is not None
                self._add(number, field, path, counts, self._packed(begin, at, field.width or 0) if several else 1)
            if field.text and at - begin > field.text:  # decode only if there may be too many characters
                length = len(self._data[begin:at].decode(errors="ignore"))
                if length > field.text:
                    rule = f"must have at most {field.text:,} characters, got {length:,}"
                    raise LimitExceededError([FieldViolation(_under(path, field.name), rule)])
            if field.below is not None and wire == _LENGTH and (field.lists or at - begin > MAX_TEXT_LENGTH):
                name = _under(path, field.name)
                if field.repeated:
                    self.look(begin, at, field.below, f"{name}[{counts[number] - 1}]", {})
                else:
                    self.look(begin, at, field.below, name, counts.setdefault(number, {}))

    def _count_tag(self) -> None:
        self._tags += 1
        if not self._tags % LOOK_EVERY:
            self._stop.look()
        if self._tags > self._most_tags:
            rule = f"holds too many fields for a request of {len(self._data):,} bytes"
            raise LimitExceededError([FieldViolation("", rule)])

    def _number(self, at: int) -> tuple[int, int]:
        """Return the varint at an offset and the offset after it."""
        byte = self._data[at]
        if byte < 0x80:  # the usual case
            return byte, at + 1
        value = shift = 0
        while True:
            byte = self._data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value, at
            shift += 7
            if shift > 63:
                raise IndexError

    def _packed(self, begin: int, end: int, width: int) -> int:
        """Return the count of packed numbers; a truncated one counts, and protobuf refuses it."""
        if width:
            return -(-(end - begin) // width)
        return len(self._data[begin:end].translate(None, _CONTINUED))

    def _add(self, number: int, field: _Field, path: str, counts: dict[int, Any], entries: int) -> None:
        counts[number] = counts.get(number, 0) + entries
        if counts[number] > (most := max_entries(field.name)):
            raise _excess(_under(path, field.name), f"{most:,} entries")
        self._left -= entries
        if self._left < 0:
            rule = f"holds too many list entries for a request of {len(self._data):,} bytes"
            raise LimitExceededError([FieldViolation(_under(path, field.name), rule)])


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _excess(field: str, most: str) -> LimitExceededError:
    return LimitExceededError([FieldViolation(field, f"must hold at most {most}")])


def parse(data: bytes, kind: type[Message], stop: Stop = NEVER) -> Message:
    """Return the request of a type that bytes hold.

    Raises
    ------
    LimitExceededError
        If a list or text is longer than its name allows, or there are more entries or fields than the number of bytes
        allows.
    GroupError
        If the request was counted and contains a group.
    InvalidInputError
        If the bytes are not such a message.
    SearchEndedError
        If ``stop`` ends the parsing.
    """
    if len(data) > SMALL_BYTES:
        with contextlib.suppress(IndexError):  # truncated: reported by protobuf below
            _Count(data, stop).look(0, len(data), kind.DESCRIPTOR, "", {})
    try:
        return kind.FromString(data)
    except DecodeError:
        rule = f"must be a {kind.DESCRIPTOR.full_name}: the bytes do not decode as this message"
        raise InvalidInputError([FieldViolation("", rule)]) from None
