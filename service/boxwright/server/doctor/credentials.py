"""Certificates and tokens: whether they let callers in, and for how long."""

import datetime as dt
import time
from collections.abc import Collection, Iterator, Sequence

from boxwright.errors import InvalidInputError
from boxwright.server.access.pem_files import Authority, Files, read_pems, shown
from boxwright.server.access.scopes import Scope
from boxwright.server.access.token_file import Token, last_of_each, read_tokens
from boxwright.server.access.token_store import tokens_of
from boxwright.server.doctor.finding import Finding, Level, faults
from boxwright.server.doctor.ports import DOORS
from boxwright.server.plan_archive import opened
from boxwright.server.settings import Settings, host_and_port, is_loopback
from boxwright.store import StoreError

SOON = dt.timedelta(days=14)
"""How long before its end a certificate or token is to be renewed."""


def look_at_certificates(settings: Settings) -> Iterator[Finding]:
    """Yield lines on the files of certificates."""
    if not settings.tls_certificate:
        says = "connections are not encrypted"
        if only_loopback(settings):
            yield Finding("certificates", Level.OK, f"{says}, and come from this machine alone")
        else:
            mend = "set tls_certificate and tls_key, unless what stands in front of the server encrypts"
            yield Finding("certificates", Level.WARN, says, mend)
        return
    try:
        pems = read_pems(Files(settings.tls_certificate, settings.tls_key, settings.client_ca))
    except InvalidInputError as error:
        yield from faults("certificates", error)
        return
    soon_s = time.time() + SOON.total_seconds()
    says = f"{settings.tls_certificate} fits its key and ends {shown(pems.expires_s)}"
    if pems.expires_s < soon_s:
        yield Finding("certificates", Level.WARN, says, "put a new one in its place; a running server takes it over")
    else:
        yield Finding("certificates", Level.OK, says)
    if settings.client_ca:
        yield Finding("certificates", Level.OK, f"callers need a certificate of {settings.client_ca}")
        yield from _authorities(settings.client_ca, pems.authorities)


def _authorities(name: str, authorities: Sequence[Authority]) -> Iterator[Finding]:
    """Yield a line on each authority of callers that is not valid, or not for long."""
    now_s = time.time()
    for each in authorities:
        if each.begins_s > now_s:
            says, mend = f"begins {shown(each.begins_s)}", "look at the clock, or wait for it"
        elif each.expires_s < now_s:
            says, mend = f"ended {shown(each.expires_s)}", "take it out, or put the one that follows in its place"
        elif each.expires_s < now_s + SOON.total_seconds():
            says, mend = (
                f"ends {shown(each.expires_s)}",
                "add the one that follows, and have callers' certificates made by it",
            )
        else:
            continue
        yield Finding("certificates", Level.WARN, f"authority {each.name} of {name} {says}", mend)


def look_at_tokens(settings: Settings) -> Iterator[Finding | Sequence[Token]]:
    """Yield lines on who may call, and the tokens that are valid where there are any."""
    if not settings.needs_tokens:
        yield _without_tokens(settings)
        return
    try:
        tokens = _all_tokens(settings)
    except InvalidInputError as error:
        yield from faults("tokens", error)
        return
    except StoreError as error:
        yield Finding(
            "tokens", Level.FAIL, f"those of the store are not read: {error}", "see what is said of the store"
        )
        return
    where = " and ".join(filter(None, (settings.tokens_file, "the store" if settings.tokens_in_store else "")))
    now = dt.datetime.now(dt.UTC)
    valid = [each for each in tokens if each.state(now) == "valid"]
    says = f"{len(valid)} of {len(tokens)} in {where} are valid"
    if not valid:
        yield Finding("tokens", Level.FAIL, f"{says}: nobody is let in", "make one: boxwright tokens create")
        return
    yield Finding("tokens", Level.OK, says)
    for each in last_of_each(valid, now):
        if each.expires is None or each.expires - now >= SOON:
            continue
        says = (
            f"token {each.token_id} of {each.name} ends {each.expires:%Y-%m-%d %H:%M %Z}, and {each.name} has no later"
        )
        yield Finding("tokens", Level.WARN, says, "make another of the same name and hand it out")
    if not any(Scope.ADMIN in each.scopes for each in valid):
        mend = "boxwright tokens create prometheus --scope admin"
        yield Finding("tokens", Level.WARN, "none has the scope admin: nobody may read /metrics", mend)
    yield valid


def look_at_sites_of(tokens: Sequence[Token], served: Collection[str]) -> Iterator[Finding]:
    """Yield a line for each holder of tokens that are limited to sites of which some are not served."""
    lacking: dict[str, set[str]] = {}
    for each in tokens:
        if strange := each.sites.difference(served):
            lacking.setdefault(each.name, set()).update(strange)
    for name, sites in sorted(lacking.items()):
        says = f"tokens of {name} name sites that are not served: {', '.join(sorted(sites))}"
        mend = "add them to the file of sites, or make a token for sites that are there"
        yield Finding("tokens", Level.WARN, says, mend)


def _all_tokens(settings: Settings) -> list[Token]:
    """Return the tokens of the file and of the store, where they let in."""
    tokens = list(read_tokens(settings.tokens_file)) if settings.tokens_file else []
    if settings.tokens_in_store:
        with opened(settings.store) as store:
            tokens += tokens_of(store.tokens.all())
    return tokens


def _without_tokens(settings: Settings) -> Finding:
    if settings.client_ca:
        return Finding("tokens", Level.OK, "none are asked for: callers are known by their certificates")
    if only_loopback(settings):
        return Finding("tokens", Level.OK, "none are asked for: callers come from this machine alone")
    mend = "set tokens_file, tokens_in_store or client_ca, unless a firewall or mesh keeps others away"
    return Finding("tokens", Level.WARN, "anybody who reaches the server may call (allow_unauthenticated)", mend)


def only_loopback(settings: Settings) -> bool:
    """Return whether this machine alone reaches the doors."""
    return all(is_loopback(host_and_port(getattr(settings, name))[0]) for name in DOORS if getattr(settings, name))
