"""Where output goes: results to standard output, progress to standard error."""

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.console import Console

_LINE_EACH_S = 10.0


def output() -> Console:
    """Return the console of results; nothing that comes from data is read as markup."""
    return Console(highlight=False, markup=False, emoji=False)


def progress_output() -> Console:
    """Return the console of progress."""
    return Console(stderr=True, highlight=False)


@contextlib.contextmanager
def counting(what: str, total: int, of: str = "orders") -> Iterator[Callable[[int], None]]:
    """Show how many of a number of orders, or other things, are done: a bar on a terminal, elsewhere a line each 10 s.

    Yields
    ------
    callable
        Called with the number of orders that are newly done.
    """
    console = progress_output()
    if not console.is_terminal:
        done, said_s = 0, time.monotonic()

        def count(newly: int) -> None:
            nonlocal done, said_s
            done += newly
            if time.monotonic() - said_s >= _LINE_EACH_S:
                said_s = time.monotonic()
                console.print(f"{what}: {done:,} of {total:,} {of}", markup=False, soft_wrap=True)

        yield count
        return
    from rich.progress import Progress

    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda newly: bar.advance(task, newly)
