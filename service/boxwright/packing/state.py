"""What the kernels work on: named groups of arrays, which numba passes without cost to inner kernels."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boxwright.packing.problem import Floats, Ints


class Packing(NamedTuple):
    """A packing under construction: parallel arrays by slot, the n-th unit set down."""

    at: Ints  # int64 (n, 6): x, y, z of the lowest and of the highest corner
    unit: Ints  # int64 (n,): which unit
    turn: Ints  # int64 (n,): its orientation


class Problem(NamedTuple):
    """Units and rules: see ``search`` for shapes and units."""

    edges: Ints
    masks: Ints
    kinds: Ints
    mass: Floats
    weight: Floats
    max_load: Floats
    margin: Ints
    orders: Ints
    box: Ints
    weight_limit: float
    volume_limit: float
    millionths: int
    bearing: bool
    fixed: Packing
    least: int


class Loads(NamedTuple):
    """What rests on what, and what may."""

    mass: Floats  # these four are the problem's
    max_load: Floats
    millionths: int
    bearing: bool

    under_n: Ints  # int64 (n,): how many slots a slot rests on
    under: Ints  # int64 (n, contacts): which
    area: Floats  # float64 (n, contacts): contact areas, um2
    patch: Ints  # int64 (n, contacts, 4): contact rectangles x1, y1, x2, y2
    load: Floats  # float64 (n, 5): see ``set_down``
    change: Floats  # float64 (n, 5): the same, of the unit being set down
    by_z: Ints  # int64 (n,): slots sorted by the z of their base


class Scratch(NamedTuple):
    """Room to work in, allocated once per search."""

    spaces: Ints  # int64 (s, 6): maximal empty spaces
    fresh: Ints  # int64 (s, 7): spaces made by a cut, and at which side of the unit
    tops: Ints  # int64 (n,): slots whose tops lie under a space
    failed: Ints  # int64 (n,): by kind, the orientations that found no place
    masks: Ints  # int64 (n,): orientations to try in this construction, by unit
    corner: Ints  # int64 (n,): corner of a space on the floor that a unit takes where its rule looks at one only
    old: Packing  # the packing before a unit was slid under another
    score: Floats  # float64 (3,): of the place found
    after: Floats  # float64 (3,): only places that score worse are looked for
    place: Ints  # int64 (6,): x, y, z, length, width, height
    opening: Ints  # int64 (8,): the first unit set down, its orientation and corners; -1 where none was
    edge_left: Ints  # int64 (n + 1,): shortest edge from here on in the order
    taken: npt.NDArray[np.bool_]  # bool (n,): units that lie in a fixed slot
    whole: Ints  # int64 (1,): packings of all units that were slid
    known: npt.NDArray[np.uint64]  # uint64 (k,): what they are told apart by
    effort: Ints  # int64 (1,): counted effort spent
    stop: Ints  # int64 (1,): not 0 ends the search at once


class Work(NamedTuple):
    """A search in one box under way."""

    problem: Problem
    packing: Packing  # of the construction under way
    loads: Loads  # in it
    scratch: Scratch
    out: Packing  # the best so far
    best: Floats  # float64 (2,): what it is worth (-1 before the first), and how many slots it has
