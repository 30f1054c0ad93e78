"""Running sums of two catalogs on the same orders: differences order by order, and only of what can be compared."""

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from boxwright.domain.factor import CARRIED, Component
from boxwright.domain.footprint import Allocation
from boxwright.evaluation.bootstrap import Groups
from boxwright.evaluation.catalog_sums import FootprintSums
from boxwright.evaluation.comparison import Comparison, FootprintPair, Metric, MetricComparison
from boxwright.evaluation.outcome import FootprintFigures, Money, OrderOutcome, OrderStatus


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

    def add(self, firsts: Sequence[int], seconds: Sequence[int]) -> None:
        """Add the figures of orders with either catalog."""
        if not firsts:
            return
        self.first += sum(firsts)
        self.second += sum(seconds)
        self.lower += sum(map(operator.lt, seconds, firsts))
        self.higher += sum(map(operator.gt, seconds, firsts))
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
    """Sums of two catalogs over the orders that both pack whole; orders of the current batch wait for ``fold``."""

    orders: int = 0
    metrics: dict[MetricKey, MetricSums] = field(default_factory=dict)
    covered: dict[tuple[str, Allocation], CoveredSums] = field(default_factory=dict)
    batch: list[tuple[OrderOutcome, OrderOutcome]] = field(default_factory=list)

    def add(self, first: OrderOutcome, second: OrderOutcome) -> None:
        """Add an order."""
        if first.status is second.status is OrderStatus.PLANNED:
            self.batch.append((first, second))

    def fold(self) -> None:
        """Fold what was added one by one into sums."""
        if not self.batch:
            return
        firsts, seconds = zip(*self.batch, strict=True)
        self.batch = []
        self.orders += len(firsts)
        for metric, price in _PRICES:
            self._add_prices(MetricKey(metric), list(map(price, firsts)), list(map(price, seconds)))
        columns = zip(*map(_values, firsts), strict=True), zip(*map(_values, seconds), strict=True)
        for metric, one, other in zip(_VALUES, *columns, strict=True):
            self._sums(MetricKey(metric)).add(one, other)
        billed = [
            (first.chargeable_mg, second.chargeable_mg)
            for first, second in zip(firsts, seconds, strict=True)
            if first.chargeable_mg is not None and second.chargeable_mg is not None
        ]
        if billed:
            self._sums(_BILLED).add(*zip(*billed, strict=True))
        self._add_footprints(firsts, seconds)

    def _sums(self, key: MetricKey) -> MetricSums:
        if (sums := self.metrics.get(key)) is None:
            sums = self.metrics[key] = MetricSums()
        return sums

    def _add_prices(self, key: MetricKey, firsts: list[Money | None], seconds: list[Money | None]) -> None:
        """Add the prices of orders for which both are known."""
        known = [
            (one, other) for one, other in zip(firsts, seconds, strict=True) if one is not None and other is not None
        ]
        if known:
            sums = self._sums(key)
            sums.currencies |= {each.currency for both in known for each in both}
            sums.add([one.minor for one, _ in known], [other.minor for _, other in known])

    def _add_footprints(self, firsts: Sequence[OrderOutcome], seconds: Sequence[OrderOutcome]) -> None:
        """Add the footprints of orders, of each basis those for which both lack the same."""
        grams: dict[tuple[str, Allocation], list[tuple[FootprintFigures, FootprintFigures]]] = {}
        for first, second in zip(firsts, seconds, strict=True):
            for one, other in _against(first.footprints, second):
                if one.missing == other.missing:
                    grams.setdefault(one.key, []).append((one, other))
        for basis, pairs in grams.items():
            covered = self.covered.setdefault(basis, CoveredSums())
            for one, other in pairs:
                covered.first.add(one)
                covered.second.add(other)
            for metric, value in _GRAMS:
                two = [[value(each[side]) for each in pairs] for side in (0, 1)]
                self._sums(MetricKey(metric, *basis)).add(*two)

    def merge(self, other: "PairSums") -> None:
        """Add the sums over other orders; both are folded."""
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
                for key, sums in self.covered.items()
            ),
        )

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
        for basis, covered in self.covered.items():
            stated = covered.first.co2e_mg.keys() | covered.second.co2e_mg.keys()
            for metric, _ in _GRAMS:
                if not _unstated(metric, stated):
                    key = MetricKey(metric, *basis)
                    yield self.metrics[key].compared(key)


def _unstated(metric: Metric, stated: set[Component]) -> bool:
    """Whether no line states what a metric is of: that is missing, not zero."""
    if metric is Metric.CO2E_PACKAGING:
        return stated <= CARRIED
    return metric is Metric.CO2E_TRANSPORT and stated.isdisjoint(CARRIED)


def _against(figures: Sequence[FootprintFigures], second: OrderOutcome) -> Iterator[tuple[FootprintFigures, ...]]:
    """Yield footprints with those of another outcome of the same profile and allocation."""
    others = second.footprints
    if len(figures) == len(others) and all(one.key == other.key for one, other in zip(figures, others, strict=True)):
        yield from zip(figures, others, strict=True)
        return
    for one in figures:
        if (against := second.footprint(one.key)) is not None:
            yield one, against


def _values(outcome: OrderOutcome) -> tuple[int, ...]:
    """Return the figures of an order that are never missing, as ``_VALUES`` names them."""
    if len(outcome.parcels) == 1:
        (parcel,) = outcome.parcels
        outer, inner, goods = parcel.outer_um3, parcel.inner_um3, parcel.goods_um3
    else:
        outer, inner, goods = outcome.outer_um3, outcome.inner_um3, outcome.goods_um3
    packaging = sum([mass for _, mass in outcome.packaging_mg])
    return len(outcome.parcels), outer, inner, inner - goods, packaging, outcome.gross_mg


_VALUES = (
    *(Metric.PARCELS, Metric.OUTER_VOLUME, Metric.INNER_VOLUME, Metric.EMPTY_VOLUME),
    *(Metric.PACKAGING, Metric.GROSS),
)
_BILLED = MetricKey(Metric.CHARGEABLE)
_PRICES: tuple[tuple[Metric, Callable[[OrderOutcome], Money | None]], ...] = (
    (Metric.PRICE, attrgetter("price")),
    (Metric.PACKAGING_PRICE, attrgetter("packaging_price")),
    (Metric.CARRIAGE_PRICE, attrgetter("carriage_price")),
)
_GRAMS: tuple[tuple[Metric, Callable[[FootprintFigures], int]], ...] = (
    (Metric.CO2E, attrgetter("total_mg")),
    (Metric.CO2E_PACKAGING, attrgetter("packaging_mg")),
    (Metric.CO2E_TRANSPORT, attrgetter("transport_mg")),
)
