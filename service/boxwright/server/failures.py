"""What ends calls in errors of the server's own: of its state, of planning processes, and of what it keeps."""

from boxwright.errors import BoxwrightError, DeadlineError

ENDINGS = {"idle": "was idle for too long", "age": "was open for too long", "stop": "ends because the server stops"}
"""Why a stream ends, as the metrics name it, and as a sentence goes on."""


class NotInThisVersionError(BoxwrightError):
    """An RPC that the contract has and this version has not."""


class RequestIdReusedError(BoxwrightError):
    """The ``request_id`` came before with another payload."""


class StreamEndedError(BoxwrightError):
    """The server ended a stream, for one of ``ENDINGS``: every order that it took is answered."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"the stream {ENDINGS[why]}; each order that was taken is answered, the rest is not")


class WaitedInVainError(DeadlineError):
    """The time by which an order was to be answered came before a worker had it."""


class PlanningLostError(BoxwrightError):
    """The process that planned an order ended, or did not get on and was ended."""


class MemoryCeilingError(BoxwrightError):
    """An order took more memory than a planning process may hold."""


class NoPlanningError(BoxwrightError):
    """A planning process cannot be started, or cannot load what it plans with."""


class WorkerFaultError(Exception):
    """A fault of the service in a planning process, with the traceback from there as its text."""


class CatalogExistsError(BoxwrightError):
    """There is a catalog of that identifier already."""


class CatalogReadOnlyError(BoxwrightError):
    """The catalog comes from a file."""


class CatalogInUseError(BoxwrightError):
    """A site or the server's default needs what is to be taken away."""


class EtagMismatchError(BoxwrightError):
    """Somebody else wrote the catalog since it was read."""
