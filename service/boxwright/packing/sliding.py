"""Packing with sliding: units are set down with little support, then slid until all are supported.

Constructions put units into corners. They find nothing where a unit must lie a little off its corner, so that the next
has support on both sides. Here units are packed with a lower support ratio, or none, and then moved.
"""

from dataclasses import replace

import numpy as np

from boxwright.packing.own import layout_of, one_by_one, problem_of
from boxwright.packing.problem import Layout
from boxwright.packing.question import Question

FEWEST_UNITS, MOST_UNITS = 3, 20
"""Two units with equal margins need no sliding; packings of more than the most can rarely be mended."""
WHOLE = 1_000_000
"""Support ratio in millionths at which nothing is slid: without overhang, units of equal margins can lie flush."""
STAGES = ((400_000, 3), (0, 1))
"""Support ratio in millionths before sliding, and the divisor of the remaining effort, by stage."""


def slide(question: Question) -> Layout | None:
    """Return a layout of all units that obeys the rules of the question, or None where none is found."""
    rules, left = question.rules, question.sliding
    if left <= 0 or not 2 <= len(question.units) <= MOST_UNITS:
        return None
    if rules.bearing and not question.units.max_load_mg.any():
        return None  # all units lie on the floor, which supports them
    flush = question.units.least_margin_um == question.units.most_margin_um
    if flush and (len(question.units) < FEWEST_UNITS or rules.support_millionths >= WHOLE):
        return None
    problem = problem_of(question.units, question.space, rules, None)
    for least, part in STAGES:
        if least >= rules.support_millionths or left <= 0:
            continue
        spent = np.zeros(1, dtype=np.int64)
        loose = problem._replace(least=least)
        packing = one_by_one(loose, replace(question, whole=True, effort=left // part), spent)
        if packing is not None:
            return layout_of(loose, packing)
        left -= int(spent[0])
    return None
