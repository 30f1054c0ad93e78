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
from boxwright.cli.options import PATH, FiniteRange
from boxwright.server.access.auth import Scope
from boxwright.server.access.tokens import (
    MOST_TOKENS,
    NAME,
    SITE,
    Token,
    new_token,
    read_tokens,
    written,
)

SYSTEM_LOG = "/dev/log"
"""Socket of the system log on Linux (syslog(3)), read by journald and syslogd."""
PRIORITY = 10 * 8 + 5
"""LOG_AUTHPRIV, LOG_NOTICE: messages on security (RFC 5424, 6.2.1)."""
WAIT_S = 1.0
"""Time limit for writing to the log, in seconds; the token is valid even if the log fails."""
FILE = click.option(
    *("--tokens-file", "file"),
    type=PATH,
    metavar="FILE",
    envvar="BOXWRIGHT_TOKENS_FILE",
    required=True,
    help="File of the tokens.  [default: BOXWRIGHT_TOKENS_FILE]",
)


@click.group("tokens", cls=CommandGroup)
def command() -> None:
    """Make, list and revoke tokens of a server's callers.

    A running server applies the changes. The file holds hashes of the tokens. A token is printed once and never stored.
    """


@command.command("create")
@FILE
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
    help="Days until the token expires.",
)
def create(file: Path, name: str, scopes: tuple[str, ...], sites: tuple[str, ...], days: float | None) -> None:
    """Make a token for NAME, and print it.

    Limits and logs treat tokens with the same NAME as one caller. To renew a token, make a new token, hand it out, and
    revoke the old one.
    """
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
    with _alone(file.resolve().parent):
        tokens = read_tokens(str(file)) if file.exists() else ()
        if len(tokens) >= MOST_TOKENS:
            raise refusal("NAME", f"cannot be added: a file holds at most {MOST_TOKENS:,} tokens")
        write_whole(file, written([*tokens, token]), private=True)
    _tell_system("created", token)
    until = "until it is revoked" if ends is None else f"until {ends:%Y-%m-%d %H:%M} UTC"
    click.echo(f"Token {token.token_id} of {name}, {until}. It is shown now and never again:", err=True)
    click.echo(text)


@command.command("list")
@FILE
def list_tokens(file: Path) -> None:
    """List tokens, without their secrets."""
    from boxwright.cli.output import show, table_of

    rows = []
    for token in read_tokens(str(file)):
        end, sites = token.revoked or token.expires, ", ".join(sorted(token.sites)) or "all"
        made = f"{token.created.astimezone(dt.UTC):%Y-%m-%d}"
        until = f"{end.astimezone(dt.UTC):%Y-%m-%d %H:%M}" if end else "never"
        state = token.state(_now())
        rows.append((token.token_id, token.name, ", ".join(sorted(token.scopes)), sites, made, until, state))
    show(table_of(("Id", "Name", "Scopes", "Sites", "Made (UTC)", "Ends (UTC)", "State"), rows))


@command.command("revoke")
@FILE
@click.argument("token_id", metavar="ID")
def revoke(file: Path, token_id: str) -> None:
    """Revoke a token by its ID; a running server refuses it within seconds."""
    with _alone(file.resolve().parent):
        tokens = {token.token_id: token for token in read_tokens(str(file))}
        if (token := tokens.get(token_id)) is None:
            raise refusal("ID", f"must be the id of a token of this file, got {token_id!r:.70}")
        if token.revoked is None:
            token = tokens[token_id] = replace(token, revoked=_now())
            write_whole(file, written(tokens.values()), private=True)
    _tell_system("revoked", token)
    click.echo(f"Token {token_id} of {token.name} is revoked.")


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


def _tell_system(outcome: str, token: Token) -> None:
    """Record the change and its user in the system log, if there is one."""
    user = str(os.getuid()) if hasattr(os, "getuid") else "unknown"
    with contextlib.suppress(ImportError, KeyError):  # the user of the process: the environment can be forged
        import pwd

        user = pwd.getpwuid(int(user)).pw_name
    entry = {"message": "audit", "what": "token", "outcome": outcome, "who": f"user:{user}", **token.facts(outcome)}
    line = f"<{PRIORITY}>boxwright: {json.dumps(entry)}"
    with contextlib.suppress(OSError, AttributeError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.settimeout(WAIT_S)
        log.connect(SYSTEM_LOG)
        log.send(line.encode())


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
