"""Tokens that let callers into servers, as rows: made, revoked and listed from outside a server, read by many."""

from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from boxwright.store.database import Database
from boxwright.store.faults import FAULTS, store_error
from boxwright.store.migrate import migrate
from boxwright.store.records import Durability, TokenRecord
from boxwright.store.tables import TOKENS


class TokenReader:
    """Reads tokens; used by many threads.

    Parameters
    ----------
    connection : callable
        Lends a connection that reads.
    """

    def __init__(self, connection: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._connection = connection

    def all(self) -> tuple[TokenRecord, ...]:
        """Return all tokens, those that were revoked included, by when they were made."""
        with self._connection() as connection:
            return _all(connection)


class TokenBook:
    """The tokens of a store, for those who make and revoke them; servers may be at work on it meanwhile.

    The store is made where there is none yet, and brought to this version, as a server does at its start.

    Parameters
    ----------
    url : str
        As ``check_url`` takes it.

    Raises
    ------
    StoreError
        If it cannot be opened; StoreUnsuitableError if it is none that this version can use.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url, Durability.FULL)
        try:
            self._database.make_file()
            with self._writing() as connection:
                migrate(connection)
        except BaseException:
            self.close()
            raise

    def all(self) -> tuple[TokenRecord, ...]:
        """Return all tokens, those that were revoked included, by when they were made."""
        with self._writing() as connection:
            return _all(connection)

    def add(self, token: TokenRecord, most: int) -> bool:
        """Keep a new token; return False where there are as many as there may be, and it is not kept."""
        with self._writing() as connection:
            if connection.scalar(select(func.count()).select_from(TOKENS)) >= most:
                return False
            connection.execute(insert(TOKENS), {name: getattr(token, name) for name in TokenRecord.__slots__})
            return True

    def revoke(self, token_id: str, revoke_us: int) -> TokenRecord | None:
        """Revoke a token, unless that was done before; return it as it is then, None where there is none."""
        ours = TOKENS.c.token_id == token_id
        with self._writing() as connection:
            connection.execute(update(TOKENS).where(ours, TOKENS.c.revoke_us.is_(None)).values(revoke_us=revoke_us))
            row = connection.execute(select(TOKENS).where(ours)).first()
        return None if row is None else _record(row)

    def close(self) -> None:
        """Close it."""
        self._database.close()

    @contextmanager
    def _writing(self) -> Any:
        """Lend a connection in a transaction that writes."""
        try:
            with self._database.writer.connect() as connection, connection.begin():
                yield connection
        except FAULTS as error:
            raise store_error(error) from error


def _all(connection: Connection) -> tuple[TokenRecord, ...]:
    found = connection.execute(select(TOKENS).order_by(TOKENS.c.create_us, TOKENS.c.token_id))
    return tuple(map(_record, found))


def _record(row: Any) -> TokenRecord:
    return TokenRecord(**{name: getattr(row, name) for name in TokenRecord.__slots__})
