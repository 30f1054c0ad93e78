"""The search in one box: a schedule of methods, until all units are placed or the effort ends.

One or two units are tried in every way. More units are first set down by size. Then beams of growing width alternate
with variations of the leading order or, if units are slid, with ruin and recreate.
"""

import numpy as np

from boxwright.packing.compiled import entry, inner, maker
from boxwright.packing.kernels import SEVERAL_UNITS
from boxwright.packing.kernels.beam import beam, hopeless
from boxwright.packing.kernels.draws import draw, one_orientation
from boxwright.packing.kernels.lead import new_lead, try_order
from boxwright.packing.kernels.packings import allow_all, copy, new_work, volume_of_all
from boxwright.packing.kernels.places import RULES
from boxwright.packing.kernels.recreate import recreate
from boxwright.packing.kernels.support import slides

ORDERINGS = 5
"""Number of orderings by size; see ``problem.Units.orders``."""
PINWHEEL = np.array([0, 1, 3, 2], dtype=np.int64)
"""Corners of a space, going round it: bit 0 is the far end of x, bit 1 that of y."""
BEAM_RULES = np.array([3, 1, 0, 4, 2], dtype=np.int64)
"""Placement rules of the beams, in turn."""
BEAM_WIDTHS = np.array([1, 3, 8, 20, 50, 120], dtype=np.int64)
"""Number of packings that a beam builds side by side; it grows after each round of the rules."""
VARIED_SHARE = 4
"""The effort of a beam, divided by this, goes to variations of the leading order."""
SEGMENT = 100_000
"""Effort of one segment of ruin and recreate."""
SEGMENTS = 4
"""Number of segments after each beam."""
RUINED_SHARES = np.array([0.4, 0.4, 0.4, 0.8])
"""Maximum share of the units removed at once, by segment in turn."""
HOPELESS = 0.2
"""Share of the effort after which a search with sliding ends if it never placed all units."""
FIRST = np.int64(1) << np.int64(60)
"""Budget of the first construction: it is always finished, however large the order."""


@inner
def _in_vain(budget, hoped, work):
    """Whether a search is stopped or hopeless."""
    scratch = work.scratch
    if slides(work.problem) and scratch.whole[0] == 0 and scratch.effort[0] >= HOPELESS * budget:
        return True
    return scratch.stop[0] != 0 or hopeless(hoped, budget, work)


@inner
def _over(budget, hoped, work):
    """Whether a search is out of effort, stopped or hopeless."""
    return work.scratch.effort[0] >= budget or _in_vain(budget, hoped, work)


@maker
def _try_two(budget, work, lead):
    """Try two units in both orders and every pair of orientations; return whether both are placed."""
    problem, masks = work.problem, work.scratch.masks
    for turn in range(72):
        first, second = (turn // 6) % 6, turn % 6
        if turn > 0 and _over(budget, 0.0, work):
            return False
        if not (problem.masks[0] >> first) & 1 or not (problem.masks[1] >> second) & 1:
            continue
        lead.tried[0], lead.tried[1] = turn // 36, 1 - turn // 36
        masks[0], masks[1] = 1 << first, 1 << second
        if try_order(np.int64(0), FIRST if turn == 0 else budget, budget, work, lead):
            return True
    return False


@maker
def _try_sizes(seed, budget, hoped, work, lead):
    """Try each ordering by size under each placement rule; return whether all units are placed.

    Another seed starts elsewhere in the list, so that small budgets differ too.
    """
    limited = work.problem.bearing and work.problem.max_load.min() < np.inf
    for turn in range(RULES * ORDERINGS):
        if turn > 0 and _over(budget, hoped, work):
            return False
        step = (turn + seed) % (RULES * ORDERINGS)
        ordering = step // RULES
        late = limited and (step + ordering) % 2 == 0
        for i in range(lead.tried.shape[0]):
            lead.tried[i] = work.problem.orders[ordering + (ORDERINGS if late else 0), i]
        if try_order(step % RULES, FIRST if turn == 0 else budget, budget, work, lead):
            return True
    return False


@inner
def _perturb(problem, masks, corner, lead):
    """Write a variation of the leading order; return the placement rule to use.

    Up to three pairs are swapped, up to three units or kinds get one orientation, and corners vary.
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
    # Corners taken in turn make pinwheels.
    for i in range(n):
        corner[order[i]] = 0
        if (drawn >> 10) % 4 == 1:
            corner[order[i]] = PINWHEEL[i % 4]
        elif (drawn >> 10) % 4 == 2:
            corner[order[i]] = draw(random) % 4
    allow_all(problem, masks)
    # Only a few, so that even in a large order the construction stays near the leading one.
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
def _vary(effort, budget, hoped, work, lead):
    """Try variations of the leading order with some effort; return whether all units are placed."""
    scratch = work.scratch
    while effort > 0 and not _over(budget, hoped, work):
        before = scratch.effort[0]
        rule = _perturb(work.problem, scratch.masks, scratch.corner, lead)
        if try_order(rule, budget, budget, work, lead):
            return True
        effort -= scratch.effort[0] - before
    return False


@maker
def _mend(budget, work, lead):
    """Ruin and recreate the best packing found before the first beam, every fourth time the best so far.

    Returns whether all units are placed.
    """
    for _segment in range(SEGMENTS):
        if _over(budget, 0.0, work):
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
    while not _over(budget, hoped, work):
        before = effort[0]
        width = BEAM_WIDTHS[min(turn // RULES, BEAM_WIDTHS.shape[0] - 1)]
        if beam(BEAM_RULES[turn % RULES], width, budget, hoped, work):
            return True
        if not sliding and _vary((effort[0] - before) // VARIED_SHARE, budget, hoped, work, lead):
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
        of ``ORIENTATIONS``; ``kinds`` int64 (n,): same number, same unit, ascending from 0; ``mass``, ``weight``,
        ``max_load`` float64 (n,), mg: mass, what it adds to the parcel (cushioning added, displaced void fill taken
        off), and mass that may rest on it (infinity is unlimited); ``margin`` int64 (n, 2), um: distance to the near
        and to the far walls (see ``Units.margins_in``; a unit on the floor stands on a foot that high); ``orders``
        int64 (2 ORDERINGS, n): orders in which to set units down, the second half with load-limited units last (used
        for n > 2 only); ``box`` int64 (3,), um: usable inner edges; ``weight_limit``, ``volume_limit`` in mg and um3;
        ``millionths``: support ratio in millionths, 0 switches support and stability off; ``bearing``: whether
        ``max_load`` is obeyed; ``fixed``: slots that are taken already, in pack sequence; ``least``: support ratio
        that constructions obey. Where it is below ``millionths`` (with ``whole`` and without ``fixed`` only) they obey
        neither stability nor ``max_load``, and units are slid until all rules hold.
    whole : bool
        True: all units or nothing. False: as much volume as possible.
    budget : int
        Counted effort, about one per place examined.
    seed : int
        Seed of the random numbers; the same inputs and seed give the same answer on every machine.
    out : Packing
        Receives the answer, in pack sequence.
    effort : int64, (1,)
        Receives the effort spent.
    stop : int64, (1,)
        Ends the search when another thread sets it; the answer is then meaningless.

    Returns
    -------
    int
        Number of units placed, the fixed ones included; with ``whole``, n or 0.
    """
    n = problem.edges.shape[0]
    work = new_work(problem, out, effort, stop)
    lead = new_lead(n, seed)
    hoped = volume_of_all(problem) if whole and not slides(problem) and n >= SEVERAL_UNITS else 0.0
    if _in_vain(budget, hoped, work):
        found = False
    elif n == 1:
        found = try_order(np.int64(0), FIRST, budget, work, lead)
    elif n == 2:
        found = _try_two(budget, work, lead)
    else:
        found = _try_sizes(seed - 1, budget, hoped, work, lead) or _try_beams(budget, hoped, work, lead)
    if found:
        return n
    return 0 if whole else np.int64(work.best[1])
