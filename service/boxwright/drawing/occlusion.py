"""Which block hides which: a painter's order that is right for any blocks that do not overlap.

Two disjoint blocks are parted by a plane on at least one axis, and the one on the viewer's side of it hides the other
where their pictures overlap. Where two planes disagree, no line of sight meets both, so the pictures do not overlap
and neither hides the other. A ring of blocks each hiding the next has no order at all; then one of them is cut where a
face plane of another crosses it. Every cut lies on a plane that is already there, so cutting ends; on the full grid of
planes no ring is left.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from boxwright.drawing.isometric import Block

Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Piece:
    """A block, or what is left of it after cuts, and the position of the whole block in the input."""

    index: int
    block: Block


class Sightings:
    """Blocks as arrays, for questions about many of them at once; flat ones may be among them."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        lo = np.array([block.lo for block in blocks], dtype=np.int64).reshape(-1, 3)
        hi = np.array([block.hi for block in blocks], dtype=np.int64).reshape(-1, 3)
        self.near_lo = np.stack([lo[:, 0], -hi[:, 1], lo[:, 2]], axis=1)
        """int64, (n, 3), um: the far end of each block on axes that all point at the viewer."""
        self.near_hi = np.stack([hi[:, 0], -lo[:, 1], hi[:, 2]], axis=1)
        """int64, (n, 3), um: its near end."""
        far, near = self.near_lo, self.near_hi
        self.line_lo = np.stack([far[:, k] - near[:, m] for k, m in ((0, 1), (1, 2), (2, 0))], axis=1)
        """int64, (n, 3), um: low ends of the three intervals that bound each picture."""
        self.line_hi = np.stack([near[:, k] - far[:, m] for k, m in ((0, 1), (1, 2), (2, 0))], axis=1)
        """int64, (n, 3), um: high ends."""

    def hiding(self, others: "Sightings", index: int | slice) -> Bools:
        """Return which of these n blocks hide part of one block of ``others``, as bool (n,); of m, as bool (m, n)."""
        of_line_lo, of_line_hi = others.line_lo[index][..., None, :], others.line_hi[index][..., None, :]
        meet = np.all((self.line_lo < of_line_hi) & (of_line_lo < self.line_hi), axis=-1)
        nearer = np.any(self.near_lo >= others.near_hi[index][..., None, :], axis=-1)
        farther = np.any(others.near_lo[index][..., None, :] >= self.near_hi, axis=-1)
        hides: Bools = meet & nearer & ~farther
        return hides

    def only(self, wanted: Bools) -> "Sightings":
        """Return the blocks for which ``wanted``, bool (n,), is True."""
        some = Sightings(())
        some.near_lo, some.near_hi = self.near_lo[wanted], self.near_hi[wanted]
        some.line_lo, some.line_hi = self.line_lo[wanted], self.line_hi[wanted]
        return some


def paint_order(blocks: Sequence[Block]) -> tuple[Piece, ...]:
    """Return the blocks from the farthest to the nearest, cut only where they hide each other in a ring.

    Parameters
    ----------
    blocks : sequence of Block
        Blocks that do not overlap. Where two do, their order among themselves is arbitrary.

    Returns
    -------
    tuple of Piece
        A piece that hides part of another comes later. Among those that are free to be next, the lowest index comes
        first, so that the order is the same each time. Leaving pieces out keeps the rest in a valid order.
    """
    pieces = [Piece(index, block) for index, block in enumerate(blocks)]
    while True:
        order, ring = _sort(pieces)
        if not ring:
            return tuple(pieces[each] for each in order)
        pieces = _cut(pieces, ring)


def _sort(pieces: list[Piece]) -> tuple[list[int], list[int]]:
    """Return positions in painter's order, and a ring of positions if there is one."""
    sightings = Sightings([piece.block for piece in pieces])
    hidden_by = [np.flatnonzero(sightings.hiding(sightings, each)).tolist() for each in range(len(pieces))]
    waiting = [0] * len(pieces)
    for nearer in hidden_by:
        for each in nearer:
            waiting[each] += 1
    ready = [(pieces[each].index, each) for each, count in enumerate(waiting) if count == 0]
    heapq.heapify(ready)
    order: list[int] = []
    while ready:
        _, done = heapq.heappop(ready)
        order.append(done)
        for each in hidden_by[done]:
            waiting[each] -= 1
            if waiting[each] == 0:
                heapq.heappush(ready, (pieces[each].index, each))
    return order, [] if len(order) == len(pieces) else _ring(hidden_by, set(range(len(pieces))) - set(order))


def _ring(hidden_by: list[list[int]], left: set[int]) -> list[int]:
    """Return a ring among what Kahn's sort left over: walk from hider to hidden, which is always left over too."""
    hides: dict[int, int] = {}
    for behind in sorted(left, reverse=True):
        for nearer in hidden_by[behind]:
            hides[nearer] = behind
    path = [min(left)]
    while hides[path[-1]] not in path:
        path.append(hides[path[-1]])
    return path[path.index(hides[path[-1]]) :]


def _cut(pieces: list[Piece], ring: list[int]) -> list[Piece]:
    """Return the pieces with one of the ring cut in two."""
    for one in ring:
        for other in ring:
            for axis in range(3):
                for plane in (pieces[other].block.lo[axis], pieces[other].block.hi[axis]):
                    if pieces[one].block.lo[axis] < plane < pieces[one].block.hi[axis]:
                        parts = [Piece(pieces[one].index, part) for part in pieces[one].block.split(axis, plane)]
                        return [*pieces[:one], *parts, *pieces[one + 1 :]]
    raise AssertionError("blocks whose intervals are equal or disjoint on each axis hide each other in no ring")


def covered_from(blocks: Sequence[Block]) -> Int64s:
    """Return how many blocks must be there before others touch a near face all over, so that nobody can see it.

    Parameters
    ----------
    blocks : sequence of Block
        Blocks that do not overlap, in the order in which they are placed.

    Returns
    -------
    int64, (n, 3)
        For the faces x high, y low, z high of each block, the count from which on it is covered: contact areas of
        disjoint blocks add up, so the last of the contacts closes it. ``n + 1`` for a face that stays open.
    """
    sightings = Sightings(blocks)
    lo, hi = sightings.near_lo, sightings.near_hi
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
