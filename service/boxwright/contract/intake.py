"""From bytes to a request: lists and long texts are measured before they get memory, until who reads them is stopped.

What is no message of the contract is an error of the caller's.
"""

import contextlib
import functools
from dataclasses import dataclass
from typing import Any

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


class GroupError(InvalidInputError):
    """A request holds a group of fields, of which the contract has none."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A field that is looked at.

    Attributes
    ----------
    name, repeated : str, bool
        As the contract has them.
    most, most_text : int
        Most entries of a list; most characters of a text, 0 where it is none.
    below : descriptor or None
        Of the message that it holds, where lists or texts are in that.
    lists : bool
        Whether lists are.
    """

    name: str
    repeated: bool
    most: int
    most_text: int
    below: Any
    lists: bool


@functools.cache
def _counted(descriptor: Any) -> dict[int, _Field]:
    """Return the fields of a message, by number, that are lists or texts, or lead to such."""
    found = {}
    for field in descriptor.fields:
        text = max_text_length(field.name) if field.type == FieldDescriptor.TYPE_STRING else 0
        below = field.message_type
        lists = below is not None and _has_lists(below)
        if below is not None and not lists and not _texts_in(below):
            below = None
        if field.is_repeated or text or below is not None:
            found[field.number] = _Field(field.name, field.is_repeated, max_entries(field.name), text, below, lists)
    return found


def _texts_in(descriptor: Any) -> bool:
    """Whether a message without lists holds a text, itself or further down."""
    return any(
        field.type == FieldDescriptor.TYPE_STRING or (field.message_type is not None and _texts_in(field.message_type))
        for field in descriptor.fields
    )


@functools.cache
def _has_lists(descriptor: Any) -> bool:
    return any(field.is_repeated or _leads(field) for field in descriptor.fields)


def _leads(field: FieldDescriptor) -> bool:
    return field.message_type is not None and _has_lists(field.message_type)


class _Count:
    """Counts the entries of lists in the bytes of one request.

    Parameters
    ----------
    data : bytes
        As sent.
    stop : Stop
        Ends the counting.
    """

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
            self._step()
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
                    self._add_idle()
            if field is None:
                continue
            if at > end:
                raise IndexError
            if field.below is None and wire == _LENGTH and (width := _width(kind, number)) is not None:
                self._add(number, field, path, counts, _packed(self._data, begin, at, width))
                continue
            if field.repeated:
                self._add(number, field, path, counts, 1)
            if field.most_text and at - begin > field.most_text:
                self._check_text(field, begin, at, path)
            if field.below is not None and wire == _LENGTH and (field.lists or at - begin > MAX_TEXT_LENGTH):
                if field.repeated:
                    self.look(begin, at, field.below, f"{_under(path, field.name)}[{counts[number] - 1}]", {})
                else:
                    self.look(begin, at, field.below, _under(path, field.name), counts.setdefault(number, {}))

    def _step(self) -> None:
        """Count a field, and look at the stop now and then."""
        self._tags += 1
        if not self._tags % LOOK_EVERY:
            self._stop.look()
        if self._tags > self._most_tags:
            rule = f"a request of {len(self._data):,} bytes must not hold so many fields"
            raise LimitExceededError([FieldViolation("", rule)])

    def _add_idle(self) -> None:
        self._idle += 1
        if self._idle > FREE_IDLE_TAGS:
            rule = f"must hold at most {FREE_IDLE_TAGS:,} fields that are unknown or sent more than once"
            raise LimitExceededError([FieldViolation("", rule)])

    def _number(self, at: int) -> tuple[int, int]:
        """Return the varint at a place and the place after it."""
        byte = self._data[at]
        at += 1
        if byte < 0x80:
            return byte, at
        value, shift = byte & 0x7F, 7
        while True:
            byte = self._data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value, at
            shift += 7
            if shift > 63:
                raise IndexError

    def _check_text(self, field: _Field, begin: int, end: int, path: str) -> None:
        """Refuse a text of too many characters, which has more bytes than that."""
        length = len(self._data[begin:end].decode(errors="ignore"))
        if length > field.most_text:
            rule = f"must have at most {field.most_text:,} characters, got {length:,}"
            raise LimitExceededError([FieldViolation(_under(path, field.name), rule)])

    def _add(self, number: int, field: _Field, path: str, counts: dict[int, Any], entries: int) -> None:
        counts[number] = counts.get(number, 0) + entries
        if counts[number] > field.most:
            raise LimitExceededError(
                [FieldViolation(_under(path, field.name), f"must hold at most {field.most:,} entries")]
            )
        self._left -= entries
        if self._left < 0:
            rule = f"a request of {len(self._data):,} bytes must not hold so many entries in all its lists"
            raise LimitExceededError([FieldViolation(_under(path, field.name), rule)])


_EIGHT = {FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FIXED64, FieldDescriptor.TYPE_SFIXED64}
_FOUR = {FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_FIXED32, FieldDescriptor.TYPE_SFIXED32}
_TEXTS = {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES}
_VARIES = 0
_CONTINUED = bytes(range(0x80, 0x100))
"""Bytes of a varint that are not its last one."""


@functools.cache
def _width(kind: Any, number: int) -> int | None:
    """Return the bytes of each number of a list that may come in one piece; 0 where numbers differ in length.

    None is a list whose entries come each by itself: texts, bytes or messages.
    """
    field = kind.fields_by_number[number]
    if field.message_type is not None or field.type in _TEXTS:
        return None
    return 8 if field.type in _EIGHT else 4 if field.type in _FOUR else _VARIES


def _packed(data: bytes, begin: int, end: int, width: int) -> int:
    """Return how many numbers a piece holds; one that is cut short counts, and protobuf refuses it."""
    if width == _VARIES:
        return len(data[begin:end].translate(None, _CONTINUED))
    return -(-(end - begin) // width)


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def parse(data: bytes, kind: type[Message], stop: Stop = NEVER) -> Message:
    """Return the request that bytes hold.

    Parameters
    ----------
    data : bytes
        As sent.
    kind : type
        The message that they should be.
    stop : Stop, optional
        Ends the reading. Default: nothing does.

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
