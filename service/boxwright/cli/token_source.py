"""Where ``boxwright tokens`` finds tokens and keeps what is changed: in a file, or in a store."""

import contextlib
import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from boxwright.cli.failures import refusal

if TYPE_CHECKING:
    from boxwright.server.access.token_file import Token

FILE_VARIABLE, STORE_VARIABLE = "BOXWRIGHT_TOKENS_FILE", "BOXWRIGHT_STORE"


class TokenSource(Protocol):
    """Keeps tokens; ``of`` names it in errors."""

    of: str

    def all(self) -> "tuple[Token, ...]":
        """Return all tokens, those that were revoked included."""

    def add(self, token: "Token") -> bool:
        """Keep a new one; return False where there are as many as there may be, and it is not kept."""

    def revoke(self, token_id: str, now: dt.datetime) -> "Token | None":
        """Revoke one, unless that was done before; return it, None where there is none."""


def source_of(file: Path | None, store: str | None) -> TokenSource:
    """Return the source that options name, else the environment: there a file comes before a store.

    Raises
    ------
    InvalidInputError
        If an option holds a password, which everybody on the machine sees, or the file that holds the URL of a store
        cannot be read.
    """
    if file and store:
        raise refusal("--store", "must not stand together with --tokens-file")
    if not file and not store and (named := os.environ.get(FILE_VARIABLE)):
        file = Path(named)
    if file:
        return _InFile(file)
    from boxwright.server.settings_sources import read_secret

    if url := read_secret("store", os.environ, {"store": store or None}):
        return _InStore(url)
    variables = f"{FILE_VARIABLE}, {STORE_VARIABLE} and {STORE_VARIABLE}_FILE"
    raise refusal("--tokens-file", f"or --store is required; {variables} are not set")


class _InFile:
    """A file, changed by one command at a time; it is written whole or not at all."""

    of = "file"

    def __init__(self, file: Path) -> None:
        self._file = file

    def all(self) -> "tuple[Token, ...]":
        """Return all tokens."""
        from boxwright.server.access.token_file import read_tokens

        return read_tokens(str(self._file))

    def add(self, token: "Token") -> bool:
        """Keep a new one."""
        from boxwright.server.access.token_file import MOST_TOKENS

        with _alone(self._file.resolve().parent):
            tokens = self.all() if self._file.exists() else ()
            if len(tokens) >= MOST_TOKENS:
                return False
            self._write([*tokens, token])
        return True

    def revoke(self, token_id: str, now: dt.datetime) -> "Token | None":
        """Revoke one."""
        with _alone(self._file.resolve().parent):
            tokens = {each.token_id: each for each in self.all()}
            if token_id not in tokens:
                return None
            if tokens[token_id].revoked is None:
                tokens[token_id] = replace(tokens[token_id], revoked=now)
                self._write(list(tokens.values()))
            return tokens[token_id]

    def _write(self, tokens: "list[Token]") -> None:
        from boxwright.cli.files import whole_file
        from boxwright.server.access.token_file import written

        with whole_file(self._file, private=True) as out:
            out.write(written(tokens))


class _InStore:
    """A store, which replicas share; it is made where there is none yet."""

    of = "store"

    def __init__(self, url: str) -> None:
        self._url = url

    def all(self) -> "tuple[Token, ...]":
        """Return all tokens."""
        from boxwright.server.access.token_store import opened_book, tokens_of

        with opened_book(self._url) as book:
            return tokens_of(book.all())

    def add(self, token: "Token") -> bool:
        """Keep a new one."""
        from boxwright.server.access.token_file import MOST_TOKENS
        from boxwright.server.access.token_store import opened_book, record_of

        with opened_book(self._url) as book:
            return book.add(record_of(token), MOST_TOKENS)

    def revoke(self, token_id: str, now: dt.datetime) -> "Token | None":
        """Revoke one."""
        from boxwright.server.access.token_store import in_us, opened_book, tokens_of

        with opened_book(self._url) as book:
            record = book.revoke(token_id, in_us(now))
        return None if record is None else tokens_of([record])[0]


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other commands away from the files of a folder, where the system has such locks."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
