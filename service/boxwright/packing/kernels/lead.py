"""The leading order of units, and constructions in orders near it."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boxwright.packing.compiled import inner, maker
from boxwright.packing.kernels.construct import construct
from boxwright.packing.kernels.draws import draw, generator
from boxwright.packing.kernels.packings import JUST_BELOW, copy, keep, new_packing
from boxwright.packing.kernels.slide import slide
from boxwright.packing.kernels.support import slides
from boxwright.packing.problem import Floats, Ints
from boxwright.packing.state import Packing


class Lead(NamedTuple):
    """The order of units that packed the most volume so far, and the order tried next."""

    order: Ints  # int64 (n,): units that found no place come first
    tried: Ints  # int64 (n,): the order being tried
    in_box: npt.NDArray[np.bool_]  # bool (n,)
    volume: Floats  # float64 (1,): packed by the leading order
    rule: Ints  # int64 (1,): its placement rule
    greedy: Packing  # the best packing before the first beam
    counts: Ints  # int64 (2,): slots of ``greedy``; segments of ruin and recreate so far
    random: npt.NDArray[np.uint64]  # uint64 (1,): see ``draws``


@maker
def new_lead(n, seed):
    """Return a lead with the units in canonical order."""
    lead = Lead(
        np.arange(n),
        np.arange(n),
        np.zeros(n, dtype=np.bool_),
        np.empty(1),
        np.zeros(1, dtype=np.int64),
        new_packing(n),
        np.zeros(2, dtype=np.int64),
        generator(np.uint64(seed)),
    )
    lead.volume[0] = -1.0
    draw(lead.random)
    return lead


@inner
def _follow(rule, volume, placed, packing, lead):
    """Make the tried order the leading one, with units that found no place moved forward."""
    n = lead.order.shape[0]
    lead.volume[0], lead.rule[0] = volume, rule
    for i in range(n):
        lead.in_box[i] = False
    for slot in range(placed):
        lead.in_box[packing.unit[slot]] = True
    filled = 0
    for taken in range(2):
        for i in range(n):
            if lead.in_box[lead.tried[i]] == (taken == 1):
                lead.order[filled] = lead.tried[i]
                filled += 1


@maker
def try_order(rule, limit, budget, work, lead):
    """Construct in ``lead.tried``; return whether all units are placed. ``limit`` is the budget of the construction."""
    n = lead.order.shape[0]
    floor = lead.volume[0] * JUST_BELOW
    placed = construct(lead.tried, rule, limit, floor, work, work.packing, np.int64(0))
    if placed < 0:
        return False
    if placed == n and (not slides(work.problem) or slide(work, n, budget, lead.random[0])):
        copy(work.packing, work.out, n)
        return True
    volume = keep(work, placed)
    if volume >= lead.volume[0]:
        _follow(rule, volume, placed, work.packing, lead)
    return False
