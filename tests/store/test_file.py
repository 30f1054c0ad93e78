"""The file of a store in SQLite: whose it is, and what is done where it is gone, full or locked."""

import contextlib
import sqlite3
import subprocess
import sys
import threading

import pytest
from sqlalchemy import event

from boxwright.store import Durability, StoreCorruptError, StoreFullError, StoreUnreachableError
from boxwright.store import database as databases
from boxwright.store.database import Database

from .conftest import Opened, plan, until


def test_a_file_of_plans_is_for_its_user_alone(tmp_path):
    """Orders are nobody else's business; the file is in WAL mode."""
    store = Opened(f"sqlite:///{tmp_path}/plans.db")
    store.write(plan())
    store.close()
    path = tmp_path / "plans.db"
    assert path.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    """It is not made: a path that is misspelt would hide the plans. Once it is there, plans are stored."""
    folder = tmp_path / "var"
    store = Opened(f"sqlite:///{folder}/plans.db")
    (failed,) = store.write(plan())
    assert isinstance(failed, StoreUnreachableError)
    assert str(folder) in str(failed)
    folder.mkdir()
    assert store.write(plan()) == [None]
    store.close()


def test_a_file_that_was_replaced_is_not_written_into(tmp_path):
    """A record that went into a file which nobody finds any more would be lost: it is refused, and so is reading."""
    path = tmp_path / "plans.db"
    store, entry = Opened(f"sqlite:///{path}"), plan()
    store.write(entry)
    path.rename(tmp_path / "moved.db")
    path.write_bytes((tmp_path / "moved.db").read_bytes())
    (failed,) = store.write(plan())
    assert isinstance(failed, StoreUnreachableError)
    with pytest.raises(StoreUnreachableError):
        store.read.plan(entry.plan.plan_id)
    store.close()


def test_a_log_that_was_removed_is_not_written_into(tmp_path):
    """Plans in a log that nobody finds would be lost with the end of the server; once it is back, they go on."""
    path, log = tmp_path / "plans.db", tmp_path / "plans.db-wal"
    store, first = Opened(f"sqlite:///{path}"), plan()
    assert store.write(first) == [None]
    log.rename(tmp_path / "moved")
    for _ in range(2):
        (failed,) = store.write(plan())
        assert isinstance(failed, StoreUnreachableError)
        assert "plans.db-wal" in str(failed)
    assert not log.exists()
    (tmp_path / "moved").rename(log)
    second = plan()
    assert store.write(second) == [None]
    store.close()
    again = Opened(f"sqlite:///{path}")
    assert all(again.read.plan(each.plan.plan_id) for each in (first, second))
    again.close()


def test_trying_again_to_open_a_file_takes_no_lock_from_its_readers(tmp_path):
    """The locks of a process on a file end when it closes it anywhere; another program could then take the log away."""
    path = tmp_path / "plans.db"
    database = Database(f"sqlite:///{path}", Durability.FULL)
    database.make_file()
    with database.writer.connect() as writing, writing.begin():
        writing.exec_driver_sql("CREATE TABLE one (it)")
    with database.reader.connect() as reading:
        assert reading.exec_driver_sql("SELECT count(*) FROM one").scalar() == 0
        database.make_file()
        # The bytes that SQLite locks for those who read (sqlite.org/src/file/src/os.h, SHARED_FIRST).
        locks = f"import fcntl; fcntl.lockf(open({str(path)!r}, 'r+b'), fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)"
        said = subprocess.run([sys.executable, "-c", locks], check=False, capture_output=True, text=True)
    assert "BlockingIOError" in said.stderr
    database.close()


def test_a_full_store_says_so(tmp_path):
    """Where the file may not grow, records are refused as such, and what was kept stays; with room it works again.

    It is not said to work while it is full, although rounds of sweeping that find nothing to take out end well.
    """
    store, first = Opened(f"sqlite:///{tmp_path}/plans.db"), plan()
    assert store.write(first) == [None]
    limit = [1]  # SQLite takes it as the size that the file has
    begun = []

    def limited(connection):  # in the thread that writes: no other may touch its connection
        begun.append(connection)
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit[0]}")

    event.listen(store.store._database.writer, "begin", limited)
    results = store.write(*(plan(answer=bytes(5_000)) for _ in range(100)))
    assert {type(each) for each in results} == {StoreFullError}
    assert store.read.plan(first.plan.plan_id).plan == first.plan
    refused = len(begun)
    until(lambda: len(begun) > refused + 3)
    assert isinstance(store.store.error, StoreFullError)
    assert store.heard.recoveries == 0
    limit[0] = 1_000_000
    assert store.write(plan()) == [None]
    assert store.heard.recoveries == 1
    store.close()


def test_a_file_that_a_read_finds_damaged_takes_no_more_records(tmp_path):
    """Plans that are written into it may be lost with it; after a restart it is tried again."""
    path = tmp_path / "plans.db"
    store, long = Opened(f"sqlite:///{path}", every_s=3_600), plan(answer=b"M" * 50_000)
    assert store.write(long) == [None]
    with contextlib.closing(sqlite3.connect(path)) as other:
        # Busy while the store's first round of sweeping empties the log itself.
        until(lambda: other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
        (page_bytes,) = other.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:  # a page of the answer names the one that follows it
        pages = range(0, path.stat().st_size, page_bytes)
        data = file.read()
        file.seek(next(at for at in pages if data[at + 4 : at + page_bytes] == b"M" * (page_bytes - 4)))
        file.write(b"\xff" * 4)
    with pytest.raises(StoreCorruptError):
        store.read.plan(long.plan.plan_id)
    assert isinstance(store.store.error, StoreCorruptError)
    for must in (True, False):
        (refused,) = store.write(plan(), must=must)
        assert isinstance(refused, StoreCorruptError)
    assert [type(each) for each in store.heard.errors] == [StoreCorruptError] * len(store.heard.errors) != []
    store.close()
    again = Opened(f"sqlite:///{path}")
    assert again.store.error is None
    assert again.write(plan()) == [None]
    again.close()


def test_a_record_waits_for_the_lock_of_another_program_as_long_as_it_may_take(tmp_path, monkeypatch):
    """A backup, or somebody who looks into the file, may hold it for longer than a lock is held otherwise."""
    monkeypatch.setattr(databases, "LOCK_S", 0.05)
    path = tmp_path / "plans.db"
    opened = Opened(f"sqlite:///{path}", wait_s=20.0, every_s=3_600.0)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.5, other.execute, ("ROLLBACK",))
        release.start()
        assert opened.write(plan()) == [None]
        release.join()
    opened.close()
    assert not opened.heard.errors
