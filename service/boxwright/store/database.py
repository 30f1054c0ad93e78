"""Connections to SQLite and PostgreSQL, set up as a store needs them."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, QueuePool

from boxwright.store.errors import StoreCorruptError, StoreError, StoreUnreachableError
from boxwright.store.faults import FAULTS, is_damage, lacks_table, store_error
from boxwright.store.migrate import NEWEST, revision_of
from boxwright.store.records import Durability
from boxwright.store.url import sqlite_path

LOCK_S = 1.0
"""How long a statement waits at least for a lock of another program, in seconds."""

READERS = 4
"""Most connections that read at once; to a server, a replica has one more, which writes."""

_EMPTYING_PAUSE_S = 0.01


class Database:
    """Engines of one store: one connection that writes, and some that read.

    Parameters
    ----------
    url : str
        As ``check_url`` takes it.
    durability : Durability
        When a commit counts.
    lock_s : float, optional
        How long a statement waits for a lock of another program, in seconds; ``LOCK_S`` at least. Default: that.

    Attributes
    ----------
    damage : StoreCorruptError or None
        What was found if the file is damaged: nothing is written into it then, as long as this object lives.
    not_upgraded : StoreError or None
        Why its tables could not be brought to this version.
    """

    def __init__(self, url: str, durability: Durability, lock_s: float = 0.0) -> None:
        lock_s = max(lock_s, LOCK_S)
        self.path = sqlite_path(url)
        self._inode: tuple[int, int] | None = None
        self._log: tuple[int, int] | None = None
        self.damage: StoreCorruptError | None = None
        self.not_upgraded: StoreError | None = None
        if self.path is not None:
            self.writer = _sqlite(self.path, durability, lock_s, writes=True)
            self.reader = _sqlite(self.path, durability, lock_s, writes=False)
        else:
            from boxwright.store import postgresql  # with its driver, which files do not need

            options = url, durability, lock_s
            self.writer = postgresql.engine(*options, {"poolclass": NullPool})
            self.reader = postgresql.engine(*options, postgresql.places(READERS))

    def connect_writer(self) -> Connection:
        """Return the connection of the thread that writes, which it has for good.

        Where the server refuses another connection, one that read is taken for it: those that read must not keep the
        places of those that keep plans.
        """
        try:
            return self.writer.connect()
        except DBAPIError as error:
            if self.path is not None or not self._is_refusal(error):
                raise
            connection = self.reader.connect()
            connection.detach()
            return connection

    def _is_refusal(self, error: DBAPIError) -> bool:
        from boxwright.store import postgresql

        return error.orig is not None and postgresql.may_be_refused(error.orig)

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """Lend a connection in a transaction that writes; it is not the one that the writer keeps.

        Of a server it is one of those that read, so that no more of them are taken than are known.
        """
        engine = self.writer if self.path is not None else self.reader
        with engine.connect() as connection, connection.begin():
            yield connection

    def release_idle(self) -> None:
        """Give a server back the connections that nobody uses now."""
        if self.path is None:
            from boxwright.store import postgresql

            postgresql.release_idle(self.reader)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.path is not None

    def make_file(self) -> None:
        """Make the file of SQLite if there is none, for this user alone; later it is opened only if it is there.

        Raises
        ------
        StoreUnreachableError
            If it cannot be made or opened.
        """
        if self.path is None or self._inode is not None:
            return  # once opened, it is not to be closed here again: that would take SQLite's locks from its readers
        try:
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._inode = _inode(self.path)
        except FileNotFoundError:
            text = f"the store cannot be reached: {self.path}: make its folder {Path(self.path).parent} first"
            raise StoreUnreachableError(text) from None
        except OSError as error:
            raise StoreUnreachableError(f"the store cannot be reached: {self.path}: {error.strerror}") from None

    def check_there(self) -> None:
        """Raise if the file or its log was removed or replaced: what is written into it now would be lost.

        Raises
        ------
        StoreUnreachableError
            If it is another file than at the start, or none; or its log is another than when it was opened.
        """
        for path, inode in ((self.path, self._inode), (f"{self.path}-wal", self._log)):
            if path is not None and inode is not None and _inode(path) != inode:
                raise StoreUnreachableError(f"the store cannot be reached: {path} was removed or replaced")

    def check_sound(self) -> None:
        """Raise if the file was found to be damaged, by whoever read it: what is written into it now may be lost.

        Raises
        ------
        StoreCorruptError
            As it was found.
        """
        if self.damage is not None:
            raise StoreCorruptError(str(self.damage))

    def fault(self, error: Exception) -> StoreError:
        """Return what an error of this database means for us, and remember it where its file is damaged."""
        found = store_error(error)
        if is_damage(error) and self.damage is None:
            self.damage = StoreCorruptError(str(found))
        if lacks_table(error):
            found = self._outdated() or found
        return found

    def _outdated(self) -> StoreError | None:
        """Return that tables are of an earlier version, and why; None where they are not, or nothing is known."""
        try:
            with self.reader.connect() as connection:
                at = revision_of(connection)
        except FAULTS:
            return None
        if at is not None and at >= NEWEST:
            return None
        why = self.not_upgraded
        kind = StoreUnreachableError if why is None else type(why)
        are = "its tables are not made yet" if at is None else f"its tables are of version {at}"
        reason = "a server does so when it starts" if why is None else str(why)
        return kind(f"{kind.told}: {are}, and were not brought to version {NEWEST}: {reason}")

    def note_log(self) -> None:
        """Remember the log of SQLite, which is there from now on until the connection that writes is closed."""
        self._log = None if self.path is None else _inode(f"{self.path}-wal")

    def forget_log(self) -> None:
        """Let the log be another one: the connection that writes is to be closed, which may remove it."""
        self._log = None

    def is_there(self) -> bool:
        """Whether the file of SQLite is there; a server of PostgreSQL says so itself."""
        return self.path is None or Path(self.path).is_file()

    def close(self) -> None:
        """Close all connections."""
        self.writer.dispose()
        self.reader.dispose()


def forget_deleted(connection: Connection) -> bool:
    """Take what was deleted out of the log of SQLite, without waiting; return whether it was, or there is no such log.

    A reader that still needs the log keeps it. In the file deleted rows are overwritten where they were
    (``secure_delete``), but not the copies that SQLite leaves in a page where it moves rows from page to page: of some
    entries of indexes, plan and order ids, and of short rows. They stay until the page is used again, or ``rewrite``.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        return True
    ((lock_ms,),) = driver.execute("PRAGMA busy_timeout").fetchall()
    driver.execute("PRAGMA busy_timeout=0")
    try:
        return _empty_log(driver)
    finally:
        driver.execute(f"PRAGMA busy_timeout={lock_ms}")


def rewrite(connection: Connection) -> str:
    """Write the file of SQLite anew, with what is kept alone, and empty its log; wait for locks of other programs.

    Nobody else writes meanwhile. It takes free disk space of twice the file, in its folder: that of the system for
    temporary files may be small, or in memory.

    Returns
    -------
    str
        Why what was deleted may still be read in the files; empty where it cannot, or the database is a server's.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        return ""
    why = ""
    try:
        ((_, _, path),) = driver.execute("PRAGMA database_list").fetchall()
        folder = str(Path(path).parent).replace("'", "''")
        driver.execute(f"PRAGMA temp_store_directory='{folder}'")  # of the whole process
        try:
            driver.execute("VACUUM")
        finally:
            driver.execute("PRAGMA temp_store_directory=''")
    except FAULTS as error:
        why = str(store_error(error))
    emptied = _empty_log(driver, LOCK_S)
    return why or ("" if emptied else "another program still needs the log")


def _empty_log(driver: sqlite3.Connection, wait_s: float = 0.0) -> bool:
    """Empty it; wait up to ``wait_s`` for somebody who does the same, for whom SQLite itself does not wait."""
    end = time.monotonic() + wait_s
    while True:
        ((busy, pages, _),) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if not busy or pages >= 0 or time.monotonic() >= end:  # -1: it did not begin
            return not busy
        time.sleep(_EMPTYING_PAUSE_S)


def has_ended(connection: Connection) -> bool:
    """Return whether the server, or what is on the way to it, has ended a connection; that of a file ends by itself."""
    return connection.invalidated or bool(getattr(connection.connection.driver_connection, "closed", False))


def _inode(path: str) -> tuple[int, int] | None:
    """Return which file is there; None where none is."""
    try:
        found = os.stat(path)  # noqa: PTH116 - asked with each transaction
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _sqlite(path: str, durability: Durability, lock_s: float, *, writes: bool) -> Engine:
    def connect() -> sqlite3.Connection:
        # As a URI that makes no file; without transactions of Python's own: those are begun below.
        made = sqlite3.connect(
            f"{Path(path).absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=lock_s,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            made.execute(f"PRAGMA synchronous={durability.value}")
            if writes:
                made.execute("PRAGMA journal_mode=WAL")
                made.execute("PRAGMA foreign_keys=ON")
                made.execute("PRAGMA secure_delete=ON")
                made.execute("PRAGMA journal_size_limit=67108864")
            else:
                made.execute("PRAGMA query_only=ON")
        except sqlite3.Error:
            made.close()
            raise
        return made

    pool: dict[str, Any] = {"poolclass": NullPool} if writes else {"poolclass": QueuePool, "pool_size": READERS}
    engine = create_engine("sqlite://", creator=connect, **pool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # With the lock of a writer at once: a transaction that read first would fail where another wrote meanwhile.
        # By the driver itself, whose errors are FAULTS as well: SQLAlchemy takes longer to say it than SQLite does.
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # see above
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
