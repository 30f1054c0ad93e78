"""Plans random orders at the limits of the input through the public API: no rule may be broken, no unit lost.

    python -m benchmarks.fuzz --orders 200000 [--seed 1]

Order n comes from seed n (``tests/random_orders.py``); ``tests/outcomes.py`` has the rules for its plan. One order in
ten is planned again with shuffled lines and box types, and its certificate is replayed. For one in twenty, searches
must keep to their budgets. One in fifty, if it is proved, is searched with ten times the effort, which must not improve
it. A case that breaks a rule is reduced and printed as Python. Ends with status 1 if there is one.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields

from boxwright import Plan, Policy
from boxwright.packing.own import warm_up
from outcomes import FAULT, beaten_with_more_effort, differs_when_shuffled, not_replayed, outcome, overruns, shrunk
from random_orders import Case, case

SHUFFLED, REPLAYED, WATCHED, HARDER = 10, 10, 20, 50
"""Intervals of orders for the further checks."""


def faults(asked: Case, answer: Plan | None, seed: int) -> Iterator[tuple[str, Callable[[Case], bool]]]:
    """Yield further faults, each with a test whether a smaller case also has it."""
    if answer is not None and seed % SHUFFLED == 0:
        found = differs_when_shuffled(asked, answer, random.Random(seed))
        if found:
            yield found, lambda each: _still(each, lambda one, plan: differs_when_shuffled(one, plan, random.Random(1)))
    if answer is not None and seed % REPLAYED == 0:
        found = not_replayed(asked, answer)
        if found:
            yield found, lambda each: _still(each, not_replayed)
    if seed % WATCHED == 0:
        found = overruns(asked)
        if found:
            yield found, lambda each: overruns(each) is not None
    if answer is not None and seed % HARDER == 0:
        found = beaten_with_more_effort(asked, answer)
        if found:
            yield found, lambda each: _still(each, beaten_with_more_effort)


def _still(asked: Case, ask: Callable[[Case, Plan], str | None]) -> bool:
    _, answer = outcome(asked)
    return answer is not None and ask(asked, answer) is not None


def as_python(asked: Case) -> str:
    """Return a case as Python text without default values."""
    policy = {
        each.name: getattr(asked.policy, each.name)
        for each in fields(Policy)
        if getattr(asked.policy, each.name) != each.default
    }
    stocked = "us-stock" if asked.catalog.dunnage else "none"
    parts = (
        *(asked.order.lines, asked.catalog.box_types),
        *(f"dunnage of {stocked}", f"policy {policy}", asked.lane, asked.profiles),
    )
    return "\n".join(f"    {part}" for part in parts)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Run the orders; see the module. Returns the number of faults."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=200_000, help="default 200000")
    parser.add_argument("--seed", type=int, default=1, help="first seed; default 1")
    chosen = parser.parse_args(arguments)
    warm_up()
    came: Counter[str] = Counter()
    sorts: Counter[str] = Counter()
    units = 0
    broken = 0
    slowest = (0.0, 0)
    started = time.process_time()
    for seed in range(chosen.seed, chosen.seed + chosen.orders):
        asked = case(random.Random(seed))
        before = time.process_time()
        word, answer = outcome(asked)
        slowest = max(slowest, (time.process_time() - before, seed))
        came[word.split(":")[0]] += 1
        sorts[asked.sort] += 1
        units += asked.order.unit_count
        found = list(faults(asked, answer, seed))
        if word.startswith(FAULT):
            # A smaller case must show the same kind of fault.
            kind = word[: len(FAULT) + 20]
            found.append((word, lambda each, kind=kind: outcome(each)[0].startswith(kind)))
        for what, still in found:
            broken += 1
            say(f"seed {seed}, {asked.sort}: {what}\n{as_python(shrunk(asked, still))}")
    cpu = time.process_time() - started
    say(f"{chosen.orders} orders of {units} units, {broken} faults, {cpu:.0f} s CPU")
    say(f"slowest {1e3 * slowest[0]:.0f} ms CPU: seed {slowest[1]}")
    for counted in (came, sorts):
        say(", ".join(f"{name} {count}" for name, count in counted.most_common()))
    return broken


if __name__ == "__main__":
    sys.exit(bool(main()))
