"""The tokens that let callers in, read anew when their file or what the store holds of them changes."""

import datetime as dt
import hmac
import logging
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from boxwright.errors import MOST_VIOLATIONS
from boxwright.server.access.denied import TokenNotValidError
from boxwright.server.access.token_changes import audit_changes
from boxwright.server.access.token_file import Token, hash_of, id_in, last_of_each, read_tokens
from boxwright.server.access.token_store import sound_tokens
from boxwright.server.data_files import look_at
from boxwright.server.logs import log
from boxwright.store import StoreError, TokenRecord

_NOBODY = hash_of("")
"""Compared with where no token has the id, so that an answer takes as long."""

ReadRecords = Callable[[], Iterable[TokenRecord]]


class Source(Protocol):
    """Where tokens are kept."""

    @property
    def by_id(self) -> Mapping[str, Token]:
        """Those read last, by their ids."""


class FileTokens:
    """Tokens of a file.

    Parameters
    ----------
    file : str
        Its name.

    Raises
    ------
    InvalidInputError
        If it cannot be read, or is at fault.
    """

    is_seen_whole = False
    faults: Sequence[str] = ()
    """None: they are taken over whole, or not at all."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.by_id = _by_id(read_tokens(file))

    def stamp(self) -> object:
        """Return what the file looks like now."""
        return look_at(Path(self._file))

    def reload(self) -> bool:
        """Take over what the file says now; return whether it is something else.

        Raises
        ------
        InvalidInputError
            If it cannot be read, or is at fault: those of before let in on.
        """
        before, self.by_id = self.by_id, _by_id(read_tokens(self._file))
        audit_changes(before, self.by_id, "tokens_file")
        return self.by_id != before


class StoredTokens:
    """Tokens of a store, which replicas share; where it cannot be read at the start, none of them lets in until it can.

    Parameters
    ----------
    read : callable
        Reads all tokens of the store at one time; raises StoreError.

    Attributes
    ----------
    faults : sequence of str
        Rows that could not be read as tokens and let nobody in, or why none of them could.
    """

    is_seen_whole = True

    def __init__(self, read: ReadRecords) -> None:
        self._read = read
        self._known = False
        self.by_id: dict[str, Token] = {}
        self.faults: Sequence[str] = ()
        try:
            self.reload()
        except StoreError as error:
            self.faults = (str(error),)
            log(logging.ERROR, "stored tokens are not read: none of them lets in yet", {"error": str(error)})

    def stamp(self) -> object:
        """Return what the store holds now.

        Raises
        ------
        StoreError
            If it cannot be read.
        """
        return tuple(self._read())

    def reload(self) -> bool:
        """Take over what the store holds now, but for rows at fault; return whether it is something else.

        Raises
        ------
        StoreError
            If it cannot be read: those of before let in on.
        """
        tokens, faults = sound_tokens(self._read())
        if faults and faults != self.faults:
            facts = {"faults": faults[:MOST_VIOLATIONS]}
            log(logging.ERROR, "stored tokens at fault are left out: they let nobody in", facts)
        self.faults = faults
        before, self.by_id = self.by_id, _by_id(tokens)
        if self._known:
            audit_changes(before, self.by_id, "store")
        self._known = True
        return self.by_id != before


class Tokens:
    """Finds tokens.

    Parameters
    ----------
    sources : sequence of Source
        Where they are kept; of two with one id the first counts.
    """

    def __init__(self, *sources: Source) -> None:
        self._sources: Sequence[Source] = sources

    def found(self, text: str) -> Token:
        """Return the token that a caller has sent.

        Raises
        ------
        TokenNotValidError
            If it is unknown, revoked or too old.
        """
        token = self._get(id_in(text))
        same = hmac.compare_digest(hash_of(text), _NOBODY if token is None else token.sha256)
        if token is None or not same:
            raise TokenNotValidError("the token is none of this server's", "token_unknown")
        self.check(token.token_id)
        return token

    def check(self, token_id: str) -> None:
        """Raise TokenNotValidError where a token that was found before lets nobody in any more."""
        token = self._get(token_id)
        state = "revoked" if token is None else token.state(dt.datetime.now(dt.UTC))
        if state != "valid":
            raise TokenNotValidError(f"the token is {state}: ask for a new one", f"token_{state}", token_id)

    def ending(self) -> dict[str, tuple[float, float]]:
        """Return from when until when callers are let in by the token that is valid longest, in seconds since 1970.

        Callers with a valid token without an end are left out, and those without a valid one.
        """
        known = ChainMap(*(dict(each.by_id) for each in self._sources))
        last = last_of_each(known.values(), dt.datetime.now(dt.UTC))
        return {called(each): (each.created.timestamp(), each.expires.timestamp()) for each in last if each.expires}

    def _get(self, token_id: str) -> Token | None:
        # Each is asked once: another thread may take over others meanwhile.
        found = (each.by_id.get(token_id) for each in self._sources)
        return next((each for each in found if each is not None), None)


def called(token: Token) -> str:
    """Return how the caller is called who has a token, as in ``Principal.who``."""
    return f"token:{token.name}"


def _by_id(tokens: Iterable[Token]) -> dict[str, Token]:
    return {each.token_id: each for each in tokens}
