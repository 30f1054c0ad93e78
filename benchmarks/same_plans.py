"""Plans the same orders with this version and with an earlier one: the canonical plans must be the same.

    python -m benchmarks.same_plans --against REVISION [--data FOLDER] [--orders N] [--only NAME ...]

The earlier version is taken out of git into a temporary folder, and each version plans in a process of its own. The
orders are the examples, seeded draws that use shipped catalogs, carriers, modes and objectives, with ``--data`` N
orders of each set there, the instances of one container (``br1`` to ``br7``) and of equal bins (``mpv``) among them,
and draws with goods of each fragility class, which are left out where the earlier version does not know the classes.
What may differ: names that changed (``RENAMED``), keys that the earlier version does not have (``ADDED``), and the
versions of engine and data. Prints each other difference by order, where it stands and how often; ends with status 1
if there is any.
"""

import argparse
import collections
import dataclasses
import datetime
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from boxwright import Fragility, Item, Lane, Leg, Objective, Order, Policy, load_catalog, plan
from boxwright.contract.canonical import canonical_json
from boxwright.domain.order import FragilityClass
from boxwright.orders import read_orders

ROOT = Path(__file__).parents[1]
RENAMED = {
    "refused": "refused_candidates",
    "detail": "rule",
    "open": "open_candidates",
    "cut_by_fuse": "cut_short",
    "carbon_cost_minor": "carbon_minor",
    "complete": "factors_complete",
    "verified": "read_in_source",
    "cushion_um": "half_gap_um",
}
"""Earlier keys of the canonical form with those of today."""
ADDED = frozenset({"missing_scope", "source_grade", "wall_margin_um", "protection", "compartment"})
"""Keys that the earlier version does not have."""
UNLIKE = frozenset({"engine_version", "data_hash", "catalog_hash"})
"""Keys that name the version itself, or hash the names of fields."""
CATALOGS = ("eu-stock", "china-post", "fedex", "reusable-totes", "paper-mailers")
"""Without ``us-stock``: its boxes take less mass since boards of a grade have parcel limits."""
CLASSES = ("ship_ready", "easy", "boxed", "fragile")
FRAGILE = "fragile"
"""Name of the draws with goods of these classes."""
SERVICES = ("ups/us-daily", "fedex/us", "usps/parcel", "dhl-express/international", "sf/standard", "")
OBJECTIVES = (Objective.OUTER_VOLUME, Objective.EMISSIONS, Objective.PACKAGING_MASS, Objective.PARCEL_COUNT)
SHIPPED = datetime.date(2026, 3, 2)

Case = tuple[str, Order, Any, Policy, Lane | None, tuple[str, ...]]


def cases(data: Path | None, orders: int) -> Iterator[Case]:
    """Yield the calls of ``plan``, each with a name."""
    own = load_catalog(ROOT / "examples" / "boxpacker-catalog.toml")
    for mode in ("fast", "balanced"):
        policy = Policy(lifting_profile="freight", mode=mode, allow_partial=True)
        for order in read_orders(ROOT / "examples" / "orders.csv"):
            yield f"examples {mode} {order.order_id}", order, own, policy, None, ()
    yield from _draws("drawn", orders, fragile=0.0)
    if data is not None:
        yield from _sets(data, orders)
        yield from _academic(data, orders)
    if {each.value for each in FragilityClass}.issuperset(
        CLASSES
    ):  # the last ones, so that `compare` can leave them out
        yield from _draws(FRAGILE, orders, fragile=0.5)


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
    """Yield the bins of Martello, Pisinger and Vigo, and the containers of Bischoff and Ratcliff."""
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
    """Write one line per call: its name and the canonical plan, or the kind of error.

    ``only`` are the first words of the names of calls; with none all are made.
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


def of_revision(revision: str, arguments: Sequence[str], folder: Path) -> Path:
    """Record the plans of an earlier version, with this file's orders."""
    packed = subprocess.run(["git", "archive", revision], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    tree = folder / "earlier"
    tree.mkdir()
    subprocess.run(["tar", "-x"], cwd=tree, input=packed, check=True)
    (tree / "benchmarks" / "same_plans.py").write_text(Path(__file__).read_text())
    out = folder / "earlier.jsonl"
    _run(tree, [*arguments, "--record", str(out)])
    return out


def _run(tree: Path, arguments: Sequence[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{tree / 'service'}{os.pathsep}{tree}"}
    subprocess.run([sys.executable, "-m", "benchmarks.same_plans", *arguments], cwd=tree, env=environment, check=True)


def mapped(earlier: Any) -> Any:
    """Return a part of an earlier canonical plan with the names of today."""
    if isinstance(earlier, dict):
        found = {RENAMED.get(key, key): mapped(value) for key, value in earlier.items() if key not in UNLIKE}
        if "open_box_type_ids" in found:
            found["open_candidates"] = _open(found.pop("open_box_type_ids"), found.pop("open_cushioning_ids", ()))
        if "missing" in found:  # scope that nobody stated is no missing factor any more
            found["missing"] = [each for each in found["missing"] if not str(each).endswith(" not stated")]
        return found
    return [mapped(each) for each in earlier] if isinstance(earlier, list) else earlier


def _open(box_type_ids: Sequence[str], cushioning_ids: Sequence[str]) -> list[dict[str, str]]:
    names = itertools.zip_longest(box_type_ids, cushioning_ids, fillvalue="")
    return [{"box_type_id": box, **({"cushioning_id": cushioning} if cushioning else {})} for box, cushioning in names]


def differences(earlier: Any, now: Any, where: str = "") -> Iterator[str]:
    """Yield where two parts differ, the earlier one already mapped."""
    if isinstance(earlier, dict) and isinstance(now, dict):
        for key in sorted({*earlier, *now} - UNLIKE):
            path = f"{where}.{key}" if where else key
            if key not in earlier:
                if key not in ADDED:
                    yield f"{path}: only now"
            elif key not in now:
                yield f"{path}: only earlier"
            else:
                yield from differences(earlier[key], now[key], path)
    elif isinstance(earlier, list) and isinstance(now, list) and len(earlier) == len(now):
        for before, after in zip(earlier, now, strict=True):
            yield from differences(before, after, f"{where}[]")
    elif earlier != now:
        yield where or "the whole"


def compare(earlier: Path, now: Path, say: Callable[[str], None]) -> int:
    """Print what differs; return the number of orders that do."""
    kinds: collections.Counter[str] = collections.Counter()
    first: dict[str, str] = {}
    unlike = total = left_out = 0
    with earlier.open() as before, now.open() as after:
        for old, new in itertools.zip_longest(map(json.loads, before), map(json.loads, after), fillvalue=["", None]):
            if not old[0] and new[0].startswith(FRAGILE):
                left_out += 1
                continue
            if old[0] != new[0]:
                raise SystemExit(f"the orders differ: {old[0]!r} and {new[0]!r}")
            found = sorted(set(differences(mapped(old[1]), new[1])))
            total += 1
            unlike += bool(found)
            for each in found:
                kinds[each] += 1
                first.setdefault(each, old[0])
    for each, count in kinds.most_common():
        say(f"{count:6}  {each}  (first: {first[each]})")
    if left_out:
        say(f"{left_out} orders left out: the earlier version does not know their fragility classes")
    say(f"{total} plans, {unlike} differ")
    return unlike


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Record or compare; see the module. Returns 1 if any plan differs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.same_plans", description=__doc__.split("\n")[0])
    parser.add_argument("--against", help="revision of git that is compared with")
    parser.add_argument("--earlier", type=Path, help="a file of --record that is compared with")
    parser.add_argument("--record", type=Path, help="only write the plans of this version to this file")
    parser.add_argument("--data", type=Path, default=None, help="folder of the data sets; default: none of them")
    parser.add_argument("--orders", type=int, default=200, help="of each set; default 200")
    parser.add_argument(
        "--only", action="append", default=[], help="a set, such as olist, br1, mpv or drawn; default: all"
    )
    asked = parser.parse_args(arguments)
    data = asked.data.resolve() if asked.data else None
    if asked.record:
        record(data, asked.orders, asked.only, asked.record)
        return 0
    if not (asked.against or asked.earlier):
        parser.error("--against, --earlier or --record is needed")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        passed = ["--orders", str(asked.orders), *(["--data", str(data)] if data else [])]
        passed += [word for name in asked.only for word in ("--only", name)]
        earlier = asked.earlier or of_revision(asked.against, passed, folder)
        now = folder / "now.jsonl"
        record(data, asked.orders, asked.only, now)
        return int(bool(compare(earlier, now, say)))


if __name__ == "__main__":
    sys.exit(main())
