"""From blocks back to units, and the proof that each unit of the result stands.

The search over blocks knows whole bases and heights, not how loads spread. So the units of its answer are set down one
by one under every rule, as in ``kernels.standing``; what does not stand is left out, with all that then lacks support.
"""

import numpy as np

from boxwright.packing.compiled import entry
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.kernels.standing import new_loads, set_down
from boxwright.packing.problem import Ints
from boxwright.packing.state import Packing, Problem


@entry
def units_of_blocks(placed, blocks, supply, out):
    """Write the units of placed blocks, int64 (n, 8): kind, orientation, lowest and highest corner; return how many.

    ``placed`` has rows as ``beam.State.placed``. A block turned round in x or y is mirrored in it.
    """
    count = np.int64(0)
    # Parts still to take apart: block, and its corner when the whole lies unmirrored at the origin.
    todo = np.empty((blocks.worth.shape[0] + 8, 4), dtype=np.int64)
    for row in range(placed.shape[0]):
        whole = placed[row, 0]
        todo[0, 0], todo[0, 1], todo[0, 2], todo[0, 3] = whole, 0, 0, 0
        waiting = 1
        while waiting > 0:
            waiting -= 1
            b, x, y, z = todo[waiting, 0], todo[waiting, 1], todo[waiting, 2], todo[waiting, 3]
            recipe = blocks.recipe[b]
            if recipe[4] == 0:
                axis, first, second = recipe[0], recipe[1], recipe[2]
                todo[waiting, 0] = first
                todo[waiting + 1, 0] = second
                todo[waiting + 1, 1], todo[waiting + 1, 2], todo[waiting + 1, 3] = x, y, z
                todo[waiting + 1, 1 + axis] += blocks.size[first, axis]
                waiting += 2
                continue
            kind, turn = blocks.kind[b, 0], recipe[0]
            l = supply.edges[kind, ORIENTATIONS[turn, 0]]
            w = supply.edges[kind, ORIENTATIONS[turn, 1]]
            h = supply.edges[kind, ORIENTATIONS[turn, 2]]
            for k in range(recipe[3]):
                for j in range(recipe[2]):
                    for i in range(recipe[1]):
                        ux, uy, uz = x + i * l, y + j * w, z + k * h
                        if placed[row, 1] == 1:
                            ux = blocks.size[whole, 0] - ux - l
                        if placed[row, 2] == 1:
                            uy = blocks.size[whole, 1] - uy - w
                        ux, uy, uz = ux + placed[row, 3], uy + placed[row, 4], uz + placed[row, 5]
                        out[count, 0], out[count, 1] = kind, turn
                        out[count, 2], out[count, 3], out[count, 4] = ux, uy, uz
                        out[count, 5], out[count, 6], out[count, 7] = ux + l, uy + w, uz + h
                        count += 1
    return count


@entry
def _stand(problem, packing, count, loads):
    """Keep those of the first ``count`` slots, from the bottom up, that stand on the ones kept; return how many.

    Limits of the whole hold as in ``kernels.construct``.
    """
    kept = np.int64(0)
    weight_in = 0.0
    for slot in range(count):
        if kept < slot:
            for column in range(6):
                packing.at[kept, column] = packing.at[slot, column]
            packing.unit[kept], packing.turn[kept] = packing.unit[slot], packing.turn[slot]
        weight = problem.weight[packing.unit[kept]]
        if weight > 0.0 and weight_in + weight > problem.weight_limit:
            continue
        if set_down(kept, packing, loads):
            kept += 1
            weight_in += weight
    return kept if weight_in <= problem.weight_limit else 0


def stand(problem: Problem, units: Ints) -> Packing:
    """Return the units that stand, in pack sequence.

    Parameters
    ----------
    problem : Problem
        Of the order: units of one kind stand next to each other.
    units : int64, (n, 8)
        As from ``units_of_blocks``.
    """
    units = units[np.lexsort((units[:, 2], units[:, 3], units[:, 4]))]
    count = len(units)
    # The units of a kind are taken in turn.
    firsts = np.searchsorted(problem.kinds, units[:, 0])
    by_kind = np.argsort(units[:, 0], kind="stable")
    rank = np.empty(count, dtype=np.int64)
    rank[by_kind] = np.arange(count) - np.searchsorted(units[by_kind, 0], units[by_kind, 0])
    packing = Packing(
        np.ascontiguousarray(units[:, 2:]),
        firsts + rank,
        np.ascontiguousarray(units[:, 1]),
    )
    kept = _stand(problem, packing, count, new_loads(problem, count))
    return Packing(packing.at[:kept], packing.unit[:kept], packing.turn[:kept])
