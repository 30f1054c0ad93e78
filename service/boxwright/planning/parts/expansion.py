"""Order lines, units and placements as arrays for packing, in canonical order and in every shape."""

import dataclasses
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.domain.order import ALL_ORIENTATIONS, DimensionStatus, Item, Order, Orientation
from boxwright.domain.plan import Placement
from boxwright.lazy import cached_property
from boxwright.packing.problem import Ints, Units
from boxwright.protection import InnerBox
from boxwright.selection.model import PackedBox, Shapes
from boxwright.stop import NEVER, Stop

MOST_SHAPES = 16
"""Maximum number of combinations of folds tried for a parcel of soft goods, those with the fewest folds first."""
NO_UNITS_UM = 1_000_000_000
"""Height that stands for the lowest unit of an order without units: above that of any box."""


@dataclass(frozen=True)
class Expansion:
    """The units of an order, sorted by size and properties, so that the order of lines does not matter.

    Attributes
    ----------
    units, without_dimensions : list of (Item, int)
        Line and unit index of each unit; those without dimensions cannot be planned.
    lines : list of (Item, int)
        Each line of ``units`` with the number of its kind, ascending from 0 without gaps.
    inner_boxes : mapping of str to InnerBox
        By line id: the inner box of each unit. The line then has the size and mass of the inner box.
    """

    units: list[tuple[Item, int]]
    without_dimensions: list[tuple[Item, int]]
    lines: list[tuple[Item, int]]
    inner_boxes: Mapping[str, InnerBox] = field(default_factory=dict)
    stop: Stop = NEVER

    @classmethod
    def of(cls, order: Order, inner_boxes: Mapping[str, InnerBox] | None = None, stop: Stop = NEVER) -> "Expansion":
        """Return the units of an order as placed. Equal units are neighbours, sorted by line id."""
        inner = inner_boxes or {}
        keyed = [(_kind(line, inner.get(line.line_id), stop), line.line_id, line) for line in order.lines]
        keyed.sort(key=lambda key: key[:2])
        known = [(kind, line) for kind, _, line in keyed if line.dimension_status is not DimensionStatus.MISSING]
        unknown = [line for _, _, line in keyed if line.dimension_status is DimensionStatus.MISSING]
        numbers = {kind: number for number, kind in enumerate(dict.fromkeys(kind for kind, _ in known))}
        return cls(
            [(line, index) for _, line in known for index in range(line.quantity)],
            [(line, index) for line in unknown for index in range(line.quantity)],
            [(line, numbers[kind]) for kind, line in known],
            inner,
            stop,
        )

    @cached_property
    def members(self) -> dict[tuple[str, int], int]:
        """The place of each unit, by line id and unit index."""
        return {(line.line_id, index): member for member, (line, index) in enumerate(self.units)}

    @cached_property
    def everything(self) -> Ints:
        """All units, int64 (n,)."""
        return np.arange(len(self.units))

    @cached_property
    def folds(self) -> bool:
        """Whether some units are soft goods that fold."""
        return any(line.soft_goods is not None and line.soft_goods.max_folds > 0 for line, _ in self.lines)

    def soft(self, members: Ints) -> bool:
        """Whether all of some units are soft goods."""
        return self.arrays.soft is not None and bool(self.arrays.soft[members].all())

    def goods_mg(self, members: Ints) -> int:
        """Mass of the goods of some units, in mg."""
        return self.placed_mg(members) - sum(inner_box.added_mg for inner_box in self.in_boxes(members))

    def placed_mg(self, members: Ints) -> int:
        """Mass of some units as placed, in mg, inner boxes with their content included."""
        return int(self.arrays.mass_mg[members].sum())

    def in_boxes(self, members: Ints) -> list[InnerBox]:
        """Return the inner boxes of some units."""
        if not self.inner_boxes:
            return []
        names = (self.units[member][0].line_id for member in members.tolist())
        return [self.inner_boxes[name] for name in names if name in self.inner_boxes]

    @cached_property
    def arrays(self) -> Units:
        """The units without cushioning, soft goods pressed and not folded, as arrays."""
        lines = [line for line, _ in self.lines]
        repeats = [line.quantity for line in lines]
        edges = [line.shape_um() for line in lines]
        whole = [[*size, mask_of(line, size), kind] for (line, kind), size in zip(self.lines, edges, strict=True)]
        shapes = np.repeat(np.array(whole, dtype=np.int64).reshape(-1, 5), repeats, axis=0)
        loads = [math.inf if line.max_load_mg is None else line.max_load_mg for line in lines]
        masses = np.array([[line.mass_mg for line in lines], loads], dtype=np.float64).T
        masses = np.repeat(masses, repeats, axis=0)
        soft = [line.soft_goods is not None for line in lines]
        return Units(
            np.ascontiguousarray(shapes[:, :3]),
            np.ascontiguousarray(shapes[:, 3]),
            np.ascontiguousarray(shapes[:, 4]),
            np.ascontiguousarray(masses[:, 0]),
            np.ascontiguousarray(masses[:, 1]),
            np.zeros(len(self.units)),
            np.repeat(np.array(soft, dtype=np.bool_), repeats) if any(soft) else None,
        )


def _kind(line: Item, inner: InnerBox | None, stop: Stop) -> tuple[object, ...]:
    """Return a sort key, largest units first, of all properties that matter for packing a unit."""
    stop.look()
    edges = line.shape_um()
    length, width, height = edges
    fragility, inside = line.fragility, line.sales_packaging
    return (
        -length * width * height,
        edges,
        mask_of(line, edges),
        -line.mass_mg,
        -1 if line.max_load_mg is None else line.max_load_mg,
        "" if fragility is None else f"{fragility.fragility_class or ''}:{fragility.g_level or 0}",
        line.article,
        line.special_handling,
        line.keep_together_group,
        line.keep_apart_group,
        line.ships_in_own_container,
        tuple(sorted((amount.property, amount.millionths()) for amount in line.property_amounts)),
        -1 if line.soft_goods is None else line.soft_goods.max_folds,
        line.inner_cushion_um,
        ()
        if inside is None
        else tuple(sorted((material.material_id, material.mass_g) for material in inside.materials)),
        () if inner is None else (inner.box.box_type_id, inner.goods.edges_um),
    )


def mask_of(line: Item, edges_um: tuple[int, int, int]) -> int:
    """Return the allowed orientations of a line as bits; if several have equal extents, only the first."""
    return _mask(line.orientations, *map(edges_um.index, edges_um))


@lru_cache(maxsize=1_000)
def _mask(allowed: tuple[Orientation, ...], length: int, width: int, height: int) -> int:
    """See ``mask_of``. The edges may be any numbers that are equal for equal edges."""
    seen: set[tuple[int, int, int]] = set()
    mask = 0
    for bit, orientation in enumerate(ALL_ORIENTATIONS):
        if orientation in allowed:
            extent = orientation.rotate(length, width, height)
            if extent not in seen:
                seen.add(extent)
                mask |= 1 << bit
    return mask


def shapes_of(expansion: Expansion, members: Ints, units: Units) -> Shapes:
    """Return units in every shape; ``units`` are these units with cushioning, pressed and not folded."""
    if not expansion.folds:
        return Shapes((units,), every=True)
    folding = {kind: line for kind, line in _soft_lines(expansion, members, units) if _most_folds(line)}
    if not folding:
        return Shapes((units,), every=True)
    ranges = [range(_most_folds(line) + 1) for line in folding.values()]
    every = math.prod(len(folds) for folds in ranges) <= MOST_SHAPES
    if every:
        ways = sorted(itertools.product(*ranges), key=lambda way: (sum(way), way))
    else:
        # There are too many combinations: try all lines folded once, then twice and so on, then each line alone.
        most = max(len(folds) for folds in ranges)
        alike = [tuple(min(folds, range_of[-1]) for range_of in ranges) for folds in range(most)]
        found = dict.fromkeys(alike)
        for at, folds in ((at, folds) for at, range_of in enumerate(ranges) for folds in range_of[1:]):
            if len(found) >= MOST_SHAPES:
                break
            found[(0,) * at + (folds,) + (0,) * (len(ranges) - at - 1)] = None
        ways = list(found)[:MOST_SHAPES]
    folded = (_folded(units, dict(zip(folding, way, strict=True)), folding, expansion.stop) for way in ways)
    return Shapes(tuple(folded), every)


def lowest_edge_um(order: Order) -> int:
    """Return a lower bound on the height of each unit of an order, however turned or folded, in um."""
    known = [line for line in order.lines if line.dimension_status is not DimensionStatus.MISSING]
    return min((min(shape) for line in known for shape in _folded_shapes(line)), default=NO_UNITS_UM)


def _most_folds(line: Item) -> int:
    return 0 if line.soft_goods is None else line.soft_goods.max_folds


def _folded_shapes(line: Item) -> list[tuple[int, int, int]]:
    """Return the edges of one unit in every number of folds, in um."""
    return [line.shape_um(folds) for folds in range(_most_folds(line) + 1)]


def lowest_shape_um(expansion: Expansion, members: Ints, units: Units, *, whole: bool) -> int:
    """Return a lower bound on the height of a parcel with some, or with ``whole`` all, of the units, however folded."""
    lines = dict(_soft_lines(expansion, members, units))
    lowest = []
    for first in units.firsts.tolist():
        line = lines.get(int(units.kinds[first]))
        shapes = [units.edges_um[first].tolist()] if line is None else _folded_shapes(line)
        lowest.append(min(edge for shape in shapes for edge in shape))
    return max(lowest, default=1) if whole else min(lowest, default=1)


def _soft_lines(expansion: Expansion, members: Ints, units: Units) -> Iterator[tuple[int, Item]]:
    """Yield each kind of soft goods among the units, with a line of that kind."""
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


def corners_um(placements: Sequence[Placement]) -> Ints:
    """Return the lowest and the highest corner of each envelope, int64 (n, 6), um."""
    corners = [
        (*placed.corner_um, *(low + edge for low, edge in zip(placed.corner_um, placed.extent_um, strict=True)))
        for placed in placements
    ]
    return np.array(corners, dtype=np.int64).reshape(-1, 6)


def packed_of(placements: Sequence[Placement], box: BoxType, members: Mapping[tuple[str, int], int]) -> PackedBox:
    """Return the packed box of placements, without a price; ``members`` is ``Expansion.members``."""
    return PackedBox(
        box=box,
        members=np.array([members[placed.line_id, placed.unit_index] for placed in placements], dtype=np.int64),
        orientations=np.array([ALL_ORIENTATIONS.index(placed.orientation) for placed in placements], dtype=np.int64),
        corners_um=corners_um(placements),
        price=(),
    )
