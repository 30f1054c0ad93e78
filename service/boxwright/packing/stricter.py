"""Stricter rules: a layout found under them is valid under the rules of the question too.

Trying them keeps plans monotone: looser rules never lead to a worse plan.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from boxwright.packing.problem import Layout, Rules, Units
from boxwright.packing.question import Question

GRID = (750_000, 1_000_000)
"""Support ratios in millionths; those above the ratio of the question are tried."""


def stricter(rules: Rules, units: Units) -> list[Rules]:
    """Return stricter rules on a fixed grid, nearest first: higher support ratios, load limits obeyed.

    Rules stricter than a rule on the grid are also stricter than any looser one, so trying all of them finds every
    layout that a search under the stricter rule finds.
    """
    ratios = [rules.support_millionths, *(ratio for ratio in GRID if ratio > rules.support_millionths)]
    loads = (False, True) if not rules.bearing and np.isfinite(units.max_load_mg).any() else (rules.bearing,)
    found = [Rules(ratio, bearing) for bearing in loads for ratio in ratios]
    return found[1:]


def or_stricter(lay: Callable[[Question], Layout | None]) -> Callable[[Question], Layout | None]:
    """Return a way of packing that also tries stricter rules, with the full effort each, if not all units go in.

    Not with fixed units: those need not obey the stricter rules.
    """

    def with_stricter(question: Question) -> Layout | None:
        found = lay(question)
        if found is None and question.whole and question.fixed is None:
            for rules in stricter(question.rules, question.units):
                # Blocks are fully supported under any support ratio, so only other load rules can change them.
                blocks = rules.bearing != question.rules.bearing
                found = lay(dataclasses.replace(question, rules=rules, blocks=blocks))
                if found is not None:
                    break
        return found

    return with_stricter
