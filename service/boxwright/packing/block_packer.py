"""Packs large and repetitive orders into one box, in blocks of units."""

import numpy as np

from boxwright.packing import blocks, unstack
from boxwright.packing.beam import search_blocks
from boxwright.packing.block_ranks import new_states, new_work
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Ints
from boxwright.packing.state import Packing, Problem
from boxwright.stop import NEVER, Stop

FEW_KINDS = 16
"""Up to this number of kinds, or if all units must go in, joined blocks fill their hull completely."""
LOOSE = 0.98
"""Minimum share of its hull that a joined block fills, with more kinds."""
WIDEST, WIDEST_OF_MANY = 256, 64
"""Widest beam for up to 250 units, and for a thousand or more; in between, memory is constant."""
MOST_OF_WHOLE, KINDS_OF_WHOLE = 3_000, 16
"""If all units must go in: the approximate number of blocks made, and the maximum number of kinds in one."""
LEAST_OF_WHOLE, EFFORT_TO_SHOW = 0.8, 100_000
"""If all units must go in, the search ends when less than this share of their volume is packed after this effort."""
EFFORT_PER_TRY, MOST_TRIES = 400, 5_000
"""Effort for one attempt to arrange the blocks so that all units obey the rules, and the maximum number of attempts."""


def pack_blocks(problem: Problem, *, whole: bool, effort: int, stop: Stop = NEVER) -> Packing | None:
    """Pack all units (``whole``) or as much volume as possible, by beam search over blocks.

    Bases lie wholly on the floor or on tops, whatever the support ratio; the other rules hold at every step. If all
    units must go in, the blocks do not depend on the effort, so more effort finds all that less effort finds.

    Parameters
    ----------
    problem : Problem
        Units and rules; ``orders`` and ``fixed`` are ignored. Units of one kind are adjacent.
    whole : bool
        Whether all units must go in.
    effort : int
        Counted effort, about one per block examined; the first construction is always finished.
    stop : Stop, optional
        Ends packing with a SearchEndedError. Default: never.

    Returns
    -------
    Packing or None
        In pack sequence; None if no unit goes in, or if ``whole`` and some unit does not.
    """
    supply = supply_of(problem)
    wide = max(WIDEST_OF_MANY, min(WIDEST, 1_000 * WIDEST_OF_MANY // len(problem.kinds)))
    work = new_work(wide, problem.box)
    least = 1.0 if whole or len(supply.count) <= FEW_KINDS else LOOSE
    most, kinds = min(10_000, max(300, effort // 1_000)), blocks.MOST_KINDS_IN_BLOCK
    if whole:
        most, kinds = MOST_OF_WHOLE, KINDS_OF_WHOLE
    made = blocks.build(supply, problem.box, most, least, work.effort, stop, kinds)
    if not len(made.worth):
        return None
    limits = np.array([problem.volume_limit, problem.weight_limit])
    volume = float((supply.count * supply.edges.astype(np.float64).prod(axis=1)).sum())
    placed = np.empty((len(problem.kinds), 9), dtype=np.int64)
    states = new_states(wide, len(supply.count), len(made.worth), len(placed))
    for budget in (EFFORT_TO_SHOW, effort) if whole and effort > EFFORT_TO_SHOW else (effort,):
        found = search_blocks(made, supply, problem.box, limits, volume, budget, wide, states, work, stop.flag, placed)
        stop.look()
        if budget < effort and made.volume[placed[:found, 0]].sum() < LEAST_OF_WHOLE * volume:
            return None
    placed = placed[:found]
    wanted = len(problem.kinds) if whole else 1
    if int(made.units[placed[:, 0]].sum()) < wanted:
        return None
    tries = min(effort // EFFORT_PER_TRY, MOST_TRIES) if whole else 0
    standing = unstack.stand(problem, placed, made, supply, tries, stop)
    return standing if len(standing.unit) >= wanted else None


def supply_of(problem: Problem) -> blocks.Supply:
    """Return the kinds of units of a problem, with their numbers.

    A unit that cannot bear a column of goods of mean density on its largest face, up to the lid, is piled only with
    units of its kind, as high as its load limit allows. ``unstack`` checks the loads on other units at the end.
    """
    _, firsts, counts = np.unique(problem.kinds, return_index=True, return_counts=True)
    mass, limit = problem.mass[firsts], problem.max_load[firsts]
    edges = problem.edges[firsts].astype(np.float64)
    density = problem.mass.sum() / (edges.prod(axis=1) * counts).sum()
    column = density * np.sort(edges, axis=1)[:, 1:].prod(axis=1) * problem.box[2]
    free = (limit >= np.minimum(column, problem.mass.sum())) | (not problem.bearing)
    carried = np.divide(limit, mass, out=np.full(len(mass), np.inf), where=mass > 0)
    stack = np.where(free, np.inf, np.floor(carried) + 1)
    return blocks.Supply(
        problem.edges[firsts],
        problem.masks[firsts],
        counts.astype(np.int64),
        problem.weight[firsts],
        np.minimum(stack, len(problem.kinds)).astype(np.int64),
        free.astype(np.int64),
        *_shortest_edges(problem.edges[firsts], problem.masks[firsts]),
    )


def _shortest_edges(edges: Ints, masks: Ints) -> tuple[Ints, Ints]:
    """Return the shortest edge of each kind that can lie in plan, and that can stand upright."""
    flat, upright = np.full((2, len(masks)), np.iinfo(np.int64).max)
    for bit, (x, y, z) in enumerate(ORIENTATIONS.tolist()):
        allowed = (masks >> bit) & 1 == 1
        flat[allowed] = np.minimum(flat, np.minimum(edges[:, x], edges[:, y]))[allowed]
        upright[allowed] = np.minimum(upright, edges[:, z])[allowed]
    return flat, upright
