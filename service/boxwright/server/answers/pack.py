"""Answers one PackRequest; runs in a worker."""

import datetime
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from boxwright.contract.faults import wire_path
from boxwright.contract.masks import Tree, build, kept, names
from boxwright.contract.message import Fields
from boxwright.contract.objective import comparison_to_wire
from boxwright.contract.plan import PlanView, now, plan_fields
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import IncompletePlanError, Plan
from boxwright.domain.steps import steps_of
from boxwright.drawing import parcel_svg
from boxwright.errors import SearchEndedError
from boxwright.findings import Findings
from boxwright.planning import baseline_plan, compare, plans, refuse_early
from boxwright.planning.finishing.checked import without_extras
from boxwright.server.answers.dataset import Dataset
from boxwright.server.answers.pack_request import PackJob, read_pack_request
from boxwright.server.metrics import Metrics, purpose_of
from boxwright.server.stored.plan_record import complete_plan, plan_record
from boxwright.stop import Stop
from boxwright.store import Entry
from boxwright.v1 import comparison_pb2, packing_service_pb2, plan_pb2

Made = TypeVar("Made")

MESSAGE_SHARE = 0.25
"""Share of the finishing time that alternatives and pictures must leave for the plan's own message."""


class PackAnswers:
    """Answers PackRequests from the server's dataset, and counts their plans."""

    def __init__(self, dataset: Dataset, metrics: Metrics) -> None:
        self._dataset, self._metrics = dataset, metrics

    def answer(
        self, message: packing_service_pb2.PackRequest, stop: Stop, *, keep: bool = False
    ) -> tuple[packing_service_pb2.PackResponse, Entry | None]:
        """Return the answer to a request, and the entry to store; None if nothing is to be stored.

        Parameters
        ----------
        message : PackRequest
            The request as sent.
        stop : Stop
            Ends the work. If only its search is ended, the best plan so far is the answer.
        keep : bool, optional
            Whether to store the plan. Default False.

        Raises
        ------
        BoxwrightError
            As ``boxwright.plan``, and for requests that break rules; fields are those of the request.
            SearchEndedError if the search was ended before there was a plan.
        """
        start = time.perf_counter()
        try:
            with stop.phase("read"):
                job = read_pack_request(message, self._dataset, datetime.datetime.now(datetime.UTC).date(), stop)
            if message.validate_only:
                self.resolve(job)
                return packing_service_pb2.PackResponse(), None
            made, *others = self._plans(job)
            self._metrics.record_plan(made, job.purpose, job.catalog_label, job.site_label, job.verdicts(made))
            return self._finished(job, made, others, keep=keep)
        finally:
            self._metrics.planning.labels(purpose_of(message)).observe(time.perf_counter() - start)

    def _finished(
        self, job: PackJob, made: Plan, others: Sequence[Plan], *, keep: bool
    ) -> tuple[packing_service_pb2.PackResponse, Entry | None]:
        """Return the answer with a plan, and the entry to store; a stored plan has its name in the answer."""
        comparison = self._compare(job, made)
        made, extras = self._extras(job, made, others)
        if not keep:
            return self._response(job, made, extras, comparison), None
        settings = self._dataset.settings
        with job.task.stop.finishing():  # like the answer, the entry may be made after the search has ended
            complete = complete_plan(job, made, settings)
            response = self._response(job, made, extras, comparison, complete)
            entry = plan_record(job, made, complete, response, settings)
        if not job.mask or names(job.mask, "plan.name"):
            assert entry.plan is not None
            response.plan.name = f"plans/{entry.plan.plan_id}"
        if response.plan.HasField("create_time"):
            response.plan.create_time.CopyFrom(complete.create_time)  # the time that the stored plan has
        return response, entry

    def _compare(self, job: PackJob, made: Plan) -> comparison_pb2.Comparison | None:
        """Return the comparison of a plan with the job's baseline; None if it has none or the mask leaves it out."""
        if job.baseline is None or (job.mask and "comparison" not in job.mask):
            return None
        try:
            other, words = baseline_plan(job.task, job.baseline)
            job.task.stop.look()  # a plan that was cut short must not be a baseline
        except (IncompletePlanError, SearchEndedError) as error:
            if isinstance(error, SearchEndedError) and job.task.stop.cancelled:
                raise
            message = f"nothing to compare with: {error}"
            return comparison_pb2.Comparison(message=message, baseline=job.baseline or "smallest by volume")
        catalog = job.task.catalog
        found = compare(made, other, catalog, job.task.policy, baseline=words)
        return comparison_to_wire(found, catalog, job.allocations)

    def _extras(
        self, job: PackJob, made: Plan, others: Sequence[Plan]
    ) -> tuple[Plan, packing_service_pb2.PackResponse]:
        """Return a plan, with a warning if extras are missing, and an answer with these extras alone."""
        extras = packing_service_pb2.PackResponse()
        if not (others or job.drawings):
            return made, extras
        stop, rest_s = job.task.stop, MESSAGE_SHARE * job.task.stop.finish_s
        view = job.view("alternatives")

        def in_time(making: Iterable[Made]) -> list[Made]:
            extra = []
            for item in making:
                if stop.left_s < rest_s:
                    raise _LateError
                extra.append(item)
            return extra

        makers: dict[str, Callable[[Tree], Any]] = {
            "alternatives": lambda below: in_time(_stamped(other, view, below) for other in others),
            "drawings": lambda below: kept(in_time(_drawings(made, job)), below),
        }
        with stop.phase("answer"), stop.finishing():
            for name, make in makers.items():
                try:
                    extras.MergeFrom(build(packing_service_pb2.PackResponse, job.mask, **{name: make}))
                except _LateError:
                    made = without_extras(made)
        return made, extras

    def _response(
        self,
        job: PackJob,
        made: Plan,
        extras: packing_service_pb2.PackResponse,
        comparison: comparison_pb2.Comparison | None = None,
        complete: plan_pb2.Plan | None = None,
    ) -> packing_service_pb2.PackResponse:
        """Return the answer with a plan and extras. ``complete`` is the plan's message if it has been made already."""
        stop, view = job.task.stop, job.view()

        def plan(below: Tree) -> Any:
            if complete is None or view.shows_texts:  # the complete message has no text
                return _stamped(made, view, below)
            part = plan_pb2.Plan()
            part.CopyFrom(complete)
            return kept(part, below)

        with stop.phase("answer"), stop.finishing():  # plans that were cut short are sent too
            response = build(packing_service_pb2.PackResponse, job.mask, comparison=comparison, plan=plan)
            response.MergeFrom(extras)
            return response

    def resolve(self, job: PackJob) -> None:
        """Raise the errors that planning a job would raise before its search."""
        with at_wire_paths(job):
            refuse_early(job.task)

    def make(self, job: PackJob) -> Plan:
        """Return the plan of a job, without alternatives and explanations."""
        return self._plans(replace(job, alternatives=0, explain=False))[0]

    def _plans(self, job: PackJob) -> list[Plan]:
        with at_wire_paths(job):
            made = plans(job.task, job.alternatives, empty_spaces=job.empty_spaces, explain=job.explain)
        # The hash identifies the catalog as published, not as changed by the site's availability.
        return [
            replace(plan, catalog_hash=job.catalog.published.content_hash, ship_date=job.ship_date) for plan in made
        ]


def _stamped(made: Plan, view: PlanView, tree: Tree) -> Fields:
    """Return the fields of a plan, with the current time if the mask keeps it."""
    fields = plan_fields(made, view, tree)
    if not tree or "create_time" in tree:
        fields["create_time"] = now()
    return fields


@contextmanager
def at_wire_paths(job: PackJob) -> Iterator[None]:
    """Raise errors of planning with the field paths of the request."""
    found = Findings()
    with found.at("", lambda field: wire_path(field, job.task.order)):
        yield
    found.raise_any()


class _LateError(Exception):
    """There is not enough time for all alternatives or pictures; the plan comes first."""


def _drawings(made: Plan, job: PackJob) -> Iterator[packing_service_pb2.Drawing]:
    """Yield pictures of each parcel, complete and after each step; none unless the job requests them."""
    for index, parcel in enumerate(made.parcels if job.drawings else ()):
        box, started = box_of(parcel, job.catalog.published), job.task.started_parcels
        for step in (0, *(step.last for step in steps_of(parcel, started))):
            job.task.stop.look()
            svg = parcel_svg(parcel, job.task.order, box, step=step or None, started_parcels=started)
            yield packing_service_pb2.Drawing(parcel_index=index, step=step, svg=svg)
