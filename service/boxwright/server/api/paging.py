"""Cuts lists into pages (AIP-158). A token states where its page begins."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from boxwright.findings import Findings

Entry = TypeVar("Entry")

DEFAULT_SIZE = 100
MAX_SIZE = 1_000
"""Default and maximum page size, as the contract says."""

MOST_INT = 2**63
"""Largest integer that databases store."""


def page_size(request: Any, found: Findings) -> int:
    """Return the page size of a request, after noting a negative one."""
    if request.page_size < 0:
        found.add("page_size", f"must be 0 or more, got {request.page_size}")
    return max(0, min(request.page_size or DEFAULT_SIZE, MAX_SIZE))


def page(
    entries: Sequence[Entry],
    request: Any,
    found: Findings,
    *,
    shown: Callable[[Entry], Any] = lambda entry: entry,
    most_bytes: int = 0,
) -> tuple[list[Any], str]:
    """Return the entries of the requested page, and the token of the next page.

    Parameters
    ----------
    entries : sequence
        All entries in order.
    request : message
        Has ``page_size`` and ``page_token``.
    found : Findings
        Collects faults of the request.
    shown : callable, optional
        Makes the listed message from an entry. Default: the entry itself.
    most_bytes : int, optional
        Maximum bytes of a page, which has at least one entry. Default 0: no limit.
    """
    size = page_size(request, found)
    (start,) = read_token(request, found, int) or (0,)
    made: list[Any] = []
    left = most_bytes
    for entry in entries[start : start + size]:
        message = shown(entry)
        if most_bytes:
            left -= message.ByteSize()
            if made and left < 0:
                break
        made.append(message)
    end = start + len(made)
    return made, token_of(end) if end < len(entries) else ""


def token_of(*begin: str | int) -> str:
    """Return the token of the page after the entry with these sort values."""
    return base64.urlsafe_b64encode(json.dumps(begin).encode()).decode()


def read_token(request: Any, found: Findings, *kinds: type[Any]) -> tuple[Any, ...] | None:
    """Return the sort values after which a page begins; None for the first page, or after noting an invalid token.

    ``kinds`` are the types of the values, since PostgreSQL does not compare text with numbers.
    """
    if not request.page_token:
        return None
    try:
        begin = json.loads(base64.urlsafe_b64decode(request.page_token.encode()))
        if tuple(map(type, begin)) == kinds:
            for value in begin:  # databases reject lone surrogates and NUL
                if not 0 <= value < MOST_INT if isinstance(value, int) else "\0" in value.encode().decode():
                    raise ValueError
            return tuple(begin)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        pass
    found.add("page_token", "must be a next_page_token of this list, or empty to start again")
    return None
