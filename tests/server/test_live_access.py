"""Tokens at all ports of a live server: admission, refusals, and the audit log."""

import asyncio
import contextlib
import datetime as dt
import http.client
import json
import re
import socket
import threading
from dataclasses import replace

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2

from boxwright.server.access.auth import Scope
from boxwright.server.access.tokens import read_tokens, written
from boxwright.v1 import packing_service_pb2
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub
from boxwright_client import Client, NotAllowedError
from boxwright_client.errors import error_of_call

from .here import server_here
from .live_calls import BOOK, ORDER, ask, pack_request_of, wait_until
from .token_calls import cli, make

PACK = "/boxwright.v1.PackingService/Pack"
KEY = "a key of at least sixteen characters"


def bearer(text):
    """Return the authorization header of a token as metadata."""
    return {"authorization": f"Bearer {text}"} if text else {}


def over_grpc(server, text, request=None):
    """Pack over gRPC; return the answer or the error."""
    with grpc.insecure_channel(server.address) as channel:
        metadata = tuple(bearer(text).items())
        try:
            return PackingServiceStub(channel).Pack(request or pack_request_of(ORDER), timeout=60, metadata=metadata)
        except grpc.RpcError as error:
            return error_of_call(error)


def over_http(address, text, path=PACK, body=ORDER, **headers):
    """Return status, headers and body of a request."""
    return ask(address, path, body, **bearer(text), **headers)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The server's file of tokens."""
    return tmp_path_factory.mktemp("tokens") / "tokens.json"


@pytest.fixture(scope="module")
def tokens(file):
    """A token for each scope, an expired one, and one for a single site."""
    made = {str(scope): make(file, scope, name=scope) for scope in Scope}
    made["over"] = make(file, "pack", name="over", expires=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    made["ending"] = make(file, "pack", name="ending", expires=dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
    made["site"] = make(file, "pack", "read", name="dallas", sites=["dallas"])
    return made


@pytest.fixture(scope="module")
def secured(file, tokens, tmp_path_factory):
    """A server with tokens, a store and a key for links."""
    store = f"sqlite:///{tmp_path_factory.mktemp('store')}/plans.db"
    sites = tmp_path_factory.mktemp("sites") / "sites.toml"
    sites.write_text("".join(f'[[sites]]\nsite_id = "{site}"\n' for site in ("dallas", "leeds")))
    given = {
        "sites": sites,
        "tokens_file": file,
        "store": store,
        "persist_plans": "true",
        "link_key": KEY,
    }
    with server_here(**given) as server:
        yield server


@pytest.mark.parametrize(
    ("who", "code", "reason", "status", "challenge"),
    [
        ("pack", None, "", 200, None),
        ("", "UNAUTHENTICATED", "CREDENTIAL_MISSING", 401, 'Bearer realm="boxwright"'),
        ("made up", "UNAUTHENTICATED", "TOKEN_NOT_VALID", 401, 'Bearer realm="boxwright", error="invalid_token"'),
        ("over", "UNAUTHENTICATED", "TOKEN_NOT_VALID", 401, 'Bearer realm="boxwright", error="invalid_token"'),
        ("read", "PERMISSION_DENIED", "SCOPE_MISSING", 403, 'Bearer realm="boxwright", error="insufficient_scope"'),
        ("site", "PERMISSION_DENIED", "SITE_NOT_ALLOWED", 403, 'Bearer realm="boxwright", error="insufficient_scope"'),
    ],
)
def test_both_ports_admit_and_refuse_alike(secured, tokens, who, code, reason, status, challenge):
    """Both ports admit a token with the scope, and refuse others with the same reason."""
    text = tokens.get(who, who)
    answer = over_grpc(secured, text)
    if code is None:
        assert answer.plan.name.startswith("plans/")
    else:
        assert (answer.code.name, answer.reason) == (code, reason)
    said, headers, body = over_http(secured.http_address, text)
    assert (said, headers["WWW-Authenticate"]) == (status, challenge)
    if code is not None:
        content = json.loads(body)
        assert content["code"] == code.lower()
        assert content["message"] == answer.message
        assert content["details"][0]["debug"]["reason"] == reason


def test_a_token_of_a_site_plans_for_it_alone(secured, tokens):
    """Single orders, batches and streams check the site of each order, including defaults."""
    allowed, other = (pack_request_of({**ORDER, "site": f"sites/{site}"}) for site in ("dallas", "leeds"))
    assert over_grpc(secured, tokens["site"], allowed).plan.parcels
    before = denied(secured, tokens)
    assert over_grpc(secured, tokens["site"], other).reason == "SITE_NOT_ALLOWED"
    assert denied(secured, tokens) != before
    assert over_grpc(secured, tokens["pack"], other).plan.parcels
    metadata = tuple(bearer(tokens["site"]).items())
    bare = pack_request_of(ORDER)
    batch = packing_service_pb2.BatchPackRequest(requests=[allowed, other, bare])
    setup = packing_service_pb2.StreamPackRequest(correlation_id="0")
    setup.setup.defaults.site = "sites/dallas"
    messages = [setup]
    for number, request in enumerate((other, bare)):
        messages.append(packing_service_pb2.StreamPackRequest(correlation_id=str(number + 1)))
        messages[-1].pack.request.CopyFrom(request)
    with grpc.insecure_channel(secured.address) as channel:
        stub = PackingServiceStub(channel)
        results = stub.BatchPack(batch, timeout=60, metadata=metadata).results
        streamed = list(stub.StreamPack(iter(messages), timeout=60, metadata=metadata))
    assert [result.HasField("error") for result in results] == [False, True, True]
    assert {answer.correlation_id: answer.WhichOneof("message") for answer in streamed} == {
        "0": "accepted",
        "1": "error",
        "2": "result",
    }
    for method in ("Pack", "BatchPack", "StreamPack"):
        line = audited(secured, what=f"PackingService/{method}", site="sites/leeds", who="token:dallas", why="site")
        assert (line["outcome"], line["reason"]) == ("PERMISSION_DENIED", "site_not_allowed")
    check = packing_service_pb2.CheckPlanRequest(order=bare.order, catalog=bare.catalog)
    with grpc.insecure_channel(secured.address) as channel, pytest.raises(grpc.RpcError) as caught:
        PackingServiceStub(channel).CheckPlan(check, timeout=60, metadata=metadata)
    assert error_of_call(caught.value).reason == "SITE_NOT_ALLOWED"


def test_a_token_of_a_site_sees_no_other(secured, tokens, file):
    """A foreign site looks like an unknown one, also in errors."""

    def seen(text, path="/v1/sites"):
        status, _, body = over_http(secured.http_address, text, path, None)
        return status, json.loads(body)

    names = [site["name"] for site in seen(tokens["read"])[1]["sites"]]
    assert names == ["sites/dallas", "sites/leeds"]
    listed = seen(tokens["site"])[1]
    assert ([site["name"] for site in listed["sites"]], listed["total_size"]) == (["sites/dallas"], 1)
    assert seen(tokens["site"], "/v1/sites/dallas")[1]["name"] == "sites/dallas"
    other, none = (seen(tokens["site"], f"/v1/sites/{site}") for site in ("leeds", "never"))
    assert other[0] == none[0] == 404
    debug = [json.dumps([detail["debug"] for detail in body["details"]]) for body in (other[1], none[1])]
    assert debug[0].replace("leeds", "never") == debug[1]
    assert other[1]["message"].replace("leeds", "never") == none[1]["message"]
    nowhere = make(file, "pack", name="nowhere", sites=["closed-hall"])
    wait_until(lambda: getattr(over_grpc(secured, nowhere), "reason", "") == "SITE_NOT_ALLOWED")
    error = over_grpc(secured, nowhere, pack_request_of({**ORDER, "site": "sites/closed-hall"}))
    assert (error.reason, "leeds" in str(error), "dallas" in str(error)) == ("RESOURCE_NOT_FOUND", False, False)


def test_the_client_sends_its_token_over_both_ports(secured, tokens):
    """The Python client sends its token over gRPC and HTTP, and reports the reason of a refusal."""
    for target in (secured.address, f"http://{secured.http_address}"):
        with Client(target, token=tokens["read"]) as client:
            assert list(client.list_catalogs())
            with pytest.raises(NotAllowedError, match="pack") as caught:
                client.pack(pack_request_of(ORDER))
            assert caught.value.reason == "SCOPE_MISSING"
        with Client(target) as client, pytest.raises(NotAllowedError) as caught:
            list(client.list_catalogs())
        assert caught.value.reason == "CREDENTIAL_MISSING"
    with pytest.raises(ValueError, match="token"):
        Client(secured.address, token="bxw_a\n")


def test_denied_callers_are_answered_before_their_request_is_read(secured):
    """Unauthorized callers are refused before the server reads their body."""
    with contextlib.closing(http.client.HTTPConnection(secured.http_address, timeout=60)) as connection:
        connection.putrequest("POST", PACK)
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", "1000000")
        connection.endheaders()
        assert connection.getresponse().status == 401
    with grpc.insecure_channel(secured.address) as channel:
        refused = threading.Event()
        no_message = (b"" for _ in range(1) if refused.wait(120))
        with pytest.raises(grpc.RpcError) as caught:
            channel.stream_unary(PACK)(no_message, timeout=60)
        refused.set()
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_health_needs_no_token_and_reflection_needs_one(secured, tokens):
    """Health is open; reflection needs the scope read."""
    with grpc.insecure_channel(secured.address) as channel:
        assert health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=20).status == 1
        ask = channel.stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
            response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
        )
        asked = [reflection_pb2.ServerReflectionRequest(list_services="")]
        (listed,) = ask(iter(asked), timeout=20, metadata=tuple(bearer(tokens["read"]).items()))
        assert listed.list_services_response.service
        for who, code in (("", "UNAUTHENTICATED"), ("pack", "PERMISSION_DENIED")):
            with pytest.raises(grpc.RpcError) as caught:
                list(ask(iter(asked), timeout=20, metadata=tuple(bearer(tokens.get(who, "")).items())))
            assert caught.value.code().name == code


def denied(server, tokens):
    """Return the counts of denied calls."""
    shown = over_http(server.admin_address, tokens["admin"], "/metrics", None)[2].decode()
    return re.findall("boxwright_denied_calls_total.*", shown)


def test_metrics_need_the_scope_admin_and_probes_need_nothing(secured, tokens):
    """Probes are open and are not counted as denied."""
    for who, status in (("admin", 200), ("", 401), ("pack", 403), ("over", 401)):
        assert over_http(secured.admin_address, tokens.get(who, ""), "/metrics", None)[0] == status
    before = denied(secured, tokens)
    for page in ("/healthz", "/livez"):
        assert over_http(secured.admin_address, "", page, None)[0] == 200
    assert denied(secured, tokens) == before


def test_the_page_to_try_calls_is_open_and_resources_are_not(secured, tokens):
    """Static files need no token; resources need the scope read."""
    for page in ("/", "/try.js", "/openapi.json"):
        assert over_http(secured.http_address, "", page, None)[0] == 200
    for page in ("/v1/catalogs", "/v1/plans"):
        assert over_http(secured.http_address, "", page, None)[0] == 401
        assert over_http(secured.http_address, tokens["pack"], page, None)[0] == 403
        assert over_http(secured.http_address, tokens["read"], page, None)[0] == 200


def test_the_page_of_a_plan_needs_a_signed_link_or_a_token(secured, tokens, tmp_path):
    """A link signed by the command line, or a token with the scope read, opens the page; nothing else does."""
    plan = over_grpc(secured, tokens["pack"]).plan.name
    base = f"http://{secured.http_address}"
    (tmp_path / "link.key").write_text(f"{KEY}\n")
    signed = cli("plans", "link", plan, "--link-key-file", tmp_path / "link.key", "--base-url", f"{base}/").strip()
    for who, link, status in (
        ("", signed.removeprefix(base), 200),
        ("read", f"/{plan}", 200),
        ("", f"/{plan}", 401),
        ("pack", f"/{plan}", 403),
        ("site", f"/{plan}", 403),
        ("read", signed.removeprefix(base)[:-1] + "!", 403),
    ):
        assert over_http(secured.http_address, tokens.get(who, ""), link, None)[0] == status, (who, link)


def test_a_token_that_is_revoked_lets_in_no_more_and_ends_its_streams(secured, file):
    """A new token is accepted and a revoked one refused within seconds, also on an open stream."""
    text = make(file, "pack", name="revoked")
    wait_until(lambda: not isinstance(over_grpc(secured, text), Exception))
    first = packing_service_pb2.StreamPackRequest(correlation_id="1")
    first.pack.request.CopyFrom(pack_request_of(ORDER))

    async def stream():
        async with grpc.aio.insecure_channel(secured.address) as channel:
            call = PackingServiceStub(channel).StreamPack(metadata=tuple(bearer(text).items()))
            await call.write(first)
            assert (await call.read()).HasField("result")
            kept = [token for token in read_tokens(str(file)) if token.name != "revoked"]
            file.write_text(written(kept))
            await asyncio.to_thread(wait_until, lambda: isinstance(over_grpc(secured, text), Exception))
            await call.write(first)
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await call.read()
            return caught.value.code()

    assert asyncio.run(stream()) is grpc.StatusCode.UNAUTHENTICATED


def audited(server, **facts):
    """Wait for an audit line with these fields, and return it."""

    def found():
        lines = [json.loads(line) for line in list(server.log) if '"message": "audit"' in line]
        return [line for line in lines if all(line.get(key) == value for key, value in facts.items())]

    wait_until(found)
    return found()[-1]


def test_actions_on_plans_are_audited(secured, tokens):
    """The audit log has orders, plans read, and denied callers with their names, if known."""
    forged = pack_request_of({**ORDER, "order": {"order_id": "forged\n{}\x1b", "lines": [BOOK]}})
    over_grpc(secured, tokens["pack"], forged)
    line = audited(secured, what="PackingService/Pack", order_id="forged\\n{}\\x1b")
    assert (line["who"], line["outcome"]) == ("token:pack", "INVALID_ARGUMENT")
    plan = over_grpc(secured, tokens["pack"]).plan.name
    line = audited(secured, what="PackingService/Pack", plan=plan)
    assert (line["who"], line["outcome"], line["order_id"]) == ("token:pack", "OK", "o")
    assert line["credential"] == tokens["pack"].split("_")[1]
    assert line["peer"].startswith("ipv4:127.0.0.1:")
    assert over_http(secured.http_address, tokens["read"], f"/v1/{plan}", None)[0] == 200
    assert audited(secured, what="PackingService/GetPlan", plan=plan)["who"] == "token:read"
    assert over_http(secured.http_address, tokens["read"], f"/{plan}", None)[0] == 200
    assert audited(secured, what="page of a plan", plan=plan)["who"] == "token:read"
    over_http(secured.http_address, "", f"/{plan}?expires=1&signature=a", None)
    assert audited(secured, what="page of a plan", outcome="PERMISSION_DENIED")["reason"] == "link_not_valid"
    over_http(secured.admin_address, tokens["over"], "/metrics", None)
    assert audited(secured, what="/metrics", outcome="UNAUTHENTICATED", why="token_expired")
    for who, outcome, why in (("over", "UNAUTHENTICATED", "token_expired"), ("read", "PERMISSION_DENIED", "scope")):
        over_grpc(secured, tokens[who])
        line = audited(secured, what="PackingService/Pack", outcome=outcome, why=why)
        assert line["credential"] == tokens[who].split("_")[1]
    assert line["who"] == "token:read"


def test_tokens_that_come_and_go_are_audited(secured, file):
    """Created, changed, revoked and removed tokens get audit lines without their secret."""
    text = make(file, "pack", name="goes")
    number, secret = text.split("_", 2)[1:]
    made = audited(secured, what="token", credential=number, outcome="created")
    assert (made["token"], made["scopes"], made["sites"]) == ("goes", ["pack"], [])
    assert dt.datetime.fromisoformat(made["at"]) <= dt.datetime.now(dt.UTC)

    def change(**given):
        kept = [replace(token, **given) if token.token_id == number else token for token in read_tokens(str(file))]
        file.write_text(written(kept))

    change(scopes=frozenset({Scope.READ}))
    assert audited(secured, what="token", credential=number, outcome="changed")["scopes"] == ["read"]
    change(revoked=dt.datetime.now(dt.UTC))
    gone = audited(secured, what="token", credential=number, outcome="revoked")
    assert (gone["token"], gone["at"] > made["at"]) == ("goes", True)
    file.write_text(written(token for token in read_tokens(str(file)) if token.token_id != number))
    assert audited(secured, what="token", credential=number, outcome="removed")["token"] == "goes"
    assert not any(secret in line for line in secured.log)


def test_no_token_is_in_the_log_or_the_metrics(secured, tokens):
    """Log and metrics have ids of tokens and callers, and no secret."""
    over_grpc(secured, tokens["pack"])
    over_grpc(secured, "bxw_" + "a" * 10 + "_secret")
    shown = over_http(secured.admin_address, tokens["admin"], "/metrics", None)[2].decode()
    wait_until(lambda: any('"why": "token_unknown"' in line for line in list(secured.log)))
    text = "".join(secured.log) + shown
    for token in tokens.values():
        assert token.split("_", 2)[2] not in text
    assert "_secret" not in text
    calls = [json.loads(line) for line in secured.log if '"PackingService/Pack"' in line]
    known = {(call.get("who"), call.get("credential")) for call in calls}
    assert ("token:pack", tokens["pack"].split("_")[1]) in known
    assert re.search(r'boxwright_denied_calls_total{why="token_unknown"} [1-9]', shown)


def test_tokens_of_one_name_and_other_sites_share_no_answers(secured, file):
    """Remembered answers are not shared between tokens of different sites."""
    one, other = (make(file, "pack", name="twins", sites=[site]) for site in ("dallas", "leeds"))
    request = pack_request_of({**ORDER, "site": "sites/dallas", "request_id": "twins-1"})
    wait_until(lambda: hasattr(over_grpc(secured, one, request), "plan"))
    assert over_grpc(secured, other, request).reason == "SITE_NOT_ALLOWED"
    request.ClearField("request_id")
    batch = packing_service_pb2.BatchPackRequest(requests=[request], request_id="twins-2")
    found = []
    for text in (other, one):
        with grpc.insecure_channel(secured.address) as channel:
            stub = PackingServiceStub(channel)
            found += stub.BatchPack(batch, timeout=60, metadata=tuple(bearer(text).items())).results
    assert [result.HasField("error") for result in found] == [True, False]


@pytest.mark.parametrize("port_name", ["http_address", "admin_address"])
def test_a_trailer_does_not_count_as_a_header(secured, tokens, port_name):
    """A token in a trailer is ignored, since a proxy has not checked it."""
    asks = "POST /boxwright.v1.CatalogService/ListSites" if port_name == "http_address" else "GET /metrics"
    token = tokens["read"] if port_name == "http_address" else tokens["admin"]
    host, port = getattr(secured, port_name).split(":")
    more = "Content-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
    head = f"{asks} HTTP/1.1\r\nHost: localhost\r\n{more}"
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(f"{head}\r\n2\r\n{{}}\r\n0\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 401"), answer[:200]


def test_pages_of_plans_delay_no_other_caller(secured, tokens):
    """Readers that ask for many pages at once and leave hold up no other call."""
    units = {"order_id": "page", "lines": [{**BOOK, "quantity": 60}]}
    plan = over_grpc(secured, tokens["pack"], pack_request_of({**ORDER, "order": units})).plan.name
    host, port = secured.http_address.split(":")
    head = f"GET /{plan} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {tokens['read']}\r\n\r\n".encode()
    held = [socket.create_connection((host, int(port)), timeout=60) for _ in range(12)]
    for connection in held:
        connection.sendall(head)
    assert held[0].recv(12) == b"HTTP/1.1 200"
    for connection in held:
        connection.close()
    assert over_http(secured.http_address, tokens["read"], f"/v1/{plan}", None)[0] == 200
