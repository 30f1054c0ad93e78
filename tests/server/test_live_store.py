"""Stored plans at a live server: content, names, and who may read them."""

import contextlib
import hashlib
import json
import sqlite3
import time
import uuid

import grpc
import pytest
from tests.interop.running_server import running_server

from boxwright.server.access.links import signed_query
from boxwright.server.stored.plan_record import packed, unpacked
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1.evaluation_service_pb2_grpc import EvaluationServiceStub
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

from .live_calls import BOOK, BOX, MUG, SKI, WHOLE, ask, bad_fields, failure, page, reason, request
from .live_operations import evaluation
from .live_stores import rows, serving


def test_a_stored_plan_is_read_as_it_was_made(packing):
    """The stored plan is whole, even if the caller asked for less."""
    whole = packing.Pack(request(BOOK, MUG, persist=True, read_mask=WHOLE), timeout=20).plan
    read = packing.GetPlan(messages.GetPlanRequest(name=whole.name), timeout=20)
    assert read.create_time.ToMicroseconds() > 0
    assert read == whole
    short = packing.Pack(request(BOOK, MUG, persist=True), timeout=20).plan
    assert not short.canonical_hash
    again = packing.GetPlan(messages.GetPlanRequest(name=short.name), timeout=20)
    assert (again.canonical_hash, again.name) == (whole.canonical_hash, short.name)
    assert again.name != read.name


@pytest.mark.parametrize(
    "given",
    [{}, {"persist": False}, {"persist": True, "validate_only": True}, {"persist": True, "read_mask": "plan.status"}],
)
def test_only_plans_that_are_to_be_stored_and_named_have_a_name(packing, given):
    """Plans are not stored by default, and a mask may leave the name out."""
    assert packing.Pack(request(BOOK, **given), timeout=20).plan.name == ""


def test_orders_of_batches_and_streams_are_stored(packing):
    """Each order is stored on its own, as it or the defaults say."""
    orders = [request(BOOK), request(SKI), request(MUG, persist=False)]
    batch = messages.BatchPackRequest(requests=orders, defaults=messages.PackRequest(persist=True))
    results = packing.BatchPack(batch, timeout=20).results
    names = [result.response.plan.name for result in results]
    assert [bool(name) for name in names] == [True, False, False]
    assert packing.GetPlan(messages.GetPlanRequest(name=names[0]), timeout=20).name == names[0]
    sent = messages.StreamPackRequest(correlation_id="1")
    sent.pack.request.CopyFrom(request(BOOK, persist=True))
    (last,) = packing.StreamPack(iter([sent]), timeout=20)
    assert packing.GetPlan(messages.GetPlanRequest(name=last.result.plan.name), timeout=20).parcels


def test_names_that_name_nothing_are_refused(packing):
    """Malformed and unknown names are refused at their field."""
    for method, asked in ((packing.GetPlan, messages.GetPlanRequest), (packing.DeletePlan, messages.DeletePlanRequest)):
        code, status = failure(method, asked(name="plans/nothing"))
        assert (code, bad_fields(status)) == (grpc.StatusCode.NOT_FOUND, ["name"])
        for name in ("", "plans/", "plan/x"):
            code, status = failure(method, asked(name=name))
            assert (code, bad_fields(status)) == (grpc.StatusCode.INVALID_ARGUMENT, ["name"])


def test_a_plan_that_is_deleted_is_gone(packing):
    """Other plans stay."""
    gone, kept = (packing.Pack(request(BOOK, persist=True), timeout=20).plan.name for _ in range(2))
    packing.DeletePlan(messages.DeletePlanRequest(name=gone), timeout=20)
    code, _ = failure(packing.GetPlan, messages.GetPlanRequest(name=gone))
    assert code == grpc.StatusCode.NOT_FOUND
    assert packing.GetPlan(messages.GetPlanRequest(name=kept), timeout=20).name == kept


def test_unneeded_texts_are_not_stored(tmp_path):
    """The store has no SKU, barcode, description, full postal code, request id or caller."""
    secret = {**BOOK, "sku": "SKU-4711", "description": "a gift for Ada"}
    lane = {
        "origin": {"country_code": "DE", "postal_code": "10115"},
        "destination": {"country_code": "GB", "postal_code": "SW1A 1AA"},
        "derive_legs": True,
    }
    inline = {"catalog_id": "mine", "box_types": [{**BOX, "note": "from a friend"}]}
    with serving(tmp_path) as (_, packing, path):
        given = {"lane": lane, "inline_catalog": inline, "persist": True, "request_id": "r-1", "read_mask": "*"}
        message = request({**secret, "barcode": "4006381333931"}, alternative_count=2, **given)
        message.order.lines[0].MergeFromString(b"\xba\x3e\x05later")  # field 999, of a later contract
        answer = packing.Pack(message, timeout=30)
        assert answer.plan.parcels[0].placements[0].sku == "SKU-4711"
        ((kept, stored),) = rows(path, "SELECT request, answer FROM plans")
        resolved = messages.PackRequest.FromString(unpacked(kept))
        ((content,),) = rows(path, "SELECT content FROM catalogs")
        assert packing.Pack(message, timeout=30) == answer
        begun = request(BOOK, persist=True, inline_catalog=inline)
        started = begun.started_parcels.add(started_parcel_id="begun", box_type_id=BOX["box_type_id"])
        started.placements.add(line_id="book", sku="SKU-4711", description="a gift for Ada", barcode="4006381333931")
        packing.Pack(begun, timeout=30)
        requests = [unpacked(sent) for (sent,) in rows(path, "SELECT request FROM plans")]
    line = resolved.order.lines[0]
    assert (line.sku, line.description, line.line_id) == ("", "", "book")
    assert (len(requests), b"begun" in requests[0] + requests[1]) == (2, True)
    assert (resolved.lane.origin.postal_code, resolved.lane.destination.postal_code) == ("101", "SW1A")
    assert resolved.lane.ship_date.year > 2000
    assert list(resolved.accounting_profiles) == ["accountingProfiles/uk-desnz@2026"]
    assert not resolved.request_id
    assert not resolved.HasField("inline_catalog")
    assert b"mine" in unpacked(content)
    everything = b"".join(file.read_bytes() for file in tmp_path.glob("plans.db*"))
    for word in (b"SKU-4711", b"Ada", b"4006381333931", b"10115", b"127.0.0.1", b"r-1", b"later"):
        assert word not in b"".join((everything, unpacked(stored), *requests)), word


def test_texts_and_order_ids_are_stored_as_the_operator_says(tmp_path):
    """Texts are stored with store_texts; with a key order ids are hashed, and filters still find them."""
    secret = {**BOOK, "sku": "SKU-4711"}
    with serving(tmp_path, store_texts="true", order_id_key="a pepper of some length") as (server, packing, path):
        message = request(secret, persist=True, request_id="r-1", alternative_count=1, read_mask="*")
        answer = packing.Pack(message, timeout=20)
        assert answer.plan.order_id == "o"
        assert "SKU-4711" in page(server, answer.plan.name)[2]
        read = packing.GetPlan(messages.GetPlanRequest(name=answer.plan.name), timeout=20)
        assert read.order_id.startswith("hmac-sha256:")
        for order_id in ("o", f'"{read.order_id}"'):  # the id of the caller, and the id in the answer
            found = packing.ListPlans(messages.ListPlansRequest(filter=f"order_id = {order_id}"), timeout=20).plans
            assert [plan.name for plan in found] == [answer.plan.name]
        ((kept, stored, order_id),) = rows(path, "SELECT request, answer, order_id FROM plans")
        assert packing.Pack(message, timeout=20).plan.order_id == "o"
    assert order_id == read.order_id
    resolved = messages.PackRequest.FromString(unpacked(kept))
    assert (resolved.order.order_id, resolved.order.lines[0].sku) == (order_id, "SKU-4711")
    response = messages.PackResponse.FromString(unpacked(stored))
    assert {plan.order_id for plan in (response.plan, *response.alternatives)} == {order_id}
    assert response.plan.parcels[0].placements[0].sku == "SKU-4711"


def test_repeats_outlive_the_server_and_are_shared(tmp_path):
    """After kill -9, and at another server, a repeat gets the first answer."""
    message = request(BOOK, persist=True, request_id=str(uuid.uuid4()))
    plain = request(MUG, request_id=str(uuid.uuid4()))
    batch = messages.BatchPackRequest(requests=[request(BOOK), request(SKI)], request_id=str(uuid.uuid4()))
    given = {"store": f"sqlite:///{tmp_path}/plans.db", "default_catalog": "china-post", "workers": "1"}
    with running_server(**given) as server, grpc.insecure_channel(server.address) as channel:
        packing = PackingServiceStub(channel)
        first = packing.Pack(message, timeout=20), packing.Pack(plain, timeout=20), packing.BatchPack(batch, timeout=20)
        server.process.kill()
    with serving(tmp_path) as (_, packing, _), serving(tmp_path) as (_, other, path):
        for at in (packing, other):
            again = at.Pack(message, timeout=20), at.Pack(plain, timeout=20), at.BatchPack(batch, timeout=20)
            assert again == first
        message.order.order_id = "another"
        code, status = failure(other.Pack, message)
        assert (code, reason(status)) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")
        assert rows(path, "SELECT count(*) FROM plans") == [(1,)]


def test_a_repeat_gets_what_may_not_be_stored(tmp_path):
    """Texts and pictures are in the repeated answer, although they are not stored."""
    message = request({**BOOK, "sku": "SKU-4711"}, persist=True, request_id="r-1", read_mask="*")
    with serving(tmp_path) as (_, packing, path):
        first, again = (packing.Pack(message, timeout=20) for _ in range(2))
        assert rows(path, "SELECT count(*) FROM plans") == [(1,)]
        assert b"SKU-4711" not in b"".join(file.read_bytes() for file in tmp_path.glob("plans.db*"))
    assert again.plan == first.plan
    assert again.plan.parcels[0].placements[0].sku == "SKU-4711"
    assert list(again.drawings) == list(first.drawings) != []


def test_a_stored_plan_has_a_page(packing, live):
    """The page has the stored figures, loads nothing, and suits the paper size."""
    asked = request(BOOK, MUG, persist=True, read_mask=WHOLE, catalog="catalogs/eu-webshop")
    made = packing.Pack(asked, timeout=20).plan
    status, headers, text = page(live, made.name)
    assert status == 200
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Cache-Control"] == "private, no-store"
    assert "differ from those of the plan" not in text
    assert made.name in text
    for parcel in made.parcels:
        assert parcel.box_type_id in text
    for footprint in made.footprints:
        assert f"{footprint.total_co2e_mg / 1_000:,.1f}" in text
    assert page(live, f"{made.name}?sheet=a6")[0] == 200
    assert page(live, f"{made.name}?sheet=a3")[0] == 400
    status, _, text = page(live, "plans/nobody")
    assert (status, json.loads(text)["code"]) == (404, "not_found")


def test_a_browser_gets_a_sentence_where_there_is_no_plan(live):
    """A browser gets a sentence with the status of the error."""
    status, headers, _ = ask(live.http_address, "/plans/nobody", Accept="text/html, */*")
    assert (status, headers["Content-Type"], headers["Vary"]) == (404, "text/plain; charset=utf-8", "Accept")
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_page_says_so_where_its_data_differ_from_the_plans(tmp_path):
    """A figure that is computed differently today is noted on the page."""
    with serving(tmp_path) as (server, packing, path):
        name = packing.Pack(request(BOOK, persist=True), timeout=20).plan.name
        with contextlib.closing(sqlite3.connect(path)) as connection:
            ((content,),) = connection.execute("select answer from plans").fetchall()
            stored = messages.PackResponse.FromString(unpacked(content))
            stored.plan.parcels[0].packaging[0].mass_g += 1
            connection.execute("update plans set answer = ?", (packed(stored.SerializeToString()),))
            connection.commit()
        text = page(server, name)[2]
        assert "are computed with data" in text


def test_a_page_behind_a_key_opens_for_its_signed_link_alone(tmp_path):
    """An unsigned, foreign, altered or expired link is refused."""
    key = "a key of sixteen and more"
    with serving(tmp_path, link_key=key) as (server, packing, _):
        names = [packing.Pack(request(BOOK, persist=True), timeout=20).plan.name for _ in range(2)]
        first, second = (name.removeprefix("plans/") for name in names)
        later = int(time.time()) + 600
        query = signed_query(key, first, later)
        status, _, text = page(server, f"plans/{first}?{query}")
        assert status == 200
        assert f"/plans/{first}?{query.replace('&', '&amp;')}&amp;sheet=a6" in text
        for path in (
            f"plans/{first}",
            f"plans/{second}?{query}",
            f"plans/{first}?{query.replace(str(later), str(later + 1))}",
            f"plans/{first}?{signed_query(key, first, int(time.time()) - 1)}",
            f"plans/{first}?{signed_query(key + '.', first, later)}",
            f"plans/{first}?expires=never&signature=x",
        ):
            status, _, text = page(server, path)
            assert (status, json.loads(text)["code"]) == (403, "permission_denied"), path
            assert json.loads(text)["details"][0]["debug"]["reason"] == "LINK_NOT_VALID"


def test_a_large_plan_has_one_picture_a_parcel(live, packing):
    """Above max_drawn_units, 10 on this server, steps have only texts, without SKUs unless these are stored."""
    for quantity, drawn in ((10, True), (11, False)):
        line = {**BOOK, "quantity": quantity, "sku": "SKU-4711"}
        plan = packing.Pack(request(line, persist=True), timeout=20).plan
        text = page(live, plan.name)[2]
        assert ('class="steps"' in text) == drawn
        assert drawn or text.count('src="data:image/svg+xml;base64,') == len(plan.parcels)
        assert ("SKU-4711" in text, "BOXWRIGHT_STORE_TEXTS" in text) == (False, True)


def test_what_is_stored_of_an_operation_is_made_with_the_key_of_order_ids(tmp_path):
    """The stored digest of an operation is keyed, so requests cannot be guessed."""
    asked, key = evaluation(1, request_id="r-1"), "a key of some length"
    with serving(tmp_path, order_id_key=key) as (server, _, path), grpc.insecure_channel(server.address) as channel:
        first, again = (EvaluationServiceStub(channel).EvaluateCatalogs(asked, timeout=60) for _ in range(2))
        assert first.name == again.name
        ((digest,),) = rows(path, "SELECT digest FROM operations")
    assert digest != hashlib.sha256(asked.SerializeToString(deterministic=True)).digest()
