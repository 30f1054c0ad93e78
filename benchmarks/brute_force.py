"""Compares plans of tiny orders with exhaustive search: no proof and no refusal may be wrong.

    python -m benchmarks.brute_force --orders 5000 [--seed 1] [--protected]

Order n comes from seed n (``tests/brute_force.py``). With ``--protected`` orders have mixed fragility classes. Plans
must also pack as many units, into as few parcels, as the best plan. Prints contradictions; ends with status 1 if there
is one.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence

from boxwright import IncompletePlanError, Plan, plan
from brute_force import BruteForce, contradicted, protected_case, tiny_case


def answered(tried: BruteForce) -> Plan | None:
    """Return the plan of an order; None if units are left out and the policy forbids it."""
    try:
        return plan(tried.order, tried.catalog, tried.policy, tried.lane, profiles=())
    except IncompletePlanError:
        return None


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Run the orders; see the module. Returns the number of contradicted plans."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.brute_force", description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=5_000, help="default 5000")
    parser.add_argument("--seed", type=int, default=1, help="first seed; default 1")
    parser.add_argument("--protected", action="store_true", help="orders of mixed fragility classes")
    chosen = parser.parse_args(arguments)
    came: Counter[str] = Counter()
    bad = 0
    for seed in range(chosen.seed, chosen.seed + chosen.orders):
        draw = random.Random(seed)
        tried = protected_case(draw) if chosen.protected else tiny_case(draw)
        answer = answered(tried)
        if answer is None:
            came["refused"] += 1
        else:
            came[f"{answer.status}, {answer.certificate.status}"] += 1
            came.update(f"refused by {refused.proof}" for refused in answer.certificate.refused_candidates)
        if found := contradicted(tried, answer):
            bad += 1
            say(f"seed {seed}: {found}\n    {tried.order.lines}\n    {tried.catalog.box_types}\n    {tried.policy}")
    say(f"{chosen.orders} orders, {bad} contradicted")
    say("; ".join(f"{name} {count}" for name, count in came.most_common()))
    return bad


if __name__ == "__main__":
    sys.exit(bool(main()))
