"""Compares two catalogs order by order, on the figures that are known with both."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.footprint import Allocation
from boxwright.evaluation.outcome import FootprintFigures

Floats = NDArray[np.float64]


class Metric(enum.StrEnum):
    """A compared figure, money first.

    Integers: prices in minor units of the currency, volumes in cubic um, masses in mg, emissions in mg CO2e. ``PRICE``
    is that of packaging and carriage; surcharges are part of the price of carriage; the empty volume is the inner
    volume not taken by goods.
    """

    PRICE = "price"
    PACKAGING_PRICE = "packaging_price"
    CARRIAGE_PRICE = "carriage_price"
    SURCHARGES = "surcharges"
    PARCELS = "parcels"
    OUTER_VOLUME = "outer_volume"
    INNER_VOLUME = "inner_volume"
    EMPTY_VOLUME = "empty_volume"
    PACKAGING = "packaging"
    GROSS = "gross"
    CHARGEABLE = "chargeable"
    CO2E = "co2e"
    CO2E_PACKAGING = "co2e_packaging"
    CO2E_TRANSPORT = "co2e_transport"


@dataclass(frozen=True)
class MetricComparison:
    """One metric on the orders for which both catalogs have it."""

    metric: Metric
    orders: int
    """Number of orders compared."""
    first: int
    second: int
    """Totals over these orders with the first and with the second catalog, in the unit of the metric."""
    lower: int
    higher: int
    """Number of orders for which the second catalog's figure is lower, and for which it is higher."""
    profile_id: str = ""
    allocation: Allocation | None = None
    """Allocation of transport, for CO2e metrics only."""
    currency: str = ""
    """Currency, for prices only."""
    interval: tuple[float, float] | None = None
    """95 % confidence interval of ``relative`` for orders like these; None for too few orders."""

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
        """Number of orders for which both catalogs have the same figure."""
        return self.orders - self.lower - self.higher


_MONEY = (Metric.PRICE, Metric.PACKAGING_PRICE, Metric.CARRIAGE_PRICE)
LEAST_PRICED = 0.95
"""Minimum share of compared orders with a known price for money to be the headline: our own rule."""
MOST_LOST = 0.01
"""Maximum share of the first catalog's packed orders that the best catalog may leave unpacked: our own rule."""


@dataclass(frozen=True)
class FootprintPair:
    """Footprints of both catalogs over the orders for which both cover the same parts."""

    first: FootprintFigures
    second: FootprintFigures
    orders: int


@dataclass(frozen=True)
class Comparison:
    """A catalog compared with the first one, or the first one with itself under another carrier service or policy."""

    first: int
    second: int
    """Positions of the two catalogs."""
    orders: int
    """Number of orders that both catalogs pack completely; only these are compared."""
    metrics: tuple[MetricComparison, ...]
    """The compared metrics; CO2e metrics appear once per profile and allocation."""
    footprints: tuple[FootprintPair, ...]
    """Compared footprints, one per profile and allocation."""
    head: Metric = Metric.OUTER_VOLUME
    """Metric of the headline, the same for all comparisons of an evaluation (``head_of``). Default outer volume."""

    @property
    def headline(self) -> MetricComparison:
        """The main figure: money if prices are known, otherwise outer volume."""
        return next(metric_of for metric_of in self.metrics if metric_of.metric is self.head)

    def prices(self, metric: Metric) -> bool:
        """Return whether this price is known for nearly all orders compared."""
        found = self.metric(metric)
        return found is not None and found.orders >= LEAST_PRICED * self.orders

    def metric(self, metric: Metric) -> MetricComparison | None:
        """Return the first comparison of a metric; None if there is none."""
        return next((metric_of for metric_of in self.metrics if metric_of.metric is metric), None)


def head_of(comparisons: Sequence[Comparison]) -> Metric:
    """Return the headline metric: the first price that all comparisons know, otherwise outer volume."""
    known = (
        metric for metric in _MONEY if comparisons and all(comparison.prices(metric) for comparison in comparisons)
    )
    return next(known, Metric.OUTER_VOLUME)


def best_of(comparisons: Sequence[Comparison], packed: Sequence[int]) -> int:
    """Return the position of the catalog whose headline falls most; 0 without a comparison.

    A catalog is passed over if it loses more than ``MOST_LOST`` of the orders that its base packs completely
    (``packed``, by position), unless all catalogs do.
    """
    found = [comparison for comparison in comparisons if comparison.orders]
    if not found:
        return comparisons[0].second if comparisons else 0
    kept = [
        comparison
        for comparison in found
        if packed[comparison.first] - comparison.orders <= MOST_LOST * packed[comparison.first]
    ]
    found = kept or found
    return min(found, key=lambda comparison: comparison.headline.relative or 0.0).second


class Change(NamedTuple):
    """Sums over orders with two catalogs."""

    orders: int = 0
    first_um3: int = 0
    second_um3: int = 0
    """Outer volume of their parcels with the first and with the second catalog, in cubic um."""
    priced: int = 0
    """Orders with a known price with both catalogs, in one currency."""
    first_minor: int = 0
    second_minor: int = 0
    """Price of these orders with the first and with the second catalog, in minor units."""

    @classmethod
    def of(cls, first: Mapping[str, Any], second: Mapping[str, Any]) -> Change:
        """Return the sums of one order from its two records. Its price covers only what both records state."""
        both = first, second
        volumes = int(first["outer_um3"]), int(second["outer_um3"])
        for kinds in (("packaging", "carriage"), ("packaging",), ("carriage",)):
            currencies = {record[f"{kind}_currency"] for record in both for kind in kinds}
            if len(currencies) == 1 and None not in currencies:
                return cls(1, *volumes, 1, *(sum(record[f"{kind}_minor"] for kind in kinds) for record in both))
        return cls(1, *volumes)

    @classmethod
    def summed(cls, changes: Iterable[Change]) -> Change:
        """Return the sums of several changes."""
        return cls(*map(sum, zip(*changes, strict=True)))

    def pair(self, *, money: bool) -> tuple[int, int]:
        """Return the totals with the first and with the second catalog, in minor units or cubic um."""
        return (self.first_minor, self.second_minor) if money else (self.first_um3, self.second_um3)

    def difference(self, *, money: bool) -> int:
        """Return the second total minus the first, in minor units or cubic um."""
        first, second = self.pair(money=money)
        return second - first


LEAST_ORDERS = 20
"""Minimum number of orders for an interval; with fewer, it would reflect the method more than the orders."""
_RESAMPLES = 2_000
_GROUPS = 2_000
_SEED = 20_261_126
_ENDS = (0.025, 0.975)


def relative_interval(first: Sequence[float] | Floats, second: Sequence[float] | Floats) -> tuple[float, float] | None:
    """Return the 95 % interval of the relative change of a total, by a bootstrap over orders.

    Efron, *Bootstrap methods: another look at the jackknife*, The Annals of Statistics 7(1), 1979; the percentile
    interval. For more than 2,000 orders, 2,000 random groups of orders are drawn instead. The draws are seeded, so the
    same orders give the same interval.

    Parameters
    ----------
    first, second : sequence of float
        Figure of each order with the first and with the second catalog.

    Returns
    -------
    tuple of float or None
        The lower and upper end; None for fewer than ``LEAST_ORDERS`` orders, or where no draw has a first total above
        0.
    """
    orders = len(first)
    if orders < LEAST_ORDERS:
        return None
    group = np.random.default_rng(_SEED).permutation(orders) % _GROUPS if orders > _GROUPS else np.arange(orders)
    drawn = _drawn(min(orders, _GROUPS))
    before, after = (drawn @ np.bincount(group, np.asarray(figures, np.float64)) for figures in (first, second))
    changes = (after - before)[before > 0] / before[before > 0]
    if not len(changes):
        return None
    low, high = np.quantile(changes, _ENDS)
    return float(low), float(high)


@lru_cache(maxsize=1)
def _drawn(size: int) -> Floats:
    """Return the count of each group in each resample, float64 (2000, size); all metrics use the same resamples."""
    times = np.random.default_rng(_SEED).multinomial(size, np.full(size, 1 / size), size=_RESAMPLES)
    return times.astype(np.float64)
