"""The contract as JSON over HTTP: the same answers, limits and errors as over gRPC."""

import base64
import gzip
import importlib
import json
import math
import re
import socket
import time
from pathlib import Path

import pytest
from google.protobuf import descriptor_pool, json_format, message_factory
from google.rpc import error_details_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.contract.json import from_json, to_json
from boxwright.errors import InvalidInputError
from boxwright.server.http.app import READS
from boxwright.v1 import packing_service_pb2

from .live_calls import BOOK, ORDER, ask, wait_until

PACK = "/boxwright.v1.PackingService/Pack"


def refusal(live, body, path=PACK, **headers):
    """Return status, code, and rules by field of an error."""
    status, _, answer = ask(live.http_address, path, body, **headers)
    content = json.loads(answer)
    found = {}
    for detail in content.get("details", ()):
        if detail["type"] == "google.rpc.BadRequest":
            stated = error_details_pb2.BadRequest.FromString(base64.b64decode(detail["value"] + "=="))
            assert detail["debug"] == json_format.MessageToDict(stated, preserving_proto_field_name=True)
            found = {violation.field: violation.description for violation in stated.field_violations}
    return status, content["code"], found


@pytest.mark.parametrize(
    ("order", "field", "named"),
    [
        ({"lines": [{**BOOK, "fragilty": {}}]}, "order.lines[0].fragilty", "fragility"),
        ({"lines": [{**BOOK, "fragility": {"class": "X"}}]}, "order.lines[0].fragility.class", "fragility_class"),
        ({"lines": [{**BOOK, "cuboid": {"length": 5}}]}, "order.lines[0].cuboid.length", "dimensions"),
        ({"lines": [BOOK, {**BOOK, "quantity": "x"}]}, "order.lines[1].quantity", '"x"'),
        ({"lines": [{**BOOK, "quantity": 1.5}]}, "order.lines[0].quantity", "1.5"),
        ({"lines": [{**BOOK, "mass_g": True}]}, "order.lines[0].mass_g", "true"),
        (
            {"lines": [{**BOOK, "fragility": {"fragility_class": "FRAGILITY_CLASS_DELICATE"}}]},
            "order.lines[0].fragility.fragility_class",
            "FRAGILITY_CLASS_FRAGILE",
        ),
        (
            {"lines": [{**BOOK, "dimension_status": "MEASURED"}]},
            "order.lines[0].dimension_status",
            "DIMENSION_STATUS_MEASURED",
        ),
        ({"lines": {}}, "order.lines", ""),
        ({"order_id": 5, "lines": [BOOK]}, "order.order_id", "5"),
        ({"order_id": "o", "orderId": "o", "lines": []}, "order.order_id", "orderId"),
        ({"lines": [{"cuboid": {}, "softGoods": {}}]}, "order.lines[0].soft_goods", "cuboid"),
        ({"lines": [{"softGoods": {}, "cuboid": {}}]}, "order.lines[0].cuboid", "soft_goods"),
        ([], "order", ""),
        ({"orderId": "\ud800", "lines": [BOOK]}, "order.order_id", '"\\ud800"'),
    ],
)
def test_shapes_that_the_contract_does_not_have_are_refused_by_field(live, order, field, named):
    """A wrong key or type names its field as over gRPC, with the value sent or a similar name."""
    status, code, found = refusal(live, {"order": order})
    assert (status, code, list(found)) == (400, "invalid_argument", [field])
    assert named in found[field]


@pytest.mark.parametrize(
    ("style", "near"),
    [
        ("RSC", "BOX_STYLE_RSC_0201"),
        ("box_style_rsc_0201", "BOX_STYLE_RSC_0201"),
        ("TOTTE", "BOX_STYLE_TOTE"),
        ("", ""),
    ],
)
def test_a_value_without_its_prefix_is_offered_with_it(style, near):
    """A shortened, lower-case or misspelt enum value gets a suggestion; any other text gets the list."""
    body = json.dumps({"inlineCatalog": {"boxTypes": [{"style": style}]}}).encode()
    with pytest.raises(InvalidInputError) as caught:
        from_json(body, packing_service_pb2.PackRequest)
    (broken,) = caught.value.violations
    assert re.findall(r"(\w+)\?", broken.rule) == ([near] if near else [])
    assert "UNSPECIFIED" not in broken.rule


def test_another_http_method_is_refused_with_the_one_to_send(live):
    """Calls need POST and pages need GET; an unknown call is 404."""
    for path, body, allowed in (
        (PACK, None, "POST"),
        ("/v1/plans/x", {}, "GET, HEAD"),
        ("/openapi.json", {}, "GET, HEAD"),
    ):
        status, headers, _ = ask(live.http_address, path, body)
        assert (status, set(headers["Allow"].split(", "))) == (405, set(allowed.split(", ")))
    status, headers, _ = ask(live.http_address, PACK.replace("/Pack", "/Pakc"), {})
    assert (status, headers["Allow"]) == (404, None)


def test_no_cache_keeps_an_answer(live):
    """Answers and refusals have Cache-Control: no-store."""
    for path in ("/v1/plans", "/v1/plans/none"):
        assert ask(live.http_address, path)[1]["Cache-Control"] == "no-store"


def test_names_of_callers_do_not_reach_the_log(live):
    """An unknown key is named in the answer and replaced by a question mark in the log."""
    assert refusal(live, {"order": {"lines": [{**BOOK, "Jane Doe": 1}]}})[2].keys() == {"order.lines[0].Jane Doe"}
    wait_until(lambda: any("order.lines[0].?" in line for line in list(live.log)))
    assert not any("Jane" in line for line in list(live.log))


def test_a_call_that_http_does_not_have_is_unimplemented(live):
    """Streams and unknown paths get the code of gRPC."""
    for path in ("/boxwright.v1.PackingService/StreamPack", "/nothing/here"):
        assert refusal(live, {}, path)[:2] == (404, "unimplemented")


def test_a_request_that_is_not_a_call_is_logged_without_its_query(live):
    """The line has caller, status, method and path; the answer says which content the server takes."""
    status, headers, _ = ask(live.http_address, f"{PACK}?secret=1", b"{}", Content_Type="text/plain")
    assert (status, "application/json" in headers["Accept-Post"]) == (415, True)
    lines = wait_until(lambda: [json.loads(line) for line in list(live.log) if '"refused over HTTP"' in line])
    assert [line["peer"][:15] for line in lines if line["request"] == f"POST {PACK}"] == ["ipv4:127.0.0.1:"]
    assert "secret" not in "".join(live.log)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"order":{},"order":{}}', b'{"a":NaN}', b"\xff", b"[" * 100_000])
def test_a_body_that_is_not_a_json_object_is_refused(live, body):
    """A body that is not a JSON object, or repeats a key, is INVALID_ARGUMENT."""
    assert refusal(live, body)[:2] == (400, "invalid_argument")


def test_answers_are_compressed(live):
    """A caller that takes gzip gets it."""
    status, headers, body = ask(live.http_address, PACK, ORDER, Accept_Encoding="gzip")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert json.loads(gzip.decompress(body))["plan"]["parcels"]


def test_a_deadline_is_a_number(live):
    """Connect-Timeout-Ms that is no number of milliseconds is refused."""
    assert refusal(live, ORDER, Connect_Timeout_Ms="soon")[:2] == (400, "invalid_argument")


def test_a_caller_that_leaves_frees_its_thread(live):
    """An abandoned call is logged as cancelled, and the next one is answered."""
    heavy = {"order_id": "left", "lines": [{**BOOK, "line_id": f"l{number}", "quantity": 4} for number in range(120)]}
    body = json.dumps({**ORDER, "order": heavy, "policy": {"mode": "SOLVING_MODE_THOROUGH"}}).encode()
    host, port = live.http_address.split(":")
    with socket.create_connection((host, int(port))) as connection:
        head = (
            f"POST {PACK} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        )
        connection.sendall(f"{head}\r\n".encode() + body)
        time.sleep(0.2)
    assert ask(live.http_address, PACK, ORDER)[0] == 200
    wait_until(lambda: any('"left"' in line and "CANCELLED" in line for line in live.log))


@pytest.mark.parametrize("path", READS)
def test_resources_are_read_with_get(live, path):
    """Every GET path answers with a resource, a page of a list, or 404."""
    filled = re.sub(r"\{\w+=(.*?)\}", r"\1", path).replace("accountingProfiles/*", "accountingProfiles/uk-desnz@2026")
    filled = filled.replace("catalogs/*", "catalogs/china-post")
    status, _, body = ask(live.http_address, re.sub(r"\*+", "none", filled))
    content = json.loads(body)
    if "*" in filled:
        assert (status, content["code"]) == (404, "not_found")
    else:
        assert status == 200, content


def test_fields_of_a_get_are_those_of_the_request(live):
    """The query takes page size and token; unknown and repeated fields are refused."""
    status, _, body = ask(live.http_address, "/v1/materials?pageSize=2")
    page = json.loads(body)
    assert status == 200
    assert len(page["materials"]) == 2
    rest = json.loads(ask(live.http_address, f"/v1/materials?pageSize=2&pageToken={page['next_page_token']}")[2])
    assert page["materials"][0] not in rest["materials"]
    assert ask(live.http_address, "/v1/catalogs?size=1")[0] == 400
    assert ask(live.http_address, "/v1/catalogs?pageSize=1&pageSize=2")[0] == 400
    assert ask(live.http_address, "/v1/catalogs/nope")[0] == 404


def test_names_of_this_machine_are_its_host(live):
    """Other names are refused, since DNS rebinding would use them."""
    for name in ("localhost:8080", "LOCALHOST", "[::1]", "[::1]:8080", "127.0.0.1"):
        assert ask(live.http_address, "/v1/catalogs", Host=name)[0] == 200


def test_no_site_may_call_unless_it_is_allowed(live):
    """Without http_origins a browser may not call from another site."""
    asking = {"Origin": "https://site.example", "Access_Control_Request_Method": "POST"}
    status, headers, _ = ask(live.http_address, PACK, method="OPTIONS", **asking)
    assert status >= 400
    assert headers["Access-Control-Allow-Origin"] is None


def test_the_page_and_the_description_are_served(live):
    """The page loads nothing from elsewhere, and the description has every unary call."""
    status, headers, page = ask(live.http_address, "/")
    assert status == 200
    assert not any(word in page for word in (b"http://", b"https://"))
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert ask(live.http_address, "/try.js")[0] == 200
    described = json.loads(ask(live.http_address, "/openapi.json")[2])
    assert described["openapi"] == "3.1.0"
    assert PACK in described["paths"]
    assert {path for path in READS if "{" not in path} <= set(described["paths"])


@settings(max_examples=40)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["order", "lines", "lineId", "mass_g", "policy", "x"]), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_a_request_or_refused(content):
    """No JSON causes an internal error."""
    try:
        read = from_json(json.dumps(content).encode(), packing_service_pb2.PackRequest)
    except InvalidInputError:
        return
    assert from_json(to_json(read, packing_service_pb2.PackRequest), packing_service_pb2.PackRequest) == read


REQUESTS = sorted((Path(__file__).parents[2] / "docs" / "requests").glob("*.json"))
REQUESTS = [example for example in REQUESTS if "Stream" not in example.name]  # files for streams hold several messages


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.name)
def test_messages_are_read_and_written_as_protobuf_maps_them(path):
    """Our faster codec agrees with protobuf's on every request of the docs."""
    service, method = path.name.split(".")[:2]
    importlib.import_module(f"boxwright.v1.{service.removesuffix('Service').lower()}_service_pb2")
    described = descriptor_pool.Default().FindServiceByName(f"boxwright.v1.{service}").methods_by_name[method]
    kind = message_factory.GetMessageClass(described.input_type)
    message = json_format.ParseDict(json.loads(path.read_text()), kind())
    assert from_json(path.read_bytes(), kind) == message
    assert json.loads(to_json(message, kind)) == json_format.MessageToDict(message, preserving_proto_field_name=True)


def test_answers_are_written_as_protobuf_maps_them(live):
    """A whole answer agrees too: times, unknown enums, 64-bit integers and non-finite numbers."""
    status, _, body = ask(live.http_address, "/boxwright.v1.PackingService/Pack", {**ORDER, "readMask": "*"})
    assert status == 200
    answer = json_format.ParseDict(json.loads(body), packing_service_pb2.PackResponse())
    parcel = answer.plan.parcels[0]
    parcel.net_g, parcel.tare_g, parcel.gross_g = math.nan, math.inf, -math.inf
    parcel.style = 999
    assert answer.plan.footprints[0].total_co2e_mg
    assert answer.plan.HasField("create_time")
    written = json.loads(to_json(answer, packing_service_pb2.PackResponse))
    assert written == json_format.MessageToDict(answer, preserving_proto_field_name=True)
    assert written["plan"]["parcels"][0]["style"] == 999


def test_a_path_that_lacks_a_slash_is_not_sent_elsewhere(live):
    """Such a path is 404, since a redirect would use the request's Host."""
    for path in ("/v1", "/plans", "/openapi.json/", "/v1/catalogs/"):
        status, headers, _ = ask(live.http_address, path, Host="localhost")
        assert (status, headers["Location"]) == (404, None), path
