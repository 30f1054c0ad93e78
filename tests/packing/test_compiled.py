"""Kernels that only kernels call are compiled without a way in from Python: a call from there would end the process."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKING = ROOT / "service" / "boxwright" / "packing"
FOLDERS = (ROOT / "service", ROOT / "tests", ROOT / "benchmarks")
TREES = {path: ast.parse(path.read_text("utf-8")) for folder in FOLDERS for path in sorted(folder.rglob("*.py"))}


def compiled(tree: ast.Module, kind: str) -> set[str]:
    """Return the names of the functions of a module that are compiled in a way."""
    functions = [each for each in tree.body if isinstance(each, ast.FunctionDef)]
    return {each.name for each in functions if any(ast.unparse(how) == kind for how in each.decorator_list)}


def inside(tree: ast.Module) -> set[str]:
    """Return the names of the functions of a module that only kernels may call."""
    return compiled(tree, "inner") | compiled(tree, "bare")


INNER = {(path.stem, name) for path, tree in TREES.items() if path.parent == PACKING for name in inside(tree)}


def used_by_python(stem: str, tree: ast.Module, inner: set[tuple[str, str]]) -> list[str]:
    """Return which of the inner kernels the interpreted part of a module names, with the line."""
    own = {name: (stem, name) for name in inside(tree)}
    for each in ast.walk(tree):
        if isinstance(each, ast.ImportFrom) and each.module is not None:
            own |= {(one.asname or one.name): (each.module.rpartition(".")[2], one.name) for one in each.names}
    kernels = {id(each) for each in tree.body if isinstance(each, ast.FunctionDef) and each.name in both(tree)}
    found = []
    for part in (each for each in tree.body if id(each) not in kernels):
        for each in ast.walk(part):
            if isinstance(each, ast.Name) and own.get(each.id) in inner:
                found.append(f"{stem}:{each.lineno}: {each.id}")
            if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
                module = own.get(each.value.id, ("", each.value.id))[1]
                if (module, each.attr) in inner:
                    found.append(f"{stem}:{each.lineno}: {ast.unparse(each)}")
    return found


def both(tree: ast.Module) -> set[str]:
    """Return the names of all compiled functions of a module."""
    return inside(tree) | compiled(tree, "entry")


def test_no_interpreted_code_calls_an_inner_kernel() -> None:
    """What is not itself compiled names only kernels that Python may call."""
    assert len(INNER) > 50
    assert [found for path, tree in TREES.items() for found in used_by_python(path.stem, tree, INNER)] == []


@pytest.mark.parametrize(
    "text",
    [
        "from boxwright.packing import kernels\ndef f(): return kernels._settle(0)",
        "from boxwright.packing.kernels import _settle\nprint(_settle)",
        "from boxwright.packing import kernels as k\nx = k._settle",
    ],
)
def test_a_call_would_be_found(text: str) -> None:
    """A call of an inner kernel by module, by name and under another name is told; from a kernel it is allowed."""
    assert used_by_python("some", ast.parse(text), INNER) != []
    within = "from boxwright.packing import kernels\n@entry\ndef f():\n    return kernels._settle(0)"
    assert used_by_python("some", ast.parse(within), INNER) == []


def arrays_returned(kernel: ast.FunctionDef) -> list[str]:
    """Return what a kernel hands back that is an array or part of one: it has elements, or parts with names."""
    whole = {ast.unparse(each.value) for each in ast.walk(kernel) if isinstance(each, ast.Subscript | ast.Attribute)}
    found = []
    for each in ast.walk(kernel):
        if isinstance(each, ast.Return) and each.value is not None:
            for part in each.value.elts if isinstance(each.value, ast.Tuple) else [each.value]:
                if isinstance(part, ast.Subscript | ast.Attribute) or ast.unparse(part) in whole:
                    found += [f"{kernel.name}: {ast.unparse(part)}"]
    return found


def test_bare_kernels_return_no_arrays() -> None:
    """They return numbers and nothing else: an array of theirs would be freed while it is in use."""
    bare = [
        each
        for path, tree in TREES.items()
        if path.parent == PACKING
        for each in tree.body
        if isinstance(each, ast.FunctionDef) and each.name in compiled(tree, "bare")
    ]
    assert len(bare) > 30
    assert [found for each in bare for found in arrays_returned(each)] == []


@pytest.mark.parametrize("line", ["return at", "return 1, at", "return at[0]", "return packing.at"])
def test_a_returned_array_would_be_found(line: str) -> None:
    """An array, one among numbers, a row and a named part are told; a number worked out from elements is not."""
    kernel = ast.parse(f"def f(at, packing):\n    x = at[0, 0] + packing.unit[0]\n    {line}").body[0]
    assert isinstance(kernel, ast.FunctionDef)
    assert arrays_returned(kernel) != []
    kernel.body.pop()
    kernel.body.append(ast.Return(ast.parse("(x < at[0, 1], x)", mode="eval").body))
    assert arrays_returned(kernel) == []
