"""Takes blocks apart into units, and keeps the units that obey all rules.

The search over blocks does not know how loads spread. So the units of its answer are set down one by one, as in
``kernels.standing``. If a unit breaks a rule, parts of blocks are mirrored within their hulls or swapped with the part
on top of them. That fills as much and spreads loads differently. Units that still break a rule are left out, and so are
units that then lack support.
"""

import numpy as np

from boxwright.packing.blocks import Blocks, Supply
from boxwright.packing.compiled import entry
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.kernels.draws import draw, generator
from boxwright.packing.kernels.packings import sort_upwards
from boxwright.packing.kernels.standing import new_loads, set_down
from boxwright.packing.problem import Ints
from boxwright.packing.state import Packing, Problem
from boxwright.stop import NEVER, Stop

MOST_TURNS = 3
"""Maximum number of parts of blocks that are turned at once."""


@entry
def units_of_blocks(placed, blocks, supply, turned, out):
    """Write the units of placed blocks, int64 (n, 8): kind, orientation, corners; return their number.

    ``placed`` is ``block_ranks.State.placed``. ``turned``, int64 (parts,), has bits for every block and part, in the
    order in which they are taken apart: bit 0 mirrors the part in x within its hull, bit 1 in y, and bit 2 swaps two
    parts of equal base that lie one on the other.
    """
    count, part = np.int64(0), np.int64(0)
    size = blocks.size
    # The parts that are still to be taken apart: block, lowest corner, 1 if mirrored in x, 1 if mirrored in y.
    todo = np.empty((blocks.worth.shape[0] + 8, 6), dtype=np.int64)
    for row in range(placed.shape[0]):
        todo[0, 0], todo[0, 4], todo[0, 5] = placed[row, 0], placed[row, 1], placed[row, 2]
        todo[0, 1], todo[0, 2], todo[0, 3] = placed[row, 3], placed[row, 4], placed[row, 5]
        waiting = 1
        while waiting > 0:
            waiting -= 1
            b, x, y, z = todo[waiting, 0], todo[waiting, 1], todo[waiting, 2], todo[waiting, 3]
            right, back = todo[waiting, 4], todo[waiting, 5]
            right, back, swap = right ^ (turned[part] & 1), back ^ (turned[part] >> 1 & 1), turned[part] >> 2
            part += 1
            recipe = blocks.recipe[b]
            if recipe[4] == 0:
                axis, first, second = recipe[0], recipe[1], recipe[2]
                if swap and axis == 2 and size[first, 0] == size[second, 0] and size[first, 1] == size[second, 1]:
                    first, second = second, first
                for which in range(2):
                    child = second if which else first
                    at_x = x + (size[first, 0] if which and axis == 0 else 0)
                    at_y = y + (size[first, 1] if which and axis == 1 else 0)
                    at_z = z + (size[first, 2] if which and axis == 2 else 0)
                    todo[waiting, 0], todo[waiting, 4], todo[waiting, 5] = child, right, back
                    todo[waiting, 1] = 2 * x + size[b, 0] - at_x - size[child, 0] if right else at_x
                    todo[waiting, 2] = 2 * y + size[b, 1] - at_y - size[child, 1] if back else at_y
                    todo[waiting, 3] = at_z
                    waiting += 1
                continue
            # A grid is its own mirror image.
            kind, turn = blocks.kind[b, 0], recipe[0]
            l = supply.edges[kind, ORIENTATIONS[turn, 0]]
            w = supply.edges[kind, ORIENTATIONS[turn, 1]]
            h = supply.edges[kind, ORIENTATIONS[turn, 2]]
            for k in range(recipe[3]):
                for j in range(recipe[2]):
                    for i in range(recipe[1]):
                        ux, uy, uz = x + i * l, y + j * w, z + k * h
                        out[count, 0], out[count, 1] = kind, turn
                        out[count, 2], out[count, 3], out[count, 4] = ux, uy, uz
                        out[count, 5], out[count, 6], out[count, 7] = ux + l, uy + w, uz + h
                        count += 1
    return count


@entry
def _stand(problem, packing, count, loads):
    """Keep the slots, from the bottom up, that obey the rules and the mass limit; return their number."""
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


@entry
def _settle(problem, placed, blocks, supply, firsts, tries, packing, loads, flag):
    """Mirror and swap random parts of blocks until all units obey the rules, or the tries end.

    A try is kept unless fewer units obey the rules than before. ``packing`` receives the units, sorted upwards;
    ``firsts``, int64 (k,), has the first unit of each kind. Returns the number of units that obey the rules after the
    last try.
    """
    count = packing.unit.shape[0]
    turned, tried = np.zeros(2 * count, dtype=np.int64), np.zeros(2 * count, dtype=np.int64)
    rows, unit = np.empty((count, 8), dtype=np.int64), np.empty(firsts.shape[0], dtype=np.int64)
    random = generator(np.uint64(1))
    best, kept = np.int64(0), np.int64(0)
    for _try in range(tries):
        for _turn in range(1 + draw(random) % MOST_TURNS):
            drawn = draw(random)
            tried[(drawn >> 3) % tried.shape[0]] ^= 1 + drawn % 7
        units_of_blocks(placed, blocks, supply, tried, rows)
        unit[:] = firsts
        for i in range(count):
            packing.unit[i], packing.turn[i] = unit[rows[i, 0]], rows[i, 1]
            unit[rows[i, 0]] += 1
            for column in range(6):
                packing.at[i, column] = rows[i, 2 + column]
        sort_upwards(packing, np.int64(0), count)
        kept = _stand(problem, packing, count, loads)
        if kept == count or flag[0] != 0:
            break
        if kept >= best:
            best = kept
            turned[:] = tried
        tried[:] = turned
    return kept


def stand(
    problem: Problem, placed: Ints, blocks: Blocks, supply: Supply, tries: int = 0, stop: Stop = NEVER
) -> Packing:
    """Return the units of placed blocks (see ``units_of_blocks``) that obey all rules, in pack sequence.

    Units of one kind must be adjacent in the problem. Up to ``tries`` times, parts of blocks are mirrored and swapped
    to make all units obey the rules. If no try succeeds, the units are returned that obey the rules as placed.
    """
    count = int(blocks.units[placed[:, 0]].sum())
    units = np.empty((count, 8), dtype=np.int64)
    units_of_blocks(placed, blocks, supply, np.zeros(2 * count, dtype=np.int64), units)
    units = units[np.lexsort((units[:, 2], units[:, 3], units[:, 4]))]
    # The units of a kind are taken in turn.
    firsts = np.searchsorted(problem.kinds, np.arange(len(supply.count)))
    by_kind = np.argsort(units[:, 0], kind="stable")
    rank = np.empty(count, dtype=np.int64)
    rank[by_kind] = np.arange(count) - np.searchsorted(units[by_kind, 0], units[by_kind, 0])
    packing = Packing(
        np.ascontiguousarray(units[:, 2:]),
        firsts[units[:, 0]] + rank,
        np.ascontiguousarray(units[:, 1]),
    )
    loads = new_loads(problem, count)
    kept = _stand(problem, packing, count, loads)
    if kept < count and tries:
        turned = Packing(*map(np.empty_like, packing))
        if _settle(problem, placed, blocks, supply, firsts, tries, turned, loads, stop.flag) == count:
            return turned
        stop.look()
    return Packing(packing.at[:kept], packing.unit[:kept], packing.turn[:kept])
