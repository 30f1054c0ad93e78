"""The convex hull of a unit's contacts, seen from above."""

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

import numpy as np
import numpy.typing as npt

from boxwright.lazy import cached_property

Rectangle = tuple[float, float, float, float]
"""x0, x1, y0, y1 in um."""

Floats = npt.NDArray[np.float64]
Point = tuple[float, float]


class Hull:
    """The convex hull of rectangles.

    Parameters
    ----------
    rectangles : sequence of Rectangle
        At least one, each with an area above 0, in um.

    Attributes
    ----------
    bounds : Rectangle
        The least rectangle round the hull.
    """

    def __init__(self, rectangles: Sequence[Rectangle]) -> None:
        self._rectangles = rectangles
        self.bounds: Rectangle = rectangles[0]
        if len(rectangles) > 1:
            x0s, x1s, y0s, y1s = zip(*rectangles, strict=True)
            self.bounds = (min(x0s), max(x1s), min(y0s), max(y1s))

    def contains(self, rectangle: Rectangle) -> bool:
        """Whether all of a rectangle lies inside or on the hull."""
        x0, x1, y0, y1 = rectangle
        left, right, front, back = self.bounds
        if not (left <= x0 and x1 <= right and front <= y0 and y1 <= back):
            return False
        for left, right, front, back in self._rectangles:
            if left <= x0 and x1 <= right and front <= y0 and y1 <= back:
                return True
        for nx, ny, offset in self._sides:
            # The corner that lies farthest out along this side's normal.
            if nx * (x1 if nx > 0 else x0) + ny * (y1 if ny > 0 else y0) > offset:
                return False
        return True

    def outside_um(self, points: Floats) -> Floats:
        """Return how far points lie outside of the farthest side, in um; 0 or less is inside or on the hull.

        Parameters
        ----------
        points : float64, (2, k), um
            x and y.
        """
        sides = np.array(self._sides)
        distances: Floats = (sides[:, :2] @ points - sides[:, 2:]).max(axis=0)
        return distances

    @cached_property
    def _sides(self) -> list[tuple[float, float, float]]:
        """The sides as outward unit normal and offset: inside is where ``nx x + ny y <= offset``."""
        if len(self._rectangles) == 1:
            x0, x1, y0, y1 = self.bounds
            return [(1.0, 0.0, x1), (-1.0, 0.0, -x0), (0.0, 1.0, y1), (0.0, -1.0, -y0)]
        corners = sorted({(x, y) for x0, x1, y0, y1 in self._rectangles for x in (x0, x1) for y in (y0, y1)})
        vertices = [*_chain(corners), *_chain(corners[::-1])]
        sides = []
        for (ax, ay), (bx, by) in pairwise([*vertices, vertices[0]]):
            length = hypot(bx - ax, by - ay)
            nx, ny = (by - ay) / length, (ax - bx) / length
            sides.append((nx, ny, nx * ax + ny * ay))
        return sides


def _chain(points: Sequence[Point]) -> list[Point]:
    """Return one half of the hull without its last point (Andrew's monotone chain)."""
    chain: list[Point] = []
    for x, y in points:
        while len(chain) > 1:
            (ax, ay), (bx, by) = chain[-2:]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            chain.pop()
        chain.append((x, y))
    return chain[:-1]
