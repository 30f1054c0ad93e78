"""What an outcome adds to sums, as a row of numbers: outcomes that are made from one plan share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from boxwright.lazy import cached_property

if TYPE_CHECKING:
    from boxwright.domain.factor import Component, CoverageCell
    from boxwright.domain.footprint import Allocation
    from boxwright.domain.handling_mark import HandlingMark
    from boxwright.domain.lack import Lack
    from boxwright.domain.plan import ProofStatus
    from boxwright.evaluation.outcome import FootprintFigures, OrderOutcome, OrderStatus

Ints = NDArray[np.int64]
"""Whole numbers; of Python's own kind where 64 bits do not hold one of them."""
Floats = NDArray[np.float64]
Known = NDArray[np.bool_]
Value = TypeVar("Value")
Basis = tuple[str, "Allocation"]

PARCELS, OUTER, INNER, GROSS, CHARGEABLE, PACKAGING_PRICE, CARRIAGE_PRICE, PACKAGING = range(8)
"""Places in the row of every outcome: a count, cubic um twice, mg twice, minor units twice, mg."""
TOTAL, TRANSPORT, ABSOLUTE, UNVERIFIED, KINDS = range(5)
"""Places in the span of a footprint, in mg CO2e; from ``KINDS`` on one for each component that it states."""
_LOW = 32
_FLOAT = 53
_SHAPES = 4_096


@dataclass(frozen=True, slots=True)
class FootprintShape:
    """All of a footprint's figures but the amounts; see ``FootprintFigures``."""

    basis: Basis
    kinds: tuple[Component, ...]
    missing: frozenset[Lack]
    hubs_unstated: bool
    coverage: tuple[CoverageCell, ...]


@dataclass(frozen=True)
class Shape:
    """All that outcomes share whose amounts stand in the same places; see ``OrderOutcome``.

    Attributes
    ----------
    shipped, billed : bool
        Whether there are parcels, and whether a carrier bills them.
    packaging_currency, carriage_currency : str
        Empty where the price is not known.
    kinds : tuple of Component
        Kinds of packaging, whose masses stand after the places of every outcome, and before the footprints.
    """

    status: OrderStatus
    proof: ProofStatus | None
    versions: tuple[str, ...]
    shipped: bool
    billed: bool
    packaging_currency: str
    carriage_currency: str
    unpriced: tuple[str, ...]
    kinds: tuple[Component, ...]
    footprints: tuple[FootprintShape, ...]

    @cached_property
    def masses(self) -> dict[Component, int]:
        """Where the mass of each kind of packaging stands."""
        return {kind: place for place, kind in enumerate(self.kinds, start=PACKAGING + 1)}

    @cached_property
    def spans(self) -> dict[Basis, tuple[FootprintShape, int, int]]:
        """Each footprint, and where its span begins and ends."""
        found, first = {}, PACKAGING + 1 + len(self.kinds)
        for each in self.footprints:
            end = first + KINDS + len(each.kinds)
            found[each.basis] = each, first, end
            first = end
        return found


@dataclass(frozen=True, slots=True)
class Amounts:
    """The amounts of an outcome that depend on nothing but boxes and masses.

    Attributes
    ----------
    shape : Shape
        Of what they are.
    row : Ints, (n,)
        The amounts, in the places that the shape gives them.
    boxes : tuple of str
        Box type of each parcel; empty for an own container.
    marks : tuple of HandlingMark
        Of all parcels.
    """

    shape: Shape
    row: Ints
    boxes: tuple[str, ...]
    marks: tuple[HandlingMark, ...]

    @classmethod
    def of(cls, outcome: OrderOutcome) -> Amounts:
        """Return the amounts of an outcome."""
        packaging, carriage = outcome.packaging_price, outcome.carriage_price
        shape = Shape(
            outcome.status,
            outcome.proof,
            outcome.versions,
            shipped=bool(outcome.parcels),
            billed=outcome.chargeable_mg is not None,
            packaging_currency="" if packaging is None else packaging.currency,
            carriage_currency="" if carriage is None else carriage.currency,
            unpriced=outcome.unpriced,
            kinds=tuple(kind for kind, _ in outcome.packaging_mg),
            footprints=tuple(map(_footprint_shape, outcome.footprints)),
        )
        masses = [mass for _, mass in outcome.packaging_mg]
        parcels = outcome.parcels
        row = [
            len(parcels),
            outcome.outer_um3,
            outcome.inner_um3,
            outcome.gross_mg,
            outcome.chargeable_mg or 0,
            0 if packaging is None else packaging.minor,
            0 if carriage is None else carriage.minor,
            sum(masses),
            *masses,
        ]
        for each in outcome.footprints:
            row += (each.total_mg, each.transport_mg, each.absolute_mg, each.unverified_mg)
            row += (grams for _, grams in each.co2e_mg)
        boxes = tuple(each.box_type_id for each in parcels)
        marks = tuple(mark for each in parcels for mark in each.handling_marks)
        return cls(_one_of(shape), whole_numbers(row), boxes, marks)


def _footprint_shape(figures: FootprintFigures) -> FootprintShape:
    kinds = tuple(kind for kind, _ in figures.co2e_mg)
    return FootprintShape(figures.key, kinds, figures.missing, figures.hubs_unstated, figures.coverage)


@lru_cache(maxsize=_SHAPES)
def _one_of(shape: Shape) -> Shape:
    """Return one object for all equal shapes, so that identity is enough to compare them."""
    return shape


def whole_numbers(values: Sequence[int]) -> Ints:
    """Return whole numbers as an array."""
    try:
        return np.array(values, dtype=np.int64)
    except OverflowError:
        return np.array(values, dtype=object)


def sums_of(rows: Ints) -> list[int]:
    """Return the exact sum of each column of an array."""
    if rows.dtype == object:
        return [int(each) for each in rows.sum(axis=0)]
    high, low = (rows >> _LOW).sum(axis=0), (rows & (1 << _LOW) - 1).sum(axis=0)
    return [(one << _LOW) + other for one, other in zip(high.tolist(), low.tolist(), strict=True)]


def sum_of(values: Ints) -> int:
    """Return the exact sum of an array."""
    return sums_of(values[:, None])[0] if len(values) else 0


def coded(values: Sequence[Value]) -> tuple[list[Value], Ints]:
    """Return what there is of values, in the order in which it occurs first, and the place of each value in that."""
    kinds = list(dict.fromkeys(values))
    if len(kinds) == 1:
        return kinds, np.zeros(len(values), dtype=np.int64)
    known = {kind: place for place, kind in enumerate(kinds)}
    return kinds, np.array([known[each] for each in values], dtype=np.int64)


def runs_of(values: Ints) -> tuple[Ints, Ints]:
    """Return places of values that bring equal ones together, each value's rising, and where its places begin.

    The value that occurs first comes first.
    """
    _, first, number = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first[number], kind="stable")
    return order, np.flatnonzero(np.diff(first[number][order], prepend=-1))


def sums_from(values: Ints, starts: Ints) -> list[int]:
    """Return the exact sum of values from each start to the next."""
    if not len(starts):
        return []
    if values.dtype == object:
        return [int(each) for each in np.add.reduceat(values, starts)]
    high, low = (np.add.reduceat(each, starts).tolist() for each in (values >> _LOW, values & (1 << _LOW) - 1))
    return [(one << _LOW) + other for one, other in zip(high, low, strict=True)]


def quotients(values: Ints, divisors: Ints) -> Floats:
    """Return values by divisors, each rounded once, as Python does: a float holds most values, but not all."""
    if object in (values.dtype, divisors.dtype):
        return np.array([int(one) / int(other) for one, other in zip(values, divisors, strict=True)], np.float64)
    found = values / divisors
    for place in np.flatnonzero(~(_held(values) & _held(divisors))).tolist():
        found[place] = int(values[place]) / int(divisors[place])
    return found


def _held(values: Ints) -> Known:
    """Return which values a float holds: but for zeros at their end, they have at most 53 bits."""
    held: Known = (np.abs(values) >> _FLOAT < (values & -values)) | (values == 0)
    return held
