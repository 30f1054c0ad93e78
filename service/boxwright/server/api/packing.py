"""PackingService: plans and checks orders by the workers."""

import asyncio
import math
import pickle
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from google.rpc import status_pb2

from boxwright.errors import BoxwrightError, FieldViolation, LimitExceededError
from boxwright.findings import Findings
from boxwright.server.access.auth import (
    SENDING_S,
    SiteNotAllowedError,
    answer_by,
    caller,
    check_site,
    deadline_of,
)
from boxwright.server.api.faults import RequestIdReusedError, WaitedInVainError, status_of
from boxwright.server.api.order_end import answered_order, refused_order
from boxwright.server.api.repeats import RepeatableCall, Repeats
from boxwright.server.api.stored_plans import StoredPlans, answer_of, as_asked, is_whole
from boxwright.server.api.stream import PackStream, check_defaults, with_defaults
from boxwright.server.audit import note
from boxwright.server.metrics import Metrics
from boxwright.server.reloading import Current
from boxwright.server.stored.keeping import Keeping
from boxwright.server.workers.admission import CallKind, Limit, is_large
from boxwright.server.workers.pool import Workers
from boxwright.server.workers.work import Work, WorkResult
from boxwright.store import AnswerRecord, Entry, StoreError
from boxwright.v1 import packing_service_pb2 as messages

BATCH_SENDING_S, BATCH_SENDING_SHARE = 5.0, 0.25
"""Time reserved to send the answer of a batch, in seconds, and its maximum share of the remaining time. It is ample,
since a late answer loses all results."""

KEEPING_S = 0.01
"""Time reserved to store a plan, in seconds."""

MUST_SHARE, KEPT_SHARE = 0.95, 0.5
"""Maximum share of the remaining time for storing a plan that must be stored, and for storing any other. The rest is
left to send the error, or the answer without a name."""


class _Order(NamedTuple):
    request: messages.PackRequest
    who: str
    kind: CallKind
    deadline_s: float = math.inf
    call: RepeatableCall | None = None


class PackingService(StoredPlans):
    """Passes orders to workers, and returns their answers as bytes."""

    def __init__(self, workers: Workers, current: Current, metrics: Metrics, keeping: Keeping | None = None) -> None:
        settings = current.dataset.settings
        super().__init__(keeping or Keeping(settings, metrics), settings, metrics)
        self._workers, self._current = workers, current
        count = partial(metrics.count_repeat, "PackingService")
        self._repeats = Repeats(settings.remembered_answers, settings.remembered_bytes, self._keeping, count)
        self._batches = Limit("batches", settings.max_batches, settings.max_batches_per_caller, metrics)
        self._streams: set[PackStream] = set()
        self._stopping = False

    async def page(self, plan_id: str, sheet: str, address: str) -> str:
        """Return the page of a stored plan for a paper size (empty: A4); ``address`` is the URL path of the page.

        Raises InvalidInputError for an unknown paper size, otherwise as ``Keeping.plan`` and ``Workers.ask``.
        """
        stored = await self._keeping.plan(f"plans/{plan_id}", "plan")
        catalog = await self._keeping.read(self._keeping.store.read.catalog, stored.plan.catalog_hash)
        work = Work("PlanPage", pickle.dumps((stored, catalog, sheet, address)))
        # Queued as a large order, so that a worker stays free for small ones.
        return (await self._workers.ask(work, caller="pages", kind=CallKind.BATCH, large=True)).data.decode()

    # Returns bytes, not a message: they are sent as the worker made them.
    async def Pack(self, request: messages.PackRequest, context: Any) -> bytes:  # type: ignore[override] # see above
        """Plan one order; return the bytes of a PackResponse."""
        who = caller(context)
        call = RepeatableCall.of(who, "Pack", request, self._keeping.secret)
        with refused_order(self._metrics, request):
            return await self._answered(_Order(request, who, CallKind.SINGLE, deadline_of(context), call))

    async def BatchPack(  # type: ignore[override] # bytes, as above
        self, request: messages.BatchPackRequest, context: Any
    ) -> bytes:
        """Plan many orders, with an answer or an error for each; return the bytes of a BatchPackResponse."""
        found, most = Findings(), self._settings.max_orders_per_batch
        if not request.requests:
            found.add("requests", "must hold at least one request")
        elif len(request.requests) > most:
            found.limit("requests", f"must hold at most {most} requests on this server, got {len(request.requests)}")
        check_defaults(request.defaults, found.at("defaults"))
        found.raise_any()
        who = caller(context)
        if request.defaults.HasField("inline_catalog"):
            work = Work("CheckShared", request.defaults.SerializeToString())
            await self._workers.ask(work, caller=who, kind=CallKind.BATCH)
        deadline_s = deadline_of(context)
        deadline_s -= min(BATCH_SENDING_S, BATCH_SENDING_SHARE * (deadline_s - time.monotonic()))
        call = RepeatableCall.of(who, "BatchPack", request, self._keeping.secret)
        # Only twice as many orders of a batch are queued as there are workers, so that no worker waits for the next
        # order and single orders are not held up.
        slots = asyncio.Semaphore(2 * self._workers.at_once)
        answer = BatchAnswer(len(request.requests), self._settings.max_answer_bytes)

        async def plan_one(index: int, item: messages.PackRequest) -> None:
            async with slots:
                try:
                    late = time.monotonic() >= deadline_s - SENDING_S
                    order = (
                        item if late else with_defaults(item, request.defaults)
                    )  # merging takes long for thousands of orders
                    with answered_order(self._metrics, CallKind.BATCH, order):
                        if late:
                            raise WaitedInVainError("the deadline of the call passed before there was a plan")
                        found = Findings()
                        if item.request_id:
                            found.add("request_id", "must be empty inside a batch")
                        found.raise_any()
                        answer.check_room()
                        part = None if call is None else call.part(index)
                        made = await self._answered(_Order(order, who, CallKind.BATCH, deadline_s, part))
                        answer.put_plan(index, item.order.order_id, made)
                except RequestIdReusedError:  # the error concerns the whole batch
                    raise
                except Exception as error:
                    answer.put_error(index, item.order.order_id, status_of(error))

        with self._batches.taken(who):
            await asyncio.gather(*(plan_one(index, item) for index, item in enumerate(request.requests)))
            return answer.serialized()

    async def StreamPack(
        self, request_iterator: AsyncIterator[messages.StreamPackRequest], context: Any
    ) -> AsyncIterator[messages.StreamPackResponse]:
        """Plan orders over a connection that stays open."""
        who = caller(context)

        async def plan(request: messages.PackRequest) -> messages.PackResponse:
            with answered_order(self._metrics, CallKind.STREAM, request):
                answer = await self._planned(_Order(request, who, CallKind.STREAM))
                return messages.PackResponse.FromString(answer)

        def refused(request: messages.PackRequest, error: BoxwrightError) -> None:
            paths_of = messages.StreamPackRequest.DESCRIPTOR
            with (
                suppress(BoxwrightError),
                answered_order(self._metrics, CallKind.STREAM, request, paths_of=paths_of),
            ):
                raise error

        stream = PackStream(plan, self._settings.max_orders_per_stream, refused)
        if self._stopping:
            stream.stop()
        self._streams.add(stream)
        try:
            async with aclosing(stream.answers(request_iterator)) as answers:
                async for answer in answers:
                    yield answer
        finally:
            self._streams.remove(stream)

    def end_streams(self) -> None:
        """Stop reading all streams. Each ends once its orders under way are answered."""
        self._stopping = True
        for stream in tuple(self._streams):
            stream.stop()

    async def CheckPlan(  # type: ignore[override] # bytes, as above
        self, request: messages.CheckPlanRequest, context: Any
    ) -> bytes:
        """Check a packing; return the bytes of a CheckPlanResponse."""
        self._check_site(request)
        large, deadline_s, who = request.compare and is_large(request), deadline_of(context), caller(context)
        work = Work("CheckPlan", request.SerializeToString(), answer_by(deadline_s))
        return (await self._workers.ask(work, caller=who, large=large, deadline_s=deadline_s)).data

    async def RecordOutcome(
        self, request: messages.RecordOutcomeRequest, context: Any
    ) -> messages.RecordOutcomeResponse:
        """Record how a stored plan was really packed."""
        call = RepeatableCall.of(caller(context), "RecordOutcome", request, self._keeping.secret)

        async def restore(record: AnswerRecord) -> messages.RecordOutcomeResponse:
            return messages.RecordOutcomeResponse.FromString(record.answer)

        return await self._repeats.answer(call, lambda: self.record(request, call), restore)

    async def _answered(self, order: _Order) -> bytes:
        """Return the earlier answer if the call is a repeat; otherwise plan the order."""
        wants = self._keeping.wants(order.request) is not None
        is_stored = self._keeping.on and (wants or is_whole(order.request, self._settings))
        restore = partial(self._restored, order) if is_stored else None
        return await self._repeats.answer(order.call, partial(self._planned, order), restore, order.deadline_s)

    async def _restored(self, order: _Order, record: AnswerRecord) -> bytes | None:
        """Return the stored answer, or the answer with the stored plan; None if the plan was deleted.

        Pictures and descriptions of the order are not stored, so the order is planned again for them.
        """
        request = order.request
        if record.plan_id is None:
            return as_asked(messages.PackResponse.FromString(record.answer), request)
        stored = await self._keeping.read(self._keeping.store.read.plan, record.plan_id)
        if stored is None:
            return None
        if not is_whole(request, self._settings):
            data, entry = await self._ask(order, answer_by(order.deadline_s), keep=True)
            if entry and entry.plan and entry.plan.canonical_hash == stored.plan.canonical_hash:
                answer, first = messages.PackResponse.FromString(data), answer_of(stored).plan
                answer.plan.name = first.name
                if answer.plan.HasField("create_time"):
                    answer.plan.create_time.CopyFrom(first.create_time)
                return answer.SerializeToString()
        return await asyncio.to_thread(lambda: as_asked(answer_of(stored), request))

    async def _planned(self, order: _Order) -> bytes:
        """Plan an order in a worker, and store its plan if it is to be stored."""
        must = self._keeping.wants(order.request)
        by_s = answer_by(order.deadline_s, SENDING_S if must is None else SENDING_S + KEEPING_S)
        return await self._kept(order, must, await self._ask(order, by_s, keep=must is not None))

    async def _ask(self, order: _Order, by_s: float | None, *, keep: bool) -> WorkResult:
        request, who, kind, deadline_s, _ = order
        self._check_site(request)
        large = is_large(request, request.alternative_count)
        work = Work("Pack", request.SerializeToString(), by_s, keep)
        return await self._workers.ask(work, caller=who, kind=kind, large=large, deadline_s=deadline_s)

    def _check_site(self, request: Any) -> None:
        """Raise and count SiteNotAllowedError if the caller may not use the site of a request."""
        try:
            check_site(request.site, self._current.dataset.sites)
        except SiteNotAllowedError as error:
            self._metrics.denied.labels(error.why).inc()
            raise

    async def _kept(self, order: _Order, must: bool | None, answered: WorkResult) -> bytes:
        """Return an answer once its plan is stored.

        If storing takes too long and the plan need not be stored, the answer has no name. If the plan is not to be
        stored, the answer is stored for repeated calls where possible.

        Raises
        ------
        StoreError
            If the plan must be stored but was not.
        AnswerTakenError
            If another replica has answered the same call.
        """
        (data, entry), call = answered, order.call
        wait_s = (order.deadline_s - SENDING_S - time.monotonic()) * (MUST_SHARE if must else KEPT_SHARE)
        if entry is None or entry.plan is None:
            if call is not None and self._keeping.on and is_whole(order.request, self._settings):
                answer = messages.PackResponse.FromString(data)
                for plan in (answer.plan, *answer.alternatives):
                    plan.order_id = ""  # the repeated request states its own order id
                with suppress(StoreError):
                    await self._keeping.write(Entry(answer=call.record(answer=answer)), must=False, wait_s=wait_s)
            return data
        plan_id = entry.plan.plan_id
        if call is not None:
            entry = replace(entry, answer=call.record(plan_id))
        try:
            await self._keeping.write(entry, must=bool(must), wait_s=wait_s)
        except StoreError:
            if must:
                raise
            answer = messages.PackResponse.FromString(data)
            answer.plan.ClearField("name")
            return answer.SerializeToString()
        note(plan=f"plans/{plan_id}")
        return data


class BatchAnswer:
    """Collects the results of a batch in the order of its requests, up to ``max_bytes``."""

    def __init__(self, orders: int, max_bytes: int) -> None:
        # Serialized responses with one result each: concatenated, they are the serialized whole.
        self._results: list[bytes] = [b""] * orders
        self._max_bytes = max_bytes
        self._bytes = self._failed = 0

    def check_room(self, size: int = 1) -> None:
        """Raise LimitExceededError if a plan of ``size`` bytes no longer fits."""
        if self._bytes + size > self._max_bytes:
            rule = (
                f"must name fewer fields, since the batch would exceed {self._max_bytes:,} bytes; or send another batch"
            )
            raise LimitExceededError([FieldViolation("read_mask", rule)])

    def put_plan(self, index: int, order_id: str, plan: bytes) -> None:
        """Add the plan of an order, given as PackResponse bytes; raises LimitExceededError if it does not fit."""
        response = messages.PackResponse.FromString(plan)
        data = _only(messages.BatchPackResult(order_id=order_id, response=response))
        self.check_room(len(data))
        self._put(index, data)

    def put_error(self, index: int, order_id: str, error: status_pb2.Status) -> None:
        """Add the error of an order, even if the answer is full."""
        self._put(index, _only(messages.BatchPackResult(order_id=order_id, error=error)))
        self._failed += 1

    def _put(self, index: int, data: bytes) -> None:
        self._results[index] = data
        self._bytes += len(data)

    def serialized(self) -> bytes:
        """Return the BatchPackResponse as bytes."""
        planned = len(self._results) - self._failed
        counts = messages.BatchPackResponse(planned_count=planned, error_count=self._failed)
        return b"".join((*self._results, counts.SerializeToString()))


def _only(result: messages.BatchPackResult) -> bytes:
    return messages.BatchPackResponse(results=[result]).SerializeToString()
