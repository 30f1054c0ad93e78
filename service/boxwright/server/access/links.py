"""Signed links: whoever holds one reads the page of one plan until a time, without any other credential."""

import base64
import hashlib
import hmac
import time

from boxwright.errors import BoxwrightError

LEAST_KEY_CHARACTERS = 16
"""Below so many characters a key can be guessed."""


class LinkError(BoxwrightError):
    """A link to a plan that is not signed by this server's key, or whose time is over."""


def signed_query(key: str, plan_id: str, expires_s: int) -> str:
    """Return the query of a link to the page of a plan: HMAC-SHA256 (RFC 2104) over its name and the time.

    ``key`` is the server's setting ``link_key``, ``expires_s`` when the link ends, in seconds since 1970.
    """
    return f"expires={expires_s}&signature={_signature(key, plan_id, expires_s)}"


def check_link(key: str, plan_id: str, expires: str, signature: str) -> None:
    """Raise LinkError where a link does not open a plan."""
    if not expires.isascii() or not expires.isdecimal() or len(expires) > 12:
        raise LinkError("the link lacks its time: ask whoever sent it for a whole one")
    if not hmac.compare_digest(_signature(key, plan_id, int(expires)).encode(), signature.encode()):
        raise LinkError("the link is not signed by this server's key: ask whoever sent it for a whole one")
    if int(expires) < time.time():
        raise LinkError("the time of this link is over: ask whoever sent it for a new one")


def _signature(key: str, plan_id: str, expires_s: int) -> str:
    digest = hmac.new(key.encode(), f"plans/{plan_id}\n{expires_s}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
