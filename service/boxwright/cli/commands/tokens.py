"""``boxwright tokens``: who may call a server."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from boxwright.cli.failures import refusal, told_to_users
from boxwright.cli.options import FiniteRange
from boxwright.cli.token_audit import tell_system
from boxwright.cli.token_source import source_of

SCOPES = ("pack", "read", "catalogs", "admin")
"""What a token may allow; a test holds them to those of the server."""


def _source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where tokens are kept."""
    command = click.option(
        "--store",
        metavar="URL",
        help="The store that keeps them, where `tokens_in_store` is set, without a password.  [default:"
        " BOXWRIGHT_STORE, else the file that BOXWRIGHT_STORE_FILE names]",
    )(command)
    return click.option(
        "--tokens-file",
        "file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The file that keeps them.  [default: BOXWRIGHT_TOKENS_FILE]",
    )(command)


@click.group("tokens")
def command() -> None:
    """Make, list and revoke the tokens that let callers into a server; it may be running, and sees what changes.

    They are kept in a file (--tokens-file), or in a store (--store) that replicas share: as a hash each. A token itself
    is printed once, and kept nowhere.
    """


@command.command("create")
@_source_options
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
@click.option("--expires-days", type=FiniteRange(0, 36_500, min_open=True), metavar="DAYS", help="When it ends.")
def create(
    file: Path | None,
    store: str | None,
    name: str,
    scopes: tuple[str, ...],
    sites: tuple[str, ...],
    expires_days: float | None,
) -> None:
    """Make a token for NAME, and print it.

    Tokens of one NAME are one caller to limits and logs: to renew one, make another, hand it out, then revoke the old.
    """
    from boxwright.server.access.scopes import Scope
    from boxwright.server.access.token_file import MOST_TOKENS, NAME, SITE, new_token

    with told_to_users():
        source = source_of(file, store)
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
        text, token = new_token(name, map(Scope, scopes), sites, now, ends)
        if not source.add(token):
            raise refusal(
                "NAME", f"must not be one more: the {source.of} holds {MOST_TOKENS:,} tokens, as many as it may"
            )
        tell_system("created", token, source.of)
        until = "until it is revoked" if ends is None else f"until {ends:%Y-%m-%d %H:%M} UTC"
        click.echo(f"Token {token.token_id} of {name}, {until}. It is shown now and never again:", err=True)
        click.echo(text)


@command.command("list")
@_source_options
def list_tokens(file: Path | None, store: str | None) -> None:
    """List tokens, without their secrets."""
    from boxwright.cli.console import output
    from boxwright.cli.tables import plain_table

    with told_to_users():
        table = plain_table("Id", "Name", "Scopes", "Sites", "Made (UTC)", "Ends (UTC)", "State")
        for each in source_of(file, store).all():
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
@_source_options
@click.argument("token_id", metavar="ID")
def revoke(file: Path | None, store: str | None, token_id: str) -> None:
    """Revoke a token by its ID; a running server lets it in no more within some seconds."""
    with told_to_users():
        source = source_of(file, store)
        token = source.revoke(token_id, _now())
        if token is None:
            raise refusal("ID", f"names no token of this {source.of}, got {token_id!r:.70}")
        tell_system("revoked", token, source.of)
        click.echo(f"Token {token_id} of {token.name} is revoked.")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
