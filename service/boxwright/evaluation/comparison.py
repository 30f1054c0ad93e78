"""Two catalogs on the same orders: differences order by order, and only of what can be compared."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from boxwright.domain.footprint import Allocation
from boxwright.evaluation.outcome import FootprintFigures


class Metric(enum.StrEnum):
    """What is compared, money first; integers in the unit named."""

    PRICE = "price"
    """Price of packaging and carriage, in minor units of the currency."""
    PACKAGING_PRICE = "packaging_price"
    """Price of packaging, in minor units."""
    CARRIAGE_PRICE = "carriage_price"
    """Price of carriage, in minor units."""
    SURCHARGES = "surcharges"
    """What of the price of carriage is surcharges, in minor units."""
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
    """One metric on the orders on which both catalogs can be compared."""

    metric: Metric
    """What is compared, and its unit."""
    orders: int
    """Orders compared."""
    first: int
    second: int
    """Totals over these orders."""
    lower: int
    higher: int
    """Orders on which the second catalog's figure is lower or higher."""
    profile_id: str = ""
    allocation: Allocation | None = None
    """Of CO2e metrics."""
    currency: str = ""
    """Of prices."""
    interval: tuple[float, float] | None = None
    """95 % confidence interval of ``relative``, if the orders are typical; None for too few of them (``bootstrap``)."""

    @property
    def difference(self) -> int:
        """Second total minus first."""
        return self.second - self.first

    @property
    def relative(self) -> float | None:
        """The difference as a share of the first total; None where that is 0."""
        return self.difference / self.first if self.first else None

    @property
    def equal(self) -> int:
        """Orders on which both are the same."""
        return self.orders - self.lower - self.higher


_MONEY = (Metric.PRICE, Metric.PACKAGING_PRICE, Metric.CARRIAGE_PRICE)
LEAST_PRICED = 0.95
"""Share of the orders compared whose price has to be known for money to be the headline: our own rule."""
MOST_LOST = 0.01
"""Share of the orders of the first catalog that one which is the best may leave unpacked: our own rule."""


@dataclass(frozen=True)
class FootprintPair:
    """Footprints of both catalogs over the orders on which their coverage is equal, and how many that are."""

    first: FootprintFigures
    second: FootprintFigures
    orders: int


@dataclass(frozen=True)
class Comparison:
    """A catalog against the first one."""

    first: int
    second: int
    """Positions of the catalogs."""
    orders: int
    """Orders that both catalogs pack whole; all else is left out of the comparison."""
    metrics: tuple[MetricComparison, ...]
    """CO2e metrics once per profile and allocation."""
    footprints: tuple[FootprintPair, ...]
    """One per profile and allocation."""
    head: Metric = Metric.OUTER_VOLUME
    """Of the headline, the same in all comparisons of an evaluation (``head_of``). Default outer volume."""

    @property
    def headline(self) -> MetricComparison:
        """What a manager reads first: money where prices are known, else outer volume."""
        return next(each for each in self.metrics if each.metric is self.head)

    def prices(self, metric: Metric) -> bool:
        """Return whether a price is known for all but few of the orders compared."""
        found = self.metric(metric)
        return found is not None and found.orders >= LEAST_PRICED * self.orders

    def metric(self, metric: Metric) -> MetricComparison | None:
        """Return the first comparison of a metric, or None."""
        return next((each for each in self.metrics if each.metric is metric), None)


def head_of(comparisons: Sequence[Comparison]) -> Metric:
    """Return what is the headline of all comparisons: the first price that each of them knows, else outer volume."""
    known = (metric for metric in _MONEY if comparisons and all(each.prices(metric) for each in comparisons))
    return next(known, Metric.OUTER_VOLUME)


def best_of(comparisons: Sequence[Comparison], packed: int) -> int:
    """Return the position of the catalog whose headline falls most, among those compared; 0 without a comparison.

    A catalog that loses more than ``MOST_LOST`` of the orders that the first one packs (``packed``) is not the best,
    unless all do.
    """
    found = [each for each in comparisons if each.orders]
    if not found:
        return 1 if comparisons else 0
    found = [each for each in found if packed - each.orders <= MOST_LOST * packed] or found
    return min(found, key=lambda each: each.headline.relative or 0.0).second
