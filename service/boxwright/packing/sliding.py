"""Packing with room to slide: units are set down badly supported at first, and slid within their slack.

Constructions put units into corners. Where a unit has to lie a little off its corner, so that another has enough below
it on both sides, they find nothing; here all are packed as if support mattered less, or not at all, and then moved.
"""

import numpy as np

from boxwright import fuse
from boxwright.packing.kernels import search
from boxwright.packing.own import SEED, problem_of
from boxwright.packing.problem import Layout, Rules, Space, Units
from boxwright.packing.state import Packing
from boxwright.packing.stricter import stricter

FEWEST_UNITS, MOST_UNITS = 3, 24
"""Two units need no sliding; of more than the most, few packings can be mended."""
WHOLE = 1_000_000
"""Support ratio in millionths at which nothing is slid: what overhangs nowhere can lie flush."""
STAGES = ((400_000, 3), (0, 1))
"""Support ratio in millionths that units have before they are slid, and one over the share of what effort is left."""


def pack_sliding(units: Units, space: Space, rules: Rules, effort: int) -> Layout | None:
    """Pack all units into the space, or return None where no packing was found within the counted effort.

    Parameters
    ----------
    units : Units
        Sorted by kind.
    space : Space
        Usable inside of the box, and its limits.
    rules : Rules
        Physical rules; a layout that is returned obeys them. What is found under stricter rules of the fixed grid is
        an answer too.
    effort : int
        Places that may be looked at under each of these rules.
    """
    if not FEWEST_UNITS <= len(units) <= MOST_UNITS:
        return None
    for each in (rules, *stricter(rules, units)):
        layout = _pack(units, space, each, effort) if each.support_millionths < WHOLE else None
        if layout is not None:
            return layout
    return None


def _pack(units: Units, space: Space, rules: Rules, effort: int) -> Layout | None:
    n = len(units)
    problem = problem_of(units, space, rules, None)
    left = effort
    for least, part in STAGES:
        if least >= rules.support_millionths or left <= 0:
            continue
        spent = np.zeros(1, dtype=np.int64)
        out = Packing(np.empty((n, 6), np.int64), np.empty(n, np.int64), np.empty(n, np.int64))
        loose = problem._replace(least=least)
        placed = search.search(loose, True, left // part, SEED, out, spent, fuse.flag())
        fuse.look()
        if placed:
            return Layout(out.unit, out.turn, out.at)
        left -= int(spent[0])
    return None
