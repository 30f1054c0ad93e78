"""The packages that a store needs, which a plain install does not bring."""

from collections.abc import Iterator
from contextlib import contextmanager

from boxwright.errors import missing_extra

NEEDED = ("sqlalchemy", "alembic", "psycopg")
"""Packages of the extra ``store``."""


@contextmanager
def needing_store(what: str) -> Iterator[None]:
    """Turn an import of the store that fails for want of its extra into an error that says so.

    Raises
    ------
    UnsupportedError
        If the extra is not installed.
    """
    try:
        yield
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in NEEDED:
            raise
        raise missing_extra("store", f"{what} SQLAlchemy, Alembic and psycopg", "store") from None
