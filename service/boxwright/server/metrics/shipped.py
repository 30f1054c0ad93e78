"""Outcomes: what was packed and weighed, beside what was planned."""

from prometheus_client import Counter, Histogram

from boxwright.contract.outcome import OVERRIDES
from boxwright.server.metrics.described import Described, Instruments

DEVIATION_BUCKETS = (-0.5, -0.2, -0.1, -0.05, -0.02, 0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)

SIZE_BUCKETS_MM = (-50.0, -20.0, -10.0, -5.0, -2.0, 0.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


class ShippedMetrics(Instruments):
    """Outcomes."""

    shipped_orders = Described(
        Counter,
        "boxwright_shipped_orders_total",
        "Plans of which an outcome was recorded, by how they were packed (as_planned, overridden). One that is recorded"
        " again is not counted again, here and below.",
        "how",
        known=("as_planned", "overridden"),
    )
    shipped_boxes = Described(
        Counter,
        "boxwright_shipped_boxes_total",
        "Boxes of those outcomes, by catalog and box type; (other) is none of the catalog.",
        "catalog box_type",
    )
    shipped_planned_boxes = Described(
        Counter,
        "boxwright_shipped_planned_boxes_total",
        "Boxes that the plans of those outcomes had, by catalog and box type.",
        "catalog box_type",
    )
    shipped_grams = Described(
        Counter,
        "boxwright_shipped_gross_grams_total",
        "Gross mass of the parcels that were weighed, as measured and as planned.",
        "basis",
        known=("measured", "planned"),
    )
    shipped_mass_deviation = Described(
        Histogram,
        "boxwright_shipped_mass_deviation_ratio",
        "Measured less planned gross mass of a parcel, as a share of the planned one.",
        buckets=DEVIATION_BUCKETS,
    )
    shipped_size_deviation = Described(
        Histogram,
        "boxwright_shipped_size_deviation_mm",
        "Greatest difference of an outer edge of a parcel, measured less planned, in mm; edges are compared by length.",
        buckets=SIZE_BUCKETS_MM,
    )
    shipped_overrides = Described(
        Counter,
        "boxwright_shipped_overrides_total",
        "Parcels that were packed otherwise than planned, by reason (box_not_at_hand, did_not_fit, ...).",
        "reason",
        known=OVERRIDES,  # an alert on their increase does not see the first of a series that begins above zero
    )
