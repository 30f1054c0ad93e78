"""Whether a field was sent."""

from google.protobuf.message import Message


def present(message: Message, field: str) -> bool:
    """Return whether a field with presence was sent; the generated stubs allow ``HasField`` with literals only."""
    return message.HasField(field)
