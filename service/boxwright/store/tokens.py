"""Tokens that let callers into servers, as rows: made, revoked and listed from outside a server, read by many."""

from sqlalchemy import func, insert, select, update

from boxwright.store.database import Database
from boxwright.store.records import TokenRecord
from boxwright.store.tables import TOKENS


class Tokens:
    """The tokens of a store; used by many threads. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[TokenRecord, ...]:
        """Return all tokens, those that were revoked included, by when they were made."""
        asked = select(TOKENS).order_by(TOKENS.c.created, TOKENS.c.token_id)
        with self._database.reading() as connection:
            return tuple(TokenRecord(*row) for row in connection.execute(asked))

    def add(self, token: TokenRecord, most: int) -> bool:
        """Keep a new token; return False where there are as many as there may be, and it is not kept."""
        with self._database.writing() as connection:
            if (connection.scalar(select(func.count()).select_from(TOKENS)) or 0) >= most:
                return False
            connection.execute(insert(TOKENS), {name: getattr(token, name) for name in TokenRecord.__slots__})
            return True

    def revoke(self, token_id: str, revoked: str) -> TokenRecord | None:
        """Revoke a token, unless that was done before; return it as it is then, None where there is none."""
        ours = TOKENS.c.token_id == token_id
        with self._database.writing() as connection:
            connection.execute(update(TOKENS).where(ours, TOKENS.c.revoked.is_(None)).values(revoked=revoked))
            row = connection.execute(select(TOKENS).where(ours)).first()
        return None if row is None else TokenRecord(*row)
