"""A call with a deadline gets the best plan so far, or an error with the reason."""

import asyncio
import contextlib
import itertools
from functools import partial

import pytest

from boxwright.catalog import catalogs
from boxwright.errors import DeadlineError
from boxwright.server.access.auth import SENDING_S
from boxwright.server.answers import pack
from boxwright.server.api.faults import reason_of
from boxwright.server.api.packing import PackingService
from boxwright.server.metrics import Metrics
from boxwright.server.reloading import Current
from boxwright.server.workers.methods import Methods, warm_up
from boxwright.server.workers.work import Work
from boxwright.stop import Stop
from boxwright.v1 import packing_service_pb2 as messages

from .live_calls import long_order
from .planning_here import Context, PlanningHere

late_order = partial(long_order, 150, 4)


@pytest.fixture(scope="module")
def methods(dataset):
    """The methods of a worker."""
    warm_up()
    return Methods(dataset, Metrics())


def answered(methods, dataset, call):
    """Return the answer of a service to a call."""

    async def scene():
        return await call(PackingService(PlanningHere(methods), Current(dataset), Metrics()))

    return asyncio.run(scene())


DEADLINES_S = tuple(0.4 * 1.5**power for power in range(10))
"""Deadlines, one of which is the first that leaves time for a plan, whatever the machine."""


def cut_by_a_deadline(methods, dataset):
    """Return a plan that was cut by the first deadline that leaves time for one."""
    for deadline_s in DEADLINES_S:
        with contextlib.suppress(DeadlineError):
            data = answered(methods, dataset, lambda service, s=deadline_s: service.Pack(late_order(), Context(s)))
            return messages.PackResponse.FromString(data).plan
    return pytest.fail("no deadline left time for a plan")


def test_a_deadline_brings_a_plan_that_is_cut_and_can_be_had_again(methods, dataset):
    """The plan states its effort; the same effort without a deadline gives the same plan."""
    plan = cut_by_a_deadline(methods, dataset)
    assert plan.cut_short
    assert "SEARCH_CUT" in {warning.code for warning in plan.warnings}
    request = late_order(max_effort=plan.effort_used)
    again = messages.PackResponse.FromString(methods.answer(Work("Pack", request.SerializeToString())).data).plan
    assert (again.canonical_hash, again.effort_used) == (plan.canonical_hash, plan.effort_used)
    assert again.cut_short


def test_a_deadline_that_leaves_no_time_is_an_error_with_its_reason(methods, dataset):
    """The service raises DeadlineError with its reason."""
    with pytest.raises(DeadlineError) as late:
        answered(methods, dataset, lambda service: service.Pack(late_order(), Context(SENDING_S)))
    assert reason_of(late.value) == "deadline_before_plan"


def wide_order(lines, quantity):
    """Return a request with many lines and all fields that is planned quickly."""
    message = messages.PackRequest(catalog="catalogs/eu-stock")
    message.order.order_id = "wide"
    for number in range(lines):
        line = message.order.lines.add(line_id=f"line {number}", quantity=quantity, mass_g=100)
        edges = line.cuboid.dimensions
        edges.length_mm, edges.width_mm, edges.height_mm = 60 + number, 50, 40
    message.read_mask.paths.append("*")
    return message


@pytest.mark.parametrize(("in_time", "others", "drawn"), [(1, 0, False), (3, 2, False), (1_000, 2, True)])
def test_a_finished_plan_is_answered_without_the_extras_that_are_late(methods, monkeypatch, in_time, others, drawn):
    """Late alternatives and pictures are left out with a warning; the plan is answered."""
    message = wide_order(3, 4)
    message.alternative_count = 2
    left = itertools.chain([1_000.0] * in_time, itertools.repeat(0.0))
    monkeypatch.setattr(Stop, "left_s", property(lambda _: next(left)))
    answer = messages.PackResponse.FromString(methods.answer(Work("Pack", message.SerializeToString())).data)
    assert answer.plan.parcels
    assert (len(answer.alternatives), bool(answer.drawings)) == (others, drawn)
    assert ("EXTRAS_CUT" in {warning.code for warning in answer.plan.warnings}) is not drawn


def test_a_plan_is_not_compared_with_one_that_was_cut(methods, monkeypatch):
    """If time ends while the baseline is planned, the answer says that there is no comparison."""
    message = wide_order(3, 4)
    message.compare_with.smallest_by_volume = True
    stop, baseline_plan = Stop(), pack.baseline_plan

    def late(*given):
        made = baseline_plan(*given)
        stop.end(DeadlineError("enough"))
        return made

    monkeypatch.setattr(pack, "baseline_plan", late)
    asked = Work("Pack", message.SerializeToString(), stop=stop)
    answer = messages.PackResponse.FromString(methods.answer(asked).data)
    assert answer.plan.parcels
    assert answer.comparison.message
    assert not answer.comparison.outcome


def test_no_file_is_read_while_an_order_is_finished(methods, dataset, monkeypatch):
    """Whether a catalog is a shipped one is settled before its first order."""
    catalogs._shipped_hash.cache_clear()
    methods = Methods(dataset, Metrics())
    monkeypatch.setattr(catalogs, "load_catalog", None)
    assert methods.answer(Work("Pack", wide_order(1, 1).SerializeToString())).data
