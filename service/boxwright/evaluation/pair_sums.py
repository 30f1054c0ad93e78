"""Running sums of two catalogs on the same orders: differences order by order, and only of what can be compared."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from boxwright.domain.factor import CARRIED, Component
from boxwright.domain.footprint import Allocation
from boxwright.evaluation.amounts import (
    CHARGEABLE,
    GROSS,
    PACKAGING,
    TOTAL,
    TRANSPORT,
    Basis,
    Ints,
    Known,
    Shape,
    sum_of,
    sums_of,
)
from boxwright.evaluation.bootstrap import Groups
from boxwright.evaluation.catalog_sums import FootprintSums
from boxwright.evaluation.columns import Columns, Names
from boxwright.evaluation.comparison import Comparison, FootprintPair, Metric, MetricComparison


class MetricKey(NamedTuple):
    """A metric; of CO2e with profile and allocation."""

    metric: Metric
    profile_id: str = ""
    allocation: Allocation | None = None


@dataclass
class MetricSums:
    """One metric over orders."""

    first: int = 0
    second: int = 0
    lower: int = 0
    higher: int = 0
    groups: Groups = field(default_factory=Groups)
    currencies: set[str] = field(default_factory=set)

    def add(self, firsts: Ints, seconds: Ints) -> None:
        """Add the figures of orders with either catalog, (n,)."""
        if not len(firsts):
            return
        self.first += sum_of(firsts)
        self.second += sum_of(seconds)
        self.lower += int(np.count_nonzero(seconds < firsts))
        self.higher += int(np.count_nonzero(seconds > firsts))
        self.groups.add(np.array([firsts, seconds], dtype=np.float64))

    def merge(self, other: "MetricSums") -> None:
        """Add the sums over other orders."""
        self.first += other.first
        self.second += other.second
        self.lower += other.lower
        self.higher += other.higher
        self.groups.merge(other.groups)
        self.currencies |= other.currencies

    def compared(self, key: MetricKey) -> MetricComparison:
        """Return the sums as a comparison."""
        return MetricComparison(
            key.metric,
            *(self.groups.orders, self.first, self.second, self.lower, self.higher),
            profile_id=key.profile_id,
            allocation=key.allocation,
            currency=next(iter(self.currencies), ""),
            interval=self.groups.interval(),
        )


@dataclass
class CoveredSums:
    """Footprints of both catalogs over the orders for which both lack the same factors, or none."""

    first: FootprintSums = field(default_factory=FootprintSums)
    second: FootprintSums = field(default_factory=FootprintSums)

    def merge(self, other: "CoveredSums") -> None:
        """Add the sums over other orders."""
        self.first.merge(other.first)
        self.second.merge(other.second)


@dataclass
class PairSums:
    """Sums of two catalogs over the orders that both pack whole."""

    orders: int = 0
    metrics: dict[MetricKey, MetricSums] = field(default_factory=dict)
    covered: dict[Basis, CoveredSums] = field(default_factory=dict)

    def add(self, first: Columns, second: Columns) -> None:
        """Add orders that both pack whole."""
        self.orders += len(first)
        for metric, name in _PRICES:
            self._add_prices(MetricKey(metric), getattr(first, name), getattr(second, name))
        for metric, one, other in zip(_VALUES, _values(first), _values(second), strict=True):
            self._sums(MetricKey(metric)).add(one, other)
        (one, billed), (other, billed_too) = (each.numbers(_billed_place) for each in (first, second))
        if (both := billed & billed_too).any():
            self._sums(_BILLED).add(one[both], other[both])
        for basis in dict.fromkeys(basis for group in first.groups for basis in group.shape.spans):
            self._add_footprints(basis, first, second)

    def _sums(self, key: MetricKey) -> MetricSums:
        if (sums := self.metrics.get(key)) is None:
            sums = self.metrics[key] = MetricSums()
        return sums

    def _add_prices(self, key: MetricKey, first: tuple[Ints, Names], second: tuple[Ints, Names]) -> None:
        """Add the prices of orders for which both are known."""
        known = (first[1] != "") & (second[1] != "")
        if known.any():
            sums = self._sums(key)
            sums.currencies |= {*first[1][known], *second[1][known]}
            sums.add(first[0][known], second[0][known])

    def _add_footprints(self, basis: Basis, first: Columns, second: Columns) -> None:
        """Add the footprints on a basis of the orders for which both lack the same."""
        missing = [
            each.each(lambda shape: shape.spans[basis][0].missing if basis in shape.spans else None)
            for each in (first, second)
        ]
        alike = np.array([one is not None and one == other for one, other in zip(*missing, strict=True)])
        covered = self.covered.setdefault(basis, CoveredSums())  # in the order of the profiles, whatever orders lack
        if not alike.any():
            return
        for sums, columns in ((covered.first, first), (covered.second, second)):
            for group in columns.groups:
                rows = group.rows[alike[group.places]]
                if len(rows):
                    shape, start, end = group.shape.spans[basis]
                    sums.add(shape, sums_of(rows[:, start:end]), len(rows))
        grams = [_grams(each, basis, alike) for each in (first, second)]
        for metric, one, other in zip(_GRAMS, *grams, strict=True):
            self._sums(MetricKey(metric, *basis)).add(one, other)

    def merge(self, other: "PairSums") -> None:
        """Add the sums over other orders."""
        self.orders += other.orders
        for key, sums in other.metrics.items():
            self._sums(key).merge(sums)
        for basis, covered in other.covered.items():
            self.covered.setdefault(basis, CoveredSums()).merge(covered)

    def comparison(self, first: int, second: int) -> Comparison:
        """Return the sums as the comparison of the catalogs at two positions."""
        return Comparison(
            first,
            second,
            self.orders,
            tuple(self._compared()),
            tuple(
                FootprintPair(sums.first.figures(key), sums.second.figures(key), sums.first.orders)
                for key, sums in self._footprints.items()
            ),
        )

    @property
    def _footprints(self) -> dict[Basis, CoveredSums]:
        """Footprints by basis, of those on which there are any to compare."""
        return {basis: sums for basis, sums in self.covered.items() if sums.first.orders}

    def _compared(self) -> Iterator[MetricComparison]:
        """Yield the metrics: money first, CO2e last."""
        for metric, _ in _PRICES:
            sums = self.metrics.get(MetricKey(metric))
            if sums is not None and len(sums.currencies) == 1:
                yield sums.compared(MetricKey(metric))
        for metric in _VALUES:
            yield self.metrics.get(MetricKey(metric), MetricSums()).compared(MetricKey(metric))
        if _BILLED in self.metrics:
            yield self.metrics[_BILLED].compared(_BILLED)
        for basis, covered in self._footprints.items():
            stated = covered.first.co2e_mg.keys() | covered.second.co2e_mg.keys()
            for metric in _GRAMS:
                if not _unstated(metric, stated):
                    key = MetricKey(metric, *basis)
                    yield self.metrics[key].compared(key)


def _unstated(metric: Metric, stated: set[Component]) -> bool:
    """Whether no line states what a metric is of: that is missing, not zero."""
    if metric is Metric.CO2E_PACKAGING:
        return stated <= CARRIED
    return metric is Metric.CO2E_TRANSPORT and stated.isdisjoint(CARRIED)


def _values(columns: Columns) -> Iterator[Ints]:
    """Yield the figures of orders that are never missing, as ``_VALUES`` names them."""
    yield columns.parcels
    yield columns.outer_um3
    yield columns.inner_um3
    yield columns.inner_um3 - columns.goods_um3
    yield columns.numbers(lambda _: PACKAGING)[0]
    yield columns.numbers(lambda _: GROSS)[0]


def _billed_place(shape: Shape) -> int | None:
    return CHARGEABLE if shape.billed else None


def _grams(columns: Columns, basis: Basis, which: Known) -> tuple[Ints, ...]:
    """Return the figures of some orders on a basis, as ``_GRAMS`` names them."""
    total, transport = (columns.in_span(basis, place)[0][which] for place in (TOTAL, TRANSPORT))
    return total, total - transport, transport


_VALUES = (
    *(Metric.PARCELS, Metric.OUTER_VOLUME, Metric.INNER_VOLUME, Metric.EMPTY_VOLUME),
    *(Metric.PACKAGING, Metric.GROSS),
)
_BILLED = MetricKey(Metric.CHARGEABLE)
_PRICES = (
    (Metric.PRICE, "price"),
    (Metric.PACKAGING_PRICE, "packaging_price"),
    (Metric.CARRIAGE_PRICE, "carriage_price"),
)
_GRAMS = (Metric.CO2E, Metric.CO2E_PACKAGING, Metric.CO2E_TRANSPORT)
