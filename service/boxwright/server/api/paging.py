"""Pages of lists (AIP-158). A token says where a page begins, and is tied to its list."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from boxwright.findings import Findings

Entry = TypeVar("Entry")

DEFAULT_SIZE = 100
MAX_SIZE = 1_000
"""Entries of a page where the request says nothing, and the most, as the contract says."""

MOST_INT = 2**63
"""Past what databases have as a whole number."""


def page_size(request: Any, found: Findings) -> int:
    """Return how many entries a page has, after noting a number that is none."""
    if request.page_size < 0:
        found.add("page_size", f"must be 0 or more, got {request.page_size}")
    return max(0, min(request.page_size or DEFAULT_SIZE, MAX_SIZE))


def page(
    entries: Sequence[Entry],
    request: Any,
    found: Findings,
    *,
    of: str = "",
    shown: Callable[[Entry], Any] = lambda entry: entry,
    most_bytes: int = 0,
) -> tuple[list[Any], str]:
    """Return the entries of the page that a list request asks for, as they are shown, and the token of the next page.

    Parameters
    ----------
    entries : sequence
        All entries, in the list's order.
    request : message
        Has ``page_size`` and ``page_token``; a token holds only for a request whose other fields are the same.
    found : Findings
        Collects what is wrong.
    of : str, optional
        Hash of what the entries are taken from: a token holds only for the same. Default: they never change.
    shown : callable, optional
        Makes the message that is listed of an entry. Default: it is that.
    most_bytes : int, optional
        Bytes of messages past which a page ends early, with one entry at least. Default 0: no limit.
    """
    digest, size = list_digest(request, of), page_size(request, found)
    (start,) = read_token(request, digest, found, int) or (0,)
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
    return made, token_of(digest, end) if end < len(entries) else ""


def list_digest(request: Any, of: str = "") -> str:
    """Return what ties a token to its list: a hash of the request without the fields that change from page to page.

    ``of`` is the hash of what is listed, where that may change.
    """
    same = type(request)()
    same.CopyFrom(request)
    same.ClearField("page_token")
    same.ClearField("page_size")
    content = of.encode() + same.DESCRIPTOR.full_name.encode() + same.SerializeToString(deterministic=True)
    return hashlib.sha256(content).hexdigest()[:16]


def token_of(digest: str, *begin: str | int) -> str:
    """Return the token of a page that begins after some values."""
    return base64.urlsafe_b64encode(json.dumps([*begin, digest]).encode()).decode()


def read_token(request: Any, digest: str, found: Findings, *kinds: type[Any]) -> tuple[Any, ...] | None:
    """Return where a page begins; None for the first, or after noting that the token is none of this list.

    ``kinds`` are the types of the values: PostgreSQL compares no text with a number.
    """
    if not request.page_token:
        return None
    try:
        *begin, tied_to = json.loads(base64.urlsafe_b64decode(request.page_token.encode()))
        if tied_to == digest and tuple(map(type, begin)) == kinds:
            for value in begin:  # no half of a surrogate pair, and no NUL: no database takes them
                if not 0 <= value < MOST_INT if isinstance(value, int) else "\0" in value.encode().decode():
                    raise ValueError
            return tuple(begin)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        pass
    found.add("page_token", "must be the next_page_token of a page of the same request, of what is loaded by now")
    return None
