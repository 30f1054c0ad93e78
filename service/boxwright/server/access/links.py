"""Signed links: the holder may read the page of one plan until the link expires, without another credential."""

import base64
import hashlib
import hmac
import time

from boxwright.errors import BoxwrightError

LEAST_KEY_CHARACTERS = 16
"""Minimum length of a key; shorter ones can be guessed."""


class LinkError(BoxwrightError):
    """A link that this server did not sign, or that has expired."""


def signed_query(key: str, plan_id: str, expires_s: int) -> str:
    """Return the query of a link to a plan's page, signed by HMAC-SHA256 (RFC 2104) over plan id and expiry.

    ``key`` is the server's setting ``link_key``; ``expires_s`` is in seconds since 1970.
    """
    return f"expires={expires_s}&signature={_signature(key, plan_id, expires_s)}"


def check_link(key: str, plan_id: str, expires: str, signature: str) -> None:
    """Raise LinkError unless a link is signed for the plan and has not expired."""
    if not expires.isascii() or not expires.isdecimal() or len(expires) > 12:
        raise LinkError("the link is cut off: ask its sender for the complete link")
    if not hmac.compare_digest(_signature(key, plan_id, int(expires)).encode(), signature.encode()):
        raise LinkError("the link is not signed by this server's key: ask its sender for the complete link")
    if int(expires) < time.time():
        raise LinkError("the link has expired: ask its sender for a new one")


def _signature(key: str, plan_id: str, expires_s: int) -> str:
    digest = hmac.new(key.encode(), f"plans/{plan_id}\n{expires_s}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
