"""Authentication and authorization of callers. Every port checks both before it reads the request."""

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
    """The caller may not make this call.

    Attributes
    ----------
    why : str
        Reason in a few words, for log and metrics.
    credential : str
        Id of the credential that was sent, if known; never the secret.
    who : str
        The caller, such as ``token:hall-2``, if known.
    """

    def __init__(self, message: str, why: str, credential: str = "", who: str = "") -> None:
        super().__init__(message)
        self.why = why
        self.credential = credential
        self.who = who


class CredentialMissingError(DeniedError):
    """The call has no token, or the connection no certificate."""


class TokenNotValidError(DeniedError):
    """The token is unknown, revoked or expired."""


class ScopeMissingError(DeniedError):
    """The caller is known but may not call this method."""


class SiteNotAllowedError(DeniedError):
    """The caller is known but may not call for this site."""


class Scope(StrEnum):
    """A right that a token gives. No scope includes another."""

    PACK = "pack"
    """Plan orders and check plans, compute footprints, record outcomes."""

    READ = "read"
    """Read stored plans, catalogs, materials, carriers and markets."""

    CATALOGS = "catalogs"
    """Evaluate and design catalogs, and write and delete them."""

    ADMIN = "admin"
    """Delete stored plans; at the admin port, read metrics and the faults of files."""


REFLECTION = "ServerReflection/ServerReflectionInfo"

METRICS = "/metrics"
"""Name used in place of a method when metrics are read at the admin port."""

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
"""Scope that each method needs, by ``Service/Method``. Methods that are not listed are refused to all callers."""


def method_name(path: str) -> str:
    """Return ``Service/Method`` for the path of a call, such as ``/package.Service/Method``."""
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
"""Methods that are refused to tokens limited to sites, since they reach plans of every site, or data that all sites
use."""


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller.

    Attributes
    ----------
    who : str
        Name such as ``token:hall-2``, used by limits, remembered answers and audit lines.
    scopes : frozenset of Scope
        Scopes of the caller.
    sites : frozenset of str
        Ids of the sites for which it may call; empty means all.
    credential : str
        Credential that it used, such as the id of its token; never the secret.
    """

    who: str
    scopes: frozenset[Scope]
    sites: frozenset[str] = frozenset()
    credential: str = ""


CALLING: ContextVar[Principal | None] = ContextVar("calling", default=None)
"""Caller of the current task; None where callers are not authenticated."""


def certificate_name(common: Sequence[str], alternative: Sequence[str]) -> str:
    """Return the common name of a certificate or, without one, its first alternative name; never empty."""
    name = next(filter(None, (*common, *alternative)), "unnamed")
    return printable(name)[:100]


class Access:
    """Checks whether callers may call, and counts those that it refuses.

    With ``tokens`` callers need one of these. With ``certificates`` callers need a certificate, which the port has
    verified; without tokens it allows every method. With neither, all callers are allowed.
    """

    def __init__(self, metrics: Metrics, tokens: Tokens | None = None, *, certificates: bool = False) -> None:
        self._metrics = metrics
        self._tokens = tokens
        self._certificates = certificates

    @property
    def is_open(self) -> bool:
        """True if all callers are allowed."""
        return self._tokens is None and not self._certificates

    def authorize(self, context: Any, method: str) -> Principal | None:
        """Return the caller of ``Service/Method`` and set ``CALLING``; None where callers are not authenticated.

        Raises DeniedError if the caller may not call the method.
        """
        if self.is_open:
            return None
        with self._counted():
            principal = self._allowed(context, method)
        CALLING.set(principal)
        return principal

    def would_authorize(self, context: Any, method: str) -> bool:
        """Return whether ``authorize`` would succeed, without counting or setting anything."""
        try:
            return self.is_open or self._allowed(context, method) is not None
        except DeniedError:
            return False

    def _allowed(self, context: Any, method: str) -> Principal:
        principal = self._known(context)
        scope = Scope.ADMIN if method == METRICS else SCOPES.get(method)
        if scope is None or scope not in principal.scopes:
            needs = f"needs the scope {scope}, which this caller does not have"
            text = f"{method} {'is not offered to callers' if scope is None else needs}"
            raise ScopeMissingError(text, "scope", principal.credential, principal.who)
        if principal.sites and method in OF_ALL_SITES:
            text = f"{method} reaches plans of every site, but this token is limited to some sites"
            raise SiteNotAllowedError(text, "site", principal.credential, principal.who)
        return principal

    def _known(self, context: Any) -> Principal:
        """Return the caller by its token, or by its certificate where no tokens are needed."""
        sent = [_text(value) for key, value in context.invocation_metadata() or () if key == "authorization"]
        shown = context.auth_context() if self._certificates else {}
        names = ("x509_common_name", "x509_subject_alternative_name")
        common, others = ([_text(name) for name in shown.get(key, ())] for key in names)
        if self._certificates and not (common or others or "x509_pem_cert" in shown):
            rule = "a client certificate is required, signed by an authority of the setting client_ca"
            raise CredentialMissingError(rule, "no_certificate")
        if self._tokens is None:
            certificate = certificate_name(common, others)
            return Principal(f"certificate:{certificate}", frozenset(Scope), credential=certificate)
        if not sent:
            raise CredentialMissingError("send a token, as in `authorization: Bearer bxw_...`", "no_token")
        scheme, _, text = sent[0].strip().partition(" ")
        if len(sent) > 1 or scheme.lower() != "bearer":
            raise CredentialMissingError("send one authorization header: `Bearer` and the token", "no_token")
        token = self._tokens.found(text.strip())
        return Principal(token.who, token.scopes, token.sites, token.token_id)

    def check_again(self, principal: Principal | None) -> None:
        """Raise TokenNotValidError if a long call's token has expired or been revoked since the call began."""
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
    """Return whether the caller may see a site."""
    principal = CALLING.get()
    return principal is None or not principal.sites or site_id in principal.sites


def check_site(site: str, known: Collection[str] | None = None) -> None:
    """Check that the caller may use a site.

    Parameters
    ----------
    site : str
        Resource name; empty for an order without a site.
    known : collection of str, optional
        Ids of the sites of this server. Default: an unknown site is not an error here.

    Raises
    ------
    SiteNotAllowedError
        If the caller is limited to other sites.
    UnknownResourceError
        If the site is one of the caller's, but not in ``known``.
    """
    principal = CALLING.get()
    if principal is None or not principal.sites:
        return
    site_id = site.removeprefix("sites/")
    if site_id in principal.sites:
        if known is not None and site_id not in known:
            found = Findings()
            found.unknown("site", f"must name a site of this server, got {site!r:.120}")
            found.raise_any()
        return
    rule = "must be one of the sites of the token: " + ", ".join(f"sites/{site}" for site in sorted(principal.sites))
    raise SiteNotAllowedError(f"site: {rule}", "site", principal.credential, principal.who)


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


FORWARDED: ContextVar[str] = ContextVar("forwarded", default="")
"""Address of the caller of a gRPC call as a trusted proxy states it; empty without such a proxy."""


def caller(context: Any) -> str:
    """Return the name of the caller's token or certificate; its address where callers are not authenticated."""
    principal = CALLING.get()
    return address_of(peer_of(context)) if principal is None else principal.who


def peer_of(context: Any) -> str:
    """Return the caller's address as gRPC writes it."""
    return FORWARDED.get() or str(context.peer())


_ALL = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))


def written_peer(host: str, port: int) -> str:
    """Return an address as gRPC writes it, so that a caller has one name at all ports."""
    host = host.removeprefix("::ffff:")  # an IPv4 address at an IPv6 socket
    return f"ipv6:%5B{host}%5D:{port}" if ":" in host else f"ipv4:{host}:{port}"


def forwarded(context: Any, proxies: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> str:
    """Return the last address in X-Forwarded-For that is not a trusted proxy; empty if there is no such address."""
    metadata = context.invocation_metadata() or () if proxies else ()
    sent = [host.strip() for key, value in metadata if key == "x-forwarded-for" for host in value.split(",")]
    if not sent:
        return ""
    hosts = [*sent, unquote(address_of(context.peer()).partition(":")[2]).strip("[]")]
    while len(hosts) > 1 and _is_in(hosts[-1], proxies):
        hosts.pop()
    return "" if len(hosts) > len(sent) or not _is_in(hosts[-1], _ALL) else written_peer(hosts[-1], 0)


def _is_in(host: str, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks)


def remembered_as(who: str) -> str:
    """Return the name that a caller's answers are remembered under. It includes the sites of a limited token."""
    principal = CALLING.get()
    return who if principal is None or not principal.sites else f"{who} of {','.join(sorted(principal.sites))}"


SENDING_S = 0.006
"""Time reserved for an answer to get from a worker to its caller, in seconds."""


def answer_by(deadline_s: float, sending_s: float = SENDING_S) -> float | None:
    """Return the time at which an answer must be ready to reach its caller by a deadline; None without a deadline."""
    return None if math.isinf(deadline_s) else deadline_s - sending_s


def deadline_of(context: Any) -> float:
    """Return the caller's deadline by ``time.monotonic``; infinity if there is none."""
    now_s = time.monotonic()  # read first, so that a pause between the two reads cannot postpone the deadline
    left_s: float | None = context.time_remaining()
    return math.inf if left_s is None else now_s + left_s
