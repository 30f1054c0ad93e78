"""Data of the kernels: named tuples of arrays, which numba passes to inner kernels at no cost."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boxwright.packing.problem import Floats, Ints


class Packing(NamedTuple):
    """A packing under construction. Slot n is the n-th unit set down."""

    at: Ints  # int64 (n, 6): x, y, z of the lowest and of the highest corner
    unit: Ints  # int64 (n,): index of the unit
    turn: Ints  # int64 (n,): its orientation


class Problem(NamedTuple):
    """Units and rules; ``search`` documents shapes and units."""

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
    """Contacts between slots, and the loads on them."""

    mass: Floats  # the first four are those of the problem
    max_load: Floats
    millionths: int
    bearing: bool

    under_n: Ints  # int64 (n,): number of slots that a slot rests on
    under: Ints  # int64 (n, contacts): those slots
    area: Floats  # float64 (n, contacts): contact areas, um2
    patch: Ints  # int64 (n, contacts, 4): contact rectangles x1, y1, x2, y2
    load: Floats  # float64 (n, 5): see ``set_down``
    change: Floats  # float64 (n, 5): the same, of the unit being set down
    by_z: Ints  # int64 (n,): slots sorted by the z of their base


class Scratch(NamedTuple):
    """Work arrays, allocated once per search."""

    spaces: Ints  # int64 (s, 6): maximal empty spaces
    fresh: Ints  # int64 (s, 7): spaces made by a cut, and the side of the unit they lie at
    tops: Ints  # int64 (n,): slots whose tops lie under a space
    failed: Ints  # int64 (n,): orientations that found no place, by kind
    masks: Ints  # int64 (n,): orientations to try in this construction, by unit
    corner: Ints  # int64 (n,): corner of a floor space that a unit takes under rules that examine one corner
    old: Packing  # the packing before a unit was slid under another
    score: Floats  # float64 (3,): of the place found
    after: Floats  # float64 (3,): only places with a worse score are examined
    place: Ints  # int64 (6,): x, y, z, length, width, height
    opening: Ints  # int64 (8,): first unit set down, its orientation and corners; -1: none
    edge_left: Ints  # int64 (n + 1,): shortest edge of the rest of the order
    taken: npt.NDArray[np.bool_]  # bool (n,): units that need no place: fixed or set down before
    whole: Ints  # int64 (1,): number of packings of all units that were slid
    known: npt.NDArray[np.uint64]  # uint64 (k,): hash codes of those packings
    effort: Ints  # int64 (1,): counted effort spent
    stop: Ints  # int64 (1,): the search ends at once where it is not 0


class Work(NamedTuple):
    """State of a search in one box."""

    problem: Problem
    packing: Packing  # the current construction
    loads: Loads  # of the current construction
    scratch: Scratch
    out: Packing  # the best packing so far
    best: Floats  # float64 (2,): worth of ``out`` (-1 before the first) and number of its slots
