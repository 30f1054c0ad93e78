"""What lines say of calls, and the audit: who did what, on calls of known callers, on orders, and on refusals.

Lines hold names and ids only: no rule, no sentence and no name that the contract does not have, since they quote what
was sent. Those of the audit are written whatever ``log_level`` says.
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
"""Most characters of an order or request id in a line."""

_OF_PLANS = frozenset(f"PackingService/{method}" for method in ("GetPlan", "GetEvidence", "ListPlans"))

CALLED: ContextVar[dict[str, object] | None] = ContextVar("called", default=None)
"""What is known of the call that this task answers, to be written at its end."""


def is_audited(method: str) -> bool:
    """Whether calls of a method are written: all but those that look up what is the same for everybody."""
    return method in _OF_PLANS or SCOPES.get(method) in (Scope.PACK, Scope.CATALOGS)


_SAID = (
    *("who", "credential", "peer", "order_id", "site", "request_id", "plan", "operation", "reason", "why"),
    *("token", "scopes", "sites", "at", "kept_in"),
)


def audit(what: str, outcome: object, facts: Mapping[str, object]) -> None:
    """Write a line: what was done, how it ended, and who, from where and with which plan, as far as that is known."""
    said = {name: facts[name] for name in _SAID if name in facts}
    LOGGER.info("audit", extra={"facts": {"what": what, "outcome": outcome, **said}})


def note(**facts: object) -> None:
    """Add something to the line of the call that this task answers, such as the plan that it has stored."""
    called = CALLED.get()
    if called is not None:
        called |= facts


def why_of(error: BaseException) -> dict[str, object]:
    """Return why a caller was not let in, and who it is and by which credential, as far as that is known."""
    if not isinstance(error, DeniedError):
        return {}
    known = {"who": error.who, "credential": error.credential}
    return {"why": error.why, **{name: text for name, text in known.items() if text}}


LOGGED_FIELDS = 5
"""Most field paths of a refusal in its log line."""


def refusal_facts(error: Exception, kind: Any = None) -> dict[str, object]:
    """Return code, reason, why it was not let in and paths of fields.

    Parameters
    ----------
    error : Exception
        That ended a call or an order.
    kind : Descriptor, optional
        Of the message that paths begin in. Default: it is not known, and no name is written.
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
