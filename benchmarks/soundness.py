"""Puts every proof that a box is too small to units that were cut out of that box: none may refuse it.

    python -m benchmarks.soundness [--instances 50000] [--seed 1] [--nodes 4000]

Instances come from ``tests/zero_slack.py``, number n from the n-th seed, so that a refusal can be repeated. Prints one
Markdown table, and the instances refused; ends with status 1 if there is one.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence

from boxwright.packing.own import warm_up
from zero_slack import instance, proofs


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Run the check; see the module. Returns the number of refusals."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soundness", description=__doc__.split("\n")[0])
    parser.add_argument("--instances", type=int, default=50_000, help="default 50000")
    parser.add_argument("--seed", type=int, default=1, help="first seed; default 1")
    parser.add_argument("--nodes", type=int, default=4_000, help="budget of the exact search; default 4000, as in fast")
    chosen = parser.parse_args(arguments)
    warm_up()
    asked = proofs(chosen.nodes)
    refused: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for seed in range(chosen.seed, chosen.seed + chosen.instances):
        each = instance(random.Random(seed))
        sizes["units"] += len(each.units)
        sizes["loose"] += each.loose
        for name, refuses in asked.items():
            started = time.process_time()
            if refuses(each):
                refused[name] += 1
                say(f"refused: seed {seed} by {name}")
            seconds[name] += time.process_time() - started
    say(f"{chosen.instances} instances, {sizes['units']} units, {sizes['loose']} with slack\n")
    say("| proof | instances | refused | CPU us each |\n|---|---|---|---|")
    for name in asked:
        each_us = 1e6 * seconds[name] / max(chosen.instances, 1)
        say(f"| {name} | {chosen.instances} | {refused[name]} | {each_us:.0f} |")
    return sum(refused.values())


if __name__ == "__main__":
    sys.exit(bool(main()))
