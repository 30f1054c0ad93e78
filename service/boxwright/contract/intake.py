"""Parses serialized requests, and limits their lengths."""

from typing import Any

import numpy as np
from google.protobuf.message import DecodeError, Message

from boxwright.domain.limits import max_entries, max_text_length
from boxwright.errors import FieldViolation, InvalidInputError, LimitExceededError
from boxwright.stop import NEVER, Stop

SMALL_BYTES = 4_096
"""Length in bytes up to which no list or text of a request can be too long. Lower limits are checked by the readers of
their fields."""

SHORT_FIELD, BYTES_PER_SHORT_FIELD = 6, 12
"""Fields below the first number of bytes are short; a message of 1 MiB or more must have the second number of bytes per
short field.

An empty list entry takes 2 bytes in a message and over 200 in memory, so 16 MiB of entries take 2.0 GB. With this rule
the worst message of 16 MiB takes 0.7 GB and 0.5 s to parse. Entries with sizes, masses or names stay far from the
limit.
"""


def parse(data: bytes, kind: type[Message], stop: Stop = NEVER) -> Message:
    """Return the request in serialized data.

    Raises
    ------
    LimitExceededError
        If a list or text is longer than allowed for its name, or a long message has too many short fields.
    InvalidInputError
        If the bytes are not such a message.
    SearchEndedError
        If ``stop`` ends the reading.
    """
    if len(data) >= 1 << 20:
        octets = np.frombuffer(data, np.uint8)
        # The tag of a text, message or packed list ends in 2, or has two bytes, the second of which is 1; the length
        # follows.
        tags = (octets[:-1] & 7 == 2) | (octets[:-1] == 1)
        if np.count_nonzero(tags & (octets[1:] < SHORT_FIELD)) > len(data) // BYTES_PER_SHORT_FIELD:
            rule = f"holds too many empty or short entries for a request of {len(data):,} bytes"
            raise LimitExceededError([FieldViolation("", rule)])
    try:
        message = kind.FromString(data)
    except DecodeError:
        rule = f"must be a {kind.DESCRIPTOR.full_name}: the bytes do not decode as this message"
        raise InvalidInputError([FieldViolation("", rule)]) from None
    if len(data) > SMALL_BYTES:
        check_lengths(message, stop)
    return message


def check_lengths(message: Any, stop: Stop, path: str = "") -> None:
    """Raise LimitExceededError if a list or text of a message is longer than allowed for its name."""
    stop.look()
    for field, value in message.ListFields():
        name = f"{path}{field.name}"
        if field.is_repeated and len(value) > (most := max_entries(field.name)):
            raise LimitExceededError([FieldViolation(name, f"must hold at most {most:,} entries")])
        if field.message_type is not None:
            for index, entry in enumerate(value) if field.is_repeated else [(None, value)]:
                check_lengths(entry, stop, f"{name}." if index is None else f"{name}[{index}].")
        elif field.type == field.TYPE_STRING:
            longest = max(map(len, value)) if field.is_repeated else len(value)
            if longest > (most := max_text_length(field.name)):
                rule = f"must have at most {most:,} characters, got {longest:,}"
                raise LimitExceededError([FieldViolation(name, rule)])
