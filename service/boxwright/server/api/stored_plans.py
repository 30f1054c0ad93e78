"""Reads and deletes stored plans, and records outcomes."""

import io
import time
from typing import Any

from google.protobuf import empty_pb2

from boxwright.contract.masks import Tree, asks_for, keep, read_mask, station_tree
from boxwright.contract.names import ids_in
from boxwright.contract.outcome import check_outcome, next_pack, read_outcome
from boxwright.domain.order import ECHOED
from boxwright.errors import FieldViolation, UnknownResourceError
from boxwright.findings import Findings
from boxwright.server.api.paging import page_size, read_token, token_of
from boxwright.server.api.repeats import RepeatableCall, check_id
from boxwright.server.audit import note
from boxwright.server.metrics import Metrics, record_outcome
from boxwright.server.settings import Settings
from boxwright.server.stored.keeping import Keeping
from boxwright.server.stored.plan_record import kept_order_id, unpacked
from boxwright.store import Entry, OutcomeRecord, PlanGoneError, StoredPlan
from boxwright.v1 import catalog_pb2, outcome_pb2, plan_pb2
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1.packing_service_pb2_grpc import PackingServiceServicer

LEFT_OUT = ("parcels", "certificate", "footprints")
"""Plan fields that lists leave out unless the mask names them."""


class StoredPlans(PackingServiceServicer):
    """The methods of PackingService for stored plans and outcomes."""

    def __init__(self, keeping: Keeping, settings: Settings, metrics: Metrics) -> None:
        self._keeping, self._settings, self._metrics = keeping, settings, metrics

    async def GetPlan(self, request: messages.GetPlanRequest, context: Any) -> plan_pb2.Plan:
        """Read a stored plan."""
        found = Findings()
        tree = read_mask(request.read_mask, plan_pb2.Plan.DESCRIPTOR, found)
        found.raise_any()
        return plan_of(await self._keeping.plan(request.name), tree)

    async def GetEvidence(self, request: messages.GetEvidenceRequest, context: Any) -> messages.GetEvidenceResponse:
        """Return the evidence bundle of a stored plan."""
        from boxwright.exchange.bundle import write_bundle
        from boxwright.server.stored.plan_archive import evidence_of

        stored, store = await self._keeping.plan(request.name), self._keeping.store

        def made() -> bytes:
            write_bundle(file := io.BytesIO(), [evidence_of(stored, store.read.catalog(stored.plan.catalog_hash))])
            return file.getvalue()

        return messages.GetEvidenceResponse(bundle=await self._keeping.read(made))

    async def DeletePlan(self, request: messages.DeletePlanRequest, context: Any) -> empty_pb2.Empty:
        """Delete a stored plan and its outcome."""
        (plan_id,) = ids_in(request.name, "plans/{plan}")
        note(plan=request.name)
        if not await self._keeping.read(self._keeping.store.delete, [plan_id]):
            raise UnknownResourceError([FieldViolation("name", f"must name a stored plan, got {request.name!r}")])
        return empty_pb2.Empty()

    async def ListPlans(self, request: messages.ListPlansRequest, context: Any) -> messages.ListPlansResponse:
        """List stored plans. A page ends early if the answer gets too long, with at least one plan."""
        from boxwright.store.reader import cursor_of, read_order

        store, found = self._keeping.store, Findings()
        size = page_size(request, found)
        order = found.attempt(read_order, request.order_by)
        after = None if order is None else read_token(request, found, order[0].type.python_type, str)
        tree = read_mask(request.read_mask, plan_pb2.Plan.DESCRIPTOR, found)
        found.raise_any()
        if not request.read_mask.paths:
            tree = {field.name: {} for field in plan_pb2.Plan.DESCRIPTOR.fields if field.name not in LEFT_OUT}

        def page() -> messages.ListPlansResponse:
            def kept(order_id: str) -> str:
                return kept_order_id(order_id, self._settings)

            answer, ends, left = messages.ListPlansResponse(), None, self._settings.max_answer_bytes
            for stored in store.read.plans(request.filter, request.order_by, after, size + 1, kept):
                plan = plan_of(stored, tree)
                left -= plan.ByteSize()
                if ends is not None and (len(answer.plans) == size or left < 0):
                    answer.next_page_token = token_of(*ends)
                    break
                answer.plans.append(plan)
                ends = cursor_of(stored.plan, request.order_by)
            return answer

        return await self._keeping.read(page)

    async def record(
        self, request: messages.RecordOutcomeRequest, call: RepeatableCall | None
    ) -> messages.RecordOutcomeResponse:
        """Record an outcome; return it as stored, and the request that packs the rest if packing goes on."""
        _ = self._keeping.store
        found = Findings()
        check_id(request.request_id, found, "request_id")
        check_outcome(request, found)
        found.raise_any()
        stored = await self._keeping.plan(request.outcome.plan, "outcome.plan")
        record = await self._keeping.read(self._keeping.store.read.catalog, stored.plan.catalog_hash)
        catalog = catalog_pb2.Catalog.FromString(unpacked(record.content)) if record else catalog_pb2.Catalog()
        found = Findings("outcome")
        plan = plan_of(stored, {})
        read = read_outcome(request.outcome, plan, catalog, found)
        found.raise_any()
        packed = messages.PackRequest.FromString(unpacked(stored.plan.request))
        left = next_pack(request.outcome, plan, packed.order.lines, found)
        found.raise_any()
        outcome = outcome_pb2.Outcome()
        outcome.CopyFrom(request.outcome)
        outcome.DiscardUnknownFields()  # they may have any size
        outcome.name = f"{outcome.plan}/outcome"
        now_us = time.time_ns() // 1_000
        if not outcome.HasField("pack_time"):
            outcome.pack_time.FromMicroseconds(now_us)
        answer = messages.RecordOutcomeResponse(outcome=outcome, next=left)
        entry = Entry(
            outcome=OutcomeRecord(stored.plan.plan_id, now_us, read.overridden, outcome.SerializeToString()),
            answer=None if call is None else call.record(stored.plan.plan_id, answer),
        )
        try:
            await self._keeping.write(entry)
        except PlanGoneError:  # deleted meanwhile
            rule = f"must name a stored plan, got {request.outcome.plan!r}"
            raise UnknownResourceError([FieldViolation("outcome.plan", rule)]) from None
        if stored.outcome is None:
            record_outcome(self._metrics, read, stored.plan.catalog)
        return answer


def answer_of(stored: StoredPlan) -> messages.PackResponse:
    """Return the stored answer with all its fields."""
    answer = messages.PackResponse.FromString(unpacked(stored.plan.answer))
    answer.plan.name = f"plans/{stored.plan.plan_id}"
    return answer


def plan_of(stored: StoredPlan, tree: Tree) -> plan_pb2.Plan:
    """Return a stored plan with the fields of a mask."""
    plan = answer_of(stored).plan
    if stored.outcome is not None:
        plan.outcome.ParseFromString(stored.outcome)
    keep(plan, tree)
    return plan


def is_whole(request: messages.PackRequest, settings: Settings) -> bool:
    """Return whether a stored plan holds everything that a request selects."""
    texts = () if settings.store_texts else ("bench", *(f"placements.{name}" for name in ECHOED))
    paths = [f"{place}.parcels.{name}" for place in ("plan", "alternatives") for name in texts]
    return not any(asks_for(request.read_mask, path) for path in ("drawings", *paths))


def as_asked(answer: messages.PackResponse, request: messages.PackRequest) -> bytes:
    """Return an answer with the request's order id and only the fields that the request selects."""
    for plan in (answer.plan, *answer.alternatives):
        plan.order_id = request.order.order_id
    mask = read_mask(request.read_mask, messages.PackResponse.DESCRIPTOR, Findings())
    keep(answer, mask if request.read_mask.paths else station_tree())
    return bytes(answer.SerializeToString())
