"""PackingService."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from functools import partial
from typing import Any, TypeVar

from boxwright.errors import FieldViolation, LimitExceededError
from boxwright.findings import Findings
from boxwright.fuse import Fuse
from boxwright.server.batch_answer import BatchAnswer
from boxwright.server.caller import caller, deadline_of
from boxwright.server.check_plan import PlanJudge
from boxwright.server.defaults import check_defaults, with_defaults
from boxwright.server.effort import CostLimitError, effort_of, effort_of_check
from boxwright.server.fair_queue import CallKind
from boxwright.server.faults import reason_of, status_of
from boxwright.server.keeping import Keeping
from boxwright.server.metrics import Metrics
from boxwright.server.overloaded import OverloadedError
from boxwright.server.pack import PackAnswers
from boxwright.server.pack_request import purpose_of
from boxwright.server.repeats import Repeats
from boxwright.server.seats import Seats
from boxwright.server.shelf import Shelf
from boxwright.server.stored_plans import StoredPlans
from boxwright.server.stream import PackStream
from boxwright.server.stream_ended import StreamEndedError
from boxwright.server.workers import Workers
from boxwright.store import Entry
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1 import plan_pb2
from boxwright.v1.packing_service_pb2_grpc import PackingServiceServicer

Planned = tuple[messages.PackResponse, Entry | None]
"""An answer, and what the store is to keep of it."""

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
    keeping : Keeping, optional
        The door's side of the store. Default: one by the settings.
    """

    def __init__(
        self,
        packer: PackAnswers,
        judge: PlanJudge,
        workers: Workers,
        shelf: Shelf,
        metrics: Metrics,
        keeping: Keeping | None = None,
    ) -> None:
        self._keeping = keeping or Keeping(shelf.settings, metrics)
        self._plans = StoredPlans(self._keeping, shelf.settings, metrics)
        self._packer = packer
        self._judge = judge
        self._workers = workers
        self._shelf = shelf
        self._settings = settings = shelf.settings
        self._metrics = metrics
        self._repeats = Repeats(settings.remembered_answers, settings.remembered_bytes, self._keeping)
        self._batches = Seats("batches", settings.max_batches, settings.max_batches_per_caller, metrics)
        self._seats = Seats("streams", settings.max_streams, settings.max_streams_per_caller, metrics)
        self._streams: set[PackStream] = set()
        self._stopping = False

    async def Pack(self, request: messages.PackRequest, context: Any) -> messages.PackResponse:
        """Plan one order."""
        who = caller(context)

        def make() -> Awaitable[messages.PackResponse]:
            return self._waiting_its_turn(who, CallKind.SINGLE, request, deadline_of(context))

        return await self._repeats.answer(who, "Pack", request, make, messages.PackResponse.FromString)

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

        async def make() -> bytes:
            answer = await self._batch(request, who)
            await self._keeping.keep_answer(who, "BatchPack", request, answer)
            return answer

        with self._batches.taken(who):
            return await self._repeats.answer(who, "BatchPack", request, make, bytes)

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

    async def RecordOutcome(
        self, request: messages.RecordOutcomeRequest, context: Any
    ) -> messages.RecordOutcomeResponse:
        """Record what was really packed of a stored plan."""
        who = caller(context)

        def make() -> Awaitable[messages.RecordOutcomeResponse]:
            return self._plans.record(request, who)

        self._plans.check_record(request)
        return await self._repeats.answer(
            who, "RecordOutcome", request, make, messages.RecordOutcomeResponse.FromString
        )

    async def GetPlan(self, request: messages.GetPlanRequest, context: Any) -> plan_pb2.Plan:
        """Read a stored plan."""
        return await self._plans.get(request)

    async def ListPlans(self, request: messages.ListPlansRequest, context: Any) -> messages.ListPlansResponse:
        """List stored plans."""
        return await self._plans.list(request)

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
        """Plan an order in its turn, and keep its plan where it is to be kept."""
        must = self._keeping.wants(request)
        with self._counting(request):
            effort_s = effort_of(request, self._shelf)
            work = partial(self._planned, request, keep=must is not None)
            planned = await self._workers.run(work, caller=who, kind=kind, effort_s=effort_s, deadline_s=deadline_s)
        return await self._kept(who, request, must, planned)

    async def _improving(
        self, who: str, request: messages.PackRequest, fuse: Fuse, better: Callable[[messages.PackResponse], None]
    ) -> messages.PackResponse:
        must = self._keeping.wants(request)

        def work() -> Planned:
            found = partial(self._packer.improve, request, fuse, lambda plan: better(self._fitting(plan)))
            answer, entry = found(keep=must is not None)
            return self._fitting(answer), entry

        with self._counting(request):
            effort_s = effort_of(request, self._shelf)
            planned = await self._workers.run(work, caller=who, kind=CallKind.STREAM, effort_s=effort_s)
        return await self._kept(who, request, must, planned)

    @contextmanager
    def _counting(self, request: messages.PackRequest) -> Iterator[None]:
        """Count an order that is refused before any thread has taken it up; those refused there are counted there."""
        try:
            yield
        except (OverloadedError, CostLimitError) as error:
            self._metrics.refusals.labels(purpose_of(request), reason_of(error)).inc()
            raise

    def _planned(self, request: messages.PackRequest, *, keep: bool) -> Planned:
        if not keep:
            return self._fitting(self._packer.answer(request)), None
        answer, entry = self._packer.answer_to_keep(request)
        return self._fitting(answer), entry

    async def _kept(
        self, who: str, request: messages.PackRequest, must: bool | None, planned: Planned
    ) -> messages.PackResponse:
        """Return an answer once its plan is kept, and it itself for who repeats the call."""
        answer, entry = planned
        if entry is not None:
            await self._keeping.keep_plan(request, answer, entry, must=bool(must), who=who, method="Pack")
        else:
            await self._keeping.keep_answer(who, "Pack", request, answer)
        return answer

    def _fitting(self, answer: Answer) -> Answer:
        """Return an answer that is not too long."""
        size, most = answer.ByteSize(), self._settings.max_answer_bytes
        if size > most:
            rule = f"asks for {size:,} bytes, which is more than an answer may have on this server, {most:,}"
            raise LimitExceededError([FieldViolation("read_mask", f"{rule}: ask for fewer fields")])
        return answer
