"""From an error of a database to one of ours."""

import sqlite3

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from boxwright.store.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreUnreachableError,
)

FAULTS = (DBAPIError, sqlite3.Error, PoolTimeoutError, StoreError, OSError)
"""What a database fails with; anything else is a fault of ours."""

_OF_SQLITE: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_FULL: StoreFullError,
    sqlite3.SQLITE_BUSY: StoreBusyError,
    sqlite3.SQLITE_LOCKED: StoreBusyError,
    sqlite3.SQLITE_CORRUPT: StoreCorruptError,
    sqlite3.SQLITE_NOTADB: StoreCorruptError,
    sqlite3.SQLITE_ERROR: StoreCorruptError,  # such as a table that is not there
}
"""By the primary code of an error (sqlite.org/rescode.html); any other means that the file cannot be worked with."""

_NO_ROOM_TO_OPEN = sqlite3.SQLITE_IOERR_SHMSIZE
"""The code where a full disk has no room for the index of the log (``-shm``), which each first connection makes."""

_OF_POSTGRESQL: tuple[tuple[str, type[StoreError]], ...] = (
    ("53100", StoreFullError),  # disk_full
    ("53200", StoreBusyError),  # out_of_memory
    ("53300", StoreBusyError),  # too_many_connections
    ("55P03", StoreBusyError),  # lock_not_available
    ("57014", StoreBusyError),  # query_canceled, by statement_timeout
    ("40", StoreBusyError),  # serialization_failure, deadlock_detected
    ("XX001", StoreCorruptError),  # data_corrupted
    ("XX002", StoreCorruptError),  # index_corrupted
    ("42P01", StoreCorruptError),  # undefined_table
    ("42703", StoreCorruptError),  # undefined_column
)
"""By the beginning of SQLSTATE (PostgreSQL manual, appendix A); any other means that the server is out of reach."""


_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_damage(error: Exception) -> bool:
    """Return whether an error says that the file of SQLite is damaged, which SQLite says of none that is whole."""
    code = getattr(_original(error), "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _DAMAGE


def lacks_table(error: Exception) -> bool:
    """Return whether an error may say that a table, or a column, is not there."""
    original = _original(error)
    state, code = getattr(original, "sqlstate", None), getattr(original, "sqlite_errorcode", None)
    return state in ("42P01", "42703") or code == sqlite3.SQLITE_ERROR


def _original(error: Exception) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def store_error(error: Exception) -> StoreError:
    """Return what an error of the database means for us."""
    if isinstance(error, StoreError):
        return error
    if isinstance(error, PoolTimeoutError):
        return StoreBusyError("the store has no connection free")
    original = _original(error)
    said = " ".join(str(original).split()) or type(original).__name__
    code = getattr(original, "sqlite_errorcode", None)
    state = getattr(original, "sqlstate", None)
    kind: type[StoreError] = StoreUnreachableError
    if code is not None:
        kind = StoreFullError if code == _NO_ROOM_TO_OPEN else _OF_SQLITE.get(code & 0xFF, kind)
    elif state:
        kind = next((each for start, each in _OF_POSTGRESQL if state.startswith(start)), kind)
    return kind(f"{kind.told}: {said}")
