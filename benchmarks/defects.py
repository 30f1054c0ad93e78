"""Sows defects into a copy of the software, one at a time, and shows that the tests named for each turn red.

    python -m benchmarks.defects [--only WORD] [--sample N [--seed S]]

Defects are listed in ``tests/defects.toml``. First all named tests must pass on the copy as it is. Prints one Markdown
table; ends with status 1 if a defect was not caught. A defect in a file of the kernels compiles all of them anew. A
seed draws the same sample of the same list on any machine; without one the seed is drawn. It is printed.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.anchors import AnchorError, Definition, Place, definitions, place_in_file, place_of

ROOT = Path(__file__).parents[1]
SERVICE = "service/boxwright"
COPIED = (
    *("service", "clients/python", "proto", "buf.yaml", "pyproject.toml"),
    *("tests", "benchmarks", "materials", "examples", "docs"),
)


def place_of_defect(defect: Mapping[str, Any], root: Path, defined: Mapping[str, Sequence[Definition]]) -> Place:
    """Return what a defect replaces, below the root of the software.

    Raises
    ------
    AnchorError
        That does not stand exactly once where the defect says; the message names both.
    """
    try:
        if "file" in defect:
            return place_in_file(defect["old"], root / defect["file"])
        return place_of(defect["old"], defect["in"], defined)
    except AnchorError as error:
        raise AnchorError(f"{defect['name']}: {error}") from None


def run(copy: Path, cache: Path, tests: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run tests of the copy with kernels cached in a folder, up to the first failure."""
    sources = (str(copy / each) for each in ("service", "clients/python"))
    path = os.pathsep.join([*sources, os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "--tb=line", "-p", "no:cacheprovider", *tests],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": path, "NUMBA_CACHE_DIR": str(cache), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Sow the defects; see the module. Returns how many were not caught."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.defects", description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", help="only defects whose name, definition or file holds this")
    parser.add_argument("--sample", type=int, metavar="N", help="only N of them, drawn by the seed; default all")
    parser.add_argument("--seed", type=int, help="default another one each time")
    chosen = parser.parse_args(arguments)
    defects = tomllib.loads((ROOT / "tests" / "defects.toml").read_text(encoding="utf-8"))["defect"]
    defined = definitions(ROOT / SERVICE)
    places = {each["name"]: place_of_defect(each, ROOT, defined) for each in defects}
    held = {each["name"]: f"{each['name']}\n{each.get('in')}\n{places[each['name']].file}" for each in defects}
    defects = [each for each in defects if chosen.only in held[each["name"]]]
    if not defects:
        say(f"no defect holds {chosen.only!r}")
        return 1
    if chosen.sample is not None and chosen.sample < len(defects):
        seed = random.randrange(10**8) if chosen.seed is None else chosen.seed
        say(f"{chosen.sample} of {len(defects)} defects, --seed {seed}\n")
        defects = random.Random(seed).sample(defects, chosen.sample)
    uncaught = 0
    with tempfile.TemporaryDirectory() as folder:
        copy, cache = Path(folder) / "copy", Path(folder) / "cache"
        copy.mkdir()
        cache.mkdir()  # tests without compiled code leave it empty
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".hypothesis"))
            else:
                shutil.copy2(source, copy / name)
        sound = run(copy, cache, sorted({test for each in defects for test in each["tests"]}))
        if sound.returncode != 0:
            say(f"the tests fail without any defect:\n{sound.stdout[-2_000:]}")
            return len(defects)
        say("| defect | caught by |\n|---|---|")
        for defect in defects:
            place = places[defect["name"]]
            file = copy / place.file.relative_to(ROOT)
            file.write_text(place.replaced(defect["old"], defect["new"]), encoding="utf-8")
            fresh = Path(folder) / "fresh"
            shutil.copytree(cache, fresh)
            result = run(copy, fresh, defect["tests"])
            shutil.rmtree(fresh)
            file.write_text(place.text, encoding="utf-8")
            # 1: tests failed. Anything else, an import error among it, is not a test that saw the defect.
            caught = result.returncode == 1
            uncaught += not caught
            red = [line.split(" ")[1] for line in result.stdout.splitlines() if line.startswith("FAILED")]
            say(f"| {defect['name']} | {red[0] if caught and red else f'**nothing** (status {result.returncode})'} |")
    say(f"\n{len(defects)} defects, {uncaught} not caught")
    return uncaught


if __name__ == "__main__":
    sys.exit(bool(main()))
