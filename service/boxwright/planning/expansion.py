"""From order lines to units in canonical order, as the arrays that packing works on."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from boxwright.domain.order import ALL_ORIENTATIONS, DimensionStatus, Item, Order
from boxwright.packing.problem import Units


@dataclass(frozen=True)
class Expansion:
    """The units of an order, sorted by what they are and not by how the order lists them.

    Attributes
    ----------
    units : list of (Item, int)
        Line and unit index of each unit that has dimensions.
    without_dimensions : list of (Item, int)
        Units whose dimensions are missing: they cannot be planned.
    """

    units: list[tuple[Item, int]]
    without_dimensions: list[tuple[Item, int]]

    @classmethod
    def of(cls, order: Order) -> "Expansion":
        """Return the units of an order. Equal units stand together; lines of equal units are sorted by line id."""
        lines = sorted(order.lines, key=lambda line: (_kind(line), line.line_id))
        known = [line for line in lines if line.dimension_status is not DimensionStatus.MISSING]
        unknown = [line for line in lines if line.dimension_status is DimensionStatus.MISSING]
        return cls(
            [(line, index) for line in known for index in range(line.quantity)],
            [(line, index) for line in unknown for index in range(line.quantity)],
        )

    @cached_property
    def arrays(self) -> Units:
        """The units without cushioning, as arrays."""
        lines = list({id(line): line for line, _ in self.units}.values())
        repeats = [line.quantity for line in lines]
        kinds: dict[tuple[object, ...], int] = {}
        numbers = [kinds.setdefault(_kind(line), len(kinds)) for line in lines]
        edges = np.array([line.edges_um for line in lines], dtype=np.int64).reshape(-1, 3)
        loads = [float("inf") if line.max_load_mg is None else float(line.max_load_mg) for line in lines]
        return Units(
            np.repeat(edges, repeats, axis=0),
            np.repeat(np.array([_mask(line) for line in lines], dtype=np.int64), repeats),
            np.repeat(np.array(numbers, dtype=np.int64), repeats),
            np.repeat(np.array([line.mass_mg for line in lines], dtype=np.float64), repeats),
            np.repeat(np.array(loads, dtype=np.float64), repeats),
            np.zeros(len(self.units)),
        )


def _kind(line: Item) -> tuple[object, ...]:
    """Everything that tells one unit from another in packing, largest first."""
    length, width, height = line.edges_um
    fragility = line.fragility
    return (
        -length * width * height,
        line.edges_um,
        _mask(line),
        -line.mass_mg,
        -1 if line.max_load_mg is None else line.max_load_mg,
        "" if fragility is None else f"{fragility.fragility_class or ''}:{fragility.g_level or 0}",
        line.keep_together_group,
        line.keep_apart_group,
        tuple(sorted((each.property, each.millionths()) for each in line.property_amounts)),
    )


def _mask(line: Item) -> int:
    """Allowed orientations as bits; of those with equal extents only the first."""
    seen: set[tuple[int, int, int]] = set()
    mask = 0
    for bit, orientation in enumerate(ALL_ORIENTATIONS):
        if orientation in line.orientations:
            extent = orientation.rotate(*line.edges_um)
            if extent not in seen:
                seen.add(extent)
                mask |= 1 << bit
    return mask
