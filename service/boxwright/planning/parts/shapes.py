"""The shapes that the soft goods of a parcel can have: every line folded alike, once, twice or not at all."""

import dataclasses
import itertools
import math
from collections.abc import Iterator

import numpy as np

from boxwright.domain.order import DimensionStatus, Item, Order
from boxwright.packing.problem import Ints, Units
from boxwright.planning.parts.expansion import Expansion, mask_of
from boxwright.selection.model import Shapes
from boxwright.stop import Stop

MOST_SHAPES = 16
"""Ways to fold the soft goods of a parcel that are tried at most, those with fewest folds first."""
NO_UNITS_UM = 1_000_000_000
"""A height past any box: that of the lowest unit where there are none."""


def shapes_of(expansion: Expansion, members: Ints, units: Units) -> Shapes:
    """Return units in every shape.

    Parameters
    ----------
    expansion : Expansion
        The order's units.
    members, units : int64 (n,), Units
        Which units, and they with their cushioning, pressed and not folded.
    """
    if not expansion.folds:
        return Shapes((units,), every=True)
    lines = {int(kind): line for kind, line in _soft_lines(expansion, members, units)}
    folding = {kind: line for kind, line in lines.items() if line.soft_goods is not None and line.soft_goods.max_folds}
    if not folding:
        return Shapes((units,), every=True)
    ranges = [range((line.soft_goods.max_folds if line.soft_goods else 0) + 1) for line in folding.values()]
    every = math.prod(len(each) for each in ranges) <= MOST_SHAPES
    if every:
        ways = sorted(itertools.product(*ranges), key=lambda way: (sum(way), way))
    else:
        # All once, all twice and so on, then lines on their own: of many ways those that are most alike.
        most = max(len(each) for each in ranges)
        alike = [tuple(min(folds, each[-1]) for each in ranges) for folds in range(most)]
        found = dict.fromkeys(alike)
        for at, folds in ((at, folds) for at, each in enumerate(ranges) for folds in each[1:]):
            if len(found) >= MOST_SHAPES:
                break
            found[(0,) * at + (folds,) + (0,) * (len(ranges) - at - 1)] = None
        ways = list(found)[:MOST_SHAPES]
    return Shapes(
        tuple(_folded(units, dict(zip(folding, way, strict=True)), folding, expansion.stop) for way in ways), every
    )


def lowest_edge_um(order: Order) -> int:
    """Return a height that no unit of an order is below, however it is turned or folded, in um."""
    known = [line for line in order.lines if line.dimension_status is not DimensionStatus.MISSING]
    return min((min(shape) for line in known for shape in _folded_shapes(line)), default=NO_UNITS_UM)


def _folded_shapes(line: Item) -> list[tuple[int, int, int]]:
    """Return the edges of one unit in every number of folds, in um."""
    return [line.shape_um(folds) for folds in range((line.soft_goods.max_folds if line.soft_goods else 0) + 1)]


def lowest_shape_um(expansion: Expansion, members: Ints, units: Units, *, whole: bool) -> int:
    """Return a height that nothing with some (or, ``whole``, all) of the units is below, however they are folded."""
    lines = dict(_soft_lines(expansion, members, units))
    lowest = []
    for first in units.firsts.tolist():
        line = lines.get(int(units.kinds[first]))
        shapes = [units.edges_um[first].tolist()] if line is None else _folded_shapes(line)
        lowest.append(min(edge for shape in shapes for edge in shape))
    return max(lowest, default=1) if whole else min(lowest, default=1)


def _soft_lines(expansion: Expansion, members: Ints, units: Units) -> Iterator[tuple[int, Item]]:
    """Yield the kinds of soft goods among the units, each with a line of it."""
    for first in units.firsts.tolist():
        line, _ = expansion.units[int(members[first])]
        if line.soft_goods is not None:
            yield int(units.kinds[first]), line


def _folded(units: Units, folds: dict[int, int], lines: dict[int, Item], stop: Stop) -> Units:
    firsts, kind_of = units.firsts, np.repeat(np.arange(len(units.firsts)), units.counts)
    edges, masks = units.edges_um[firsts], units.masks[firsts]
    folded = np.zeros(len(firsts), dtype=np.bool_)
    for at, kind in enumerate(units.kinds[firsts].tolist()):
        if count := folds.get(kind, 0):
            stop.look()
            edges[at] = lines[kind].shape_um(count)
            masks[at] = mask_of(lines[kind], lines[kind].shape_um(count))
            folded[at] = True
    changed = folded[kind_of]
    return dataclasses.replace(
        units,
        edges_um=np.where(changed[:, None], edges[kind_of], units.edges_um),
        masks=np.where(changed, masks[kind_of], units.masks),
    )
