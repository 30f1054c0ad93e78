"""What a store keeps, in both databases."""

import asyncio
import re
import sqlite3
import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError

from boxwright.errors import InvalidInputError
from boxwright.store import (
    AnswerRecord,
    AnswerTakenError,
    Entry,
    Keep,
    PlanGoneError,
    StoreBusyError,
    StoreCorruptError,
    StoreFullError,
    StoreSilentError,
    StoreUnreachableError,
)
from boxwright.store import writer as writing
from boxwright.store.faults import store_error
from boxwright.store.filters import condition
from boxwright.store.reader import cursor_of
from boxwright.store.statements import Statements
from boxwright.store.sweeper import Sweeper
from boxwright.store.tables import PLANS as TABLE

from .conftest import CATALOG, answered, outcome, plan, until

SECOND_US = 1_000_000


def test_what_was_written_is_read_as_it_was(open_store):
    """Each field of a plan, its catalog and its outcome come back, also in another process's view."""
    entry = plan(cut_short=True, order_id="ä'; DROP TABLE plans; --", answer=bytes(range(256)))
    writer = open_store()
    assert writer.write(entry) == [None]
    reader = open_store()
    found = reader.read.plan(entry.plan.plan_id)
    assert (found.plan, found.outcome) == (entry.plan, None)
    assert reader.read.catalog("sha256:c") == CATALOG
    assert reader.read.plan("nothing") is None
    assert reader.read.catalog("nothing") is None
    assert writer.write(outcome(entry.plan.plan_id)) == [None]
    assert reader.read.plan(entry.plan.plan_id).outcome == b"packed"
    assert reader.read.sizes().plans == 1


def test_what_waits_is_written_together(open_store):
    """A hundred records at once take few transactions, and each is kept."""
    store = open_store()
    entries = [plan() for _ in range(100)]
    assert store.write(*entries) == [None] * 100
    assert sum(store.heard.transactions) == 100
    assert len(store.heard.transactions) < 20
    assert store.read.sizes().plans == 100


class Clock:
    """Time that stands still, and a sleep that lasts until the test goes on."""

    def __init__(self):
        self.sleeps = []
        self.asleep, self.awake = threading.Event(), threading.Event()
        self.monotonic = self.perf_counter = lambda: 1_000.0

    def sleep(self, seconds):
        """Wait for the test."""
        self.sleeps.append(seconds)
        self.asleep.set()
        assert self.awake.wait(20)


def test_records_wait_for_those_that_are_on_their_way(open_store, monkeypatch):
    """While another is coming, transactions begin some time apart: what comes meanwhile goes into the next one."""
    store, clock = open_store(), Clock()
    monkeypatch.setattr(writing, "time", clock)

    async def write():
        with store.store.coming():
            await store.store.write(plan())
            await store.store.write(plan())  # nothing else is coming
            assert clock.sleeps == []
            with store.store.coming():
                first = asyncio.ensure_future(store.store.write(plan()))
                await asyncio.to_thread(clock.asleep.wait, 20)
                second = asyncio.ensure_future(store.store.write(plan()))
                await asyncio.sleep(0)
                clock.awake.set()
                await asyncio.gather(first, second)

    asyncio.run(write())
    assert clock.sleeps == pytest.approx([writing.TOGETHER_S])
    assert store.heard.transactions == [1, 1, 2]


def test_one_bad_record_takes_no_other_with_it(open_store):
    """A record that the database refuses fails alone; those of the same transaction are kept."""
    store = open_store()
    good = [plan() for _ in range(5)]
    bad = outcome("no such plan")
    results = store.write(*good[:3], bad, *good[3:])
    assert [type(each) for each in results] == [type(None)] * 3 + [PlanGoneError] + [type(None)] * 2
    assert all(store.read.plan(each.plan.plan_id) for each in good)


def test_an_answer_is_kept_once(open_store):
    """Of two replicas that answer the same call the second learns of it, and nothing of its entry is written."""
    one, other = open_store(), open_store()
    assert one.write(answered()) == [None]
    entry = plan()
    (failed,) = other.write(Entry(plan=entry.plan, catalog=entry.catalog, answer=answered(sealed=b"x").answer))
    assert isinstance(failed, AnswerTakenError)
    assert other.read.plan(entry.plan.plan_id) is None
    assert other.read.answer(b"k") == (b"d", b"s")
    assert other.read.answer(b"other") is None


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_an_answer_that_another_replica_keeps_in_the_same_moment_is_taken(open_store, monkeypatch):
    """Between the look whether it is kept and its writing; SQLite has one writer at a time."""
    first, second, entry, write = open_store(), open_store(), answered(), Statements.write
    others = [answered(digest=b"other")]

    def late(statements, connection, entries):
        if entries == [entry] and others:
            assert second.write(others.pop()) == [None]
        write(statements, connection, entries)

    monkeypatch.setattr(Statements, "write", late)
    of_none, taken = first.write(outcome("nothing"), entry)
    assert isinstance(of_none, PlanGoneError)  # for its sake each is written by itself
    assert isinstance(taken, AnswerTakenError)


def test_an_outcome_takes_the_place_of_the_one_before(open_store):
    """A correction is what counts afterwards."""
    store, entry = open_store(), plan()
    store.write(entry)
    store.write(outcome(entry.plan.plan_id, content=b"first"))
    store.write(outcome(entry.plan.plan_id, content=b"second", overridden=True))
    assert store.read.plan(entry.plan.plan_id).outcome == b"second"
    assert next(store.read.page("outcome = OVERRIDDEN", "", None, 10)).plan == entry.plan


PLANS = {
    "old": {"create_us": 1_000 * SECOND_US, "order_id": "A-1", "box_type_ids": ("small",)},
    "mid": {"create_us": 2_000 * SECOND_US, "order_id": "A-2", "status": "partial", "cut_short": True},
    "new": {"create_us": 3_000 * SECOND_US, "order_id": "A-3", "purpose": "replay", "catalog": "my own"},
}


FOUND = [
    ("", "new mid old"),
    ('order_id = "A-2"', "mid"),
    ("order_id=A-2", "mid"),
    ('order_id != "A-2"', "new old"),
    ("status = PARTIAL", "mid"),
    ("purpose = REPLAY", "new"),
    ('catalog = "my own"', "new"),
    ("catalog = catalogs/eu", "mid old"),
    ("catalog = eu", "mid old"),
    ("box_type_id = large", "new mid"),
    ("NOT box_type_id = large", "old"),
    ("box_type_id != large", "old"),
    ('site = ""', "new mid old"),
    ('site = "sites/no-such"', ""),
    ("cut_short = true", "mid"),
    ("cut_short = false", "new old"),
    ("outcome = NONE", "new"),
    ("outcome != NONE", "mid old"),
    ("outcome = OVERRIDDEN", "mid"),
    ("NOT outcome = OVERRIDDEN", "new old"),
    ("outcome = AS_PLANNED", "old"),
    ('create_time > "1970-01-01T00:33:20Z"', "new"),
    ('create_time >= "1970-01-01T01:33:20+01:00"', "new mid"),
    ('create_time < "1970-01-01T00:33:20Z"', "old"),
    ("order_id = A-1 OR order_id = A-2", "mid old"),
    ("order_id = A-1 OR order_id = A-2 AND status = PARTIAL", "mid"),
    ("(order_id = A-1 OR order_id = A-2) AND NOT (status = PARTIAL)", "old"),
    (r'order_id = "A\-1"', "old"),
    ("order_id = \"' OR '1' = '1\"", ""),
]


def test_a_filter_finds_what_it_says(open_store):
    """Each field, each way to join; OR binds tighter than AND, as AIP-160 has it."""
    store = open_store()
    store.write(*(plan(plan_id=name, **given) for name, given in PLANS.items()))
    store.write(outcome("old"), outcome("mid", overridden=True))
    for where, found in FOUND:
        assert " ".join(stored.plan.plan_id for stored in store.read.page(where, "", None, 10)) == found, where


@pytest.mark.parametrize(
    "where",
    [
        "order_id",
        "colour = red",
        "order_id = ",
        "order_id > A-1",
        "create_time > yesterday",
        'create_time > "2026-01-01T06:30:00"',
        'create_time > "2026-11-27"',
        "status = DONE",
        "order_id='T-77'",
        "order_id = 'T 77'",
        'site = "hall1"',
        "outcome = LOST",
        "cut_short = yes",
        "(order_id = A",
        "order_id = A order_id = B",
        'order_id = "A',
        "(" * 80 + "order_id = A" + ")" * 80,
        " AND ".join(["order_id = A"] * 51),
        "order_id = " + "A" * 2_000,
        'order_id = "A\0"',
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(where):
    """At its field; no text gets into a statement."""
    with pytest.raises(InvalidInputError) as caught:
        condition(where, str)
    assert [fault.field for fault in caught.value.violations] == ["filter"]


def test_the_time_that_a_refused_filter_offers_is_taken():
    """A day alone is refused, with a time that is not."""
    with pytest.raises(InvalidInputError) as caught:
        condition('create_time > "2026-11-27"', str)
    (offered,) = re.findall(r"2026-11-27T[\d:]+Z", str(caught.value))
    assert condition(f'create_time > "{offered}"', str) is not None


def test_pages_join_without_gap_or_repeat(open_store):
    """Whatever the order, also where many plans have the same value, and where plans come in between two pages."""
    store = open_store()
    entries = [plan(create_us=SECOND_US * (at // 3), order_id=f"A-{at % 4}") for at in range(11)]
    store.write(*entries)
    for order_by in ("", "create_time", "create_time desc", "order_id", "order_id desc"):
        found, after = [], None
        while page := list(store.read.page("", order_by, after, 4)):
            found += page
            assert len(found) < 100
            after = cursor_of(page[-1].plan, order_by)
            store.write(plan(create_us=1 << 60 if "desc" in order_by or not order_by else 0, order_id="B"))
        ids = [stored.plan.plan_id for stored in found]
        assert len(ids) == len(set(ids))
        assert {entry.plan.plan_id for entry in entries} <= set(ids)
        values = [stored.plan.order_id if "order_id" in order_by else stored.plan.create_us for stored in found]
        assert values == sorted(values, reverse="desc" in order_by or not order_by)


def test_an_order_that_is_none_is_refused(open_store):
    """By a field that there is not, or in a direction that there is not."""
    read = open_store().read
    for order_by in ("size", "create_time up", "create_time, order_id", "create_time desc desc"):
        with pytest.raises(InvalidInputError, match=r"^order_by: "):
            next(read.page("", order_by, None, 1))


def test_old_plans_go_with_all_that_is_theirs(open_store):
    """Past their age plans, their outcomes and catalogs that nobody needs go; younger ones stay."""
    keep = Keep(plan_us=3_600 * SECOND_US, answer_us=3_600 * SECOND_US)
    store = open_store()
    now = time.time_ns() // 1_000
    old = [plan(create_us=now - 7_200 * SECOND_US) for _ in range(250)]
    other = replace(CATALOG, catalog_hash="sha256:old")
    last = Entry(replace(old[0].plan, catalog_hash="sha256:old"), other)
    young = plan()
    store.write(last, *old[1:], young, answered(create_us=now - 7_200 * SECOND_US), answered(key=b"young"))
    store.write(outcome(last.plan.plan_id), outcome(young.plan.plan_id))
    sweeping = open_store(keep=keep)
    until(lambda: sweeping.read.sizes().plans == 1 and sweeping.read.answer(b"k") is None)
    until(lambda: sweeping.read.catalog("sha256:old") is None)
    assert sum(plans for why, plans in sweeping.swept.gone if why == "age") == 250
    assert sweeping.read.plan(young.plan.plan_id).outcome == b"packed"
    assert sweeping.read.plan(last.plan.plan_id) is None
    assert sweeping.read.answer(b"young") is not None
    assert sweeping.read.catalog("sha256:c") is not None


def test_the_oldest_plans_go_where_there_are_too_many(open_store):
    """Past the limit of bytes the oldest go, and no more of them than needed."""
    store = open_store()
    entries = [plan(create_us=at, request=b"r" * 500, answer=b"a" * 500) for at in range(1, 301)]
    store.write(*entries)
    sizes = store.read.sizes()
    sweeping = open_store(keep=Keep(max_bytes=sizes.plan_bytes * 130 // 300 + sizes.shared_bytes))
    until(lambda: sweeping.read.sizes().plans <= 130)
    time.sleep(0.3)
    assert sweeping.read.sizes().plans == 130
    assert sweeping.read.plan(entries[169].plan.plan_id) is None
    assert sweeping.read.plan(entries[170].plan.plan_id) is not None


def test_a_catalog_that_was_swept_is_written_again(open_store):
    """A server that has written a catalog finds it gone, swept by another one, and writes it again."""
    store = open_store()
    first = plan(create_us=1)
    store.write(first)
    sweeping = open_store(keep=Keep(plan_us=SECOND_US))
    until(lambda: sweeping.read.catalog("sha256:c") is None)
    sweeping.close()
    again = plan()
    assert store.write(again) == [None]
    assert store.read.catalog("sha256:c") == CATALOG


def test_a_sweep_that_goes_wrong_keeps_no_plan_out(open_store, monkeypatch):
    """Whatever it fails with is said, and the next plan is written."""
    monkeypatch.setattr(Sweeper, "step", lambda sweeper, connection: 1 // 0)
    store = open_store()
    until(lambda: store.heard.errors)
    assert "ZeroDivisionError" in str(store.heard.errors[0])
    assert store.write(plan()) == [None]


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("53100", StoreFullError),
        ("55P03", StoreBusyError),
        ("57014", StoreBusyError),
        ("40P01", StoreBusyError),
        ("XX001", StoreCorruptError),
        ("42P01", StoreCorruptError),
        ("57P01", StoreUnreachableError),
        ("25006", StoreUnreachableError),
    ],
)
def test_errors_of_postgresql_are_read_by_their_state(state, kind):
    """What the server says by SQLSTATE decides who has to act."""
    original = OSError("said")
    original.sqlstate = state
    found = store_error(DBAPIError("INSERT", {}, original))
    assert type(found) is kind
    assert "said" in str(found)


def test_an_answer_goes_if_it_is_still_the_one_that_was_read(open_store):
    """Another replica may have put another one in its place; and plans are known to be there or not."""
    store, entry = open_store(), plan()
    store.write(entry, answered(sealed=b"new"))
    for sealed, left in ((b"old", (b"d", b"new")), (b"new", None)):
        assert store.write(Entry(stale=AnswerRecord(b"k", b"", 0, sealed))) == [None]
        assert store.read.answer(b"k") == left
    assert store.read.kept([entry.plan.plan_id, *map(str, range(1_200))]) == {entry.plan.plan_id}


def test_a_disk_without_room_to_open_the_file_is_full():
    """SQLite calls it an error of input and output, as it does a disk that is broken."""
    original = sqlite3.OperationalError("disk I/O error")
    for code, kind in (
        (sqlite3.SQLITE_IOERR_SHMSIZE, StoreFullError),
        (sqlite3.SQLITE_IOERR_READ, StoreUnreachableError),
    ):
        original.sqlite_errorcode = code
        assert type(store_error(DBAPIError("SELECT", {}, original))) is kind


def test_a_store_that_just_failed_is_left_alone_by_who_does_not_insist(open_store):
    """After a failure a record that need not be kept is refused at once; one that must be is tried."""
    store = open_store()
    store.store._writer.error = StoreFullError("full")
    store.store._writer._failed_at_s = time.monotonic()
    (skipped,) = store.write(plan(), must=False)
    assert isinstance(skipped, StoreFullError)
    assert store.heard.transactions == []
    assert store.write(plan(), must=True) == [None]
    assert store.write(plan(), must=False) == [None]


def test_a_store_that_does_not_answer_counts_as_failed(open_store, monkeypatch):
    """It is said once, holds up nobody who does not insist, and is over with the next transaction that ends.

    A file is locked, or its disk is slow; a server would have said so, and is out of reach.
    """
    monkeypatch.setattr("boxwright.store.writer.REST_S", 0.0)
    opened = open_store(wait_s=0.5, every_s=60.0)
    kind = StoreBusyError if opened.store._database.is_sqlite else StoreSilentError
    until(lambda: opened.write(plan()) == [None])
    until(lambda: opened.store._writer._sweeper.due_in_s() > 1)  # else its transaction may be the one that is held
    held, said, over = threading.Event(), len(opened.heard.errors), opened.heard.recoveries
    event.listen(opened.store._database.writer, "commit", lambda _: held.wait(20))
    try:
        for _ in range(2):
            (late,) = opened.write(plan())
            assert isinstance(late, kind)
            assert isinstance(opened.store.error, kind)
        assert len(opened.heard.errors) == said + 1
        (refused,) = opened.write(answered(), must=False)
        assert isinstance(refused, kind)
        assert opened.store.waiting == 1  # the second plan
    finally:
        held.set()
    until(lambda: opened.write(plan()) == [None])
    assert opened.store.error is None
    assert opened.heard.recoveries > over


def test_rows_outlive_the_steps_of_another_connection(open_store):
    """A reader that began before a record was written does not keep the writer waiting, nor the other way round."""
    store = open_store()
    store.write(plan())
    with store.store._database.reader.connect() as connection:
        assert len(connection.execute(select(TABLE.c.plan_id)).all()) == 1
        assert store.write(*(plan() for _ in range(50))) == [None] * 50
