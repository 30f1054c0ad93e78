"""Running sums over what became of orders with one catalog: they grow with kinds of things, not with orders."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from boxwright.domain.factor import Component, CoverageCell
from boxwright.domain.footprint import Allocation
from boxwright.domain.handling_mark import HandlingMark
from boxwright.domain.lack import Lack
from boxwright.domain.plan import ProofStatus, UnpackedReason
from boxwright.evaluation.amounts import (
    ABSOLUTE,
    CARRIAGE_PRICE,
    CHARGEABLE,
    GROSS,
    KINDS,
    PACKAGING_PRICE,
    UNVERIFIED,
    FootprintShape,
    sum_of,
    sums_of,
)
from boxwright.evaluation.columns import Columns, Group
from boxwright.evaluation.outcome import FootprintFigures, Money, OrderOutcome, OrderStatus
from boxwright.evaluation.totals import CatalogTotals

_RATIO_STEPS = 100_000
"""Steps to which the empty space of a parcel is kept for the median."""


@dataclass
class FootprintSums:
    """Sums of footprints of one profile and allocation; what any of them lacks, the sum lacks."""

    co2e_mg: Counter[Component] = field(default_factory=Counter)
    absolute_mg: int = 0
    unverified_mg: int = 0
    missing: frozenset[Lack] = frozenset()
    hubs_unstated: bool = False
    coverage: tuple[CoverageCell, ...] = ()
    orders: int = 0

    def add(self, shape: FootprintShape, amounts: Sequence[int], orders: int) -> None:
        """Add the sums of the footprints of so many orders, as a span of ``Columns`` has them."""
        for kind, amount in zip(shape.kinds, amounts[KINDS:], strict=True):
            self.co2e_mg[kind] += amount
        self.absolute_mg += amounts[ABSOLUTE]
        self.unverified_mg += amounts[UNVERIFIED]
        self.missing |= shape.missing
        self.hubs_unstated |= shape.hubs_unstated
        self.coverage = self.coverage or shape.coverage
        self.orders += orders

    def merge(self, other: "FootprintSums") -> None:
        """Add the sums over other orders."""
        for kind, amount in other.co2e_mg.items():
            self.co2e_mg[kind] += amount
        self.absolute_mg += other.absolute_mg
        self.unverified_mg += other.unverified_mg
        self.missing |= other.missing
        self.hubs_unstated |= other.hubs_unstated
        self.coverage = self.coverage or other.coverage
        self.orders += other.orders

    def figures(self, key: tuple[str, Allocation]) -> FootprintFigures:
        """Return the sums as figures of a profile and allocation."""
        return FootprintFigures(
            *key,
            co2e_mg=tuple((kind, self.co2e_mg[kind]) for kind in Component if kind in self.co2e_mg),
            absolute_mg=self.absolute_mg,
            unverified_mg=self.unverified_mg,
            missing=self.missing,
            hubs_unstated=self.hubs_unstated,
            coverage=self.coverage,
        )


@dataclass
class MoneySums:
    """Sums of prices by currency, and how many there are."""

    minor: Counter[str] = field(default_factory=Counter)
    orders: int = 0

    def add(self, minor: int, currency: str, orders: int) -> None:
        """Add the sum of the prices of so many orders, if they are known: then they have a currency."""
        if currency:
            self.minor[currency] += minor
            self.orders += orders

    def merge(self, other: "MoneySums") -> None:
        """Add the prices of other orders."""
        for currency, minor in other.minor.items():
            self.minor[currency] += minor
        self.orders += other.orders

    def total(self, orders: int) -> Money | None:
        """Return the sum; None unless the prices of so many orders are known, in one currency."""
        if self.orders < orders or len(self.minor) != 1:
            return None
        ((currency, minor),) = self.minor.items()
        return Money(minor, currency)


@dataclass
class CatalogSums:
    """Sums over the outcomes added so far; see ``CatalogTotals`` for what they are of."""

    statuses: Counter[OrderStatus] = field(default_factory=Counter)
    units: int = 0
    packed_units: int = 0
    shipped: int = 0
    parcels: int = 0
    marks: Counter[HandlingMark] = field(default_factory=Counter)
    boxes: Counter[str] = field(default_factory=Counter)
    inner_um3: int = 0
    outer_um3: int = 0
    goods_um3: int = 0
    empty: Counter[int] = field(default_factory=Counter)
    packaging_mg: Counter[Component] = field(default_factory=Counter)
    gross_mg: int = 0
    billed_mg: int = 0
    billed: int = 0
    packaging_price: MoneySums = field(default_factory=MoneySums)
    carriage_price: MoneySums = field(default_factory=MoneySums)
    unpriced: set[str] = field(default_factory=set)
    footprints: dict[tuple[str, Allocation], FootprintSums] = field(default_factory=dict)
    unpacked: Counter[UnpackedReason] = field(default_factory=Counter)
    held: Counter[OrderStatus] = field(default_factory=Counter)
    proofs: Counter[ProofStatus] = field(default_factory=Counter)
    seconds: Counter[float] = field(default_factory=Counter)

    def add(self, columns: Columns) -> None:
        """Add what became of orders."""
        outcomes = columns.outcomes
        units, packed_units = columns.unit_counts, [each.packed_units for each in outcomes]
        self.units += sum(units)
        self.packed_units += sum(packed_units)
        for outcome in outcomes if packed_units != units else ():
            if outcome.packed_units != outcome.unit_count:
                self._add_left_out(outcome)
        for seconds, orders in three_digits([each.cpu_s for each in outcomes]):
            self.seconds[seconds] += orders
        for group in columns.groups:
            self._add_group(group)
        self._add_parcels(columns)

    def _add_left_out(self, outcome: OrderOutcome) -> None:
        for unit in outcome.unpacked:
            self.unpacked[unit.reason] += 1
        if held := outcome.unit_count - outcome.packed_units - len(outcome.unpacked):
            self.held[outcome.status] += held

    def _add_group(self, group: Group) -> None:
        shape, orders = group.shape, len(group.places)
        self.statuses[shape.status] += orders
        if shape.proof is not None:
            self.proofs[shape.proof] += orders
        if not shape.shipped:
            return
        sums = sums_of(group.rows)
        self.shipped += orders
        for kind, place in shape.masses.items():
            self.packaging_mg[kind] += sums[place]
        self.gross_mg += sums[GROSS]
        if shape.billed:
            self.billed += orders
            self.billed_mg += sums[CHARGEABLE]
        self.packaging_price.add(sums[PACKAGING_PRICE], shape.packaging_currency, orders)
        self.carriage_price.add(sums[CARRIAGE_PRICE], shape.carriage_currency, orders)
        self.unpriced.update(shape.unpriced)
        for basis, (footprint, first, end) in shape.spans.items():
            self.footprints.setdefault(basis, FootprintSums()).add(footprint, sums[first:end], orders)

    def _add_parcels(self, columns: Columns) -> None:
        self.parcels += sum_of(columns.parcels)
        self.boxes.update(columns.box_use)
        self.inner_um3 += sum_of(columns.inner_um3)
        self.outer_um3 += sum_of(columns.outer_um3)
        self.goods_um3 += sum_of(columns.goods_um3)
        self.empty.update(np.rint(columns.empty_space_ratios * _RATIO_STEPS).astype(np.int64).tolist())
        self.marks.update([mark for each in columns.amounts for mark in each.marks])

    def merge(self, other: "CatalogSums") -> None:
        """Add the sums over other orders."""
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in _COUNTERS:
            mine: Counter[object] = getattr(self, name)
            for key, count in getattr(other, name).items():
                mine[key] += count
        self.packaging_price.merge(other.packaging_price)
        self.carriage_price.merge(other.carriage_price)
        self.unpriced |= other.unpriced
        for key, sums in other.footprints.items():
            self.footprints.setdefault(key, FootprintSums()).merge(sums)

    def with_sums(self, other: "CatalogSums") -> "CatalogSums":
        """Return the sums over these and other orders."""
        both = CatalogSums()
        both.merge(self)
        both.merge(other)
        return both

    def totals(self, box_type_ids: Sequence[str]) -> CatalogTotals:
        """Return the sums, of a catalog that has these box types."""
        return CatalogTotals(
            orders=tuple((status, self.statuses[status]) for status in OrderStatus),
            unit_count=self.units,
            packed_units=self.packed_units,
            parcels=self.parcels,
            handling_marks=tuple((mark, self.marks[mark]) for mark in HandlingMark if self.marks[mark]),
            box_use=tuple((each, self.boxes[each]) for each in box_type_ids),
            inner_um3=self.inner_um3,
            outer_um3=self.outer_um3,
            goods_um3=self.goods_um3,
            median_empty_space_ratio=_median(self.empty) / _RATIO_STEPS,
            packaging_mg=tuple((kind, self.packaging_mg[kind]) for kind in Component if kind in self.packaging_mg),
            gross_mg=self.gross_mg,
            chargeable_mg=self.billed_mg if self.shipped and self.billed == self.shipped else None,
            packaging_price=self.packaging_price.total(self.shipped),
            carriage_price=self.carriage_price.total(self.shipped),
            unpriced=tuple(sorted(self.unpriced)),
            footprints=tuple(sums.figures(key) for key, sums in self.footprints.items()),
            unpacked=tuple((reason, self.unpacked[reason]) for reason in UnpackedReason if self.unpacked[reason]),
            held=tuple((status, self.held[status]) for status in OrderStatus if self.held[status]),
            proved=self.proofs[ProofStatus.PROVED],
            certificates=self.proofs.total(),
            cpu_p50_s=nearest_rank(self.seconds, 0.50),
            cpu_p99_s=nearest_rank(self.seconds, 0.99),
        )


_NUMBERS = (
    *("units", "packed_units", "shipped", "parcels", "inner_um3", "outer_um3", "goods_um3"),
    *("gross_mg", "billed_mg", "billed"),
)
_COUNTERS = ("statuses", "marks", "boxes", "empty", "packaging_mg", "unpacked", "held", "proofs", "seconds")


def three_digits(values: Sequence[float]) -> Iterator[tuple[float, int]]:
    """Yield values to three digits, each with how many have them: as many as anyone reads, and a bounded number.

    Of 0 and less that is 0.
    """
    numbers = np.array(values, dtype=np.float64)
    numbers = np.where(numbers > 0, numbers, 0)
    exponents = np.floor(np.log10(numbers, where=numbers > 0, out=np.zeros_like(numbers))) - 2
    digits = np.rint(numbers / 10.0**exponents)
    for (digit, exponent), count in Counter(zip(digits.tolist(), exponents.tolist(), strict=True)).items():
        yield float(f"{digit:.0f}e{exponent:.0f}"), count


def nearest_rank(counts: Counter[float], share: float) -> float:
    """Return the least value that at least a share of the values counted do not exceed; 0 for none."""
    rank, so_far = max(1, math.ceil(share * counts.total())), 0
    for value in sorted(counts):
        so_far += counts[value]
        if so_far >= rank:
            return value
    return 0.0


def _median(counts: Counter[int]) -> float:
    """Return the median of the values counted; 0 for none."""
    if not counts:
        return 0.0
    total, ends = counts.total(), 0
    middle: dict[int, int] = {}
    for value in sorted(counts):
        ends += counts[value]
        for rank in ((total - 1) // 2, total // 2):
            if rank < ends:
                middle.setdefault(rank, value)
    return sum(middle.values()) / len(middle)
