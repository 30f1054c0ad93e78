"""Errors that come of the deadline of one call: another call that waits for the same answer does not get them."""

from boxwright.errors import DeadlineError
from boxwright.server.overloaded import ShedError
from boxwright.store import StoreBusyError, StoreError


class StoreLateError(StoreBusyError):
    """The deadline of a call came near before the store had taken what must be stored."""


def of_deadline(error: StoreError) -> StoreError:
    """Return the error of a store that is late as one that comes of the deadline of a call."""
    return StoreLateError(str(error)) if isinstance(error, StoreBusyError) else error


def is_of_deadline(error: BaseException | None) -> bool:
    """Return whether an error would not have come, or not yet, to a call with a later deadline."""
    if isinstance(error, ShedError):
        return error.limit == "deadline"
    return isinstance(error, DeadlineError | StoreLateError)
