"""Writes the audit log, and collects the fields of log lines about calls.

Lines hold only names and ids. Messages and unknown field names are left out, since they quote the request. Audit lines
are written at every ``log_level``.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from operator import attrgetter
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from boxwright.contract.faults import of_contract
from boxwright.errors import InvalidInputError, printable
from boxwright.server.access.auth import SCOPES, DeniedError, Scope
from boxwright.server.api.faults import grpc_code, reason_of, status_of

LOGGER = logging.getLogger("boxwright.audit")

LOGGED_ID = 64
"""Maximum number of characters of an order or request id in a line."""


CALLED: ContextVar[dict[str, object] | None] = ContextVar("called", default=None)
"""Fields of the log line of the current call, written at its end."""


def is_audited(method: str) -> bool:
    """Return whether calls of a method are audited; reading data that every caller may see is not."""
    plans = ("PackingService/GetPlan", "PackingService/GetEvidence", "PackingService/ListPlans")
    return method in plans or SCOPES.get(method) in (Scope.PACK, Scope.CATALOGS)


_FIELDS = (
    *("who", "credential", "peer", "order_id", "site", "request_id", "plan", "operation", "reason", "why"),
    *("token", "scopes", "sites", "at"),
)


def audit(what: str, outcome: object, facts: Mapping[str, object]) -> None:
    """Write an audit line with what was done, its outcome, and the known facts about caller and plan."""
    known_facts = {name: facts[name] for name in _FIELDS if name in facts}
    LOGGER.info("audit", extra={"facts": {"what": what, "outcome": outcome, **known_facts}})


def note(**facts: object) -> None:
    """Add facts, such as the stored plan, to the log line of the current call."""
    called = CALLED.get()
    if called is not None:
        called |= facts


def why_of(error: BaseException) -> dict[str, object]:
    """Return the reason, caller and credential of a denied call; empty for other errors."""
    if not isinstance(error, DeniedError):
        return {}
    known = {"who": error.who, "credential": error.credential}
    return {"why": error.why, **{name: text for name, text in known.items() if text}}


LOGGED_FIELDS = 5
"""Maximum number of field paths of a refusal in its log line."""


def refusal_facts(error: Exception, kind: Any = None) -> dict[str, object]:
    """Return code, reason, denial and invalid field paths of an error for a log line.

    ``kind`` is the type of message that the paths start in; if it is unknown, no field names are written.
    """
    facts = {"code": grpc_code(status_of(error, trailer=True)).name, "reason": reason_of(error), **why_of(error)}
    paths = [fault.field for fault in error.violations] if isinstance(error, InvalidInputError) else []
    if paths:
        facts |= {"fields": [of_contract(path, kind) for path in paths[:LOGGED_FIELDS]]}
    return facts


_PLANS: Mapping[str, Callable[[Any], str]] = {
    "GetPlanRequest": attrgetter("name"),
    "GetEvidenceRequest": attrgetter("name"),
    "RecordOutcomeRequest": attrgetter("outcome.plan"),
}
"""Function from a request to the name of its stored plan."""


def ids_in(request: Any) -> dict[str, object]:
    """Return the ids in a request by which a call can be traced, its site and its plan, for log lines."""
    given = [(name, read(request)) for name, read in _readers(request.DESCRIPTOR)]
    return {name: printable(text[:LOGGED_ID]) for name, text in given if text}


@cache
def _readers(descriptor: Any) -> Sequence[tuple[str, Callable[[Any], str]]]:
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
