"""What holds for the repository as a whole."""

import ast
import importlib.metadata
import re
from pathlib import Path

from benchmarks import house

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "service" / "boxwright"
SKIPPED = {".git", ".venv", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".import_linter_cache"}
SKIPPED |= {"__pycache__", "build", "dist", "node_modules", "third_party"}
FILES = [
    path
    for path in sorted(ROOT.rglob("*"))
    if path.is_file()
    and not SKIPPED & set(path.relative_to(ROOT).parts)
    and not re.search(r"_pb2|_pb\.ts$", path.name)
    and path.suffix not in {".png", ".parquet", ".code"}
]
PYTHON = [path for path in FILES if path.suffix == ".py"]
# In pieces, so that this file passes its own test.
STRANGE = ["pypi" + ".org", "python" + "hosted", "npmjs" + ".", "debian" + ".org/debian", "proxy.golang" + "."]
EXEMPTION = re.compile("# " + r"(noqa|type: ?ignore|pragma)\b")
STRANGE += ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]


def name(path: Path) -> str:
    """Return a path as tests show it."""
    return path.relative_to(ROOT).as_posix()


def test_no_file_depends_on_the_place_it_was_written_at() -> None:
    """No file names a package registry's host or a folder of somebody's machine."""
    found = [(name(path), word) for path in FILES for word in STRANGE if word in path.read_text(encoding="utf-8")]
    assert found == []


def test_nothing_is_too_long() -> None:
    """Functions outside kernels have at most 60 lines; files of packing and the model of an order have their limits."""
    assert list(house.too_long(house.sources())) == []


def test_every_room_says_what_it_is_for() -> None:
    """The ``__init__`` of each room has a docstring that says what the room is for and what it uses."""
    for room in sorted(PACKAGE.iterdir()):
        if room.is_dir() and (room / "__init__.py").exists():
            said = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
            assert re.search(r"\b(uses?|used|sees)\b", said, re.IGNORECASE), room.name
            assert len(said.splitlines()) >= 2, room.name


def test_no_module_is_named_after_nothing() -> None:
    """No module or folder is called utils, helpers, common or misc."""
    vague = {"util", "utils", "helper", "helpers", "common", "misc"}
    assert [name(path) for path in PYTHON if vague & {*path.relative_to(ROOT).parts, path.stem}] == []


def test_every_test_says_what_it_proves() -> None:
    """Each test, and each file of tests, has a docstring."""
    silent = []
    for path in PYTHON:
        if path.stem.startswith("test_"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
            tests = [node for node in functions if node.name.startswith("test_")]
            silent += [
                f"{name(path)} {getattr(node, 'name', '')}" for node in (tree, *tests) if not ast.get_docstring(node)
            ]
    assert silent == []


def test_exemptions_carry_their_reason() -> None:
    """Each exemption from a check names its rules and says why, on its line."""
    rules = re.compile("# " + r"(?:noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)*|type: ignore\[[\w, -]+\])(?P<reason>.*)$")
    bare = []
    for path in PYTHON:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if EXEMPTION.search(line):
                exemption = rules.search(line)
                if exemption is None or len(exemption["reason"].split()) < 2:
                    bare.append(f"{name(path)}:{number}")
    assert bare == []


def test_lint_exemptions_carry_their_reason() -> None:
    """Each rule that is switched off for all or for some files has a comment beside it that says why."""
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    ignored = settings.split("\nignore = [\n")[1].split("\n]")[0].splitlines()
    per_file = settings.split("[tool.ruff.lint.per-file-ignores]\n")[1].split("\n\n")[0].splitlines()
    relaxed = [line for line in settings.splitlines() if re.match(r"ignore_(errors|missing_imports)", line)]
    for line in (*ignored, *per_file, *relaxed):
        assert re.search(r"# \S+ \S+", line), line


def test_the_changelog_starts_with_this_version() -> None:
    """The newest section of the changelog is that of the version in pyproject.toml."""
    headings = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == importlib.metadata.version("boxwright")
