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
        self.near_lo, self.near_hi, self.line_lo, self.line_hi = _seen(lo, hi)
        """Each int64, (n, 3), um: the far and near end of each block on axes that all point at the viewer; the low and
        high ends of the three intervals that bound each picture."""

    @classmethod
    def of(cls, lo: Int64s, hi: Int64s) -> "Sightings":
        """Return blocks given by their corners, int64 (n, 3), um."""
        some = cls(())
        some.near_lo, some.near_hi, some.line_lo, some.line_hi = _seen(lo, hi)
        return some

    def hiding(self, others: "Sightings", index: int | slice) -> Bools:
        """Return which of these n blocks hide part of one block of ``others``, as bool (n,); of m, as bool (m, n)."""
        of_line_lo, of_line_hi = others.line_lo[index][..., None, :], others.line_hi[index][..., None, :]
        meet = np.all((self.line_lo < of_line_hi) & (of_line_lo < self.line_hi), axis=-1)
        nearer = np.any(self.near_lo >= others.near_hi[index][..., None, :], axis=-1)
        farther = np.any(others.near_lo[index][..., None, :] >= self.near_hi, axis=-1)
        hides: Bools = meet & nearer & ~farther
        return hides

    def behind(self, index: int) -> Bools:
        """Return of which of these blocks one of them hides part, as bool (n,)."""
        meet = np.all((self.line_lo < self.line_hi[index]) & (self.line_lo[index] < self.line_hi), axis=-1)
        nearer = np.any(self.near_lo[index] >= self.near_hi, axis=-1)
        farther = np.any(self.near_lo >= self.near_hi[index], axis=-1)
        hidden: Bools = meet & nearer & ~farther
        return hidden

    def only(self, wanted: Bools) -> "Sightings":
        """Return the blocks for which ``wanted``, bool (n,), is True."""
        some = Sightings(())
        some.near_lo, some.near_hi = self.near_lo[wanted], self.near_hi[wanted]
        some.line_lo, some.line_hi = self.line_lo[wanted], self.line_hi[wanted]
        return some

    def cut(self, index: int, parts: Sequence[Block]) -> None:
        """Put the first of two parts in the place of a block, and add the other at the end."""
        new = Sightings(parts)
        for name in ("near_lo", "near_hi", "line_lo", "line_hi"):
            of_new = getattr(new, name)
            whole = np.concatenate([getattr(self, name), of_new[1:]])
            whole[index] = of_new[0]
            setattr(self, name, whole)


def _seen(lo: Int64s, hi: Int64s) -> tuple[Int64s, Int64s, Int64s, Int64s]:
    far = np.stack([lo[:, 0], -hi[:, 1], lo[:, 2]], axis=1)
    near = np.stack([hi[:, 0], -lo[:, 1], hi[:, 2]], axis=1)
    ends = (0, 1), (1, 2), (2, 0)
    line_lo = np.stack([far[:, k] - near[:, m] for k, m in ends], axis=1)
    line_hi = np.stack([near[:, k] - far[:, m] for k, m in ends], axis=1)
    return far, near, line_lo, line_hi


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
    return _Painting(blocks).order()


class _Painting:
    """Kahn's sort, which cuts a block where a ring of them is left, and goes on.

    What is painted stays so: no part of a block is hidden by what does not hide the block.
    """

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._pieces = [Piece(index, block) for index, block in enumerate(blocks)]
        self._places: list[tuple[int, ...]] = [(index,) for index in range(len(blocks))]
        """By what those that are free come: the index, then which part of which part."""
        self._sightings = Sightings(blocks)
        self._hidden_by = [
            np.flatnonzero(self._sightings.hiding(self._sightings, each)).tolist() for each in range(len(blocks))
        ]
        self._waits_for = [0] * len(blocks)
        for nearer in self._hidden_by:
            for each in nearer:
                self._waits_for[each] += 1
        self._left = np.ones(len(blocks), dtype=np.bool_)

    def order(self) -> tuple[Piece, ...]:
        """Return the pieces from the farthest to the nearest."""
        order: list[Piece] = []
        free = [(self._places[each], each) for each, count in enumerate(self._waits_for) if count == 0]
        heapq.heapify(free)
        while True:
            while free:
                _, done = heapq.heappop(free)
                order.append(self._pieces[done])
                self._left[done] = False
                for each in self._hidden_by[done]:
                    self._waits_for[each] -= 1
                    if self._waits_for[each] == 0:
                        heapq.heappush(free, (self._places[each], each))
            if len(order) == len(self._pieces):
                return tuple(order)
            touched = self._cut(*_crossed(self._ring(), self._pieces))
            free = [(self._places[each], each) for each in sorted(touched) if self._waits_for[each] == 0]

    def _ring(self) -> list[int]:
        """Return a ring among what is left: walk from hider to hidden, which is always left too."""
        path = [int(np.flatnonzero(self._left)[0])]
        at = {path[0]: 0}
        while True:
            behind = int(np.flatnonzero(self._sightings.behind(path[-1]) & self._left)[0])
            if behind in at:
                return path[at[behind] :]
            at[behind] = len(path)
            path.append(behind)

    def _cut(self, one: int, axis: int, plane_um: int) -> set[int]:
        """Cut a piece in two, and return which pieces may be free then."""
        whole, other, place = self._pieces[one], len(self._pieces), self._places[one]
        near, far = (Piece(whole.index, part) for part in whole.block.split(axis, plane_um))
        touched = {one, other, *self._hidden_by[one]}
        for each in self._hidden_by[one]:
            self._waits_for[each] -= 1
        for each in np.flatnonzero(self._sightings.behind(one) & self._left).tolist():
            self._hidden_by[each].remove(one)
        self._pieces[one] = near
        self._pieces.append(far)
        self._places[one] = (*place, 0)
        self._places.append((*place, 1))
        self._sightings.cut(one, (near.block, far.block))
        self._left = np.append(self._left, True)
        self._hidden_by[one] = []
        self._hidden_by.append([])
        self._waits_for[one] = 0
        self._waits_for.append(0)
        for part in (one, other):
            nearer = np.flatnonzero(self._sightings.hiding(self._sightings, part) & self._left).tolist()
            self._hidden_by[part] = nearer
            for each in nearer:
                self._waits_for[each] += 1
            for each in np.flatnonzero(self._sightings.behind(part) & self._left).tolist():
                if each not in (one, other):  # those are hidden by a part, which has been counted
                    self._hidden_by[each].append(part)
                    self._waits_for[part] += 1
        return touched


def _crossed(ring: list[int], pieces: list[Piece]) -> tuple[int, int, int]:
    """Return a piece of a ring that the plane of a face of another crosses, with axis and plane, in um."""
    for one in ring:
        for other in ring:
            for axis in range(3):
                for plane in (pieces[other].block.lo[axis], pieces[other].block.hi[axis]):
                    if pieces[one].block.lo[axis] < plane < pieces[one].block.hi[axis]:
                        return one, axis, plane
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
