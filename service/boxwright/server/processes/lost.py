"""Errors of orders whose planning process ended before it answered."""

from boxwright.errors import BoxwrightError


class PlanningLostError(BoxwrightError):
    """The process that planned an order ended, or did not get on and was ended."""


class MemoryCeilingError(BoxwrightError):
    """An order took more memory than a planning process may hold."""
