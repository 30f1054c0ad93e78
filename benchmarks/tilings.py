"""Counts the orders that are packed into the box from which they were cut, and which they fill completely.

    python -m benchmarks.tilings [--fewest 25 --most 60 --orders 40] [--mode balanced ...]

The units are made by guillotine cuts, so that every base is wholly supported. The catalog has the box and four others
that are 6 to 30 % longer along each edge. Prints one Markdown table.
"""

import argparse
import random
import statistics
import time

from benchmarks import markdown
from boxwright import BoxType, Catalog, Item, Order, Policy, plan
from boxwright.packing.own import warm_up

Edges = tuple[int, int, int]
LONGER = (1.0, 1.06, 1.13, 1.2, 1.3)
SHORTEST_CUT_MM, LARGEST_FIRST, LONGEST_FIRST = 40, 0.7, 0.6
MM3_PER_GRAM = 2_000


def cut(seed: int, fewest: int, most: int) -> tuple[Edges, list[Edges]]:
    """Return the inner edges of a box in mm, and the edges of the units cut out of it, shuffled and turned."""
    draw = random.Random(seed)
    box = (draw.randint(250, 450), draw.randint(180, 350), draw.randint(120, 300))
    wanted, parts = draw.randint(fewest, most), [box]
    while len(parts) < wanted:
        parts.sort(key=lambda part: part[0] * part[1] * part[2])
        part = parts.pop(-1 if draw.random() < LARGEST_FIRST else draw.randrange(len(parts)))
        axis = max(range(3), key=part.__getitem__) if draw.random() < LONGEST_FIRST else draw.randrange(3)
        at = draw.randint(part[axis] // 4, 3 * part[axis] // 4) if part[axis] >= SHORTEST_CUT_MM else 0
        lengths = (at, part[axis] - at) if at else (part[axis],)
        parts += [(*part[:axis], length, *part[axis + 1 :]) for length in lengths]
    draw.shuffle(parts)
    return box, [tuple(draw.sample(part, 3)) for part in parts]


def order_of(seed: int, fewest: int, most: int) -> tuple[Order, Catalog]:
    """Return an order of units cut out of a box, and a catalog whose first box is that box."""
    box, units = cut(seed, fewest, most)
    lines = [
        Item(f"{number}", 1, *edges, max(1, edges[0] * edges[1] * edges[2] // MM3_PER_GRAM))
        for number, edges in enumerate(units)
    ]
    boxes = [BoxType(f"{times}", *(round(edge * times) for edge in box)) for times in LONGER]
    return Order(f"{seed}", lines), Catalog("cut", boxes)


def main() -> None:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tilings", description=__doc__.split("\n")[0])
    parser.add_argument("--fewest", type=int, default=25, help="fewest units; default 25")
    parser.add_argument("--most", type=int, default=60, help="most units; default 60")
    parser.add_argument("--orders", type=int, default=40, help="default 40")
    parser.add_argument("--mode", action="append", choices=["fast", "balanced", "thorough"], help="default: balanced")
    chosen = parser.parse_args()
    warm_up()
    print(markdown.head(["units", "mode", "in the box they were cut from", "litres", "CPU ms mean", "CPU ms most"]))
    for mode in chosen.mode or ["balanced"]:
        whole, litres, spent_ms = 0, 0.0, []
        for seed in range(chosen.orders):
            order, catalog = order_of(seed, chosen.fewest, chosen.most)
            started = time.process_time()
            answer = plan(order, catalog, Policy(lifting_profile="freight", mode=mode, allow_partial=True), profiles=())
            spent_ms.append(1e3 * (time.process_time() - started))
            litres += sum(parcel.inner_volume_um3 for parcel in answer.parcels) / 1e15
            whole += [parcel.box_type_id for parcel in answer.parcels] == [catalog.box_types[0].box_type_id]
        figures = f"{litres / chosen.orders:.2f}", f"{statistics.mean(spent_ms):.0f}", f"{max(spent_ms):.0f}"
        of = f"{whole} of {chosen.orders}"
        print(markdown.row([f"{chosen.fewest} to {chosen.most}", mode, of, *figures]), flush=True)


if __name__ == "__main__":
    main()
