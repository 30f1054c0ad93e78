"""What became of many orders with one variant, as columns: outcomes of one shape are summed, and written, together."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from boxwright.evaluation.amounts import (
    CARRIAGE_PRICE,
    INNER,
    OUTER,
    PACKAGING_PRICE,
    PARCELS,
    Amounts,
    Basis,
    Floats,
    Ints,
    Known,
    Shape,
    coded,
    quotients,
    whole_numbers,
)
from boxwright.evaluation.outcome import OrderOutcome, OrderStatus
from boxwright.lazy import cached_property

Names = NDArray[np.object_]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Group:
    """The outcomes of one shape.

    Attributes
    ----------
    shape : Shape
        The shape.
    places : Ints, (n,)
        Which outcomes, rising.
    rows : Ints, (n, m)
        Their amounts.
    """

    shape: Shape
    places: Ints
    rows: Ints


class Columns:
    """What became of some orders with one variant.

    Parameters
    ----------
    outcomes : sequence of OrderOutcome
        Of each order, in their order.
    amounts : sequence of Amounts
        Theirs.
    groups : list of Group
        The outcomes by shape, that of the first outcome first.
    """

    def __init__(self, outcomes: Sequence[OrderOutcome], amounts: Sequence[Amounts], groups: list[Group]) -> None:
        self.outcomes, self.amounts, self.groups = outcomes, amounts, groups
        self._parts: dict[bytes, Columns] = {}

    @classmethod
    def of(cls, outcomes: Sequence[OrderOutcome]) -> Columns:
        """Return the columns of orders."""
        found: dict[int, list[int]] = {}
        amounts = [each.amounts for each in outcomes]
        for place, each in enumerate(amounts):
            found.setdefault(id(each.shape), []).append(place)
        groups = [
            Group(
                amounts[places[0]].shape,
                np.array(places),
                np.concatenate([amounts[place].row for place in places]).reshape(len(places), -1),
            )
            for places in found.values()
        ]
        return cls(outcomes, amounts, groups)

    def __len__(self) -> int:
        return len(self.outcomes)

    @cached_property
    def planned(self) -> Known:
        """Which orders are packed whole."""
        return np.array([each.status is OrderStatus.PLANNED for each in self.outcomes], dtype=bool)

    def taken(self, which: Known) -> Columns:
        """Return the columns of some of the orders: the same ones whenever the same orders are asked for."""
        if which.all():
            return self
        key = which.tobytes()
        if key not in self._parts:
            self._parts[key] = self._part(which)
        return self._parts[key]

    def _part(self, which: Known) -> Columns:
        place, groups = np.cumsum(which) - 1, list[Group]()
        for group in self.groups:
            rows = which[group.places]
            if rows.any():
                groups.append(Group(group.shape, place[group.places[rows]], group.rows[rows]))
        groups.sort(key=lambda group: int(group.places[0]))
        return Columns(taken(self.outcomes, which), taken(self.amounts, which), groups)

    def each(self, of: Callable[[Shape], Value]) -> list[Value]:
        """Return what a function says of the shape of each outcome."""
        if len(self.groups) == 1:
            return [of(self.groups[0].shape)] * len(self)
        found: list[Any] = [None] * len(self)
        for group in self.groups:
            value = of(group.shape)
            for place in group.places.tolist():
                found[place] = value
        return found

    def numbers(self, of: Callable[[Shape], int | None]) -> tuple[Ints, Known]:
        """Return the amount in the place that a function says of each shape, and whether it says one; else it is 0."""
        if len(self.groups) == 1 and (place := of(self.groups[0].shape)) is not None:
            return self.groups[0].rows[:, place], np.ones(len(self), dtype=bool)
        wide = any(group.rows.dtype == object for group in self.groups)
        found, known = np.zeros(len(self), dtype=object if wide else np.int64), np.zeros(len(self), dtype=bool)
        for group in self.groups:
            if (place := of(group.shape)) is not None:
                found[group.places] = group.rows[:, place]
                known[group.places] = True
        return found, known

    def in_span(self, basis: Basis, place: int) -> tuple[Ints, Known]:
        """Return an amount of the footprint on a basis, as ``numbers`` does."""
        return self.numbers(lambda shape: shape.spans[basis][1] + place if basis in shape.spans else None)

    @cached_property
    def unit_counts(self) -> list[int]:
        """Units of each order."""
        return [each.unit_count for each in self.outcomes]

    @cached_property
    def boxes(self) -> tuple[list[tuple[str, ...]], Ints]:
        """The box types of the parcels of each order: what there is of them, and the place of each order's."""
        return coded([each.boxes for each in self.amounts])

    @cached_property
    def box_use(self) -> Counter[str]:
        """Parcels by box type."""
        found = Counter[str]()
        boxes, places = self.boxes
        for each, orders in zip(boxes, np.bincount(places, minlength=len(boxes)).tolist(), strict=True):
            for box in each:
                found[box] += orders
        return found

    @cached_property
    def empty_space_ratios(self) -> Floats:
        """Share of the inner volume not taken by goods of each parcel that has a box, 0 to 1; lone ones come first."""
        lone = (self.parcels == 1) & (self.inner_um3 > 0)
        ratios = 1 - quotients(self.goods_um3[lone], self.inner_um3[lone])
        others = itertools.chain.from_iterable(each.parcels for each in taken(self.outcomes, ~lone))
        return np.append(ratios, [each.empty_space_ratio for each in others if each.inner_um3])

    @cached_property
    def parcels(self) -> Ints:
        """Parcels of each order."""
        return self.numbers(lambda _: PARCELS)[0]

    @cached_property
    def outer_um3(self) -> Ints:
        """Outer volume of the parcels of each order, in cubic um."""
        return self.numbers(lambda _: OUTER)[0]

    @cached_property
    def inner_um3(self) -> Ints:
        """Inner volume of the boxes of each order, in cubic um."""
        return self.numbers(lambda _: INNER)[0]

    @cached_property
    def goods_um3(self) -> Ints:
        """Volume of the packed goods of each order, in cubic um."""
        every = [each.parcels for each in self.outcomes]
        return whole_numbers(
            [each[0].goods_um3 if len(each) == 1 else sum([parcel.goods_um3 for parcel in each]) for each in every]
        )

    @cached_property
    def packaging_price(self) -> tuple[Ints, Names]:
        """Price of packaging of each order, in minor units, and its currency; that is empty where it is not known."""
        return self.numbers(lambda _: PACKAGING_PRICE)[0], self._names(lambda shape: shape.packaging_currency)

    @cached_property
    def carriage_price(self) -> tuple[Ints, Names]:
        """Price of carriage, as that of packaging."""
        return self.numbers(lambda _: CARRIAGE_PRICE)[0], self._names(lambda shape: shape.carriage_currency)

    @cached_property
    def price(self) -> tuple[Ints, Names]:
        """Of packaging and carriage, where both are known in one currency; see ``Cost.price``."""
        (packaging, one), (carriage, other) = self.packaging_price, self.carriage_price
        return packaging + carriage, np.where(one == other, one, "")

    def _names(self, of: Callable[[Shape], str]) -> Names:
        return np.array(self.each(of), dtype=object)


def columns_of(outcomes: Sequence[Sequence[OrderOutcome]], variants: int) -> list[Columns]:
    """Return the outcomes of some orders, each with every variant, as the columns of each variant."""
    return [Columns.of([each[index] for each in outcomes]) for index in range(variants)]


def taken(values: Sequence[Value], which: Known) -> Sequence[Value]:
    """Return some of the values."""
    return values if which.all() else list(itertools.compress(values, which.tolist()))
