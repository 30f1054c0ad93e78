"""Orders far past a pack station's: how long the first plan takes, and the last.

    python -m benchmarks.large

Prints one Markdown table.
"""

import random
import time

from boxwright import Item, Order, Policy, improvements, load_catalog
from boxwright.packing.own import warm_up

SEED = 5
CASES = (
    ("60 mixed units", 60, False, "balanced"),
    ("500 equal units", 500, True, "balanced"),
    ("500 mixed units", 500, False, "balanced"),
    ("5,000 equal units", 5_000, True, "balanced"),
    ("10,000 equal units", 10_000, True, "fast"),
    ("2,000 mixed units", 2_000, False, "fast"),
)


def order_of(units: int, *, equal: bool) -> Order:
    """Return an order of equal units of 60 x 40 x 30 mm, or of units of 20 to 200 mm along each edge."""
    if equal:
        return Order("large", [Item("a", units, 60, 40, 30, 50)])
    draw = random.Random(SEED)
    edges = [[draw.randint(20, 200) for _ in range(3)] for _ in range(units)]
    return Order("large", [Item(f"line-{index}", 1, *each, 100) for index, each in enumerate(edges)])


def main() -> None:
    """Run the benchmark; see the module."""
    warm_up()
    catalog = load_catalog("us-stock")
    print("| order | mode | parcels | first plan, CPU s | last plan, CPU s |\n|---|---|---|---|---|")
    for what, units, equal, mode in CASES:
        order = order_of(units, equal=equal)
        started = time.process_time()
        took = []
        for answer in improvements(order, catalog, Policy(lifting_profile="freight", mode=mode)):
            took.append(time.process_time() - started)
            parcels = len(answer.parcels)
        last = time.process_time() - started
        print(f"| {what} | {mode} | {parcels} | {took[0]:.2f} | {last:.2f} |", flush=True)


if __name__ == "__main__":
    main()
