"""Metrics as they are described, and made for each server.

Labels are bounded: identifiers of the server's own catalogs and data, and ``inline`` for catalogs that are sent along.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any, Generic, TypeVar

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.core import Metric
from prometheus_client.metrics import MetricWrapperBase

INLINE = "inline"
"""Label of catalogs, and of their box types, that are sent along in a request."""

OTHER_BOX = "(other)"
"""Label of a box that is none of its catalog."""

LATENCY_BUCKETS_S = (
    *(0.001, 0.002, 0.003, 0.004, 0.005, 0.0065, 0.008, 0.01, 0.0125, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.065),
    *(0.08, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
)
"""Upper ends in seconds, 20 to 33 % apart from 3 ms to 1 s: a percentile that is read off is that exact."""

Instrument = TypeVar("Instrument", bound=MetricWrapperBase)


class AskedGauge(Gauge):
    """A gauge whose rows come and go by themselves: they are asked for at each scrape."""

    rows: Callable[[], Mapping[tuple[str, ...], float]] = dict
    """What is asked: the values by those of the labels. Default: there are none."""

    def collect(self) -> Iterable[Metric]:
        """Return the rows of now."""
        for family in self.describe():
            for values, value in self.rows().items():
                family.add_sample(family.name, dict(zip(self._labelnames, values, strict=True)), value)
            yield family


class Described(Generic[Instrument]):
    """One metric as scraped; each server makes its own.

    Parameters
    ----------
    kind : type
        Counter, gauge or histogram.
    name, text : str
        Its name, and what it says.
    labels : str, optional
        Names of its labels. Default: none.
    buckets : tuple of float, optional
        Upper ends of a histogram.
    known : iterable of str, optional
        Values of its labels that are shown from the start, at 0: else the first event would be no increase.
    """

    def __init__(
        self,
        kind: type[Instrument],
        name: str,
        text: str,
        labels: str = "",
        buckets: tuple[float, ...] = (),
        known: Iterable[str] = (),
    ) -> None:
        self._make: Callable[..., Instrument] = partial(kind, name, text, labels.split())
        self._options = {"buckets": buckets} if buckets else {}
        self._known = [each.split() for each in known]

    def made(self, registry: CollectorRegistry) -> Instrument:
        """Return the metric of one registry."""
        made = self._make(registry=registry, **self._options)
        # Each plan asks for many children.
        made.labels = cache(made.labels)  # type: ignore[method-assign] # bounded as labels are
        for values in self._known:
            made.labels(*values)
        return made

    def __get__(self, server: object, owner: type) -> Instrument:
        """Say of what type the attribute of a server is, which stands before this one."""
        raise AttributeError("a metric belongs to one server")


class Instruments:
    """Metrics of one server, as its classes describe them."""

    @classmethod
    def described(cls) -> dict[str, Described[Any]]:
        """Return all that are described, by name, in the order of the classes."""
        named = (each for kind in cls.__mro__ for each in vars(kind).items())
        return {name: each for name, each in named if isinstance(each, Described)}

    def make(self, registry: CollectorRegistry) -> None:
        """Make all of them."""
        for name, each in self.described().items():
            setattr(self, name, each.made(registry))
