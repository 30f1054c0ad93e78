"""The command ``boxwright`` with its subcommands."""

import importlib
from typing import Any

import click

COMMANDS = (
    *("pack", "orders", "check", "verify", "catalog", "materials", "footprint", "evaluate", "design", "serve"),
    *("config", "tokens", "plans", "epr", "ileap", "statement"),
)
"""Names of the subcommands, the most used first. ``commands/`` has a module per name, with the click ``command``."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            from boxwright.cli.failures import INTERRUPTED

            click.echo("Interrupted; no output is left incomplete", err=True)
            raise SystemExit(INTERRUPTED) from None

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"boxwright.cli.commands.{cmd_name}").command
        return command


def _print_versions(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import version

    from boxwright.catalog import load_materials

    materials = load_materials()
    click.echo(f"boxwright {version('boxwright')}")
    click.echo(f"data {materials.version} {materials.content_hash}")
    ctx.exit()


@click.command(
    cls=_Commands,
    commands=dict.fromkeys(COMMANDS),  # only names are suggested, since get_command() imports the module
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_versions,
    help="Show the versions of Boxwright and of its data, and exit.",
)
def main() -> None:
    """Pack orders into right-sized boxes and see what that emits.

    \b
    Exit codes:
      0    done
      1    a plan breaks rules, a certificate does not hold, an engine failed,
           or serve --check found faults
      2    bad input: standard error names each field and its rule
      3    an order cannot be packed completely
      130  interrupted from the keyboard
    """  # noqa: D301 - click reads the control character that keeps the lines of a table
