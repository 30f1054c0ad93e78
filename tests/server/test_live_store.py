"""Stored plans over a live server: what is kept, what is named, and what happens where it cannot be kept."""

import contextlib
import json
import runpy
import sqlite3
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import grpc
import pytest
from google.rpc import error_details_pb2

from boxwright.server.deflated import packed, unpacked
from boxwright.server.plan_links import signed_query
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

from .live_calls import BOOK, BOX, MUG, SKI, WHOLE, bad_fields, failure, page, request

ROOT = Path(__file__).parents[2]
RUNNING = runpy.run_path(str(ROOT / "tests" / "interop" / "running_server.py"))["running_server"]


@contextlib.contextmanager
def serving(tmp_path, **given):
    """A server with a store, its stub and the path of its file."""
    path = tmp_path / "plans.db"
    with (
        RUNNING(store=f"sqlite:///{path}", default_catalog="china-post", **given) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        yield server, PackingServiceStub(channel), path


def reason(status):
    """Return the reason of a status."""
    info = error_details_pb2.ErrorInfo()
    status.details[0].Unpack(info)
    return info.reason


def rows(path, statement):
    """Return what the file of a store holds."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(statement).fetchall()


def metric(server, name):
    """Return the values of a metric by labels."""
    with urllib.request.urlopen(f"http://{server.admin_address}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line.startswith(name)}


def test_a_stored_plan_is_read_as_it_was_made(packing):
    """The name in the answer leads to the whole plan, also where the caller asked for less."""
    whole = packing.Pack(request(BOOK, MUG, persist=True, read_mask=WHOLE), timeout=20).plan
    read = packing.GetPlan(messages.GetPlanRequest(name=whole.name), timeout=20)
    assert read.create_time.ToMicroseconds() > 0
    for made in (whole, read):
        made.ClearField("create_time")
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
    """By default nothing is stored; a mask without the name leaves it out."""
    assert packing.Pack(request(BOOK, **given), timeout=20).plan.name == ""


def test_orders_of_batches_and_streams_are_stored(packing):
    """Each by itself; what the defaults say holds for all of them, and improvements are not stored."""
    orders = [request(BOOK), request(SKI), request(MUG, persist=False)]
    batch = messages.BatchPackRequest(requests=orders, defaults=messages.PackRequest(persist=True))
    results = packing.BatchPack(batch, timeout=20).results
    names = [each.response.plan.name for each in results]
    assert [bool(name) for name in names] == [True, False, False]
    assert packing.GetPlan(messages.GetPlanRequest(name=names[0]), timeout=20).name == names[0]
    sent = messages.StreamPackRequest(correlation_id="1")
    sent.pack.request.CopyFrom(request(BOOK, persist=True))
    sent.pack.send_improvements = True
    *better, last = packing.StreamPack(iter([sent]), timeout=20)
    assert all(not each.improvement.plan.name for each in better)
    assert packing.GetPlan(messages.GetPlanRequest(name=last.result.plan.name), timeout=20).parcels


def test_names_that_name_nothing_are_refused(packing):
    """Wrong forms and unknown plans, with the field; a bad mask too."""
    code, status = failure(packing.GetPlan, messages.GetPlanRequest(name="plans/nothing"))
    assert (code, bad_fields(status)) == (grpc.StatusCode.NOT_FOUND, ["name"])
    for name in ("", "plans/", "plan/x"):
        code, status = failure(packing.GetPlan, messages.GetPlanRequest(name=name))
        assert (code, bad_fields(status)) == (grpc.StatusCode.INVALID_ARGUMENT, ["name"])


def test_pages_of_a_list_are_tied_to_it(packing):
    """Pages join; a token of another filter, and one that was made up, is refused."""
    for at in range(5):
        message = request(BOOK, persist=True)
        message.order.order_id = f"page-{at}"
        packing.Pack(message, timeout=20)
    where = " OR ".join(f"order_id = page-{at}" for at in range(5))
    asked = messages.ListPlansRequest(filter=where, page_size=2, order_by="order_id")
    found = []
    while True:
        page = packing.ListPlans(asked, timeout=20)
        found += [each.order_id for each in page.plans]
        assert all(not each.parcels and each.canonical_hash for each in page.plans)
        if not page.next_page_token:
            break
        asked.page_token = page.next_page_token
    assert found == [f"page-{at}" for at in range(5)]
    other = messages.ListPlansRequest(page_token=asked.page_token)
    for bad in (other, messages.ListPlansRequest(page_token="x"), messages.ListPlansRequest(page_token="bnVsbA==")):
        assert bad_fields(failure(packing.ListPlans, bad)[1]) == ["page_token"]
    bad = messages.ListPlansRequest(filter="colour = red", page_size=-1)
    assert bad_fields(failure(packing.ListPlans, bad)[1]) == ["page_size"]
    bad.page_size = 0
    assert bad_fields(failure(packing.ListPlans, bad)[1]) == ["filter"]
    assert bad_fields(failure(packing.ListPlans, messages.ListPlansRequest(order_by="size"))[1]) == ["order_by"]


def test_what_nobody_needs_is_not_stored(tmp_path):
    """No SKU, barcode, description, full postal code, request id or address of a caller is in the store."""
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
    line = resolved.order.lines[0]
    assert (line.sku, line.description, line.line_id) == ("", "", "book")
    assert (resolved.lane.origin.postal_code, resolved.lane.destination.postal_code) == ("101", "SW1A")
    assert resolved.lane.ship_date.year > 2000
    assert list(resolved.accounting_profiles) == ["accountingProfiles/uk-desnz@2025"]
    assert not resolved.request_id
    assert not resolved.HasField("inline_catalog")
    assert b"mine" in unpacked(content)
    everything = b"".join(each.read_bytes() for each in tmp_path.glob("plans.db*"))
    for word in (b"SKU-4711", b"Ada", b"4006381333931", b"10115", b"127.0.0.1", b"r-1", b"later"):
        assert word not in everything + unpacked(kept) + unpacked(stored), word


def test_texts_and_order_ids_are_stored_as_the_operator_says(tmp_path):
    """With ``store_texts`` lines keep SKU and description; with a key the order id is hashed, and filters find it."""
    secret = {**BOOK, "sku": "SKU-4711"}
    with serving(tmp_path, store_texts="true", order_id_key="pepper") as (_, packing, path):
        message = request(secret, persist=True, request_id="r-1", alternative_count=1, read_mask="*")
        answer = packing.Pack(message, timeout=20)
        assert answer.plan.order_id == "o"
        read = packing.GetPlan(messages.GetPlanRequest(name=answer.plan.name), timeout=20)
        assert read.order_id.startswith("hmac-sha256:")
        found = packing.ListPlans(messages.ListPlansRequest(filter="order_id = o"), timeout=20).plans
        assert [each.name for each in found] == [answer.plan.name]
        ((kept, stored, order_id),) = rows(path, "SELECT request, answer, order_id FROM plans")
        assert packing.Pack(message, timeout=20).plan.order_id == "o"
    assert order_id == read.order_id
    resolved = messages.PackRequest.FromString(unpacked(kept))
    assert (resolved.order.order_id, resolved.order.lines[0].sku) == (order_id, "SKU-4711")
    response = messages.PackResponse.FromString(unpacked(stored))
    assert {each.order_id for each in (response.plan, *response.alternatives)} == {order_id}
    assert response.plan.parcels[0].placements[0].sku == "SKU-4711"


def test_repeats_outlive_the_server_and_are_shared(tmp_path):
    """After kill -9, and at another server on the same store, a repeated call gets the first answer."""
    message = request(BOOK, persist=True, request_id=str(uuid.uuid4()))
    plain = request(MUG, request_id=str(uuid.uuid4()))
    batch = messages.BatchPackRequest(requests=[request(BOOK), request(SKI)], request_id=str(uuid.uuid4()))
    with serving(tmp_path) as (server, packing, _):
        first = packing.Pack(message, timeout=20), packing.Pack(plain, timeout=20), packing.BatchPack(batch, timeout=20)
        server.process.kill()
    with serving(tmp_path) as (_, packing, _), serving(tmp_path) as (_, other, path):
        for each in (packing, other):
            again = each.Pack(message, timeout=20), each.Pack(plain, timeout=20), each.BatchPack(batch, timeout=20)
            assert again == first
        message.order.order_id = "another"
        code, status = failure(other.Pack, message)
        assert (code, reason(status)) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")
        assert rows(path, "SELECT count(*) FROM plans") == [(1,)]


def outcome_of(plan, **parcel):
    """Return a request that records the first parcel of a plan."""
    asked = messages.RecordOutcomeRequest(request_id=str(uuid.uuid4()))
    asked.outcome.plan = plan.name
    asked.outcome.parcels.add(**{"parcel_index": 0, "box_type_id": plan.parcels[0].box_type_id, **parcel})
    return asked


def test_an_outcome_is_recorded_once_and_counted_next_to_the_plan(tmp_path):
    """Repeats change nothing; a correction replaces, and is not counted again."""
    with serving(tmp_path) as (server, packing, _):
        plan = packing.Pack(request(BOOK, persist=True), timeout=20).plan
        asked = outcome_of(plan, measured_gross_g=plan.parcels[0].gross_g * 1.1)
        edges = sorted(getattr(plan.parcels[0].outer, f"{edge}_mm") for edge in ("length", "width", "height"))
        measured = asked.outcome.parcels[0].measured_outer
        measured.height_mm, measured.length_mm, measured.width_mm = edges[0] - 7, edges[1], edges[2] + 1
        first = packing.RecordOutcome(asked, timeout=20)
        assert packing.RecordOutcome(asked, timeout=20) == first
        assert first.outcome.name == f"{plan.name}/outcome"
        assert first.outcome.pack_time.seconds > 0
        other = next(box for box in ("china-post-8", "china-post-9") if box != plan.parcels[0].box_type_id)
        second = outcome_of(plan, box_type_id=other, override_reason="OVERRIDE_REASON_DID_NOT_FIT")
        packing.RecordOutcome(second, timeout=20)
        read = packing.GetPlan(messages.GetPlanRequest(name=plan.name), timeout=20)
        assert read.outcome.parcels[0].box_type_id == other
        assert metric(server, "boxwright_shipped_orders_total") == {
            'boxwright_shipped_orders_total{how="as_planned"}': 1,
            'boxwright_shipped_orders_total{how="overridden"}': 0,
        }
        box = f'{{box_type="{plan.parcels[0].box_type_id}",catalog="china-post"}}'
        assert metric(server, "boxwright_shipped_boxes_total") == {f"boxwright_shipped_boxes_total{box}": 1}
        assert metric(server, "boxwright_shipped_planned_boxes_total") == {
            f"boxwright_shipped_planned_boxes_total{box}": 1
        }
        shares = metric(server, "boxwright_shipped_mass_deviation_ratio_bucket")
        edges = metric(server, "boxwright_shipped_size_deviation_mm_bucket")
        assert [
            counts[f'{name}{{le="{end}"}}']
            for counts, name, end in (
                (shares, "boxwright_shipped_mass_deviation_ratio_bucket", "0.05"),
                (shares, "boxwright_shipped_mass_deviation_ratio_bucket", "0.2"),
                (edges, "boxwright_shipped_size_deviation_mm_bucket", "-10.0"),
                (edges, "boxwright_shipped_size_deviation_mm_bucket", "-5.0"),
            )
        ] == [0, 1, 0, 1]
        assert metric(server, "boxwright_shipped_overrides_total{") == {}


@pytest.mark.parametrize(
    ("parcel", "field"),
    [
        ({"parcel_index": 1}, "parcel_index"),
        ({"parcel_index": -1}, "parcel_index"),
        ({"box_type_id": ""}, "box_type_id"),
        ({"box_type_id": "china-post-12"}, "override_reason"),
        ({"box_type_id": "nothing", "override_reason": "OVERRIDE_REASON_DID_NOT_FIT"}, "box_type_id"),
        ({"measured_gross_g": 0}, "measured_gross_g"),
        ({"measured_gross_g": float("nan")}, "measured_gross_g"),
        ({"measured_gross_g": 1_000_001}, "measured_gross_g"),
        ({"measured_outer": {"length_mm": 10, "width_mm": 10, "height_mm": 0}}, "measured_outer.height_mm"),
        ({"override_reason": "OVERRIDE_REASON_OTHER"}, "override_note"),
        ({"override_note": "x" * 1_001}, "override_note"),
        ({"units": [{"line_id": "book", "unit_index": 2}]}, "units[0]"),
        ({"units": [{"line_id": "book"}, {"line_id": "book"}]}, "units[1]"),
    ],
)
def test_an_outcome_that_breaks_a_rule_is_refused(packing, parcel, field):
    """The field is named, and nothing is recorded."""
    plan = packing.Pack(request(BOOK, persist=True), timeout=20).plan
    outer, units = parcel.get("measured_outer"), parcel.get("units")
    simple = {name: value for name, value in parcel.items() if name not in ("measured_outer", "units")}
    asked = outcome_of(plan, **simple, **({"measured_outer": outer} if outer else {}))
    for each in units or ():
        asked.outcome.parcels[0].units.add(**each)
    code, status = failure(packing.RecordOutcome, asked)
    assert bad_fields(status) == [f"outcome.parcels[0].{field}"]
    assert code in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND)
    assert not packing.GetPlan(messages.GetPlanRequest(name=plan.name), timeout=20).HasField("outcome")


def test_the_page_of_a_plan_shows_what_was_packed(live, packing):
    """Once it is recorded: when, where, on the scale, and what was done otherwise; a correction takes its place."""
    plan = packing.Pack(request(BOOK, persist=True), timeout=20).plan
    assert "As shipped" not in page(live, plan.name)[2]
    as_planned = outcome_of(plan, measured_gross_g=plan.parcels[0].gross_g)
    as_planned.outcome.station = "bench 4"
    as_planned.outcome.pack_time.FromJsonString("2026-11-26T10:32:59Z")
    packing.RecordOutcome(as_planned, timeout=20)
    text = page(live, plan.name)[2]
    assert "Packed on 2026-11-26 10:32 UTC at bench 4, as planned." in text
    assert "not measured" in text
    other = next(box for box in ("china-post-8", "china-post-9") if box != plan.parcels[0].box_type_id)
    said = {"override_reason": "OVERRIDE_REASON_OTHER", "override_note": "<wet> box"}
    changed = outcome_of(plan, box_type_id=other, measured_gross_g=plan.parcels[0].gross_g + 120, **said)
    extra = changed.outcome.parcels.add(box_type_id=other)
    extra.units.add(line_id=BOOK["line_id"])
    packing.RecordOutcome(changed, timeout=20)
    text = page(live, plan.name)[2]
    assert "2 parcels of 2 otherwise than planned." in text
    assert f"<td>{other}</td>" in text
    assert "120 g over plan" in text
    assert f"in place of {plan.parcels[0].box_type_id}; another reason; “&lt;wet&gt; box”" in text
    assert f"not planned; holds {BOOK['line_id']} 1" in text


def test_an_outcome_needs_its_id_its_plan_and_parcels(packing):
    """All that is missing is said at once; a plan that is not there is not found."""
    code, status = failure(packing.RecordOutcome, messages.RecordOutcomeRequest())
    assert (code, bad_fields(status)) == (grpc.StatusCode.INVALID_ARGUMENT, ["request_id", "outcome"])
    asked = messages.RecordOutcomeRequest(request_id="a")
    asked.outcome.station = "x" * 201
    asked.outcome.pack_time.seconds = 1 << 60
    assert bad_fields(failure(packing.RecordOutcome, asked)[1]) == [
        *("outcome.plan", "outcome.parcels", "outcome.station", "outcome.pack_time"),
    ]
    plan = packing.Pack(request(BOOK, persist=True), timeout=20).plan
    asked = outcome_of(plan)
    asked.outcome.plan = "plans/nothing"
    code, status = failure(packing.RecordOutcome, asked)
    assert (code, bad_fields(status)) == (grpc.StatusCode.NOT_FOUND, ["outcome.plan"])


def test_plans_are_read_over_http(live, packing):
    """GET by name and in lists, with the fields of the request in the query."""
    message = request(BOOK, persist=True)
    message.order.order_id = "over-http"
    name = packing.Pack(message, timeout=20).plan.name
    with urllib.request.urlopen(f"http://{live.http_address}/v1/{name}?readMask=orderId,status") as answer:
        assert json.loads(answer.read()) == {"orderId": "over-http", "status": "PLAN_STATUS_COMPLETE"}
    with urllib.request.urlopen(f"http://{live.http_address}/v1/plans?filter=order_id%3Dover-http") as answer:
        assert [each["name"] for each in json.loads(answer.read())["plans"]] == [name]


@pytest.mark.parametrize("method", ["RecordOutcome", "GetPlan", "ListPlans", "Pack"])
def test_a_server_without_a_store_says_so(method):
    """What needs one is refused with the reason; other plans are answered."""
    with RUNNING(default_catalog="china-post") as server, grpc.insecure_channel(server.address) as channel:
        packing = PackingServiceStub(channel)
        asked = {"GetPlan": messages.GetPlanRequest(), "ListPlans": messages.ListPlansRequest()}
        asked |= {"RecordOutcome": messages.RecordOutcomeRequest(), "Pack": request(BOOK, persist=True)}
        code, status = failure(getattr(packing, method), asked[method])
        assert (code, reason(status)) == (grpc.StatusCode.FAILED_PRECONDITION, "STORE_OFF")
        assert "BOXWRIGHT_STORE" in status.message
        assert packing.Pack(request(BOOK, request_id="r"), timeout=20).plan.name == ""


def break_locked(path, stack):
    """Hold the lock of a writer."""
    connection = stack.enter_context(contextlib.closing(sqlite3.connect(path, isolation_level=None)))
    connection.execute("BEGIN IMMEDIATE")


def break_gone(path, stack):
    """Remove the file."""
    for each in path.parent.glob("plans.db*"):
        each.unlink()


def break_corrupt(path, stack):
    """Overwrite all pages but the first, of which the server has read none since another program wrote."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO answers VALUES (x'00', x'00', 0, x'00')")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        with path.open("r+b") as file:
            file.seek(page_bytes)
            file.write(b"\xff" * (path.stat().st_size - page_bytes))


def break_tables(path, stack):
    """Take a table away."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE plan_boxes")


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (break_locked, "STORE_LOCKED"),
        (break_gone, "STORE_UNREACHABLE"),
        (break_corrupt, "STORE_CORRUPT"),
        (break_tables, "STORE_CORRUPT"),
    ],
)
def test_a_broken_store_keeps_no_plan_from_its_station(tmp_path, damage, why):
    """Who asked for storage gets an error with a reason; everybody else gets the plan, without a name."""
    # A write that a busy machine delays is no damage: it would count as one that came too late, STORE_LOCKED.
    given = {"persist_plans": "true", "store_wait_s": 60}
    with contextlib.ExitStack() as stack, serving(tmp_path, **given) as (server, packing, path):
        assert packing.Pack(request(BOOK), timeout=20).plan.name
        damage(path, stack)
        code, status = failure(packing.Pack, request(BOOK, persist=True))
        assert (code, reason(status)) == (grpc.StatusCode.UNAVAILABLE, why)
        for given in ({}, {"request_id": "r"}, {"persist": False}):
            answer = packing.Pack(request(BOOK, **given), timeout=20)
            assert answer.plan.parcels
            assert not answer.plan.name
        assert metric(server, "boxwright_store_up") == {"boxwright_store_up": 0}
        counted = metric(server, "boxwright_store_errors_total")
        (errors,) = [each for each in counted.items() if each[1]]
        assert errors[0] == f'boxwright_store_errors_total{{reason="{why.lower()}"}}'
        said = [json.loads(line) for line in server.log if '"the store failed"' in line]
        assert [each["reason"] for each in said] == [why.lower()]


def test_no_caller_learns_where_the_store_is(tmp_path):
    """Writing, reading, listing and the page of a plan, over both doors: the path is in the log, and in no answer."""
    with contextlib.ExitStack() as stack, serving(tmp_path) as (server, packing, path):
        name = packing.Pack(request(BOOK, persist=True), timeout=20).plan.name
        break_gone(path, stack)
        asked = (
            (packing.Pack, request(BOOK, persist=True)),
            (packing.GetPlan, messages.GetPlanRequest(name=name)),
            (packing.ListPlans, messages.ListPlansRequest()),
        )
        for method, message in asked:
            status = failure(method, message)[1]
            assert status.message == "the store cannot be reached; the log of the service says more"
            assert str(tmp_path).encode() not in status.SerializeToString()
        for where in (f"/v1/{name}", "/v1/plans", f"/{name}"):
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(f"http://{server.http_address}{where}", timeout=20)
            with caught.value as answer:
                said = answer.read().decode()
            assert (answer.code, str(tmp_path) in said, "plans.db" in said) == (503, False, False)
            assert "the store cannot be reached" in said
        logged = {message: [line for line in server.log if f'"{message}"' in line] for message in STORE_FAULTS}
        assert {message: len(lines) for message, lines in logged.items()} == dict.fromkeys(STORE_FAULTS, 1)
        assert all(str(path) in lines[0] for lines in logged.values())


STORE_FAULTS = ("the store failed", "the store was not read")


def test_a_store_that_was_locked_works_again(tmp_path):
    """Once the lock is given back plans are stored as before."""
    with serving(tmp_path, persist_plans="true") as (server, packing, path):
        with contextlib.ExitStack() as stack:
            break_locked(path, stack)
            failure(packing.Pack, request(BOOK, persist=True))
        assert packing.Pack(request(BOOK, persist=True), timeout=20).plan.name
        assert metric(server, "boxwright_store_up") == {"boxwright_store_up": 1}


def test_a_repeated_batch_gets_the_rest_of_its_plans(tmp_path):
    """What failed while the store was locked is planned once it is free; what was answered stays as it was."""
    asked = messages.BatchPackRequest(request_id="b")
    asked.requests.extend([request(BOOK), request(BOOK, persist=True), request(BOOK)])
    asked.requests[2].order.lines[0].mass_g = -1
    with serving(tmp_path) as (_, packing, path):
        with contextlib.ExitStack() as stack:
            break_locked(path, stack)
            first = packing.BatchPack(asked, timeout=60)
        codes = [each.error.code if each.HasField("error") else 0 for each in first.results]
        assert codes == [0, grpc.StatusCode.UNAVAILABLE.value[0], grpc.StatusCode.INVALID_ARGUMENT.value[0]]
        second = packing.BatchPack(asked, timeout=60)
        assert (second.planned_count, second.error_count) == (2, 1)
        assert second.results[1].response.plan.name.startswith("plans/")
        assert [second.results[at] for at in (0, 2)] == [first.results[at] for at in (0, 2)]
        assert packing.BatchPack(asked, timeout=60) == second
        assert len(rows(path, "SELECT plan_id FROM plans")) == 1


def test_a_server_starts_without_its_store(tmp_path):
    """A store that is no database, or in a folder that is not there, keeps no server from planning."""
    (tmp_path / "plans.db").write_bytes(b"this is no database, and never was" * 200)
    with serving(tmp_path, persist_plans="true") as (_, packing, _):
        assert packing.Pack(request(BOOK), timeout=20).plan.parcels
        assert reason(failure(packing.Pack, request(BOOK, persist=True))[1]) == "STORE_CORRUPT"
    with serving(tmp_path / "nowhere") as (_, packing, _):
        assert packing.Pack(request(BOOK), timeout=20).plan.parcels
        assert reason(failure(packing.Pack, request(BOOK, persist=True))[1]) == "STORE_UNREACHABLE"


def test_a_stored_plan_has_a_page(packing, live):
    """It has the plan's figures, which are those stored, loads nothing and is laid out for the paper asked for."""
    asked = request(BOOK, MUG, persist=True, read_mask=WHOLE, catalog="catalogs/eu-webshop")
    made = packing.Pack(asked, timeout=20).plan
    status, headers, text = page(live, made.name)
    assert status == 200
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Cache-Control"] == "private, no-store"
    assert 'class="note"' not in text  # no figure differs from those stored
    assert made.name in text
    for parcel in made.parcels:
        assert parcel.box_type_id in text
    for footprint in made.footprints:
        assert f"{footprint.total_co2e_mg / 1_000:,.1f}" in text
    assert "No better one" in text or "Open: " in text or "Proved: " in text
    assert "105mm 148mm" in page(live, f"{made.name}?sheet=a6")[2]
    assert page(live, f"{made.name}?sheet=a3")[0] == 400
    status, _, text = page(live, "plans/nobody")
    assert (status, json.loads(text)["code"]) == (404, "not_found")


def test_the_page_says_so_where_its_data_differ_from_the_plans(tmp_path):
    """A stored figure that is computed otherwise today is named, with the way to the plan as it was made."""
    with serving(tmp_path) as (server, packing, path):
        name = packing.Pack(request(BOOK, persist=True), timeout=20).plan.name
        with contextlib.closing(sqlite3.connect(path)) as connection:
            ((content,),) = connection.execute("select answer from plans").fetchall()
            stored = messages.PackResponse.FromString(unpacked(content))
            stored.plan.parcels[0].packaging[0].mass_g += 1
            connection.execute("update plans set answer = ?", (packed(stored.SerializeToString()),))
            connection.commit()
        text = page(server, name)[2]
        assert 'class="note"' in text
        assert "GetPlan has the plan as it was made" in text


def test_a_page_behind_a_key_opens_for_its_signed_link_alone(tmp_path):
    """Without a signature, with that of another plan, with a later time, or after its time a link opens nothing."""
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


def test_a_server_of_postgresql_may_come_and_go(postgresql):
    """Two replicas share its plans; without it plans are answered all the same, and stored again once it is back."""
    url = postgresql.make_database("replicas")
    settings = {"store": url, "default_catalog": "china-post", "persist_plans": "true"}
    with RUNNING(**settings) as one, RUNNING(**settings) as other, contextlib.ExitStack() as stack:
        servers = [stack.enter_context(grpc.insecure_channel(each.address)) for each in (one, other)]
        packing, replica = map(PackingServiceStub, servers)
        message = request(BOOK, request_id=str(uuid.uuid4()))
        answer = packing.Pack(message, timeout=20)
        assert replica.Pack(message, timeout=20) == answer
        assert replica.GetPlan(messages.GetPlanRequest(name=answer.plan.name), timeout=20).parcels
        postgresql.stop()
        try:
            code, status = failure(packing.Pack, request(BOOK, persist=True))
            assert (code, reason(status)) == (grpc.StatusCode.UNAVAILABLE, "STORE_UNREACHABLE")
            assert not packing.Pack(request(BOOK), timeout=20).plan.name
            code, status = failure(packing.GetPlan, messages.GetPlanRequest(name=answer.plan.name))
            assert (code, reason(status)) == (grpc.StatusCode.UNAVAILABLE, "STORE_UNREACHABLE")
        finally:
            postgresql.start()
        name = packing.Pack(request(BOOK, persist=True), timeout=20).plan.name
        assert replica.GetPlan(messages.GetPlanRequest(name=name), timeout=20).name == name
        assert replica.GetPlan(messages.GetPlanRequest(name=answer.plan.name), timeout=20).parcels
    assert postgresql.psql("SELECT count(*) FROM plans", "replicas").split()[2] == "2"


def test_of_two_replicas_at_once_one_answer_counts(postgresql):
    """The same call to both at the same time: one plan is stored, and both send its answer."""
    settings = {"store": postgresql.make_database("at_once"), "default_catalog": "china-post"}
    with RUNNING(**settings) as one, RUNNING(**settings) as other, contextlib.ExitStack() as stack:
        servers = [stack.enter_context(grpc.insecure_channel(each.address)) for each in (one, other)]
        stubs = [PackingServiceStub(each) for each in servers]
        for _ in range(10):
            message = request(BOOK, persist=True, request_id=str(uuid.uuid4()))
            first, second = [each.Pack.future(message, timeout=20) for each in stubs]
            assert first.result() == second.result()
            assert first.result().plan.name
    assert postgresql.psql("SELECT count(*) FROM plans", "at_once").split()[2] == "10"
