"""Live servers with a store in a file, the content of that file, and ways to break it."""

import contextlib
import sqlite3
import time

from .here import packing_here


@contextlib.contextmanager
def serving(tmp_path, **given):
    """A server with a store, its stub and the path of its file."""
    path = tmp_path / "plans.db"
    with packing_here(store=f"sqlite:///{path}", **given) as (server, packing):
        yield server, packing, path


def rows(path, statement):
    """Return the rows of a query on the file of a store."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(statement).fetchall()


def break_locked(path, stack):
    """Hold the write lock."""
    connection = stack.enter_context(contextlib.closing(sqlite3.connect(path, isolation_level=None)))
    connection.execute("BEGIN IMMEDIATE")


def break_gone(path, stack):
    """Remove the file."""
    for file in path.parent.glob("plans.db*"):
        file.unlink()


def break_corrupt(path, stack):
    """Overwrite all pages but the first; the server has none of them cached after another program wrote."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO answers VALUES (x'00', x'00', 0, NULL, x'00')")
        while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            time.sleep(0.01)  # the first deletion run of the server also empties the log
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        with path.open("r+b") as file:
            file.seek(page_bytes)
            file.write(b"\xff" * (path.stat().st_size - page_bytes))


def break_tables(path, stack):
    """Drop a table."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE plans")
