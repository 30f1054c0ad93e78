"""Who calls, and whether and how often they may: asked at every port, before anything of a request is read."""

from __future__ import annotations

import contextlib
import ipaddress
import math
import time
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from boxwright.errors import BoxwrightError, printable
from boxwright.findings import Findings
from boxwright.server.logs import address_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from boxwright.server.access.tokens import Tokens
    from boxwright.server.metrics import Metrics


class DeniedError(BoxwrightError):
    """A call that is not let in.

    Attributes
    ----------
    why : str
        For the log and the metrics: of a few words.
    credential : str
        Which credential was sent, where that is known; nothing secret.
    who : str
        Who calls, such as ``token:hall-2``, where that is known.
    """

    def __init__(self, message: str, why: str, credential: str = "", who: str = "") -> None:
        super().__init__(message)
        self.why = why
        self.credential = credential
        self.who = who


class CredentialMissingError(DeniedError):
    """No token, or no certificate."""


class TokenNotValidError(DeniedError):
    """A token that is unknown, revoked or too old."""


class ScopeMissingError(DeniedError):
    """A known caller that may not call this method."""


class SiteNotAllowedError(DeniedError):
    """A known caller that may not call for this site."""


class Scope(StrEnum):
    """What a token allows; none includes another."""

    PACK = "pack"
    """Plan and judge orders, compute footprints, record outcomes."""

    READ = "read"
    """Read stored plans, catalogs, materials, carriers and markets."""

    CATALOGS = "catalogs"
    """Judge, try out and design catalogs, and write and delete them."""

    ADMIN = "admin"
    """Delete stored plans; read metrics, and what is wrong with files, at the admin port."""


REFLECTION = "ServerReflection/ServerReflectionInfo"

METRICS = "/metrics"
"""What reading metrics at the admin port is called, in place of a method."""

_METHODS: Mapping[Scope, Mapping[str, str]] = {
    Scope.PACK: {
        "PackingService": "Pack BatchPack StreamPack CheckPlan RecordOutcome",
        "FootprintService": "EstimateFootprint",
    },
    Scope.READ: {
        "PackingService": "GetPlan GetEvidence ListPlans",
        "CatalogService": "ListCatalogs GetCatalog ListMaterials GetMaterial ListAccountingProfiles"
        " GetAccountingProfile ListCarriers GetCarrier ListMarkets GetMarket ListSites GetSite ListCatalogRevisions",
        "ServerReflection": "ServerReflectionInfo",
    },
    Scope.CATALOGS: {
        "CatalogService": "CreateCatalog UpdateCatalog DeleteCatalog",
        "EvaluationService": "EvaluateCatalogs DesignCatalog",
        "Operations": "GetOperation ListOperations WaitOperation CancelOperation DeleteOperation",
    },
    Scope.ADMIN: {"PackingService": "DeletePlan"},
}

SCOPES: Mapping[str, Scope] = {
    f"{service}/{method}": scope
    for scope, services in _METHODS.items()
    for service, methods in services.items()
    for method in methods.split()
}
"""Scope that each method needs, by service and method; a method that is not here is answered to nobody."""


def method_name(path: str) -> str:
    """Return service and method, as scopes name them, of the path of a call, such as ``/package.Service/Method``."""
    service, _, method = path.strip("/").partition("/")
    return f"{service.rpartition('.')[2]}/{method}"


OF_ALL_SITES = frozenset(
    {
        *(
            f"PackingService/{method}"
            for method in ("GetPlan", "GetEvidence", "ListPlans", "RecordOutcome", "DeletePlan")
        ),
        *(f"CatalogService/{method}" for method in ("CreateCatalog", "UpdateCatalog", "DeleteCatalog")),
    }
)
"""Methods that reach plans of every site, or what every site plans with: no call of a token that is limited to some."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls.

    Attributes
    ----------
    who : str
        Such as ``token:hall-2``: the limits of callers, remembered answers and audit lines go by it.
    scopes : frozenset of Scope
        What it may do.
    sites : frozenset of str
        For which sites; empty: for every one.
    credential : str
        By which of its credentials it is known, such as the id of its token; nothing secret.
    """

    who: str
    scopes: frozenset[Scope]
    sites: frozenset[str] = frozenset()
    credential: str = ""


CALLING: ContextVar[Principal | None] = ContextVar("calling", default=None)
"""Who made the call that this task answers; None where callers are not authenticated."""


def certificate_name(common: Sequence[str], alternative: Sequence[str]) -> str:
    """Return how the bearer of a certificate is called: its common name, else the first other name; never empty."""
    name = next(filter(None, (*common, *alternative)), "unnamed")
    return printable(name)[:100]


class Gate:
    """Lets callers call: with tokens whoever has one, with certificates whoever has shown one, else anybody.

    Those who are not let in are counted. ``certificates`` says whether callers need one, which the port has looked at;
    without tokens it allows everything.
    """

    def __init__(self, metrics: Metrics, tokens: Tokens | None = None, *, certificates: bool = False) -> None:
        self._metrics = metrics
        self._tokens = tokens
        self._certificates = certificates

    @property
    def is_open(self) -> bool:
        """Whether anybody may call."""
        return self._tokens is None and not self._certificates

    def let_in(self, context: Any, method: str) -> Principal | None:
        """Return who calls a method, service and method, and remember it for this task; None where anybody may.

        Raises
        ------
        DeniedError
            If they may not.
        """
        if self.is_open:
            return None
        with self._counted():
            principal = self._allowed(context, method)
        CALLING.set(principal)
        return principal

    def would_let_in(self, context: Any, method: str) -> bool:
        """Return whether ``let_in`` will; nothing is counted or remembered."""
        try:
            return self.is_open or self._allowed(context, method) is not None
        except DeniedError:
            return False

    def _allowed(self, context: Any, method: str) -> Principal:
        principal = self._known(context)
        scope = Scope.ADMIN if method == METRICS else SCOPES.get(method)
        if scope is None or scope not in principal.scopes:
            needs = "is answered to nobody" if scope is None else f"needs the scope {scope}"
            text = f"{method} {needs}, which this caller does not have"
            raise ScopeMissingError(text, "scope", principal.credential, principal.who)
        if principal.sites and method in OF_ALL_SITES:
            text = f"{method} reaches plans of every site, and the token is limited to some"
            raise SiteNotAllowedError(text, "site", principal.credential, principal.who)
        return principal

    def _known(self, context: Any) -> Principal:
        """Return who has sent a token, or where none is needed has shown a certificate."""
        sent = [_text(value) for key, value in context.invocation_metadata() or () if key == "authorization"]
        shown = context.auth_context() if self._certificates else {}
        names = ("x509_common_name", "x509_subject_alternative_name")
        common, others = ([_text(name) for name in shown.get(key, ())] for key in names)
        if self._certificates and not (common or others or "x509_pem_cert" in shown):
            rule = "a certificate of this server's authority (client_ca) is required"
            raise CredentialMissingError(rule, "no_certificate")
        if self._tokens is None:
            certificate = certificate_name(common, others)
            return Principal(f"certificate:{certificate}", frozenset(Scope), credential=certificate)
        if not sent:
            raise CredentialMissingError("a token is required, as in `authorization: Bearer bxw_...`", "no_token")
        scheme, _, text = sent[0].strip().partition(" ")
        if len(sent) > 1 or scheme.lower() != "bearer":
            raise CredentialMissingError("authorization must be sent once, as `Bearer` and the token", "no_token")
        token = self._tokens.found(text.strip())
        return Principal(token.who, token.scopes, token.sites, token.token_id)

    def still(self, principal: Principal | None) -> None:
        """Raise TokenNotValidError where a caller that was let in would not be any more; asked of long calls."""
        if self._tokens is not None and principal is not None:
            with self._counted():
                self._tokens.check(principal.credential)

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        try:
            yield
        except DeniedError as error:
            self._metrics.denied.labels(error.why).inc()
            raise


def may_see(site_id: str) -> bool:
    """Return whether who calls may know of a site."""
    principal = CALLING.get()
    return principal is None or not principal.sites or site_id in principal.sites


def check_site(site: str, known: Collection[str] | None = None) -> None:
    """Check that who calls may have an order of a site planned.

    Parameters
    ----------
    site : str
        Its resource name; empty is no site.
    known : collection of str, optional
        Sites of this server. Default: whether it is one of them is for others to say, who may name the others.

    Raises
    ------
    SiteNotAllowedError
        If they may not.
    UnknownResourceError
        If they may, are limited to some sites, and the server has none of this name.
    """
    principal = CALLING.get()
    if principal is None or not principal.sites:
        return
    site_id = site.removeprefix("sites/")
    if site_id in principal.sites:
        if known is not None and site_id not in known:
            found = Findings()
            found.unknown("site", f"names nothing here, got {site!r:.120}")
            found.raise_any()
        return
    rule = "must be one of the sites of the token: " + ", ".join(f"sites/{site}" for site in sorted(principal.sites))
    raise SiteNotAllowedError(f"site: {rule}", "site", principal.credential, principal.who)


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


FORWARDED: ContextVar[str] = ContextVar("forwarded", default="")
"""Who made the call over gRPC that this task answers, by the proxy that sent it on; empty where none did."""


def caller(context: Any) -> str:
    """Return who calls: whose token or certificate it is; where callers are not known the address."""
    principal = CALLING.get()
    return address_of(peer_of(context)) if principal is None else principal.who


def peer_of(context: Any) -> str:
    """Return the address of a caller as gRPC writes it."""
    return FORWARDED.get() or str(context.peer())


def written_peer(host: str, port: int) -> str:
    """Return an address as gRPC writes it, so that limits count all ports together."""
    host = host.removeprefix("::ffff:")  # an IPv4 address at a socket of IPv6
    return f"ipv6:%5B{host}%5D:{port}" if ":" in host else f"ipv4:{host}:{port}"


def forwarded(context: Any, proxies: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> str:
    """Return the last address that a trusted proxy names as its caller and that is none of theirs; empty if none is."""
    metadata = context.invocation_metadata() or () if proxies else ()
    sent = [host.strip() for key, value in metadata if key == "x-forwarded-for" for host in value.split(",")]
    if not sent:
        return ""
    hosts = [*sent, unquote(address_of(context.peer()).partition(":")[2]).strip("[]")]
    while len(hosts) > 1 and _is_in(hosts[-1], proxies):
        hosts.pop()
    return "" if len(hosts) > len(sent) else written_peer(hosts[-1], 0)


def _is_in(host: str, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks)


def remembered_as(who: str) -> str:
    """Return under which name the answers of who calls are remembered: those limited to other sites are others."""
    principal = CALLING.get()
    return who if principal is None or not principal.sites else f"{who} of {','.join(sorted(principal.sites))}"


SENDING_S = 0.006
"""Time for an answer from a worker to its caller, in seconds."""


PROTO_S_PER_BYTE = 2e-8
"""Time to send an answer as it is and to read it, in seconds for each byte."""

JSON_S_PER_BYTE = 2e-7
"""Time to write an answer in JSON, compress and send it, in seconds for each byte of the message: twice what it is."""


def sending_s_per_byte(context: Any) -> float:
    """Return how long each byte of a long answer takes on its way from here, in seconds."""
    return getattr(context, "sending_s_per_byte", PROTO_S_PER_BYTE)


def answer_by(deadline_s: float, sending_s: float = SENDING_S) -> float | None:
    """Return when an answer has to be ready for its caller to have it by a deadline; None where there is none."""
    return None if math.isinf(deadline_s) else deadline_s - sending_s


def deadline_of(context: Any) -> float:
    """Return when the caller waits no longer, by the clock ``time.monotonic``; infinity where it has not said."""
    now_s = time.monotonic()  # first: a pause between the two must not put it off
    left_s: float | None = context.time_remaining()
    return math.inf if left_s is None else now_s + left_s
