"""Measures the time to compile and to load the kernels, and to run a command with the kernels of the package.

    python -m benchmarks.startup

Each command runs in its own process; the first has an empty kernel cache. Prints one Markdown table.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples" / "mug.json"
WARM_UP = [sys.executable, "-c", "from boxwright.packing.own import warm_up; warm_up()"]
PACK = [str(Path(sys.executable).with_name("boxwright")), "pack", str(EXAMPLE), "--catalog", "us-stock"]


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return wall and CPU seconds of a command."""
    before = os.times()
    started = time.perf_counter()
    subprocess.run(command, env=os.environ | environment, stdout=subprocess.DEVNULL, check=True)
    wall = time.perf_counter() - started
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu


def main() -> None:
    """Run the benchmark; see the module."""
    print("| what | wall s | CPU s |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as cache:
        own = {"NUMBA_CACHE_DIR": cache, "NUMBA_CPU_NAME": "generic"}  # ignores the package's kernels
        rows = [("all kernels, nothing cached", WARM_UP, own), ("all kernels, cached by numba", WARM_UP, own)]
        rows += [("all kernels, from the package", WARM_UP, {})]
        rows += [("`boxwright pack`, kernels from the package", PACK, {})] * 3
        for what, command, environment in rows:
            wall, cpu = timed(command, environment)
            print(f"| {what} | {wall:.2f} | {cpu:.2f} |")


if __name__ == "__main__":
    main()
