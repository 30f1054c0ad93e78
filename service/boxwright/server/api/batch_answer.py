"""The answer of a batch as bytes: results are kept as they are sent, in a sixth of the memory that messages take."""

from google.rpc import status_pb2

from boxwright.errors import FieldViolation, LimitExceededError
from boxwright.v1 import packing_service_pb2 as messages

ERROR_BYTES = 160
"""About what the result of an order takes that was not begun by the deadline."""


class BatchAnswer:
    """Results of a batch of so many orders, in the order of its requests, of at most so many bytes."""

    def __init__(self, orders: int, max_bytes: int) -> None:
        # Each as the bytes of a response with it alone: put together, they are those of the whole.
        self._results: list[bytes] = [b""] * orders
        self._left, self._max_bytes = orders, max_bytes
        self._bytes = self._failed = 0

    @property
    def likely_bytes(self) -> int:
        """Bytes of the results so far, and of errors for the others."""
        return self._bytes + ERROR_BYTES * self._left

    def check_room(self, size: int = 1) -> None:
        """Raise LimitExceededError if the results so far leave no room for another plan of so many bytes."""
        if self._bytes + size > self._max_bytes:
            rule = (
                f"asks for more than fits into the answer of this batch, at most {self._max_bytes:,} bytes on this"
                " server: send this order in a batch of its own, or ask for fewer fields"
            )
            raise LimitExceededError([FieldViolation("read_mask", rule)])

    def put_plan(self, index: int, order_id: str, plan: bytes) -> None:
        """Keep the plan of an order, the bytes of a PackResponse; raises LimitExceededError if there is no room."""
        response = messages.PackResponse.FromString(plan)
        data = _only(messages.BatchPackResult(order_id=order_id, response=response))
        self.check_room(len(data))
        self._put(index, data)

    def put_error(self, index: int, order_id: str, error: status_pb2.Status) -> None:
        """Keep the error of an order, however full the answer is."""
        self._put(index, _only(messages.BatchPackResult(order_id=order_id, error=error)))
        self._failed += 1

    def _put(self, index: int, data: bytes) -> None:
        self._results[index] = data
        self._left -= 1
        self._bytes += len(data)

    def serialized(self) -> bytes:
        """Return the bytes of the BatchPackResponse."""
        planned = len(self._results) - self._failed
        counts = messages.BatchPackResponse(planned_count=planned, error_count=self._failed)
        return b"".join((*self._results, counts.SerializeToString()))


def _only(result: messages.BatchPackResult) -> bytes:
    return messages.BatchPackResponse(results=[result]).SerializeToString()
