"""``boxwright config``: the settings that a server has, and where each comes from."""

import json
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.failures import told_to_users, warn
from boxwright.cli.given_settings import OPEN, given_settings, serve_options

if TYPE_CHECKING:
    from boxwright.server.settings import Settings
    from boxwright.server.settings_sources import Sourced


@click.group("config")
def command() -> None:
    """Show the settings of a server: from options, else the environment, else a settings file, else defaults.

    SERVE_OPTIONS are any of `boxwright serve`, --config among them.
    """


@command.command("show", context_settings=OPEN)
@click.option("--changed", is_flag=True, help="Only those that are not left at their defaults.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@serve_options
def show(changed: bool, as_json: bool, options: tuple[str, ...]) -> None:
    """Show each setting with its value and where it comes from; of secrets, that they are set."""
    from boxwright.cli.console import output
    from boxwright.cli.tables import plain_table
    from boxwright.server.settings_sources import Source

    with told_to_users():
        sourced = given_settings(options)
        rows = [
            (name, value, sourced.origins[name].shown)
            for name, value in shown_values(sourced).items()
            if not changed or sourced.origins[name].source != Source.DEFAULT
        ]
        if as_json:
            click.echo(json.dumps({name: {"value": value, "from": origin} for name, value, origin in rows}, indent=2))
        elif not rows:
            click.echo("all settings are left at their defaults")
        else:
            table = plain_table("Setting", "Value", "From")
            for name, value, origin in rows:
                table.row(name, _text(value), origin)
            output().print(table)
        warn(sourced.warnings)


def shown_values(sourced: "Sourced[Settings]") -> dict[str, Any]:
    """Return the value of each setting as it may be shown."""
    from dataclasses import asdict

    from boxwright.store import shown_url

    values = asdict(sourced.settings)
    values["store"] = shown_url(values["store"])
    for name in ("order_id_key", "link_key"):
        values[name] = "(set, not shown)" if values[name] else ""
    return values


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(value) or "(none)"
    return f"{value}" if value != "" else "(empty)"
