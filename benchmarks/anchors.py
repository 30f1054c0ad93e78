"""Finds code by the name of what it stands in and by its tokens, so that moved or reflowed code is still found.

An anchor is a name and a fragment of what it names: the qualified name of a function or class, or the name of a
constant of a module, in whatever file it is defined. The fragment is compared by tokens: spaces, line breaks, comments
and a comma before a closing bracket do not matter.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TOKEN = re.compile(
    r"""(?P<blank>\s+|\\\n|\#[^\n]*)
    |[A-Za-z]{0,2}(?:\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |\d[\w]*(?:\.\d[\w]*)?(?:(?<=[eE])[-+]\d+)?|\w+
    |\*\*=|//=|>>=|<<=|\.\.\.|[-+*/%&|^@=!<>:]=|->|\*\*|//|<<|>>|.""",
    re.VERBOSE | re.DOTALL,
)


class AnchorError(ValueError):
    """An anchor that is not found exactly once; the message names it."""


@dataclass(frozen=True)
class Token:
    """A word, number, string or sign of a text, and where it begins and ends there, in characters."""

    text: str
    begin: int
    end: int


@dataclass(frozen=True)
class Definition:
    """What a name stands for: its file, and where it begins and ends in the text of that, in characters."""

    file: Path
    text: str
    begin: int
    end: int


@dataclass(frozen=True)
class Place:
    """Where a fragment stands: a file, its text, and the first character and the one after the last."""

    file: Path
    text: str
    begin: int
    end: int

    def replaced(self, old: str, new: str) -> str:
        """Return the text of the file with new code here; its lines are indented to each other as those of the old."""
        line = self.text.rfind("\n", 0, self.begin) + 1
        first = self.text[line : self.begin]
        shift = _indent(self.text[line:]) - _indent(old.lstrip("\n"))
        lines = [" " * max(_indent(each) + shift, 0) + each.lstrip() for each in new.strip("\n").split("\n")]
        if not first.isspace():
            lines[0] = first + lines[0].lstrip()
        return self.text[:line] + "\n".join(lines).rstrip() + self.text[self.end :]


def _indent(line: str) -> int:
    """Return how many blanks a line, or the first of a text, begins with."""
    return len(line) - len(line.lstrip(" "))


def tokens(text: str) -> list[Token]:
    """Return the tokens of code, whole or in part, without blanks, comments and commas before a closing bracket."""
    every = [Token(found[0], *found.span()) for found in TOKEN.finditer(text) if found["blank"] is None]
    following = [token.text for token in every[1:]] + [""]
    return [
        token
        for token, after in zip(every, following, strict=True)
        if token.text != "," or after not in (")", "]", "}")
    ]


def definitions(folder: Path) -> dict[str, list[Definition]]:
    """Return the functions, classes and module constants of the Python files below a folder, by qualified name."""
    named: dict[str, list[Definition]] = defaultdict(list)
    for file in sorted(folder.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        starts = [0]
        for line in text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        for name, first, last in _named(ast.parse(text).body, ""):
            named[name].append(Definition(file, text, starts[first - 1], starts[last]))
    return named


def _named(body: Sequence[ast.AST], within: str) -> Iterator[tuple[str, int, int]]:
    """Yield qualified name, first and last line of all that statements define; of assignments those of a module."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            yield within + node.name, first, node.end_lineno or first
            yield from _named(node.body, f"{within}{node.name}.")
        elif isinstance(node, ast.Assign | ast.AnnAssign) and not within:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.lineno, node.end_lineno or node.lineno
        else:
            yield from _named(list(ast.iter_child_nodes(node)), within)


def place_of(fragment: str, name: str, defined: Mapping[str, Sequence[Definition]]) -> Place:
    """Return where a fragment stands in what a name stands for.

    Raises
    ------
    AnchorError
        Nothing has the name, or all that have it hold the fragment not exactly once together.
    """
    within = defined.get(name, ())
    if not within:
        raise AnchorError(f"no function, class or constant {name} in the service")
    places = [place for each in within for place in _places(fragment, each)]
    if len(places) != 1:
        files = ", ".join(each.file.name for each in within)
        raise AnchorError(f"{fragment.strip()!r} stands {len(places)} times in {name} ({files}), must once")
    return places[0]


def place_in_file(fragment: str, file: Path) -> Place:
    """Return where a fragment stands in a file that is not Python.

    Raises
    ------
    AnchorError
        The file holds the fragment not exactly once.
    """
    text = file.read_text(encoding="utf-8")
    return place_of(fragment, file.name, {file.name: [Definition(file, text, 0, len(text))]})


def _places(fragment: str, within: Definition) -> list[Place]:
    """Return every place of a fragment in a definition."""
    sought = [token.text for token in tokens(fragment)]
    had = tokens(within.text[within.begin : within.end])
    texts = [token.text for token in had]
    length = len(sought)
    return [
        Place(within.file, within.text, within.begin + had[at].begin, within.begin + had[at + length - 1].end)
        for at in range(len(had) - length + 1)
        if texts[at : at + length] == sought
    ]
