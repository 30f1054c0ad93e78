"""Tokens as they are kept: what each allows, and a hash in place of the secret."""

import base64
import datetime as dt
import hashlib
import json
import re
import secrets
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boxwright.findings import Findings
from boxwright.regular_file import read_regular
from boxwright.server.access.scopes import Scope

PREFIX = "bxw"
"""Beginning of every token, by which scanners of secrets find one that is where it should not be."""

SECRET_BYTES = 32
"""Random bytes of a token: too many to be guessed, so that a plain hash keeps them."""

MOST_BYTES, MOST_TOKENS = 8 << 20, 10_000
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SITE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_ID = re.compile(r"[a-z2-7]{10}")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Token:
    """One token.

    Attributes
    ----------
    token_id : str
        Part of the token that is no secret; by it the token is listed, revoked and logged.
    name : str
        Who holds it. Several may have one name, such as an old and a new one: their holder is one caller.
    sha256 : str
        Hash of the whole token, in hexadecimal digits.
    scopes : frozenset of Scope
        What it allows.
    sites : frozenset of str
        For which sites; empty: for every one.
    created : datetime
        When it was made.
    expires, revoked : datetime or None
        When it ends by itself, and when it was ended; None: it does not, it was not.
    """

    token_id: str
    name: str
    sha256: str
    scopes: frozenset[Scope]
    sites: frozenset[str]
    created: dt.datetime
    expires: dt.datetime | None = None
    revoked: dt.datetime | None = None

    def state(self, now: dt.datetime) -> str:
        """Return whether it is ``valid``, ``expired`` or ``revoked``."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now else "valid"

    def facts(self, outcome: str) -> dict[str, object]:
        """Return what a log says of it where it was ``created``, ``revoked`` or changed otherwise; nothing secret."""
        at = {"created": self.created, "revoked": self.revoked}.get(outcome)
        said = {"token": self.name, "scopes": sorted(self.scopes), "sites": sorted(self.sites)}
        return {"credential": self.token_id, **said, **({"at": at.isoformat()} if at else {})}


def new_token(
    name: str, scopes: Iterable[Scope], sites: Iterable[str], now: dt.datetime, expires: dt.datetime | None
) -> tuple[str, Token]:
    """Return a new token's text, which is kept nowhere, and what is kept of it."""
    token_id = base64.b32encode(secrets.token_bytes(7)).decode().lower()[:10]
    text = f"{PREFIX}_{token_id}_{secrets.token_urlsafe(SECRET_BYTES)}"
    return text, Token(token_id, name, hash_of(text), frozenset(scopes), frozenset(sites), now, expires)


def last_of_each(tokens: Iterable[Token], now: dt.datetime) -> list[Token]:
    """Return of each holder the token that is valid now and stays so for longest; none of those who have none."""
    never = dt.datetime.max.replace(tzinfo=dt.UTC)
    last: dict[str, Token] = {}
    for each in sorted(tokens, key=lambda token: token.expires or never):
        if each.state(now) == "valid":
            last[each.name] = each
    return list(last.values())


def hash_of(text: str) -> str:
    """Return the hash by which a token is kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def id_in(text: str) -> str:
    """Return the id that a token's text states; empty where it has not the form of one."""
    parts = text.split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == PREFIX and _ID.fullmatch(parts[1]) else ""


def read_tokens(name: str) -> tuple[Token, ...]:
    """Return the tokens of a file.

    Raises
    ------
    InvalidInputError
        If the file cannot be read, or others may write it; DataFileError with each fault of what it holds.
    """
    content = _text_of(name)
    found = Findings(file=Path(name).name)
    try:
        rows = json.loads(content)["tokens"]
        if not isinstance(rows, list) or len(rows) > MOST_TOKENS:
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        found.add("tokens", f"must be a list of at most {MOST_TOKENS:,} tokens, as `boxwright tokens create` writes it")
        found.raise_any()
    return distinct([token_of_row(row, found.at(f"tokens[{index}]")) for index, row in enumerate(rows)], found)


def distinct(tokens: Sequence[Token | None], found: Findings) -> tuple[Token, ...]:
    """Return tokens, each of which is there once.

    Raises
    ------
    InvalidInputError
        If one is there twice, or if something was noted before: None stands for a token that is at fault.
    """
    ids = [each.token_id for each in tokens if each is not None]
    for twice in sorted({each for each in ids if ids.count(each) > 1} if len(ids) != len(set(ids)) else ()):
        found.add("tokens", f"must hold each id once, got {twice} again")
    found.raise_any()
    return tuple(each for each in tokens if each is not None)


def written(tokens: Iterable[Token]) -> str:
    """Return the content of a file of tokens."""
    rows = [
        {
            "id": each.token_id,
            "name": each.name,
            "sha256": each.sha256,
            "scopes": sorted(each.scopes),
            "sites": sorted(each.sites),
            "created": each.created.isoformat(),
            "expires": each.expires and each.expires.isoformat(),
            "revoked": each.revoked and each.revoked.isoformat(),
        }
        for each in tokens
    ]
    return json.dumps({"tokens": rows}, indent=2) + "\n"


def _text_of(name: str) -> str:
    found = Findings()
    content = b""
    try:
        content = read_regular(name, MOST_BYTES)
        if Path(name).stat().st_mode & stat.S_IWOTH:
            found.add("tokens_file", f"must not be writable by everybody: chmod o-w {name}")
    except OSError as error:
        hint = "; `boxwright tokens create` makes it" if isinstance(error, FileNotFoundError) else ""
        found.add("tokens_file", f"cannot be read: {error.strerror}: {name}{hint}")
    found.raise_any()
    return content.decode("utf-8", "replace")


_KEYS = frozenset({"id", "name", "sha256", "scopes", "sites", "created", "expires", "revoked"})


def token_of_row(row: Any, found: Findings) -> Token | None:
    """Return the token of a row of a file, or None after noting what is wrong with it."""
    if not isinstance(row, Mapping) or set(row) != _KEYS:
        found.add("", f"must have the keys {', '.join(sorted(_KEYS))}")
        return None
    for key, pattern in (("id", _ID), ("name", NAME), ("sha256", _HASH)):
        if not isinstance(row[key], str) or pattern.fullmatch(row[key]) is None:
            found.add(key, f"must match {pattern.pattern}")
    scopes = _texts(row, "scopes", found)
    for each in scopes - set(Scope):
        found.add("scopes", f"must be of {', '.join(Scope)}, got {each!r:.40}")
    sites = _texts(row, "sites", found)
    times = {key: _time(row[key], found, key) for key in ("created", "expires", "revoked")}
    if times["created"] is None:
        found.add("created", "is required")
    if found:
        return None
    assert times["created"] is not None  # noted above otherwise
    kept = frozenset(map(Scope, scopes))
    return Token(
        row["id"], row["name"], row["sha256"], kept, sites, times["created"], times["expires"], times["revoked"]
    )


def _texts(row: Mapping[str, Any], key: str, found: Findings) -> frozenset[str]:
    value = row[key]
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return frozenset(value)
    found.add(key, "must be a list of texts")
    return frozenset()


def _time(value: Any, found: Findings, key: str) -> dt.datetime | None:
    if value is None:
        return None
    try:
        time = dt.datetime.fromisoformat(value)
    except (ValueError, TypeError):
        time = None
    if time is None or time.tzinfo is None:
        found.add(key, "must be a time with its zone, such as 2026-11-26T17:00:00+00:00, or null")
        return None
    return time
