"""Stricter rules of a placement: what is found under them is an answer under looser rules too, so it stays one."""

import dataclasses
from collections.abc import Callable

import numpy as np

from boxwright.packing.problem import Layout, Rules, Units
from boxwright.packing.question import Question

GRID = (750_000, 1_000_000)
"""Support ratios in millionths: all units that go in under one of them go in under any lower ratio."""


def stricter(rules: Rules, units: Units) -> list[Rules]:
    """Return the rules on a fixed grid that are stricter, nearest first: a higher support ratio, load limits obeyed.

    Those under the rules on the grid are among those under any looser ones, so that a search that ends with all of
    them finds whatever it finds under the stricter.
    """
    ratios = [rules.support_millionths, *(each for each in GRID if each > rules.support_millionths)]
    loads = (False, True) if not rules.bearing and np.isfinite(units.max_load_mg).any() else (rules.bearing,)
    found = [Rules(ratio, bearing) for bearing in loads for ratio in ratios]
    return found[1:]


def or_stricter(lay: Callable[[Question], Layout | None]) -> Callable[[Question], Layout | None]:
    """Return a way of packing that looks under stricter rules, too, where it finds no place for all units as asked.

    Each of the stricter rules has the whole effort again. Units that lie in the space already need not lie as they ask.
    """

    def asked_again(question: Question) -> Layout | None:
        found = lay(question)
        if found is None and question.whole and question.fixed is None:
            for each in stricter(question.rules, question.units):
                # Bases of blocks rest wholly on what is below, under any support ratio.
                blocks = each.bearing != question.rules.bearing
                found = lay(dataclasses.replace(question, rules=each, blocks=blocks))
                if found is not None:
                    break
        return found

    return asked_again
