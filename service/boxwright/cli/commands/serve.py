"""``boxwright serve``: runs the service."""

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any

import click

from boxwright.cli.failures import FOUND_WANTING, Command
from boxwright.cli.options import with_options
from boxwright.errors import DataFileError, InvalidInputError
from boxwright.server.settings import Settings, field_texts
from boxwright.server.settings.sources import IN_FILE, PATHS, SECRETS, option, read_settings


def _options() -> Iterator[Callable[[Any], Any]]:
    """Yield an option per setting; options name the file of a secret, since other users can see options."""
    texts = field_texts()
    for setting in fields(Settings):
        name, default = setting.name, setting.default
        help_text = re.split(r"(?<=[.])\s", texts[name], maxsplit=1)[0].replace("``", "`")
        if default not in ("", (), False):
            help_text += f"  [default: {default}]"
        if name not in SECRETS or name == "store":
            word = name.rpartition("_")[2].upper()
            shown: dict[str, Any] = {
                "type": type(default),
                "metavar": "N" if isinstance(default, int | float) else word,
            }
            if isinstance(default, bool):
                shown = {"is_flag": True, "default": None}
            elif name in PATHS:
                shown = {"metavar": "PATH", "multiple": isinstance(default, tuple)}
            yield click.option(option(name), name, help=help_text, **shown)
        if name in SECRETS:
            yield click.option(option(name + IN_FILE), name + IN_FILE, metavar="PATH", help=f"In a file: {help_text}")


@click.command("serve", cls=Command)
@click.option(
    "--config",
    metavar="FILE",
    help="Settings in TOML, such as workers = 4; options and the environment override them."
    "  [default: BOXWRIGHT_CONFIG]",
)
@click.option("--check", is_flag=True, help="Check settings and surroundings without serving.")
@with_options(*_options())
def command(check: bool, **given: Any) -> None:
    """Serve planning over gRPC and HTTP until SIGTERM or SIGINT.

    Each setting comes from its option, or from the environment, such as BOXWRIGHT_ADDRESS for --address, or from the
    settings file, in this order. `boxwright config show` shows the settings in effect. Away from loopback the server
    starts only with authentication (--tokens-file, --client-ca) or --allow-unauthenticated.

    --check changes nothing. It prints a line (ok, warn or fail) for settings, certificates, tokens, store,
    catalogs and limits, and exits with 1 if anything fails.
    """
    # Set before gRPC is loaded, which would otherwise log lines that are not JSON about calls that it cannot parse.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from boxwright.server import serve

    sourced = read_settings(os.environ, taken(given))
    if check:
        _check(sourced.settings)
        return
    try:
        serve(sourced.settings)
    except DataFileError:
        raise
    except InvalidInputError as error:
        raise sourced.named(error) from None  # names settings as their sources do


def taken(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that were given."""
    return {name: value for name, value in given.items() if value not in (None, ())}


def _check(settings: Any) -> None:
    from boxwright.server.start_checks import check_all

    failed = False
    click.echo("ok    settings      all are valid")
    for line in check_all(settings):
        failed = failed or line.level == "fail"
        click.echo(f"{line.level:<5} {line.what:<13} {line.text}")
    if failed:
        sys.exit(FOUND_WANTING)
