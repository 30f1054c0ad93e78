"""Stricter rules: a layout found under them is also valid under the rules of the question.

They are tried so that looser rules never lead to a worse plan.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from boxwright.packing.problem import Layout, Rules, Units
from boxwright.packing.question import Question

GRID = (750_000, 1_000_000)
"""Support ratios, in millionths, that are tried if they are above the ratio of the question."""


def stricter(rules: Rules, units: Units) -> list[Rules]:
    """Return stricter rules on a fixed grid, nearest first: with higher support ratios, and with load limits obeyed.

    Rules on the grid that are stricter than some rules are also stricter than any looser rules. So a search that tries
    them all finds every layout that it finds under rules on the grid.
    """
    ratios = [rules.support_millionths, *(ratio for ratio in GRID if ratio > rules.support_millionths)]
    loads = (False, True) if not rules.bearing and np.isfinite(units.max_load_mg).any() else (rules.bearing,)
    found = [Rules(ratio, bearing) for bearing in loads for ratio in ratios]
    return found[1:]


def or_stricter(lay: Callable[[Question], Layout | None]) -> Callable[[Question], Layout | None]:
    """Return a way of packing that also tries stricter rules, each with the full effort, if not all units go in.

    With fixed units it tries none, because fixed units need not obey stricter rules.
    """

    def with_stricter(question: Question) -> Layout | None:
        found = lay(question)
        if found is None and question.whole and question.fixed is None:
            for rules in stricter(question.rules, question.units):
                # Blocks are always fully supported, so only another load rule can change them.
                blocks = rules.bearing != question.rules.bearing
                found = lay(dataclasses.replace(question, rules=rules, blocks=blocks))
                if found is not None:
                    break
        return found

    return with_stricter
