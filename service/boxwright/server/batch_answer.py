"""The answer of a batch as bytes: results are kept as they are sent, in a sixth of the memory that messages take."""

from google.rpc import code_pb2, status_pb2

from boxwright.errors import FieldViolation, LimitExceededError
from boxwright.server.repeats import Unfinished
from boxwright.v1 import packing_service_pb2 as messages

_RESULTS = messages.BatchPackResponse.DESCRIPTOR.fields_by_name["results"].number
_RESPONSE = messages.BatchPackResult.DESCRIPTOR.fields_by_name["response"].number
_LENGTH_DELIMITED = 2
LASTING = frozenset(
    {
        *(code_pb2.INVALID_ARGUMENT, code_pb2.NOT_FOUND, code_pb2.ALREADY_EXISTS, code_pb2.PERMISSION_DENIED),
        *(code_pb2.FAILED_PRECONDITION, code_pb2.UNIMPLEMENTED),
    }
)
"""Codes of errors that the same order gets again; any other may have passed by the time that the batch is repeated."""

ERROR_BYTES = 160
"""About what the result of an order takes that was not begun by the deadline."""

_RESPONSE_TAG = bytes([_RESPONSE << 3 | _LENGTH_DELIMITED])


class BatchAnswer:
    """Results of a batch, in the order of its requests.

    Parameters
    ----------
    orders : int
        How many orders the batch has.
    max_bytes : int
        Most bytes of all results together.
    """

    def __init__(self, orders: int, max_bytes: int) -> None:
        self._results: list[bytes] = [b""] * orders
        self._left = orders
        self._max_bytes = max_bytes
        self._bytes = 0
        self._failed = 0
        self._passing = 0
        self._late = False

    def take_up(self, before: bytes) -> None:
        """Take over what an earlier answer to the same batch has of plans and of errors that last."""
        for index, result in enumerate(messages.BatchPackResponse.FromString(before).results):
            if result.HasField("response"):
                self._put(index, result.SerializeToString())
            elif result.error.code in LASTING:
                self.put_error(index, result.order_id, result.error)

    def has(self, index: int) -> bool:
        """Return whether the result of an order is there."""
        return bool(self._results[index])

    @property
    def likely_bytes(self) -> int:
        """Bytes of the results so far, and of errors for the others."""
        return self._bytes + ERROR_BYTES * self._left

    def check_room(self) -> None:
        """Raise LimitExceededError if the results so far leave no room for another plan."""
        if self._bytes >= self._max_bytes:
            raise self._full()

    def put_plan(self, index: int, order_id: str, plan: bytes) -> None:
        """Keep the plan of an order, the bytes of a PackResponse.

        Raises
        ------
        LimitExceededError
            If it is larger than the room that is left.
        """
        named = messages.BatchPackResult(order_id=order_id).SerializeToString()
        data = b"".join((named, _RESPONSE_TAG, _varint(len(plan)), plan))
        if self._bytes + len(data) > self._max_bytes:
            raise self._full()
        self._put(index, data)

    def put_error(self, index: int, order_id: str, error: status_pb2.Status, *, late: bool = False) -> None:
        """Keep the error of an order, however full the answer is; ``late`` where it comes of the call's deadline."""
        data = messages.BatchPackResult(order_id=order_id, error=error).SerializeToString()
        self._put(index, data)
        self._failed += 1
        self._passing += error.code not in LASTING
        self._late |= late

    def _put(self, index: int, data: bytes) -> None:
        self._results[index] = data
        self._left -= 1
        self._bytes += len(data)

    def serialized(self) -> bytes:
        """Return the bytes of the BatchPackResponse; they are ``Unfinished`` where an error in it may pass."""
        counts = messages.BatchPackResponse(
            planned_count=len(self._results) - self._failed, error_count=self._failed
        ).SerializeToString()
        tag = bytes([_RESULTS << 3 | _LENGTH_DELIMITED])
        data = b"".join([each for data in self._results for each in (tag, _varint(len(data)), data)] + [counts])
        if not self._passing:
            return data
        unfinished = Unfinished(data)
        unfinished.late = self._late
        return unfinished

    def _full(self) -> LimitExceededError:
        rule = (
            f"asks for more than fits into the answer of this batch, at most {self._max_bytes:,} bytes on this server:"
            " send this order in a batch of its own, or ask for fewer fields"
        )
        return LimitExceededError([FieldViolation("read_mask", rule)])


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
