"""Lines for whoever asks later who did what: on calls of known callers, on orders of batches and streams, on refusals.

They are written whatever ``log_level`` says, and hold names and ids only.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from boxwright.server.access.auth import CALLING, SCOPES, DeniedError, Scope
from boxwright.server.faults import grpc_code, reason_of, status_of
from boxwright.server.logs import refused_at

LOGGER = logging.getLogger("boxwright.audit")

LOGGED_ID = 64
"""Most characters of an order or request id in a line."""

_OF_PLANS = frozenset({"PackingService/GetPlan", "PackingService/ListPlans"})

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
    extra = {
        "facts": {"what": what, "outcome": outcome, **said},
        "refused": "" if outcome == "OK" else refused_at(said),
    }
    LOGGER.info("audit", extra=extra)


def note(**facts: object) -> None:
    """Add something to the line of the call that this task answers, such as the plan that it has stored."""
    called = CALLED.get()
    if called is not None:
        called |= facts


@contextmanager
def audited_order(what: str, ids: Mapping[str, object]) -> Iterator[None]:
    """Write a line on one order of a batch or stream of a known caller, with its ids, once it is answered."""
    called = CALLED.get()
    if called is None or CALLING.get() is None:
        yield
        return
    facts: dict[str, object] = {name: called[name] for name in ("who", "credential", "peer") if name in called}
    facts |= ids
    before = CALLED.set(facts)
    outcome = "OK"
    try:
        yield
    except Exception as error:
        outcome = grpc_code(status_of(error)).name
        facts |= {"reason": reason_of(error), **why_of(error)}
        raise
    except BaseException:
        outcome = "CANCELLED"
        raise
    finally:
        CALLED.reset(before)
        audit(what, outcome, facts)


def why_of(error: BaseException) -> dict[str, object]:
    """Return why a caller was not let in, and who it is and by which credential, as far as that is known."""
    if not isinstance(error, DeniedError):
        return {}
    known = {"who": error.who, "credential": error.credential}
    return {"why": error.why, **{name: text for name, text in known.items() if text}}
