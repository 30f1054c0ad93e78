"""PackingService."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn

from google.protobuf import empty_pb2

from boxwright.errors import BoxwrightError
from boxwright.findings import Findings
from boxwright.server.access.auth import SiteNotAllowedError, check_site
from boxwright.server.admission import CallKind, is_large
from boxwright.server.asked import Answered, Asked
from boxwright.server.audit import note
from boxwright.server.batch_answer import BatchAnswer
from boxwright.server.caller import SENDING_S, answer_by, caller, deadline_of, sending_s_per_byte
from boxwright.server.current import Current
from boxwright.server.defaults import check_defaults, with_defaults
from boxwright.server.faults import status_of
from boxwright.server.keeping import Keeping
from boxwright.server.limits import Limit
from boxwright.server.metrics import Metrics
from boxwright.server.order_end import answered_order, refused_order
from boxwright.server.own_deadline import of_deadline
from boxwright.server.repeats import RepeatableCall, Repeats, RequestIdReusedError
from boxwright.server.stored_plans import StoredPlans, as_asked, is_whole, restored
from boxwright.server.stream import PackStream
from boxwright.server.workers.pool import WaitedInVainError, Workers
from boxwright.stop import Stop
from boxwright.store import AnswerRecord, Entry, StoreError
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1 import plan_pb2
from boxwright.v1.packing_service_pb2_grpc import PackingServiceServicer

SENDING_S_PER_ORDER = 0.000_3
"""Time that each order of a batch may take to be refused at the deadline, and its result to be sent, in seconds: 15
times what it takes on an idle machine, since all results are lost where a busy one takes longer."""

BATCH_SENDING_S, BATCH_SENDING_SHARE = 0.02, 0.25
"""Time besides for the answer of a batch from the last of its orders to its caller, in seconds; and the most of what is
left of the deadline that goes into both."""

KEEPING_S = 0.01
"""Time to keep a plan, in seconds."""

MUST_SHARE, KEPT_SHARE = 0.95, 0.5
"""Of what is left of a deadline, the part that keeping a plan may take which must be kept, or need not be: the rest is
for the error, or for the answer without a name."""


class PackingService(PackingServiceServicer):
    """Has orders planned by the workers; this loop only passes bytes on.

    Parameters
    ----------
    workers : Workers
        Plan.
    current : Current
        Catalogs, and limits of batches, streams and remembered answers.
    metrics : Metrics
        Where streams and refusals are counted.
    keeping : Keeping, optional
        The door's side of the store. Default: one by the settings.
    """

    def __init__(
        self,
        workers: Workers,
        current: Current,
        metrics: Metrics,
        keeping: Keeping | None = None,
    ) -> None:
        self._keeping = keeping or Keeping(current.dataset.settings, metrics)
        self._plans = StoredPlans(self._keeping, current.dataset.settings, metrics)
        self._workers = workers
        self._current = current
        self._settings = settings = current.dataset.settings
        self._metrics = metrics
        self._repeats = Repeats(
            settings.remembered_answers,
            settings.remembered_bytes,
            self._keeping,
            partial(metrics.count_repeat, "PackingService"),
        )
        self._batches = Limit("batches", settings.max_batches, settings.max_batches_per_caller, metrics)
        self._open_streams = Limit("streams", settings.max_streams, settings.max_streams_per_caller, metrics)
        self._streams: set[PackStream] = set()
        self._stopping = False

    # Bytes, not a message: they are sent as a worker made them.
    async def Pack(self, request: messages.PackRequest, context: Any) -> bytes:  # type: ignore[override] # see above
        """Plan one order; return the bytes of a PackResponse."""
        who = caller(context)

        call = RepeatableCall.of(who, "Pack", request, self._keeping.secret)
        with refused_order(self._metrics, request):
            return await self._repeated(who, CallKind.SINGLE, request, call, deadline_of(context))

    async def BatchPack(  # type: ignore[override] # bytes, as above
        self, request: messages.BatchPackRequest, context: Any
    ) -> bytes:
        """Plan many orders, each with an answer or an error of its own; return the bytes of a BatchPackResponse."""
        self._check_batch(request)
        who = caller(context)
        if request.defaults.HasField("inline_catalog"):
            asked = Asked("CheckShared", request.defaults.SerializeToString())
            await self._workers.ask(asked, caller=who, kind=CallKind.BATCH)
        deadline_s = deadline_of(context)
        spare_s = BATCH_SENDING_S + SENDING_S_PER_ORDER * len(request.requests)
        deadline_s -= min(spare_s, BATCH_SENDING_SHARE * (deadline_s - time.monotonic()))
        s_per_byte = sending_s_per_byte(context)

        call = RepeatableCall.of(who, "BatchPack", request, self._keeping.secret)
        with self._batches.taken(who):
            return await self._batch(request, who, call, deadline_s, s_per_byte)

    async def StreamPack(
        self, request_iterator: AsyncIterator[messages.StreamPackRequest], context: Any
    ) -> AsyncIterator[messages.StreamPackResponse]:
        """Plan orders over a connection that stays open."""
        who = caller(context)
        with self._open_streams.taken(who):
            stream = PackStream(
                partial(self._streamed, who),
                partial(self._searched, who),
                self._settings.max_orders_per_stream,
                self._refused_in_stream,
                idle_s=self._settings.stream_idle_s,
                age_s=self._settings.stream_age_s,
            )
            if self._stopping:
                stream.end("stop")
            self._streams.add(stream)
            try:
                async with aclosing(stream.answers(request_iterator)) as answers:
                    async for answer in answers:
                        yield answer
            finally:
                self._streams.remove(stream)

    def end_streams(self) -> None:
        """Read streams no further: those without orders under way end at once, the others once these are answered."""
        self._stopping = True
        for stream in tuple(self._streams):
            stream.end("stop")

    async def CheckPlan(  # type: ignore[override] # bytes, as above
        self, request: messages.CheckPlanRequest, context: Any
    ) -> bytes:
        """Judge a packing made by anyone; return the bytes of a CheckPlanResponse."""
        self._check_site(request)
        large, deadline_s, who = request.compare and is_large(request), deadline_of(context), caller(context)
        asked = Asked("CheckPlan", request.SerializeToString(), answer_by(deadline_s))
        return (await self._workers.ask(asked, caller=who, large=large, deadline_s=deadline_s)).data

    async def RecordOutcome(
        self, request: messages.RecordOutcomeRequest, context: Any
    ) -> messages.RecordOutcomeResponse:
        """Record what was really packed of a stored plan."""
        self._plans.check_record(request)
        call = RepeatableCall.of(caller(context), "RecordOutcome", request, self._keeping.secret)

        async def restore(record: AnswerRecord) -> messages.RecordOutcomeResponse:
            return messages.RecordOutcomeResponse.FromString(record.answer)

        return await self._repeats.answer(call, lambda: self._plans.record(request, call), restore)

    async def GetPlan(self, request: messages.GetPlanRequest, context: Any) -> plan_pb2.Plan:
        """Read a stored plan."""
        return await self._plans.get(request)

    async def ListPlans(self, request: messages.ListPlansRequest, context: Any) -> messages.ListPlansResponse:
        """List stored plans."""
        return await self._plans.list(request)

    async def DeletePlan(self, request: messages.DeletePlanRequest, context: Any) -> empty_pb2.Empty:
        """Delete a stored plan."""
        await self._plans.delete(request)
        return empty_pb2.Empty()

    def _check_batch(self, request: messages.BatchPackRequest) -> None:
        found = Findings()
        most = self._settings.max_orders_per_batch
        if not request.requests:
            found.add("requests", "must hold at least one request")
        elif len(request.requests) > most:
            found.limit("requests", f"must hold at most {most} requests on this server, got {len(request.requests)}")
        check_defaults(request.defaults, found.at("defaults"))
        found.raise_any()

    async def _batch(
        self,
        request: messages.BatchPackRequest,
        who: str,
        call: RepeatableCall | None,
        deadline_s: float,
        s_per_byte: float,
    ) -> bytes:
        """Return the answer of a batch, each of whose orders is a call that may be repeated."""
        # Few at a time, so that a large batch stands in the queue beside single orders, not before them; and one more
        # for each worker than it works on, so that none waits for the next.
        slots = asyncio.Semaphore(2 * self._workers.at_once)
        answer = BatchAnswer(len(request.requests), self._settings.max_answer_bytes)

        async def one(index: int, item: messages.PackRequest) -> None:
            async with slots:
                try:
                    by_s = deadline_s - s_per_byte * answer.likely_bytes
                    if time.monotonic() >= by_s - SENDING_S:
                        self._refuse_late(item, request.defaults)
                    whole = with_defaults(item, request.defaults)
                    with answered_order(self._metrics, CallKind.BATCH, whole):
                        _check_in_batch(item, answer)
                        part = None if call is None else call.part(index)
                        made = await self._repeated(who, CallKind.BATCH, whole, part, by_s)
                        answer.put_plan(index, item.order.order_id, made)
                except RequestIdReusedError:  # of the batch
                    raise
                except Exception as error:
                    answer.put_error(index, item.order.order_id, status_of(error))

        await asyncio.gather(*(one(index, item) for index, item in enumerate(request.requests)))
        return answer.serialized()

    def _refuse_late(self, item: messages.PackRequest, defaults: messages.PackRequest) -> NoReturn:
        """Raise that an order of a batch was not begun by the deadline: little work, since there may be thousands."""
        named = messages.PackRequest(site=item.site or defaults.site, purpose=item.purpose or defaults.purpose)
        named.order.order_id = item.order.order_id
        with answered_order(self._metrics, CallKind.BATCH, named):
            raise WaitedInVainError("the deadline of the call came before there was a plan")

    async def _repeated(
        self, who: str, kind: CallKind, request: messages.PackRequest, call: RepeatableCall | None, deadline_s: float
    ) -> bytes:
        """Return the answer that an order had, where its call came before; else plan it."""

        def make() -> Awaitable[bytes]:
            return self._planned(who, kind, request, call, deadline_s)

        async def restore(record: AnswerRecord) -> bytes | None:
            return await self._restored(who, kind, request, record, deadline_s)

        is_stored = self._keeping.on and (is_whole(request, self._settings) or self._keeping.wants(request) is not None)
        return await self._repeats.answer(call, make, restore if is_stored else None, deadline_s)

    async def _restored(
        self, who: str, kind: CallKind, request: messages.PackRequest, record: AnswerRecord, deadline_s: float
    ) -> bytes | None:
        """Return the answer that is stored, or that with a stored plan; None where that is deleted.

        Pictures, and texts of the order, are not in the store: they come of planning the order again.
        """
        if record.plan_id is None:
            return as_asked(messages.PackResponse.FromString(record.answer), request).SerializeToString()
        stored = await self._keeping.read(self._keeping.store.read.plan, record.plan_id)
        if stored is None:
            return None
        if not is_whole(request, self._settings):
            asked = Asked("Pack", request.SerializeToString(), answer_by(deadline_s), keep=True)
            data, entry = await self._ask(who, kind, request, asked, deadline_s)
            if entry and entry.plan and entry.plan.canonical_hash == stored.plan.canonical_hash:
                answer, first = messages.PackResponse.FromString(data), restored(stored, request)
                answer.plan.name = first.plan.name
                if first.plan.HasField("create_time"):
                    answer.plan.create_time.CopyFrom(first.plan.create_time)
                return answer.SerializeToString()
        return (await asyncio.to_thread(restored, stored, request)).SerializeToString()

    async def _planned(
        self,
        who: str,
        kind: CallKind,
        request: messages.PackRequest,
        call: RepeatableCall | None = None,
        deadline_s: float = math.inf,
    ) -> bytes:
        """Plan an order in its turn, and keep its plan where it is to be kept."""
        must = self._keeping.wants(request)
        by_s = answer_by(deadline_s, SENDING_S if must is None else SENDING_S + KEEPING_S)
        asked = Asked("Pack", request.SerializeToString(), by_s, keep=must is not None)
        answered = await self._ask(who, kind, request, asked, deadline_s)
        return await self._kept(request, call, must, answered, deadline_s)

    async def _ask(
        self, who: str, kind: CallKind, request: messages.PackRequest, asked: Asked, deadline_s: float = math.inf
    ) -> Answered:
        """Return a worker's answer to an order."""
        self._check_site(request)
        large = is_large(request, request.alternative_count)
        return await self._workers.ask(asked, caller=who, kind=kind, large=large, deadline_s=deadline_s)

    async def _streamed(self, who: str, request: messages.PackRequest) -> messages.PackResponse:
        with self._in_stream(request):
            return messages.PackResponse.FromString(await self._planned(who, CallKind.STREAM, request))

    async def _searched(
        self, who: str, request: messages.PackRequest, stop: Stop, better: Callable[[messages.PackResponse], None]
    ) -> messages.PackResponse:
        with self._in_stream(request):
            return await self._improving(who, request, stop, better)

    @contextmanager
    def _in_stream(self, request: messages.PackRequest) -> Iterator[None]:
        """Count, audit and trace an order of a stream."""
        with answered_order(self._metrics, CallKind.STREAM, request):
            yield

    def _refused_in_stream(self, request: messages.PackRequest, error: BoxwrightError) -> None:
        """Count and audit an order that its stream does not take."""
        with (
            suppress(BoxwrightError),
            answered_order(self._metrics, CallKind.STREAM, request, paths_of=messages.StreamPackRequest.DESCRIPTOR),
        ):
            raise error

    async def _improving(
        self, who: str, request: messages.PackRequest, stop: Stop, better: Callable[[messages.PackResponse], None]
    ) -> messages.PackResponse:
        read, must = messages.PackResponse.FromString, self._keeping.wants(request)
        data = request.SerializeToString()
        asked = Asked("Improve", data, None, must is not None, stop, lambda plan: better(read(plan)))
        answered = await self._ask(who, CallKind.STREAM, request, asked)
        return read(await self._kept(request, None, must, answered))

    def _check_site(self, request: Any) -> None:
        """Raise SiteNotAllowedError where the caller may not call for the site of a request, and count it."""
        try:
            check_site(request.site, self._current.dataset.sites)
        except SiteNotAllowedError as error:
            self._metrics.denied.labels(error.why).inc()
            raise

    async def _kept(
        self,
        request: messages.PackRequest,
        call: RepeatableCall | None,
        must: bool | None,
        answered: Answered,
        deadline_s: float = math.inf,
    ) -> bytes:
        """Return an answer once its plan is kept; where that is not so in time, an error if it must be, or no name.

        That of a plan that is not to be kept is kept itself for who repeats the call, if the store can.

        Raises
        ------
        StoreError
            If it must be kept, and is not.
        AnswerTakenError
            If another replica has answered the same call.
        """
        data, entry = answered
        wait_s = (deadline_s - SENDING_S - time.monotonic()) * (MUST_SHARE if must else KEPT_SHARE)
        if entry is None or entry.plan is None:
            if call is not None and self._keeping.on and is_whole(request, self._settings):
                answer = messages.PackResponse.FromString(data)
                for plan in (answer.plan, *answer.alternatives):
                    plan.order_id = ""  # it comes with the repeated request
                with suppress(StoreError):
                    await self._keeping.write(Entry(answer=call.record(answer=answer)), must=False, wait_s=wait_s)
            return data
        plan_id = entry.plan.plan_id
        if call is not None:
            entry = replace(entry, answer=call.record(plan_id))
        try:
            await self._keeping.write(entry, must=bool(must), wait_s=wait_s)
        except StoreError as error:
            if must:
                raise of_deadline(error) if wait_s < self._settings.store_wait_s else error  # noqa: B904 - the same
            answer = messages.PackResponse.FromString(data)
            answer.plan.ClearField("name")
            return answer.SerializeToString()
        note(plan=f"plans/{plan_id}")
        return data


def _check_in_batch(request: messages.PackRequest, answer: BatchAnswer) -> None:
    """Raise InvalidInputError where a batch does not take an order, or its answer has no room for one more."""
    found = Findings()
    if request.request_id:
        found.add("request_id", "must be empty inside a batch")
    found.raise_any()
    answer.check_room()
