"""Data of the kernels, as named tuples of arrays, which numba passes to inner kernels at no cost."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boxwright.packing.problem import Floats, Ints


class Packing(NamedTuple):
    """A packing under construction; slot n is the n-th unit set down."""

    at: Ints  # int64 (n, 6): x, y, z of the lowest and of the highest corner
    unit: Ints  # int64 (n,): index of the unit
    turn: Ints  # int64 (n,): orientation of the unit


class Problem(NamedTuple):
    """Units and rules; ``search.search`` documents the fields."""

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

    mass: Floats  # the first four fields are those of ``Problem``
    max_load: Floats
    millionths: int
    bearing: bool
    margin: Ints  # wall margins of ``Problem``; 0 for fixed units
    sturdy: npt.NDArray[np.bool_]  # bool (n,): whether a unit would bear all units together

    under_n: Ints  # int64 (n,): number of slots that a slot rests on
    under: Ints  # int64 (n, contacts): the slots that a slot rests on
    area: Floats  # float64 (n, contacts): contact areas, um2
    patch: Ints  # int64 (n, contacts, 4): contact rectangles x1, y1, x2, y2
    load: Floats  # float64 (n, 5): see ``set_down``
    change: Floats  # float64 (n, 5): change of ``load`` by the unit that is set down
    by_z: Ints  # int64 (n,): slots sorted by the height of their base


class Scratch(NamedTuple):
    """Work arrays, allocated once per search."""

    spaces: Ints  # int64 (s, 6): maximal empty spaces
    fresh: Ints  # int64 (s, 7): spaces made by a cut, and the side of the unit at which they lie
    tops: Ints  # int64 (n,): slots whose tops lie under a space
    failed: Ints  # int64 (n,): orientations that found no place, by kind
    masks: Ints  # int64 (n,): orientations to try in this construction, by unit
    corner: Ints  # int64 (n,): corner of a floor space for a unit, under rules that examine one corner
    old: Packing  # the packing before a unit was slid under another
    score: Floats  # float64 (3,): score of the place found
    after: Floats  # float64 (3,): only places with a worse score are examined
    place: Ints  # int64 (6,): x, y, z, length, width, height
    opening: Ints  # int64 (8,): first unit set down, its orientation and corners; -1: none
    edge_left: Ints  # int64 (n + 1,): shortest edge of the units from a position of the order on
    taken: npt.NDArray[np.bool_]  # bool (n,): units that need no place, since they are fixed or were set down before
    whole: Ints  # int64 (1,): number of packings with all units that sliding was tried on
    known: npt.NDArray[np.uint64]  # uint64 (k,): hash codes of these packings
    effort: Ints  # int64 (1,): counted effort spent
    stop: Ints  # int64 (1,): the search ends immediately if it is not 0


class Work(NamedTuple):
    """State of a search in one box."""

    problem: Problem
    packing: Packing  # the current construction
    loads: Loads  # contacts and loads of the current construction
    scratch: Scratch
    out: Packing  # the best packing so far
    best: Floats  # float64 (2,): worth of ``out`` (-1 before there is one) and number of its slots
