"""Counts relaxed rules, or added box types, that give a worse plan.

    python -m benchmarks.monotone --orders 2000 [--seed 1]

Order n comes from seed n and is planned under a stricter and a looser form of each rule (``tests/relaxations.py``).
Prints per rule the pairs compared, and in how many the looser plan is worse or better: for plans of one parcel, exact
partitions, and constructed plans. It is an error if a looser plan is worse where the docs promise otherwise, or
although it is PROVED.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from benchmarks import markdown
from boxwright.packing.own import warm_up
from relaxations import ALWAYS, RELAXATIONS, compare, pair_of

HOW = ("one", "weighed", "built")


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Run the orders; see the module. Returns the number of broken promises."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.monotone", description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=2_000, help="default 2000")
    parser.add_argument("--seed", type=int, default=1, help="first seed; default 1")
    parser.add_argument("--rule", action="append", choices=list(RELAXATIONS), help="default: all")
    parser.add_argument("--show", action="store_true", help="print the seed of each worse plan")
    chosen = parser.parse_args(arguments)
    warm_up()
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for seed in range(chosen.seed, chosen.seed + chosen.orders):
        for name in chosen.rule or RELAXATIONS:
            pair = pair_of(seed, name)
            found = None if pair is None else compare(pair)
            if found is None:
                continue
            count = counts[name, found.how]
            count["pairs"] += 1
            count["worse"] += found.worse
            count["better"] += found.better
            count["wrong"] += found.worse and (found.proved or name in ALWAYS[found.how])
            if chosen.show and found.worse:
                say(f"{seed} {name} {found.how}: {found.what}")
    columns = (title for how in HOW for title in (f"{how}: pairs", "worse", "better"))
    say(markdown.head(["rule", *columns, "broken promises"]))
    for name in chosen.rule or RELAXATIONS:
        cells = [str(counts[name, how][what]) for how in HOW for what in ("pairs", "worse", "better")]
        say(markdown.row([name, *cells, str(sum(counts[name, how]["wrong"] for how in HOW))]))
    return sum(count["wrong"] for count in counts.values())


if __name__ == "__main__":
    sys.exit(bool(main()))
