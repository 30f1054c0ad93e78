"""Two catalogs on the same orders: differences order by order, and only of what can be compared."""

import enum
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from boxwright.domain.factor import CARRIED
from boxwright.domain.footprint import Allocation
from boxwright.evaluation.bootstrap import relative_interval
from boxwright.evaluation.outcome import FootprintFigures, Money, OrderOutcome, OrderStatus
from boxwright.evaluation.totals import summed_footprints

Pair = tuple[OrderOutcome, OrderOutcome]


class Metric(enum.StrEnum):
    """What is compared, money first; integers in the unit named."""

    PRICE = "price"
    """Price of packaging and carriage, in minor units of the currency."""
    PACKAGING_PRICE = "packaging_price"
    """Price of packaging, in minor units."""
    CARRIAGE_PRICE = "carriage_price"
    """Price of carriage, in minor units."""
    PARCELS = "parcels"
    """Number of parcels."""
    OUTER_VOLUME = "outer_volume"
    """Outer volume of the parcels, in cubic um."""
    INNER_VOLUME = "inner_volume"
    """Inner volume of the boxes, in cubic um."""
    EMPTY_VOLUME = "empty_volume"
    """Inner volume not taken by goods, in cubic um."""
    PACKAGING = "packaging"
    """Mass of packaging, in mg."""
    GROSS = "gross"
    """Gross mass, in mg."""
    CHARGEABLE = "chargeable"
    """Chargeable weight, in mg."""
    CO2E = "co2e"
    """mg CO2e in all."""
    CO2E_PACKAGING = "co2e_packaging"
    """mg CO2e of packaging."""
    CO2E_TRANSPORT = "co2e_transport"
    """mg CO2e of transport."""


@dataclass(frozen=True)
class MetricComparison:
    """One metric on the orders on which both catalogs can be compared.

    Attributes
    ----------
    metric : Metric
        What is compared, and its unit.
    differences : tuple of int
        Second catalog minus first, order by order, in the metric's unit.
    first, second : int
        Totals over the same orders.
    profile_id, allocation : str, Allocation or None
        Of CO2e metrics.
    currency : str
        Of prices.
    interval : tuple of float or None
        95 % interval of ``relative`` over orders like these; None for too few of them (``bootstrap``).
    """

    metric: Metric
    differences: tuple[int, ...]
    first: int
    second: int
    profile_id: str = ""
    allocation: Allocation | None = None
    currency: str = ""
    interval: tuple[float, float] | None = None

    @property
    def difference(self) -> int:
        """Second total minus first."""
        return self.second - self.first

    @property
    def relative(self) -> float | None:
        """The difference as a share of the first total; None where that is 0."""
        return self.difference / self.first if self.first else None

    @property
    def orders(self) -> int:
        """How many orders were compared."""
        return len(self.differences)

    @property
    def lower(self) -> int:
        """Orders on which the second catalog's figure is lower."""
        return sum(each < 0 for each in self.differences)

    @property
    def higher(self) -> int:
        """Orders on which it is higher."""
        return sum(each > 0 for each in self.differences)

    @property
    def equal(self) -> int:
        """Orders on which both are the same."""
        return self.orders - self.lower - self.higher

    @property
    def median(self) -> float:
        """Median difference of an order, in the metric's unit."""
        return statistics.median(self.differences) if self.differences else 0.0


@dataclass(frozen=True)
class FootprintPair:
    """Footprints of both catalogs over the orders on which their coverage is equal, and how many that are."""

    first: FootprintFigures
    second: FootprintFigures
    orders: int


@dataclass(frozen=True)
class Comparison:
    """A catalog against the first one.

    Attributes
    ----------
    first, second : int
        Positions of the catalogs.
    positions : tuple of int
        Positions of the orders that both catalogs pack whole; all else is left out of the comparison.
    metrics : tuple of MetricComparison
        CO2e metrics once per profile and allocation.
    footprints : tuple of FootprintPair
        One per profile and allocation.
    """

    first: int
    second: int
    positions: tuple[int, ...]
    metrics: tuple[MetricComparison, ...]
    footprints: tuple[FootprintPair, ...]

    @property
    def headline(self) -> MetricComparison:
        """What a manager is told first: money where prices are known, else outer volume."""
        money = (Metric.PRICE, Metric.PACKAGING_PRICE, Metric.CARRIAGE_PRICE, Metric.OUTER_VOLUME)
        return next(each for each in self.metrics if each.metric in money)

    def metric(self, metric: Metric) -> MetricComparison | None:
        """Return the first comparison of a metric, or None."""
        return next((each for each in self.metrics if each.metric is metric), None)


def compare(outcomes: Sequence[Sequence[OrderOutcome]], first: int, second: int) -> Comparison:
    """Compare two catalogs on the orders that both pack whole.

    Parameters
    ----------
    outcomes : sequence of sequence of OrderOutcome
        Per order, the outcome with each catalog.
    first, second : int
        Positions of the catalogs.
    """
    positions = tuple(
        index
        for index, each in enumerate(outcomes)
        if each[first].status is OrderStatus.PLANNED and each[second].status is OrderStatus.PLANNED
    )
    pairs = [(outcomes[index][first], outcomes[index][second]) for index in positions]
    metrics = [
        *_prices(pairs),
        _metric(Metric.PARCELS, pairs, lambda outcome: len(outcome.parcels)),
        _metric(Metric.OUTER_VOLUME, pairs, lambda outcome: outcome.outer_um3),
        _metric(Metric.INNER_VOLUME, pairs, lambda outcome: outcome.inner_um3),
        _metric(Metric.EMPTY_VOLUME, pairs, lambda outcome: outcome.inner_um3 - outcome.goods_um3),
        _metric(Metric.PACKAGING, pairs, lambda outcome: sum(mass for _, mass in outcome.packaging_mg)),
        _metric(Metric.GROSS, pairs, lambda outcome: outcome.gross_mg),
    ]
    billed = [pair for pair in pairs if pair[0].chargeable_mg is not None and pair[1].chargeable_mg is not None]
    if billed:
        metrics.append(_metric(Metric.CHARGEABLE, billed, lambda outcome: outcome.chargeable_mg or 0))
    footprints = []
    for key in dict.fromkeys(each.key for one, _ in pairs for each in one.footprints):
        covered = equally_covered(pairs, key)
        if covered:
            metrics += _co2e_metrics(covered, key)
            one, other = (summed_footprints([each[side] for each in covered]) for side in (0, 1))
            footprints.append(FootprintPair(one, other, len(covered)))
    return Comparison(first, second, positions, tuple(metrics), tuple(footprints))


def best_of(comparisons: Sequence[Comparison]) -> int:
    """Return the position of the catalog whose headline falls most, among those compared; 0 without a comparison."""
    found = [each for each in comparisons if each.positions]
    if not found:
        return 1 if comparisons else 0
    return min(found, key=lambda each: each.headline.relative or 0.0).second


def equally_covered(
    pairs: Sequence[Pair], key: tuple[str, Allocation]
) -> list[tuple[FootprintFigures, FootprintFigures]]:
    """Return the footprints of the orders for which both lack the same factors, or none."""
    figures = [(one.footprint(key), other.footprint(key)) for one, other in pairs]
    return [(one, other) for one, other in figures if one and other and one.missing == other.missing]


def _prices(pairs: Sequence[Pair]) -> Iterator[MetricComparison]:
    """Yield what the orders cost with either catalog, over those whose prices are known and of one currency."""
    prices: tuple[tuple[Metric, Callable[[OrderOutcome], Money | None]], ...] = (
        (Metric.PRICE, lambda outcome: outcome.price),
        (Metric.PACKAGING_PRICE, lambda outcome: outcome.packaging_price),
        (Metric.CARRIAGE_PRICE, lambda outcome: outcome.carriage_price),
    )
    for metric, price in prices:
        both = [(price(one), price(other)) for one, other in pairs]
        known = [(one, other) for one, other in both if one is not None and other is not None]
        currencies = {each.currency for pair in known for each in pair}
        if len(currencies) == 1:
            values = [(one.minor, other.minor) for one, other in known]
            yield replace(_compared(metric, values), currency=currencies.pop())


def _metric(metric: Metric, pairs: Sequence[Pair], value: Callable[[OrderOutcome], int]) -> MetricComparison:
    return _compared(metric, [(value(one), value(other)) for one, other in pairs])


def _co2e_metrics(
    covered: Sequence[tuple[FootprintFigures, FootprintFigures]], key: tuple[str, Allocation]
) -> list[MetricComparison]:
    values: tuple[tuple[Metric, Callable[[FootprintFigures], int]], ...] = (
        (Metric.CO2E, lambda figures: figures.total_mg),
        (Metric.CO2E_PACKAGING, lambda figures: figures.packaging_mg),
        (Metric.CO2E_TRANSPORT, lambda figures: figures.transport_mg),
    )
    stated = {kind for pair in covered for figures in pair for kind, _ in figures.co2e_mg}
    unstated = {
        Metric.CO2E_PACKAGING: stated <= CARRIED,
        Metric.CO2E_TRANSPORT: stated.isdisjoint(CARRIED),
    }
    return [
        _compared(metric, [(value(one), value(other)) for one, other in covered], key)
        for metric, value in values
        if not unstated.get(metric)  # what has no line is missing, not zero
    ]


def _compared(
    metric: Metric, values: Sequence[tuple[int, int]], key: tuple[str, Allocation | None] = ("", None)
) -> MetricComparison:
    first, second = [one for one, _ in values], [other for _, other in values]
    return MetricComparison(
        metric,
        tuple(second - first for first, second in values),
        sum(first),
        sum(second),
        *key,
        interval=relative_interval(first, second),
    )
