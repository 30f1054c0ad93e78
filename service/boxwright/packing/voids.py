"""The empty space of a packed box, divided into disjoint cuboids."""

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from boxwright.packing.problem import Ints

Flags = npt.NDArray[np.bool_]
_AXIS_ORDERS = tuple(itertools.permutations(range(3)))


def voids(corners_um: Ints, inner_um: tuple[int, int, int]) -> Ints:
    """Return the empty space of a box as disjoint cuboids, largest first.

    Each unit is cut out of the cuboids that it overlaps. A cut takes off slabs, axis by axis. The order of the axes
    with the largest piece is chosen, of six, so that a wide space above or beside units stays whole. In the end,
    cuboids that share a whole face are joined.

    ``corners_um``, int64 (n, 6), are the lowest and highest corners of envelopes, which lie in the box and do not
    overlap. The result, int64 (m, 6), um, has corners in the same form. All volumes add up to that of the box.
    """
    pieces = np.array([[0, 0, 0, *inner_um]], dtype=np.int64)
    # The sequence of units changes the pieces, so it must not depend on the pack sequence.
    for unit in corners_um[np.lexsort(corners_um[:, :3].T)]:
        reached = (pieces[:, :3] < unit[3:]).all(axis=1) & (unit[:3] < pieces[:, 3:]).all(axis=1)
        if reached.any():
            cut = [part for piece in pieces[reached].tolist() for part in _around(piece, unit.tolist())]
            pieces = np.concatenate([pieces[~reached], np.array(cut, dtype=np.int64).reshape(-1, 6)])
    joined = _joined(pieces.tolist())
    joined.sort(key=lambda piece: (-_volume(piece), piece[2], piece[1], piece[0]))
    return np.array(joined, dtype=np.int64).reshape(-1, 6)


def _around(piece: list[int], unit: list[int]) -> list[list[int]]:
    """Return the pieces of a cuboid that a unit leaves free if it is cut in the best order of the axes."""
    cuts = (_cut(piece, unit, order) for order in _AXIS_ORDERS)
    return max(cuts, key=lambda parts: sorted(map(_volume, parts), reverse=True))


def _cut(piece: list[int], unit: list[int], order: tuple[int, ...]) -> list[list[int]]:
    """Return the pieces of a cuboid that a unit leaves free if it is cut along the axes in a given order."""
    rest = list(piece)
    parts = []
    for axis in order:
        low, high = axis, axis + 3
        if rest[low] < unit[low]:
            parts.append([*rest[:high], unit[low], *rest[high + 1 :]])
            rest[low] = unit[low]
        if unit[high] < rest[high]:
            parts.append([*rest[:low], unit[high], *rest[low + 1 :]])
            rest[high] = unit[high]
    return parts


def _volume(piece: list[int]) -> int:
    x, y, z, x2, y2, z2 = piece
    return (x2 - x) * (y2 - y) * (z2 - z)


def _joined(pieces: list[list[int]]) -> list[list[int]]:
    """Join cuboids that share a whole face, along one axis after the other, until no two share a face."""
    axis = idle = 0
    while idle < 3:
        low, high = axis, axis + 3
        pieces.sort(key=lambda piece: [end for at, end in enumerate(piece) if at not in (low, high)] + [piece[low]])
        joined: list[list[int]] = []
        for piece in pieces:
            last = joined[-1] if joined else None
            if last is not None and [*last[:low], last[high], *last[low + 1 : high], *last[high + 1 :]] == [
                *piece[:high],
                *piece[high + 1 :],
            ]:
                last[high] = piece[high]
            else:
                joined.append(list(piece))
        idle = idle + 1 if len(joined) == len(pieces) else 0
        pieces, axis = joined, (axis + 1) % 3
    return pieces


def beside_one_um3(corners_um: Sequence[int], inner_um: tuple[int, int, int], gap_um: int) -> int:
    """Return the volume of the empty spaces that let a single unit slide, in cubic um.

    It is the volume of the ``voids`` that ``to_block`` marks, since round a single unit no two voids share a whole face
    and only slabs at its sides lie straight beside it. ``corners_um`` are the lowest and highest corner of the unit's
    envelope, and ``gap_um`` is the width of the widest gap that still holds the unit.
    """
    gaps = [(corners_um[axis], inner_um[axis] - corners_um[axis + 3]) for axis in range(3)]
    extents = [corners_um[axis + 3] - corners_um[axis] for axis in range(3)]
    best: list[int] = []
    found = 0
    for first, second, third in _AXIS_ORDERS:
        faces = [0, 0, 0]
        faces[first] = inner_um[second] * inner_um[third]
        faces[second] = extents[first] * inner_um[third]
        faces[third] = extents[first] * extents[second]
        slabs = [wide * face for face, sides in zip(faces, gaps, strict=True) for wide in sides]
        sizes = sorted(slabs, reverse=True)
        if sizes > best:
            best = sizes
            found = sum([slab for slab, wide in zip(slabs[:4], gaps[0] + gaps[1], strict=True) if wide > gap_um])
    return found


def to_block(spaces_um: Ints, corners_um: Ints, gap_um: int) -> Flags:
    """Return, by empty space of ``voids``, whether it lets a unit slide, bool (m,).

    It does if it lies straight beside an envelope, whose corners are ``corners_um``, int64 (n, 6), and is wider there
    than ``gap_um``, the widest gap that still holds a unit. Other goods may lie between, which the unit would push. If
    no gap is allowed, only spaces that touch the unit count: it is then not heavy, but too hard for its neighbours.
    """
    found = np.zeros(len(spaces_um), dtype=np.bool_)
    for unit in corners_um:
        for axis in (0, 1):
            across = [other for other in range(3) if other != axis]
            meets = np.ones(len(spaces_um), dtype=np.bool_)
            for other in across:
                meets &= (spaces_um[:, other] < unit[other + 3]) & (unit[other] < spaces_um[:, other + 3])
            if not gap_um:
                meets &= (spaces_um[:, axis] == unit[axis + 3]) | (spaces_um[:, axis + 3] == unit[axis])
            found |= meets & (spaces_um[:, axis + 3] - spaces_um[:, axis] > gap_um)
    return found
