"""Orders and catalogs in whole mm and in g, for the other engines."""

from collections.abc import Sequence
from itertools import count

from benchmarks.answers import Placed, Triple
from boxwright import BoxType, Item, Order

CUBE_OF_LARGEST_MM = 2_000**3
"""A volume in cubic mm above that of any box: one more box costs more than any volume saved."""


def whole_mm(edges_um: Triple) -> Triple:
    """Return edges in whole mm; ValueError if they are not."""
    if any(edge % 1_000 for edge in edges_um):
        raise ValueError(f"edges {edges_um} um are not whole mm, which this engine needs")
    return edges_um[0] // 1_000, edges_um[1] // 1_000, edges_um[2] // 1_000


def cost(box: BoxType) -> int:
    """Return a cost of a box such that the least cost has the fewest boxes, then the least inner volume."""
    length, width, height = whole_mm(box.inner_um)
    return CUBE_OF_LARGEST_MM + length * width * height


def payload_g(box: BoxType) -> float | None:
    """Return the greatest mass of goods in a box; None: unlimited."""
    return None if box.max_load_mg is None else box.max_load_mg / 1_000


def whole_orientations(line: Item) -> bool:
    """Whether all orientations are allowed; False if only upright ones are; ValueError for other rules."""
    allowed = set(line.orientations)
    if len(allowed) == 6:
        return True
    if allowed == {"LWH", "WLH"}:
        return False
    raise ValueError(f"line {line.line_id!r} allows {sorted(allowed)}: this engine knows all six, or upright")


class UnitNames:
    """Numbers the units of a line for engines that return only the line of a unit."""

    def __init__(self, order: Order) -> None:
        self._next = [count() for _ in order.lines]
        self._lines: Sequence[Item] = order.lines

    def placed(self, line: int, corner_mm: Sequence[float], extent_mm: Sequence[float]) -> Placed:
        """Return the next unit of a line (by its index) at a corner with extents, both in mm."""
        return Placed(self._lines[line].line_id, next(self._next[line]), _um(corner_mm), _um(extent_mm))


def _um(values_mm: Sequence[float]) -> Triple:
    x, y, z = (round(value * 1_000) for value in values_mm)
    return x, y, z
