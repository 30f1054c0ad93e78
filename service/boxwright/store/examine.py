"""A store as it is, for who wants to know before a server writes to it; nothing is made or changed."""

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from alembic.migration import MigrationContext
from sqlalchemy import Connection

from boxwright.store.database import Database
from boxwright.store.errors import StoreUnreachableError
from boxwright.store.faults import FAULTS, store_error
from boxwright.store.migrate import steps
from boxwright.store.records import Durability


@dataclass(frozen=True, slots=True)
class Examined:
    """What a store is like.

    Attributes
    ----------
    revision : str or None
        Version of its tables; None where it has none yet.
    newest : str
        The version that this software makes.
    too_new : bool
        Whether this software does not know the version.
    writable : bool
        Whether records can be written.
    why_not : str
        Why not, else.
    used_bytes : int
        What it takes.
    free_bytes : int or None
        What its disk has left; None where the database does not say.
    ahead_s : float or None
        By how much its clock is ahead of this one, in seconds; None where it has none.
    """

    revision: str | None
    newest: str
    too_new: bool
    writable: bool
    why_not: str
    used_bytes: int
    free_bytes: int | None
    ahead_s: float | None


def examine(url: str) -> Examined:
    """Return what the store at a URL is like.

    Raises
    ------
    StoreError
        If it cannot be reached or read.
    """
    database = Database(url, Durability.FULL)
    try:
        return _file(Path(database.path), database) if database.path is not None else _server(database)
    except FAULTS as error:
        raise store_error(error) from error
    finally:
        database.close()


def _file(path: Path, database: Database) -> Examined:
    folder = path.parent
    if not folder.is_dir():
        raise StoreUnreachableError(f"the store cannot be reached: {path}: make its folder {folder} first")
    revision = None
    if path.exists():
        with database.reader.connect() as connection:
            revision = _revision(connection)
    # The folder as well: SQLite puts its log there.
    locked = [str(each) for each in (folder, path) if each.exists() and not os.access(each, os.W_OK)]
    used = sum(each.stat().st_size for each in folder.glob(f"{path.name}*"))
    known, newest = steps()
    return Examined(
        revision,
        newest,
        revision is not None and revision not in known,
        not locked,
        f"this user may not write {' and '.join(locked)}" if locked else "",
        used,
        shutil.disk_usage(folder).free,
        None,
    )


def _server(database: Database) -> Examined:
    with database.reader.connect() as connection:
        revision = _revision(connection)
        before_s = time.time()
        its_s = float(connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())").scalar_one())
        ahead_s = its_s - (before_s + time.time()) / 2
        used = int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
        why_not = _why_not(connection, revision)
    known, newest = steps()
    too_new = revision is not None and revision not in known
    return Examined(revision, newest, too_new, not why_not, why_not, used, None, ahead_s)


def _why_not(connection: Connection, revision: str | None) -> str:
    """Return why a database of PostgreSQL takes no records; empty where it takes them."""
    if connection.exec_driver_sql("SHOW transaction_read_only").scalar_one() == "on":
        return "it takes no changes (a standby, or set to read only)"
    asked = (
        "SELECT has_schema_privilege(current_schema(), 'CREATE')"
        if revision is None
        else "SELECT has_table_privilege('plans', 'INSERT, DELETE')"
    )
    return "" if connection.exec_driver_sql(asked).scalar_one() else "its user may not"


def _revision(connection: Connection) -> str | None:
    found: str | None = MigrationContext.configure(connection).get_current_revision()
    return found
