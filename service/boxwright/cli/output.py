"""Prints results to standard output and progress to standard error, in the same style for all commands."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from boxwright.domain.rounded import visible

_LINE_EACH_S = 10.0
_NOTHING = ("", "-", "–")
"""Texts of cells that say nothing."""
_UNBROKEN = 10_000


def show(*parts: RenderableType, unbroken: bool = False) -> None:
    """Print parts, separated by empty lines, without reading them as markup.

    If ``unbroken``, rows do not wrap in a file or pipe.
    """
    width = _UNBROKEN if unbroken and not sys.stdout.isatty() else None
    console = Console(highlight=False, markup=False, emoji=False, width=width)
    for number, part in enumerate(parts):
        if number:
            console.print()
        console.print(part)


def table_of(columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """Return a table of strings without markup and control characters.

    Prefixes of a title describe its column: figures (``>``) are right-aligned and do not wrap; ``=`` columns do not
    wrap; a column with ``?`` is left out if all its cells are empty.
    """
    listed = [[cell if isinstance(cell, Text) else Text(visible(cell)) for cell in row] for row in rows]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    kept = []
    for at, column in enumerate(columns):
        title = column.lstrip(">=?")
        marks = column.removesuffix(title)
        if "?" not in marks or any(row[at].plain not in _NOTHING for row in listed):
            kept.append(at)
            unwrapped = marks.strip("?") != ""
            table.add_column(title, justify="right" if ">" in marks else "left", overflow="fold", no_wrap=unwrapped)
    for row in listed:
        table.add_row(*(row[at] for at in kept))
    return table


def titled(title: str, *parts: RenderableType) -> Group:
    """Return parts under a title."""
    return Group(Text(visible(title), style="bold"), *parts)


def lines(texts: Iterable[str], style: str = "") -> list[Text]:
    """Return strings as lines of a style; notes are ``dim``."""
    return [Text(visible(text), style=style) for text in texts]


@contextlib.contextmanager
def counting(what: str, total: int, of: str = "orders") -> Iterator[Callable[[int], None]]:
    """Yield a function that takes numbers of finished items; show progress as a bar or, in a log, every 10 s."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        done, start_s = 0, time.monotonic()
        said_s = start_s

        def count(newly: int) -> None:
            nonlocal done, said_s
            done += newly
            if time.monotonic() - said_s >= _LINE_EACH_S:
                said_s = time.monotonic()
                # While workers start, no estimate is shown, since it would be wrong.
                left_s = (said_s - start_s) * max(total - done, 0) / max(done, 1)
                left = f", about {left_s / 60:,.0f} min left" if left_s >= 60 else f", about {left_s:.0f} s left"
                console.print(
                    f"{what}: {done:,} of {total:,} {of}{left if 20 * done > total else ''}",
                    markup=False,
                    soft_wrap=True,
                )

        yield count
        return
    from rich.progress import Progress

    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda newly: bar.advance(task, newly)
