"""Names of lines, and lists, for use in sentences."""

from collections.abc import Iterable, Sequence

from boxwright.domain.order import Item

MOST_NAMED = 5
"""Default maximum number of items that a list names."""


def named(line: Item) -> str:
    """Return the name of a line: its description in quotes, SKU or line id with the article, or SKU or line id alone.

    The first of these that the line states is used. An id without a letter gets "SKU" or "line" before it, since steps
    and counts are numbers too.
    """
    if line.description:
        return f'"{line.description}"'
    bare = line.article.removesuffix("_bare")
    article = bare.replace("_", " ")
    if bare != line.article:
        article = f"bare {article}"
    if article and article.casefold() not in line.sku.casefold():
        other = "" if line.line_id.casefold() == article else f" of line {line.line_id}"
        return f"{line.sku} ({article})" if line.sku else f"the {article}{other}"
    name, kind = (line.sku, "SKU") if line.sku else (line.line_id, "line")
    return name if any(map(str.isalpha, name)) else f"{kind} {name}"


def listed(words: Iterable[str]) -> str:
    """Return strings as a list with commas, and with "and" before the last."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def first_of(words: Sequence[str], most: int = MOST_NAMED) -> str:
    """Return the first ``most`` strings as a list, and the number of the others."""
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")
