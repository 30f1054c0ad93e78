"""A painter's order of blocks, from farthest to nearest, correct for any blocks that do not overlap.

Two disjoint blocks are separated by a plane on at least one axis, and the one on the viewer's side hides the other
where their pictures overlap. If two such planes disagree, no line of sight meets both blocks, so neither hides the
other. A cycle of blocks that hide each other has no order. One of them is then cut along the plane of a face of another
that crosses it. Every cut lies on an existing plane, so cutting ends at the latest on the full grid of planes, where no
cycle is left.
"""

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from boxwright.drawing.isometric import Block

Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Piece:
    """A block, or a part of it after cuts, with the index of the whole block in the input."""

    index: int
    block: Block


def corners_of(blocks: Sequence[Block]) -> Int64s:
    """Return the low and high corners of blocks, int64 (n, 2, 3), um."""
    return np.array([(block.lo, block.hi) for block in blocks], dtype=np.int64).reshape(-1, 2, 3)


def intervals_of(corners: Int64s) -> Int64s:
    """Return the intervals of blocks as the viewer sees them, int64 (n, 2, 6), um.

    The low and high ends are on the axes x, -y and z, which point at the viewer, and on the three that bound the
    picture. ``corners``, int64 (n, 2, 3), um, are the low and high corners; blocks may be flat.
    """
    depth = np.sort(corners * (1, -1, 1), axis=1)
    return np.concatenate([depth, depth - depth[:, ::-1, (1, 2, 0)]], axis=2)


def hides(front: Int64s, back: Int64s) -> Bools:
    """Return whether blocks hide part of other blocks; intervals, int64 (..., 2, 6), are broadcast."""
    near, far = front[..., :3], back[..., :3]
    meet = np.all((front[..., 0, 3:] < back[..., 1, 3:]) & (back[..., 0, 3:] < front[..., 1, 3:]), axis=-1)
    nearer = np.any(near[..., 0, :] >= far[..., 1, :], axis=-1)
    farther = np.any(far[..., 0, :] >= near[..., 1, :], axis=-1)
    hidden: Bools = meet & nearer & ~farther
    return hidden


def paint_order(blocks: Sequence[Block]) -> tuple[Piece, ...]:
    """Return the blocks from farthest to nearest, cut only where they hide each other in a cycle.

    A piece that hides part of another comes later. If several could be next, the lowest index comes first, so the
    order is repeatable, and any subset keeps a valid order. If two blocks overlap, their relative order is arbitrary.

    Kahn's algorithm; if only cycles are left, it cuts a block and continues. A cut does not affect blocks that are
    already painted, since a part of a block is hidden only by blocks that hide the whole.
    """
    order, left = list[Piece](), [Piece(index, block) for index, block in enumerate(blocks)]
    while left:
        intervals = intervals_of(corners_of([piece.block for piece in left]))
        hidden_by = [np.flatnonzero(hides(intervals, block)).tolist() for block in intervals]
        waits_for = np.bincount(list(itertools.chain.from_iterable(hidden_by)), minlength=len(left)).tolist()
        free = [at for at, others in enumerate(waits_for) if not others]  # hides none of the pieces left
        while free:
            done = heapq.heappop(free)
            order.append(left[done])
            for front in hidden_by[done]:
                waits_for[front] -= 1
                if not waits_for[front]:
                    heapq.heappush(free, front)
        rest = [at for at, others in enumerate(waits_for) if others]
        left = [left[at] for at in rest]
        if left:
            cut, axis, plane_um = _crossed(_ring(intervals[rest]), left)
            left[cut : cut + 1] = [Piece(left[cut].index, part) for part in left[cut].block.split(axis, plane_um)]
    return tuple(order)


def _ring(intervals: Int64s) -> list[int]:
    """Return a cycle of blocks that hide each other, found by going from a block to one that it hides."""
    path = [0]
    while True:
        behind = int(np.argmax(hides(intervals[path[-1]], intervals)))
        if behind in path:
            return path[path.index(behind) :]
        path.append(behind)


def _crossed(ring: list[int], pieces: list[Piece]) -> tuple[int, int, int]:
    """Return the index of a piece of a cycle, and axis and plane, in um, of a face of another that crosses it."""
    for cut, other, axis in itertools.product(ring, ring, range(3)):
        for plane in (pieces[other].block.lo[axis], pieces[other].block.hi[axis]):
            if pieces[cut].block.lo[axis] < plane < pieces[cut].block.hi[axis]:
                return cut, axis, plane
    raise AssertionError("blocks whose intervals are equal or disjoint on every axis cannot hide each other in a cycle")


def covered_from(blocks: Sequence[Block]) -> Int64s:
    """Return how many blocks have been placed when each near face of a block becomes covered, int64 (n, 3).

    The faces are x high, y low and z high; ``n + 1`` is for a face that stays open. ``blocks`` do not overlap, and are
    in the order of placement. Contact areas of disjoint blocks add up, so the last contact completes the cover.
    """
    lo, hi = np.moveaxis(intervals_of(corners_of(blocks))[:, :, :3], 1, 0)
    counts = np.full((len(blocks), 3), len(blocks) + 1, dtype=np.int64)
    for index in range(len(blocks)):
        overlap = np.maximum(np.minimum(hi, hi[index]) - np.maximum(lo, lo[index]), 0)
        for axis in range(3):
            one, two = (axis + 1) % 3, (axis + 2) % 3
            contacts = np.where(lo[:, axis] == hi[index, axis], overlap[:, one] * overlap[:, two], 0)
            area = (hi[index, one] - lo[index, one]) * (hi[index, two] - lo[index, two])
            if contacts.any() and contacts.sum() >= area:
                counts[index, axis] = np.flatnonzero(contacts)[-1] + 1
    return counts
