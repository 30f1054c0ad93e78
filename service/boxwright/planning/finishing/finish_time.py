"""How long a plan takes once its search has ended: a plan of what is left, finish, check and message.

The search of an order with a deadline ends so much earlier. The figures are above twice what
``python -m benchmarks.service finish`` measures for most orders on an idle machine, since on a busy one the same work
takes more CPU time. Where they are too low, the deadline comes before the plan is finished, and the answer is an error
in place of a plan.
"""

import math

from boxwright.domain.box import Catalog
from boxwright.domain.order import Order

BASE_S = 0.01
UNIT_S = 0.000_26
PROTECTED_UNIT_S = 0.000_4
PARCEL_S = 0.001_2
EMPTY_SPACES_S = 0.000_6
"""Seconds that any order takes; more for each unit, for each that may be protected, for each parcel, and for each unit
where empty spaces are asked for."""

EXPECTED_FILL = 0.5
"""Share of a parcel's volume, or of the mass that it may have, that goods are expected to take."""


def finish_time_s(order: Order, catalog: Catalog, *, empty_spaces: bool) -> float:
    """Return how much CPU time finishing the plan of an order may take, in seconds."""
    units = order.unit_count
    # Gaps, wrap and fill are worked out of them, and there are more parcels than their volume says.
    protected = sum(line.quantity for line in order.lines if line.fragility is not None or line.article)
    volume = sum(line.quantity * math.prod(line.edges_um) for line in order.lines)
    largest = max(box.inner_volume_um3 for box in catalog.box_types)
    parcels = min(units, math.ceil(volume / (EXPECTED_FILL * largest)))
    seconds = BASE_S + UNIT_S * units + PROTECTED_UNIT_S * protected + PARCEL_S * parcels
    return seconds + EMPTY_SPACES_S * units if empty_spaces else seconds
