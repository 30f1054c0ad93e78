"""Counts the complete plans of orders whose deadline is shorter than their search.

    python -m benchmarks.cut --data DIR

Each order is planned without a deadline, and if that takes more than 50 ms, again with 40 % of that time, but at least
50 ms. Prints one Markdown table with a row for each shipped catalog. Units that fit no box are removed first.
"""

import argparse
import time
from pathlib import Path

from benchmarks import markdown
from benchmarks.datasets import load
from boxwright import Catalog, Order, Policy, load_catalog, plan
from boxwright.catalog import catalog_names
from boxwright.errors import BoxwrightError
from boxwright.packing.own import warm_up
from boxwright.stop import Stop

SHARE, LEAST_S = 0.4, 0.05
POLICY = Policy(allow_partial=True)


def packable(order: Order, catalog: Catalog) -> Order | None:
    """Return the order without the units that fit no box of the catalog; None if nothing is left."""
    out = {unit.line_id for unit in plan(order, catalog, POLICY, profiles=()).unpacked}
    lines = [line for line in order.lines if line.line_id not in out]
    return Order(order.order_id, lines) if lines else None


def in_time(order: Order, catalog: Catalog, seconds: float) -> bool:
    """Whether a complete plan is found within some seconds."""
    begun = time.monotonic()
    try:
        answer = plan(order, catalog, POLICY, profiles=(), stop=Stop(begun + seconds))
    except BoxwrightError:
        return False
    return not answer.unpacked


def main() -> None:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cut", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the order sets")
    parser.add_argument("--orders", type=int, default=20, help="first N orders of each set; default 20")
    chosen = parser.parse_args()
    warm_up()
    sets = [load(chosen.data, name).orders[: chosen.orders] for name in ("olist_mix", "mid", "big")]
    orders = [order for some in sets for order in some]
    print(markdown.head(["catalog", "orders that take more than 50 ms", "with a complete plan"]))
    for name in catalog_names():
        catalog, slow, whole = load_catalog(name), 0, 0
        for order in filter(None, (packable(order, catalog) for order in orders)):
            begun = time.monotonic()
            plan(order, catalog, POLICY, profiles=())
            took_s = time.monotonic() - begun
            if took_s > LEAST_S:
                slow += 1
                whole += in_time(order, catalog, max(SHARE * took_s, LEAST_S))
        print(markdown.row([name, str(slow), str(whole)]), flush=True)


if __name__ == "__main__":
    main()
