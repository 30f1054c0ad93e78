"""Database URLs of stores."""

import re
from urllib.parse import unquote, urlsplit

POSTGRESQL = "postgresql"
_SQLITE = re.compile(r"sqlite:///(?P<path>/.*[^/])")
_BEFORE_PASSWORD = re.compile(r"(?s)^((?:[\w+.-]+:/+)?+[^:]*):.*@")
FORMS = "sqlite:////folder/plans.db (four slashes and a full path) or postgresql://user@host/database"


def check_url(url: str) -> str | None:
    """Return the rule that a database URL breaks; None if it is valid."""
    try:
        parts = urlsplit(url)
        known = _SQLITE.fullmatch(url) is not None or (
            parts.scheme == POSTGRESQL and bool(parts.path.strip("/")) and (parts.port is None or parts.port > 0)
        )
        # URL parsers disagree about where such a password ends and the host begins.
        unclear = known and parts.scheme == POSTGRESQL and (parts.netloc.count("@") > 1 or "@" in parts.path)
    except ValueError:
        known = unclear = False
    if unclear:
        return f"must write / and @ in a user or password as %2F and %40, got {shown_url(url)!r}"
    return None if known else f"must be {FORMS}, got {shown_url(url)!r}"


def sqlite_path(url: str) -> str | None:
    """Return the path in an SQLite URL; None for other URLs."""
    found = _SQLITE.fullmatch(url)
    return unquote(found["path"]) if found else None


def shown_url(url: str) -> str:
    """Return a URL without its password, for logs and errors; if in doubt, more is hidden."""
    if _SQLITE.fullmatch(url) is None:
        url = _BEFORE_PASSWORD.sub(r"\1:…@", url)
    return re.sub(r"(?i)(password=)[^&]*", r"\1…", url)
