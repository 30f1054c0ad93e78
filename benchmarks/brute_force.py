"""Plans of tiny orders against every partition, box and place tried: nothing proved or refused may be wrong.

    python -m benchmarks.brute_force --orders 5000 [--seed 1]

Order number n comes from the n-th seed (``tests/brute_force.py``). Prints what trying contradicts; ends with status 1
if there is something.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence

from boxwright import plan
from brute_force import tiny_case, wrong


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Run the orders; see the module. Returns how many plans are contradicted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.brute_force", description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=5_000, help="default 5000")
    parser.add_argument("--seed", type=int, default=1, help="first seed; default 1")
    chosen = parser.parse_args(arguments)
    came: Counter[str] = Counter()
    contradicted = 0
    for seed in range(chosen.seed, chosen.seed + chosen.orders):
        tried = tiny_case(random.Random(seed))
        answer = plan(tried.order, tried.catalog, tried.policy, profiles=())
        came[f"{answer.status}, {answer.certificate.status}"] += 1
        came.update(f"refused by {refused.proof}" for refused in answer.certificate.refused_candidates)
        found = wrong(tried, answer)
        if found:
            contradicted += 1
            say(f"seed {seed}: {found}\n    {tried.order.lines}\n    {tried.catalog.box_types}\n    {tried.policy}")
    say(f"{chosen.orders} orders, {contradicted} contradicted")
    say("; ".join(f"{name} {count}" for name, count in came.most_common()))
    return contradicted


if __name__ == "__main__":
    sys.exit(bool(main()))
