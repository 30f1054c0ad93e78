"""What can go wrong with planning processes, and with an order because of them."""

from boxwright.errors import BoxwrightError


class PlanningLostError(BoxwrightError):
    """The process that planned an order ended, or did not get on and was ended."""


class MemoryCeilingError(BoxwrightError):
    """An order took more memory than a planning process may hold."""


class NoPlanningError(BoxwrightError):
    """A planning process cannot be started, or cannot load what it plans with."""


class WorkerFaultError(Exception):
    """A fault of the service in a planning process, with the traceback from there as its text."""
