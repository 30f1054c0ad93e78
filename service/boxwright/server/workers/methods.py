"""What planning processes answer: methods by name, from the bytes of a request to those of its answer."""

import datetime
import logging
import os
import time
from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType
from typing import Any

from google.protobuf.message import Message

from boxwright.catalog.catalogs import is_shipped_catalog
from boxwright.errors import FieldViolation, LimitExceededError
from boxwright.server.asked import Answered, Asked
from boxwright.server.audit import ids_in
from boxwright.server.check_plan import PlanJudge
from boxwright.server.dataset import Dataset
from boxwright.server.faults import reason_of
from boxwright.server.footprint_service import estimate_footprint
from boxwright.server.logs import LOGGER, log
from boxwright.server.metrics import Metrics
from boxwright.server.pack import PackAnswers
from boxwright.server.written import judged
from boxwright.stop import Stop
from boxwright.v1 import catalog_service_pb2, evaluation_service_pb2, footprint_service_pb2, packing_service_pb2

_OF_ORDERS = frozenset({"Pack", "Improve"})


class Methods:
    """Plans, judges and estimates.

    Parameters
    ----------
    dataset : Dataset
        Catalogs, data and limits.
    metrics : Metrics
        Where plans are counted.
    """

    def __init__(self, dataset: Dataset, metrics: Metrics) -> None:
        self._most_bytes = dataset.settings.max_answer_bytes
        self._packer = packer = PackAnswers(dataset, metrics)
        judge = PlanJudge(dataset, packer, metrics)
        for catalog in dataset.catalogs.values():
            is_shipped_catalog(catalog)  # reads a file once: now, and not while an order is finished by its deadline
        self._others: Mapping[str, tuple[type[Message], Callable[[Any, Stop], Message | None]]] = {
            "CheckShared": (packing_service_pb2.PackRequest, partial(packer.check_shared, path="defaults")),
            "CheckPlan": (packing_service_pb2.CheckPlanRequest, judge.answer),
            "ReadCatalog": (
                catalog_service_pb2.CreateCatalogRequest,
                lambda request, stop: judged(request, dataset.materials, stop),
            ),
            "SettleEvaluation": (
                evaluation_service_pb2.EvaluateCatalogsRequest,
                lambda request, stop: _questions().settled_evaluation(request, dataset, _today(), stop),
            ),
            "SettleDesign": (
                evaluation_service_pb2.DesignCatalogRequest,
                lambda request, stop: _questions().settled_design(request, dataset, _today(), stop),
            ),
            "EstimateFootprint": (
                footprint_service_pb2.EstimateFootprintRequest,
                lambda request, _: estimate_footprint(request, dataset, _today()),
            ),
        }

    def answer(self, asked: Asked) -> Answered:
        """Return the answer to what is asked; at the level DEBUG, lines say when it begins and what it took.

        Raises
        ------
        BoxwrightError
            As the methods do; LimitExceededError for an answer that is too long.
        """
        if not LOGGER.isEnabledFor(logging.DEBUG):
            return self._answer(asked)
        facts: dict[str, object] = {"method": asked.method, "pid": os.getpid()}
        if asked.method in _OF_ORDERS:
            request = packing_service_pb2.PackRequest.FromString(asked.request)
            units = sum(line.quantity for line in request.order.lines)
            facts |= {**ids_in(request), "lines": len(request.order.lines), "units": units}
        log(logging.DEBUG, "work begins", {**facts, "request_bytes": len(asked.request)})
        begun_s, begun_cpu_s = time.perf_counter(), time.thread_time()
        try:
            answered = self._answer(asked)
            facts |= {"answer_bytes": len(answered.data)}
            if answered.entry is not None and answered.entry.plan is not None:
                facts |= {"plan": f"plans/{answered.entry.plan.plan_id}"}
            return answered
        except BaseException as error:
            facts |= {"reason": reason_of(error)}
            raise
        finally:
            ms, cpu_ms = (time.perf_counter() - begun_s) * 1_000, (time.thread_time() - begun_cpu_s) * 1_000
            log(logging.DEBUG, "work ends", {**facts, "ms": round(ms, 2), "cpu_ms": round(cpu_ms, 2)})

    def _answer(self, asked: Asked) -> Answered:
        if asked.method not in _OF_ORDERS:
            kind, answer = self._others[asked.method]
            found = answer(kind.FromString(asked.request), asked.stop)
            return Answered(b"" if found is None else self._fitting(found))

        def better(plan: packing_service_pb2.PackResponse) -> None:
            if asked.better is not None:
                asked.better(self._fitting(plan))

        make = self._packer.answer if asked.method == "Pack" else partial(self._packer.improve, better=better)
        request = packing_service_pb2.PackRequest.FromString(asked.request)
        made, entry = make(request, asked.stop, keep=asked.keep)
        return Answered(self._fitting(made), entry)

    def _fitting(self, answer: Message) -> bytes:
        """Return the bytes of an answer that is not too long."""
        data = answer.SerializeToString()
        if len(data) > self._most_bytes:
            rule = f"asks for {len(data):,} bytes, which is more than an answer may have on this server"
            fewer = f"{self._most_bytes:,}: ask for fewer fields"
            raise LimitExceededError([FieldViolation("read_mask", f"{rule}, {fewer}")])
        return data


def _questions() -> ModuleType:
    """Return what reads requests for operations: loaded when one comes."""
    from boxwright.server.operations import questions

    return questions


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
