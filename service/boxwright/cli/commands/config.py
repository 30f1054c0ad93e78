"""``boxwright config``: shows the settings of a server and their sources."""

import json
import os

import click

from boxwright.cli.failures import CommandGroup


@click.group("config", cls=CommandGroup)
def command() -> None:
    """Show the settings of a server.

    Options take precedence over the environment, and the environment over the settings file. SERVE_OPTIONS are options
    of `boxwright serve`, including --config.
    """


@command.command("show", context_settings={"ignore_unknown_options": True})
@click.option("--changed", is_flag=True, help="Show only settings that differ from their defaults.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[SERVE_OPTIONS]...")
def show(changed: bool, as_json: bool, options: tuple[str, ...]) -> None:
    """Show each setting with its value and source; secrets are not shown."""
    from dataclasses import asdict

    from boxwright.cli.commands import serve
    from boxwright.cli.output import show, table_of
    from boxwright.server.settings.sources import DEFAULT, read_settings
    from boxwright.store.url import shown_url

    here = click.get_current_context()
    # Click caches the help option in the command, so its names must be those that `serve` has.
    context = serve.command.make_context(here.command_path, list(options), help_option_names=here.help_option_names)
    sourced = read_settings(os.environ, serve.taken(context.params))
    values = asdict(sourced.settings)
    values["store"] = shown_url(values["store"])
    for name in ("order_id_key", "link_key"):
        values[name] = "(set, not shown)" if values[name] else ""
    shown = [name for name in values if not changed or sourced.origins[name].shown != DEFAULT]
    if as_json:
        stated = {name: {"value": values[name], "from": sourced.origins[name].shown} for name in shown}
        click.echo(json.dumps(stated, indent=2))
    elif not shown:
        click.echo("all settings have their defaults")
    else:
        rows = [(name, _text(values[name]), sourced.origins[name].shown) for name in shown]
        show(table_of(("Setting", "Value", "From"), rows))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(value) or "(none)"
    return f"{value}" if value != "" else "(empty)"
