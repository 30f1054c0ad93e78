"""How many plans change when the objective, the lane, the cushioning or the accounting profile does.

    python -m benchmarks.flips --data DIR [--set NAME ...] [--orders N] [--skip TEXT] [--processes N] [--list]

Fragility is assigned per category of goods (fragility_by_category.csv beside this file); goods of other categories are
not fragile. Boxes are those of the catalogs china-post, eu-stock and us-stock together; plans are
those of mode fast. Prints one Markdown table: per
change the orders packed whole on both sides, the plans that change, the mean change of each figure over all of them,
and the orders that move against the expected sign, split by whether both plans are proved.
"""

import argparse
import csv
import dataclasses
import functools
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.datasets import SETS, load
from benchmarks.flips.expectation import EVERY_CUSHIONING, EXPECTATIONS, Expectation
from benchmarks.flips.scenario import UNITS, Outcome, Scenario, ask
from boxwright import Catalog, Fragility, Order, load_catalog
from boxwright.catalog import load_materials

CATALOGS = ("china-post", "eu-stock", "us-stock")
TOLERANCE = 1e-9
"""Below this a change is rounding of the sum, not a move."""


def fragility_by_category() -> dict[str, Fragility]:
    """Return the fragility of each category that has one."""
    with Path(__file__).with_name("fragility_by_category.csv").open(encoding="utf-8", newline="") as stream:
        return {row["category"]: Fragility(row["fragility_class"]) for row in csv.DictReader(stream)}


@functools.cache
def study_catalog() -> Catalog:
    """Return the box types of the catalogs in one, with every cushioning of the study and one fill and tape."""
    parts = [load_catalog(name) for name in CATALOGS]
    stocked = {each.dunnage_id: each for each in load_materials().dunnage}
    dunnage = [stocked[name] for name in (*EVERY_CUSHIONING, "crumpled-kraft-fill", "kraft-paper-tape")]
    boxes = [box for part in parts for box in part.box_types]
    return Catalog("study", tuple(boxes), dunnage=tuple(dunnage))


def orders_of(folder: Path, name: str, most: int | None) -> Iterator[Order]:
    """Yield the orders of a set with fragility by category."""
    assigned = fragility_by_category()
    content = json.loads((folder / SETS[name][0]).read_text(encoding="utf-8"))
    for order, raw in zip(load(folder, name).orders[:most], content["orders"], strict=False):
        lines = [
            dataclasses.replace(line, fragility=assigned.get(item.get("cat", "")))
            for line, item in zip(order.lines, raw["items"], strict=True)
        ]
        yield dataclasses.replace(order, lines=tuple(lines))


def outcomes(asked: Sequence[Scenario], order: Order) -> list[Outcome | None]:
    """Return what comes of one order in each scenario."""
    catalog = study_catalog()
    return [ask(order, catalog, each) for each in asked]


def row(expectation: Expectation, pairs: Sequence[tuple[str, Outcome, Outcome]], *, listed: bool) -> Iterator[str]:
    """Yield the row of one change and, if asked for, the orders that move against its signs."""
    changed = [pair for pair in pairs if pair[1].boxes != pair[2].boxes]
    same_basis = (expectation.first.legs, expectation.first.profile) == (
        expectation.second.legs,
        expectation.second.profile,
    )
    moves = [
        f"{sum(b.figures[name] - a.figures[name] for _, a, b in pairs) / max(len(pairs), 1):+.4f} {unit}"
        for name, unit in UNITS.items()
        if name != "emissions" or same_basis
    ]
    against = [
        (order_id, name, a.proved and b.proved)
        for order_id, a, b in pairs
        for name, sign in expectation.signs.items()
        if sign * (b.figures[name] - a.figures[name]) < -TOLERANCE
    ]
    share = 100 * len(changed) / max(len(pairs), 1)
    proved = sum(both for _, _, both in against)
    signs = (
        ", ".join(f"{name} {'falls' if sign < 0 else 'rises'}" for name, sign in expectation.signs.items()) or "none"
    )
    yield (
        f"| {expectation.name} | {len(pairs)} | {len(changed)} ({share:.1f} %) | {', '.join(moves)} | {signs} "
        f"| {proved} / {len(against) - proved} |"
    )
    if listed:
        yield from (f"against: {order_id} {name}{' (both proved)' if both else ''}" for order_id, name, both in against)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the study; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flips", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the order sets")
    parser.add_argument("--set", action="append", choices=SETS, help="default: all but boxpacker_2d")
    parser.add_argument("--orders", type=int, default=None, help="first N orders of each set; default: all")
    parser.add_argument("--skip", default=None, help="leave out changes with this text in their name")
    parser.add_argument("--processes", type=int, default=2, help="default 2")
    parser.add_argument("--list", action="store_true", help="name the orders that move against the expected sign")
    chosen = parser.parse_args(arguments)
    changes = [each for each in EXPECTATIONS if chosen.skip is None or chosen.skip not in each.name]
    asked = list(dict.fromkeys(side for each in changes for side in (each.first, each.second)))
    for name in chosen.set or ("olist", "olist_single_all", "olist_mix", "boxpacker_3d"):
        orders = list(orders_of(chosen.data, name, chosen.orders))
        with ProcessPoolExecutor(chosen.processes) as pool:
            answers = list(pool.map(functools.partial(outcomes, asked), orders, chunksize=5))
        fragile = sum(any(line.fragility for line in order.lines) for order in orders)
        print(f"\n{name}: {len(orders)} orders, {fragile} with fragile goods\n")
        print("| change | orders | plans that change | mean change per order | expected | against: proved / open |")
        print("|---|---|---|---|---|---|")
        for each in changes:
            one, other = asked.index(each.first), asked.index(each.second)
            pairs = [
                (order.order_id, before, after)
                for order, found in zip(orders, answers, strict=True)
                if (before := found[one]) is not None and (after := found[other]) is not None
            ]
            for line in row(each, pairs, listed=chosen.list):
                print(line, flush=True)


if __name__ == "__main__":
    main()
