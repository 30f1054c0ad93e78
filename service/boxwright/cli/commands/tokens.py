"""``boxwright tokens``: who may call a server."""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.failures import refusal, told_to_users

if TYPE_CHECKING:
    from boxwright.server.access.token_file import Token

SCOPES = ("pack", "read", "catalogs", "admin")
"""What a token may allow; a test holds them to those of the server."""


def _file_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--tokens-file",
        "file",
        required=True,
        envvar="BOXWRIGHT_TOKENS_FILE",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The file, as of `boxwright serve`.  [default: BOXWRIGHT_TOKENS_FILE]",
    )(command)


@click.group("tokens")
def command() -> None:
    """Make, list and revoke the tokens that let callers into a server; it may be running, and sees what changes.

    The file holds a hash of each token. A token itself is printed once, and kept nowhere.
    """


@command.command("create")
@_file_option
@click.argument("name", metavar="NAME")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(SCOPES),
    help="What it allows; may be repeated. pack: plan and judge orders; read: read plans, catalogs and data; catalogs:"
    " judge and change catalogs; admin: read metrics.",
)
@click.option("--site", "sites", multiple=True, metavar="SITE", help="Allow this site alone; may be repeated.")
@click.option("--expires-days", type=click.FloatRange(0, 36_500, min_open=True), metavar="DAYS", help="When it ends.")
def create(file: Path, name: str, scopes: tuple[str, ...], sites: tuple[str, ...], expires_days: float | None) -> None:
    """Make a token for NAME, and print it.

    Tokens of one NAME are one caller to limits and logs: to renew one, make another, hand it out, then revoke the old.
    """
    from boxwright.server.access.scopes import Scope
    from boxwright.server.access.token_file import MOST_TOKENS, NAME, SITE, new_token

    with told_to_users():
        if NAME.fullmatch(name) is None:
            raise refusal(
                "NAME",
                "must be 1 to 64 letters, digits, dots, dashes and underscores, and begin with none of those signs",
            )
        sites = tuple(each.removeprefix("sites/") for each in sites)
        for each in sites:
            if SITE.fullmatch(each) is None:
                raise refusal("--site", f"must be the id of a site, such as hall-2, got {each!r:.70}")
        now = _now()
        ends = None if expires_days is None else now + dt.timedelta(days=expires_days)
        with _changing(file, may_be_missing=True) as tokens:
            if len(tokens) >= MOST_TOKENS:
                raise refusal("--tokens-file", f"holds {MOST_TOKENS:,} tokens, as many as it may")
            text, token = new_token(name, map(Scope, scopes), sites, now, ends)
            tokens.append(token)
        until = "until it is revoked" if ends is None else f"until {ends:%Y-%m-%d %H:%M} UTC"
        click.echo(f"Token {token.token_id} of {name}, {until}. It is shown now and never again:", err=True)
        click.echo(text)


@command.command("list")
@_file_option
def list_tokens(file: Path) -> None:
    """List tokens, without their secrets."""
    from boxwright.cli.console import output
    from boxwright.cli.tables import plain_table
    from boxwright.server.access.token_file import read_tokens

    with told_to_users():
        table = plain_table("Id", "Name", "Scopes", "Sites", "Made (UTC)", "Ends (UTC)", "State")
        for each in read_tokens(str(file)):
            end = each.revoked or each.expires
            table.row(
                each.token_id,
                each.name,
                ", ".join(sorted(each.scopes)),
                ", ".join(sorted(each.sites)) or "all",
                f"{each.created.astimezone(dt.UTC):%Y-%m-%d}",
                f"{end.astimezone(dt.UTC):%Y-%m-%d %H:%M}" if end else "never",
                each.state(_now()),
            )
        output().print(table)


@command.command("revoke")
@_file_option
@click.argument("token_id", metavar="ID")
def revoke(file: Path, token_id: str) -> None:
    """Revoke a token by its ID; a running server lets it in no more within some seconds."""
    with told_to_users(), _changing(file) as tokens:
        at = next((index for index, each in enumerate(tokens) if each.token_id == token_id), None)
        if at is None:
            raise refusal("ID", f"names no token of this file, got {token_id!r:.70}")
        if tokens[at].revoked is None:
            tokens[at] = replace(tokens[at], revoked=_now())
        click.echo(f"Token {token_id} of {tokens[at].name} is revoked.")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


@contextlib.contextmanager
def _changing(file: Path, *, may_be_missing: bool = False) -> "Iterator[list[Token]]":
    """Let the tokens of a file be changed by one command at a time; it is written whole or not at all."""
    from boxwright.cli.atomic import whole_file
    from boxwright.server.access.token_file import read_tokens, written

    with _alone(file.resolve().parent):
        tokens = [] if may_be_missing and not file.exists() else list(read_tokens(str(file)))
        yield tokens
        with whole_file(file, private=True) as out:
            out.write(written(tokens))


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other commands away from the files of a folder, where the system has such locks."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    import os

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
