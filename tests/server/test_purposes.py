"""The purpose of a request is a label of plans and refusals."""

import pytest
from google.protobuf import json_format

from boxwright.errors import BoxwrightError
from boxwright.server.answers.check_plan import PlanJudge
from boxwright.server.answers.pack import PackAnswers
from boxwright.server.api.order_end import refused_order
from boxwright.server.metrics import Metrics
from boxwright.stop import Stop
from boxwright.v1 import packing_service_pb2 as messages

from .live_calls import SKI


@pytest.mark.parametrize(
    ("purpose", "label"),
    [
        (messages.PLAN_PURPOSE_UNSPECIFIED, "shipment"),
        (messages.PLAN_PURPOSE_SHIPMENT, "shipment"),
        (messages.PLAN_PURPOSE_WHAT_IF, "what_if"),
        (messages.PLAN_PURPOSE_REPLAY, "replay"),
    ],
)
def test_each_purpose_has_its_label(dataset, pack_request, purpose, label):
    """One plan is counted under the purpose of its request."""
    metrics = Metrics()
    pack_request.purpose = purpose
    PackAnswers(dataset, metrics).answer(pack_request, Stop())
    samples = [sample for family in metrics.registry.collect() for sample in family.samples]
    plans = {sample.labels["purpose"]: sample.value for sample in samples if sample.name == "boxwright_plans_total"}
    assert plans == {label: 1}


def test_a_refused_order_counts_its_reason_and_its_units(dataset, pack_request):
    """An incomplete order counts its reason and its unpacked units, and no plan."""
    metrics = Metrics()
    json_format.ParseDict(SKI, pack_request.order.lines.add())
    with pytest.raises(BoxwrightError), refused_order(metrics, pack_request):
        PackAnswers(dataset, metrics).answer(pack_request, Stop())
    sample = metrics.registry.get_sample_value
    labels = {"purpose": "shipment", "reason": "order_not_packed_whole"}
    assert sample("boxwright_refused_orders_total", labels) == 1
    labels["reason"] = "does_not_fit_any_box"
    assert sample("boxwright_unpacked_units_total", labels) == SKI["quantity"]
    assert sample("boxwright_plans_total", {"purpose": "shipment", "status": "complete"}) is None


def test_validation_alone_counts_nothing(dataset, pack_request):
    """validate_only counts neither as a plan nor as a refusal."""
    metrics = Metrics()
    pack_request.validate_only = True
    PackAnswers(dataset, metrics).answer(pack_request, Stop())
    json_format.ParseDict({**SKI, "quantity": 0}, pack_request.order.lines.add())
    with pytest.raises(BoxwrightError), refused_order(metrics, pack_request):
        PackAnswers(dataset, metrics).answer(pack_request, Stop())
    names = {sample.name for family in metrics.registry.collect() for sample in family.samples}
    assert not names & {"boxwright_plans_total", "boxwright_refused_orders_total"}


def test_the_plan_that_a_check_compares_with_is_a_what_if(dataset, pack_request):
    """The plan made for comparison counts as a what-if."""
    metrics = Metrics()
    packer = PackAnswers(dataset, Metrics())
    request = messages.CheckPlanRequest(order=pack_request.order, compare=True)
    request.plan.CopyFrom(packer.answer(pack_request, Stop())[0].plan)
    assert PlanJudge(dataset, packer, metrics).answer(request, Stop()).valid
    sample = metrics.registry.get_sample_value
    assert sample("boxwright_plans_total", {"purpose": "what_if", "status": "complete"}) == 1
    assert sample("boxwright_plans_total", {"purpose": "shipment", "status": "complete"}) is None
