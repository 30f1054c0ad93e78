"""Transactions on SQLite and PostgreSQL, and what their errors mean."""

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

REVISION = "0010"
"""The one step of ``migrations``. Stores of earlier ones were made before the first release, and are not read."""

CONNECTIONS = 5
"""Most connections of a server: one that writes, four that read."""

STATEMENT_S = 9.0
"""How long a statement of PostgreSQL may take beyond the wait for a lock, in seconds."""

ENCODING = "UTF8"
"""The encoding that a database of PostgreSQL must have: any other lacks characters, or checks no text."""

_ADVISORY_LOCK = 0x626F7877
"""Key of the lock under which replicas take turns to make the tables ("boxw")."""

_FAULTS = (DBAPIError, sqlite3.Error, PoolTimeoutError, OSError)
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
"""By the beginning of SQLSTATE (PostgreSQL manual, appendix A); any other means that the server is out of reach."""


class Database:
    """Lends connections in transactions; used by many threads.

    The tables are made with the first transaction, where there are none. A commit is on the disk once it returns. A
    connection, or a lock of another program, is waited for as long as ``wait_s`` says, in seconds.
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
        """Make the tables, or see that they are those of this version; done once.

        Raises
        ------
        StoreError
            If there is no store and none is to be made, or it fails; StoreUnsuitableError if it is none that this
            version can use.
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
                    kind = "an earlier form" if at < REVISION else "a later version"
                    raise StoreUnsuitableError(
                        f"the store has the tables of {kind} ({at}), and this version reads those of {REVISION} alone:"
                        " name a new database, or run the version that made it"
                    )
            self._inode = None if self.path is None else _inode(self.path)
            self._opened = True

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection in a transaction that only reads; raises StoreError."""
        self.open()
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Lend a connection in a transaction that writes; raises StoreError, or IntegrityError of a row refused."""
        self.open()
        with self._transaction(writes=True) as connection:
            yield connection

    def close(self) -> None:
        """Close all connections that are not lent."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        try:
            if self._inode is not None and _inode(str(self.path)) != self._inode:
                # SQLite goes on with a file that has no name any more: what is written into it would be lost.
                raise StoreUnreachableError(f"the store cannot be reached: {self.path} was removed or replaced")
            with self._engine.connect().execution_options(writes=writes) as connection, connection.begin():
                yield connection
        except IntegrityError:
            raise
        except _FAULTS as error:
            raise store_error(error) from error

    def _make_file(self, path: str) -> None:
        """Make the file if there is none, for this user alone; SQLite opens it only if it is there."""
        file = Path(path)
        try:
            if file.exists():  # to open and close it here would take the locks from other connections of this process
                return
            if not file.parent.is_dir():
                text = f"the store cannot be reached: {path}: make its folder {file.parent} first"
                raise StoreUnreachableError(text)
            if not self._make:
                raise StoreAbsentError(f"there is no store at {path}")
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        except OSError as error:
            raise StoreUnreachableError(f"the store cannot be reached: {path}: {error.strerror}") from None


def revision_of(connection: Connection) -> str | None:
    """Return the step at which the tables are; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())


def store_error(error: Exception) -> StoreError:
    """Return what an error of a database means for us."""
    if isinstance(error, PoolTimeoutError):
        return StoreBusyError("the store has no connection free")
    original = error.orig if isinstance(error, DBAPIError) else error
    said = " ".join(str(original).split()) or type(original).__name__
    code, state = getattr(original, "sqlite_errorcode", None), getattr(original, "sqlstate", None)
    kind: type[StoreError] = StoreUnreachableError
    if code == sqlite3.SQLITE_IOERR_SHMSIZE:  # no room for the index of the log, which each first connection makes
        kind = StoreFullError
    elif code is not None:
        kind = _OF_SQLITE.get(code & 0xFF, kind)
    elif state:
        kind = next((meant for start, meant in _OF_POSTGRESQL if state.startswith(start)), kind)
    return kind(f"{kind.told}: {said}")


def _make_tables(connection: Connection) -> None:
    from alembic import command  # loading it takes a tenth of a start, and most find the tables made
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
        # As a URI that makes no file; without transactions of Python's own: those are begun below.
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
        # With the lock of a writer at once: a transaction that read first would fail where another wrote meanwhile.
        # By the driver itself: SQLAlchemy takes longer to say it than SQLite does.
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if connection.get_execution_options()["writes"] else "BEGIN")

    return engine


def _postgresql(url: str, wait_s: float, pool: dict[str, Any]) -> Engine:
    where = make_url(url.replace(f"{POSTGRESQL}://", f"{POSTGRESQL}+psycopg://", 1))
    most_ms = round((wait_s + STATEMENT_S) * 1_000)
    # A host that is gone without a word: while something is sent to it, and while its answer is awaited.
    network = {"tcp_user_timeout": most_ms, "keepalives_idle": 10, "keepalives_interval": 5, "connect_timeout": 2}
    ours = {"application_name": "boxwright", **network}
    options = {name: value for name, value in ours.items() if name not in where.query} | {"client_encoding": "utf8"}
    try:
        engine = create_engine(where, connect_args=options, pool_pre_ping=True, pool_use_lifo=True, **pool)
    except ModuleNotFoundError:
        raise missing_extra("store", "a store in PostgreSQL needs psycopg", "postgres") from None

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        if (encoding := connection.info.parameter_status("server_encoding")) != ENCODING:
            connection.close()
            raise StoreUnsuitableError(
                f"{StoreUnsuitableError.told}: database {where.database} has the encoding {encoding}, in which not"
                f" every text can be kept, and must have {ENCODING}: make another by"
                f" createdb --template template0 --encoding {ENCODING} --locale C NAME"
            )
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = {round(wait_s * 1_000)}")
        connection.execute(f"SET statement_timeout = {most_ms}")
        connection.execute("SET synchronous_commit = on")
        connection.autocommit = False

    return engine
