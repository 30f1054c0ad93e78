"""The answer of a batch as bytes: results are kept as they are sent, in a sixth of the memory that messages take."""

from google.rpc import status_pb2

from boxwright.errors import FieldViolation, LimitExceededError
from boxwright.v1 import packing_service_pb2 as messages

_RESULTS = messages.BatchPackResponse.DESCRIPTOR.fields_by_name["results"].number
_RESPONSE = messages.BatchPackResult.DESCRIPTOR.fields_by_name["response"].number
_LENGTH_DELIMITED = 2
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

    def put_error(self, index: int, order_id: str, error: status_pb2.Status) -> None:
        """Keep the error of an order, however full the answer is."""
        data = messages.BatchPackResult(order_id=order_id, error=error).SerializeToString()
        self._put(index, data)
        self._failed += 1

    def _put(self, index: int, data: bytes) -> None:
        self._results[index] = data
        self._left -= 1
        self._bytes += len(data)

    def serialized(self) -> bytes:
        """Return the bytes of the BatchPackResponse."""
        counts = messages.BatchPackResponse(
            planned_count=len(self._results) - self._failed, error_count=self._failed
        ).SerializeToString()
        tag = bytes([_RESULTS << 3 | _LENGTH_DELIMITED])
        return b"".join([each for data in self._results for each in (tag, _varint(len(data)), data)] + [counts])

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
