"""An error that a planning process met, as the door relays it to the caller."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from google.rpc import status_pb2

from boxwright.errors import BoxwrightError, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

Parts = tuple[bytes, bytes, str, bool, list[str], str]
"""Status, status for trailers, reason, whether the fault is ours, paths of fields, traceback."""


class _ThereError(Exception):
    """The traceback of another process, to be shown as the cause."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f"\n{self.text}"


class RelayedError(BoxwrightError):
    """An error of a planning process, with all that callers, log and metrics are given of it.

    Attributes
    ----------
    status, trailer : Status
        What travels in a message, and in trailers.
    reason : str
        In lower case, such as ``invalid_fields``.
    ours : bool
        Whether it is a fault of the service.
    fields : sequence of str
        Paths of the fields at fault.
    """

    def __init__(
        self, status: status_pb2.Status, trailer: status_pb2.Status, reason: str, *, ours: bool, fields: Sequence[str]
    ) -> None:
        super().__init__(status.message)
        self.status, self.trailer, self.reason, self.ours, self.fields = status, trailer, reason, ours, tuple(fields)

    @classmethod
    def of(cls, parts: Parts) -> RelayedError:
        """Return the error of parts that came from another process."""
        whole, trailer, reason, ours, fields, text = parts
        read = status_pb2.Status.FromString
        error = cls(read(whole), read(trailer), reason, ours=ours, fields=fields)
        if text:
            error.__cause__ = _ThereError(text)
        return error


def parts_of(error: BaseException) -> Parts:
    """Return what another process needs to relay an error."""
    from boxwright.server.faults import is_ours, reason_of, status_of

    ours = is_ours(error)
    fields = [each.field for each in error.violations] if isinstance(error, InvalidInputError) else []
    whole, trailer = status_of(error), status_of(error, trailer=True)
    text = "".join(traceback.format_exception(error)) if ours else ""
    return whole.SerializeToString(), trailer.SerializeToString(), reason_of(error), ours, fields, text
