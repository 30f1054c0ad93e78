"""What is printed: results to standard output, progress to standard error, tables of one look."""

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
"""Cells that say nothing."""
_UNBROKEN = 10_000


def show(*parts: RenderableType, unbroken: bool = False) -> None:
    """Print parts, an empty line between them; nothing that comes from data is read as markup.

    ``unbroken``: into a file or pipe no row is broken, whatever its length.
    """
    width = _UNBROKEN if unbroken and not sys.stdout.isatty() else None
    console = Console(highlight=False, markup=False, emoji=False, width=width)
    for number, part in enumerate(parts):
        if number:
            console.print()
        console.print(part)


def table_of(columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """Return a table of texts as they are, without markup and control characters.

    Parameters
    ----------
    columns : sequence of str
        Titles, after their marks: ``>`` for figures, which are set right and never broken; ``=`` for texts that are
        never broken; ``?`` for a column that is left out where no row says anything in it.
    rows : iterable of sequence of str or Text
        Cells, one for each column.
    """
    listed = [[cell if isinstance(cell, Text) else Text(visible(cell)) for cell in row] for row in rows]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    kept = []
    for at, column in enumerate(columns):
        title = column.lstrip(">=?")
        marks = column.removesuffix(title)
        if "?" not in marks or any(row[at].plain not in _NOTHING for row in listed):
            kept.append(at)
            right, whole = ">" in marks, marks.strip("?") != ""
            table.add_column(title, justify="right" if right else "left", overflow="fold", no_wrap=whole)
    for row in listed:
        table.add_row(*(row[at] for at in kept))
    return table


def titled(title: str, *parts: RenderableType) -> Group:
    """Return parts under a title."""
    return Group(Text(visible(title), style="bold"), *parts)


def lines(texts: Iterable[str], style: str = "") -> list[Text]:
    """Return texts, a line each; notes have the style ``dim``."""
    return [Text(visible(text), style=style) for text in texts]


@contextlib.contextmanager
def counting(what: str, total: int, of: str = "orders") -> Iterator[Callable[[int], None]]:
    """Show how many of a number of orders, or other things, are done: a bar on a terminal, elsewhere a line each 10 s.

    Yields
    ------
    callable
        Called with the number of orders that are newly done.
    """
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        done, start_s = 0, time.monotonic()
        said_s = start_s

        def count(newly: int) -> None:
            nonlocal done, said_s
            done += newly
            if time.monotonic() - said_s >= _LINE_EACH_S:
                said_s = time.monotonic()
                # Of the first few it says little: workers start.
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


def spent_since(start_s: float) -> str:
    """Return the time since a moment of the monotonic clock, and the most memory of this process and of a worker."""
    said = f"took {time.monotonic() - start_s:,.0f} s"
    try:
        import resource
    except ImportError:  # Windows
        return said
    per_mb = 1_024 if sys.platform != "darwin" else 1_024**2  # KiB, but for one system that states bytes
    own, workers = (
        resource.getrusage(who).ru_maxrss / per_mb for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return f"{said}, {own:,.0f} MB of memory at most" + (f" and {workers:,.0f} MB a worker" if workers else "")
