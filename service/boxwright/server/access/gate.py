"""Who calls, and whether they may: asked at every door, before anything of a request is read."""

from collections.abc import Collection
from typing import Any

from boxwright.findings import Findings
from boxwright.server.access.denied import (
    CredentialMissingError,
    DeniedError,
    ScopeMissingError,
    SiteNotAllowedError,
    TokenNotValidError,
)
from boxwright.server.access.principal import CALLING, Principal, certificate_name
from boxwright.server.access.scopes import OF_ALL_SITES, SCOPES, Scope
from boxwright.server.access.tokens import Tokens, called
from boxwright.server.metrics import Metrics

EVERYTHING = frozenset(Scope)


class Gate:
    """Lets callers in: with tokens whoever has one, with certificates whoever has shown one, else anybody.

    Parameters
    ----------
    metrics : Metrics
        Where those who are not let in are counted.
    tokens : Tokens, optional
        Those that let in. Default: callers need none.
    certificates : bool, optional
        Whether callers need a certificate, which the door has looked at. Without tokens it allows everything.
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
        """Return who calls a method, and remember it for this task; None where anybody may.

        Parameters
        ----------
        context : grpc.aio.ServicerContext or Call
            Of the call.
        method : str
            Service and method.

        Raises
        ------
        DeniedError
            If they may not.
        """
        if self.is_open:
            return None
        try:
            principal = self._allowed(context, method)
        except DeniedError as error:
            self._metrics.denied.labels(error.why).inc()
            raise
        CALLING.set(principal)
        return principal

    def would_let_in(self, context: Any, method: str) -> bool:
        """Return whether ``let_in`` will; nothing is counted or remembered."""
        try:
            return self.is_open or self._allowed(context, method) is not None
        except DeniedError:
            return False

    def _allowed(self, context: Any, method: str) -> Principal:
        sent = [value for key, value in context.invocation_metadata() or () if key == "authorization"]
        shown = context.auth_context() if self._certificates else {}
        common, others = ([_text(each) for each in shown.get(key, ())] for key in _NAMES_IN)
        name = certificate_name(common, others) if common or others or "x509_pem_cert" in shown else ""
        principal = self._known([_text(each) for each in sent], name)
        _check_scope(principal, SCOPES.get(method), method)
        return principal

    def let_read_metrics(self, authorization: list[str], certificate: str) -> None:
        """Raise DeniedError where a caller of the admin port may not read metrics."""
        try:
            self._check_admin(authorization, certificate)
        except DeniedError as error:
            self._metrics.denied.labels(error.why).inc()
            raise

    def may_read_metrics(self, authorization: list[str], certificate: str) -> bool:
        """Return whether a caller of the admin port may read metrics; nothing is counted."""
        try:
            self._check_admin(authorization, certificate)
        except DeniedError:
            return False
        return True

    def _check_admin(self, authorization: list[str], certificate: str) -> None:
        if not self.is_open:
            _check_scope(self._known(authorization, certificate), Scope.ADMIN, "/metrics")

    def still(self, principal: Principal | None) -> None:
        """Raise TokenNotValidError where a caller that was let in would not be any more; asked of long calls."""
        if self._tokens is not None and principal is not None:
            try:
                self._tokens.check(principal.credential)
            except TokenNotValidError as error:
                self._metrics.denied.labels(error.why).inc()
                raise

    def _known(self, authorization: list[str], certificate: str) -> Principal:
        if self._certificates and not certificate:
            raise CredentialMissingError(
                "a certificate of this server's authority (client_ca) is required", "no_certificate"
            )
        if self._tokens is None:
            return Principal(f"certificate:{certificate}", EVERYTHING, credential=certificate)
        if not authorization:
            raise CredentialMissingError("a token is required, as in `authorization: Bearer bxw_...`", "no_token")
        scheme, _, text = authorization[0].strip().partition(" ")
        if len(authorization) > 1 or scheme.lower() != "bearer":
            raise CredentialMissingError("authorization must be sent once, as `Bearer` and the token", "no_token")
        token = self._tokens.found(text.strip())
        return Principal(called(token), token.scopes, token.sites, token.token_id)


_NAMES_IN = ("x509_common_name", "x509_subject_alternative_name")


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
    rule = "must be one of the sites of the token: " + ", ".join(f"sites/{each}" for each in sorted(principal.sites))
    raise SiteNotAllowedError(f"site: {rule}", "site", principal.credential, principal.who)


def _check_scope(principal: Principal, scope: Scope | None, method: str) -> None:
    if scope is None or scope not in principal.scopes:
        needs = "is answered to nobody" if scope is None else f"needs the scope {scope}"
        text = f"{method} {needs}, which this caller does not have"
        raise ScopeMissingError(text, "scope", principal.credential, principal.who)
    if principal.sites and method in OF_ALL_SITES:
        text = f"{method} reaches plans of every site, and the token is limited to some"
        raise SiteNotAllowedError(text, "site", principal.credential, principal.who)


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
