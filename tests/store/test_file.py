"""The SQLite file of a store: permissions, and faults."""

import contextlib
import sqlite3
import threading

import pytest
from sqlalchemy import event

from boxwright.store import StoreBusyError, StoreCorruptError, StoreFullError, StoreUnreachableError
from boxwright.store.store import Store

from .conftest import plan


@pytest.fixture
def path(tmp_path):
    """Path of the file."""
    return tmp_path / "plans.db"


@pytest.fixture
def store(path):
    """A store in the file."""
    opened = Store(f"sqlite:///{path}", 0.2)
    yield opened
    opened.close()


def test_a_file_of_plans_is_for_its_user_alone(path, store):
    """The file is private and in WAL mode."""
    store.write([plan()])
    assert path.stat().st_mode & 0o777 == 0o600
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_file_that_was_replaced_is_not_written_into(tmp_path, path, store):
    """Records in a removed file would be lost, so reads and writes fail."""
    store.write([plan(plan_id="a")])
    path.rename(tmp_path / "moved.db")
    path.write_bytes((tmp_path / "moved.db").read_bytes())
    (failed,) = store.write([plan()])
    assert isinstance(failed, StoreUnreachableError)
    with pytest.raises(StoreUnreachableError):
        store.read.plan("a")


def test_a_full_store_has_its_own_error(store):
    """Writes to a full store fail with that reason, reads continue, and with free space writes work again."""
    assert store.write([plan(plan_id="a")]) == [None]
    limit = [1]  # SQLite replaces it by the present size of the file

    def limited(connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit[0]}")

    event.listen(store._database._engine, "begin", limited)
    results = store.write([plan(answer=bytes(5_000)) for _ in range(100)])
    assert {type(result) for result in results} == {StoreFullError}
    assert store.read.plan("a") is not None
    limit[0] = 1_000_000
    assert store.write([plan()]) == [None]


def test_a_damaged_file_has_its_own_error(path, store):
    """Reading a damaged page fails with that reason and returns no other plan."""
    assert store.write([plan(plan_id="a", answer=b"M" * 50_000)]) == [None]
    with contextlib.closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        (page_bytes,) = other.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:  # a page of the answer names the one that follows it
        pages = range(0, path.stat().st_size, page_bytes)
        data = file.read()
        file.seek(next(at for at in pages if data[at + 4 : at + page_bytes] == b"M" * (page_bytes - 4)))
        file.write(b"\xff" * 4)
    with pytest.raises(StoreCorruptError):
        store.read.plan("a")


def test_a_file_that_is_not_a_database_is_refused(path, store):
    """The file is left as it is."""
    path.write_text("a note " * 1_000)
    with pytest.raises(StoreCorruptError):
        store.open()
    assert path.read_text() == "a note " * 1_000


def test_the_lock_of_another_program_is_waited_for_as_long_as_a_record_may_take(path, store):
    """The store waits for a short lock; a long one raises an error."""
    store.open()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        (locked,) = store.write([plan()])
        assert isinstance(locked, StoreBusyError)
        patient = Store(f"sqlite:///{path}", 20.0, make=False)
        release = threading.Timer(0.5, other.execute, ("ROLLBACK",))
        release.start()
        assert patient.write([plan()]) == [None]
        release.join()
        patient.close()
