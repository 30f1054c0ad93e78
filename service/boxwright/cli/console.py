"""Where output goes: results to standard output, progress to standard error."""

from rich.console import Console


def output() -> Console:
    """Return the console of results; nothing that comes from data is read as markup."""
    return Console(highlight=False, markup=False, emoji=False)


def progress_output() -> Console:
    """Return the console of progress."""
    return Console(stderr=True, highlight=False)
