"""What planning processes answer: methods by name, from the bytes of a request to those of its answer."""

import datetime
from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType
from typing import Any

from google.protobuf.message import Message

from boxwright.catalog.shipped import is_shipped_catalog
from boxwright.errors import FieldViolation, LimitExceededError
from boxwright.server.asked import Answered, Asked
from boxwright.server.check_plan import PlanJudge
from boxwright.server.footprint_service import estimate_footprint
from boxwright.server.metrics import Metrics
from boxwright.server.pack import PackAnswers
from boxwright.server.planning_lines import with_lines
from boxwright.server.shelf import Shelf
from boxwright.server.written import judged
from boxwright.stop import Stop
from boxwright.v1 import catalog_service_pb2, evaluation_service_pb2, footprint_service_pb2, packing_service_pb2

Method = tuple[type[Message], Callable[[Any, Stop], Message | None], bool]
"""Request, what answers it, and whether the answer may be too long."""


class Methods:
    """Plans, judges and estimates.

    Parameters
    ----------
    shelf : Shelf
        Catalogs, data and limits.
    metrics : Metrics
        Where plans are counted.
    """

    def __init__(self, shelf: Shelf, metrics: Metrics) -> None:
        self._most_bytes = shelf.settings.max_answer_bytes
        self._packer = PackAnswers(shelf, metrics)
        judge = PlanJudge(shelf, self._packer, metrics)
        for catalog in shelf.catalogs.values():
            is_shipped_catalog(catalog)  # reads a file once: now, and not while an order is finished by its deadline
        self._methods: Mapping[str, Method] = {
            "Pack": (packing_service_pb2.PackRequest, self._packer.answer, True),
            "CheckShared": (
                packing_service_pb2.PackRequest,
                partial(self._packer.check_shared, path="defaults"),
                False,
            ),
            "CheckPlan": (packing_service_pb2.CheckPlanRequest, judge.answer, True),
            "ReadCatalog": (
                catalog_service_pb2.CreateCatalogRequest,
                lambda request, stop: judged(request, shelf.materials, stop),
                False,
            ),
            "SettleEvaluation": (
                evaluation_service_pb2.EvaluateCatalogsRequest,
                lambda request, stop: _questions().settled_evaluation(request, shelf, _today(), stop),
                False,
            ),
            "SettleDesign": (
                evaluation_service_pb2.DesignCatalogRequest,
                lambda request, stop: _questions().settled_design(request, shelf, _today(), stop),
                False,
            ),
            "EstimateFootprint": (
                footprint_service_pb2.EstimateFootprintRequest,
                lambda request, _: estimate_footprint(request, shelf, _today()),
                False,
            ),
        }

    def answer(self, asked: Asked) -> Answered:
        """Return the answer to what is asked.

        Raises
        ------
        BoxwrightError
            As the methods do; LimitExceededError for an answer that is too long.
        """
        return with_lines(self._answer, asked)

    def _answer(self, asked: Asked) -> Answered:
        if asked.method == "Improve":
            return self._improve(asked)
        if asked.keep:
            request = packing_service_pb2.PackRequest.FromString(asked.request)
            plan, entry = self._packer.answer_to_keep(request, asked.stop)
            return Answered(self._fitting(plan), entry)
        kind, answer, may_be_long = self._methods[asked.method]
        made = answer(kind.FromString(asked.request), asked.stop)
        if made is None:
            return Answered(b"")
        return Answered(self._fitting(made) if may_be_long else made.SerializeToString())

    def _improve(self, asked: Asked) -> Answered:
        def better(plan: packing_service_pb2.PackResponse) -> None:
            if asked.better is not None:
                asked.better(self._fitting(plan))

        request = packing_service_pb2.PackRequest.FromString(asked.request)
        made, entry = self._packer.improve(request, asked.stop, better, keep=asked.keep)
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
