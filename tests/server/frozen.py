"""Callers that read no answers, in hand-written HTTP/2, since no gRPC client does this."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

DATA, HEADERS, SETTINGS, PING = 0, 1, 4, 6
ACK, END_STREAM, END_HEADERS = 1, 1, 4
INITIAL_WINDOW_SIZE = 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FRAME_HEAD = 9


@contextmanager
def frozen_calls(port: int, method: str, body: bytes, times: int) -> Iterator[None]:
    """Send one call several times over a connection with a window of 0 for answers, and hold the connection.

    Parameters
    ----------
    port : int
        Port of the server on 127.0.0.1.
    method : str
        Full name with slashes, at most 127 characters.
    body : bytes
        The request, at most 16 kB.
    times : int
        Number of calls.
    """
    head = _head(method)
    message = b"\x00" + struct.pack(">I", len(body)) + body
    with _connected(port, struct.pack(">HI", INITIAL_WINDOW_SIZE, 0)) as connection:
        with suppress(ConnectionError):  # the server may close the connection first
            for number in range(times):
                stream = 2 * number + 1
                call = frame(HEADERS, END_HEADERS, stream, head) + frame(DATA, END_STREAM, stream, message)
                connection.sendall(call)
        yield


@contextmanager
def _connected(port: int, settings: bytes = b"") -> Iterator[socket.socket]:
    """Open a connection with settings of the caller, and acknowledge those of the server until it closes."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(PREFACE + frame(SETTINGS, 0, 0, settings))
        threading.Thread(target=_acknowledge, args=(connection,), daemon=True).start()
        try:
            yield connection
        finally:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # otherwise the thread keeps the socket open


def _head(method: str) -> bytes:
    """Return the fields that begin a call."""
    fields = {":method": "POST", ":scheme": "http", ":path": method, ":authority": "frozen", "te": "trailers"}
    return b"".join(_literal(*field) for field in (*fields.items(), ("content-type", "application/grpc")))


def frame(kind: int, flags: int, stream: int, content: bytes) -> bytes:
    """Return a frame of HTTP/2."""
    return struct.pack(">I", len(content))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + content


def _literal(name: str, value: str) -> bytes:
    """Return a header field without indexing or Huffman coding."""
    return b"\x00" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def _acknowledge(connection: socket.socket) -> None:
    """Acknowledge settings and pings, like a real client, until the connection closes."""
    with suppress(OSError):
        while head := connection.recv(FRAME_HEAD, socket.MSG_WAITALL):
            length, kind, flags = int.from_bytes(head[:3]), head[3], head[4]
            content = connection.recv(length, socket.MSG_WAITALL) if length else b""
            if kind in (SETTINGS, PING) and not flags & ACK:
                connection.sendall(frame(kind, ACK, 0, content if kind == PING else b""))
