"""A bound on the number of equal bars in a box, for units that split into bars, such as equal units.

Cells are cubes whose edge is the largest length that divides all edges. A unit with an edge of m cells, or of a
multiple of m, splits into bars of 1 x 1 x m cells however it is turned. Let the cell (x, y, z) have the colour
(x + y + z) modulo m. A bar along any axis covers every colour once. So a box holds no more bars than it has cells of
its rarest colour (Barnes: Packing the maximum number of m x n tiles in a large p x q rectangle, Discrete Mathematics
26(2), 1979; Best packing of rods into boxes, Discrete Mathematics 142, 1995). The grid of cells excludes no packing:
once its units are pushed to the low walls, they lie at sums of edges.
"""

import numpy as np

from boxwright.packing.compiled import entry, maker
from boxwright.packing.problem import Ints, Space, Units

MOST_COLOURS = 4_096
"""Length of the longest bar tried, in cells."""
MOST_CELLS = 2.0**60
"""Number of cells of the largest box tried; more would overflow 64 bits."""


@maker
def _rarest(residues: Ints, colours: int) -> int:
    """Return the number of cells of the rarest colour in a box whose edges, in cells, are below ``colours``."""
    count = np.zeros(colours, dtype=np.int64)
    count[0] = 1
    fresh = np.empty(colours, dtype=np.int64)
    for axis in range(3):
        # A layer along this axis shifts all colours by one, so counts are sums over a moving window.
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
    """Whether the units need more bars of some length than fit; write the length in um, the number needed and held."""
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
            # An edge that is a multiple of the bar is divided first, so that the product is exact.
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
    """Return a bar length, in um, for which units need more bars than fit, and both numbers; None if there is none."""
    found = np.empty(3, dtype=np.int64)
    if _excess(units.edges_um, np.array(space.edges_um, dtype=np.int64), found):
        return int(found[0]), int(found[1]), int(found[2])
    return None
