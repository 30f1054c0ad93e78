"""Settle for each order which of its box types, from the smallest up, is the first that takes it whole.

    python -m benchmarks.oracle --data DIR --set NAME --out FILE [--orders N] [--support 0.75] [--most-units N]

Writes one JSON line per order, box type and support ratio: feasible with placements, infeasible, or open. What the
file has settled is not tried again, what it left open only with a higher limit, so that a run can stop and go on. A
packing by Boxwright that the independent check accepts ends the walk: only smaller boxes are open questions. Orders
that need several boxes are judged as far as this: that no single box takes them.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.answers import Placed
from benchmarks.datasets import SETS, load
from benchmarks.oracle.record import Record
from benchmarks.oracle.verdict import Limits, Status, Verdict, decide, judge
from boxwright import Catalog, Order, Policy, plan


def settle(set_name: str, order: Order, catalog: Catalog, support: float, limits: Limits, record: Record) -> str:
    """Settle an order's box types in ascending volume up to the first that takes it; return how that ended."""
    packed = packing(order, catalog, support)
    left_open = False
    for box in sorted(catalog.box_types, key=lambda box: (box.inner_volume_um3, box.box_type_id)):
        key = (set_name, order.order_id, box.box_type_id, support)
        verdict = record.settled(key, limits.seconds)
        if verdict is None:
            if packed and packed[0] == box.box_type_id:
                verdict = Verdict(Status.FEASIBLE, "boxwright", placed=packed[1])
            else:
                verdict = decide(order, box, support, limits)
            record.add(key, verdict)
        if verdict.status is Status.FEASIBLE:
            return "open" if left_open else "smallest box"
        left_open |= verdict.status is Status.OPEN
    return "open" if left_open else "no single box"


def packing(order: Order, catalog: Catalog, support: float) -> tuple[str, tuple[Placed, ...]] | None:
    """Return a box type that takes the whole order, with placements that the independent check accepts, if found."""
    found = plan(
        order, catalog, Policy(lifting_profile="freight", support_ratio=support, allow_partial=True), profiles=()
    )
    if len(found.parcels) != 1 or found.unpacked:
        return None
    (parcel,) = found.parcels
    placed = tuple(Placed(each.line_id, each.unit_index, each.corner_um, each.extent_um) for each in parcel.placements)
    sound = not judge(order, catalog.box_type(parcel.box_type_id), placed, support)
    return (parcel.box_type_id, placed) if sound else None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the oracle; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.oracle", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the order sets")
    parser.add_argument("--set", required=True, choices=SETS)
    parser.add_argument("--out", type=Path, required=True, help="file of verdicts, taken up again if it exists")
    parser.add_argument("--first", type=int, default=0, help="skip that many orders")
    parser.add_argument("--orders", type=int, default=None, help="look at N orders; default: all")
    parser.add_argument("--most-units", type=int, default=20, help="pass over larger orders; default 20")
    parser.add_argument("--support", type=float, default=0.75, help="support ratio, 0 for none; default 0.75")
    parser.add_argument("--seconds", type=float, default=10.0, help="deterministic seconds per model; default 10")
    chosen = parser.parse_args(arguments)
    data = load(chosen.data, chosen.set)
    record = Record(chosen.out)
    limits = Limits(seconds=chosen.seconds)
    ends: Counter[str] = Counter()
    for order in data.orders[chosen.first :][: chosen.orders]:
        if order.unit_count > chosen.most_units:
            ends["passed over"] += 1
        else:
            ends[settle(data.name, order, data.catalog, chosen.support, limits, record)] += 1
    print(", ".join(f"{end}: {count}" for end, count in ends.most_common()))


if __name__ == "__main__":
    main()
