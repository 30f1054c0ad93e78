"""Orders of plain units, with nothing stated but size, mass and orientations; read once for all catalogs."""

from __future__ import annotations

import dataclasses
import math
from itertools import permutations, product
from typing import TYPE_CHECKING

import numpy as np

from boxwright.catalog import load_materials
from boxwright.domain.order import ALL_ORIENTATIONS, Item, Order
from boxwright.lazy import cached_property
from boxwright.packing.kernels.packings import JUST_BELOW
from boxwright.planning.parts.expansion import Expansion
from boxwright.planning.rules.plausible import implausible
from boxwright.protection import with_class_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from boxwright.evaluation.shelf import Load, Room
    from boxwright.packing.problem import Ints, Units

_ANY_NAME = ("line_id", "sku", "description", "barcode")
_MEASURED = ("length_mm", "width_mm", "height_mm", "mass_g", "orientations", "dimension_status", "quantity")
_PLAIN = {each.name: each.default for each in dataclasses.fields(Item) if each.name not in (*_ANY_NAME, *_MEASURED)}

Counts = tuple[int, ...]
"""How many units of each kind."""
Extents = tuple[int, int, int]
"""Along x, y and z, in um."""
Spans = tuple[int, int, int]
"""The least that a unit takes along each edge of a box, of the orientations in which it fits."""


def plain_order(order: Order) -> PlainOrder | None:
    """Return an order of plain units; None where a line states more, or no size."""
    for line in order.lines:
        if line.dimension_status.value == "missing":
            return None
        if not all(getattr(line, name) == default for name, default in _PLAIN.items()):
            return None
    return PlainOrder(order)


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """Units that are alike.

    Attributes
    ----------
    first, count : int
        Place of the first of them among the units, and how many there are.
    mass_mg, volume_um3 : int
        Of one.
    edges_um : tuple of int
        Of one, the shortest first.
    extents_um : tuple of (int, int, int)
        Of one, along x, y and z, as it may lie.
    """

    first: int
    count: int
    mass_mg: int
    volume_um3: int
    edges_um: tuple[int, ...]
    extents_um: tuple[Extents, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Lot:
    """Some units of an order.

    Attributes
    ----------
    counts : tuple of int
        How many of each kind.
    load : Load
        Their mass, and whether they are several.
    volume_um3 : int
        Of their envelopes.
    """

    counts: Counts
    load: Load
    volume_um3: int


class PlainOrder:
    """What of an order of plain units does not depend on a catalog.

    Parameters
    ----------
    order : Order
        The order.

    Attributes
    ----------
    order, count : Order, int
        The order, and how many units it has.
    """

    def __init__(self, order: Order) -> None:
        self.order, self.count = order, order.unit_count
        self._spans: dict[tuple[int, tuple[int, int, int]], Spans | None] = {}

    @cached_property
    def doubtful(self) -> bool:
        """Whether sizes or masses look like a slip: a plan then says so, or is refused."""
        return next(iter(implausible(self.order, load_materials())), None) is not None

    @cached_property
    def expansion(self) -> Expansion:
        """The units in canonical order, with what each bears."""
        return Expansion.of(with_class_rules(self.order, load_materials()))

    @property
    def units(self) -> Units:
        """The units as arrays."""
        return self.expansion.arrays

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """Kinds of units, in canonical order."""
        first, counts = 0, dict[int, int]()
        firsts: dict[int, tuple[int, Item]] = {}
        for line, kind in self.expansion.lines:
            firsts.setdefault(kind, (first, line))
            counts[kind] = counts.get(kind, 0) + line.quantity
            first += line.quantity
        return tuple(
            Kind(
                first=at,
                count=counts[kind],
                mass_mg=line.mass_mg,
                volume_um3=math.prod(line.edges_um),
                edges_um=tuple(sorted(line.edges_um)),
                extents_um=_extents(line),
            )
            for kind, (at, line) in firsts.items()
        )

    @cached_property
    def whole(self) -> Lot:
        """All units."""
        return self.lot(tuple(kind.count for kind in self.kinds))

    @cached_property
    def lots(self) -> dict[Counts, Lot]:
        """Every part of the units and the whole, by how many of each kind it has."""
        every = product(*(range(kind.count + 1) for kind in self.kinds))
        return {counts: self.lot(counts) for counts in every if any(counts)}

    @property
    def lot_count(self) -> int:
        """How many parts the units have, the whole included."""
        return math.prod(kind.count + 1 for kind in self.kinds) - 1

    def lot(self, counts: Counts) -> Lot:
        """Return some units."""
        mass = sum(count * kind.mass_mg for count, kind in zip(counts, self.kinds, strict=True))
        volume = sum(count * kind.volume_um3 for count, kind in zip(counts, self.kinds, strict=True))
        return Lot(counts, (mass, sum(counts) > 1), volume)

    def members(self, lot: Lot, firsts: Sequence[int] | None = None) -> Ints:
        """Return which units a lot has, int64 (n,): of each kind the first ones, or those from ``firsts`` on."""
        firsts = firsts or [kind.first for kind in self.kinds]
        return np.concatenate([np.arange(at, at + count) for at, count in zip(firsts, lot.counts, strict=True)])

    def fitting(self, lot: Lot, rooms: Sequence[Room]) -> Iterator[Room]:
        """Yield the rooms of which ``fit`` holds; most others have less volume, or an edge that is too short."""
        edges = [kind.edges_um for kind, count in zip(self.kinds, lot.counts, strict=True) if count]
        low, middle, high = edges[0] if len(edges) == 1 else map(max, zip(*edges, strict=True))
        volume = lot.volume_um3
        for room in rooms:
            if room.may_take(low, middle, high, volume) and self.fit(lot, room):
                yield room

    def fit(self, lot: Lot, room: Room) -> bool:
        """Whether the comparing proofs leave open that a lot goes into a room: volume, each unit and each two of them.

        ``packing.proofs`` states the same proofs; the room bears the lot's mass.
        """
        if lot.volume_um3 > room.volume_um3:
            return False
        edges, found = room.space.edges_um, list[Spans]()
        for number, count in enumerate(lot.counts):
            if not count:
                continue
            spans = self._spans_in(number, edges)
            if spans is None or not all(_apart(spans, other, edges) for other in found):
                return False
            if count > 1 and not _apart(spans, spans, edges):
                return False
            found.append(spans)
        return True

    def two_go_in(self, lot: Lot, room: Room) -> bool:
        """Whether a lot is two units that surely go into a room that ``fit`` leaves open: layouts break no rule.

        They stand side by side on the floor, or one lies wholly on the other. Packing tries two units in every way in
        which they may lie, so it finds such a layout, or one as good.
        """
        if sum(lot.counts) != 2 or lot.volume_um3 > room.space.volume_limit_um3 * JUST_BELOW:
            return False
        edges = room.space.edges_um
        length, width, height = edges
        numbers = [number for number, count in enumerate(lot.counts) if count]
        one, other = self._spans_in(numbers[0], edges), self._spans_in(numbers[-1], edges)
        if one is None or other is None:
            return False
        if one[0] + other[0] <= length or one[1] + other[1] <= width:
            return True
        if any(line.max_load_mg is not None for line, _ in self.expansion.lines):
            return False
        ones, others = (_turns_in(self.kinds[number].extents_um, edges) for number in (numbers[0], numbers[-1]))
        return any(
            h1 + h2 <= height and ((l1 <= l2 and w1 <= w2) or (l1 >= l2 and w1 >= w2))
            for (l1, w1, h1), (l2, w2, h2) in product(ones, others)
        )

    def _spans_in(self, number: int, edges: tuple[int, int, int]) -> Spans | None:
        """Return the least that a unit of a kind takes along each edge of a space; None where it does not fit."""
        key = number, edges
        if key not in self._spans:
            fitting = _turns_in(self.kinds[number].extents_um, edges)
            self._spans[key] = tuple(map(min, zip(*fitting, strict=True))) if fitting else None
        return self._spans[key]


def _apart(one: Spans, other: Spans, edges: tuple[int, int, int]) -> bool:
    """Whether some edge of a space takes two units one after the other; two that share a space are apart along one."""
    return one[0] + other[0] <= edges[0] or one[1] + other[1] <= edges[1] or one[2] + other[2] <= edges[2]


def _turns_in(extents: Sequence[Extents], edges: Extents) -> list[Extents]:
    """Return the extents of a unit that a space takes."""
    length, width, height = edges
    return [each for each in extents if each[0] <= length and each[1] <= width and each[2] <= height]


def _extents(line: Item) -> tuple[Extents, ...]:
    """Return how far a unit reaches along x, y and z in each way in which it may lie."""
    edges = line.edges_um
    if len(line.orientations) == len(ALL_ORIENTATIONS):
        return tuple(set(permutations(edges, 3)))
    return tuple({each.rotate(*edges) for each in line.orientations})
