"""What a line of the log says of a refusal.

No rule, no sentence and no name that the contract does not have: they quote what was sent.
"""

from typing import Any

from boxwright.contract.paths import of_contract
from boxwright.errors import InvalidInputError
from boxwright.server.audit import why_of
from boxwright.server.faults import grpc_code, reason_of, status_of

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
    paths = [each.field for each in error.violations] if isinstance(error, InvalidInputError) else []
    if paths:
        facts |= {"fields": [of_contract(each, kind) for each in paths[:LOGGED_FIELDS]]}
    return facts
