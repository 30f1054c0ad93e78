"""Checks for faults that prevent a start or soon will, for ``boxwright serve --check`` and warnings at the start."""

import datetime as dt
import logging
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from boxwright.errors import BoxwrightError, InvalidInputError, printable
from boxwright.server.access.auth import Scope
from boxwright.server.access.certificates import Certificates, shown_time
from boxwright.server.access.tokens import last_of_each, read_tokens
from boxwright.server.answers.dataset import Dataset, LoadedFiles
from boxwright.server.logs import log
from boxwright.server.settings import Settings, host_and_port, is_loopback
from boxwright.server.stored.written import Written
from boxwright.store import StoreAbsentError, StoreError, opened
from boxwright.store.url import shown_url, sqlite_path

ADDRESSES = ("address", "admin_address", "http_address")

SOON = dt.timedelta(days=14)
"""A certificate or token should be renewed if it expires within this time."""

LEAST_FREE_BYTES = 256 << 20
"""Free disk space that an SQLite store needs."""


class CheckLine(NamedTuple):
    """Result of a check, such as ``tokens``, with the remedy and without secrets.

    With ``fail`` the server does not start or refuses all callers; with ``warn`` it starts.
    """

    what: str
    level: Literal["ok", "warn", "fail"]
    text: str


class ServerStartError(BoxwrightError):
    """The server cannot start, for example because a port is in use."""


def _held(settings: Settings) -> Written:
    """Return the catalogs in the store, without changing it."""
    if not settings.store:
        return Written()
    try:
        with opened(settings.store) as store:
            return Written.read(store.read)
    except StoreAbsentError:
        return Written()
    except StoreError:
        return Written(unread=True)  # the check of the store reports the reason


def say_who_may_call(settings: Settings) -> None:
    """Log warnings about callers that the operator may not expect."""
    if not settings.callers_are_known:
        log(logging.WARNING, "callers are not authenticated: all who reach these addresses may call")
    elif settings.tokens_file and not settings.tls_certificate:
        log(logging.WARNING, "tokens travel unencrypted: set tls_certificate, unless a proxy in front encrypts")


def check_all(settings: Settings) -> Iterator[CheckLine]:
    """Yield a line for each requirement of a server with these settings. Nothing is created or changed."""
    for what, look in _LOOKS.items():
        try:
            for level, text in look(settings):
                yield CheckLine(what, level, printable(text))
        except (BoxwrightError, OSError) as error:
            file = getattr(error, "file", "")
            for fault in error.violations if isinstance(error, InvalidInputError) else [error]:
                yield CheckLine(what, "fail", printable(f"{file}: {fault}" if file else str(fault)))


Found = Iterator[tuple[Literal["ok", "warn", "fail"], str]]


def _only_here(settings: Settings) -> bool:
    return all(is_loopback(host_and_port(address)[0]) for name in ADDRESSES if (address := getattr(settings, name)))


def _certificates(settings: Settings) -> Found:
    if not settings.tls_certificate:
        yield "ok" if _only_here(settings) else "warn", "none: connections are not encrypted here"
        return
    for (setting,), end_s in Certificates(settings).ends().items():
        soon = end_s < time.time() + SOON.total_seconds()
        yield "warn" if soon else "ok", f"{setting} {getattr(settings, setting)} expires {shown_time(end_s)}"


def _tokens(settings: Settings) -> Found:
    if not settings.tokens_file:
        if not settings.callers_are_known and not _only_here(settings):
            yield "warn", "all who reach the server may call (allow_unauthenticated)"
        return
    tokens = read_tokens(settings.tokens_file)
    now = dt.datetime.now(dt.UTC)
    valid = [token for token in tokens if token.state(now) == "valid"]
    if not valid:
        yield "fail", f"none of {len(tokens)} is valid, so every caller is refused: run boxwright tokens create"
        return
    yield "ok", f"{len(valid)} of {len(tokens)} are valid"
    for token in last_of_each(valid, now):
        if token.expires is not None and token.expires - now < SOON:
            yield (
                "warn",
                f"{token.token_id}, the last valid one of {token.name}, expires {token.expires:%Y-%m-%d %H:%M %Z}",
            )
    if not any(Scope.ADMIN in token.scopes for token in valid):
        yield "warn", "none has the scope admin, so no caller may read /metrics"


def _store(settings: Settings) -> Found:
    if not settings.store:
        yield "ok", "none: plans are not stored"
        return
    where, folder = shown_url(settings.store), Path(sqlite_path(settings.store) or "/").parent
    free_bytes = shutil.disk_usage(folder).free if folder.is_dir() else LEAST_FREE_BYTES
    if sqlite_path(settings.store) and free_bytes < LEAST_FREE_BYTES:
        yield "fail", f"{folder} has {free_bytes >> 20:,} MiB free: a full disk stores no plan"
    try:
        with opened(settings.store) as store:
            store.check_writable()
        yield "ok", f"{where} can be read and written"
    except StoreAbsentError:
        yield "ok", f"{where} will be created at the first start"


def _catalogs(settings: Settings) -> Found:
    files = LoadedFiles.read(settings)
    Dataset.of(files, _held(settings), strict=False)
    yield "ok", f"{len(files.catalogs)} catalogs and {len(files.sites)} sites in files are valid"
    if not settings.default_catalog and not (files.sites and all(site.catalog_id for site in files.sites)):
        yield "warn", "there is no default_catalog: requests that name no catalog are refused"


_LOOKS: Mapping[str, Callable[[Settings], Found]] = {
    "certificates": _certificates,
    "tokens": _tokens,
    "store": _store,
    "catalogs": _catalogs,
}
