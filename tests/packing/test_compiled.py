"""Kernels that only kernels call are compiled without a way in from Python: a call from there would end the process."""

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import njit
from numba.core.errors import TypingError

from boxwright.packing.compiled import inner

ROOT = Path(__file__).parents[2]
PACKING = ROOT / "service" / "boxwright" / "packing"
FOLDERS = (ROOT / "service", ROOT / "tests", ROOT / "benchmarks")
TREES = {path: ast.parse(path.read_text("utf-8")) for folder in FOLDERS for path in sorted(folder.rglob("*.py"))}


def compiled(tree: ast.Module, kind: str) -> set[str]:
    """Return the names of the functions of a module that are compiled in a way."""
    functions = [each for each in tree.body if isinstance(each, ast.FunctionDef)]
    return {each.name for each in functions if any(ast.unparse(how) == kind for how in each.decorator_list)}


def without_way_in(tree: ast.Module) -> set[str]:
    """Return the names of the functions of a module that only compiled ones may call."""
    return compiled(tree, "inner") | compiled(tree, "maker")


KERNELS = {path: tree for path, tree in TREES.items() if path.parent == PACKING}
INNER = {(path.stem, name) for path, tree in KERNELS.items() for name in without_way_in(tree)}


def used_by_python(stem: str, tree: ast.Module, inner: set[tuple[str, str]]) -> list[str]:
    """Return which of the inner kernels the interpreted part of a module names, with the line."""
    own = {name: (stem, name) for name in without_way_in(tree)}
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
    return without_way_in(tree) | compiled(tree, "entry")


def makers_called(tree: ast.Module) -> set[str]:
    """Return which names of functions that count references the inner kernels of a module use."""
    chosen = compiled(tree, "inner")
    kernels = [each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name in chosen]
    names = {each.id for kernel in kernels for each in ast.walk(kernel) if isinstance(each, ast.Name)}
    return names & {name for each in KERNELS.values() for name in compiled(each, "maker") | compiled(each, "entry")}


def test_no_interpreted_code_calls_an_inner_kernel() -> None:
    """What is not itself compiled names only kernels that Python may call."""
    assert len(INNER) > 50
    assert [found for path, tree in TREES.items() for found in used_by_python(path.stem, tree, INNER)] == []


def test_inner_kernels_call_no_makers() -> None:
    """No inner kernel, which counts no references, calls one that hands it references to count."""
    assert [path.stem for path, tree in KERNELS.items() if compiled(tree, "maker")] != []
    assert {path.stem: found for path, tree in KERNELS.items() if (found := makers_called(tree))} == {}


def test_a_called_maker_would_be_found() -> None:
    """A maker that an inner kernel calls is told."""
    assert makers_called(ast.parse("@inner\ndef f():\n    return _new_packing(3)")) == {"_new_packing"}


@pytest.mark.parametrize("made", ["array[1:]", "(array, 1)"])
def test_an_inner_kernel_that_hands_out_arrays_is_refused(made: str) -> None:
    """Arrays that nobody counts references to would be freed once too often; such a kernel does not compile."""
    module: dict[str, Any] = {}
    exec(f"def kernel(array):\n    return {made}", module)
    kernel = inner(module["kernel"])
    with pytest.raises((TypeError, TypingError), match="array"):
        njit(lambda array: kernel(array))(np.zeros(3))


def test_an_error_in_an_inner_kernel_reaches_python() -> None:
    """A division by zero in a kernel without a way in is raised by the entry that called it."""
    kernel = inner(lambda above, below: above // below)
    outer = njit(lambda above, below: kernel(above, below))
    assert outer(7, 2) == 3
    with pytest.raises(ZeroDivisionError):
        outer(7, 0)


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
    inside = "from boxwright.packing import kernels\n@entry\ndef f():\n    return kernels._settle(0)"
    assert used_by_python("some", ast.parse(inside), INNER) == []
