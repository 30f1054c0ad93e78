"""One StreamPack: orders come, answers go as they are ready, and no bad item ends the stream."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from boxwright.errors import BoxwrightError
from boxwright.server.defaults import check_defaults, with_defaults
from boxwright.server.faults import CancelledOrderError, status_of
from boxwright.server.findings import Findings
from boxwright.server.repeats import check_id
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


class PackStream:
    """The state of one stream.

    Parameters
    ----------
    plan : callable
        Answers one request.
    most_under_way : int
        Orders under way at once; the stream is read no further until one is answered.
    """

    def __init__(self, plan: Plan, most_under_way: int) -> None:
        self._plan = plan
        self._slots = asyncio.Semaphore(most_under_way)
        self._answers: asyncio.Queue[StreamPackResponse | None] = asyncio.Queue(most_under_way)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._searches: dict[str, asyncio.Future[PackResponse]] = {}
        self._defaults = PackRequest()

    async def answers(self, requests: AsyncIterator[StreamPackRequest]) -> AsyncIterator[StreamPackResponse]:
        """Yield answers until the caller has sent all and each is answered."""
        reader = asyncio.ensure_future(self._read(requests))
        try:
            while (answer := await self._answers.get()) is not None:
                yield answer
            await reader
        finally:
            for task in (reader, *self._under_way.values()):
                task.cancel()

    async def _read(self, requests: AsyncIterator[StreamPackRequest]) -> None:
        try:
            async for message in requests:
                try:
                    await self._take(message)
                except BoxwrightError as error:
                    await self._answer(message.correlation_id, error)
            await asyncio.gather(*self._under_way.values())
        finally:
            await self._answers.put(None)

    async def _take(self, message: StreamPackRequest) -> None:
        found = Findings()
        check_id(message.correlation_id, found, "correlation_id")
        what = message.WhichOneof("message")
        if what is None:
            found.invalid("", "must hold setup, pack or stop")
        if what == "pack" and message.correlation_id in self._under_way:
            found.invalid("correlation_id", "must be unique among orders under way")
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
        search.cancel()

    async def _start(self, correlation_id: str, order: StreamPackOrder) -> None:
        found = Findings("pack")
        if not order.HasField("request"):
            found.invalid("request", "is required")
        if order.request.request_id:
            found.invalid("request.request_id", "must be empty on a stream")
        if order.send_improvements:
            found.unsupported("send_improvements")
        if order.HasField("fuse"):
            found.unsupported("fuse")
        found.raise_any()
        await self._slots.acquire()
        search = asyncio.ensure_future(self._plan(with_defaults(order.request, self._defaults)))
        self._searches[correlation_id] = search
        task = asyncio.create_task(self._finish(correlation_id, search))
        self._under_way[correlation_id] = task
        task.add_done_callback(lambda _: self._release(correlation_id))

    def _release(self, correlation_id: str) -> None:
        del self._under_way[correlation_id], self._searches[correlation_id]
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
            answer = CancelledOrderError("stopped by the caller before there was a plan")
        except Exception as error:
            answer = error
        await self._answer(correlation_id, answer)

    async def _answer(self, correlation_id: str, answer: StreamPackAccepted | PackResponse | Exception) -> None:
        response = StreamPackResponse(correlation_id=correlation_id)
        if isinstance(answer, StreamPackAccepted):
            response.accepted.CopyFrom(answer)
        elif isinstance(answer, PackResponse):
            response.result.CopyFrom(answer)
        else:
            response.error.CopyFrom(status_of(answer))
        await self._answers.put(response)
