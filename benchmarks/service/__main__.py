"""Loads a server from client processes, and prints times and CPU.

    python -m benchmarks.service mixed --data DIR
    python -m benchmarks.service overload --data DIR
    python -m benchmarks.service soak --data DIR
    python -m benchmarks.service restart
    python -m benchmarks.service overhead --data DIR
    python -m benchmarks.service split --data DIR
    python -m benchmarks.service workers --data DIR
    python -m benchmarks.service deadlines --data DIR
    python -m benchmarks.service finish --data DIR
    python -m benchmarks.service cancelled --data DIR
    python -m benchmarks.service store
    python -m benchmarks.service kills --times 50
    python -m benchmarks.service synced

``--seconds`` sets the length of a run, ``--workers`` the workers of the server. Prints Markdown tables with the CPU
time of server and clients. Compared runs take turns, so that ratios hold on a busy machine.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks.service import (
    cancelled,
    deadlines,
    kills,
    mixed,
    overload,
    soak,
    split,
    store,
    synced,
    workers,
)

RUNS: dict[str, tuple[Callable[[argparse.Namespace], None], float]] = {
    "mixed": (mixed.run, 240),
    "overload": (overload.run, 60),
    "soak": (soak.run, 1_200),
    "restart": (kills.restart, 0),
    "overhead": (workers.over_planning, 0),
    "split": (split.run, 0),
    "workers": (workers.two_to_one, 300),
    "deadlines": (deadlines.run, 0),
    "finish": (deadlines.finish_times, 0),
    "cancelled": (cancelled.run, 0),
    "store": (store.run, 5),
    "kills": (kills.run, 0),
    "synced": (synced.run, 0),
}
"""Each benchmark, with its default length in seconds."""


def main() -> None:
    """Run a benchmark; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service", description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=RUNS)
    parser.add_argument("--data", type=Path, default=Path(), metavar="DIR", help="folder of the order sets")
    parser.add_argument("--seconds", type=float, help="how long the load lasts; default by benchmark")
    parser.add_argument("--workers", type=int, default=2, help="workers of the server")
    parser.add_argument("--times", type=int, default=50, help="how often a server is killed")
    parser.add_argument("--repeats", type=int, default=10, help="orders of each size and deadline")
    parser.add_argument(
        "--store",
        default="",
        metavar="URL",
        help="store of kills (default: SQLite in a new folder) and of restart (none)",
    )
    chosen = parser.parse_args()
    run, usual_s = RUNS[chosen.what]
    chosen.seconds = chosen.seconds or usual_s
    run(chosen)


if __name__ == "__main__":
    main()
