"""The ids by which a call can be followed through the log, from the door to the process that plans."""

from collections.abc import Callable, Mapping
from typing import Any

from boxwright.errors import printable
from boxwright.server.audit import LOGGED_ID

_PLANS: Mapping[str, Callable[[Any], str]] = {
    "GetPlanRequest": lambda request: request.name,
    "RecordOutcomeRequest": lambda request: request.outcome.plan,
}
"""Where requests name a stored plan."""


def ids_in(request: Any) -> dict[str, object]:
    """Return the ids by which a call can be followed, and the plan it names; no line holds more of its contents."""
    fields = request.DESCRIPTOR.fields_by_name
    order = fields.get("order")
    given = {
        "request_id": request.request_id if "request_id" in fields else "",
        "order_id": request.order.order_id if order is not None and order.message_type.name == "Order" else "",
        "plan": _PLANS[name](request) if (name := request.DESCRIPTOR.name) in _PLANS else "",
    }
    return {name: printable(text[:LOGGED_ID]) for name, text in given.items() if text}
