"""Who calls, once that is known."""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass

from boxwright.errors import printable
from boxwright.server.access.scopes import Scope

LONGEST_NAME = 100
"""Most characters of a name that a certificate brings."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls.

    Attributes
    ----------
    who : str
        Such as ``token:hall-2``: the limits of callers, remembered answers and audit lines go by it.
    scopes : frozenset of Scope
        What it may do.
    sites : frozenset of str
        For which sites; empty: for every one.
    credential : str
        By which of its credentials it is known, such as the id of its token; nothing secret.
    """

    who: str
    scopes: frozenset[Scope]
    sites: frozenset[str] = frozenset()
    credential: str = ""


CALLING: ContextVar[Principal | None] = ContextVar("calling", default=None)
"""Who made the call that this task answers; None where callers are not authenticated."""


def certificate_name(common: Sequence[str], alternative: Sequence[str]) -> str:
    """Return how the bearer of a certificate is called: its common name, else the first other name; never empty."""
    name = next((each for each in (*common, *alternative) if each), "unnamed")
    return printable(name)[:LONGEST_NAME]
