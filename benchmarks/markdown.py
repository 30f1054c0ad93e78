"""Markdown tables."""

from collections.abc import Iterable, Sequence


def row(cells: Iterable[str]) -> str:
    """Return a line of a table."""
    return f"| {' | '.join(cells)} |"


def head(titles: Sequence[str]) -> str:
    """Return the first two lines of a table."""
    return f"{row(titles)}\n|{'---|' * len(titles)}"


def table(titles: Sequence[str], lines: Iterable[Iterable[str]]) -> str:
    """Return a table with a head."""
    return "\n".join([head(titles), *map(row, lines)])
