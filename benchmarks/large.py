"""Measures very large orders: time to the first and the last plan, and growth of CPU with the units.

    python -m benchmarks.large
    python -m benchmarks.large --curve

Prints one Markdown table. The curve has CPU milliseconds per unit for orders of 100 to 10,000 units in many parcels, in
mode ``fast``, check included: while it is flat, the work is linear in the units.
"""

import argparse
import random
import time

from benchmarks import markdown
from boxwright import BoxType, Catalog, Item, Order, Policy, Task, improvements, load_catalog, plan
from boxwright.domain.property_cap import PropertyAmount, PropertyCap
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


UNITS = (100, 300, 1_000, 3_000, 10_000)
CARTONS = Catalog(
    "curve", [BoxType(f"box-{n}", 320 + 20 * n, 310 + 12 * n, 310 + 9 * n, max_gross_g=30_000) for n in range(28)]
)
CURVE = Policy(
    mode="fast",
    allow_partial=True,
    lifting_profile="freight",
    property_caps=[PropertyCap("lithium_wh", 100)],
)


def lines_of(kind: str, units: int) -> list[Item]:
    """Return the lines of an order of many parcels."""
    draw = random.Random(SEED)
    if kind == "one SKU":
        return [Item("a", units, 400, 300, 300, 5_000)]
    if kind == "12 SKUs":
        edges = [[draw.randint(120, 390) for _ in range(3)] for _ in range(12)]
        return [Item(f"line-{n}", max(1, units // 12), *each, 500 + 700 * n) for n, each in enumerate(edges)]
    lines = []
    for number in range(units if kind == "all different" else units // 4):
        edges = [draw.randint(80, 300) for _ in range(3)]
        if kind == "all different":
            lines.append(Item(f"line-{number}", 1, *edges, draw.randint(100, 9_000)))
            continue
        group, amount = draw.choice(["", "food", "poison"]), PropertyAmount("lithium_wh", draw.choice([1, 5, 20]))
        lines.append(Item(f"line-{number}", 4, *edges, 4_000, keep_apart_group=group, property_amounts=(amount,)))
    return lines


def curve() -> None:
    """Print CPU milliseconds per unit by kind of order and number of units."""
    print(markdown.head(["order", *(f"{units:,} units" for units in UNITS)]))
    for kind in ("one SKU", "12 SKUs", "all different", "kept apart, capped"):
        cells = []
        for units in UNITS:
            order = Order("curve", lines_of(kind, units))
            started = time.process_time()
            answer = plan(order, CARTONS, CURVE, profiles=())
            spent = time.process_time() - started
            cells.append(f"{1e3 * spent / units:.2f} ({len(answer.parcels):,} parcels)")
        print(markdown.row([kind, *cells]), flush=True)


def main() -> None:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large", description=__doc__.split("\n")[0])
    parser.add_argument("--curve", action="store_true", help="CPU per unit for 100 to 10,000 units")
    chosen = parser.parse_args()
    warm_up()
    if chosen.curve:
        curve()
        return
    catalog = load_catalog("us-stock")
    print("| order | mode | parcels | first plan, CPU s | last plan, CPU s |\n|---|---|---|---|---|")
    for what, units, equal, mode in CASES:
        order = order_of(units, equal=equal)
        started = time.process_time()
        took = []
        for answer in improvements(Task(order, catalog, Policy(lifting_profile="freight", mode=mode))):
            took.append(time.process_time() - started)
            parcels = len(answer.parcels)
        last = time.process_time() - started
        print(f"| {what} | {mode} | {parcels} | {took[0]:.2f} | {last:.2f} |", flush=True)


if __name__ == "__main__":
    main()
