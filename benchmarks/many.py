"""Measures orders of many units, with or without fragility classes, in each mode: parcels, litres, proofs and CPU.

    python -m benchmarks.many --data DIR [--set NAME ...] [--classes] [--mode NAME ...] [--times N] [--orders N]

The sets are ``datasets.POOLED``, drawn with a seed, and the baskets ``olist_mix``. ``--times`` multiplies the units of
drawn sets. ``--classes`` draws a fragility class for each line, as in ``benchmarks.fragile``, and adds the dunnage of
``eu-webshop``. Prints one Markdown table.
"""

import argparse
import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks import markdown
from benchmarks.datasets import MM3_PER_LITRE, POOLED, drawn, load
from benchmarks.engine import Boxwright, boxwright
from benchmarks.fragile import with_classes
from benchmarks.outcome import run
from boxwright import Policy, load_catalog
from boxwright.packing.own import warm_up

MODES = ("fast", "balanced", "thorough")
COLUMNS = (
    *("set", "units", "mode", "orders", "not whole", "of one box", "boxes", "litres an order"),
    *("fewest boxes proved", "PROVED", "CPU ms p50 / p99 / mean"),
)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> None:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the order sets")
    parser.add_argument("--set", action="append", choices=[*POOLED, "olist_mix"], help="default: all drawn sets")
    parser.add_argument("--classes", action="store_true", help="with fragility classes")
    parser.add_argument("--mode", action="append", choices=MODES, help="default: all")
    parser.add_argument("--times", type=int, default=1, help="factor on the number of units; default 1")
    parser.add_argument("--orders", type=int, default=None, help="first N orders of each set; default: all")
    chosen = parser.parse_args(arguments)
    warm_up()
    say(markdown.head(COLUMNS))
    for name in chosen.set or POOLED:
        data = load(chosen.data, name)
        orders = (drawn(chosen.data, name, chosen.times) if name in POOLED else data.orders)[: chosen.orders]
        catalog = data.catalog
        if chosen.classes:
            catalog = dataclasses.replace(catalog, dunnage=load_catalog("eu-webshop").dunnage)
            orders = with_classes(orders)
        counts = [order.unit_count for order in orders]
        for mode in chosen.mode or MODES:
            engine = boxwright(mode)
            if chosen.classes:
                engine = Boxwright(mode, Policy(mode=mode, lifting_profile="freight", allow_partial=True))
            outcomes = run(engine, orders, catalog)
            whole = [outcome for outcome in outcomes if outcome.whole]
            times = [outcome.cpu_ms for outcome in outcomes]
            p50, p99 = np.quantile(times, [0.5, 0.99])
            cells = (
                f"{name} with classes" if chosen.classes else name,
                f"{min(counts)} to {max(counts)}",
                mode,
                str(len(outcomes)),
                str(len(outcomes) - len(whole)),
                str(sum(outcome.boxes == 1 for outcome in whole)),
                str(sum(outcome.boxes for outcome in whole)),
                f"{sum(outcome.volume_mm3 for outcome in whole) / MM3_PER_LITRE / max(len(whole), 1):.2f}",
                str(sum(outcome.fewest for outcome in outcomes)),
                str(sum(outcome.proved for outcome in outcomes)),
                f"{p50:.1f} / {p99:.1f} / {sum(times) / len(times):.1f}",
            )
            say(markdown.row(cells))


if __name__ == "__main__":
    main()
