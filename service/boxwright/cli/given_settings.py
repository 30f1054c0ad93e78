"""Settings of the server as commands take them: the options of ``boxwright serve``, the environment, a file."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from boxwright.errors import DataFileError, InvalidInputError

if TYPE_CHECKING:
    from boxwright.server.settings import Settings
    from boxwright.server.settings_sources import Sourced


def serve_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command take the options of ``boxwright serve``, by the name ``options``."""
    return click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[SERVE_OPTIONS]...")(command)


OPEN = {"ignore_unknown_options": True}
"""Context of a command that takes them."""


def given_settings(options: tuple[str, ...]) -> "Sourced[Settings]":
    """Return the settings that ``boxwright serve`` with these options has here.

    Raises
    ------
    InvalidInputError
        With every setting that breaks a rule.
    """
    from boxwright.cli.commands.serve import command
    from boxwright.server.settings import Settings
    from boxwright.server.settings_sources import read_settings

    here = click.get_current_context()
    # Click keeps the help option that it makes here: it must have the names that `serve` itself gives it.
    context = command.make_context(here.command_path, list(options), help_option_names=here.help_option_names)
    return read_settings(Settings, os.environ, taken(context.params))


def taken(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that were given: one that may be repeated and was not is none."""
    return {name: value for name, value in given.items() if value not in (None, ())}


@contextmanager
def called_by_origin(sourced: "Sourced[Settings]") -> Iterator[None]:
    """Have faults that are found in the block call each setting as it is called where it comes from."""
    try:
        yield
    except DataFileError:
        raise
    except InvalidInputError as error:
        raise sourced.named(error) from None
