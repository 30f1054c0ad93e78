"""The ids by which a call can be followed through the log, from the door to the process that plans."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from boxwright.errors import printable
from boxwright.server.audit import LOGGED_ID

_PLANS: Mapping[str, Callable[[Any], str]] = {
    "GetPlanRequest": attrgetter("name"),
    "RecordOutcomeRequest": attrgetter("outcome.plan"),
}
"""Where requests name a stored plan."""


def ids_in(request: Any) -> dict[str, object]:
    """Return the ids by which a call can be followed, its site and plan; no line holds more of its contents."""
    given = [(name, read(request)) for name, read in _readers(request.DESCRIPTOR)]
    return {name: printable(text[:LOGGED_ID]) for name, text in given if text}


@cache
def _readers(descriptor: Any) -> Sequence[tuple[str, Callable[[Any], str]]]:
    """Return what reads the ids of a kind of request."""
    fields = descriptor.fields_by_name
    found: list[tuple[str, Callable[[Any], str]]] = []
    if "request_id" in fields:
        found.append(("request_id", attrgetter("request_id")))
    if "order" in fields and fields["order"].message_type.name == "Order":
        found.append(("order_id", attrgetter("order.order_id")))
    if "site" in fields and fields["site"].type == FieldDescriptor.TYPE_STRING:
        found.append(("site", attrgetter("site")))
    if descriptor.name in _PLANS:
        found.append(("plan", _PLANS[descriptor.name]))
    return found
