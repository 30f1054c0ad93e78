"""Pages of lists (AIP-158)."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from boxwright.findings import Findings

Entry = TypeVar("Entry")

DEFAULT_SIZE = 100
MAX_SIZE = 1_000
"""Entries of a page where the request says nothing, and the most, as the contract says."""


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
    digest = list_digest(request, of)
    if request.page_size < 0:
        found.add("page_size", f"must be 0 or more, got {request.page_size}")
    size = min(request.page_size or DEFAULT_SIZE, MAX_SIZE)
    start = 0
    if request.page_token:
        read = _read_token(request.page_token, digest)
        if read is None:
            found.add(
                "page_token", "must be the next_page_token of a page of the same request, of what is loaded by now"
            )
        start = read or 0
    made: list[Any] = []
    room = most_bytes
    for entry in entries[start : start + max(size, 0)]:
        message = shown(entry)
        if most_bytes:
            room -= message.ByteSize()
            if made and room < 0:
                break
        made.append(message)
    end = start + len(made)
    return made, _token(end, digest) if end < len(entries) else ""


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


def _token(start: int, digest: str) -> str:
    return base64.urlsafe_b64encode(f"{start}:{digest}".encode()).decode()


def _read_token(token: str, digest: str) -> int | None:
    try:
        start, _, tied_to = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
    except (ValueError, binascii.Error):
        return None
    return int(start) if start.isdecimal() and len(start) < 10 and tied_to == digest else None
