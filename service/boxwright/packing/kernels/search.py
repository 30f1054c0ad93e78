"""The search in one box: several methods in turn, until all units are placed or the effort ends.

One or two units are tried in every way. For more units, constructions by size are tried first. Then beams of growing
width alternate with variations of the leading order or, if units are slid, with ruin and recreate.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boxwright.packing.compiled import entry, inner, maker
from boxwright.packing.kernels import SEVERAL_UNITS
from boxwright.packing.kernels.beam import beam, hopeless
from boxwright.packing.kernels.construct import construct
from boxwright.packing.kernels.draws import draw, generator, one_orientation
from boxwright.packing.kernels.packings import JUST_BELOW, allow_all, copy, keep, new_packing, new_work, volume_of_all
from boxwright.packing.kernels.places import RULES
from boxwright.packing.kernels.recreate import recreate
from boxwright.packing.kernels.slide import slide
from boxwright.packing.kernels.support import slides
from boxwright.packing.problem import Floats, Ints
from boxwright.packing.state import Packing

ORDERINGS = 5
"""Number of orderings by size; see ``problem.Units.orders``."""
PINWHEEL = np.array([0, 1, 3, 2], dtype=np.int64)
"""Corners of a space, clockwise or anticlockwise; bit 0 is set at the far end of x, bit 1 at the far end of y."""
BEAM_RULES = np.array([3, 1, 0, 4, 2], dtype=np.int64)
"""Placement rules of the beams, in turn."""
BEAM_WIDTHS = np.array([1, 3, 8, 20, 50, 120], dtype=np.int64)
"""Numbers of packings that beams build side by side; the next is used once all rules have had their turn."""
VARIED_SHARE = 4
"""Divisor of the effort of a beam for the variations of the leading order that follow."""
SEGMENT = 100_000
"""Effort of one segment of ruin and recreate."""
SEGMENTS = 4
"""Number of segments after each beam."""
RUINED_SHARES = np.array([0.4, 0.4, 0.4, 0.8])
"""Maximum shares of the units that are removed at a time, by segment in turn."""
HOPELESS = 0.2
"""Share of the effort after which a search with sliding ends if no packing had all units yet."""
FIRST = np.int64(1) << np.int64(60)
"""Budget of the first construction, which is always finished."""


class Lead(NamedTuple):
    """The leading order of units, which packed the most volume so far, and the order that is tried."""

    order: Ints  # int64 (n,): the leading order; units that found no place are moved to its head
    tried: Ints  # int64 (n,): the order that is tried
    in_box: npt.NDArray[np.bool_]  # bool (n,): units that found a place
    volume: Floats  # float64 (1,): volume packed by the leading order
    rule: Ints  # int64 (1,): placement rule of the leading order
    greedy: Packing  # the best packing before the first beam
    counts: Ints  # int64 (2,): slots of ``greedy``; segments of ruin and recreate so far
    random: npt.NDArray[np.uint64]  # uint64 (1,): see ``draws``


@maker
def _new_lead(n, seed):
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
def _make_leading(rule, volume, placed, packing, lead):
    """Make the tried order the leading order, with units that found no place moved to its head."""
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
def _try_order(rule, limit, budget, work, lead):
    """Set units down in the order ``lead.tried``, with budget ``limit``; return whether all are placed."""
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
        _make_leading(rule, volume, placed, work.packing, lead)
    return False


@inner
def _stopped_or_hopeless(budget, hoped, work):
    scratch = work.scratch
    if slides(work.problem) and scratch.whole[0] == 0 and scratch.effort[0] >= HOPELESS * budget:
        return True
    return scratch.stop[0] != 0 or hopeless(hoped, budget, work)


@inner
def _ended(budget, hoped, work):
    return work.scratch.effort[0] >= budget or _stopped_or_hopeless(budget, hoped, work)


@maker
def _try_two(budget, work, lead):
    """Try two units in both orders and every pair of orientations; return whether both are placed."""
    problem, masks = work.problem, work.scratch.masks
    for turn in range(72):
        first, second = (turn // 6) % 6, turn % 6
        if turn > 0 and _ended(budget, 0.0, work):
            return False
        if not (problem.masks[0] >> first) & 1 or not (problem.masks[1] >> second) & 1:
            continue
        lead.tried[0], lead.tried[1] = turn // 36, 1 - turn // 36
        masks[0], masks[1] = 1 << first, 1 << second
        if _try_order(np.int64(0), FIRST if turn == 0 else budget, budget, work, lead):
            return True
    return False


@maker
def _try_sizes(seed, budget, hoped, work, lead):
    """Try each ordering by size under each placement rule; return whether all units are placed.

    Another seed starts elsewhere in the list, so that small budgets differ too.
    """
    limited = work.problem.bearing and work.problem.max_load.min() < np.inf
    for turn in range(RULES * ORDERINGS):
        if turn > 0 and _ended(budget, hoped, work):
            return False
        step = (turn + seed) % (RULES * ORDERINGS)
        ordering = step // RULES
        late = limited and (step + ordering) % 2 == 0
        for i in range(lead.tried.shape[0]):
            lead.tried[i] = work.problem.orders[ordering + (ORDERINGS if late else 0), i]
        if _try_order(step % RULES, FIRST if turn == 0 else budget, budget, work, lead):
            return True
    return False


@inner
def _perturb(problem, masks, corner, lead):
    """Write a variation of the leading order to ``lead.tried``; return its placement rule.

    Up to three pairs of units are swapped, up to three units or kinds get one orientation, and corners vary.
    """
    order, random, rule = lead.tried, lead.random, lead.rule[0]
    n = order.shape[0]
    for i in range(n):
        order[i] = lead.order[i]
    drawn = draw(random)
    if drawn % 4 == 0:
        rule = (drawn >> 2) % RULES
    for _swap in range((drawn >> 5) % 4):
        swap = draw(random)
        i, j = swap % n, (swap >> 12) % n
        order[i], order[j] = order[j], order[i]
    # Units at the corners in turn make pinwheels.
    for i in range(n):
        corner[order[i]] = 0
        if (drawn >> 10) % 4 == 1:
            corner[order[i]] = PINWHEEL[i % 4]
        elif (drawn >> 10) % 4 == 2:
            corner[order[i]] = draw(random) % 4
    allow_all(problem, masks)
    # Only a few orientations change, so that even the construction of a large order stays like the leading one.
    for _tie in range((drawn >> 8) % 4):
        tie = draw(random)
        unit = tie % n
        turn = one_orientation(masks[unit], tie >> 12)
        if tie & 2048:
            masks[unit] = turn
            continue
        for i in range(n):
            if problem.kinds[i] == problem.kinds[unit]:
                masks[i] = turn
    return rule


@maker
def _try_variations(effort, budget, hoped, work, lead):
    """Try variations of the leading order with some effort; return whether all units are placed."""
    scratch = work.scratch
    while effort > 0 and not _ended(budget, hoped, work):
        before = scratch.effort[0]
        rule = _perturb(work.problem, scratch.masks, scratch.corner, lead)
        if _try_order(rule, budget, budget, work, lead):
            return True
        effort -= scratch.effort[0] - before
    return False


@maker
def _mend(budget, work, lead):
    """Ruin and recreate the best packing found before the first beam, and every fourth time the best so far.

    Return whether all units are placed.
    """
    for _segment in range(SEGMENTS):
        if _ended(budget, 0.0, work):
            return False
        until = min(budget, work.scratch.effort[0] + SEGMENT)
        segment = lead.counts[1]
        greedy = segment % SEGMENTS < SEGMENTS - 1
        begun = lead.counts[0] if greedy else np.int64(work.best[1])
        if greedy:
            copy(lead.greedy, work.packing, begun)
        else:
            copy(work.out, work.packing, begun)
        lead.counts[1] += 1
        draw(lead.random)
        share = RUINED_SHARES[segment % RUINED_SHARES.shape[0]]
        if recreate(work, work.packing, begun, share, until, lead.random[0]):
            return True
    return False


@maker
def _try_beams(budget, hoped, work, lead):
    """Alternate beams and other methods until the effort ends; return whether all units are placed."""
    effort, sliding = work.scratch.effort, slides(work.problem)
    lead.counts[0] = np.int64(work.best[1])
    copy(work.out, lead.greedy, lead.counts[0])
    turn = 0
    while not _ended(budget, hoped, work):
        before = effort[0]
        width = BEAM_WIDTHS[min(turn // RULES, BEAM_WIDTHS.shape[0] - 1)]
        if beam(BEAM_RULES[turn % RULES], width, budget, hoped, work):
            return True
        if not sliding and _try_variations((effort[0] - before) // VARIED_SHARE, budget, hoped, work, lead):
            return True
        if sliding and work.problem.least == 0 and turn > 0 and _mend(budget, work, lead):
            return True
        turn += 1
    return False


@entry
def search(problem, whole, budget, seed, out, effort, stop):
    """Pack units into one box.

    Parameters
    ----------
    problem : Problem
        ``edges`` int64 (n, 3), um: declared edges of the envelopes; ``masks`` int64 (n,): bit ``o`` allows row ``o``
        of ``ORIENTATIONS``; ``kinds`` int64 (n,): number of the unit's kind, ascending from 0; ``mass``, ``weight``,
        ``max_load`` float64 (n,), mg: mass of the unit, mass that it adds to the parcel (with cushioning, without the
        void fill that it displaces), and mass that may rest on it (infinity: unlimited); ``margin`` int64 (n, 2), um:
        distance to the near and to the far walls (see ``Units.margins_in``; a unit that is set down lower stands on a
        foot up to there); ``orders`` int64 (2 ORDERINGS, n): orders in which to set units down, the second half with
        load-limited units last (only used if n > 2); ``box`` int64 (3,), um: usable inner edges; ``weight_limit``,
        ``volume_limit``: in mg and um3; ``millionths``: support ratio in millionths, where 0 switches support and
        stability off; ``bearing``: whether ``max_load`` is obeyed; ``fixed``: slots that are already taken, in pack
        sequence; ``least``: support ratio that constructions obey. If ``least`` is below ``millionths`` (only with
        ``whole`` and without ``fixed``), constructions obey neither stability nor ``max_load``, and units are slid
        until all rules hold.
    whole : bool
        True: all units or none. False: as much volume as possible.
    budget : int
        Counted effort, about one per place examined.
    seed : int
        Seed of the random numbers. The same inputs and seed give the same answer on every machine.
    out : Packing
        Receives the answer, in pack sequence.
    effort : int64, (1,)
        Receives the effort spent.
    stop : int64, (1,)
        Ends the search once another thread sets it; the answer is then meaningless.

    Returns
    -------
    int
        Number of units placed, fixed units included; with ``whole``, n or 0.
    """
    n = problem.edges.shape[0]
    work = new_work(problem, out, effort, stop)
    lead = _new_lead(n, seed)
    hoped = volume_of_all(problem) if whole and not slides(problem) and n >= SEVERAL_UNITS else 0.0
    if _stopped_or_hopeless(budget, hoped, work):
        found = False
    elif n == 1:
        found = _try_order(np.int64(0), FIRST, budget, work, lead)
    elif n == 2:
        found = _try_two(budget, work, lead)
    else:
        found = _try_sizes(seed - 1, budget, hoped, work, lead) or _try_beams(budget, hoped, work, lead)
    if found:
        return n
    return 0 if whole else np.int64(work.best[1])
