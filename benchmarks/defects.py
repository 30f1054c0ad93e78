"""Sows defects into a copy of the software, one at a time, and shows that the tests named for each turn red.

    python -m benchmarks.defects [--only WORD]

Defects are listed in ``tests/defects.toml``. First all named tests must pass on the copy as it is. Prints one Markdown
table; ends with status 1 if a defect was not caught. A defect in a file of the kernels compiles all of them anew.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = ("service", "tests", "materials", "examples", "benchmarks", "pyproject.toml")


def run(copy: Path, cache: Path, tests: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run tests of the copy with kernels cached in a folder, up to the first failure."""
    path = os.pathsep.join([str(copy / "service"), os.environ.get("PYTHONPATH", "")])
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
    parser.add_argument("--only", default="", help="only defects whose name or file holds this")
    chosen = parser.parse_args(arguments)
    defects = tomllib.loads((ROOT / "tests" / "defects.toml").read_text(encoding="utf-8"))["defect"]
    defects = [each for each in defects if chosen.only in each["name"] or chosen.only in each["file"]]
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
            file = copy / defect["file"]
            text = file.read_text(encoding="utf-8")
            if text.count(defect["old"]) != 1:
                raise SystemExit(f"{defect['name']}: what it replaces stands {text.count(defect['old'])} times")
            file.write_text(text.replace(defect["old"], defect["new"]), encoding="utf-8")
            fresh = Path(folder) / "fresh"
            shutil.copytree(cache, fresh)
            result = run(copy, fresh, defect["tests"])
            shutil.rmtree(fresh)
            file.write_text(text, encoding="utf-8")
            # 1: tests failed. Anything else, an import error among it, is not a test that saw the defect.
            caught = result.returncode == 1
            uncaught += not caught
            red = [line.split(" ")[1] for line in result.stdout.splitlines() if line.startswith("FAILED")]
            say(f"| {defect['name']} | {red[0] if caught and red else f'**nothing** (status {result.returncode})'} |")
    say(f"\n{len(defects)} defects, {uncaught} not caught")
    return uncaught


if __name__ == "__main__":
    sys.exit(bool(main()))
