"""HTTP channels with the methods of gRPC channels that the stubs use."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

from google.protobuf.message import DecodeError
from google.rpc import code_pb2

from boxwright_client.connect_errors import failed
from boxwright_client.http_connections import HttpCall, HttpConnections

CALLS_AT_ONCE = 64
"""Most simultaneous calls of an asyncio client; each uses a thread, and further calls wait."""

Metadata = Sequence[tuple[str, str]]


class HttpChannel:
    """A blocking channel over HTTP."""

    def __init__(self, connections: HttpConnections) -> None:
        self._connections = connections

    def unary_unary(
        self,
        method: str,
        request_serializer: Callable[[Any], bytes],
        response_deserializer: Callable[[bytes], Any],
        **_: object,
    ) -> Callable[..., Any]:
        """Return a function that calls a method with one request and one answer."""

        def answered(request: Any, *, timeout: float, metadata: Metadata = ()) -> Any:
            call = HttpCall(self._connections, method, request_serializer(request), metadata, timeout)
            return _read(response_deserializer, call.answer())

        return answered

    def stream_stream(self, method: str, *_: object, **__: object) -> Callable[..., Any]:
        """Return a function that raises an error: HTTP has no streams."""
        return _no_stream(method)

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()


class AsyncHttpChannel:
    """A channel for asyncio over HTTP, which makes calls in threads."""

    def __init__(self, connections: HttpConnections) -> None:
        self._connections = connections
        self._threads = ThreadPoolExecutor(CALLS_AT_ONCE, "boxwright-http")

    def unary_unary(
        self,
        method: str,
        request_serializer: Callable[[Any], bytes],
        response_deserializer: Callable[[bytes], Any],
        **_: object,
    ) -> Callable[..., Awaitable[Any]]:
        """Return a function that calls a method with one request and one answer; cancelling it ends the call."""

        async def answered(request: Any, *, timeout: float, metadata: Metadata = ()) -> Any:
            call = HttpCall(self._connections, method, request_serializer(request), metadata, timeout)
            try:
                answer = await asyncio.get_running_loop().run_in_executor(self._threads, call.answer)
            except asyncio.CancelledError:
                call.abandon()
                raise
            return _read(response_deserializer, answer)

        return answered

    def stream_stream(self, method: str, *_: object, **__: object) -> Callable[..., Any]:
        """Return a function that raises an error: HTTP has no streams."""
        return _no_stream(method)

    async def close(self) -> None:
        """Close the connections."""
        self._connections.close()
        self._threads.shutdown(wait=False)


def _read(deserializer: Callable[[bytes], Any], answer: bytes) -> Any:
    try:
        return deserializer(answer)
    except DecodeError as error:  # the same code as in gRPC
        raise failed(code_pb2.INTERNAL, f"the answer cannot be read: {error}") from error


def _no_stream(method: str) -> Callable[..., NoReturn]:
    def refuse(*_: object, **__: object) -> NoReturn:
        name = method.rpartition("/")[2]
        raise failed(code_pb2.UNIMPLEMENTED, f"{name} needs gRPC: create a Client with host:port as its target")

    return refuse
