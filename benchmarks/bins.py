"""Compares engines on the fewest equal bins at fixed orientation: the Martello-Pisinger-Vigo classes.

    python -m benchmarks.bins --data DIR [--class N ...] [--units N ...] [--instances N] [--mode balanced] [--peer ...]

The instances have neither support nor mass. Prints one Markdown table of mean bins; ``lb`` is the published lower
bound, ``published`` the second figure of the published files, probably the value of a heuristic.
"""

import argparse
import dataclasses
import json
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import markdown
from benchmarks.cpu import cpu_seconds
from benchmarks.engine import Boxwright, Engine, RefusedError
from boxwright import BoxType, Catalog, Item, Order, Policy, check
from boxwright.packing.own import warm_up

RULES = Policy(lifting_profile="freight", allow_partial=True, support_ratio=0, load_bearing=False)
COLUMNS = ("class", "units", "engine", "instances", "bins", "lb", "gap %", "published", "violations", "CPU s mean")


def packed(engine: Engine, order: Order, catalog: Catalog) -> tuple[int | None, int, float]:
    """Return bins (None if units were left out), violations, and CPU seconds."""
    started = cpu_seconds()
    try:
        plan = engine.pack(order, catalog).plan
    except RefusedError:
        return None, 0, cpu_seconds() - started
    spent = cpu_seconds() - started
    return None if plan.unpacked else len(plan.parcels), len(check(plan, order, catalog, RULES)), spent


def order_of(instance: dict[str, Any]) -> tuple[Order, Catalog]:
    """Return the order of an instance, with a line for each unit, and the catalog of its bin."""
    lines = [Item(str(number), 1, *edges, 0, orientations=["LWH"]) for number, edges in enumerate(instance["items"])]
    name = f"mpv-{instance['cls']}-{instance['n']}-{instance['v']}"
    return Order(name, lines), Catalog("bins", [BoxType("bin", *instance["bin"])])


def rows(group: Sequence[dict[str, Any]], engines: Sequence[Engine]) -> Iterator[str]:
    """Yield one row per engine for instances of one class and size."""
    for engine in engines:
        results = [packed(engine, *order_of(instance)) for instance in group]
        bins = [count for count, _, _ in results if count is not None]
        whole = len(bins) == len(group)
        bound = statistics.mean(instance["lb"] for instance in group)
        cells = [
            str(group[0]["cls"]),
            str(group[0]["n"]),
            engine.name,
            str(len(group)),
            f"{statistics.mean(bins):.2f}" if whole else f"not whole: {len(group) - len(bins)}",
            f"{bound:.2f}",
            f"{100 * (statistics.mean(bins) / bound - 1):.1f}" if whole else "-",
            f"{statistics.mean(instance['ub_ref'] for instance in group):.2f}",
            str(sum(violations for _, violations, _ in results)),
            f"{statistics.mean(spent for _, _, spent in results):.2f}",
        ]
        yield markdown.row(cells)


def engines_of(chosen: argparse.Namespace) -> list[Engine]:
    """Return Boxwright in the chosen modes, then the chosen peers."""
    engines: list[Engine] = [
        Boxwright(f"boxwright {mode}", dataclasses.replace(RULES, mode=mode)) for mode in chosen.mode or ["balanced"]
    ]
    if chosen.peer:
        from benchmarks.peers import peer

        engines += [peer(name, chosen.seconds) for name in chosen.peer]
    return engines


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> None:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bins", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with mpv.json")
    parser.add_argument("--class", dest="classes", type=int, action="append", help="default: all in the file")
    parser.add_argument("--units", type=int, action="append", help="sizes; default: all in the file")
    parser.add_argument("--instances", type=int, default=None, help="first N of each class and size; default: all")
    parser.add_argument("--mode", action="append", choices=["fast", "balanced", "thorough"], help="default: balanced")
    parser.add_argument("--peer", action="append", choices=["packingsolver3d", "packvium"], help="default: none")
    parser.add_argument("--seconds", type=float, default=10.0, help="limit of engines that stop by a clock; default 10")
    chosen = parser.parse_args(arguments)
    engines = engines_of(chosen)
    groups: defaultdict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for instance in json.loads((chosen.data / "mpv.json").read_text()):
        number, units = instance["cls"], instance["n"]
        if number in (chosen.classes or [number]) and units in (chosen.units or [units]):
            groups[number, units].append(instance)
    warm_up()
    say(markdown.head(COLUMNS))
    for _, group in sorted(groups.items()):
        for line in rows(group[: chosen.instances], engines):
            say(line)


if __name__ == "__main__":
    main()
