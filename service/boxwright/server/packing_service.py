"""PackingService."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from functools import partial
from typing import Any, NoReturn, TypeVar

from boxwright.errors import FieldViolation, LimitExceededError
from boxwright.findings import Findings
from boxwright.fuse import Fuse
from boxwright.server.batch_answer import BatchAnswer
from boxwright.server.caller import caller, deadline_of
from boxwright.server.check_plan import PlanJudge
from boxwright.server.defaults import check_defaults, with_defaults
from boxwright.server.effort import CostLimitError, effort_of, effort_of_check
from boxwright.server.fair_queue import CallKind
from boxwright.server.faults import NotInThisVersionError, reason_of, status_of
from boxwright.server.metrics import Metrics
from boxwright.server.overloaded import OverloadedError
from boxwright.server.pack import PackAnswers
from boxwright.server.pack_request import purpose_of
from boxwright.server.repeats import Repeats
from boxwright.server.seats import Seats
from boxwright.server.shelf import Shelf
from boxwright.server.stream import PackStream
from boxwright.server.stream_ended import StreamEndedError
from boxwright.server.workers import Workers
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1.packing_service_pb2_grpc import PackingServiceServicer

Answer = TypeVar("Answer", messages.PackResponse, messages.CheckPlanResponse)


class PackingService(PackingServiceServicer):
    """Plans orders in the worker threads; this loop only passes messages on.

    Parameters
    ----------
    packer, judge : PackAnswers, PlanJudge
        What plans, and what judges plans of others.
    workers : Workers
        Threads.
    shelf : Shelf
        Catalogs, and limits of batches, streams and remembered answers.
    metrics : Metrics
        Where streams and refusals are counted.
    """

    def __init__(self, packer: PackAnswers, judge: PlanJudge, workers: Workers, shelf: Shelf, metrics: Metrics) -> None:
        self._packer = packer
        self._judge = judge
        self._workers = workers
        self._shelf = shelf
        self._settings = settings = shelf.settings
        self._metrics = metrics
        self._repeats = Repeats(settings.remembered_answers, settings.remembered_bytes)
        self._batches = Seats("batches", settings.max_batches, settings.max_batches_per_caller, metrics)
        self._seats = Seats("streams", settings.max_streams, settings.max_streams_per_caller, metrics)
        self._streams: set[PackStream] = set()
        self._stopping = False

    async def Pack(self, request: messages.PackRequest, context: Any) -> messages.PackResponse:
        """Plan one order."""
        who = caller(context)

        def make() -> Awaitable[messages.PackResponse]:
            return self._waiting_its_turn(who, CallKind.SINGLE, request, deadline_of(context))

        return await self._repeats.answer(who, "Pack", request, make)

    # Bytes, not a message: they are sent as they are.
    async def BatchPack(  # type: ignore[override] # see above
        self, request: messages.BatchPackRequest, context: Any
    ) -> bytes:
        """Plan many orders, each with an answer or an error of its own; return the bytes of a BatchPackResponse."""
        self._check_batch(request)
        who = caller(context)
        if request.defaults.HasField("inline_catalog"):
            check = partial(self._packer.check_shared, request.defaults, "defaults")
            await self._workers.run(check, caller=who, kind=CallKind.BATCH)

        def make() -> Awaitable[bytes]:
            return self._batch(request, who)

        with self._batches.taken(who):
            return await self._repeats.answer(who, "BatchPack", request, make)

    async def StreamPack(
        self, request_iterator: AsyncIterator[messages.StreamPackRequest], context: Any
    ) -> AsyncIterator[messages.StreamPackResponse]:
        """Plan orders over a connection that stays open."""
        who = caller(context)
        with self._seats.taken(who):
            stream = PackStream(
                partial(self._waiting_its_turn, who, CallKind.STREAM),
                partial(self._improving, who),
                self._settings.max_orders_per_stream,
                idle_s=self._settings.stream_idle_s,
                age_s=self._settings.stream_age_s,
            )
            if self._stopping:
                stream.end("stop")
            self._streams.add(stream)
            self._metrics.streams.inc()
            try:
                async with aclosing(stream.answers(request_iterator)) as answers:
                    async for answer in answers:
                        yield answer
            except StreamEndedError as error:
                self._metrics.ended_streams.labels(error.why).inc()
                raise
            finally:
                self._metrics.streams.dec()
                self._streams.remove(stream)

    def end_streams(self) -> None:
        """Read streams no further: those without orders under way end at once, the others once these are answered."""
        self._stopping = True
        for stream in tuple(self._streams):
            stream.end("stop")

    async def CheckPlan(self, request: messages.CheckPlanRequest, context: Any) -> messages.CheckPlanResponse:
        """Judge a packing made by anyone."""

        def judged() -> messages.CheckPlanResponse:
            return self._fitting(self._judge.answer(request))

        effort_s = effort_of_check(request, self._shelf)
        deadline_s = deadline_of(context)
        return await self._workers.run(judged, caller=caller(context), effort_s=effort_s, deadline_s=deadline_s)

    async def RecordOutcome(self, request: Any, context: Any) -> NoReturn:
        """Refuse: plans are not stored."""
        _not_yet("RecordOutcome")

    async def GetPlan(self, request: Any, context: Any) -> NoReturn:
        """Refuse: plans are not stored."""
        _not_yet("GetPlan")

    async def ListPlans(self, request: Any, context: Any) -> NoReturn:
        """Refuse: plans are not stored."""
        _not_yet("ListPlans")

    def _check_batch(self, request: messages.BatchPackRequest) -> None:
        found = Findings()
        most = self._settings.max_orders_per_batch
        if not request.requests:
            found.add("requests", "must hold at least one request")
        elif len(request.requests) > most:
            found.limit("requests", f"must hold at most {most} requests on this server, got {len(request.requests)}")
        check_defaults(request.defaults, found.at("defaults"))
        found.raise_any()

    async def _batch(self, request: messages.BatchPackRequest, who: str) -> bytes:
        # As many at a time as threads, so that a large batch stands in the queue beside single orders, not before them.
        slots = asyncio.Semaphore(self._workers.threads)
        answer = BatchAnswer(len(request.requests), self._settings.max_answer_bytes)

        async def one(index: int, item: messages.PackRequest) -> None:
            async with slots:
                try:
                    found = Findings()
                    if item.request_id:
                        found.add("request_id", "must be empty inside a batch")
                    found.raise_any()
                    answer.check_room()
                    whole = with_defaults(item, request.defaults)
                    made = await self._waiting_its_turn(who, CallKind.BATCH, whole)
                    answer.put(index, messages.BatchPackResult(order_id=item.order.order_id, response=made))
                except Exception as error:
                    failure = messages.BatchPackResult(order_id=item.order.order_id, error=status_of(error))
                    answer.put(index, failure)

        await asyncio.gather(*(one(index, item) for index, item in enumerate(request.requests)))
        return answer.serialized()

    async def _waiting_its_turn(
        self, who: str, kind: CallKind, request: messages.PackRequest, deadline_s: float = math.inf
    ) -> messages.PackResponse:
        with self._counting(request):
            effort_s = effort_of(request, self._shelf)
            work = partial(self._planned, request)
            return await self._workers.run(work, caller=who, kind=kind, effort_s=effort_s, deadline_s=deadline_s)

    async def _improving(
        self, who: str, request: messages.PackRequest, fuse: Fuse, better: Callable[[messages.PackResponse], None]
    ) -> messages.PackResponse:
        def work() -> messages.PackResponse:
            return self._fitting(self._packer.improve(request, fuse, lambda plan: better(self._fitting(plan))))

        with self._counting(request):
            effort_s = effort_of(request, self._shelf)
            return await self._workers.run(work, caller=who, kind=CallKind.STREAM, effort_s=effort_s)

    @contextmanager
    def _counting(self, request: messages.PackRequest) -> Iterator[None]:
        """Count an order that is refused before any thread has taken it up; those refused there are counted there."""
        try:
            yield
        except (OverloadedError, CostLimitError) as error:
            self._metrics.refusals.labels(purpose_of(request), reason_of(error)).inc()
            raise

    def _planned(self, request: messages.PackRequest) -> messages.PackResponse:
        return self._fitting(self._packer.answer(request))

    def _fitting(self, answer: Answer) -> Answer:
        """Return an answer that is not too long."""
        size, most = answer.ByteSize(), self._settings.max_answer_bytes
        if size > most:
            rule = f"asks for {size:,} bytes, which is more than an answer may have on this server, {most:,}"
            raise LimitExceededError([FieldViolation("read_mask", f"{rule}: ask for fewer fields")])
        return answer


def _not_yet(method: str) -> NoReturn:
    raise NotInThisVersionError(f"PackingService.{method} is not supported in this version: plans are not stored")
