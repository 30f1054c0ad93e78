"""Log lines about refused calls: caller, site and reason."""

import json

import grpc
import pytest

from boxwright.v1 import packing_service_pb2
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

from .here import server_here
from .live_calls import ORDER, ask, pack_request_of
from .live_tokens import PACK, bearer, over_grpc
from .token_calls import make

SITED = {**ORDER, "site": "sites/leeds"}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The server's file of tokens."""
    return tmp_path_factory.mktemp("tokens") / "tokens.json"


@pytest.fixture(scope="module")
def tokens(file):
    """A token that may not plan, and one for a single site."""
    return {
        "read": make(file, "read", name="reader"),
        "site": make(file, "pack", "read", name="hall", sites=["dallas"]),
    }


@pytest.fixture(scope="module")
def said(file, tokens, tmp_path_factory):
    """Log lines of a server after some refused calls."""
    sites = tmp_path_factory.mktemp("sites") / "sites.toml"
    sites.write_text("".join(f'[[sites]]\nsite_id = "{site}"\n' for site in ("dallas", "leeds")))
    with server_here(sites=sites, tokens_file=file) as server:
        over_grpc(server, tokens["read"])
        over_grpc(server, tokens["site"], pack_request_of(SITED))
        metadata = tuple(bearer(tokens["site"]).items())
        batch = packing_service_pb2.BatchPackRequest(requests=[pack_request_of(SITED)], request_id="whole")
        with grpc.insecure_channel(server.address) as channel:
            stub = PackingServiceStub(channel)
            stub.BatchPack(batch, timeout=60, metadata=metadata)
            with pytest.raises(grpc.RpcError):
                stub.ListPlans(packing_service_pb2.ListPlansRequest(), timeout=60, metadata=metadata)
        for path, sort in ((PACK, "text/plain"), ("/nothing?secret=1", "application/json")):
            ask(server.http_address, path, b"{}", Content_Type=sort)
    return [json.loads(text) for text in server.log if text.startswith("{")]


def found(said, **facts):
    """Return the line with these fields."""
    (line,) = (entry for entry in said if all(entry.get(name) == value for name, value in facts.items()))
    return line


@pytest.mark.parametrize(("who", "method", "why"), [("read", "Pack", "scope"), ("site", "ListPlans", "site")])
def test_denied_callers_that_are_known_are_named(said, tokens, who, method, why):
    """The lines of call and audit name the denied caller."""
    holder = {"read": "token:reader", "site": "token:hall"}[who]
    facts = {"who": holder, "credential": tokens[who].split("_")[1], "why": why}
    assert found(said, message=f"PackingService/{method}", **facts)["code"] == "PERMISSION_DENIED"
    assert found(said, message="audit", what=f"PackingService/{method}", **facts)["outcome"] == "PERMISSION_DENIED"


def test_an_order_for_another_site_is_refused_alike_by_itself_and_in_a_batch(said):
    """Both audit lines have the site and the reason."""
    facts = {"message": "audit", "site": "sites/leeds", "order_id": "o", "who": "token:hall", "why": "site"}
    for method in ("Pack", "BatchPack"):
        line = found(said, what=f"PackingService/{method}", **facts)
        assert (line["outcome"], line["reason"]) == ("PERMISSION_DENIED", "site_not_allowed")


def test_a_request_over_http_that_is_not_a_call_has_a_line(said):
    """The line has status, method and path, without the query."""
    lines = [line for line in said if line["message"] == "refused over HTTP"]
    assert [(line["status"], line["request"]) for line in lines] == [
        (415, f"POST {PACK}"),
        (404, "POST /nothing"),
    ]
    assert all(line["peer"].startswith("ipv4:127.0.0.") for line in lines)
