"""Blocks: cuboids of several units that are placed together.

A *simple block* is a grid of units of one kind in one orientation. A *joined block* consists of two blocks, side by
side or stacked, that fill nearly all of their hull (Eley, Solving container loading problems by block arrangement,
European Journal of Operational Research 141, 2002; Fanslau and Bortfeldt, A tree search algorithm for solving the
container loading problem, INFORMS Journal on Computing 22(2), 2010). Every unit of a block rests with its whole base on
units of the block, or is at its bottom. A rectangle of the top may be solid, so that other blocks can rest there.
"""

from typing import NamedTuple

import numpy as np

from boxwright.packing.compiled import entry, inner, maker
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.kernels.draws import mixed
from boxwright.packing.problem import Floats, Ints
from boxwright.stop import NEVER, Stop

MOST_KINDS_IN_BLOCK = 4
"""Maximum number of kinds in one block."""
MOST_ON_AXIS = 64
"""Maximum number of units in a row of a simple block; longer rows are joined blocks."""
PAIRS_PER_BLOCK = 20
"""Number of pairs of blocks examined per block wanted."""
SIMPLE_SHARE = 0.6
"""Maximum share of simple blocks among all blocks."""
CROWD = 0.2
"""Exponent that favours blocks of few units: worth is volume x (number of units) ** -CROWD."""


class Supply(NamedTuple):
    """Units to pack, by kind."""

    edges: Ints  # int64 (k, 3), um: declared edges
    masks: Ints  # int64 (k,): allowed orientations
    count: Ints  # int64 (k,): units
    weight: Floats  # float64 (k,), mg: mass that a unit adds to its parcel
    stack: Ints  # int64 (k,): maximum number of units of the kind in a pile
    bears: Ints  # int64 (k,): 1 if units of other kinds may rest on it, otherwise 0
    flat: Ints  # int64 (k,), um: shortest edge that can be horizontal
    upright: Ints  # int64 (k,), um: shortest edge that can be vertical


class Blocks(NamedTuple):
    """Blocks in descending order of worth."""

    size: Ints  # int64 (b, 3), um: extents
    top: Ints  # int64 (b, 2), um: solid part of the top, from the corner at the origin; 0: nothing may rest on it
    kind: Ints  # int64 (b, MOST_KINDS_IN_BLOCK): kinds inside, -1 where there are fewer
    units: Ints  # int64 (b, MOST_KINDS_IN_BLOCK): number of units of each kind
    volume: Floats  # float64 (b,), um3: volume of the units
    weight: Floats  # float64 (b,), mg
    worth: Floats  # float64 (b,): volume times number of units ** -CROWD
    recipe: Ints  # int64 (b, 5): orientation, units along x, y, z, -1; of a joined block: axis, two rows, 0, 0


@maker
def _rows(edge, along, most, wanted, edges, out):
    """Write numbers of units for a row, each at most ``most``; return how many there are, at most ``wanted``.

    If there are more, 1 and ``most`` are kept, and the numbers for which units fill the rest of the axis best.
    """
    for i in range(most):
        out[i] = i + 1
    if most <= wanted:
        return most
    waste = np.empty(most)
    for i in range(most):
        rest = along - (i + 1) * edge
        least = rest
        for k in range(edges.shape[0]):
            for axis in range(3):
                least = min(least, rest % edges[k, axis])
        waste[i] = float(least)
    waste[most - 1] = -1.0
    # A row of one is always kept, because the longest rows along all axes can need more units than there are.
    out[0] = 1
    waste[0] = np.inf
    for i in range(1, wanted):
        chosen = most - 1
        for j in range(most - 1, -1, -1):
            if waste[j] < waste[chosen]:
                chosen = j
        out[i] = chosen + 1
        waste[chosen] = np.inf
    return wanted


@inner
def _is_new(b, blocks, seen):
    """Add block ``b`` to the hash table ``seen``; return True if it had no block of equal extents and content."""
    code = np.uint64(1)
    for axis in range(3):
        code = mixed(code ^ np.uint64(blocks.size[b, axis]))
    content = np.uint64(0)
    for i in range(blocks.kind.shape[1]):
        if blocks.kind[b, i] >= 0:
            content += mixed(np.uint64(blocks.kind[b, i]) * np.uint64(1_000_003) + np.uint64(blocks.units[b, i]))
    code = mixed(code ^ content) | np.uint64(1)
    slot = np.int64(code >> np.uint64(20)) % seen.shape[0]
    while seen[slot] != 0:
        if seen[slot] == code:
            return False
        slot = (slot + 1) % seen.shape[0]
    seen[slot] = code
    return True


@inner
def _grid(b, k, o, nx, ny, nz, supply, blocks):
    """Write block ``b``: nx x ny x nz units of kind ``k`` in orientation ``o``."""
    edges, number = supply.edges[k], nx * ny * nz
    blocks.size[b, 0] = nx * edges[ORIENTATIONS[o, 0]]
    blocks.size[b, 1] = ny * edges[ORIENTATIONS[o, 1]]
    blocks.size[b, 2] = nz * edges[ORIENTATIONS[o, 2]]
    for axis in range(2):
        blocks.top[b, axis] = blocks.size[b, axis] * supply.bears[k]
    for i in range(blocks.kind.shape[1]):
        blocks.kind[b, i], blocks.units[b, i] = -1, 0
    blocks.kind[b, 0], blocks.units[b, 0] = k, number
    blocks.volume[b] = float(edges[0]) * edges[1] * edges[2] * number
    blocks.weight[b] = supply.weight[k] * number
    blocks.recipe[b, 0], blocks.recipe[b, 4] = o, -1
    blocks.recipe[b, 1], blocks.recipe[b, 2], blocks.recipe[b, 3] = nx, ny, nz


@entry
def _simple(supply, box, quota, blocks, seen, flag):
    """Make the simple blocks, unless ``flag`` ends the work; return their number."""
    made = np.int64(0)
    rows = np.empty((3, MOST_ON_AXIS), dtype=np.int64)
    several = np.empty(3, dtype=np.int64)
    turns = np.int64(0)
    for k in range(supply.count.shape[0]):
        for o in range(6):
            turns += (supply.masks[k] >> o) & 1
    wanted = max(2, int((quota / max(turns, 1)) ** (1.0 / 3.0)))
    for k in range(supply.count.shape[0]):
        if flag[0] != 0:
            return made
        edges = supply.edges[k]
        for o in range(6):
            if not (supply.masks[k] >> o) & 1:
                continue
            fits = True
            total = 1.0
            for axis in range(3):
                edge = edges[ORIENTATIONS[o, axis]]
                most = min(min(box[axis] // edge, supply.count[k]), MOST_ON_AXIS)
                if axis == 2:
                    most = min(most, supply.stack[k])
                fits = fits and most > 0
                several[axis] = most
                total *= most
            if not fits:
                continue
            for axis in range(3):
                edge = edges[ORIENTATIONS[o, axis]]
                most = several[axis]
                crowded = total > quota / max(turns, 1)
                several[axis] = _rows(
                    edge, box[axis], most, wanted if crowded else MOST_ON_AXIS, supply.edges, rows[axis]
                )
            for a in range(several[0]):
                for b in range(several[1]):
                    for c in range(several[2]):
                        number = rows[0, a] * rows[1, b] * rows[2, c]
                        if number > supply.count[k] or made == blocks.size.shape[0]:
                            continue
                        _grid(made, k, o, rows[0, a], rows[1, b], rows[2, c], supply, blocks)
                        if _is_new(made, blocks, seen):
                            made += 1
    return made


@inner
def _add_units(out, first, second, supply, blocks):
    """Write the common content of two blocks; return whether the supply covers it and its kinds are few enough."""
    kind, units = blocks.kind, blocks.units
    width = kind.shape[1]
    for i in range(width):
        kind[out, i], units[out, i] = kind[first, i], units[first, i]
    for i in range(width):
        k = kind[second, i]
        if k < 0:
            break
        at = np.int64(0)
        while at < width and kind[out, at] >= 0 and kind[out, at] != k:
            at += 1
        if at == width:
            return False
        kind[out, at] = k
        units[out, at] += units[second, i]
        if units[out, at] > supply.count[k]:
            return False
    return True


@inner
def _join(first, second, axis, out, supply, box, least, blocks):
    """Join ``second`` beside ``first`` (axis 0, 1) or on it (axis 2) as block ``out``; return whether that is valid."""
    size, top = blocks.size, blocks.top
    hull = 1.0
    for a in range(3):
        size[out, a] = size[first, a] + size[second, a] if a == axis else max(size[first, a], size[second, a])
        if size[out, a] > box[a]:
            return False
        hull *= size[out, a]
    volume = blocks.volume[first] + blocks.volume[second]
    if volume < least * hull:
        return False
    if axis == 2:
        if size[second, 0] > top[first, 0] or size[second, 1] > top[first, 1]:
            return False
        top[out, 0], top[out, 1] = top[second, 0], top[second, 1]
    else:
        other = 1 - axis
        if size[first, 2] != size[second, 2]:
            return False
        if top[first, axis] == size[first, axis]:
            top[out, axis] = top[first, axis] + top[second, axis]
            top[out, other] = min(top[first, other], top[second, other])
        else:
            top[out, axis], top[out, other] = top[first, axis], top[first, other]
        if top[first, 0] == 0 or top[second, 0] == 0:
            top[out, 0], top[out, 1] = 0, 0
    if not _add_units(out, first, second, supply, blocks):
        return False
    blocks.volume[out] = volume
    blocks.weight[out] = blocks.weight[first] + blocks.weight[second]
    blocks.recipe[out, 0], blocks.recipe[out, 1], blocks.recipe[out, 2] = axis, first, second
    blocks.recipe[out, 3], blocks.recipe[out, 4] = 0, 0
    return True


@entry
def _join_neighbours(axis, order, old, made, supply, box, least, blocks, seen, effort, budget, flag):
    """Join pairs of blocks along one axis; return the new number of blocks.

    ``order`` is that of ``_order``. Pairs of the first ``old`` blocks were tried before. The work ends when the array
    is full, the effort is spent, or ``flag`` is set.
    """
    size = blocks.size
    one, other = (2, 1) if axis == 0 else (2, 0) if axis == 1 else (0, 1)
    most = blocks.worth.shape[0] - 1
    for i in range(order.shape[0]):
        first = order[i]
        length, width = size[first, one], size[first, other]
        for j in range(i, order.shape[0]):
            second = order[j]
            if size[second, one] * least > length:
                break
            if axis < 2 and (size[second, one] > length or size[second, other] * least > width):
                break
            effort[0] += 1
            if made == most or effort[0] > budget or flag[0] != 0:
                return made
            if first < old and second < old:
                continue
            # In a pile the upper block has the smaller base; with equal bases either block may be the upper.
            alike = size[second, one] == length and size[second, other] == width
            for turn in range(2 if axis == 2 and alike and first != second else 1):
                lower, upper = (second, first) if axis == 2 and turn == 0 else (first, second)
                if (
                    made < most
                    and _join(lower, upper, axis, made, supply, box, least, blocks)
                    and _is_new(made, blocks, seen)
                ):
                    made += 1
    return made


def _order(axis: int, size: Ints, box: Ints) -> Ints:
    """Return blocks sorted by their extents across an axis, so that partners along the axis are close together."""
    one, other = ((2, 1), (2, 0), (0, 1))[axis]
    return np.argsort(size[:, one] * (box[other] + 1) + size[:, other], kind="stable")


def build(
    supply: Supply,
    box: Ints,
    most: int,
    least: float,
    effort: Ints,
    stop: Stop = NEVER,
    kinds: int = MOST_KINDS_IN_BLOCK,
) -> Blocks:
    """Return blocks of a supply that fit a box, int64 (3,), um, and add the counted effort to ``effort``, int64 (1,).

    About ``most`` blocks are made, with up to ``kinds`` kinds in a block. Simple blocks come first; their rows are
    thinned out if they would take more than SIMPLE_SHARE. Units fill at least the share ``least`` of the hull of a
    joined block.
    """
    width = min(kinds, len(supply.count))
    wanted = most
    # Enough for 2 x 2 x 2 rows of every kind in every orientation.
    most += 8 * sum(int(mask).bit_count() for mask in supply.masks)
    # The next block is tried in one more row.
    blocks = Blocks(
        np.empty((most + 1, 3), dtype=np.int64),
        np.empty((most + 1, 2), dtype=np.int64),
        np.empty((most + 1, width), dtype=np.int64),
        np.empty((most + 1, width), dtype=np.int64),
        np.empty(most + 1),
        np.empty(most + 1),
        np.empty(most + 1),
        np.empty((most + 1, 5), dtype=np.int64),
    )
    seen = np.zeros(4 * most + 7, dtype=np.uint64)
    made = _simple(supply, box, SIMPLE_SHARE * wanted, blocks, seen, stop.flag)
    stop.look()
    effort[0] += made
    budget = int(effort[0]) + PAIRS_PER_BLOCK * wanted
    old, limit = 0, made
    while limit > old:
        for axis in range(3):
            order = _order(axis, blocks.size[:limit], box)
            made = _join_neighbours(axis, order, old, made, supply, box, least, blocks, seen, effort, budget, stop.flag)
            stop.look()
        old, limit = limit, made
        if made == most or effort[0] > budget:
            break
    blocks.worth[:made] = blocks.volume[:made] * blocks.units[:made].sum(axis=1) ** -CROWD
    return _sorted(blocks, made)


def _sorted(blocks: Blocks, made: int) -> Blocks:
    """Return the first ``made`` blocks in descending order of worth, with recipes renumbered."""
    order = np.argsort(-blocks.worth[:made], kind="stable")
    place = np.empty(made, dtype=np.int64)
    place[order] = np.arange(made)
    recipe = blocks.recipe[order]
    joined = recipe[:, 4] == 0
    recipe[joined, 1:3] = place[recipe[joined, 1:3]]
    return Blocks(*(column[order] for column in blocks[:-1]), recipe)
