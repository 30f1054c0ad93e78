"""From order lines to units in canonical order, as the arrays that packing works on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from boxwright.domain.order import ALL_ORIENTATIONS, DimensionStatus, Item, Order, Orientation
from boxwright.lazy import cached_property
from boxwright.packing.problem import Ints, Units
from boxwright.protection import InnerBox
from boxwright.stop import NEVER, Stop


@dataclass(frozen=True)
class Expansion:
    """The units of an order, sorted by what they are and not by how the order lists them.

    Attributes
    ----------
    units : list of (Item, int)
        Line and unit index of each unit that has dimensions.
    without_dimensions : list of (Item, int)
        Units whose dimensions are missing: they cannot be planned.
    lines : list of (Item, int)
        Each line of ``units`` with the number of its kind, ascending from 0 without gaps.
    inner_boxes : mapping of str to InnerBox
        By line id: the inner box of each unit of a line; its line is then that of what is placed.
    stop : Stop
        Ends what is done with them.
    """

    units: list[tuple[Item, int]]
    without_dimensions: list[tuple[Item, int]]
    lines: list[tuple[Item, int]]
    inner_boxes: Mapping[str, InnerBox] = field(default_factory=dict)
    stop: Stop = NEVER

    @classmethod
    def of(cls, order: Order, inner_boxes: Mapping[str, InnerBox] | None = None, stop: Stop = NEVER) -> "Expansion":
        """Return the units of an order. Equal units stand together; lines of equal units are sorted by line id.

        Parameters
        ----------
        order : Order
            What is placed for each line.
        inner_boxes : mapping of str to InnerBox, optional
            Those that it is placed in. Default none.
        stop : Stop, optional
            Ends what is done with them. Default: nothing does.
        """
        inner = inner_boxes or {}
        keyed = [(_kind(line, inner.get(line.line_id), stop), line.line_id, line) for line in order.lines]
        keyed.sort(key=lambda each: each[:2])
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
        """Which unit, by line id and unit index."""
        return {(line.line_id, index): member for member, (line, index) in enumerate(self.units)}

    @cached_property
    def everything(self) -> Ints:
        """All units, int64 (n,)."""
        return np.arange(len(self.units))

    @cached_property
    def folds(self) -> bool:
        """Whether some of them are soft goods that can be folded."""
        return any(line.soft_goods is not None and line.soft_goods.max_folds > 0 for line, _ in self.lines)

    def goods_mg(self, members: Ints) -> int:
        """Mass of the goods of some units, in mg."""
        return self.placed_mg(members) - sum(each.added_mg for each in self.in_boxes(members))

    def placed_mg(self, members: Ints) -> int:
        """Mass of what is placed for some units, in mg: the goods, and their inner boxes with what is in these."""
        return int(self.arrays.mass_mg[members].sum())

    def in_boxes(self, members: Ints) -> list[InnerBox]:
        """Return the inner boxes of some units, one a unit that has one."""
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
        whole = [[*each, mask_of(line, each), kind] for (line, kind), each in zip(self.lines, edges, strict=True)]
        shapes = np.repeat(np.array(whole, dtype=np.int64).reshape(-1, 5), repeats, axis=0)
        masses = np.array([(line.mass_mg, _load(line)) for line in lines], dtype=np.float64).reshape(-1, 2)
        masses = np.repeat(masses, repeats, axis=0)
        soft = [0 if line.soft_goods is None else 2 if line.max_load_mg is None else 1 for line in lines]
        return Units(
            np.ascontiguousarray(shapes[:, :3]),
            np.ascontiguousarray(shapes[:, 3]),
            np.ascontiguousarray(shapes[:, 4]),
            np.ascontiguousarray(masses[:, 0]),
            np.ascontiguousarray(masses[:, 1]),
            np.zeros(len(self.units)),
            np.repeat(np.array(soft, dtype=np.int64), repeats) if any(soft) else None,
        )


def _kind(line: Item, inner: InnerBox | None, stop: Stop) -> tuple[object, ...]:
    """Everything that tells one unit from another in packing, largest first."""
    stop.look()
    edges = line.shape_um()
    length, width, height = edges
    fragility = line.fragility
    return (
        -length * width * height,
        edges,
        mask_of(line, edges),
        -line.mass_mg,
        -1 if line.max_load_mg is None else line.max_load_mg,
        "" if fragility is None else f"{fragility.fragility_class or ''}:{fragility.g_level or 0}",
        line.article,
        line.keep_together_group,
        line.keep_apart_group,
        line.ships_in_own_container,
        tuple(sorted((each.property, each.millionths()) for each in line.property_amounts)),
        -1 if line.soft_goods is None else line.soft_goods.max_folds,
        _inside(line),
        () if inner is None else (inner.box.box_type_id, inner.goods.edges_um),
    )


def _inside(line: Item) -> tuple[object, ...]:
    """What the sales packaging of a line adds to it: a cushion, and masses of materials."""
    if line.sales_packaging is None:
        return (0, ())
    masses = sorted((each.material_id, each.mass_g) for each in line.sales_packaging.materials)
    return (line.inner_cushion_um, tuple(masses))


def _load(line: Item) -> float:
    """Mass in mg that may rest on a unit: on soft goods without a limit nothing, since what rests may be rigid."""
    if line.max_load_mg is not None:
        return float(line.max_load_mg)
    return float("inf") if line.soft_goods is None else 0.0


def mask_of(line: Item, edges_um: tuple[int, int, int]) -> int:
    """Return a line's allowed orientations as bits; of those with equal extents only the first."""
    return _mask(line.orientations, *map(edges_um.index, edges_um))


@lru_cache(maxsize=1_000)
def _mask(allowed: tuple[Orientation, ...], length: int, width: int, height: int) -> int:
    """Return orientations as bits of edges of which only that matters: which are alike."""
    seen: set[tuple[int, int, int]] = set()
    mask = 0
    for bit, orientation in enumerate(ALL_ORIENTATIONS):
        if orientation in allowed:
            extent = orientation.rotate(length, width, height)
            if extent not in seen:
                seen.add(extent)
                mask |= 1 << bit
    return mask
