"""Places units in the compartments of a box, one unit in each, by a bipartite matching of units and compartments.

Either some matching places all units, or some set of units outnumbers the compartments that take any of its units
(Hall's theorem). The search finds either the matching or the set, so it always has an answer.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from boxwright.domain.compartments import Size
from boxwright.packing import bounds
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Ints, Layout, Space, Units
from boxwright.packing.question import Question
from boxwright.stop import NEVER, Stop
from boxwright.units import exact as exact_text

MOST_NAMED = 3
"""Maximum number of kinds of units named in a refusal."""


def lay_in_cells(question: Question) -> Layout | None:
    """Return a layout in compartments: of all units if the question wants the whole, otherwise of as much as fits.

    None if that is not possible. A unit lies in the corner of its compartment, in the first allowed orientation that
    fits. Raises ValueError if there are fixed units.
    """
    if question.fixed is not None:
        raise ValueError("fixed must be None for a box with compartments")
    units, space, whole = question.units, question.space, question.whole
    matching = _Matching(units, space)
    weights, volumes = units.weights_mg(space.displaced_mg_per_um3).tolist(), units.volumes_um3
    mass, volume, count = 0.0, 0, 0
    # Sets of units that can be matched form a matroid. So taking the largest unit first gives the most volume, unless a
    # limit of mass or volume binds.
    for unit in range(len(units)) if whole else units.orders[0].tolist():
        question.stop.look()
        if count == len(space.cells):
            break
        more = mass + weights[unit], volume + volumes[unit]
        if more[0] <= space.mass_limit_mg and more[1] <= space.volume_limit_um3 and matching.add(unit) is None:
            (mass, volume), count = more, count + 1
        elif whole:
            break
    return matching.layout(units) if count >= (len(units) if whole else 1) else None


def too_many(units: Units, space: Space, stop: Stop = NEVER) -> str | None:
    """Describe the units that outnumber the compartments that take them; None if all units have compartments."""
    matching = _Matching(units, space)
    for unit in range(len(units)):
        stop.look()
        full = matching.add(unit)
        if full is not None:
            return matching.words(units, full)
    return None


def too_much_play(units: Units, space: Space) -> str:
    """Describe the compartments that are too large, because a unit would have more play than it may.

    Empty if compartments are too small or too few.
    """
    if units.most_play_um is None or not (fit_cells(replace(units, most_play_um=None), space.cell_sizes)).all():
        return ""
    loose = units.take(np.flatnonzero(~fit_cells(units, space.cell_sizes)))
    if not len(loose) or loose.most_play_um is None:
        return ""
    sizes = dict.fromkeys(space.cell_sizes)
    sides = [
        tuple(inside - edge for inside, edge in zip(size, extents, strict=True))
        for size in sizes
        for extents in loose.edges_um[0][ORIENTATIONS].tolist()
        if all(edge <= inside for edge, inside in zip(extents, size, strict=True))
    ]
    least = min(map(max, sides))
    most = int(loose.most_play_um[0])
    return f"too large: a unit has {exact_text(least)} mm of play in it, at most {exact_text(most)} mm are allowed"


def fit_cells(units: Units, sizes: Iterable[Size]) -> npt.NDArray[np.bool_]:
    """Return, by unit, whether a compartment of one of the sizes takes it, bool (n,)."""
    turns = _turns(units, list(dict.fromkeys(sizes)))
    takes: npt.NDArray[np.bool_] = turns.max(axis=1, initial=-1) >= 0
    return takes[units.kinds]


def fit_alone(units: Units, space: Space) -> bool:
    """Whether each unit fits the space alone or, if the space has compartments, one of the compartments."""
    return bool(fit_cells(units, space.cell_sizes).all()) if space.cells else bounds.misfit(units, space) is None


def _turns(units: Units, sizes: Sequence[Size]) -> Ints:
    """Return, by kind and size of compartment, the first orientation that fits, int64 (kinds, sizes); -1: none.

    A unit does not fit a compartment in which it would have more play than its ``most_play_um``.
    """
    firsts = np.flatnonzero(np.diff(units.kinds, prepend=-1))
    extents = units.edges_um[firsts][:, np.newaxis, ORIENTATIONS]
    allowed = (units.masks[firsts, np.newaxis] >> np.arange(len(ORIENTATIONS))) & 1 == 1
    inside = np.array(sizes, dtype=np.int64).reshape(1, -1, 1, 3)
    fits = (extents <= inside).all(axis=3) & allowed[:, np.newaxis]
    if units.most_play_um is not None:
        play = units.most_play_um[firsts].reshape(-1, 1, 1, 1)
        fits &= (inside - extents <= play).all(axis=3)
    turns: Ints = np.where(fits.any(axis=2), fits.argmax(axis=2), -1)
    return turns


class _Matching:
    def __init__(self, units: Units, space: Space) -> None:
        self._cells = space.cells
        sizes = list(dict.fromkeys(space.cell_sizes))
        self._size_of = [sizes.index(size) for size in space.cell_sizes]
        self._number = Counter(self._size_of)
        self._kinds = units.kinds.tolist()
        self._turns = _turns(units, sizes)
        self._sizes_for = [np.flatnonzero(row >= 0).tolist() for row in self._turns]
        self._held: list[list[int]] = [[] for _ in sizes]

    def add(self, unit: int) -> list[int] | None:
        """Place one more unit along an augmenting path and return None.

        Without such a path, return the sizes that were reached; all their compartments are full.
        """
        path: dict[int, tuple[int, int] | None] = dict.fromkeys(self._sizes_for[self._kinds[unit]])
        queue = list(path)
        for size in queue:
            if len(self._held[size]) < self._number[size]:
                self._place(unit, size, path)
                return None
            for other in {self._kinds[held]: held for held in self._held[size]}.values():
                further = [next_size for next_size in self._sizes_for[self._kinds[other]] if next_size not in path]
                path |= dict.fromkeys(further, (size, other))
                queue += further
        return queue

    def _place(self, unit: int, size: int, path: dict[int, tuple[int, int] | None]) -> None:
        """Place a unit, and move others along the augmenting path that ends at a size."""
        while (step := path[size]) is not None:
            before, other = step
            self._held[before].remove(other)
            self._held[size].append(other)
            size = before
        self._held[size].append(unit)

    def words(self, units: Units, full: Sequence[int]) -> str:
        """Return a text with the number of units that only these sizes take, and of compartments that take them."""
        excess = Counter(kind for kind in self._kinds if self._only_in(kind, full))
        edges = units.edges_um[units.firsts].tolist()
        named = [
            f"{count} unit{'s' if count > 1 else ''} of {' x '.join(map(exact_text, edges[kind]))} mm"
            for kind, count in excess.most_common(MOST_NAMED)
        ]
        if len(excess) > MOST_NAMED:
            named.append(f"{len(excess) - MOST_NAMED} other kinds, {excess.total()} units in all")
        number = sum(self._number[size] for size in full)
        takes = f"{number} compartment takes" if number == 1 else f"{number} compartments take"
        return f"{' and '.join(named)}: {takes} them" if number else f"{' and '.join(named)}: no compartment takes any"

    def _only_in(self, kind: int, full: Sequence[int]) -> bool:
        """Whether all sizes that take a kind are in ``full``; a kind that no size takes needs an empty ``full``."""
        sizes = self._sizes_for[kind]
        return set(full).issuperset(sizes) if sizes else not full

    def layout(self, units: Units) -> Layout:
        """Return the layout by compartment; compartments of one size hold their units in ascending order."""
        waiting = [sorted(held, reverse=True) for held in self._held]
        placed = [
            (waiting[size].pop(), size, cell)
            for size, cell in zip(self._size_of, self._cells, strict=True)
            if waiting[size]
        ]
        which = np.array([unit for unit, _, _ in placed], dtype=np.int64)
        turns = np.array([self._turns[self._kinds[unit], size] for unit, size, _ in placed], dtype=np.int64)
        lowest = np.array([cell[:3] for _, _, cell in placed], dtype=np.int64)
        extents = np.take_along_axis(units.edges_um[which], ORIENTATIONS[turns], axis=1)
        return Layout(which, turns, np.hstack([lowest, lowest + extents]))
