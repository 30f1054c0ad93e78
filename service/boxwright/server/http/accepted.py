"""Which codings of an answer a caller accepts."""

import re
from collections.abc import Iterable
from typing import Any

from starlette.middleware.gzip import GZipMiddleware

GZIP = frozenset({"gzip", "x-gzip"})
"""Names of gzip (RFC 9110, 8.4.1.3)."""

_QUALITY = re.compile(r"[01](\.[0-9]{0,3})?")


def takes_gzip(accepted: Iterable[str]) -> bool:
    """Return whether a caller takes an answer as gzip: it names it, and prefers nothing to it (RFC 9110, 12.5.3).

    Parameters
    ----------
    accepted : iterable of str
        Values of its ``Accept-Encoding`` headers.
    """
    gzip, plain = 0.0, 0.0
    for each in ",".join(accepted).lower().split(","):
        coding, *parameters = (part.strip() for part in each.split(";"))
        if coding in GZIP:
            gzip = max(gzip, _quality(parameters))
        elif coding == "identity":
            plain = _quality(parameters)
    return gzip > 0 and gzip >= plain


def _quality(parameters: Iterable[str]) -> float:
    """Return how much a coding is wanted, from 0, not at all, to 1; one that cannot be read is not wanted."""
    for each in parameters:
        name, _, value = each.partition("=")
        if name.strip() == "q":
            return float(value) if _QUALITY.fullmatch(value := value.strip()) else 0.0
    return 1.0


def with_accepted(scope: Any) -> Any:
    """Return a request that names gzip if its caller takes it, and no other coding: libraries look for the word."""
    name = b"accept-encoding"
    given = [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]
    if not given:
        return scope
    headers = [(key, value) for key, value in scope["headers"] if key.lower() != name]
    return {**scope, "headers": [*headers, *([(name, b"gzip")] if takes_gzip(given) else [])]}


class Gzipped(GZipMiddleware):
    """Writes answers as gzip to callers who take it."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request."""
        await super().__call__(with_accepted(scope), receive, send)
