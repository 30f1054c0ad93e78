"""Prints the size of the code: lines by room, and functions and files above the limits that CONTRIBUTING.md states.

    python -m benchmarks.house [--against REVISION]

Lines are those of ``service/**/*.py``, without what a build makes. With ``--against`` the lines of an earlier version
follow, and what new function takes, in two ways, as ``function.toml`` lists it for the version at which the redesign
began, 087b448. By definitions: files, classes, functions and fields that serve that function alone; a branch or an
argument that it needs inside another definition counts as code of both versions, so this way favours the earlier one.
By commits: the lines that the commits of a function added less those that they removed; all other lines that came or
went are the redesign's. Without the new function the two versions do about the same.
"""

import argparse
import ast
import collections
import io
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = "service/boxwright/"
MOST_LINES_OF_A_FUNCTION = 60
MOST_LINES_OF_A_PACKING_FILE = 500
MOST_LINES_OF_A_KERNEL_FILE = 300
MOST_LINES_OF_THE_MODEL = 150

FUNCTION = ROOT / "benchmarks" / "function.toml"
"""What serves function that only one of the two versions has: files, folders and definitions, by what they are for."""

Sources = Mapping[str, str]
"""Text by path below the repository."""


def sources(revision: str | None = None) -> Sources:
    """Return the Python files of the service, those left out that a build makes: of the folder, or at a revision."""
    if revision is None:
        paths = sorted((ROOT / "service").rglob("*.py"))
        return {str(path.relative_to(ROOT)): path.read_text() for path in paths if "_pb2" not in path.name}
    archive = subprocess.run(
        ["git", "archive", revision, "service"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        paths = [each for each in tar.getmembers() if each.isfile() and each.name.endswith(".py")]
        return {each.name: content.read().decode() for each in paths if (content := tar.extractfile(each))}


def rooms(files: Sources) -> collections.Counter[str]:
    """Return the lines of each room; files that stand in none count as ``boxwright``."""
    lines: collections.Counter[str] = collections.Counter()
    for name, text in files.items():
        parts = name.split("/")
        lines[parts[2] if len(parts) > 3 else "boxwright"] += text.count("\n")
    return lines


def definitions(text: str) -> dict[str, range]:
    """Return the lines, from 0, of each class, function, method, constant and field of a file by its qualified name.

    A decorator, and the docstring of a constant or field, are lines of it; blank lines round it are not.
    """
    found: dict[str, range] = {}

    def enter(body: Sequence[ast.stmt], prefix: str) -> None:
        for node, follower in zip(body, [*body[1:], None], strict=True):
            first, last = node.lineno, node.end_lineno or node.lineno
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                names = [node.name]
                first = min([first, *(each.lineno for each in node.decorator_list)])
            else:
                targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
                names = [each.id for each in targets if isinstance(each, ast.Name)]
                if isinstance(follower, ast.Expr) and isinstance(follower.value, ast.Constant):
                    last = follower.end_lineno or last
            found.update({prefix + name: range(first - 1, last) for name in names})
            if isinstance(node, ast.ClassDef):
                enter(node.body, f"{prefix}{node.name}.")

    enter(ast.parse(text).body, "")
    return found


def listed(which: str) -> dict[str, list[str]]:
    """Return the places of ``FUNCTION`` that only one version has, ``new`` or ``gone``, by what they are for."""
    return tomllib.loads(FUNCTION.read_text())[which]


def lines_of(files: Sources, place: str) -> dict[str, set[int]]:
    """Return the lines of a place of ``FUNCTION``, from 0, by the file that they are in.

    Raises
    ------
    KeyError
        If the version does not have the place.
    """
    below, _, name = place.partition("::")
    path = PACKAGE + below
    if name:
        return {path: set(definitions(files[path])[name])}
    paths = [each for each in files if each.startswith(path)] if path.endswith("/") else [path]
    if not paths:
        raise KeyError(place)
    return {each: set(range(files[each].count("\n"))) for each in paths}


def lines_for(files: Sources, which: str) -> dict[str, int]:
    """Return how many lines of a version serve each function of ``FUNCTION``; a line counts for the first of them."""
    counted: dict[str, set[int]] = {}
    lines: dict[str, int] = {}
    for what, places in listed(which).items():
        before = sum(map(len, counted.values()))
        for place in places:
            for path, numbers in lines_of(files, place).items():
                counted.setdefault(path, set()).update(numbers)
        lines[what] = sum(map(len, counted.values())) - before
    return lines


def commits_since(revision: str) -> collections.Counter[str]:
    """Return by their subjects how many lines of the service the commits since a revision added, less those removed.

    Merges are left out: what they merge is counted.
    """
    log = ["git", "log", "--no-merges", "--format=%x00%s", "--numstat", f"{revision}..HEAD", "--", "service"]
    text = subprocess.run(log, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    found: collections.Counter[str] = collections.Counter()
    for entry in text.split("\0")[1:]:
        subject, *rows = entry.strip().splitlines()
        changes = [row.split("\t") for row in rows if row.endswith(".py")]
        found[subject] += sum(int(added) - int(removed) for added, removed, _ in changes)
    return found


def lines_by_commits(since: Mapping[str, int]) -> dict[str, int]:
    """Return how many lines the commits of each function of ``FUNCTION`` added, less those that they removed.

    Raises
    ------
    KeyError
        If there is no such commit.
    """
    return {what: sum(since[each] for each in commits) for what, commits in listed("commits").items()}


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


def _table(say: Callable[[str], None], title: str, lines: Mapping[str, int]) -> None:
    say(f"{sum(lines.values()):6,}  {title}")
    for what, count in lines.items():
        say(f"{count:14,}  {what}")


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
        all_before = rooms(before).total()
        new, gone = lines_for(files, "new"), lines_for(before, "gone")
        brought = lines_by_commits(dict(commits_since(asked.against)))
        _table(say, "new function, by the definitions that serve it alone", new)
        _table(say, "function that is gone, likewise", gone)
        _table(say, "new function, by the commits that brought it", brought)
        same, same_before = now.total() - sum(new.values()), all_before - sum(gone.values())
        say(f"like for like by definitions{same:10,}{same_before:8,}")
        say(f"like for like by commits    {now.total() - sum(brought.values()):10,}{all_before:8,}")
    found = list(too_long(files))
    for each in found:
        say(each)
    return len(found)


if __name__ == "__main__":
    sys.exit(main())
