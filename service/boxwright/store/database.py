"""Runs transactions on SQLite and PostgreSQL, and translates their errors."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool

from boxwright.errors import missing_extra
from boxwright.store import (
    StoreAbsentError,
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreUnreachableError,
    StoreUnsuitableError,
)
from boxwright.store.url import POSTGRESQL, shown_url, sqlite_path

REVISION = "0011"
"""The only migration. Earlier stores predate the first release and are refused."""

CONNECTIONS = 5
"""Maximum number of connections of a server: one writer, four readers."""

STATEMENT_S = 9.0
"""Maximum time of a PostgreSQL statement in addition to the wait for a lock, in seconds."""

ENCODING = "UTF8"
"""Required encoding of a PostgreSQL database; others lack characters or do not check strings."""

_ADVISORY_LOCK = 0x626F7877
"""Key of the lock that replicas hold while they create the tables ("boxw")."""

_FAULTS = (DBAPIError, sqlite3.Error, PoolTimeoutError, OSError)
"""Errors that databases raise; any other exception is a defect of this package."""

_OF_SQLITE: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_FULL: StoreFullError,
    sqlite3.SQLITE_BUSY: StoreBusyError,
    sqlite3.SQLITE_LOCKED: StoreBusyError,
    sqlite3.SQLITE_CORRUPT: StoreCorruptError,
    sqlite3.SQLITE_NOTADB: StoreCorruptError,
    sqlite3.SQLITE_ERROR: StoreCorruptError,  # such as a missing table
}
"""Error by primary code (sqlite.org/rescode.html); StoreUnreachableError for others."""

_OF_POSTGRESQL: tuple[tuple[str, type[StoreError]], ...] = (
    ("53100", StoreFullError),  # disk_full
    ("53", StoreBusyError),  # out_of_memory, too_many_connections
    ("55P03", StoreBusyError),  # lock_not_available
    ("57014", StoreBusyError),  # query_canceled, by statement_timeout
    ("40", StoreBusyError),  # serialization_failure, deadlock_detected
    ("XX001", StoreCorruptError),  # data_corrupted
    ("XX002", StoreCorruptError),  # index_corrupted
    ("42P01", StoreCorruptError),  # undefined_table
    ("42703", StoreCorruptError),  # undefined_column
)
"""Error by prefix of SQLSTATE (PostgreSQL manual, appendix A); StoreUnreachableError for others."""


class Database:
    """Connections in transactions, for many threads.

    The first transaction creates missing tables. A commit is on disk when it returns. ``wait_s`` limits the wait for a
    connection or a lock of another program, in seconds.
    """

    def __init__(self, url: str, wait_s: float, *, make: bool) -> None:
        self._url, self._make = url, make
        self.path = sqlite_path(url)
        self._inode: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self._opened = False
        pool = {"poolclass": QueuePool, "pool_size": CONNECTIONS, "max_overflow": 0, "pool_timeout": wait_s}
        self._engine = (_postgresql if self.path is None else _sqlite)(self.path or url, wait_s, pool)

    def open(self) -> None:
        """Create the tables, or check that they belong to this version; only the first call has an effect.

        Raises StoreError if there is no store and none is to be created, or it fails; StoreUnsuitableError if this
        version cannot use it.
        """
        with self._lock:
            if self._opened:
                return
            if self.path is not None:
                self._make_file(self.path)
            with self._transaction(writes=True) as connection:
                if self.path is None:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
                at = revision_of(connection)
                if at is None and not self._make:
                    raise StoreAbsentError(f"there is no store at {shown_url(self._url)}")
                if at is None:
                    _make_tables(connection)
                elif at != REVISION:
                    kind = "an earlier" if at < REVISION else "a later"
                    raise StoreUnsuitableError(
                        f"the tables of the store are of {kind} version ({at}), but this version needs {REVISION}:"
                        " name a new database, or run the version that created it"
                    )
            self._inode = None if self.path is None else _inode(self.path)
            self._opened = True

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Provide a connection in a read-only transaction; raises StoreError."""
        self.open()
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Provide a connection in a writing transaction; raises StoreError, or IntegrityError for a refused row."""
        self.open()
        with self._transaction(writes=True) as connection:
            yield connection

    def close(self) -> None:
        """Close all idle connections."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        try:
            if self._inode is not None and _inode(str(self.path)) != self._inode:
                # SQLite keeps writing to a deleted file, whose records would be lost.
                raise StoreUnreachableError(f"the store cannot be reached: {self.path} was removed or replaced")
            with self._engine.connect().execution_options(writes=writes) as connection, connection.begin():
                yield connection
        except IntegrityError:
            raise
        except _FAULTS as error:
            raise store_error(error) from error

    def _make_file(self, path: str) -> None:
        """Create a missing file, readable by this user only, since SQLite is set not to create files."""
        file = Path(path)
        try:
            if file.exists():  # opening it here would drop the locks of this process's other connections
                return
            if not file.parent.is_dir():
                text = f"the store {path} cannot be reached; create the folder {file.parent} first"
                raise StoreUnreachableError(text)
            if not self._make:
                raise StoreAbsentError(f"there is no store at {path}")
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        except OSError as error:
            raise StoreUnreachableError(f"the store {path} cannot be reached: {error.strerror}") from None


def revision_of(connection: Connection) -> str | None:
    """Return the revision of the tables; None if there are no tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())


def store_error(error: Exception) -> StoreError:
    """Return the store's error that corresponds to an error of the database."""
    if isinstance(error, PoolTimeoutError):
        return StoreBusyError("the store has no free connection")
    original = error.orig if isinstance(error, DBAPIError) else error
    text = " ".join(str(original).split()) or type(original).__name__
    code, state = getattr(original, "sqlite_errorcode", None), getattr(original, "sqlstate", None)
    kind: type[StoreError] = StoreUnreachableError
    if code == sqlite3.SQLITE_IOERR_SHMSIZE:  # no disk space for the index of the write-ahead log
        kind = StoreFullError
    elif code is not None:
        kind = _OF_SQLITE.get(code & 0xFF, kind)
    elif state:
        kind = next((meant for start, meant in _OF_POSTGRESQL if state.startswith(start)), kind)
    return kind(f"{kind.public_message}: {text}")


def _make_tables(connection: Connection) -> None:
    from alembic import command  # loading it takes a tenth of a start, and usually the tables exist
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "boxwright.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _inode(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - asked with each transaction
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _sqlite(path: str, wait_s: float, pool: dict[str, Any]) -> Engine:
    def connect() -> sqlite3.Connection:
        # mode=rw creates no file. With isolation_level None Python begins no transactions, so the code below does.
        uri = f"{Path(path).absolute().as_uri()}?mode=rw"
        made = sqlite3.connect(uri, uri=True, timeout=wait_s, isolation_level=None, check_same_thread=False)
        try:
            for pragma in ("synchronous=FULL", "journal_mode=WAL", "foreign_keys=ON", "secure_delete=ON"):
                made.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            made.close()
            raise
        return made

    engine = create_engine("sqlite://", creator=connect, **pool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # IMMEDIATE locks first, since a transaction that first reads would fail if another one writes meanwhile. The
        # driver is called directly, since SQLAlchemy takes longer than SQLite itself.
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if connection.get_execution_options()["writes"] else "BEGIN")

    return engine


def _postgresql(url: str, wait_s: float, pool: dict[str, Any]) -> Engine:
    where = make_url(url.replace(f"{POSTGRESQL}://", f"{POSTGRESQL}+psycopg://", 1))
    most_ms = round((wait_s + STATEMENT_S) * 1_000)
    # These detect a host that no longer responds, while sending and while waiting for an answer.
    network = {"tcp_user_timeout": most_ms, "keepalives_idle": 10, "keepalives_interval": 5, "connect_timeout": 2}
    defaults = {"application_name": "boxwright", **network}
    options = {name: value for name, value in defaults.items() if name not in where.query} | {"client_encoding": "utf8"}
    try:
        engine = create_engine(where, connect_args=options, pool_pre_ping=True, pool_use_lifo=True, **pool)
    except ModuleNotFoundError:
        raise missing_extra("store", "a store in PostgreSQL needs psycopg", "postgres") from None

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        if (encoding := connection.info.parameter_status("server_encoding")) != ENCODING:
            connection.close()
            raise StoreUnsuitableError(
                f"{StoreUnsuitableError.public_message}: database {where.database} has the encoding {encoding}"
                f" and must have {ENCODING}, since other encodings cannot store every character; create one by"
                f" createdb --template template0 --encoding {ENCODING} --locale C NAME"
            )
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = {round(wait_s * 1_000)}")
        connection.execute(f"SET statement_timeout = {most_ms}")
        connection.execute("SET synchronous_commit = on")
        connection.autocommit = False

    return engine
