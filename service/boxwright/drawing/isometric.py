"""Isometric view from the front, right and above, with exact tests in um and paper coordinates in px.

The viewer is at large x, small y, large z, so each block shows its top (z), front (small y) and right side (large x).
Two points lie on one line of sight if ``x + y``, ``y + z`` and ``x - z`` agree. So the picture of a block is a hexagon
given by the intervals of these three sums, and integers decide whether two pictures overlap.
"""

import enum
import math
from dataclasses import dataclass

COS_30 = math.cos(math.pi / 6)
SIN_30 = 0.5

Corner = tuple[int, int, int]
Spot = tuple[float, float, float]
Point = tuple[float, float]


class Face(enum.Enum):
    """A visible face: its axis, and whether it is the high side of the block on that axis."""

    TOP = (2, True)
    FRONT = (1, False)
    RIGHT = (0, True)

    @property
    def axis(self) -> int:
        """0, 1 or 2 for x, y or z."""
        return self.value[0]

    @property
    def text_matrix(self) -> tuple[float, float, float, float]:
        """The a, b, c, d of an SVG ``matrix`` that places text on the face."""
        if self is Face.TOP:
            return COS_30, SIN_30, -COS_30, SIN_30
        return (COS_30, SIN_30, 0.0, 1.0) if self is Face.FRONT else (COS_30, -SIN_30, 0.0, 1.0)

    @property
    def text_axes(self) -> tuple[int, int]:
        """The axes along the width and height of text."""
        return {Face.TOP: (0, 1), Face.FRONT: (0, 2), Face.RIGHT: (1, 2)}[self]


@dataclass(frozen=True, slots=True)
class Block:
    """An axis-aligned block in box coordinates; flat if ``lo`` and ``hi`` agree on an axis.

    Attributes
    ----------
    lo, hi : tuple of int
        Lowest and highest corner, in um.
    """

    lo: Corner
    hi: Corner

    def side(self, face: Face) -> int:
        """Coordinate of the plane of a face, in um."""
        return self.hi[face.axis] if face.value[1] else self.lo[face.axis]

    def face(self, face: Face) -> "Block":
        """Return the face as a flat block."""
        plane, axis = self.side(face), face.axis
        return Block(_put(self.lo, axis, plane), _put(self.hi, axis, plane))

    def area(self, face: Face) -> int:
        """Area of a face, in square um."""
        along, up = face.text_axes
        return (self.hi[along] - self.lo[along]) * (self.hi[up] - self.lo[up])

    def shrunk(self, by_um: int, axes: tuple[int, ...] = (0, 1, 2)) -> "Block":
        """Return the block with both ends of some axes moved inwards, at most to its middle."""
        steps = (
            min(by_um, (hi - lo) // 2) if axis in axes else 0
            for axis, (lo, hi) in enumerate(zip(self.lo, self.hi, strict=True))
        )
        x, y, z = steps
        (x0, y0, z0), (x1, y1, z1) = self.lo, self.hi
        return Block((x0 + x, y0 + y, z0 + z), (x1 - x, y1 - y, z1 - z))

    def clipped(self, other: "Block") -> "Block | None":
        """Return the intersection with another block, a flat block if they only touch; None if they do not meet."""
        x0, y0, z0 = map(max, self.lo, other.lo)
        x1, y1, z1 = map(min, self.hi, other.hi)
        return Block((x0, y0, z0), (x1, y1, z1)) if x0 <= x1 and y0 <= y1 and z0 <= z1 else None

    def split(self, axis: int, plane_um: int) -> "tuple[Block, Block]":
        """Return the two parts on either side of a plane that cuts the block."""
        return Block(self.lo, _put(self.hi, axis, plane_um)), Block(_put(self.lo, axis, plane_um), self.hi)


def _put(corner: Corner, axis: int, value: int) -> Corner:
    x, y, z = (value if here == axis else edge for here, edge in enumerate(corner))
    return x, y, z


def project(x: float, y: float, z: float) -> Point:
    """Return the position of a point in the picture, u to the right and v down, in the input's unit."""
    return (x + y) * COS_30, (x - y) * SIN_30 - z


def outline(lo: Spot, hi: Spot) -> tuple[Spot, ...]:
    """Return the corners of the outline of a block in the picture; a flat block is its own outline."""
    (x0, y0, z0), (x1, y1, z1) = lo, hi
    if z0 == z1:
        return (x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0)
    if y0 == y1:
        return (x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)
    if x0 == x1:
        return (x0, y0, z0), (x0, y1, z0), (x0, y1, z1), (x0, y0, z1)
    return (x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1), (x0, y0, z1)


@dataclass(frozen=True, slots=True)
class Viewport:
    """The position of a box on the paper.

    Attributes
    ----------
    px_per_um : float
        Scale.
    left_px, top_px : float
        Position of the origin of the box coordinates.
    """

    px_per_um: float
    left_px: float
    top_px: float

    def at(self, x_um: float, y_um: float, z_um: float) -> Point:
        """Return the point on the paper, in px."""
        u, v = project(x_um, y_um, z_um)
        return self.left_px + u * self.px_per_um, self.top_px + v * self.px_per_um

    def outline(self, block: Block) -> tuple[Point, ...]:
        """Return the outline of a block on the paper, in px."""
        return tuple(self.at(*corner) for corner in outline(block.lo, block.hi))
