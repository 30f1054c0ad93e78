"""Packs large and repetitive orders into one box: whole blocks of units at a time."""

import numpy as np

from boxwright.packing import blocks, unstack
from boxwright.packing.beam import search_blocks
from boxwright.packing.block_ranks import new_room, new_states
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Ints
from boxwright.packing.state import Packing, Problem
from boxwright.stop import NEVER, Stop

FEW_KINDS = 16
"""Up to so many kinds, joined blocks must fill their hull; where all units must go in, always."""
LOOSE = 0.98
"""With more kinds, joined blocks must fill so much of their hull."""
WIDEST, WIDEST_OF_MANY = 256, 64
"""Widest beam of up to 250 units and of a thousand or more; between them as much room is used."""
MOST_OF_WHOLE, KINDS_OF_WHOLE = 3_000, 16
"""Where all units must go in: about how many blocks are made, and of how many kinds one is at most."""
LEAST_OF_WHOLE, EFFORT_TO_SHOW = 0.8, 100_000
"""Where all units must go in and this much effort fills less than this share of their volume, no more is spent."""
EFFORT_PER_TRY, MOST_TRIES = 400, 5_000
"""Effort for each try to make all units stand where all have a place, and most tries."""


def pack_blocks(problem: Problem, *, whole: bool, effort: int, stop: Stop = NEVER) -> Packing | None:
    """Pack all units (``whole``) or as much volume as possible, by beam search over blocks.

    Every base lies wholly on the floor or on tops, whatever the support ratio; the other rules hold step by step. Where
    all must go in, the blocks are the same for any effort, so that more of it finds what less finds.

    Parameters
    ----------
    problem : Problem
        Units and rules; ``orders`` and ``fixed`` are not looked at. Units of one kind stand next to each other.
    whole : bool
        Whether all units must go in.
    effort : int
        Counted effort, about one per block looked at; the first construction is always finished.
    stop : Stop, optional
        Ends packing with a SearchEndedError. Default: nothing does.

    Returns
    -------
    Packing or None
        In pack sequence; None where ``whole`` found no layout, or where not one unit goes in.
    """
    supply = supply_of(problem)
    wide = max(WIDEST_OF_MANY, min(WIDEST, 1_000 * WIDEST_OF_MANY // len(problem.kinds)))
    room = new_room(wide, problem.box)
    least = 1.0 if whole or len(supply.count) <= FEW_KINDS else LOOSE
    most, kinds = (MOST_OF_WHOLE, KINDS_OF_WHOLE) if whole else (most_blocks(effort), blocks.MOST_KINDS_IN_BLOCK)
    made = blocks.build(supply, problem.box, most, least, room.effort, stop, kinds)
    if not len(made.worth):
        return None
    limits = np.array([problem.volume_limit, problem.weight_limit])
    volume = float((supply.count * supply.edges.astype(np.float64).prod(axis=1)).sum())
    placed = np.empty((len(problem.kinds), 9), dtype=np.int64)
    states = new_states(wide, len(supply.count), len(made.worth), len(placed))
    for budget in (EFFORT_TO_SHOW, effort) if whole and effort > EFFORT_TO_SHOW else (effort,):
        found = search_blocks(made, supply, problem.box, limits, volume, budget, wide, states, room, stop.flag, placed)
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


def most_blocks(effort: int) -> int:
    """Return how many blocks are worth making within an effort."""
    return min(10_000, max(300, effort // 1_000))


def supply_of(problem: Problem) -> blocks.Supply:
    """Return the kinds of the units of a problem and how many there are of each.

    A unit that bears no column of mean density up to the lid on its largest face is piled on its like as high as its
    limit allows, and nothing else is set on it. Whether one that bears it bears what comes is seen in the end.
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
    """Return the shortest edge of each kind that can lie flat, and that can stand."""
    flat, upright = np.full((2, len(masks)), np.iinfo(np.int64).max)
    for bit, (x, y, z) in enumerate(ORIENTATIONS.tolist()):
        allowed = (masks >> bit) & 1 == 1
        flat[allowed] = np.minimum(flat, np.minimum(edges[:, x], edges[:, y]))[allowed]
        upright[allowed] = np.minimum(upright, edges[:, z])[allowed]
    return flat, upright
