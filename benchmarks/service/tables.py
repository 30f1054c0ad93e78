"""Markdown tables."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a table with a head."""
    return "\n".join("| " + " | ".join(each) + " |" for each in (head, ["---"] * len(head), *lines))
