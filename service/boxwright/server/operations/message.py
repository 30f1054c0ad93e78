"""Operations as google.longrunning has them."""

from google.longrunning import operations_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from boxwright.contract.enums import numbers_of
from boxwright.server.api.faults import packed
from boxwright.server.stored.deflated import unpacked
from boxwright.store import OperationRecord, OperationState
from boxwright.v1 import evaluation_service_pb2 as messages

STATES = numbers_of(messages.OperationState.DESCRIPTOR)


def operation_name(operation_id: str) -> str:
    """Return the resource name of an operation."""
    return f"operations/{operation_id}"


def operation_to_wire(operation: OperationRecord) -> operations_pb2.Operation:
    """Return the message of an operation, with its result where it has ended and that was read."""
    made = operations_pb2.Operation()
    if operation.result:
        made.ParseFromString(unpacked(operation.result))
    made.name = operation_name(operation.operation_id)
    made.done = operation.state.ended
    whole = operation.state is OperationState.SUCCEEDED  # the last beat may have been before the last orders
    made.metadata.CopyFrom(
        packed(
            messages.EvaluationMetadata(
                create_time=_time(operation.create_us),
                start_time=_time(operation.start_us),
                end_time=_time(operation.end_us),
                state=STATES[operation.state],  # type: ignore[arg-type] # a number of the enum
                stage=operation.stage,
                done_order_count=operation.total if whole else operation.done,
                total_order_count=operation.total,
                attempt_count=operation.attempts,
                cancel_requested=operation.cancelled,
            )
        )
    )
    return made


def _time(us: int | None) -> Timestamp | None:
    if us is None:
        return None
    made = Timestamp()
    made.FromMicroseconds(us)
    return made
