"""One question: can these units lie in this box? Stated in whole steps of a common measure of the units' edges."""

import math
from dataclasses import dataclass

from benchmarks.answers import Placed, Triple
from boxwright import BoxType, Order


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: which one, its kind (same number: equal in all respects), and the extents that it may take."""

    line_id: str
    unit_index: int
    kind: int
    extents: tuple[Triple, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Units, largest first and equal ones together, and the inside of a box, in steps of ``step_um``.

    The box is cut down to whole steps.
    """

    units: tuple[Unit, ...]
    box: Triple
    step_um: int

    def placed(self, found: list[tuple[Triple, Triple]]) -> list[Placed]:
        """Return the units at the given corners with the given extents, both in steps."""
        return [
            Placed(unit.line_id, unit.unit_index, _times(corner, self.step_um), _times(extent, self.step_um))
            for unit, (corner, extent) in zip(self.units, found, strict=True)
        ]


def question(order: Order, box: BoxType, finest_um: int | None = None) -> Question:
    """Return the question of an order and a box type.

    Parameters
    ----------
    order : Order
        Units without cushioning and load limits; ValueError otherwise: the oracle has no rule for them.
    box : BoxType
        Rigid.
    finest_um : int, optional
        Steps of at most this length. Default: the greatest common measure of all edges.
    """
    if any(line.fragility is not None or line.max_load_g is not None for line in order.lines):
        raise ValueError(f"order {order.order_id!r} has fragile units or load limits: the oracle has no rule for them")
    step = math.gcd(*(edge for line in order.lines for edge in line.edges_um))
    if finest_um is not None:
        step //= next(parts for parts in range(1, step + 1) if step % parts == 0 and step // parts <= finest_um)
    kinds: dict[tuple[object, ...], int] = {}
    units = []
    for line in sorted(order.lines, key=lambda line: (-math.prod(line.edges_um), line.line_id)):
        turned = {each.rotate(*line.edges_um) for each in line.orientations}
        inside = sorted(each for each in turned if all(e <= b for e, b in zip(each, box.inner_um, strict=True)))
        kind = kinds.setdefault((tuple(inside), line.mass_mg), len(kinds))
        extents = tuple(_over(each, step) for each in inside)
        units += [Unit(line.line_id, index, kind, extents) for index in range(line.quantity)]
    units.sort(key=lambda unit: unit.kind)
    return Question(tuple(units), _over(box.inner_um, step), step)


def _times(triple: Triple, step: int) -> Triple:
    return triple[0] * step, triple[1] * step, triple[2] * step


def _over(triple: Triple, step: int) -> Triple:
    return triple[0] // step, triple[1] // step, triple[2] // step
