"""Two live servers accept the tokens of their shared store and follow its changes."""

import grpc
import pytest

from .here import server_here
from .live_calls import wait_until
from .token_calls import cli

LIST = "/boxwright.v1.CatalogService/ListCatalogs"


def ends_with(server, text):
    """Return the code of a call with a token."""
    with grpc.insecure_channel(server.address) as channel:
        try:
            channel.unary_unary(LIST)(b"", timeout=20, metadata=[("authorization", f"Bearer {text}")])
        except grpc.RpcError as error:
            return error.code()
    return grpc.StatusCode.OK


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def store(request, tmp_path):
    """The URL of a store that does not exist yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/plans.db"
    return request.getfixturevalue("postgresql").make_database("shared_tokens")


def test_replicas_admit_tokens_of_their_store(store, tmp_path):
    """Tokens made before and after the start are accepted; revoked ones are refused everywhere."""
    before = cli("tokens", "create", "before", "--scope", "read", "--store", store).strip()
    in_file = cli("tokens", "create", "file", "--scope", "read", "--tokens-file", tmp_path / "tokens.json").strip()
    given = {"store": store, "tokens_in_store": "true", "address": "0.0.0.0:0"}
    with (
        server_here(**given) as one,
        server_here(**given, tokens_file=tmp_path / "tokens.json") as other,
    ):
        servers = (one, other)
        assert [ends_with(server, before) for server in servers] == [grpc.StatusCode.OK] * 2
        assert [ends_with(server, "bxw_aaaaaaaaaa_b") for server in servers] == [grpc.StatusCode.UNAUTHENTICATED] * 2
        assert ends_with(one, in_file) is grpc.StatusCode.UNAUTHENTICATED
        assert ends_with(other, in_file) is grpc.StatusCode.OK
        after = cli("tokens", "create", "after", "--scope", "read", "--store", store).strip()
        wait_until(lambda: all(ends_with(server, after) is grpc.StatusCode.OK for server in servers))
        cli("tokens", "revoke", before.split("_")[1], "--store", store)
        wait_until(lambda: all(ends_with(server, before) is grpc.StatusCode.UNAUTHENTICATED for server in servers))
        assert [ends_with(server, after) for server in servers] == [grpc.StatusCode.OK] * 2
