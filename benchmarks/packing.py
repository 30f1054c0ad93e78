"""Compares engines on sets of real orders: boxes, litres, support and CPU.

    python -m benchmarks.packing --data DIR [--set NAME ...] [--mode balanced] [--orders N] [--peer NAME ...]
        [--peer-orders N]

Prints one Markdown table. Other engines pack the first orders of each set, below a row of Boxwright for the same.
CPU includes child processes, but not the compilation of kernels.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import markdown
from benchmarks.cpu import loop_ms
from benchmarks.datasets import POOLED, SETS, DataSet, load
from benchmarks.engine import Engine, boxwright, py3dbp
from benchmarks.outcome import run
from benchmarks.peers import PEERS, peer
from benchmarks.table import COLUMNS, published_row, row, worse
from boxwright.packing.own import warm_up


def compare(
    data: DataSet, ours: Sequence[Engine], peers: Sequence[Engine], chosen: argparse.Namespace
) -> Iterator[str]:
    """Yield the rows of a set as they become known."""
    few = data.orders[: chosen.peer_orders]
    baseline = run(py3dbp(), few, data.catalog) if few else []
    by = loop_ms(), {outcome.order_id: outcome.cpu_ms for outcome in baseline}
    shared = []
    for engine in ours:
        outcomes = run(engine, data.orders[: chosen.orders], data.catalog)
        yield row(data, engine, outcomes, *by)
        if chosen.list_worse:
            yield "worse than the best known: " + ", ".join(worse(data, outcomes))
        if few and len(few) < len(outcomes):
            shared.append(row(data, engine, outcomes[: len(few)], *by))
    yield from shared
    if few:
        yield row(data, py3dbp(), baseline, *by)
        for engine in peers:
            yield row(data, engine, run(engine, few, data.catalog), *by)
    if few and data.published:
        yield published_row(data, few)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> None:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.packing", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the order sets")
    parser.add_argument("--set", action="append", choices=[*SETS, *POOLED], help="default: all")
    parser.add_argument("--mode", action="append", choices=["fast", "balanced", "thorough"], help="default: balanced")
    parser.add_argument("--orders", type=int, default=None, help="first N orders of each set; default: all")
    parser.add_argument("--peer", action="append", choices=PEERS, help="default: only py3dbp")
    parser.add_argument("--peer-orders", type=int, default=100, help="first N orders for others; default 100, 0: none")
    parser.add_argument("--seconds", type=float, default=1.0, help="limit of engines that stop by a clock; default 1")
    parser.add_argument("--list-worse", action="store_true", help="name the orders that are worse than the best known")
    chosen = parser.parse_args(arguments)
    peers = [peer(name, chosen.seconds) for name in chosen.peer or ()]
    warm_up()
    say(markdown.head(COLUMNS))
    for name in chosen.set or (*SETS, *POOLED):
        data = load(chosen.data, name)
        for line in compare(data, [boxwright(mode) for mode in chosen.mode or ["balanced"]], peers, chosen):
            say(line)


if __name__ == "__main__":
    main()
