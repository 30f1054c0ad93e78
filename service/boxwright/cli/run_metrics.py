"""Metrics of a run over many orders, under the names that a server's have, in a file or at a push gateway."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import click

from boxwright.cli.failures import refusal
from boxwright.cli.overwrites import check_folder
from boxwright.errors import BoxwrightError

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

    from boxwright.cli.run_figures import RunFigures

JOB = "boxwright"
"""Job under which a push gateway keeps runs."""

PUSH_S = 10.0
"""How long a push gateway may take, in seconds."""

OPTIONS = (
    click.option(
        "--metrics",
        "metrics_file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Also write the sums of the run as metrics (OpenMetrics), when it is done.",
    ),
    click.option(
        "--push-gateway",
        metavar="URL",
        help="Also push these metrics to a Prometheus push gateway, in place of those of the last run.",
    ),
)
"""Options of commands over many orders."""


class PushError(BoxwrightError):
    """A push gateway did not take the metrics of a run."""


@dataclass(frozen=True)
class RunMetrics:
    """Where the metrics of a run go.

    Attributes
    ----------
    purpose : str
        What the run is for: ``batch``, ``evaluation`` or ``design``.
    file : Path or None
        What they are written to.
    gateway : str or None
        What they are pushed to.
    begun_s : float
        When the run began, by the performance counter.
    """

    purpose: str
    file: Path | None
    gateway: str | None
    begun_s: float

    @classmethod
    def take(cls, purpose: str, given: dict[str, Any]) -> RunMetrics:
        """Take the options out of a command's parameters, before anything is planned.

        Raises
        ------
        InvalidInputError
            If the folder of the file is missing, or the gateway is no URL.
        """
        file, gateway = given.pop("metrics_file"), given.pop("push_gateway")
        if file is not None:
            check_folder("--metrics", file)
        if gateway is not None:
            parts = urlsplit(gateway)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
                rule = "must be an address such as http://gateway:9091, without user and password"
                raise refusal("--push-gateway", rule)
        return cls(purpose, file, gateway, time.perf_counter())

    @property
    def wanted(self) -> bool:
        """Whether anybody asked for them."""
        return self.file is not None or self.gateway is not None

    def write(self, figures: Sequence[RunFigures], *, said: bool) -> None:
        """Write and push the figures of a finished run, as was asked for, and say so.

        Raises
        ------
        OSError
            If the file cannot be written.
        PushError
            If the gateway does not take them; whatever else the run writes is written.
        """
        registry = registry_of(self.purpose, figures, time.perf_counter() - self.begun_s)
        if self.file is not None:
            from prometheus_client.openmetrics.exposition import generate_latest

            from boxwright.cli.atomic import write_whole

            text: bytes = generate_latest(registry)  # type: ignore[no-untyped-call] # that file has no types
            write_whole(self.file, text.decode())
            click.echo(f"metrics in {self.file}", err=not said)
        if self.gateway is not None:
            push(self.gateway, self.purpose, registry)
            click.echo(f"metrics pushed to {self.gateway}", err=not said)


def push(gateway: str, purpose: str, registry: CollectorRegistry) -> None:
    """Push metrics in place of those of the last run of this purpose.

    Raises
    ------
    PushError
        If the gateway does not take them.
    """
    from prometheus_client import push_to_gateway

    try:
        push_to_gateway(gateway, JOB, registry, {"purpose": purpose}, timeout=PUSH_S)
    except OSError as error:  # of the network, or what HTTP says
        if isinstance(error, HTTPError):
            error.close()
        why = getattr(error, "reason", None) or error
        text = f"the run is done, and {gateway} did not take its metrics: {why}"
        raise PushError(text) from None


def registry_of(purpose: str, figures: Sequence[RunFigures], seconds: float) -> CollectorRegistry:
    """Return a registry with the figures of each catalog, and with how long the run took, in seconds."""
    from prometheus_client import CollectorRegistry, Gauge

    from boxwright.planning import version

    registry = CollectorRegistry()
    info = Gauge("boxwright_run_info", "Always 1; what ran.", ("purpose", "version"), registry=registry)
    info.labels(purpose, version()).set(1)
    took = Gauge("boxwright_run_duration_seconds", "How long the run took.", ("purpose",), registry=registry)
    took.labels(purpose).set(seconds)
    ended = "boxwright_run_completion_timestamp_seconds"
    done = Gauge(ended, "When the run was done, in seconds since 1970.", ("purpose",), registry=registry)
    done.labels(purpose).set_to_current_time()
    registry.register(Labelled({each.catalog: each.registry(purpose) for each in figures}))
    return registry


class Labelled:
    """Shows the metrics of several catalogs as one set, each sample with the label ``catalog``.

    Parameters
    ----------
    registries : mapping
        Metrics of each catalog, by its id.
    """

    def __init__(self, registries: Mapping[str, CollectorRegistry]) -> None:
        self._registries = registries

    def collect(self) -> Iterator[Metric]:
        """Yield each metric that has a sample, once."""
        families: dict[str, Metric] = {}
        for catalog, registry in self._registries.items():
            for family in registry.collect():
                # When this registry was made says nothing of the run.
                samples = [each for each in family.samples if not each.name.endswith("_created")]
                if family.name not in families:
                    families[family.name] = copy.copy(family)
                    families[family.name].samples = []
                families[family.name].samples += [
                    each._replace(labels={**each.labels, "catalog": catalog}) for each in samples
                ]
        yield from (family for family in families.values() if family.samples)
