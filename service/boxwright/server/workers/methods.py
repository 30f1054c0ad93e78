"""The methods of a worker. Each takes a serialized request and returns a serialized answer."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.message import Message

from boxwright.catalog import Materials
from boxwright.catalog.catalogs import is_shipped_catalog
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.order import Item, Order
from boxwright.domain.policy import Policy
from boxwright.errors import FieldViolation, LimitExceededError
from boxwright.findings import Findings
from boxwright.packing import own
from boxwright.planning import plan
from boxwright.server.answers.check_plan import PlanJudge
from boxwright.server.answers.dataset import Dataset
from boxwright.server.answers.footprint import estimate_footprint
from boxwright.server.answers.named import read_inline_catalog
from boxwright.server.answers.pack import PackAnswers
from boxwright.server.answers.plan_page import made_page
from boxwright.server.metrics import Metrics
from boxwright.server.stored.written import validated
from boxwright.server.workers.work import SETTLE, Work, WorkResult
from boxwright.stop import Stop
from boxwright.store import OperationKind
from boxwright.v1 import catalog_service_pb2, footprint_service_pb2, packing_service_pb2


class Methods:
    """Plans, checks and estimates with a dataset, and counts plans in metrics."""

    def __init__(self, dataset: Dataset, metrics: Metrics) -> None:
        self._dataset = dataset
        self._packer = PackAnswers(dataset, metrics)
        judge = PlanJudge(dataset, self._packer, metrics)
        for catalog in dataset.catalogs.values():
            is_shipped_catalog(catalog)  # reads a file once: now, and not just before a deadline
        self._others: Mapping[str, tuple[type[Message], Callable[[Any, Stop], Message | None]]] = {
            "CheckShared": (packing_service_pb2.PackRequest, self._check_shared),
            "CheckPlan": (packing_service_pb2.CheckPlanRequest, judge.answer),
            "ReadCatalog": (
                catalog_service_pb2.CreateCatalogRequest,
                lambda request, stop: validated(request, dataset.materials, stop),
            ),
            "EstimateFootprint": (
                footprint_service_pb2.EstimateFootprintRequest,
                lambda request, _: estimate_footprint(request, dataset, _today()),
            ),
        }

    def answer(self, work: Work) -> WorkResult:
        """Return the answer to a request; raises as its method, and LimitExceededError if the answer is too long."""
        if work.method.removeprefix(SETTLE) in set(OperationKind):
            from boxwright.server.operations.work import outcome_of, settled_request  # loaded on first use

            if work.method.startswith(SETTLE):
                kind = work.method.removeprefix(SETTLE)
                return WorkResult(settled_request(kind, work.request, self._dataset, _today(), work.stop))
            return WorkResult(outcome_of(work.method, work.request, self._dataset, _today(), work.progress))
        if work.method == "PlanPage":
            return WorkResult(made_page(work.request, self._dataset, work.stop))
        if work.method != "Pack":
            message, answer = self._others[work.method]
            found = answer(message.FromString(work.request), work.stop)
            return WorkResult(b"" if found is None else self._fitting(found))
        request = packing_service_pb2.PackRequest.FromString(work.request)
        made, entry = self._packer.answer(request, work.stop, keep=work.keep)
        return WorkResult(self._fitting(made), entry)

    def _check_shared(self, defaults: packing_service_pb2.PackRequest, stop: Stop) -> None:
        """Validate the catalog that the orders of a batch share, once for all orders."""
        found = Findings("defaults", stop=stop)
        read_inline_catalog(defaults.inline_catalog, self._dataset, found.at("inline_catalog"))
        found.raise_any()

    def _fitting(self, answer: Message) -> bytes:
        """Return an answer as bytes; raise LimitExceededError if it is too long."""
        data, most = answer.SerializeToString(), self._dataset.settings.max_answer_bytes
        if len(data) > most:
            rule = f"must name fewer fields, since the answer has {len(data):,} bytes, more than the limit of {most:,}"
            raise LimitExceededError([FieldViolation("read_mask", rule)])
        return data


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def warm_up(materials: Materials | None = None) -> None:
    """Load or compile every kernel, and plan small orders to load the rest, so that no caller waits for it.

    ``materials`` are the data to plan with; default: those that the environment names, or the shipped ones.
    """
    own.warm_up()
    catalog = Catalog("warm-up", (BoxType("small", 200, 150, 100), BoxType("large", 400, 300, 200)))
    lines = (
        Item("a", 3, 180, 120, 60, 500, max_load_g=2_000),
        Item("b", 4, 90, 80, 70, 300),
        Item("c", 2, 350, 250, 90, 900),
    )
    for order in (Order("one", lines[1:2]), Order("many", lines)):
        plan(order, catalog, Policy(allow_partial=True), profiles=(), materials=materials)
