"""``boxwright tokens``: manages the tokens of a server's callers."""

import contextlib
import datetime as dt
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from boxwright.cli.failures import CommandGroup, refusal
from boxwright.cli.files import write_whole
from boxwright.cli.options import PATH, FiniteRange, with_options
from boxwright.server.access.auth import Scope
from boxwright.server.access.tokens import (
    MOST_TOKENS,
    NAME,
    SITE,
    Token,
    new_token,
    read_tokens,
    record_of,
    tokens_of,
    written,
)
from boxwright.server.settings.sources import read_secret
from boxwright.store import opened

SYSTEM_LOG = "/dev/log"
"""Socket of the system log on Linux (syslog(3)), read by journald and syslogd."""
PRIORITY = 10 * 8 + 5
"""LOG_AUTHPRIV, LOG_NOTICE: messages on security (RFC 5424, 6.2.1)."""
WAIT_S = 1.0
"""Time limit for writing to the log, in seconds; the token is valid even if the log fails."""
_FILE, _STORE = "BOXWRIGHT_TOKENS_FILE", "BOXWRIGHT_STORE"
_SOURCE = (
    click.option("--tokens-file", "file", type=PATH, metavar="FILE", help=f"File of the tokens.  [default: {_FILE}]"),
    click.option(
        "--store",
        metavar="URL",
        help="Store of the tokens, a URL without a password, if `tokens_in_store` is set.  [default:"
        f" {_STORE}, or the file that {_STORE}_FILE names]",
    ),
)


@click.group("tokens", cls=CommandGroup)
def command() -> None:
    """Make, list and revoke tokens of a server's callers.

    A running server applies the changes. Hashes of the tokens are kept in a file (--tokens-file), or in a store
    (--store) that replicas share. A token is printed once and never stored.
    """


@command.command("create")
@with_options(*_SOURCE)
@click.argument("name", metavar="NAME")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What the token allows; repeatable. pack: plan orders and check plans; read: read plans, catalogs and data;"
    " catalogs: evaluate, design and change catalogs; admin: read metrics.",
)
@click.option("--site", "sites", multiple=True, metavar="SITE", help="Allow only this site; repeatable.")
@click.option(
    "--expires-days",
    "days",
    type=FiniteRange(0, 36_500, min_open=True),
    metavar="DAYS",
    help="Days until the token ends.",
)
def create(
    file: Path | None, store: str | None, name: str, scopes: tuple[str, ...], sites: tuple[str, ...], days: float | None
) -> None:
    """Make a token for NAME, and print it.

    Limits and logs treat tokens with the same NAME as one caller. To renew a token, make a new token, hand it out, and
    revoke the old one.
    """
    source = _Kept(file, store)
    if NAME.fullmatch(name) is None:
        rule = "must be 1 to 64 letters, digits, dots, dashes and underscores, and begin with a letter or digit"
        raise refusal("NAME", rule)
    sites = tuple(site.removeprefix("sites/") for site in sites)
    for site in sites:
        if SITE.fullmatch(site) is None:
            raise refusal("--site", f"must be the id of a site, such as hall-2, got {site!r:.70}")
    now = _now()
    ends = None if days is None else now + dt.timedelta(days=days)
    text, token = new_token(name, map(Scope, scopes), sites, now, ends)
    if not source.add(token):
        rule = f"cannot be added: the {source.of} already holds the maximum of {MOST_TOKENS:,} tokens"
        raise refusal("NAME", rule)
    _tell_system("created", token, source.of)
    until = "until it is revoked" if ends is None else f"until {ends:%Y-%m-%d %H:%M} UTC"
    click.echo(f"Token {token.token_id} of {name}, {until}. It is shown now and never again:", err=True)
    click.echo(text)


@command.command("list")
@with_options(*_SOURCE)
def list_tokens(file: Path | None, store: str | None) -> None:
    """List tokens, without their secrets."""
    from boxwright.cli.output import show, table_of

    rows = []
    for token in _Kept(file, store).all():
        end, sites = token.revoked or token.expires, ", ".join(sorted(token.sites)) or "all"
        made = f"{token.created.astimezone(dt.UTC):%Y-%m-%d}"
        until = f"{end.astimezone(dt.UTC):%Y-%m-%d %H:%M}" if end else "never"
        state = token.state(_now())
        rows.append((token.token_id, token.name, ", ".join(sorted(token.scopes)), sites, made, until, state))
    show(table_of(("Id", "Name", "Scopes", "Sites", "Made (UTC)", "Ends (UTC)", "State"), rows))


@command.command("revoke")
@with_options(*_SOURCE)
@click.argument("token_id", metavar="ID")
def revoke(file: Path | None, store: str | None, token_id: str) -> None:
    """Revoke a token by its ID; a running server refuses it within seconds."""
    source = _Kept(file, store)
    token = source.revoke(token_id, _now())
    if token is None:
        raise refusal("ID", f"must be the id of a token of this {source.of}, got {token_id!r:.70}")
    _tell_system("revoked", token, source.of)
    click.echo(f"Token {token_id} of {token.name} is revoked.")


class _Kept:
    """Tokens in the file or store that options or the environment name; a file takes precedence."""

    def __init__(self, file: Path | None, store: str | None) -> None:
        if file and store:
            raise refusal("--store", "must not be given with --tokens-file")
        if not file and not store and (named := os.environ.get(_FILE)):
            file = Path(named)
        url = "" if file else read_secret("store", os.environ, {"store": store or None})
        if not file and not url:
            raise refusal("--tokens-file", f"or --store is required; {_FILE}, {_STORE} and {_STORE}_FILE are not set")
        self._file, self._url, self.of = file, url, "file" if file else "store"

    def all(self) -> tuple[Token, ...]:
        if self._file:
            return read_tokens(str(self._file))
        with opened(self._url, make=True) as kept:
            return tokens_of(kept.tokens.all())

    def add(self, token: Token) -> bool:
        if not self._file:
            with opened(self._url, make=True) as kept:
                return kept.tokens.add(record_of(token), MOST_TOKENS)
        with _alone(self._file.resolve().parent):
            tokens = self.all() if self._file.exists() else ()
            if len(tokens) < MOST_TOKENS:
                write_whole(self._file, written([*tokens, token]), private=True)
        return len(tokens) < MOST_TOKENS

    def revoke(self, token_id: str, now: dt.datetime) -> Token | None:
        """Revoke and return the token with an id; None if it does not exist."""
        if not self._file:
            with opened(self._url, make=True) as kept:
                record = kept.tokens.revoke(token_id, now.isoformat())
            return None if record is None else tokens_of([record])[0]
        with _alone(self._file.resolve().parent):
            tokens = {token.token_id: token for token in self.all()}
            if token_id in tokens and tokens[token_id].revoked is None:
                tokens[token_id] = replace(tokens[token_id], revoked=now)
                write_whole(self._file, written(tokens.values()), private=True)
            return tokens.get(token_id)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # Windows has none
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _tell_system(outcome: str, token: Token, kept_in: str) -> None:
    """Record the change and its user in the system log, if there is one."""
    user = str(os.getuid()) if hasattr(os, "getuid") else "unknown"
    with contextlib.suppress(ImportError, KeyError):  # of the process, since the environment can be forged
        import pwd

        user = pwd.getpwuid(int(user)).pw_name
    entry = {"message": "audit", "what": "token", "outcome": outcome, "who": f"user:{user}", **token.facts(outcome)}
    line = f"<{PRIORITY}>boxwright: {json.dumps(entry | {'kept_in': kept_in})}"
    with contextlib.suppress(OSError, AttributeError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.settimeout(WAIT_S)
        log.connect(SYSTEM_LOG)
        log.send(line.encode())


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
