"""CPU time that a plan needs after its search: to finish it, check it and write the message.

A search with a deadline ends that much earlier. The figures are more than twice what
``python -m benchmarks.service finish`` measures for most orders on an idle machine, since the same work takes more CPU
time on a busy one. If they are too low, the deadline comes first, and the caller gets an error instead of a plan.
"""

import math

from boxwright.domain.box import Catalog
from boxwright.domain.order import Order

BASE_S = 0.01
UNIT_S = 0.000_26
PROTECTED_UNIT_S = 0.000_4
PARCEL_S = 0.001_2
EMPTY_SPACES_S = 0.000_6
"""Seconds per order, per unit, per unit that may need protection, per parcel, and per unit whose parcel lists its empty
spaces."""

EXPECTED_FILL = 0.5
"""Share of a parcel's volume that goods are expected to take."""


def finish_time_s(order: Order, catalog: Catalog, *, empty_spaces: bool) -> float:
    """Return the CPU time that finishing the plan of an order may take, in seconds."""
    units = order.unit_count
    # Gaps, wrap and fill of fragile units take time, and need more parcels than the volume of goods suggests.
    protected = sum(line.quantity for line in order.lines if line.fragility is not None or line.article)
    volume = sum(line.quantity * math.prod(line.edges_um) for line in order.lines)
    largest = max(box.inner_volume_um3 for box in catalog.box_types)
    parcels = min(units, math.ceil(volume / (EXPECTED_FILL * largest)))
    seconds = BASE_S + UNIT_S * units + PROTECTED_UNIT_S * protected + PARCEL_S * parcels
    return seconds + EMPTY_SPACES_S * units if empty_spaces else seconds
