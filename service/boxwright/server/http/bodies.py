"""Bodies of requests over HTTP."""

import asyncio
import zlib

from starlette.requests import Request

HELD_BODIES = 4
"""Bodies of the greatest length that may be received at once; small ones are many more."""


class BodyError(Exception):
    """A body that is not taken: HTTP status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Bodies:
    """Bodies on their way in: what is read for all requests together is bounded.

    Parameters
    ----------
    max_bytes : int
        Longest body, unpacked.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held = 0

    async def read(self, request: Request) -> bytes:
        """Return the body of a request, decompressed once it is there.

        Raises
        ------
        BodyError
            If it is too long or compressed in an unknown way, or too many are being received.
        """
        coding = request.headers.get("content-encoding", "identity").strip().lower()
        if coding not in {"identity", "gzip"}:
            raise BodyError(415, f"the Content-Encoding must be gzip or identity, got {coding:.40}")
        found = bytearray()
        try:
            async for part in request.stream():
                self._held += len(part)
                found += part
                if len(found) > self._max_bytes:
                    raise BodyError(413, f"the body must have at most {self._max_bytes:,} bytes")
                if self._held > HELD_BODIES * self._max_bytes:
                    raise BodyError(503, "too many bodies are being received at once")
            if coding == "identity":
                return bytes(found)
            return await asyncio.to_thread(_decompressed, bytes(found), self._max_bytes)
        finally:
            self._held -= len(found)
            del found  # who waits for a body that is refused holds this frame until the garbage collector comes


def has_body(request: Request) -> bool:
    """Return whether a request brings a body, by its head."""
    headers = request.headers
    return "transfer-encoding" in headers or headers.get("content-length", "0").strip("0") != ""


def _decompressed(compressed: bytes, most: int) -> bytes:
    gzip = zlib.decompressobj(wbits=31)
    try:
        found = gzip.decompress(compressed, most + 1)
    except zlib.error as error:
        raise BodyError(400, f"the body is not gzip: {error}") from None
    if len(found) > most:
        raise BodyError(413, f"the body must have at most {most:,} bytes")
    if not gzip.eof or gzip.unused_data:
        raise BodyError(400, "the body is not one whole gzip")
    return found
