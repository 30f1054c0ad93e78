"""Compares two catalogs order by order, on the figures that are known with both."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from boxwright.domain.footprint import Allocation
from boxwright.evaluation.outcome import FootprintFigures


class Metric(enum.StrEnum):
    """A compared figure, money first; integers in the unit named."""

    PRICE = "price"
    """Price of packaging and carriage, in minor units of the currency."""
    PACKAGING_PRICE = "packaging_price"
    """Price of packaging, in minor units."""
    CARRIAGE_PRICE = "carriage_price"
    """Price of carriage, in minor units."""
    SURCHARGES = "surcharges"
    """Surcharges within the price of carriage, in minor units."""
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
    """Total emissions, in mg CO2e."""
    CO2E_PACKAGING = "co2e_packaging"
    """Emissions of packaging, in mg CO2e."""
    CO2E_TRANSPORT = "co2e_transport"
    """Emissions of transport, in mg CO2e."""


@dataclass(frozen=True)
class MetricComparison:
    """One metric on the orders for which both catalogs have it."""

    metric: Metric
    orders: int
    """Number of orders compared."""
    first: int
    second: int
    """Totals over these orders, in the unit of the metric."""
    lower: int
    higher: int
    """Orders for which the second catalog's figure is lower or higher."""
    profile_id: str = ""
    allocation: Allocation | None = None
    """Set for CO2e metrics."""
    currency: str = ""
    """Set for prices."""
    interval: tuple[float, float] | None = None
    """95 % confidence interval of ``relative`` for orders like these; None for too few of them (``bootstrap``)."""

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
        """Orders for which both figures are the same."""
        return self.orders - self.lower - self.higher


_MONEY = (Metric.PRICE, Metric.PACKAGING_PRICE, Metric.CARRIAGE_PRICE)
LEAST_PRICED = 0.95
"""Least share of compared orders with a known price for money to be the headline: our own rule."""
MOST_LOST = 0.01
"""Greatest share of the first catalog's orders that the best catalog may leave unpacked: our own rule."""


@dataclass(frozen=True)
class FootprintPair:
    """Footprints of both catalogs over the orders for which their coverage is equal."""

    first: FootprintFigures
    second: FootprintFigures
    orders: int


@dataclass(frozen=True)
class Comparison:
    """A catalog compared with the first one."""

    first: int
    second: int
    """Positions of the two catalogs."""
    orders: int
    """Orders that both catalogs pack whole; only these are compared."""
    metrics: tuple[MetricComparison, ...]
    """CO2e metrics appear once per profile and allocation."""
    footprints: tuple[FootprintPair, ...]
    """One per profile and allocation."""
    head: Metric = Metric.OUTER_VOLUME
    """Metric of the headline, the same for all comparisons of an evaluation (``head_of``). Default outer volume."""

    @property
    def headline(self) -> MetricComparison:
        """The main figure: money where prices are known, else outer volume."""
        return next(metric_of for metric_of in self.metrics if metric_of.metric is self.head)

    def prices(self, metric: Metric) -> bool:
        """Return whether this price is known for nearly all orders compared."""
        found = self.metric(metric)
        return found is not None and found.orders >= LEAST_PRICED * self.orders

    def metric(self, metric: Metric) -> MetricComparison | None:
        """Return the first comparison of a metric; None if there is none."""
        return next((metric_of for metric_of in self.metrics if metric_of.metric is metric), None)


def head_of(comparisons: Sequence[Comparison]) -> Metric:
    """Return the headline metric: the first price that all comparisons know, else outer volume."""
    known = (
        metric for metric in _MONEY if comparisons and all(comparison.prices(metric) for comparison in comparisons)
    )
    return next(known, Metric.OUTER_VOLUME)


def best_of(comparisons: Sequence[Comparison], packed: int) -> int:
    """Return the position of the catalog whose headline falls most; 0 without a comparison.

    A catalog that loses more than ``MOST_LOST`` of the orders that the first one packs (``packed``) is passed over,
    unless all catalogs do.
    """
    found = [comparison for comparison in comparisons if comparison.orders]
    if not found:
        return 1 if comparisons else 0
    found = [comparison for comparison in found if packed - comparison.orders <= MOST_LOST * packed] or found
    return min(found, key=lambda comparison: comparison.headline.relative or 0.0).second
