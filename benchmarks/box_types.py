"""Measures the time of a plan with catalogs of 10 to 1,000 box types, for the orders of one shop.

    python -m benchmarks.box_types --data FOLDER [--orders N] [--lanes]

Prints CPU milliseconds of the whole call, check included. The catalog of 28 types belongs to the orders; that of 10
types is a part of it, and those of 300 and 1,000 are drawn with a seed between its smallest and largest edges.
``--lanes`` gives each order its own lane with a carrier service, so that caches by lane do not help.
"""

import argparse
import random
import time
from pathlib import Path

from benchmarks import markdown
from benchmarks.datasets import load
from boxwright import BoxType, Catalog, Lane, Leg, Policy, load_catalog, plan
from boxwright.packing.own import warm_up

SEED = 7


def drawn(catalog: Catalog, count: int) -> Catalog:
    """Return a catalog of random boxes with edges in the range of another catalog."""
    draw = random.Random(SEED)
    edges = [(box.inner_length_mm, box.inner_width_mm, box.inner_height_mm) for box in catalog.box_types]
    low, high = (tuple(map(pick, zip(*edges, strict=True))) for pick in (min, max))
    sizes = [
        sorted((draw.uniform(*between) // 5 * 5 for between in zip(low, high, strict=True)), reverse=True)
        for _ in range(count)
    ]
    return Catalog(f"drawn-{count}", [BoxType(f"box-{n}", *size) for n, size in enumerate(sizes)])


def main() -> None:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.box_types", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with olist.json")
    parser.add_argument("--orders", type=int, default=300, help="number of orders; default 300")
    parser.add_argument("--lanes", action="store_true", help="give each order its own lane")
    chosen = parser.parse_args()
    warm_up()
    shop = load(chosen.data, "olist")
    catalogs = [
        Catalog("few", shop.catalog.box_types[::3][:10]),
        shop.catalog,
        load_catalog("eu-webshop"),
        drawn(shop.catalog, 300),
        drawn(shop.catalog, 1_000),
    ]
    print(markdown.head(["box types", "mean, ms", "median, ms", "p99, ms", "mean to that of 10"]))
    first = 0.0
    for catalog in catalogs:
        took = []
        for turn in range(2):  # the first turn fills the caches of a catalog
            took.clear()
            for number, order in enumerate(shop.orders[: chosen.orders]):
                lane = (
                    Lane([Leg("road", 100 + number + turn)], carrier_service="dhl-express/international")
                    if chosen.lanes
                    else None
                )
                started = time.process_time()
                plan(order, catalog, Policy(allow_partial=True), lane)
                took.append(1e3 * (time.process_time() - started))
        took.sort()
        mean = sum(took) / len(took)
        first = first or mean
        middle, late = took[len(took) // 2], took[len(took) * 99 // 100]
        cells = [f"{len(catalog.box_types):,}", f"{mean:.2f}", f"{middle:.2f}", f"{late:.1f}", f"{mean / first:.2f}"]
        print(markdown.row(cells), flush=True)


if __name__ == "__main__":
    main()
