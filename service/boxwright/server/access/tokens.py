"""The tokens that let callers in, read anew when their file changes."""

import datetime as dt
import hmac

from boxwright.server.access.denied import TokenNotValidError
from boxwright.server.access.token_file import Token, hash_of, id_in, read_tokens

_NOBODY = hash_of("")
"""Compared with where no token has the id, so that an answer takes as long."""


class Tokens:
    """Finds tokens.

    Parameters
    ----------
    file : str
        Their file.

    Raises
    ------
    InvalidInputError
        If it cannot be read, or is at fault.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._by_id = self._read()

    @property
    def names(self) -> tuple[str, ...]:
        """Files to watch."""
        return (self._file,)

    def __len__(self) -> int:
        return len(self._by_id)

    def reload(self) -> bool:
        """Take over what the file says now; return whether it is something else.

        Raises
        ------
        InvalidInputError
            If it cannot be read, or is at fault: those of before let in on.
        """
        before, self._by_id = self._by_id, self._read()
        return self._by_id != before

    def found(self, text: str) -> Token:
        """Return the token that a caller has sent.

        Raises
        ------
        TokenNotValidError
            If it is unknown, revoked or too old.
        """
        token = self._by_id.get(id_in(text))
        same = hmac.compare_digest(hash_of(text), _NOBODY if token is None else token.sha256)
        if token is None or not same:
            raise TokenNotValidError("the token is none of this server's", "token_unknown")
        self.check(token.token_id)
        return token

    def check(self, token_id: str) -> None:
        """Raise TokenNotValidError where a token that was found before lets nobody in any more."""
        token = self._by_id.get(token_id)
        state = "revoked" if token is None else token.state(dt.datetime.now(dt.UTC))
        if state != "valid":
            raise TokenNotValidError(f"the token is {state}: ask for a new one", f"token_{state}", token_id)

    def _read(self) -> dict[str, Token]:
        return {each.token_id: each for each in read_tokens(self._file)}
