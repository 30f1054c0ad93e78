"""``boxwright doctor``: what keeps a server from running well, and how to mend it."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from boxwright.cli.failures import FOUND_WANTING
from boxwright.cli.given_settings import OPEN, given_settings, serve_options

if TYPE_CHECKING:
    from boxwright.server.doctor.finding import Finding


@click.command("doctor", context_settings=OPEN)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of check, level, says and mend.")
@serve_options
def command(as_json: bool, options: tuple[str, ...]) -> None:
    """Look at what a server needs before it is started, or while it runs: a line each, ok, warn or fail.

    SERVE_OPTIONS are any of `boxwright serve`, --config among them. It looks at settings, ports, certificates, tokens,
    files that others may read, the store, catalogs, factors and their age, kernels and the clock. It changes nothing,
    and prints no secret. The exit code is 1 where anything fails.
    """
    from boxwright.domain.rounded import visible
    from boxwright.server.doctor.finding import Level

    found = []
    for each in _findings(options):
        found.append(each)
        if not as_json:
            line = f"{each.level:<5} {each.check:<13} {each.says}" + (f"; {each.mend}" if each.mend else "")
            click.echo(visible(line))
    if as_json:
        click.echo(json.dumps([each.as_dict() for each in found], indent=2, ensure_ascii=False))
    if any(each.level is Level.FAIL for each in found):
        sys.exit(FOUND_WANTING)


def _findings(options: tuple[str, ...]) -> "Iterator[Finding]":
    """Yield what is found: first of the settings, then, as far as these are right, of all else."""
    from boxwright.cli.commands.config import counted
    from boxwright.errors import InvalidInputError
    from boxwright.server.doctor.examination import examined
    from boxwright.server.doctor.finding import Finding, Level, faults

    settings = None
    try:
        sourced = given_settings(options)
    except InvalidInputError as error:
        yield from faults("settings", error)
    else:
        settings = sourced.settings
        yield Finding("settings", Level.OK, f"all are valid: {counted(sourced)}")
        yield from (Finding("settings", Level.WARN, each) for each in sourced.warnings)
    yield from examined(settings)
