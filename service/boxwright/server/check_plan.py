"""A packing of anyone: judged, and compared with a plan made here; runs in a planning thread."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace

from boxwright.checking import PlanViolation, ViolationKind, check
from boxwright.contract.comparison import comparison_to_wire
from boxwright.contract.masks import Tree, keep, read_mask
from boxwright.contract.plan import now, plan_to_wire
from boxwright.contract.stated_figures import wrong_figures
from boxwright.contract.stated_plan import StatedPlan, read_stated_plan
from boxwright.contract.violation import violation_to_wire
from boxwright.domain.incomplete import IncompletePlanError
from boxwright.domain.plan import Parcel, Plan, PlanStatus, without_positions
from boxwright.findings import Findings
from boxwright.planning import compare, positioned
from boxwright.planning.answers.assess import assess
from boxwright.server.metrics import Metrics
from boxwright.server.pack import PackAnswers, at_wire_paths
from boxwright.server.pack_request import PackJob, read_pack_request
from boxwright.server.shelf import Shelf
from boxwright.stop import NEVER, Stop
from boxwright.v1 import constraint_pb2, plan_pb2
from boxwright.v1 import packing_service_pb2 as messages

WITHOUT_MEANING = {
    ViolationKind.UNKNOWN_LINE,
    ViolationKind.UNKNOWN_UNIT,
    ViolationKind.DUPLICATE_UNIT,
    ViolationKind.MISSING_DIMENSIONS,
    ViolationKind.UNKNOWN_BOX_TYPE,
    ViolationKind.EMPTY_PARCEL,
    ViolationKind.OWN_CONTAINER,
    ViolationKind.INVALID_NUMBER,
    ViolationKind.WRONG_EXTENTS,
    ViolationKind.WRONG_SHAPE,
    ViolationKind.WRONG_INNER_BOX,
}
"""Broken rules that leave a packing without figures: nobody knows what is in which box."""


@dataclass(frozen=True)
class CheckJob:
    """What a packing is judged by.

    Attributes
    ----------
    job : PackJob
        Order, catalog, policy, lane and profiles, as for planning.
    stated : StatedPlan
        The packing.
    mask : Tree
        Fields of the answer to keep.
    """

    job: PackJob
    stated: StatedPlan
    mask: Tree


class PlanJudge:
    """Answers CheckPlanRequests.

    Parameters
    ----------
    shelf : Shelf
        Catalogs, data and limits.
    packer : PackAnswers
        Makes the plan to compare with.
    metrics : Metrics
        Where verdicts are counted.
    """

    def __init__(self, shelf: Shelf, packer: PackAnswers, metrics: Metrics) -> None:
        self._shelf = shelf
        self._packer = packer
        self._metrics = metrics

    def answer(self, request: messages.CheckPlanRequest, stop: Stop) -> messages.CheckPlanResponse:
        """Return what is wrong with a packing, and how it stands to a plan made here.

        Raises
        ------
        InvalidInputError
            Or one of its kinds, if the request itself cannot be read.
        """
        checked = read_check_request(request, self._shelf, datetime.datetime.now(datetime.UTC).date(), stop)
        job = checked.job
        self._packer.resolve(job)
        answer = messages.CheckPlanResponse()
        with at_wire_paths(job):
            found = positioned(job.task, checked.stated.parcels)
        assessed = None
        lost = [
            _no_layout(index, checked.stated.parcels[index], why)
            for index, why in enumerate(found)
            if isinstance(why, str)
        ]
        if lost:
            answer.violations.extend(lost)
        else:
            parcels = tuple(each for each in found if isinstance(each, Parcel))
            assessed = self._judge(answer, replace(checked.stated, parcels=parcels), job, request.plan)
        answer.valid = not answer.violations
        self._metrics.checks.labels("valid" if answer.valid else "invalid").inc()
        if request.compare:
            self._compare(answer, assessed, job)
        keep(answer, checked.mask)
        return answer

    def _judge(
        self, answer: messages.CheckPlanResponse, stated: StatedPlan, job: PackJob, sent: plan_pb2.Plan
    ) -> Plan | None:
        """Add what is wrong, and the packing with its figures; return it, or None where it can have none."""
        bare = self._check(_bare_plan(stated, job), job)
        if any(each.kind in WITHOUT_MEANING for each in bare):
            # No figures were read, so what the checker says of them is not the sender's fault.
            # Units without positions lie nowhere because a name is wrong, and that is among the findings.
            nowhere = {index for index, each in enumerate(stated.parcels) if without_positions(each.placements)}
            broken = [
                each
                for each in bare
                if each.constraint != "stated_figures"
                and not (each.kind is ViolationKind.INVALID_NUMBER and each.parcel_index in nowhere)
            ]
            answer.violations.extend(violation_to_wire(each) for each in _hinted(broken, stated))
            return None
        with at_wire_paths(job):
            assessed = assess(job.task, stated.parcels, stated.unpacked)
        answer.violations.extend(violation_to_wire(each) for each in self._check(assessed, job))
        answer.assessed_plan.CopyFrom(plan_to_wire(self._published(assessed, job), job.view("assessed_plan")))
        answer.assessed_plan.ClearField("certificate")
        answer.violations.extend(wrong_figures(sent, answer.assessed_plan, job.task.stop))
        return assessed

    def _check(self, plan: Plan, job: PackJob) -> list[PlanViolation]:
        task = job.task
        with task.stop.phase("check"):
            return check(
                plan,
                task.order,
                task.catalog,
                task.policy,
                lane=task.lane,
                started_parcels=task.started_parcels,
                materials=task.materials,
                stop=task.stop,
            )

    @staticmethod
    def _published(plan: Plan, job: PackJob) -> Plan:
        return replace(plan, catalog_hash=job.catalog.published.content_hash, ship_date=job.ship_date)

    def _compare(self, answer: messages.CheckPlanResponse, assessed: Plan | None, job: PackJob) -> None:
        """Add the plan made here, where there is one, and the comparison, where there are two."""
        try:
            own = self._packer.make(job)
        except IncompletePlanError:
            return
        self._metrics.record_plan(own, "what_if", job.catalog_label, job.site_label)
        answer.own_plan.CopyFrom(plan_to_wire(own, job.view("own_plan")))
        answer.own_plan.create_time.CopyFrom(now())
        if assessed is not None:
            catalog = job.catalog.published
            found = compare(assessed, own, catalog, job.task.policy, baseline="this service's plan")
            answer.comparison.CopyFrom(comparison_to_wire(found, catalog, job.allocations))


def _hinted(broken: list[PlanViolation], stated: StatedPlan) -> Iterator[PlanViolation]:
    """Yield violations; of a unit without a place among units that have one, with what makes a parcel be laid out."""
    bare = {
        (index, each.line_id, each.unit_index)
        for index, parcel in enumerate(stated.parcels)
        for each in parcel.placements
        if without_positions([each])
    }
    hint = "give corner and extents of all units of the parcel, or of none, and it is laid out here"
    for each in broken:
        of_bare = (each.parcel_index, each.line_id, each.unit_index) in bare
        wants = of_bare and each.kind is ViolationKind.INVALID_NUMBER
        yield replace(each, detail=f"{each.detail}: {hint}") if wants else each


def _no_layout(index: int, parcel: Parcel, why: str) -> constraint_pb2.Violation:
    return constraint_pb2.Violation(
        constraint=constraint_pb2.CONSTRAINT_SIZE,
        code="NO_LAYOUT",
        message=f"no layout was found for these units in one {parcel.box_type_id!r}: {why}",
        parcel_index=index,
    )


def read_check_request(
    request: messages.CheckPlanRequest, shelf: Shelf, today: datetime.date, stop: Stop = NEVER
) -> CheckJob:
    """Return what a request asks to be judged, and by what.

    Raises
    ------
    InvalidInputError
        Or one of its kinds, with every finding.
    """
    found = Findings(stop=stop)
    job = None
    shared = messages.PackRequest(
        order=request.order if request.HasField("order") else None,
        inline_catalog=request.inline_catalog if request.HasField("inline_catalog") else None,
        policy=request.policy if request.HasField("policy") else None,
        availability=request.availability,
        started_parcels=request.started_parcels,
        lane=request.lane if request.HasField("lane") else None,
        markets=request.markets,
        accounting_profiles=request.accounting_profiles,
        allocations=request.allocations,
        site=request.site,
    )
    if request.HasField("catalog"):
        shared.catalog = request.catalog
    with found:
        job = read_pack_request(shared, shelf, today, stop)
    if not request.HasField("plan"):
        found.add("plan", "is required")
    stated = read_stated_plan(request.plan, job.task.order if job else None, found.at("plan"))
    mask = read_mask(request.read_mask, messages.CheckPlanResponse.DESCRIPTOR, found)
    found.raise_any()
    assert job is not None  # it has noted a finding otherwise, raised above; so has the packing
    assert stated is not None
    return CheckJob(replace(job, asked=request.read_mask), stated, mask)


def _bare_plan(stated: StatedPlan, job: PackJob) -> Plan:
    status = PlanStatus.PARTIAL if stated.unpacked else PlanStatus.COMPLETE
    return Plan(
        order_id=job.task.order.order_id,
        status=status if stated.parcels else PlanStatus.NONE,
        parcels=stated.parcels,
        unpacked=stated.unpacked,
    )
