"""Prints the help of every command as one page: ``python -m boxwright.cli.help_page > docs/cli.md``."""

from collections.abc import Iterator

import click

from boxwright.cli.main import main

INTRODUCTION = """\
# Command line

This page is generated from the commands' own help by `python -m boxwright.cli.help_page > docs/cli.md`; a test
keeps the two equal.

Results go to standard output, progress and errors to standard error. A message names the field and the rule of a
mistake. Output files appear whole or not at all, and never in place of a file that the command reads.

Formats of order files are on the page [orders](orders.md).
"""


def help_page() -> str:
    """Return the page: introduction, then a section per command in the order of the help."""
    sections = [INTRODUCTION]
    for path, command in commands(main, "boxwright"):
        # A fixed width, independent of the terminal.
        settings = {"terminal_width": 100, "max_content_width": 100, **main.context_settings}
        context = click.Context(command, info_name=path, **settings)
        sections.append(f"## {path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(sections)


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield a command and all below it, each with its full name."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            if inner := command.get_command(context, name):
                yield from commands(inner, f"{path} {name}")


if __name__ == "__main__":
    click.echo(help_page(), nl=False)
