"""Kernels that only kernels call are compiled without a way in from Python: a call from there would end the process."""

import ast
import json
import os
import shutil
import subprocess
import sys
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


def foreign(tree: ast.Module) -> set[str]:
    """Return the names from other rooms that the kernels of a module use."""
    imported = {
        one.asname or one.name
        for each in tree.body
        if isinstance(each, ast.ImportFrom) and (each.module or "").split(".")[0] == "boxwright"
        for one in each.names
        if not f"{each.module}.{one.name}.".startswith("boxwright.packing.")
    }
    kernels = [each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name in both(tree)]
    return imported & {each.id for kernel in kernels for each in ast.walk(kernel) if isinstance(each, ast.Name)}


def test_kernels_are_made_of_this_folder_alone() -> None:
    """No kernel uses what another room holds: its change would go unnoticed."""
    assert {path.stem: found for path, tree in KERNELS.items() if (found := foreign(tree))} == {}


def test_a_name_of_another_room_would_be_found() -> None:
    """A constant of another room is told where a kernel uses it; where Python does it is not."""
    text = "from boxwright.units import MM\n@inner\ndef f(x):\n    return x{0}\ndef g():\n    return MM"
    assert foreign(ast.parse(text.format(" * MM"))) == {"MM"}
    assert foreign(ast.parse(text.format(""))) == set()


def answer(folder: Path) -> list[int]:
    """Return what the kernel of ``folder`` gives in a process of its own, and how often the cache had its code."""
    code = "import json, outer; print(json.dumps([outer.f(1), sum(outer.f.stats.cache_hits.values())]))"
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"  # Python's own cache looks at the second of the last change only
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, check=True, text=True
    )
    found: list[int] = json.loads(run.stdout)
    return found


def test_code_is_compiled_anew_when_any_file_of_the_folder_changes(tmp_path: Path) -> None:
    """A changed kernel and a changed constant of another file are seen; the same files elsewhere need no compiler."""
    folder = tmp_path / "one"
    folder.mkdir()
    decorated = "from boxwright.packing.compiled import {0}\n{1}\n@{0}\ndef {2}\n"
    outer = decorated.format("entry", "from inside import STEP, g", "f(x):\n    return g(x) + STEP")
    (folder / "outer.py").write_text(outer)
    inside = decorated.format("inner", "STEP = 10", "g(x):\n    return x + 100")
    (folder / "inside.py").write_text(inside)
    assert answer(folder) == [111, 0]
    assert answer(folder) == [111, 1]
    (folder / "inside.py").write_text(inside.replace("100", "200"))
    assert answer(folder) == [211, 0]
    (folder / "inside.py").write_text(inside.replace("10\n", "20\n"))
    assert answer(folder) == [121, 0]
    shutil.copytree(folder, tmp_path / "two", copy_function=shutil.copyfile)
    assert answer(tmp_path / "two") == [121, 1]


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
