"""One StreamPack: orders come, answers go as they are ready, and no bad item ends the stream."""

import asyncio
import concurrent.futures
import traceback
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

from boxwright.errors import BoxwrightError, InvalidInputError, SearchEndedError
from boxwright.findings import Findings
from boxwright.server.defaults import check_defaults, with_defaults
from boxwright.server.faults import status_of
from boxwright.server.repeats import check_id
from boxwright.server.stream_ended import StreamEndedError
from boxwright.stop import Stop
from boxwright.v1.packing_service_pb2 import (
    PackRequest,
    PackResponse,
    StreamPackAccepted,
    StreamPackOrder,
    StreamPackRequest,
    StreamPackResponse,
    StreamPackSetup,
    StreamPackStop,
)

Plan = Callable[[PackRequest], Awaitable[PackResponse]]
Improve = Callable[[PackRequest, Stop, Callable[[PackResponse], None]], Awaitable[PackResponse]]
Received = StreamPackRequest | InvalidInputError
"""A message of the caller, or what is wrong with one that does not decode."""

MOST_FUSE_S = 3_600
"""Longest fuse, in seconds."""


class PackStream:
    """The state of one stream.

    Parameters
    ----------
    plan : callable
        Answers one request.
    improve : callable
        Answers one request until its stop ends the search, handing over each plan once found, from another thread.
    most_under_way : int
        Orders under way at once; the stream is read no further until one is answered.
    refused : callable, optional
        Told of each order that is not taken, and why. Default: nobody is told.
    idle_s, age_s : float, optional
        How long the stream may be open without a message or an order under way, and at all. Default: for ever.
    """

    def __init__(
        self,
        plan: Plan,
        improve: Improve,
        most_under_way: int,
        refused: Callable[[PackRequest, BoxwrightError], None] = lambda *_: None,
        *,
        idle_s: float = float("inf"),
        age_s: float = float("inf"),
    ) -> None:
        self._idle_s = idle_s
        self._age_s = age_s
        self._ended: str | None = None
        self._reading: asyncio.Future[Received | None] | None = None
        self._plan = plan
        self._improve = improve
        self._refused = refused
        self._slots = asyncio.Semaphore(most_under_way)
        self._answers: asyncio.Queue[StreamPackResponse | None] = asyncio.Queue(most_under_way)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._searches: dict[str, asyncio.Future[PackResponse]] = {}
        self._stops: dict[str, Stop] = {}
        self._defaults = PackRequest()
        self._heard_at_s = 0.0

    async def answers(self, requests: AsyncIterator[Received]) -> AsyncGenerator[StreamPackResponse, None]:
        """Yield answers until the caller has sent all and each is answered.

        What came in place of a message that does not decode is answered without a correlation id.

        Raises
        ------
        StreamEndedError
            If the server ended it; what was taken is answered first.
        """
        loop = asyncio.get_running_loop()
        self._heard_at_s = loop.time()
        reader = asyncio.ensure_future(self._read(requests))
        timers = [asyncio.ensure_future(self._watch_idleness())]
        if self._age_s < float("inf"):
            timers.append(asyncio.ensure_future(self._end_after(self._age_s)))
        try:
            while (answer := await self._answers.get()) is not None:
                yield answer
            await reader
        finally:
            for task in (reader, *timers, *self._under_way.values()):
                task.cancel()
            for search in self._searches.values():  # what has not begun to wait for one passes no cancellation on
                search.cancel()
        if self._ended:
            raise StreamEndedError(self._ended)

    def end(self, why: str) -> None:
        """Read no further; once the orders under way are answered the stream ends."""
        if self._ended is None:
            self._ended = why
            if self._reading is not None:
                self._reading.cancel()

    async def _end_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self.end("age")

    async def _watch_idleness(self) -> None:
        while self._idle_s < float("inf"):
            idle_s = 0.0 if self._under_way else asyncio.get_running_loop().time() - self._heard_at_s
            if idle_s >= self._idle_s:
                self.end("idle")
                return
            await asyncio.sleep(self._idle_s - idle_s)

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
        """Return the caller's next message; None once there is none, or the stream is to end."""
        if self._ended:
            return None
        self._reading = asyncio.ensure_future(_after(requests))
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
        found = Findings()
        check_id(message.correlation_id, found, "correlation_id")
        what = message.WhichOneof("message")
        if what is None:
            found.add("message", "must be setup, pack or stop")
        if what == "pack" and message.correlation_id in self._under_way:
            found.add("correlation_id", "must be unique among orders under way")
        found.raise_any()
        if what == "setup":
            await self._set_up(message.correlation_id, message.setup)
        elif what == "stop":
            await self._stop(message.correlation_id, message.stop)
        else:
            await self._start(message.correlation_id, message.pack)

    async def _set_up(self, correlation_id: str, setup: StreamPackSetup) -> None:
        found = Findings()
        check_defaults(setup.defaults, found.at("setup.defaults"))
        found.raise_any()
        self._defaults = setup.defaults
        await self._answer(correlation_id, StreamPackAccepted())

    async def _stop(self, correlation_id: str, stop: StreamPackStop) -> None:
        search = self._searches.get(stop.correlation_id)
        if search is None:
            found = Findings()
            found.unknown("stop.correlation_id", f"must be an order under way, got {stop.correlation_id!r}")
            found.raise_any()
            return
        await self._answer(correlation_id, StreamPackAccepted())
        if stop.correlation_id in self._stops:
            self._stops[stop.correlation_id].end()
        else:
            search.cancel()

    async def _start(self, correlation_id: str, order: StreamPackOrder) -> None:
        found = Findings("pack")
        if not order.HasField("request"):
            found.add("request", "is required")
        if order.request.request_id:
            found.add("request.request_id", "must be empty on a stream")
        seconds = order.fuse.seconds + order.fuse.nanos / 1e9
        if order.HasField("fuse") and not 0 < seconds <= MOST_FUSE_S:
            found.add("fuse", f"must be above 0 and at most {MOST_FUSE_S:,} s, got {seconds:g} s")
        request = with_defaults(order.request, self._defaults)
        if (order.send_improvements or order.HasField("fuse")) and request.alternative_count:
            found.add("request.alternative_count", "must be 0 with send_improvements or fuse")
        found.raise_any()
        await self._slots.acquire()
        if order.send_improvements or order.HasField("fuse"):
            search = asyncio.ensure_future(self._watched(correlation_id, order, request))
        else:
            search = asyncio.ensure_future(self._plan(request))
        self._searches[correlation_id] = search
        task = asyncio.create_task(self._finish(correlation_id, search))
        self._under_way[correlation_id] = task
        task.add_done_callback(lambda _: self._release(correlation_id))

    async def _watched(self, correlation_id: str, order: StreamPackOrder, request: PackRequest) -> PackResponse:
        """Answer an order that a fuse, a stop or the end of the stream may cut short."""
        loop = asyncio.get_running_loop()
        stop = self._stops[correlation_id] = Stop()
        burning = None
        if order.HasField("fuse"):
            burning = loop.call_later(order.fuse.seconds + order.fuse.nanos / 1e9, stop.end)
        sent: list[concurrent.futures.Future[None]] = []

        def better(answer: PackResponse) -> None:
            if order.send_improvements:
                response = StreamPackResponse(correlation_id=correlation_id, improvement=answer)
                sent.append(asyncio.run_coroutine_threadsafe(self._answers.put(response), loop))

        try:
            answer = await self._improve(request, stop, better)
            await asyncio.gather(*(asyncio.wrap_future(each) for each in sent))
            return answer
        finally:
            if burning is not None:
                burning.cancel()

    def _release(self, correlation_id: str) -> None:
        self._heard_at_s = asyncio.get_running_loop().time()
        del self._under_way[correlation_id], self._searches[correlation_id]
        self._stops.pop(correlation_id, None)
        self._slots.release()

    async def _finish(self, correlation_id: str, search: "asyncio.Future[PackResponse]") -> None:
        """Answer an order once its search has ended, in whatever way."""
        answer: PackResponse | Exception
        try:
            answer = await search
        except asyncio.CancelledError:
            this = asyncio.current_task()
            if this is not None and this.cancelling():
                raise  # the stream itself has ended
            answer = SearchEndedError("stopped by the caller before there was a plan")
        except Exception as error:
            traceback.clear_frames(error.__traceback__)  # they hold the order
            answer = error
        await self._answer(correlation_id, answer)
        del answer, search  # an error holds this frame: what it came of would wait for the garbage collector

    async def _answer(self, correlation_id: str, answer: StreamPackAccepted | PackResponse | Exception) -> None:
        response = StreamPackResponse(correlation_id=correlation_id)
        if isinstance(answer, StreamPackAccepted):
            response.accepted.CopyFrom(answer)
        elif isinstance(answer, PackResponse):
            response.result.CopyFrom(answer)
        else:
            response.error.CopyFrom(status_of(answer))
        await self._answers.put(response)


async def _after(requests: AsyncIterator[Received]) -> Received | None:
    return await anext(requests, None)
