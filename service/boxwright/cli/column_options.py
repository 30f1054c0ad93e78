"""Options of the commands that read spreadsheets: which column is which field, and how CSV is encoded."""

from collections.abc import Sequence
from pathlib import Path

import click

from boxwright.cli.failures import refusal

MAP = click.option(
    "--map", "map_file", type=click.Path(path_type=Path), metavar="FILE.toml", help="Which column is what."
)
SAVE_MAP = click.option("--save-map", type=click.Path(path_type=Path), metavar="FILE.toml", help="Save that for --map.")
ENCODING = click.option("--encoding", default="", metavar="NAME", help="Of CSV.  [default: UTF-8, else Windows-1252]")


def headers_named(texts: Sequence[str], rule: str) -> dict[str, str]:
    """Return headers by field, as ``--column FIELD=HEADER`` names them.

    Parameters
    ----------
    texts : sequence of str
        What was given.
    rule : str
        What each must be.

    Raises
    ------
    InvalidInputError
        If a field or a header is missing, or a field repeats.
    """
    given: dict[str, str] = {}
    for text in texts:
        name, equals, header = (each.strip() for each in text.partition("="))
        if not (name and equals and header) or name in given:
            raise refusal("--column", f"must be {rule}, got {text!r}")
        given[name] = header
    return given
