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
"""Up to so many kinds, joined blocks must fill their hull."""
LOOSE = 0.98
"""With more kinds, joined blocks must fill so much of their hull."""
MOST_WIDE = 64
"""Widest beam."""


def pack_blocks(problem: Problem, *, whole: bool, effort: int, stop: Stop = NEVER) -> Packing | None:
    """Pack all units (``whole``) or as much volume as possible, by beam search over blocks.

    Every base lies wholly on the floor or on tops, whatever the support ratio; the other rules hold step by step.

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
    room = new_room(MOST_WIDE, problem.box)
    least = 1.0 if len(supply.count) <= FEW_KINDS else LOOSE
    made = blocks.build(supply, problem.box, most_blocks(effort), least, room.effort, stop)
    if not len(made.worth):
        return None
    limits = np.array([problem.volume_limit, problem.weight_limit])
    volume = float((supply.count * supply.edges.astype(np.float64).prod(axis=1)).sum())
    placed = np.empty((len(problem.kinds), 9), dtype=np.int64)
    states = new_states(MOST_WIDE, len(supply.count), len(made.worth), len(placed))
    found = search_blocks(made, supply, problem.box, limits, volume, effort, MOST_WIDE, states, room, stop.flag, placed)
    stop.look()
    placed = placed[:found]
    rows = np.empty((int(made.units[placed[:, 0]].sum()), 8), dtype=np.int64)
    wanted = len(problem.kinds) if whole else 1
    if len(rows) < wanted:
        return None
    unstack.units_of_blocks(placed, made, supply, rows)
    standing = unstack.stand(problem, rows)
    return standing if len(standing.unit) >= wanted else None


def most_blocks(effort: int) -> int:
    """Return how many blocks are worth making within an effort."""
    return min(10_000, max(300, effort // 1_000))


def supply_of(problem: Problem) -> blocks.Supply:
    """Return the kinds of the units of a problem and how many there are of each.

    A unit that bears a limited load is piled on its like as high as the limit allows, and nothing else is set on it.
    """
    _, firsts, counts = np.unique(problem.kinds, return_index=True, return_counts=True)
    mass, limit = problem.mass[firsts], problem.max_load[firsts]
    free = (limit >= problem.mass.sum()) | (not problem.bearing)
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
