"""The caller's address over gRPC behind a reverse proxy."""

import ipaddress
from types import SimpleNamespace

import pytest

from boxwright.server.access.auth import forwarded

PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1")]


@pytest.mark.parametrize(
    ("peer", "sent", "who"),
    [
        pytest.param("ipv4:10.0.0.1:5", ["6.6.6.6"], "ipv4:6.6.6.6:0", id="named by the proxy"),
        pytest.param("ipv6:%5B::1%5D:5", ["6::6, 10.0.0.2"], "ipv6:%5B6::6%5D:0", id="over two proxies"),
        pytest.param("ipv4:10.0.0.1:5", ["7.7.7.7", "6.6.6.6"], "ipv4:6.6.6.6:0", id="what the caller itself sent"),
        pytest.param("ipv4:6.6.6.6:5", ["7.7.7.7"], "", id="no proxy"),
        pytest.param("ipv4:10.0.0.1:5", [], "", id="the proxy itself"),
        pytest.param("ipv4:10.0.0.1:5", ['1.2.3.4", "who": "alice'], "", id="not an address"),
        pytest.param("unix:", ["7.7.7.7"], "", id="no address"),
    ],
)
def test_only_a_trusted_proxy_says_who_calls(peer, sent, who):
    """The last address that is not a trusted proxy counts; any address before it may be forged."""
    metadata = [("x-forwarded-for", value) for value in sent]
    context = SimpleNamespace(peer=lambda: peer, invocation_metadata=lambda: metadata)
    assert forwarded(context, PROXIES) == who
    assert forwarded(context, []) == ""
