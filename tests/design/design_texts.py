"""The text of a design on a terminal."""

import io

from boxwright.cli.commands.design import summary


def text(made):
    """Return the text of a design on a terminal of 80 columns."""
    from rich.console import Console

    console = Console(width=80, file=io.StringIO())
    console.print(summary(made))
    return console.file.getvalue()
