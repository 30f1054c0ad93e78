"""StreamPack: orders come in, answers go out when ready. A faulty message does not end the stream."""

import asyncio
import concurrent.futures
import traceback
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from math import inf

from boxwright.errors import BoxwrightError, InvalidInputError, SearchEndedError
from boxwright.findings import Findings
from boxwright.server.api.faults import StreamEndedError, status_of
from boxwright.server.api.repeats import check_id
from boxwright.stop import Stop
from boxwright.v1 import packing_service_pb2
from boxwright.v1.packing_service_pb2 import (
    PackRequest,
    PackResponse,
    StreamPackAccepted,
    StreamPackOrder,
    StreamPackRequest,
    StreamPackResponse,
)

Better = Callable[[PackResponse], None]
Plan = Callable[[PackRequest, Stop | None, Better | None], Awaitable[PackResponse]]
"""Answers one request. With a stop: until that ends the search, passing on each better plan, from any thread."""

Received = StreamPackRequest | InvalidInputError
"""A message of the caller, or the error of one that does not decode."""

MOST_FUSE_S = 3_600
"""Longest ``fuse`` of an order, in seconds."""

MOST_SLEEP_S = 3_600.0


class PackStream:
    """One open stream.

    Parameters
    ----------
    plan : callable
        Answers one request.
    most_under_way : int
        Most orders under way; at the limit the stream is not read.
    refused : callable, optional
        Receives each order that is refused, and its error. Default: nothing.
    idle_s, age_s : float, optional
        Longest time without a message or an order under way, and longest time open, in seconds. Default: no limit.
    """

    def __init__(
        self,
        plan: Plan,
        most_under_way: int,
        refused: Callable[[PackRequest, BoxwrightError], None] = lambda *_: None,
        *,
        idle_s: float = inf,
        age_s: float = inf,
    ) -> None:
        self._plan, self._refused, self._idle_s, self._age_s = plan, refused, idle_s, age_s
        self._ended: str | None = None
        self._reading: asyncio.Future[Received | None] | None = None
        self._slots = asyncio.Semaphore(most_under_way)
        self._answers: asyncio.Queue[StreamPackResponse | None] = asyncio.Queue(most_under_way)
        self._under_way: dict[str, tuple[asyncio.Task[None], Stop | None]] = {}
        self._stopped: set[str] = set()  # orders without a stop that the caller ended
        self._defaults = PackRequest()
        self._heard_at_s = 0.0

    async def answers(self, requests: AsyncIterator[Received]) -> AsyncGenerator[StreamPackResponse, None]:
        """Yield answers until the caller has finished sending and every order is answered.

        A message that does not decode is answered without a correlation id.

        Raises
        ------
        StreamEndedError
            If the server ended the stream; orders under way are answered first.
        """
        self._heard_at_s = asyncio.get_running_loop().time()
        reader, timer = asyncio.ensure_future(self._read(requests)), asyncio.ensure_future(self._watch_time())
        try:
            while (answer := await self._answers.get()) is not None:
                yield answer
            await reader
        finally:
            for task in (reader, timer, *(task for task, _ in self._under_way.values())):
                task.cancel()
        if self._ended:
            raise StreamEndedError(self._ended)

    def end(self, why: str) -> None:
        """Stop reading; the stream ends once its orders under way are answered."""
        if self._ended is None:
            self._ended = why
            if self._reading is not None:
                self._reading.cancel()

    async def _watch_time(self) -> None:
        """End the stream when it has been idle or open for too long."""
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        while True:
            idle_s = self._idle_s - (0.0 if self._under_way else loop.time() - self._heard_at_s)
            left_s = min(idle_s, self._age_s - (loop.time() - begun_s))
            if left_s <= 0:
                self.end("idle" if idle_s <= 0 else "age")
                return
            await asyncio.sleep(min(left_s, MOST_SLEEP_S))

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
            await asyncio.gather(*(task for task, _ in self._under_way.values()))
        finally:
            await self._answers.put(None)

    async def _next(self, requests: AsyncIterator[Received]) -> Received | None:
        """Return the next message; None if the caller has finished or the stream is to end."""
        if self._ended:
            return None

        async def after() -> Received | None:
            return await anext(requests, None)

        self._reading = asyncio.ensure_future(after())
        try:
            message = await self._reading
        except asyncio.CancelledError:
            this = asyncio.current_task()
            if self._ended is None or (this is not None and this.cancelling()):
                raise  # the caller has left
            return None
        self._heard_at_s = asyncio.get_running_loop().time()
        return message

    async def _take(self, message: StreamPackRequest) -> None:
        found, correlation_id = Findings(), message.correlation_id
        check_id(correlation_id, found, "correlation_id")
        what = message.WhichOneof("message")
        if what is None:
            found.add("message", "must be setup, pack or stop")
        elif what == "setup":
            check_defaults(message.setup.defaults, found.at("setup.defaults"))
        elif what == "stop" and message.stop.correlation_id not in self._under_way:
            found.unknown("stop.correlation_id", f"must be an order under way, got {message.stop.correlation_id!r}")
        elif what == "pack" and correlation_id in self._under_way:
            found.add("correlation_id", "must be unique among orders under way")
        found.raise_any()
        if what == "pack":
            await self._start(correlation_id, message.pack)
            return
        await self._answer(correlation_id, StreamPackAccepted())
        if what == "setup":
            self._defaults = message.setup.defaults
        elif (order := self._under_way.get(message.stop.correlation_id)) is not None:  # None: just answered
            task, stop = order
            if stop is not None:
                stop.end()
            else:
                self._stopped.add(message.stop.correlation_id)
                task.cancel()

    async def _start(self, correlation_id: str, order: StreamPackOrder) -> None:
        found = Findings("pack")
        if not order.HasField("request"):
            found.add("request", "is required")
        if order.request.request_id:
            found.add("request.request_id", "must be empty on a stream")
        seconds = order.fuse.seconds + order.fuse.nanos / 1e9
        if order.HasField("fuse") and not 0 < seconds <= MOST_FUSE_S:
            found.add("fuse", f"must be above 0 and at most {MOST_FUSE_S:,} s, got {seconds:g} s")
        request, improves = (
            with_defaults(order.request, self._defaults),
            order.send_improvements or order.HasField("fuse"),
        )
        if improves and request.alternative_count:
            found.add("request.alternative_count", "must be 0 with send_improvements or fuse")
        found.raise_any()
        await self._slots.acquire()
        stop = Stop() if improves else None
        task = asyncio.create_task(self._finish(correlation_id, request, stop, order))
        self._under_way[correlation_id] = task, stop
        task.add_done_callback(lambda _: self._release(correlation_id))

    def _release(self, correlation_id: str) -> None:
        self._heard_at_s = asyncio.get_running_loop().time()
        del self._under_way[correlation_id]
        self._stopped.discard(correlation_id)
        self._slots.release()

    async def _finish(
        self, correlation_id: str, request: PackRequest, stop: Stop | None, order: StreamPackOrder
    ) -> None:
        loop = asyncio.get_running_loop()
        sent: list[concurrent.futures.Future[None]] = []

        def better(answer: PackResponse) -> None:
            if order.send_improvements:
                response = StreamPackResponse(correlation_id=correlation_id, improvement=answer)
                sent.append(asyncio.run_coroutine_threadsafe(self._answers.put(response), loop))

        fuse = None
        if stop is not None and order.HasField("fuse"):
            fuse = loop.call_later(order.fuse.seconds + order.fuse.nanos / 1e9, stop.end)
        answer: PackResponse | Exception
        try:
            answer = await self._plan(request, stop, better if stop else None)
            await asyncio.gather(*map(asyncio.wrap_future, sent))
        except asyncio.CancelledError:
            if correlation_id not in self._stopped:
                raise  # the stream itself ends
            answer = SearchEndedError("stopped by the caller before there was a plan")
        except Exception as error:
            traceback.clear_frames(error.__traceback__)  # its frames hold the order
            answer = error
        finally:
            if fuse is not None:
                fuse.cancel()
        await self._answer(correlation_id, answer)
        del answer  # an error refers to this frame: the cycle would keep the order in memory

    async def _answer(self, correlation_id: str, answer: StreamPackAccepted | PackResponse | Exception) -> None:
        response = StreamPackResponse(correlation_id=correlation_id)
        if isinstance(answer, StreamPackAccepted):
            response.accepted.CopyFrom(answer)
        elif isinstance(answer, PackResponse):
            response.result.CopyFrom(answer)
        else:
            response.error.CopyFrom(status_of(answer))
        await self._answers.put(response)


def with_defaults(
    request: packing_service_pb2.PackRequest, defaults: packing_service_pb2.PackRequest
) -> packing_service_pb2.PackRequest:
    """Return a request in which unset and empty fields are taken from the defaults, whole fields at a time."""
    merged = packing_service_pb2.PackRequest()
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


def check_defaults(defaults: packing_service_pb2.PackRequest, found: Findings) -> None:
    """Note fields that defaults must not set."""
    if defaults.HasField("order"):
        found.add("order", "must be unset in defaults")
    if defaults.request_id:
        found.add("request_id", "must be unset in defaults")
