"""Stored plans through the client: persist, read, list, outcome; the same over gRPC and HTTP, sync and async."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from boxwright.v1 import outcome_pb2, packing_service_pb2
from boxwright_client import (
    BENCH,
    Client,
    InvalidRequestError,
    line,
    outcome_request,
    pack_request,
    shipped,
)

BOOK = line("book", 210, 148, 25, 400, quantity=2, sku="B-7", barcode="9783161484100")


@pytest.fixture(params=["grpc", "http"])
def target(targets, request):
    """The target of a server that stores plans, per protocol."""
    pytest.importorskip("sqlalchemy")
    return targets[request.param]


def test_a_plan_is_stored_read_listed_and_closed(target, request):
    """From the order to the outcome, by name."""
    order_id = request.node.name
    with Client(target) as client:
        plan = client.pack(pack_request(order_id, [BOOK], persist=True, read_mask=BENCH)).plan
        assert plan.name.startswith("plans/")
        (parcel,) = plan.parcels
        assert {step.barcode for step in parcel.bench.lines if step.barcode} == {"9783161484100"}
        assert client.get_plan(plan.name).parcels[0].placements == parcel.placements
        assert not client.get_plan(plan.name, read_mask=["order_id"]).parcels
        with zipfile.ZipFile(io.BytesIO(client.get_evidence(plan.name))) as bundle:
            assert f"{plan.name}/evidence.json" in bundle.namelist()
        recorded = client.record_outcome(
            outcome_request(
                plan.name,
                [shipped("china-post-7", 0, measured_gross_g=1_310, override_reason="box_not_at_hand")],
                station="hall-2/7",
                pack_time=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
            )
        ).outcome
        assert (recorded.plan, recorded.station) == (plan.name, "hall-2/7")
        assert client.get_plan(plan.name).outcome == recorded
        found = list(client.list_plans(f'order_id = "{order_id}" AND outcome = OVERRIDDEN'))
        assert [listed.name for listed in found] == [plan.name]


def test_lists_of_plans_are_ordered_and_run_over_pages(target, request):
    """All pages use the same filter, order and fields."""
    order_ids = [f"{request.node.name}-{number}" for number in range(3)]
    with Client(target) as client:
        for order_id in order_ids:
            client.pack(pack_request(order_id, [BOOK], persist=True, purpose="what_if"))
        calls = []
        method = client._packing.ListPlans

        def small_page(asked, **given):
            asked.page_size = 2
            calls.append(asked)
            return method(asked, **given)

        client._packing.ListPlans = small_page
        listed = client.list_plans("purpose = WHAT_IF", order_by="order_id desc", read_mask=["order_id"])
        found = [plan for plan in listed if plan.order_id in order_ids]
    assert [listed.order_id for listed in found] == order_ids[::-1]
    assert not any(listed.name for listed in found)
    assert len(calls) > 1


def test_an_outcome_sent_twice_counts_once(target, request):
    """A repeated request has the same id and gets the first response."""
    with Client(target) as client:
        plan = client.pack(pack_request(request.node.name, [BOOK], persist=True)).plan
        asked = outcome_request(plan.name, [shipped(plan.parcels[0].box_type_id, 0)])
        assert client.record_outcome(asked) == client.record_outcome(asked)
        other = outcome_request(plan.name, [shipped("china-post-7", 0, override_reason="other")])
        assert other.request_id != asked.request_id
        with pytest.raises(InvalidRequestError) as caught:
            client.record_outcome(other)
    assert [violation.field for violation in caught.value.violations] == ["outcome.parcels[0].override_note"]


def test_helpers_make_the_message_that_they_say():
    """Every argument reaches the message, by value and by name."""
    made = pack_request("o", [], persist=False, purpose=packing_service_pb2.PLAN_PURPOSE_REPLAY, availability={"a": 2})
    assert made.HasField("persist")
    assert not made.persist
    assert made.purpose == packing_service_pb2.PLAN_PURPOSE_REPLAY
    assert [(stock.box_type_id, stock.quantity) for stock in made.availability] == [("a", 2)]
    plain = pack_request("o", [])
    assert not plain.HasField("persist")
    assert not plain.HasField("read_mask")
    parcel = shipped("b", measured_outer_mm=(3, 2, 1), override_reason="other", override_note="x", units=[("l", 4)])
    assert parcel == outcome_pb2.ShippedParcel(
        box_type_id="b",
        measured_outer={"length_mm": 3, "width_mm": 2, "height_mm": 1},
        override_reason=outcome_pb2.OVERRIDE_REASON_OTHER,
        override_note="x",
        units=[{"line_id": "l", "unit_index": 4}],
    )
    assert not parcel.HasField("parcel_index")
    assert shipped(parcel_index=0, other_box="carton") == outcome_pb2.ShippedParcel(parcel_index=0, other_box="carton")
    asked = outcome_request("plans/p", [parcel], request_id="mine", not_shipped=[1])
    assert (asked.request_id, list(asked.outcome.not_shipped)) == ("mine", [1])


@pytest.mark.parametrize(
    ("make", "argument"),
    [
        (lambda: pack_request("o", [], purpose="fun"), "purpose"),
        (lambda: shipped("b", override_reason="mood"), "override_reason"),
        (lambda: outcome_request("p", [], pack_time=datetime(2026, 3, 2)), "pack_time"),
        (lambda: Client("127.0.0.1:1").get_plan("p", read_mask="plan"), "read_mask"),
        (lambda: pack_request("o", [], read_mask="plan"), "read_mask"),
    ],
)
def test_helpers_name_what_is_wrong(make, argument):
    """The error names the argument."""
    with pytest.raises(ValueError, match=argument):
        make()
