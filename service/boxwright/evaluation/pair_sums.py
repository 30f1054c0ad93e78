"""Running sums of two catalogs on the same orders: differences order by order, and only of what can be compared."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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
    """One metric over orders; lists of the current batch are folded into sums by ``fold``."""

    first: int = 0
    second: int = 0
    lower: int = 0
    higher: int = 0
    groups: Groups = field(default_factory=Groups)
    currencies: set[str] = field(default_factory=set)
    batch: list[tuple[int, int]] = field(default_factory=list)

    def fold(self) -> None:
        """Fold what was added since into the sums."""
        if not self.batch:
            return
        firsts, seconds = zip(*self.batch, strict=True)
        self.first += sum(firsts)
        self.second += sum(seconds)
        self.lower += sum(second < first for first, second in self.batch)
        self.higher += sum(second > first for first, second in self.batch)
        self.groups.add(np.array([firsts, seconds], dtype=np.float64))
        self.batch = []

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
    covered: dict[tuple[str, Allocation], CoveredSums] = field(default_factory=dict)

    def add(self, first: OrderOutcome, second: OrderOutcome) -> None:
        """Add an order."""
        if not (first.status is second.status is OrderStatus.PLANNED):
            return
        self.orders += 1
        for metric, price in _PRICES:
            one, other = price(first), price(second)
            if one is not None and other is not None:
                sums = self._sums(MetricKey(metric))
                sums.currencies |= {one.currency, other.currency}
                sums.batch.append((one.minor, other.minor))
        for metric, value in _VALUES:
            self._sums(MetricKey(metric)).batch.append((value(first), value(second)))
        if first.chargeable_mg is not None and second.chargeable_mg is not None:
            self._sums(_BILLED).batch.append((first.chargeable_mg, second.chargeable_mg))
        for figures in first.footprints:
            against = second.footprint(figures.key)
            if against is not None and figures.missing == against.missing:
                self._add_footprints(figures, against)

    def _sums(self, key: MetricKey) -> MetricSums:
        if (sums := self.metrics.get(key)) is None:
            sums = self.metrics[key] = MetricSums()
        return sums

    def _add_footprints(self, one: FootprintFigures, other: FootprintFigures) -> None:
        covered = self.covered.setdefault(one.key, CoveredSums())
        covered.first.add(one)
        covered.second.add(other)
        for metric, value in _GRAMS:
            self._sums(MetricKey(metric, *one.key)).batch.append((value(one), value(other)))

    def fold(self) -> None:
        """Fold what was added one by one into sums."""
        for sums in self.metrics.values():
            sums.fold()

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
        for metric, _ in _VALUES:
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


_BILLED = MetricKey(Metric.CHARGEABLE)
_PRICES: tuple[tuple[Metric, Callable[[OrderOutcome], Money | None]], ...] = (
    (Metric.PRICE, lambda outcome: outcome.price),
    (Metric.PACKAGING_PRICE, lambda outcome: outcome.packaging_price),
    (Metric.CARRIAGE_PRICE, lambda outcome: outcome.carriage_price),
)
_VALUES: tuple[tuple[Metric, Callable[[OrderOutcome], int]], ...] = (
    (Metric.PARCELS, lambda outcome: len(outcome.parcels)),
    (Metric.OUTER_VOLUME, lambda outcome: outcome.outer_um3),
    (Metric.INNER_VOLUME, lambda outcome: outcome.inner_um3),
    (Metric.EMPTY_VOLUME, lambda outcome: outcome.inner_um3 - outcome.goods_um3),
    (Metric.PACKAGING, lambda outcome: sum(mass for _, mass in outcome.packaging_mg)),
    (Metric.GROSS, lambda outcome: outcome.gross_mg),
)
_GRAMS: tuple[tuple[Metric, Callable[[FootprintFigures], int]], ...] = (
    (Metric.CO2E, lambda figures: figures.total_mg),
    (Metric.CO2E_PACKAGING, lambda figures: figures.packaging_mg),
    (Metric.CO2E_TRANSPORT, lambda figures: figures.transport_mg),
)
