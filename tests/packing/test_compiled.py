"""Compiled kernels: Python does not call inner kernels, which would end the process, and no old code is used."""

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
TEXTS = {path: path.read_text("utf-8") for folder in FOLDERS for path in sorted(folder.rglob("*.py"))}
TREES = {
    path: ast.parse(text) for path, text in TEXTS.items() if "boxwright.packing" in text or PACKING in path.parents
}


def compiled(tree: ast.Module, kind: str) -> set[str]:
    """Return the names of the functions of a module with a decorator."""
    functions = [each for each in tree.body if isinstance(each, ast.FunctionDef)]
    return {each.name for each in functions if any(ast.unparse(how) == kind for how in each.decorator_list)}


def without_way_in(tree: ast.Module) -> set[str]:
    """Return the names of the functions of a module that only compiled ones may call."""
    return compiled(tree, "inner") | compiled(tree, "inlined") | compiled(tree, "maker")


def all_compiled(tree: ast.Module) -> set[str]:
    """Return the names of all compiled functions of a module."""
    return without_way_in(tree) | compiled(tree, "entry")


def module_of(path: Path) -> str:
    """Return the dotted name of a file below the service, or of one elsewhere."""
    base = ROOT / "service" if path.is_relative_to(ROOT / "service") else ROOT
    return ".".join(path.relative_to(base).with_suffix("").parts)


KERNELS = {path: tree for path, tree in TREES.items() if path.is_relative_to(PACKING)}
INNER = {(module_of(path), name) for path, tree in KERNELS.items() for name in without_way_in(tree)}


def used_by_python(module: str, tree: ast.Module, inner: set[tuple[str, str]]) -> list[str]:
    """Return the inner kernels that the interpreted part of a module names, with lines."""
    own = {name: (module, name) for name in without_way_in(tree)}
    for each in ast.walk(tree):
        if isinstance(each, ast.ImportFrom) and each.module is not None:
            own |= {(one.asname or one.name): (each.module, one.name) for one in each.names}
    kernels = {id(each) for each in tree.body if isinstance(each, ast.FunctionDef) and each.name in all_compiled(tree)}
    found = []
    for part in (each for each in tree.body if id(each) not in kernels):
        for each in ast.walk(part):
            if isinstance(each, ast.Name) and own.get(each.id) in inner:
                found.append(f"{module}:{each.lineno}: {each.id}")
            if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
                named = (".".join(own.get(each.value.id, ())), each.attr)
                found += [f"{module}:{each.lineno}: {ast.unparse(each)}"] if named in inner else []
    return found


def makers_called(tree: ast.Module) -> set[str]:
    """Return the makers and entries that the inner kernels of a module name."""
    chosen = compiled(tree, "inner") | compiled(tree, "inlined")
    kernels = [each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name in chosen]
    names = {each.id for kernel in kernels for each in ast.walk(kernel) if isinstance(each, ast.Name)}
    return names & {name for each in KERNELS.values() for name in compiled(each, "maker") | compiled(each, "entry")}


def foreign(tree: ast.Module) -> set[str]:
    """Return the names from other packages that the kernels of a module use."""
    imported = {
        one.asname or one.name
        for each in tree.body
        if isinstance(each, ast.ImportFrom) and (each.module or "").split(".")[0] == "boxwright"
        for one in each.names
        if not f"{each.module}.{one.name}.".startswith("boxwright.packing.")
    }
    kernels = [each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name in all_compiled(tree)]
    return imported & {each.id for kernel in kernels for each in ast.walk(kernel) if isinstance(each, ast.Name)}


def test_kernels_are_made_of_this_folder_alone() -> None:
    """No kernel uses a name of another package, whose changes the cache would not notice."""
    assert {path.stem: found for path, tree in KERNELS.items() if (found := foreign(tree))} == {}


def ran(code: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run code in a separate process that imports the service from a folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"  # Python's own cache compares times in whole seconds
    command = [sys.executable, "-W", "always", *(["-m", code] if code.endswith(".ahead") else ["-c", code])]
    return subprocess.run(command, cwd=folder, env=environment | more, capture_output=True, check=True, text=True)


def answer(folder: Path, **more: str) -> list[int]:
    """Return the answer of the kernel in a folder, from a separate process, and the number of cache hits."""
    found: list[int] = json.loads(ran(F, folder, **more).stdout)
    return found


F = "from boxwright.packing.kernels.outer import f; print([f(1), sum(f.stats.cache_hits.values())])"
DECORATED = "from boxwright.packing.compiled import {0}\n{1}\n@{0}\ndef {2}\n"
INSIDE = DECORATED.format("inner", "", "g(x):\n    return x + 100")


def made_room(folder: Path) -> Path:
    """Make a package of one kernel, which calls one of another file and reads a constant of a third."""
    room = folder / "boxwright" / "packing"
    (room / "kernels").mkdir(parents=True)
    for each in (room.parent, room, room / "kernels"):
        (each / "__init__.py").touch()
    for name in ("compiled.py", "parts.py", "machine_code.py", "ahead.py"):
        shutil.copyfile(PACKING / name, room / name)
    used = "from boxwright.packing.inside import g\nfrom boxwright.packing.kernels.step import STEP"
    outer = DECORATED.format("entry", used, "f(x):\n    return g(x) + STEP")
    (room / "kernels" / "outer.py").write_text(outer)
    (room / "kernels" / "step.py").write_text("STEP = 10\n")
    (room / "inside.py").write_text(INSIDE)
    (room / "own.py").write_text("from boxwright.packing.kernels.outer import f\ndef warm_up():\n    f(1)\n")
    return room


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A package without code."""
    return made_room(tmp_path / "one")


def test_code_is_compiled_again_when_any_file_of_the_package_changes(tmp_path: Path, room: Path) -> None:
    """A change of another kernel or constant is noticed; the same files in another folder are not compiled again."""
    assert answer(tmp_path / "one") == [111, 0]
    (room / "inside.py").write_text(INSIDE.replace("100", "200"))
    assert answer(tmp_path / "one") == [211, 0]
    (room / "inside.py").write_text(INSIDE)
    (room / "kernels" / "step.py").write_text("STEP = 20\n")
    assert answer(tmp_path / "one") == [121, 0]
    shutil.copytree(tmp_path / "one", tmp_path / "two", copy_function=shutil.copyfile)
    assert answer(tmp_path / "two") == [121, 1]


@pytest.mark.long
def test_code_for_a_class_that_is_gone_is_compiled_again(tmp_path: Path, room: Path) -> None:
    """Compiled code names the class of its arguments, which a later version may rename."""
    kept = "from typing import NamedTuple\nclass {0}(NamedTuple):\n    x: int"
    call = "from boxwright.packing.kernels.outer import f, {0}; print([f({0}(1)), sum(f.stats.cache_hits.values())])"
    for name, hits in (("Stock", 0), ("Stock", 1), ("Kinds", 0), ("Kinds", 1)):
        (room / "kernels" / "outer.py").write_text(
            DECORATED.format("entry", kept.format(name), "f(x):\n    return x.x")
        )
        assert json.loads(ran(call.format(name), tmp_path / "one").stdout) == [1, hits]


GENERIC = {"NUMBA_CPU_NAME": "generic"}
NO_FOLDER = {"NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator"}
"""Numba may write only to ``NUMBA_CACHE_DIR``, which is not set."""


def built(folder: Path) -> Path:
    """Compile ahead of time and return the file of code."""
    return Path(ran("boxwright.packing.ahead", folder, **GENERIC, **NO_FOLDER).stdout.strip())


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of code of a package that is compiled ahead."""
    folder = tmp_path_factory.mktemp("built")
    made_room(folder)
    return built(folder)


@pytest.fixture
def code(tmp_path: Path, package: Path) -> Path:
    """A copy of the file of code and its package, which a test may change."""
    shutil.copytree(package.parents[2], tmp_path / "one")
    return tmp_path / "one" / "boxwright" / "packing" / package.name


def test_a_package_with_code_compiles_nothing_and_writes_nowhere(tmp_path: Path, room: Path) -> None:
    """Shipped code is used in another folder, on a CPU other than the generic one, without a warning."""
    code = built(tmp_path / "one")
    assert code.parent == room
    assert str(tmp_path).encode() not in code.read_bytes(), "folders of the machine that built it"
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    before = sorted((tmp_path / "two").rglob("*"))
    run = ran(F, tmp_path / "two", **NO_FOLDER)
    assert json.loads(run.stdout) == [111, 1]
    assert run.stderr == ""
    assert sorted((tmp_path / "two").rglob("*")) == before
    made = code.stat().st_mtime_ns
    assert built(tmp_path / "one").stat().st_mtime_ns == made, "fresh code is made anew"


def spoil(code: Path, how: str) -> None:
    """Damage a file of code, or change one of its sources."""
    content = code.read_bytes()
    if how == "folder":
        code.unlink()
        code.mkdir()
    elif how == "source":
        (code.parent / "kernels" / "step.py").write_text("STEP = 20\n")
    elif how:
        flipped = content[:-100] + bytes([content[-100] ^ 1]) + content[-99:]
        code.write_bytes({"flipped": flipped, "cut": content[:-1], "empty": b""}[how])


OTHER_PROCESSOR = "from boxwright.packing import machine_code as m; m.get_process_triple = lambda: 'riscv64-linux'\n"
LONG = pytest.mark.long


@pytest.mark.parametrize(
    ("how", "before", "more", "said"),
    [
        ("", "", {}, "called with types"),
        ("", "import numba; numba.__version__ = '0.68.99'\n", {}, "other numba"),
        pytest.param("", OTHER_PROCESSOR, {}, "other processor", marks=LONG),
        pytest.param("", "import sys; sys.implementation.cache_tag = 'cpython-399'\n", {}, "cpython-399", marks=LONG),
        pytest.param("", "", GENERIC, "NUMBA_CPU_NAME", marks=LONG),
        ("source", "", {}, "other sources"),
        ("flipped", "", {}, "damaged"),
        pytest.param("cut", "", {}, "damaged", marks=LONG),
        pytest.param("empty", "", {}, "cannot be read", marks=LONG),
        pytest.param("folder", "", {}, "cannot be read", marks=LONG),
    ],
)
def test_code_that_does_not_match_is_not_used(
    tmp_path: Path, code: Path, how: str, before: str, more: dict[str, str], said: str
) -> None:
    """Kernels are then compiled, one line gives the reason, and they are not cached if no folder is writable."""
    spoil(code, how)
    run = ran(f"{before}{F}; f(2); f(1.5); f(2.5)", tmp_path / "one", **more, **NO_FOLDER)
    assert json.loads(run.stdout) == [121 if how == "source" else 111, not (how or before or more)]
    (line,) = run.stderr.splitlines()
    assert said in line


UNKNOWN = """
import json, sys, warnings
import numba

numba.__version__ = "99.1.0"
sys.modules["boxwright.packing.parts"] = None  # an import of it fails here
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    from boxwright.packing.kernels.standing import new_loads
    from boxwright.packing.own import NOTHING, problem_of
    from boxwright.packing.problem import Rules, Space, Units
    from boxwright.packing.state import Packing
    from boxwright.packing.unstack import _stand
import numpy as np

units = Units(
    np.array([[30, 20, 10], [30, 20, 10]]), np.array([63, 63]), np.array([0, 0]), np.ones(2), np.ones(2), np.zeros(2)
)
problem = problem_of(units, Space((60, 40, 20)), Rules(), None)
packing = Packing(np.array([[0, 0, 0, 30, 20, 10], [16, 0, 10, 46, 20, 20]]), np.arange(2), np.zeros(2, dtype=np.int64))
kept = _stand(problem, packing, 2, new_loads(problem, 2))
print(json.dumps([[str(each.message) for each in said], packing.at[:kept].tolist(), new_loads.stats.cache_path]))
"""


@pytest.mark.long
def test_a_numba_of_an_unknown_version_compiles_kernels_by_itself() -> None:
    """One warning names the version; kernels give the right answer and are not cached."""
    said, standing, cached = json.loads(ran(UNKNOWN, ROOT).stdout)
    assert ["99.1.0" in each for each in said] == [True]
    assert standing == [[0, 0, 0, 30, 20, 10]], "the upper unit lacks support"
    assert cached is None


def test_no_interpreted_code_calls_an_inner_kernel() -> None:
    """Python code names only kernels that Python may call."""
    assert len(INNER) > 50
    assert [found for path, tree in TREES.items() for found in used_by_python(module_of(path), tree, INNER)] == []


def test_inner_kernels_call_no_makers() -> None:
    """Inner kernels do not count references, so they call no kernel that returns arrays."""
    assert [path.stem for path, tree in KERNELS.items() if compiled(tree, "maker")] != []
    assert {path.stem: found for path, tree in KERNELS.items() if (found := makers_called(tree))} == {}


@pytest.mark.parametrize("made", ["array[1:]", "(array, 1)"])
def test_an_inner_kernel_that_hands_out_arrays_is_refused(made: str) -> None:
    """An array without counted references would be freed twice, so such a kernel does not compile."""
    module: dict[str, Any] = {}
    exec(f"def kernel(array):\n    return {made}", module)
    kernel = inner(module["kernel"])
    with pytest.raises((TypeError, TypingError), match="array"):
        njit(lambda array: kernel(array))(np.zeros(3))


def test_an_error_in_an_inner_kernel_reaches_python() -> None:
    """A division by zero in an inner kernel is raised by the entry that called it."""
    kernel = inner(lambda above, below: above // below)
    outer = njit(lambda above, below: kernel(above, below))
    assert outer(7, 2) == 3
    with pytest.raises(ZeroDivisionError):
        outer(7, 0)


@pytest.mark.parametrize(
    "text",
    [
        "from boxwright.packing.kernels import standing\ndef f(): return standing.set_down(0)",
        "from boxwright.packing.kernels.standing import set_down\nprint(set_down)",
        "from boxwright.packing.kernels import standing as s\nx = s.set_down",
    ],
)
def test_the_checks_find_what_they_look_for(text: str) -> None:
    """The checks above find calls of inner kernels and of makers, and names of other packages."""
    assert used_by_python("some", ast.parse(text), INNER) != []
    inside = "from boxwright.packing.kernels import standing\n@entry\ndef f():\n    return standing.set_down(0)"
    assert used_by_python("some", ast.parse(inside), INNER) == []
    assert makers_called(ast.parse("@inner\ndef f():\n    return new_packing(3)")) == {"new_packing"}
    assert foreign(ast.parse("from boxwright.units import MM\n@inner\ndef f(x):\n    return x * MM")) == {"MM"}
