"""Tokens as a store keeps them, which replicas share."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings
from boxwright.server.access.token_file import Token, distinct, token_of_row
from boxwright.store import TokenRecord, check_url

if TYPE_CHECKING:
    from boxwright.store.tokens import Tokens

_MICROSECOND = dt.timedelta(microseconds=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@contextmanager
def opened_book(url: str) -> Iterator["Tokens"]:
    """Lend the tokens of a store, to be listed and changed.

    Raises
    ------
    InvalidInputError
        If the URL is none of a store.
    UnsupportedError
        If the store needs the extra ``postgres`` and it is not installed.
    StoreError
        If it cannot be opened.
    """
    if rule := check_url(url):
        raise InvalidInputError([FieldViolation("store", rule)])
    from boxwright.store.store import Store

    store = Store(url)
    try:
        store.open()
        yield store.tokens
    finally:
        store.close()


def tokens_of(records: Iterable[TokenRecord]) -> tuple[Token, ...]:
    """Return the tokens of rows.

    Raises
    ------
    InvalidInputError
        With each fault of a row.
    """
    found = Findings()
    tokens = [token_of_row(_row(each), found.at(f"tokens[{each.token_id}]")) for each in records]
    return distinct(tokens, found)


def sound_tokens(records: Iterable[TokenRecord]) -> tuple[list[Token], list[str]]:
    """Return the tokens of the rows that can be read as such, and what is wrong with each other one."""
    tokens: list[Token] = []
    faults: list[str] = []
    for each in records:
        found = Findings()
        with found:
            tokens += tokens_of([each])
        faults += [f"{fault.field}: {fault.rule}" for fault in found.violations]
    return tokens, faults


def record_of(token: Token) -> TokenRecord:
    """Return what a store keeps of a token."""
    return TokenRecord(
        token.token_id,
        token.name,
        token.sha256,
        " ".join(sorted(token.scopes)),
        " ".join(sorted(token.sites)),
        in_us(token.created),
        None if token.expires is None else in_us(token.expires),
        None if token.revoked is None else in_us(token.revoked),
    )


def in_us(time: dt.datetime) -> int:
    """Return a time in us since 1970 UTC."""
    return (time - _EPOCH) // _MICROSECOND


def _row(record: TokenRecord) -> dict[str, object]:
    """Return a record as a row of a file, so that both are judged alike."""
    times = {"created": record.create_us, "expires": record.expire_us, "revoked": record.revoke_us}
    return {
        "id": record.token_id,
        "name": record.name,
        "sha256": record.sha256,
        "scopes": _words(record.scopes),
        "sites": _words(record.sites),
        **{key: _time(us) for key, us in times.items()},
    }


def _words(text: object) -> object:
    """Return the words of a text; what is none as it is, for SQLite keeps anything in a column."""
    return text.split() if isinstance(text, str) else text


def _time(us: object) -> object:
    """Return a time as a file has it; one that no calendar has as it is, which is none."""
    try:
        return None if us is None else (_EPOCH + us * _MICROSECOND).isoformat()  # type: ignore[operator] # caught
    except (OverflowError, TypeError, ValueError):
        return us
