"""StreamPack: receives orders and sends each answer when it is ready. A faulty message does not end the stream."""

import asyncio
import traceback
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

from boxwright.errors import BoxwrightError, InvalidInputError
from boxwright.findings import Findings
from boxwright.server.api.faults import StreamEndedError, status_of
from boxwright.server.api.repeats import check_id
from boxwright.v1.packing_service_pb2 import (
    PackRequest,
    PackResponse,
    StreamPackAccepted,
    StreamPackRequest,
    StreamPackResponse,
)

Received = StreamPackRequest | InvalidInputError
"""A message of the caller, or the error of one that does not decode."""


class PackStream:
    """One open stream.

    Parameters
    ----------
    plan : callable
        Answers one request.
    most_under_way : int
        Maximum number of orders under way; at the limit the stream is not read.
    refused : callable, optional
        Receives each order that is refused, and its error. Default: nothing.
    """

    def __init__(
        self,
        plan: Callable[[PackRequest], Awaitable[PackResponse]],
        most_under_way: int,
        refused: Callable[[PackRequest, BoxwrightError], None] = lambda *_: None,
    ) -> None:
        self._plan, self._refused = plan, refused
        self._stopping = False
        self._reading: asyncio.Future[Received | None] | None = None
        self._slots = asyncio.Semaphore(most_under_way)
        self._answers: asyncio.Queue[StreamPackResponse | None] = asyncio.Queue(most_under_way)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._defaults = PackRequest()

    async def answers(self, requests: AsyncIterator[Received]) -> AsyncGenerator[StreamPackResponse, None]:
        """Yield answers until the caller has finished sending and every order is answered.

        A message that does not decode is answered without a correlation id.

        Raises
        ------
        StreamEndedError
            If the server stops; orders under way are answered first.
        """
        reader = asyncio.ensure_future(self._read(requests))
        try:
            while (answer := await self._answers.get()) is not None:
                yield answer
            await reader
        finally:
            for task in (reader, *self._under_way.values()):
                task.cancel()
        if self._stopping:
            raise StreamEndedError

    def stop(self) -> None:
        """Stop reading; the stream ends once its orders under way are answered."""
        self._stopping = True
        if self._reading is not None:
            self._reading.cancel()

    async def _read(self, requests: AsyncIterator[Received]) -> None:
        try:
            while (message := await self._next(requests)) is not None:
                if isinstance(message, InvalidInputError):
                    await self._answer("", message)
                    continue
                try:
                    await self._take(message)
                except BoxwrightError as error:
                    if message.HasField("pack"):
                        self._refused(with_defaults(message.pack.request, self._defaults), error)
                    await self._answer(message.correlation_id, error)
            await asyncio.gather(*self._under_way.values())
        finally:
            await self._answers.put(None)

    async def _next(self, requests: AsyncIterator[Received]) -> Received | None:
        """Return the next message; None if the caller has finished or the server is stopping."""
        if self._stopping:
            return None

        async def after() -> Received | None:
            return await anext(requests, None)

        self._reading = asyncio.ensure_future(after())
        try:
            return await self._reading
        except asyncio.CancelledError:
            this = asyncio.current_task()
            if not self._stopping or (this is not None and this.cancelling()):
                raise  # the caller has left
            return None

    async def _take(self, message: StreamPackRequest) -> None:
        found, correlation_id = Findings(), message.correlation_id
        check_id(correlation_id, found, "correlation_id")
        what = message.WhichOneof("message")
        if what is None:
            found.add("message", "must be setup or pack")
        elif what == "setup":
            check_defaults(message.setup.defaults, found.at("setup.defaults"))
        else:
            if correlation_id in self._under_way:
                found.add("correlation_id", "must be unique among orders under way")
            if not message.pack.HasField("request"):
                found.add("pack.request", "is required")
            if message.pack.request.request_id:
                found.add("pack.request.request_id", "must be empty on a stream")
        found.raise_any()
        if what == "setup":
            self._defaults = message.setup.defaults
            await self._answer(correlation_id, StreamPackAccepted())
            return
        await self._slots.acquire()
        request = with_defaults(message.pack.request, self._defaults)
        task = self._under_way[correlation_id] = asyncio.create_task(self._finish(correlation_id, request))
        task.add_done_callback(lambda _: self._release(correlation_id))

    def _release(self, correlation_id: str) -> None:
        del self._under_way[correlation_id]
        self._slots.release()

    async def _finish(self, correlation_id: str, request: PackRequest) -> None:
        answer: PackResponse | Exception
        try:
            answer = await self._plan(request)
        except Exception as error:
            traceback.clear_frames(error.__traceback__)  # its frames refer to the order
            answer = error
        await self._answer(correlation_id, answer)
        del answer  # an error refers to this frame; the cycle would keep the order in memory

    async def _answer(self, correlation_id: str, answer: StreamPackAccepted | PackResponse | Exception) -> None:
        response = StreamPackResponse(correlation_id=correlation_id)
        if isinstance(answer, StreamPackAccepted):
            response.accepted.CopyFrom(answer)
        elif isinstance(answer, PackResponse):
            response.result.CopyFrom(answer)
        else:
            response.error.CopyFrom(status_of(answer))
        await self._answers.put(response)


def with_defaults(request: PackRequest, defaults: PackRequest) -> PackRequest:
    """Return a request whose unset and empty fields are those of the defaults. Messages are not merged."""
    merged = PackRequest()
    merged.CopyFrom(request)
    sent = {field.name for field, _ in request.ListFields()}
    for field, value in defaults.ListFields():
        union = field.containing_oneof
        if field.name in sent or (union is not None and sent & {member.name for member in union.fields}):
            continue
        if field.is_repeated:
            getattr(merged, field.name).extend(value)
        elif field.message_type is not None:
            getattr(merged, field.name).CopyFrom(value)
        else:
            setattr(merged, field.name, value)
    return merged


def check_defaults(defaults: PackRequest, found: Findings) -> None:
    """Note fields that defaults must not set."""
    if defaults.HasField("order"):
        found.add("order", "must be unset in defaults")
    if defaults.request_id:
        found.add("request_id", "must be unset in defaults")
