"""Boxes that Boxwright's certificates refuse, put before the oracle: whether each is really too small.

    python -m benchmarks.refusals --data DIR --set NAME --oracle FILE [--orders N] [--mode thorough] [--seconds S]

Looks up each refused box type in the file of verdicts, asks the oracle where the file has none, and prints one line per
kind of proof. Ends with status 1 if the oracle has a packing for a refused box.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.datasets import SETS, load
from benchmarks.oracle.record import Record
from benchmarks.oracle.verdict import Limits, Status, decide
from boxwright import Policy, plan
from boxwright.packing.own import warm_up

SUPPORT = 0.75


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Run the comparison; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.refusals", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the order sets")
    parser.add_argument("--set", required=True, choices=SETS)
    parser.add_argument("--oracle", type=Path, required=True, help="file of verdicts; new ones are added")
    parser.add_argument("--orders", type=int, default=None, help="first N orders; default: all")
    parser.add_argument("--mode", choices=["fast", "balanced", "thorough"], default="thorough")
    parser.add_argument("--seconds", type=float, default=10.0, help="deterministic seconds per model; default 10")
    chosen = parser.parse_args(arguments)
    data, record, limits = load(chosen.data, chosen.set), Record(chosen.oracle), Limits(seconds=chosen.seconds)
    warm_up()
    counts: defaultdict[str, dict[Status, int]] = defaultdict(lambda: dict.fromkeys(Status, 0))
    wrong = []
    for order in data.orders[: chosen.orders]:
        found = plan(
            order, data.catalog, Policy(lifting_profile="freight", mode=chosen.mode, allow_partial=True), profiles=()
        )
        for refused in found.certificate.refused_candidates:
            key = (data.name, order.order_id, refused.box_type_id, SUPPORT)
            verdict = record.settled(key, limits.seconds)
            if verdict is None:
                verdict = decide(order, data.catalog.box_type(refused.box_type_id), SUPPORT, limits)
                record.add(key, verdict)
            counts[refused.proof.value][verdict.status] += 1
            if verdict.status is Status.FEASIBLE:
                wrong.append(f"{order.order_id} in {refused.box_type_id}: {refused.proof.value}, {refused.rule}")
    say("| proof | confirmed | open | wrong |\n|---|---|---|---|")
    for proof, by_status in sorted(counts.items()):
        told = [by_status[status] for status in (Status.INFEASIBLE, Status.OPEN, Status.FEASIBLE)]
        say(f"| {proof} | {told[0]} | {told[1]} | {told[2]} |")
    for each in wrong:
        say(f"wrong: {each}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
