"""Admission by tokens: scopes, sites, expiry and revocation; and who calls behind a proxy."""

import datetime as dt
import ipaddress
from types import SimpleNamespace

import grpc_reflection.v1alpha.reflection_pb2 as reflection_pb2
import pytest
from grpc_health.v1 import health_pb2

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.server.access.auth import (
    CALLING,
    OF_ALL_SITES,
    REFLECTION,
    SCOPES,
    Access,
    CredentialMissingError,
    Principal,
    Scope,
    ScopeMissingError,
    SiteNotAllowedError,
    TokenNotValidError,
    check_site,
    forwarded,
)
from boxwright.server.access.tokens import Tokens, new_token
from boxwright.server.lifecycle import SERVICE_DESCRIPTORS
from boxwright.server.metrics import Metrics
from boxwright.server.reloading import AccessWatch

from .token_calls import NOW, access_of, call_with, cli, make, refused


def test_every_method_has_a_scope_and_no_other():
    """Every method of the contract has a scope; health has none."""
    methods = {f"{service.name}/{method.name}" for service in SERVICE_DESCRIPTORS for method in service.methods}
    services = (reflection_pb2.DESCRIPTOR.services_by_name.values(), health_pb2.DESCRIPTOR.services_by_name.values())
    (described,), (health,) = services
    assert set(SCOPES) == methods | {f"{described.name}/{method.name}" for method in described.methods}
    assert REFLECTION in SCOPES
    assert not [method for method in SCOPES if method.startswith(health.name)]
    assert set(SCOPES) >= OF_ALL_SITES


@pytest.mark.parametrize("method", sorted(SCOPES))
def test_a_token_admits_to_the_methods_of_its_scopes(tokens_file, method):
    """Its scope alone is enough, and all other scopes together are not."""
    may = make(tokens_file, SCOPES[method], name="may")
    others = make(tokens_file, *(scope for scope in Scope if scope is not SCOPES[method]), name="others")
    access = access_of(tokens_file)
    assert refused(access, f"Bearer {may}", method=method) is None
    assert refused(access, f"bearer  {may} ", method=method) is None
    assert refused(access, f"Bearer {others}", method=method) == (ScopeMissingError, "scope")


def test_a_method_without_a_scope_is_refused_to_all(tokens_file):
    """A new method is refused until it has a scope."""
    text = make(tokens_file, *Scope)
    assert refused(access_of(tokens_file), f"Bearer {text}", method="PackingService/New") == (
        ScopeMissingError,
        "scope",
    )


def test_wrong_tokens_are_refused(tokens_file):
    """Cut, altered, foreign, mixed and repeated tokens, and other schemes, are refused."""
    text = make(tokens_file)
    _, foreign = new_token("a", [Scope.PACK], (), NOW, None)
    other, _ = new_token("a", [Scope.PACK], (), NOW, None)
    prefix, number, secret = text.split("_", 2)
    unknown = (TokenNotValidError, "token_unknown")
    access = access_of(tokens_file)
    for wrong in (
        *(other, text[:-1], text + "a", text.upper(), f"{prefix}_{foreign.token_id}_{secret}", "bxw__", "a" * 100_000),
        *(f"{prefix}_{number}_{other.split('_', 2)[2]}", f"{prefix}_{number}_", "é", "\udc80", ""),
    ):
        assert refused(access, f"Bearer {wrong}") == unknown, wrong[:50]
    missing = (CredentialMissingError, "no_token")
    assert refused(access) == missing
    assert refused(access, f"Basic {text}") == missing
    assert refused(access, text) == missing
    assert refused(access, f"Bearer {text}", f"Bearer {text}") == missing
    assert refused(access, f"Bearer {text}") is None


def test_a_token_ends_at_its_time_and_where_it_is_revoked(tokens_file):
    """Expired and revoked tokens are refused, also during a call."""
    day = dt.timedelta(days=1)
    now = dt.datetime.now(dt.UTC)
    over, lasts = (
        make(tokens_file, name=name, expires=end) for name, end in (("over", now - day), ("lasts", now + day))
    )
    metrics, kept = Metrics(), Tokens(str(tokens_file))
    access = Access(metrics, kept)
    assert refused(access, f"Bearer {over}") == (TokenNotValidError, "token_expired")
    assert refused(access, f"Bearer {lasts}") is None
    principal = CALLING.get()
    access.check_again(principal)
    cli("tokens", "revoke", lasts.split("_")[1], "--tokens-file", tokens_file)
    access.check_again(principal)
    kept.take(kept.read())
    with pytest.raises(TokenNotValidError, match="revoked"):
        access.check_again(principal)
    assert refused(access, f"Bearer {lasts}") == (TokenNotValidError, "token_revoked")
    assert metrics.registry.get_sample_value("boxwright_denied_calls_total", {"why": "token_revoked"}) == 2


def test_metrics_name_the_callers_whose_last_token_ends(tokens_file):
    """The metric has the latest expiry per caller, and no caller with an endless or no valid token."""
    now = dt.datetime.now(dt.UTC)
    soon, later, before = (now + dt.timedelta(days=days) for days in (3, 90, -1))
    for name, expires in (
        ("hall", before),
        ("hall", later),
        ("wms", soon),
        ("left", before),
        ("shop", soon),
        ("shop", None),
    ):
        make(tokens_file, name=name, now=now, expires=expires)
    revoked = make(tokens_file, name="wms", expires=later).split("_")[1]
    cli("tokens", "revoke", revoked, "--tokens-file", tokens_file)
    metrics = Metrics()
    metrics.token_end.rows = Tokens(str(tokens_file)).ending
    families = {family.name: family for family in metrics.registry.collect()}
    rows = families["boxwright_token_expiry_timestamp_seconds"].samples
    shown = {row.labels["principal"]: row.value for row in rows}
    assert shown == pytest.approx({"token:hall": later.timestamp(), "token:wms": soon.timestamp()})


def test_with_certificates_and_tokens_both_are_needed(tokens_file):
    """With both, the caller is the token's holder; with certificates alone, the certificate's name."""
    text = make(tokens_file)
    both = access_of(tokens_file, certificates=True)
    assert refused(both, f"Bearer {text}") == (CredentialMissingError, "no_certificate")
    assert refused(both, certificate="hall-2") == (CredentialMissingError, "no_token")
    assert both.authorize(call_with(f"Bearer {text}", certificate="hall-2"), "PackingService/Pack").who == "token:hall"
    alone = Access(Metrics(), certificates=True)
    assert alone.authorize(call_with(certificate="hall-2"), "PackingService/Pack").who == "certificate:hall-2"
    assert refused(alone) == (CredentialMissingError, "no_certificate")


def test_without_access_rules_every_caller_is_admitted():
    """Without tokens and certificates callers have no name."""
    access = Access(Metrics())
    CALLING.set(None)
    assert access.authorize(call_with("Bearer x"), "PackingService/Pack") is None
    assert CALLING.get() is None
    access.check_again(None)


def test_a_token_of_some_sites_is_for_these_alone(tokens_file):
    """It may plan for its sites, and is refused methods that reach all sites."""
    text = make(tokens_file, *Scope, sites=["hall-2"])
    access = access_of(tokens_file)
    access.authorize(call_with(f"Bearer {text}"), "PackingService/Pack")
    check_site("sites/hall-2")
    for other in ("sites/hall-3", "", "hall-22"):
        with pytest.raises(SiteNotAllowedError, match="sites/hall-2"):
            check_site(other)
    for method in sorted(OF_ALL_SITES):
        assert refused(access, f"Bearer {text}", method=method) == (SiteNotAllowedError, "site")
    assert refused(access, f"Bearer {text}", method="CatalogService/ListCatalogs") is None
    CALLING.set(None)
    check_site("")
    CALLING.set(Principal("token:all", frozenset(Scope)))
    check_site("sites/hall-3")
    CALLING.set(None)


class Written:
    """A source that the test changes."""

    def __init__(self):
        self.seen = self.state = 0
        self.error, self.tried = None, []

    def read(self):
        """Return what it holds."""
        return self.state

    def take(self, content):
        """Take over a content, or raise an error."""
        self.tried.append(content)
        if self.error is not None:
            raise self.error


@pytest.mark.parametrize("error", [InvalidInputError([FieldViolation("a", "is bad")]), RuntimeError("nobody knew")])
def test_what_is_at_fault_is_tried_again_once_it_has_changed(caplog, error):
    """A faulty content is retried once it changes, and logged once."""
    written = Written()
    watching = AccessWatch("tokens", written, Metrics())
    written.state, written.error = 1, error
    for _ in range(3):
        watching.look()
    written.state, written.error = 2, None
    for _ in range(2):
        watching.look()
    assert written.tried == [1, 2]
    assert len([record for record in caplog.records if "not reloaded" in record.message]) == 1


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
