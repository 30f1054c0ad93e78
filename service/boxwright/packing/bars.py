"""How many equal bars a box holds: a bound by colours for units that split into them, identical units above all.

On the grid of the largest length that divides every edge, a unit with some edge of m cells, or a multiple, splits into
bars of 1 x 1 x m cells however it is turned. Let the cell (x, y, z) have the colour (x + y + z) modulo m: a bar along
any axis covers every colour once, so a box holds no more bars than it has cells of its rarest colour (Barnes: Packing
the maximum number of m x n tiles in a large p x q rectangle, Discrete Mathematics 26(2), 1979, and Best packing of rods
into boxes, Discrete Mathematics 142, 1995, count the same waste). Units on the grid are no restriction: pushed
to the low walls, every packing lies on sums of edges.
"""

import numpy as np

from boxwright.packing.compiled import entry, maker
from boxwright.packing.problem import Ints, Space, Units

MOST_COLOURS = 4_096
"""Longer bars, in cells, are not tried."""
MOST_CELLS = 2.0**60
"""Boxes of more cells are not tried: counts would pass 64 bits."""


@maker
def _rarest(residues: Ints, colours: int) -> int:
    """Return how many cells of its rarest colour a box has whose edges, in cells, are all below ``colours``."""
    count = np.zeros(colours, dtype=np.int64)
    count[0] = 1
    fresh = np.empty(colours, dtype=np.int64)
    for axis in range(3):
        # A layer more along this axis shifts all colours by one: a sum over a window that moves.
        window = np.int64(0)
        for back in range(residues[axis]):
            window += count[(colours - back) % colours]
        for colour in range(colours):
            fresh[colour] = window
            window += count[(colour + 1) % colours] - count[(colour + 1 - residues[axis]) % colours]
        count, fresh = fresh, count
    rarest = count[0]
    for colour in range(1, colours):
        rarest = min(rarest, count[colour])
    return int(rarest)


@entry
def _excess(edges: Ints, box: Ints, found: Ints) -> bool:
    """Find a length of bar, in um, of which the units need more than the box holds: length, needed, held."""
    n = edges.shape[0]
    grid = np.int64(0)
    for i in range(n):
        for edge in range(3):
            a, b = grid, edges[i, edge]
            while b > 0:
                a, b = b, a % b
            grid = a
    volume = 0.0
    for i in range(n):
        volume += float(edges[i, 0]) * edges[i, 1] * edges[i, 2]
    if max(volume, float(box[0]) * box[1] * box[2]) > MOST_CELLS * float(grid) ** 3:
        return False
    for choice in range(3):
        bar = edges[0, choice]
        colours = bar // grid
        if colours < 2 or colours > MOST_COLOURS:
            continue
        needed = np.int64(0)
        for i in range(n):
            multiple = False
            for edge in range(3):
                if edges[i, edge] % bar == 0:
                    multiple = True
            if not multiple:
                needed = np.int64(-1)
                break
            # One edge is a multiple of the bar; divided first, so that the product is exact.
            cells = np.int64(1)
            split = False
            for edge in range(3):
                if not split and edges[i, edge] % bar == 0:
                    cells *= edges[i, edge] // bar
                    split = True
                else:
                    cells *= edges[i, edge] // grid
            needed += cells
        if needed < 0:
            continue
        residues = np.empty(3, dtype=np.int64)
        whole, corner = np.int64(1), np.int64(1)
        for axis in range(3):
            residues[axis] = (box[axis] // grid) % colours
            whole *= box[axis] // grid
            corner *= residues[axis]
        held = (whole - corner) // colours + _rarest(residues, colours)
        if needed > held:
            found[0], found[1], found[2] = bar, needed, held
            return True
    return False


def too_many(units: Units, space: Space) -> tuple[int, int, int] | None:
    """Return a length of bar in um, how many the units split into, and how many the box holds, if fewer; else None."""
    found = np.empty(3, dtype=np.int64)
    if _excess(units.edges_um, np.array(space.edges_um, dtype=np.int64), found):
        return int(found[0]), int(found[1]), int(found[2])
    return None
