"""How long an order takes once its search has ended: a plan of what is left, finish, check, conversion and pictures.

The search of an order with a deadline ends so much earlier. The figures are above twice what
``python -m benchmarks.service finish`` measures for most orders on an idle machine, since on a busy one the same work
takes more CPU time. Where they are too low, the deadline comes before the plan is finished, and the answer is an error
in place of a plan.
"""

import math

from boxwright.server.pack_request import PackJob

BASE_S = 0.01
UNIT_S = 0.000_26
PROTECTED_UNIT_S = 0.000_4
PARCEL_S = 0.001_2
EMPTY_SPACES_S = 0.000_6
DRAWING_S, DRAWN_UNIT_S, DRAWN_LINE_S = 0.001, 0.000_1, 0.000_2
"""Seconds that any order takes; more for each unit, for each that may be protected, and for each parcel; for each unit
where empty spaces are asked for; and for each picture, with each unit in it and each line in its legend."""

EXPECTED_FILL = 0.5
"""Share of a parcel's volume, or of the mass that it may have, that goods are expected to take."""


def finish_time_s(job: PackJob) -> float:
    """Return how long finishing the plan of a job may take, in seconds."""
    units = job.task.order.unit_count
    # Gaps, wrap and fill are worked out of them, and there are more parcels than their volume says.
    protected = sum(line.quantity for line in job.task.order.lines if line.fragility is not None or line.article)
    seconds = BASE_S + UNIT_S * units + PARCEL_S * _parcels(job)
    seconds += PROTECTED_UNIT_S * protected
    if job.empty_spaces:
        seconds += EMPTY_SPACES_S * units
    return seconds + drawing_time_s(job)


def drawing_time_s(job: PackJob) -> float:
    """Return how long the pictures of a job may take, in seconds; 0 where none are asked for."""
    units, lines = job.task.order.unit_count, len(job.task.order.lines)
    return units * (DRAWING_S + DRAWN_UNIT_S * units / 2 + DRAWN_LINE_S * lines) if job.drawings else 0.0


def _parcels(job: PackJob) -> int:
    """Return about how many parcels a plan will have, by the volume of the goods."""
    order, largest = job.task.order, job.task.catalog.largest_um3
    volume = sum(line.quantity * math.prod(line.edges_um) for line in order.lines)
    return min(order.unit_count, math.ceil(volume / (EXPECTED_FILL * largest))) if largest else 0
