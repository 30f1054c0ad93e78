"""Refusals to delete what has not ended."""

from boxwright.errors import BoxwrightError


class OperationNotDoneError(BoxwrightError):
    """An operation is to be deleted that has not ended."""
