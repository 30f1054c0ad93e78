"""Compares the canonical plans of two versions of Boxwright.

    python -m benchmarks.same_plans --record FILE [--earlier FILE] [--data FOLDER] [--orders N] [--only NAME ...]

Run it in a checkout of the earlier version with ``--record``, then in the later one with ``--earlier`` too. The orders
are the examples, seeded draws over catalogs, carriers, modes, objectives and fragility classes, and with ``--data`` N
orders of each set, ``br1`` to ``br7`` and ``mpv`` included. Versions of engine and data may differ. Prints every other
difference with its field and count; ends with status 1 if there is one.
"""

import argparse
import collections
import dataclasses
import datetime
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from boxwright import Fragility, Item, Lane, Leg, Objective, Order, Policy, load_catalog, plan
from boxwright.contract.canonical import canonical_json
from boxwright.orders import read_orders

ROOT = Path(__file__).parents[1]
UNLIKE = frozenset({"engine_version", "data_hash", "catalog_hash"})
"""Keys that depend on the version or on the names of fields."""
CATALOGS = ("eu-stock", "china-post", "fedex", "reusable-totes", "paper-mailers")
CLASSES = ("ship_ready", "easy", "boxed", "fragile")
SERVICES = ("ups/us-daily", "fedex/us", "usps/parcel", "dhl-express/international", "sf/standard", "")
OBJECTIVES = (Objective.OUTER_VOLUME, Objective.EMISSIONS, Objective.PACKAGING_MASS, Objective.PARCEL_COUNT)
SHIPPED = datetime.date(2026, 3, 2)

Case = tuple[str, Order, Any, Policy, Lane | None, tuple[str, ...]]


def cases(data: Path | None, orders: int) -> Iterator[Case]:
    """Yield named calls of ``plan``."""
    own = load_catalog(ROOT / "examples" / "boxpacker-catalog.toml")
    for mode in ("fast", "balanced"):
        policy = Policy(lifting_profile="freight", mode=mode, allow_partial=True)
        for order in read_orders(ROOT / "examples" / "orders.csv"):
            yield f"examples {mode} {order.order_id}", order, own, policy, None, ()
    yield from _draws("drawn", orders, fragile=0.0)
    if data is not None:
        yield from _sets(data, orders)
        yield from _academic(data, orders)
    yield from _draws("fragile", orders, fragile=0.5)


def _draws(name: str, orders: int, fragile: float) -> Iterator[Case]:
    catalogs = [load_catalog(each) for each in CATALOGS]
    draw = random.Random(20261126)
    for number in range(orders):
        order = Order(f"{name}-{number}", [_line(draw, index, fragile) for index in range(draw.randint(1, 8))])
        service = draw.choice(SERVICES)
        lane = Lane([Leg("road", draw.randint(10, 2_000))], carrier_service=service, ship_date=SHIPPED)
        policy = Policy(
            mode=draw.choice(("fast", "balanced")),
            objectives=(draw.choice(OBJECTIVES),),
            allow_partial=draw.random() < 0.9,
        )
        profiles = draw.choice(((), ("uk-desnz",), ("uk-desnz", "us-epa")))
        yield f"{name} {number}", order, draw.choice(catalogs), policy, lane, profiles


def _sets(data: Path, orders: int) -> Iterator[Case]:
    from benchmarks import datasets

    stock = load_catalog("eu-stock")
    road = Lane([Leg("road", 500)])
    for name in (*datasets.SETS, *datasets.POOLED):
        found = datasets.load(data, name)
        few = max(1, orders // 10) if name in datasets.POOLED else orders
        for order in found.orders[:few]:
            for mode in ("fast", "balanced"):
                policy = Policy(lifting_profile="freight", mode=mode, allow_partial=True)
                yield f"{name} {mode} {order.order_id}", order, found.catalog, policy, None, ()
            if name.startswith("olist"):
                whole = Policy(allow_partial=True)
                yield f"{name} eu-stock {order.order_id}", order, stock, whole, road, ("uk-desnz", "us-epa")


def _academic(data: Path, orders: int) -> Iterator[Case]:
    """Yield the Martello-Pisinger-Vigo bins and the Bischoff-Ratcliff containers."""
    from benchmarks import bins, containers

    boxes = json.loads((data / "mpv.json").read_text())[:orders]
    instances = [(order, catalog, bins.RULES) for order, catalog in map(bins.order_of, boxes)]
    for number in range(1, 8):
        filled = containers.instances(data, number, orders)
        instances += [(order, catalog, containers.FULL_BASE) for order, catalog, _ in filled]
    for order, catalog, rules in instances:
        for mode in ("fast", "balanced"):
            name = f"{order.order_id.replace('-', f' {mode} ', 1)}"
            yield name, order, catalog, dataclasses.replace(rules, mode=mode), None, ()


def _line(draw: random.Random, index: int, fragile: float) -> Item:
    length, width, height = sorted((draw.randint(20, 420) for _ in range(3)), reverse=True)
    mass_g = max(5, round(length * width * height * draw.uniform(0.05, 1.2) / 1_000))
    fragility = Fragility(draw.choice(CLASSES)) if draw.random() < fragile else None
    return Item(f"l{index}", draw.randint(1, 3), length, width, height, mass_g, fragility=fragility)


def record(data: Path | None, orders: int, only: Sequence[str], out: Path) -> None:
    """Write a line per call with its name and the canonical plan or the type of error.

    ``only`` has the first words of the names of calls; empty means all.
    """
    with out.open("w") as lines:
        for name, order, catalog, policy, lane, profiles in cases(data, orders):
            if only and name.partition(" ")[0] not in only:
                continue
            try:
                answer: Any = json.loads(canonical_json(plan(order, catalog, policy, lane, profiles)))
            except Exception as error:
                answer = {"error": type(error).__name__}
            lines.write(json.dumps([name, answer]) + "\n")


def differences(earlier: Any, now: Any, where: str = "") -> Iterator[str]:
    """Yield the paths where two parts of canonical plans differ."""
    if isinstance(earlier, dict) and isinstance(now, dict):
        for key in sorted({*earlier, *now} - UNLIKE):
            path = f"{where}.{key}" if where else key
            if key not in earlier or key not in now:
                yield f"{path}: only {'earlier' if key in earlier else 'now'}"
            else:
                yield from differences(earlier[key], now[key], path)
    elif isinstance(earlier, list) and isinstance(now, list) and len(earlier) == len(now):
        for before, after in zip(earlier, now, strict=True):
            yield from differences(before, after, f"{where}[]")
    elif earlier != now:
        yield where or "the whole"


def compare(earlier: Path, now: Path) -> int:
    """Print the differences between two files of records; return the number of orders that differ."""
    kinds: collections.Counter[str] = collections.Counter()
    first: dict[str, str] = {}
    unlike = total = 0
    with earlier.open() as before, now.open() as after:
        for (name, old), (other, new) in zip(map(json.loads, before), map(json.loads, after), strict=True):
            if name != other:
                raise SystemExit(f"the orders differ: {name!r} and {other!r}")
            found = sorted(set(differences(old, new)))
            total += 1
            unlike += bool(found)
            for where in found:
                kinds[where] += 1
                first.setdefault(where, name)
    for where, count in kinds.most_common():
        print(f"{count:6}  {where}  (first: {first[where]})")
    print(f"{total} plans, {unlike} differ")
    return unlike


def main(arguments: Sequence[str] | None = None) -> int:
    """Record or compare; see the module. Returns 1 if any plan differs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.same_plans", description=__doc__.split("\n")[0])
    parser.add_argument("--record", type=Path, required=True, help="write the plans of this version to this file")
    parser.add_argument("--earlier", type=Path, help="compare with this file of --record")
    parser.add_argument("--data", type=Path, default=None, help="folder of the data sets; default: none of them")
    parser.add_argument("--orders", type=int, default=200, help="of each set; default 200")
    parser.add_argument(
        "--only", action="append", default=[], help="a set, such as olist, br1, mpv or drawn; default: all"
    )
    chosen = parser.parse_args(arguments)
    record(chosen.data, chosen.orders, chosen.only, chosen.record)
    return int(bool(chosen.earlier and compare(chosen.earlier, chosen.record)))


if __name__ == "__main__":
    sys.exit(main())
