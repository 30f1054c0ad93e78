"""Counts outcomes next to what their plans had."""

from boxwright.contract.outcome import ReadOutcome
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.server.metrics import INLINE, OTHER_BOX, Metrics
from boxwright.v1 import parcel_pb2


def record_outcome(metrics: Metrics, outcome: ReadOutcome, catalog: str) -> None:
    """Count an outcome; ``catalog`` is the resource name of its plan's catalog, or another text of one sent along."""
    prefix, _, catalog_id = catalog.partition("/")
    label = catalog_id if prefix == "catalogs" and catalog_id else INLINE
    metrics.shipped_orders.labels("overridden" if outcome.overridden else "as_planned").inc()
    for planned in outcome.planned:
        metrics.shipped_boxes.labels("planned", label, _box(label, planned.box_type_id, planned)).inc()
    for parcel in outcome.parcels:
        same = parcel.planned if parcel.planned and parcel.planned.box_type_id == parcel.box_type_id else None
        metrics.shipped_boxes.labels("shipped", label, _box(label, parcel.box_type_id, same)).inc()
        if parcel.overridden:
            metrics.shipped_overrides.labels(parcel.reason).inc()
        if parcel.planned is not None and parcel.measured_g is not None:
            metrics.shipped_grams.labels("measured").inc(parcel.measured_g)
            metrics.shipped_grams.labels("planned").inc(parcel.planned.gross_g)


def _box(catalog: str, box_type_id: str, planned: parcel_pb2.Parcel | None) -> str:
    if planned is not None and planned.ships_in_own_container:
        return OWN_CONTAINER
    return INLINE if catalog == INLINE else box_type_id or OTHER_BOX
