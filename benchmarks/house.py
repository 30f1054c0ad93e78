"""Prints the size of the code: lines by room, and functions and files above the limits that CONTRIBUTING.md states.

    python -m benchmarks.house [--against REVISION]

Lines are those of ``service/**/*.py``, without what a build makes. With ``--against`` the lines of an earlier version
follow, and which of today's are in files of ``NEW_FUNCTION`` that it does not have: without those the two versions do
about the same. New function inside files that both have counts as today's, so the comparison favours the earlier one.
"""

import argparse
import ast
import collections
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST_LINES_OF_A_FUNCTION = 60
MOST_LINES_OF_A_PACKING_FILE = 500
MOST_LINES_OF_A_KERNEL_FILE = 300
MOST_LINES_OF_THE_MODEL = 150

NEW_FUNCTION = {
    "turns exports of shop systems into order files": (
        *(f"orders/{name}.py" for name in ("cells", "column_map", "convert", "data_report", "export_row")),
        *(f"orders/{name}.py" for name in ("header_words", "item_master", "spool", "write")),
        *("cli/conversion.py", "cli/commands/orders.py", "domain/written.py"),
    ),
    "reads workbooks, Parquet, data frames and CSV of any form": ("tabular/",),
    "answers JSON over HTTP": ("server/http/",),
    "brings compiled kernels in the wheel": ("packing/ahead.py", "packing/machine_code.py", "packing/parts.py"),
    "takes up dunnage that was weighed at a site": ("catalog/weighed.py",),
    "grades how near to its publisher a figure was read": ("domain/source_grade.py",),
    "reads what requests repeat only once": ("server/remembered.py",),
}
"""Files and folders by what they do: the software could do none of it when its one big redesign began (``087b448``)."""

Sources = Mapping[str, str]
"""Text by path below the repository."""


def sources(revision: str | None = None) -> Sources:
    """Return the Python files of the service, those left out that a build makes: of the folder, or at a revision."""
    if revision is None:
        paths = sorted((ROOT / "service").rglob("*.py"))
        return {str(path.relative_to(ROOT)): path.read_text() for path in paths if "_pb2" not in path.name}
    names = _git("ls-tree", "-r", "--name-only", revision, "service").splitlines()
    return {name: _git("show", f"{revision}:{name}") for name in names if name.endswith(".py")}


def rooms(files: Sources) -> collections.Counter[str]:
    """Return the lines of each room; files that stand in none count as ``boxwright``."""
    lines: collections.Counter[str] = collections.Counter()
    for name, text in files.items():
        parts = name.split("/")
        lines[parts[2] if len(parts) > 3 else "boxwright"] += text.count("\n")
    return lines


def new_function(files: Sources, earlier: Sources) -> Iterator[tuple[str, str, int]]:
    """Yield each file of ``NEW_FUNCTION`` that the earlier version does not have: name, what it does, lines."""
    for name, text in sorted(files.items()):
        below = name.removeprefix("service/boxwright/")
        for what, paths in NEW_FUNCTION.items() if name not in earlier else ():
            if any(below == path or (path.endswith("/") and below.startswith(path)) for path in paths):
                yield name, what, text.count("\n")


def too_long(files: Sources) -> Iterator[str]:
    """Yield what is above a limit, with its lines."""
    for name, text in sorted(files.items()):
        lines = text.count("\n")
        kernels = "/packing/kernels/" in name
        if kernels and lines > MOST_LINES_OF_A_KERNEL_FILE:
            yield f"{name}: {lines} lines, at most {MOST_LINES_OF_A_KERNEL_FILE}"
        elif "/packing/" in name and lines > MOST_LINES_OF_A_PACKING_FILE:
            yield f"{name}: {lines} lines, at most {MOST_LINES_OF_A_PACKING_FILE}"
        elif name.endswith("/planning/model.py") and lines > MOST_LINES_OF_THE_MODEL:
            yield f"{name}: {lines} lines, at most {MOST_LINES_OF_THE_MODEL}"
        if not kernels:
            yield from _long_functions(name, text)


def _long_functions(name: str, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MOST_LINES_OF_A_FUNCTION:
                yield f"{name}: {node.name} has {lines} lines, at most {MOST_LINES_OF_A_FUNCTION}"


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Print the figures; see the module. Returns how many things are above a limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.house", description=__doc__.split("\n")[0])
    parser.add_argument("--against", help="an earlier revision of git")
    asked = parser.parse_args(arguments)
    files = sources()
    before = sources(asked.against) if asked.against else None
    now, earlier = rooms(files), None if before is None else rooms(before)
    for room in sorted({*now, *(earlier or ())}):
        say(f"{room:14}{now[room]:8,}" + (f"{earlier[room]:8,}" if earlier is not None else ""))
    say(f"{'all':14}{now.total():8,}" + (f"{earlier.total():8,}" if earlier is not None else ""))
    if before is not None:
        added = list(new_function(files, before))
        new = sum(lines for _, _, lines in added)
        say(f"{'new function':14}{new:8,}")
        for what in dict.fromkeys(what for _, what, _ in added):
            of_it = [(name, lines) for name, each, lines in added if each == what]
            names = ", ".join(name.removeprefix("service/boxwright/") for name, _ in of_it)
            say(f"{'':14}{sum(lines for _, lines in of_it):8,}  {what}: {names}")
        say(f"{'like for like':14}{now.total() - new:8,}{sum(earlier.values()) if earlier else 0:8,}")
    found = list(too_long(files))
    for each in found:
        say(each)
    return len(found)


if __name__ == "__main__":
    sys.exit(main())
