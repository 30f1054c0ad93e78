"""Packing with room to slide: units are set down badly supported at first, and slid within their slack.

Constructions put units into corners. Where a unit has to lie a little off its corner, so that another has enough below
it on both sides, they find nothing; here all are packed as if support mattered less, or not at all, and then moved.
"""

from dataclasses import replace

import numpy as np

from boxwright.packing.own import layout_of, one_by_one, problem_of
from boxwright.packing.problem import Layout
from boxwright.packing.question import Question

FEWEST_UNITS, MOST_UNITS = 3, 24
"""Two units need no sliding where they keep the same margin; of more than the most, few packings can be mended."""
WHOLE = 1_000_000
"""Support ratio in millionths at which nothing is slid: what overhangs nowhere can lie flush, at the same margin."""
STAGES = ((400_000, 3), (0, 1))
"""Support ratio in millionths that units have before they are slid, and one over the share of what effort is left."""


def slide(question: Question) -> Layout | None:
    """Lay all units into the space, or return None where that was not found within the places for sliding.

    A layout obeys the rules of the question.
    """
    rules, left = question.rules, question.sliding
    if left <= 0 or not 2 <= len(question.units) <= MOST_UNITS:
        return None
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
