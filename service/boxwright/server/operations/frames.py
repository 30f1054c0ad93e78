"""What server and the process of an operation tell each other: a head of plain values, then bytes."""

import marshal
import socket
import struct
from collections.abc import Iterator
from typing import Any

_LENGTHS = struct.Struct("<II")

FROM_SOCKET_BYTES = 1 << 18
"""Most bytes that are read at once."""


def frame(head: tuple[Any, ...], body: bytes = b"") -> bytes:
    """Return the bytes of a message; ``head`` is made of numbers, texts, bytes, tuples, lists and dicts."""
    packed = marshal.dumps(head)
    return b"".join((_LENGTHS.pack(len(packed), len(body)), packed, body))


class Frames:
    """Makes messages of bytes as they arrive."""

    def __init__(self) -> None:
        self._held = bytearray()

    def messages(self, data: bytes) -> Iterator[tuple[Any, bytes]]:
        """Yield head and body of each message that is there whole."""
        whole: bytes | bytearray = data
        if self._held:
            self._held += data
            whole = self._held
        at = 0
        while len(whole) - at >= _LENGTHS.size:
            head, body = _LENGTHS.unpack_from(whole, at)
            begin = at + _LENGTHS.size
            if len(whole) < begin + head + body:
                break
            at = begin + head + body
            yield marshal.loads(whole[begin : begin + head]), bytes(whole[begin + head : at])
        if whole is self._held:
            del self._held[:at]
        else:
            self._held += data[at:]


def received(connection: socket.socket) -> tuple[Any, bytes] | None:
    """Wait for a message and return its head and body; None once the other side has closed."""
    lengths = _exactly(connection, _LENGTHS.size)
    if lengths is None:
        return None
    head, body = _LENGTHS.unpack(lengths)
    rest = _exactly(connection, head + body)
    return None if rest is None else (marshal.loads(rest[:head]), bytes(rest[head:]))


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    """Return so many bytes, or None where the other side closed before."""
    if not count:
        return b""
    found = connection.recv(min(count, FROM_SOCKET_BYTES))
    if len(found) == count:
        return found
    parts, have = [found], len(found)
    while have < count:
        part = connection.recv(min(count - have, FROM_SOCKET_BYTES))
        if not part:
            return None
        parts.append(part)
        have += len(part)
    return b"".join(parts)
