"""Tokens of callers, and the file that holds them with a hash of each secret."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
import secrets
import stat
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boxwright.findings import Findings
from boxwright.regular_file import read_regular
from boxwright.server.access.auth import Scope, TokenNotValidError

if TYPE_CHECKING:
    from collections.abc import Iterable


PREFIX = "bxw"
"""Prefix of every token, so that secret scanners recognise a leaked one."""

SECRET_BYTES = 32
"""Number of random bytes of a token. They cannot be guessed, so a plain hash protects them."""

MOST_BYTES, MOST_TOKENS = 8 << 20, 10_000
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SITE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_ID = re.compile(r"[a-z2-7]{10}")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a caller.

    Attributes
    ----------
    token_id : str
        Public part of the token, by which it is listed, revoked and logged.
    name : str
        Holder. All tokens of one name, such as an old and a new one, belong to the same caller.
    sha256 : str
        Hash of the whole token, in hex digits.
    scopes : frozenset of Scope
        Scopes of the token.
    sites : frozenset of str
        Ids of the sites for which it is valid; empty means all.
    created : datetime
        Time of creation.
    expires, revoked : datetime or None
        End of its validity, and time of revocation; None if not set.
    """

    token_id: str
    name: str
    sha256: str
    scopes: frozenset[Scope]
    sites: frozenset[str]
    created: dt.datetime
    expires: dt.datetime | None = None
    revoked: dt.datetime | None = None

    @property
    def who(self) -> str:
        """Name of the caller that holds the token, as in ``Principal.who``."""
        return f"token:{self.name}"

    def state(self, now: dt.datetime) -> str:
        """Return ``valid``, ``expired`` or ``revoked``."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now else "valid"

    def facts(self, outcome: str) -> dict[str, object]:
        """Return the token's fields for an audit line with this outcome, without the secret."""
        at = {"created": self.created, "revoked": self.revoked}.get(outcome)
        fields = {"token": self.name, "scopes": sorted(self.scopes), "sites": sorted(self.sites)}
        return {"credential": self.token_id, **fields, **({"at": at.isoformat()} if at else {})}


def new_token(
    name: str, scopes: Iterable[Scope], sites: Iterable[str], now: dt.datetime, expires: dt.datetime | None
) -> tuple[str, Token]:
    """Return the text of a new token, which is stored nowhere, and the token to store."""
    token_id = base64.b32encode(secrets.token_bytes(7)).decode().lower()[:10]
    text = f"{PREFIX}_{token_id}_{secrets.token_urlsafe(SECRET_BYTES)}"
    return text, Token(token_id, name, hash_of(text), frozenset(scopes), frozenset(sites), now, expires)


def last_of_each(tokens: Iterable[Token], now: dt.datetime) -> list[Token]:
    """Return, for each holder with a valid token, the token that stays valid longest."""
    never = dt.datetime.max.replace(tzinfo=dt.UTC)
    valid = [token for token in tokens if token.state(now) == "valid"]
    return list({token.name: token for token in sorted(valid, key=lambda token: token.expires or never)}.values())


def hash_of(text: str) -> str:
    """Return the SHA-256 hash by which a token is stored, in hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_tokens(name: str) -> tuple[Token, ...]:
    """Return the tokens of a file; raises as ``read_file`` and ``parse_file``."""
    return parse_file(name, read_file(name))


def read_file(name: str) -> bytes:
    """Return the content of a file of tokens; raises InvalidInputError if it is unreadable or world-writable."""
    found = Findings()
    content = b""
    try:
        content = read_regular(name, MOST_BYTES)
        if Path(name).stat().st_mode & stat.S_IWOTH:
            found.add("tokens_file", f"must not be writable by all users: chmod o-w {name}")
    except OSError as error:
        hint = "; `boxwright tokens create` makes it" if isinstance(error, FileNotFoundError) else ""
        found.add("tokens_file", f"cannot be read: {error.strerror}: {name}{hint}")
    found.raise_any()
    return content


def parse_file(name: str, content: bytes) -> tuple[Token, ...]:
    """Return the tokens in the content of a file; raises DataFileError with every fault."""
    found = Findings(file=Path(name).name)
    try:
        rows = json.loads(content.decode("utf-8", "replace"))["tokens"]
        if not isinstance(rows, list) or len(rows) > MOST_TOKENS:
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        found.add("tokens", f"must be a list of at most {MOST_TOKENS:,} tokens, as `boxwright tokens create` writes it")
        rows = []
    tokens = [_token_of(row, found.at(f"tokens[{index}]")) for index, row in enumerate(rows)]
    ids = Counter(token.token_id for token in tokens if token is not None)
    for token_id in sorted(token_id for token_id, count in ids.items() if count > 1):
        found.add("tokens", f"must have unique ids, {token_id} is repeated")
    found.raise_any()
    return tuple(token for token in tokens if token is not None)


def written(tokens: Iterable[Token]) -> str:
    """Return the content of a file of tokens."""
    rows = [
        {
            "id": token.token_id,
            "name": token.name,
            "sha256": token.sha256,
            "scopes": sorted(token.scopes),
            "sites": sorted(token.sites),
            **{key: time and time.isoformat() for key in _TIMES for time in (getattr(token, key),)},
        }
        for token in tokens
    ]
    return json.dumps({"tokens": rows}, indent=2) + "\n"


_TIMES = ("created", "expires", "revoked")
_KEYS = frozenset({"id", "name", "sha256", "scopes", "sites", *_TIMES})


def _token_of(row: Any, found: Findings) -> Token | None:
    if not isinstance(row, Mapping) or set(row) != _KEYS:
        found.add("", f"must have the keys {', '.join(sorted(_KEYS))}")
        return None
    for key, pattern in (("id", _ID), ("name", NAME), ("sha256", _HASH)):
        if not isinstance(row[key], str) or pattern.fullmatch(row[key]) is None:
            found.add(key, f"must match {pattern.pattern}")
    for key in ("scopes", "sites"):
        if not isinstance(row[key], list) or not all(isinstance(text, str) for text in row[key]):
            found.add(key, "must be a list of strings")
        elif key == "scopes" and (unknown := set(row[key]) - set(Scope)):
            found.add(key, f"must be among {', '.join(Scope)}, got {min(unknown)!r:.40}")
    times = {key: _time(row[key], found, key) for key in _TIMES}
    if row["created"] is None:
        found.add("created", "is required")
    created = times["created"]
    if found or created is None:
        return None
    scopes, sites = frozenset(map(Scope, row["scopes"])), frozenset(row["sites"])
    return Token(row["id"], row["name"], row["sha256"], scopes, sites, created, times["expires"], times["revoked"])


def _time(value: Any, found: Findings, key: str) -> dt.datetime | None:
    try:
        time = None if value is None else dt.datetime.fromisoformat(value)
        if time is None or time.tzinfo is not None:
            return time
    except (ValueError, TypeError):
        pass
    found.add(key, "must be a time with its zone, such as 2026-11-26T17:00:00+00:00, or null")
    return None


_NOBODY = hash_of("")
"""Hash to compare with if no token has the id, so that timing does not reveal which ids exist."""


class Tokens:
    """The tokens of a file. A faulty file is refused as a whole with InvalidInputError.

    Attributes
    ----------
    seen : bytes
        Content in use.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._by_id: dict[str, Token] = {}
        self.seen = b""
        self.take(self.read())

    def read(self) -> bytes:
        """Return the content of the file; raises InvalidInputError."""
        return read_file(self._file)

    def take(self, content: bytes) -> None:
        """Use what ``read`` returned. On InvalidInputError the earlier tokens stay valid."""
        by_id = {token.token_id: token for token in parse_file(self._file, content)}
        if self.seen:
            _audit_changes(self._by_id, by_id)
        self.seen, self._by_id = content, by_id

    def found(self, text: str) -> Token:
        """Return the token that a caller sent; raises TokenNotValidError if it is unknown, revoked or expired."""
        prefix, _, rest = text.partition("_")
        token = self._by_id.get(rest.partition("_")[0]) if prefix == PREFIX else None
        same = hmac.compare_digest(hash_of(text), _NOBODY if token is None else token.sha256)
        if token is None or not same:
            raise TokenNotValidError("the token is not known to this server", "token_unknown")
        self.check(token.token_id)
        return token

    def check(self, token_id: str) -> None:
        """Raise TokenNotValidError if a token that was found earlier is no longer valid."""
        token = self._by_id.get(token_id)
        state = "revoked" if token is None else token.state(dt.datetime.now(dt.UTC))
        if state != "valid":
            raise TokenNotValidError(
                f"the token is {state}: ask the operator for a new one", f"token_{state}", token_id
            )

    def ending(self) -> dict[tuple[str, ...], float]:
        """Return, by caller, the latest expiry of its valid tokens in seconds since 1970.

        Callers without a valid token, or with one that never expires, are left out.
        """
        last = last_of_each(self._by_id.values(), dt.datetime.now(dt.UTC))
        return {(token.who,): token.expires.timestamp() for token in last if token.expires}


def _audit_changes(before: Mapping[str, Token], after: Mapping[str, Token]) -> None:
    """Write an audit line for each changed token; a token created and revoked between two checks gets two lines."""
    from boxwright.server.audit import audit  # it loads gRPC, which the token commands do not need

    for token_id in sorted(before.keys() | after.keys()):
        old, new = before.get(token_id), after.get(token_id)
        if old == new:
            continue
        outcomes = ["removed"] if new is None else ["created"] if old is None else []
        if new is not None and new.revoked and not (old and old.revoked):
            outcomes.append("revoked")
        token = new or old
        assert token is not None  # the id is in at least one of the two
        for outcome in outcomes or ["changed"]:
            audit("token", outcome, token.facts(outcome))
