"""Sums of a run with one catalog, as metrics: those that a server has of its plans, where the sums hold them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry, Gauge

from boxwright.cli.batch_totals import BatchTotals
from boxwright.design import Design
from boxwright.design.wording import in_units
from boxwright.domain.currency import minor_per_unit
from boxwright.domain.factor import CARRIED, Component
from boxwright.domain.handling_mark import HandlingMark
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.domain.plan import PlanStatus, UnpackedReason
from boxwright.evaluation import Evaluation
from boxwright.evaluation.outcome import FootprintFigures, Money, OrderStatus
from boxwright.server.metrics import Described
from boxwright.server.metrics.plans import PlanMetrics
from boxwright.units import MG_PER_G

STATUSES = {
    OrderStatus.PLANNED.value: PlanStatus.COMPLETE,
    OrderStatus.PARTIAL.value: PlanStatus.PARTIAL,
}
"""Orders that have a plan, by the status that the plan has at a server."""


COUNTED = frozenset(
    ("plans", "parcels", "units", "boxes", "packaging", "marked", "unpacked", "packaging_cost", "carriage_cost", "co2e")
)
"""Metrics of plans that sums of a run hold."""


class RunPlanMetrics(PlanMetrics):
    """Those of plans of which a run has sums."""

    @classmethod
    def described(cls) -> dict[str, Described[Any]]:
        """Return these, by name."""
        return {name: each for name, each in super().described().items() if name in COUNTED}


@dataclass(frozen=True)
class RunFigures:
    """Sums over the orders of a run with one catalog.

    Attributes
    ----------
    catalog : str
        Its id; the name of the variant where a run has several of it.
    orders : mapping of str to int
        Orders by what became of them: planned, partial, not_packed, error.
    parcels, units : int or None
        Parcels, and units in them; None where the run does not count them.
    boxes : mapping of str to int
        Parcels by box type.
    packaging_mg : mapping of Component to int
        Mass of packaging, in mg.
    marks, unpacked : mapping
        Parcels by handling mark, units that stayed out by reason.
    footprints : sequence of FootprintFigures
        One for each profile and allocation.
    packaging_price, carriage_price : Money or None
        Where they are known.
    gauges : sequence of (str, str, dict, float)
        What else there is: name, text, labels and value.
    """

    catalog: str
    orders: Mapping[str, int]
    parcels: int | None = None
    units: int | None = None
    boxes: Mapping[str, int] = field(default_factory=dict)
    packaging_mg: Mapping[Component, int] = field(default_factory=dict)
    marks: Mapping[HandlingMark, int] = field(default_factory=dict)
    unpacked: Mapping[UnpackedReason, int] = field(default_factory=dict)
    footprints: Sequence[FootprintFigures] = ()
    packaging_price: Money | None = None
    carriage_price: Money | None = None
    gauges: Sequence[tuple[str, str, Mapping[str, str], float]] = ()

    def registry(self, purpose: str) -> CollectorRegistry:
        """Return a registry with these sums."""
        registry, metrics = CollectorRegistry(), RunPlanMetrics()
        metrics.make(registry)
        orders = Gauge("boxwright_run_orders", ORDERS, ("purpose", "status"), registry=registry)
        for status, count in self.orders.items():
            orders.labels(purpose, status).set(count)
            if count and status in STATUSES:
                metrics.plans.labels(purpose, STATUSES[status].value).inc(count)
        if self.parcels is not None:
            metrics.parcels.labels(purpose).inc(self.parcels)
        if self.units is not None:
            metrics.units.labels(purpose).inc(self.units)
        for box_type, count in self.boxes.items():
            metrics.boxes.labels(purpose, self.catalog, box_type).inc(count)
        for component, mass_mg in self.packaging_mg.items():
            metrics.packaging.labels(purpose, component.value).inc(mass_mg / MG_PER_G)
        for mark, count in self.marks.items():
            metrics.marked.labels(purpose, mark.value).inc(count)
        for reason, count in self.unpacked.items():
            metrics.unpacked.labels(purpose, reason.value).inc(count)
        for price, metric in (
            (self.packaging_price, metrics.packaging_cost),
            (self.carriage_price, metrics.carriage_cost),
        ):
            if price is not None:
                metric.labels(purpose, price.currency).inc(price.minor / minor_per_unit(price.currency))
        self._count_grams(metrics, purpose)
        known: dict[str, Gauge] = {}
        for name, text, labels, value in self.gauges:
            if name not in known:
                known[name] = Gauge(name, text, ("purpose", *labels), registry=registry)
            known[name].labels(purpose, *labels.values()).set(value)
        return registry

    def _count_grams(self, metrics: RunPlanMetrics, purpose: str) -> None:
        """Count grams: packaging once a profile, since it does not depend on the allocation of transport."""
        counted: set[str] = set()
        for footprint in self.footprints:
            profile = footprint.profile_id
            for component, co2e_mg in footprint.co2e_mg:
                transport = component in CARRIED
                if not transport and profile in counted:
                    continue
                kind, allocation = ("transport", footprint.allocation.value) if transport else ("packaging", "none")
                sign = "emitted" if co2e_mg >= 0 else "credited"
                metrics.co2e.labels(purpose, profile, kind, allocation, sign).inc(abs(co2e_mg) / MG_PER_G)
            counted.add(profile)


ORDERS = (
    "Orders of the run by what became of them: planned, partial, not_packed (nothing ships), error (no plan could be"
    " made)."
)
OBJECTIVE = (
    "What a design makes of the orders of one half (design: it was designed for them, judged: it has not seen them),"
    " summed, by objective: cost in whole units of the currency, litres, or emissions in grams of CO2e."
)
FATES = (
    "Orders of one half: those counted, those lost because they go into no box of the design, and those gained that go"
    " into none of today's."
)
CHANGE = "Change of that from today's catalog as a share, below 0 for a saving."


def of_batch(totals: BatchTotals, catalog: str) -> RunFigures:
    """Return the sums of a file of orders that was packed."""
    return RunFigures(
        catalog,
        {status.value: totals.statuses[status.value] for status in OrderStatus},
        totals.parcels,
        totals.units,
        {name: use.parcels for name, use in totals.boxes.items()},
        totals.packaging_mg,
        totals.marks,
        totals.unpacked,
        tuple(totals.emissions.values()),
    )


def of_evaluation(evaluation: Evaluation) -> Iterable[RunFigures]:
    """Return the sums of each catalog of an evaluation, with each policy and carrier service."""
    for result in evaluation.results:
        totals = result.totals
        yield RunFigures(
            result.variant.name,
            {status.value: count for status, count in totals.orders},
            totals.parcels,
            totals.packed_units,
            {name or OWN_CONTAINER: count for name, count in totals.box_use},
            dict(totals.packaging_mg),
            dict(totals.handling_marks),
            dict(totals.unpacked),
            totals.footprints,
            totals.packaging_price,
            totals.carriage_price,
        )


def of_design(made: Design) -> Iterable[RunFigures]:
    """Return what each design makes of the orders that it was designed for, and of those that it is judged by."""
    for suite in made.suites:
        gauges = []
        for half, figures in (("design", suite.design), ("judged", suite.judged)):
            labels = {"half": half, "objective": made.wishes.objective.value}
            gauges.append(("boxwright_design_objective", OBJECTIVE, labels, in_units(made, figures.total)))
            gauges += [
                ("boxwright_design_orders", FATES, {"half": half, "status": status}, count)
                for status, count in (("counted", figures.orders), ("lost", figures.lost), ("gained", figures.gained))
            ]
            if figures.change is not None:
                gauges.append(("boxwright_design_change_ratio", CHANGE, {"half": half}, figures.change))
        yield RunFigures(suite.catalog.catalog_id, {}, gauges=gauges)
