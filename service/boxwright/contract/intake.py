"""From bytes to a request: lists and long texts are measured before they get memory, until who reads them is stopped.

What is no message of the contract is an error of the caller's.
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
"""Requests up to this length are not counted: what they can hold is little, and reading them stops by itself."""

FREE_ENTRIES, BYTES_PER_ENTRY = 100_000, 24
"""Entries of all lists of a request: so many, and one more for each so many bytes. An empty entry takes two bytes on
the wire and hundreds in memory; those that say something have more than this."""

FREE_TAGS, BYTES_PER_TAG = 100_000, 4
"""Fields of a request where they are counted: so many, and one more for each so many bytes. A field takes two bytes or
more on the wire; those that say something have a size, a mass or a name, and more than this on average."""

FREE_IDLE_TAGS = 10_000
"""Most fields of a request beyond those that its messages have: unknown ones, and ones sent again."""

LOOK_EVERY = 1_024
"""Fields that are counted between two looks at the stop: less than a millisecond."""

_VARINT, _FIXED_64, _LENGTH, _GROUP, _GROUP_END, _FIXED_32 = range(6)
_KIND = FieldDescriptor
_EIGHT = {_KIND.TYPE_DOUBLE, _KIND.TYPE_FIXED64, _KIND.TYPE_SFIXED64}
_FOUR = {_KIND.TYPE_FLOAT, _KIND.TYPE_FIXED32, _KIND.TYPE_SFIXED32}
_WHOLE_ENTRIES = {_KIND.TYPE_STRING, _KIND.TYPE_BYTES, _KIND.TYPE_MESSAGE}
_CONTINUED = bytes(range(0x80, 0x100))
"""Bytes of a varint that are not its last one."""


class GroupError(InvalidInputError):
    """A request holds a group of fields, of which the contract has none."""


class _Field(NamedTuple):
    """A field, as far as it is counted.

    ``text`` is the most characters of a text, 0 where it is none. ``below`` describes the message that it holds, if
    any, and ``lists`` says whether that has lists. ``width`` are the bytes of each number of a list that may come in
    one piece, 0 where they differ; None of entries by themselves.
    """

    name: str
    repeated: bool
    text: int
    below: Any
    lists: bool
    width: int | None


@functools.cache
def _counted(descriptor: Any) -> dict[int, _Field]:
    """Return the fields of a message that are lists, texts or messages, by number."""
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
    """Counts the entries of lists, the characters of texts and the fields in the bytes of one request."""

    def __init__(self, data: bytes, stop: Stop) -> None:
        self._data, self._stop = data, stop
        self._left = FREE_ENTRIES + len(data) // BYTES_PER_ENTRY
        self._idle = 0
        self._tags, self._most_tags = 0, FREE_TAGS + len(data) // BYTES_PER_TAG

    def look(self, start: int, end: int, kind: Any, path: str, counts: dict[int, Any]) -> None:
        """Count in the message of a kind that lies from ``start`` to ``end``; what cannot be read is left to protobuf.

        ``counts`` holds entries by field number for lists, and such a dict for a message below: sent twice, a field
        that is no list is one message, and its lists are one list.
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
                raise GroupError([FieldViolation(path, "must not hold a group of fields: this contract has none")])
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
            if field.text and at - begin > field.text:  # a text of too many characters has more bytes than that
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
            rule = f"a request of {len(self._data):,} bytes must not hold so many fields"
            raise LimitExceededError([FieldViolation("", rule)])

    def _number(self, at: int) -> tuple[int, int]:
        """Return the varint at a place and the place after it."""
        byte = self._data[at]
        if byte < 0x80:  # most are
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
        """Return how many numbers a piece holds; one that is cut short counts, and protobuf refuses it."""
        if width:
            return -(-(end - begin) // width)
        return len(self._data[begin:end].translate(None, _CONTINUED))

    def _add(self, number: int, field: _Field, path: str, counts: dict[int, Any], entries: int) -> None:
        counts[number] = counts.get(number, 0) + entries
        if counts[number] > (most := max_entries(field.name)):
            raise _excess(_under(path, field.name), f"{most:,} entries")
        self._left -= entries
        if self._left < 0:
            rule = f"a request of {len(self._data):,} bytes must not hold so many entries in all its lists"
            raise LimitExceededError([FieldViolation(_under(path, field.name), rule)])


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _excess(field: str, most: str) -> LimitExceededError:
    return LimitExceededError([FieldViolation(field, f"must hold at most {most}")])


def parse(data: bytes, kind: type[Message], stop: Stop = NEVER) -> Message:
    """Return the request of a kind that bytes hold.

    Raises
    ------
    LimitExceededError
        If a list has more entries than lists of its name may have, or all together more than fit the bytes; if a text
        has more characters than any may have; or if there are more fields than fit the bytes.
    GroupError
        If it is counted and has groups of fields.
    InvalidInputError
        If the bytes are no such message.
    SearchEndedError
        If ``stop`` ends it.
    """
    if len(data) > SMALL_BYTES:
        with contextlib.suppress(IndexError):  # cut short: protobuf says so below
            _Count(data, stop).look(0, len(data), kind.DESCRIPTOR, "", {})
    try:
        return kind.FromString(data)
    except DecodeError:
        rule = f"is no {kind.DESCRIPTOR.full_name}: its bytes do not decode as a message of this contract"
        raise InvalidInputError([FieldViolation("", rule)]) from None
