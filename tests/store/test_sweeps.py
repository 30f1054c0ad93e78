"""What is said of a sweep: what it took out for good, and that it failed."""

import contextlib
import sqlite3
import subprocess
import sys
from random import Random

import pytest
from sqlalchemy import event

from boxwright.store import Keep
from boxwright.store.archive import Archive
from boxwright.store.sweeper import STEP

from .conftest import Opened, plan, until

SECOND_US = 1_000_000


def traces_in(folder, text):
    """Return in which files of a store a text can still be read."""
    return [each.name for each in folder.iterdir() if text in each.read_bytes()]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_nothing_of_a_deleted_plan_is_left_in_the_files(open_store, tmp_path):
    """Neither in pages that are free nor in the log, as soon as the round has ended; a server goes on meanwhile."""
    sweeping = open_store(keep=Keep(plan_us=3_600 * SECOND_US))
    sweeping.write(plan(order_id="of today"))
    assert traces_in(tmp_path, b"of today")
    open_store().write(
        *[plan(create_us=at, order_id=f"long-ago-{at}", request=b"Ada 79117 " * 50) for at in range(1, 151)]
    )
    until(lambda: sweeping.read.sizes().plans == 1)
    until(lambda: not traces_in(tmp_path, b"Ada 79117") and not traces_in(tmp_path, b"long-ago"))
    assert traces_in(tmp_path, b"of today")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_nothing_is_left_of_what_was_deleted_by_its_id(open_store, url, tmp_path):
    """Also where a server has the store open."""
    store = open_store()
    store.write(plan(plan_id="p", order_id="Ada 79117"), plan(order_id="of today"))
    archive = Archive(url)
    try:
        assert archive.delete(["p"]) == 1
        assert (traces_in(tmp_path, b"Ada 79117"), bool(traces_in(tmp_path, b"of today"))) == ([], True)
    finally:
        archive.close()


def test_no_copy_is_left_where_rows_moved_from_page_to_page(tmp_path):
    """Random keys that go in random order have SQLite move rows between pages, and leave copies of some."""
    for seed in (1, 7):
        folder, random = tmp_path / str(seed), Random(seed)
        folder.mkdir()
        store = Opened(f"sqlite:///{folder}/plans.db", durability="normal")
        ids = [f"{random.getrandbits(80):020x}" for _ in range(400)]
        for at in range(0, len(ids), 100):
            store.write(
                *[
                    plan(
                        plan_id=each,
                        create_us=random.randrange(10**12),
                        order_id=f"ORD-{each}{' Ada Lovelace' * random.randrange(4)}",
                        request=each.encode() * random.randrange(1, 12),
                    )
                    for each in ids[at : at + 100]
                ]
            )
        random.shuffle(ids)
        archive = Archive(f"sqlite:///{folder}/plans.db")
        assert (archive.delete(ids[100:]), archive.left) == (300, "")
        files = b"".join(each.read_bytes() for each in folder.iterdir())
        assert [each for each in ids if each.encode() in files] == ids[:100], seed
        assert store.write(plan()) == [None]
        archive.close()
        store.close()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_what_a_command_cannot_take_out_of_the_log_a_server_does(open_store, url, tmp_path):
    """A reader needs the log when the plan goes, which the command says; the round after its end empties it."""
    store = open_store()
    store.write(plan(plan_id="p", order_id="Ada 79117"), plan(order_id="of today"))
    archive = Archive(url)
    with contextlib.closing(sqlite3.connect(tmp_path / "plans.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM plans").fetchone() == (2,)
        assert archive.delete(["p"]) == 1
        assert archive.left
        assert traces_in(tmp_path, b"Ada 79117")
    until(lambda: not traces_in(tmp_path, b"Ada 79117"))
    assert archive.delete(["p"]) == 0
    assert archive.left == ""
    archive.close()
    assert traces_in(tmp_path, b"of today")


EMPTYING = """
import fcntl, sys, time
with open(sys.argv[1], "r+b") as log:
    fcntl.lockf(log, fcntl.LOCK_EX, 1, 121)  # WAL_CKPT_LOCK, in "The WAL-Index File Format" of SQLite
    print("held", flush=True)
    time.sleep(0.5)
"""


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_command_waits_for_a_server_that_empties_the_log_itself(open_store, url, tmp_path):
    """SQLite does not wait for that lock, which a server has for a moment; nobody reads, so nothing is left."""
    store = open_store()
    store.write(plan(plan_id="p", order_id="Ada 79117"), plan(order_id="of today"))
    store.close()
    archive = Archive(url)
    with contextlib.closing(sqlite3.connect(tmp_path / "plans.db")) as other:
        other.execute("SELECT count(*) FROM plans").fetchone()
        command = [sys.executable, "-c", EMPTYING, str(tmp_path / "plans.db-shm")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as emptying:
            assert emptying.stdout.readline() == "held\n"
            assert (archive.delete(["p"]), archive.left) == (1, "")
    archive.close()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_file_that_cannot_be_written_anew_is_told_of(open_store, url, tmp_path):
    """Another program begins to write as soon as the plans are gone; that they went stands."""
    open_store().write(*[plan(plan_id=f"p{number}") for number in range(STEP)])
    archive = Archive(url)
    with contextlib.closing(sqlite3.connect(tmp_path / "plans.db", isolation_level=None)) as writer:

        def then_lock():
            yield from (f"p{number}" for number in range(STEP))
            writer.execute("BEGIN IMMEDIATE")

        assert archive.delete(then_lock()) == STEP
        assert writer.execute("SELECT count(*) FROM plans").fetchone() == (0,)
    assert "VACUUM" in archive.left
    archive.close()


def test_plans_of_a_sweep_that_is_rolled_back_are_not_counted(open_store):
    """A disk that is full lets rows be deleted, and refuses the commit: they count once they are gone."""
    sweeping = open_store(keep=Keep(plan_us=SECOND_US))
    full = [True]

    def refuse(connection):
        if full and sweeping.read.sizes().plans:
            raise OSError("full")

    event.listen(sweeping.store._database.writer, "commit", refuse)
    open_store().write(*[plan(create_us=at) for at in range(1, 151)])
    until(lambda: len(sweeping.swept.errors) > 1)
    assert "full" in str(sweeping.swept.errors[0])
    assert (sweeping.swept.gone, sweeping.read.sizes().plans) == ([], 150)
    full.clear()
    until(lambda: {"age": 150} in sweeping.swept.rounds)
    assert sum(plans for _, plans in sweeping.swept.gone) == 150
    assert sweeping.read.sizes().plans == 0
