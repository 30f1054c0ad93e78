"""CheckPlan: checks a packing and compares it with a plan made here; runs in a planning process."""

import datetime
from contextlib import suppress
from dataclasses import replace

from boxwright.contract.faults import violation_to_wire
from boxwright.contract.masks import Tree, keep, read_mask
from boxwright.contract.objective import comparison_to_wire
from boxwright.contract.plan import plan_to_wire
from boxwright.contract.stated_figures import wrong_figures
from boxwright.contract.stated_plan import StatedPlan, read_stated_plan
from boxwright.domain.plan import IncompletePlanError
from boxwright.findings import Findings
from boxwright.planning import compare
from boxwright.planning.answers.judge import judge
from boxwright.server.answers.dataset import Dataset
from boxwright.server.answers.pack import PackAnswers, at_wire_paths
from boxwright.server.answers.pack_request import PackJob, read_pack_request
from boxwright.server.metrics import Metrics
from boxwright.stop import NEVER, Stop
from boxwright.v1 import packing_service_pb2 as messages

SHARED = set(messages.PackRequest.DESCRIPTOR.fields_by_name) - {"read_mask"}
"""Fields that a CheckPlanRequest has in common with a PackRequest."""


class PlanJudge:
    """Answers CheckPlanRequests. ``packer`` makes the plan to compare with."""

    def __init__(self, dataset: Dataset, packer: PackAnswers, metrics: Metrics) -> None:
        self._dataset, self._packer, self._metrics = dataset, packer, metrics

    def answer(self, request: messages.CheckPlanRequest, stop: Stop) -> messages.CheckPlanResponse:
        """Return the faults of a packing, and on request its comparison with a plan made here.

        Raises InvalidInputError or one of its subclasses if the request cannot be read.
        """
        today = datetime.datetime.now(datetime.UTC).date()
        job, stated, mask = read_check_request(request, self._dataset, today, stop)
        self._packer.resolve(job)
        answer = messages.CheckPlanResponse()
        with at_wire_paths(job):
            assessed, violations = judge(job.task, stated.parcels, stated.unpacked)
        if assessed is not None:
            published = replace(assessed, catalog_hash=job.catalog.published.content_hash, ship_date=job.ship_date)
            answer.assessed_plan.CopyFrom(plan_to_wire(published, job.view("assessed_plan")))
            answer.assessed_plan.ClearField("certificate")
            violations += wrong_figures(request.plan, answer.assessed_plan, job.task.stop)
        answer.violations.extend(map(violation_to_wire, violations))
        answer.valid = not answer.violations
        if request.compare:
            with suppress(IncompletePlanError):  # there is no plan to compare with
                own = self._packer.make(job)
                self._metrics.record_plan(own, "what_if", job.catalog_label, job.site_label)
                answer.own_plan.CopyFrom(plan_to_wire(own, job.view("own_plan")))
                answer.own_plan.create_time.GetCurrentTime()
                if assessed is not None:
                    catalog = job.catalog.published
                    compared = compare(assessed, own, catalog, job.task.policy, baseline="this service's plan")
                    answer.comparison.CopyFrom(comparison_to_wire(compared, catalog, job.allocations))
        keep(answer, mask)
        return answer


def read_check_request(
    request: messages.CheckPlanRequest, dataset: Dataset, today: datetime.date, stop: Stop = NEVER
) -> tuple[PackJob, StatedPlan, Tree]:
    """Return the job for the check, the stated packing, and the fields of the answer to keep.

    Raises InvalidInputError or one of its subclasses, with every finding.
    """
    found = Findings(stop=stop)
    job = None
    shared = messages.PackRequest(
        **{field.name: value for field, value in request.ListFields() if field.name in SHARED}
    )
    with found:
        job = read_pack_request(shared, dataset, today, stop)
    if not request.HasField("plan"):
        found.add("plan", "is required")
    stated = read_stated_plan(request.plan, job.task.order if job else None, found.at("plan"))
    mask = read_mask(request.read_mask, messages.CheckPlanResponse.DESCRIPTOR, found)
    found.raise_any()
    assert job is not None  # otherwise a finding was raised above, as for the packing
    assert stated is not None
    return replace(job, read_mask=request.read_mask), stated, mask
