"""Orders of many small units and of many units of any size, in each mode: parcels, litres and CPU.

    python -m benchmarks.many --data DIR [--set mid] [--set big] [--mode fast ...] [--times N] [--orders N]

The orders are drawn with a seed from the products in the folder (``datasets.POOLED``), with ``--times`` as many units.
Prints one Markdown table. CPU is that of the whole call, kernels compiled before the clock starts.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks import markdown
from benchmarks.datasets import MM3_PER_LITRE, POOLED, drawn, load
from benchmarks.engine import boxwright
from benchmarks.outcome import run
from boxwright.packing.own import warm_up

COLUMNS = (
    "set",
    "units",
    "mode",
    "orders",
    "not whole",
    "of one box",
    "boxes",
    "litres an order",
    "CPU ms p50 / p99 / mean",
)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> None:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the order sets")
    parser.add_argument("--set", action="append", choices=POOLED, help="default: all")
    parser.add_argument("--mode", action="append", choices=["fast", "balanced", "thorough"], help="default: all")
    parser.add_argument("--times", type=int, default=1, help="how many times as many units; default 1")
    parser.add_argument("--orders", type=int, default=None, help="first N orders of each set; default: all")
    chosen = parser.parse_args(arguments)
    warm_up()
    say(markdown.head(COLUMNS))
    for name in chosen.set or POOLED:
        catalog = load(chosen.data, name).catalog
        orders = drawn(chosen.data, name, chosen.times)[: chosen.orders]
        counts = [order.unit_count for order in orders]
        for mode in chosen.mode or ("fast", "balanced", "thorough"):
            outcomes = run(boxwright(mode), orders, catalog)
            whole = [each for each in outcomes if each.whole]
            times = [each.cpu_ms for each in outcomes]
            p50, p99 = np.quantile(times, [0.5, 0.99])
            cells = (
                name,
                f"{min(counts)} to {max(counts)}",
                mode,
                str(len(outcomes)),
                str(len(outcomes) - len(whole)),
                str(sum(each.boxes == 1 for each in whole)),
                str(sum(each.boxes for each in whole)),
                f"{sum(each.volume_mm3 for each in whole) / MM3_PER_LITRE / max(len(whole), 1):.2f}",
                f"{p50:.1f} / {p99:.1f} / {sum(times) / len(times):.1f}",
            )
            say(markdown.row(cells))


if __name__ == "__main__":
    main()
