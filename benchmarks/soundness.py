"""Applies every proof of refusal to units that were cut out of a box: none may refuse the box.

Each instance is tested as cut, and again with margins between its units and the walls.

    python -m benchmarks.soundness [--instances 50000] [--seed 1] [--nodes 4000]

Instance n comes from seed n (``tests/zero_slack.py``). Prints one Markdown table and the instances refused; ends with
status 1 if there is one.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence

from boxwright.packing.own import warm_up
from zero_slack import instance, proofs, with_margins


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
        draw = random.Random(seed)
        cut = instance(draw)
        margined = with_margins(draw, cut)
        sizes["units"] += len(cut.units)
        sizes["loose"] += cut.loose
        sizes["mixed"] += margined.units.least_margin_um < margined.units.most_margin_um
        for each, how in ((cut, ""), (margined, " with margins")):
            for name, refuses in asked.items():
                started = time.process_time()
                if refuses(each):
                    refused[name + how] += 1
                    say(f"refused: seed {seed}{how} by {name}")
                seconds[name] += time.process_time() - started
    mixed = f"{sizes['mixed']} with different margins"
    say(f"{chosen.instances} instances, {sizes['units']} units, {sizes['loose']} with slack, {mixed}\n")
    say("| proof | instances | refused | refused with margins | CPU us each |\n|---|---|---|---|---|")
    for name in asked:
        each_us = 1e6 * seconds[name] / max(2 * chosen.instances, 1)
        say(f"| {name} | {chosen.instances} | {refused[name]} | {refused[f'{name} with margins']} | {each_us:.0f} |")
    return sum(refused.values())


if __name__ == "__main__":
    sys.exit(bool(main()))
