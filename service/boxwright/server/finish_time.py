"""How long the answer to an order takes once its search has ended: its plan, and pictures.

The figures are found as those of ``planning/finishing/finish_time.py``.
"""

from boxwright.planning.finishing.finish_time import finish_time_s as plan_time_s
from boxwright.server.pack_request import PackJob

DRAWING_S, DRAWN_UNIT_S, DRAWN_LINE_S = 0.001, 0.000_1, 0.000_2
"""Seconds for each picture, with each unit in it and each line in its legend."""


def finish_time_s(job: PackJob) -> float:
    """Return how long finishing the plan of a job may take, in seconds."""
    return plan_time_s(job.task.order, job.task.catalog, empty_spaces=job.empty_spaces) + drawing_time_s(job)


def drawing_time_s(job: PackJob) -> float:
    """Return how long the pictures of a job may take, in seconds; 0 where none are asked for."""
    units, lines = job.task.order.unit_count, len(job.task.order.lines)
    return units * (DRAWING_S + DRAWN_UNIT_S * units / 2 + DRAWN_LINE_S * lines) if job.drawings else 0.0
