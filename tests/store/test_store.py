"""Content of a store, in both databases."""

import re
import sqlite3

import pytest
from sqlalchemy.exc import DBAPIError

from boxwright.errors import InvalidInputError
from boxwright.store import (
    AnswerTakenError,
    Entry,
    PlanGoneError,
    StoreBusyError,
    StoreCorruptError,
    StoreFullError,
    StoreUnreachableError,
)
from boxwright.store.database import store_error
from boxwright.store.filters import condition
from boxwright.store.reader import cursor_of

from .conftest import CATALOG, answered, outcome, plan

SECOND_US = 1_000_000


def test_what_was_written_is_read_as_it_was(open_store):
    """Each field of a plan, catalog and outcome is read back, also by another server."""
    entry = plan(cut_short=True, order_id="ä'; DROP TABLE plans; --", answer=bytes(range(256)))
    writer = open_store()
    assert writer.write([entry]) == [None]
    reader = open_store()
    found = reader.read.plan(entry.plan.plan_id)
    assert (found.plan, found.outcome) == (entry.plan, None)
    assert reader.read.catalog("sha256:c") == CATALOG
    assert reader.read.plan("nothing") is None
    assert reader.read.catalog("nothing") is None
    assert writer.write([outcome(entry.plan.plan_id)]) == [None]
    assert reader.read.plan(entry.plan.plan_id).outcome == b"packed"
    assert reader.read.sizes().plans == 1


def test_one_bad_record_takes_no_other_with_it(open_store):
    """A refused record fails alone; the others of its transaction are stored."""
    store = open_store()
    good = [plan() for _ in range(5)]
    bad = outcome("no such plan")
    results = store.write([*good[:3], bad, *good[3:]])
    assert [type(result) for result in results] == [type(None)] * 3 + [PlanGoneError] + [type(None)] * 2
    assert all(store.read.plan(entry.plan.plan_id) for entry in good)


def test_an_answer_is_kept_once(open_store):
    """The slower of two replicas gets the first answer, and nothing of its entry is written."""
    one, other = open_store(), open_store()
    assert one.write([answered()]) == [None]
    entry = plan()
    (failed,) = other.write([Entry(plan=entry.plan, catalog=entry.catalog, answer=answered(answer=b"x").answer)])
    assert isinstance(failed, AnswerTakenError)
    assert other.read.plan(entry.plan.plan_id) is None
    assert other.read.answer(b"k").answer == b"a"
    assert other.read.answer(b"other") is None


def test_an_outcome_takes_the_place_of_the_one_before(open_store):
    """A correction replaces the outcome."""
    store, entry = open_store(), plan()
    store.write([entry])
    store.write([outcome(entry.plan.plan_id, content=b"first")])
    store.write([outcome(entry.plan.plan_id, content=b"second", overridden=True)])
    assert store.read.plan(entry.plan.plan_id).outcome == b"second"
    assert next(store.read.plans("outcome = OVERRIDDEN", "")).plan == entry.plan


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
    ("box_type_id = Large", ""),
    ("box_type_id = arge", ""),
    ("box_type_id != large", "old"),
    ('site = ""', "new mid old"),
    ('site = "sites/no-such"', ""),
    ("cut_short = true", "mid"),
    ("cut_short = false", "new old"),
    ("outcome = NONE", "new"),
    ("outcome != NONE", "mid old"),
    ("outcome = OVERRIDDEN", "mid"),
    ("outcome = AS_PLANNED", "old"),
    ('create_time > "1970-01-01T00:33:20Z"', "new"),
    ('create_time >= "1970-01-01T01:33:20+01:00"', "new mid"),
    ('create_time < "1970-01-01T00:33:20Z"', "old"),
    ("outcome != OVERRIDDEN", "new old"),
    ("box_type_id = large AND status = PARTIAL", "mid"),
    ('create_time > "1970-01-01T00:16:40Z" AND create_time < "1970-01-01T00:50:00Z"', "mid"),
    (r'order_id = "A\-1"', "old"),
    ("order_id = \"' OR '1' = '1\"", ""),
]


def test_a_filter_finds_what_it_says(open_store):
    """Each field works alone and joined with others."""
    store = open_store()
    store.write([plan(plan_id=name, **given) for name, given in PLANS.items()])
    store.write([outcome("old"), outcome("mid", overridden=True)])
    for where, found in FOUND:
        assert " ".join(stored.plan.plan_id for stored in store.read.plans(where, "")) == found, where


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
        "(order_id = A)",
        "NOT order_id = A",
        "order_id = A OR order_id = B",
        "order_id = A AND ",
        "order_id = A order_id = B",
        'order_id = "A',
        "order_id = " + "A" * 2_000,
        'order_id = "A\0"',
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(where):
    """The error names the field filter, and no text enters a statement."""
    with pytest.raises(InvalidInputError) as caught:
        condition(where, str)
    assert [fault.field for fault in caught.value.violations] == ["filter"]


def test_the_time_that_a_refused_filter_offers_is_taken():
    """A date without a time is refused with a valid suggestion."""
    with pytest.raises(InvalidInputError) as caught:
        condition('create_time > "2026-11-27"', str)
    (offered,) = re.findall(r"2026-11-27T[\d:]+Z", str(caught.value))
    assert condition(f'create_time > "{offered}"', str) is not None


def test_pages_join_without_gap_or_repeat(open_store):
    """Equal sort values and plans stored between two pages cause no gap or repeat."""
    store = open_store()
    entries = [plan(create_us=SECOND_US * (at // 3), order_id=f"A-{at % 4}") for at in range(11)]
    store.write(entries)
    for order_by in ("", "create_time", "create_time desc", "order_id", "order_id desc"):
        found, after = [], None
        while page := list(store.read.plans("", order_by, after, 4)):
            found += page
            assert len(found) < 100
            after = cursor_of(page[-1].plan, order_by)
            store.write([plan(create_us=1 << 60 if "desc" in order_by or not order_by else 0, order_id="B")])
        ids = [stored.plan.plan_id for stored in found]
        assert len(ids) == len(set(ids))
        assert {entry.plan.plan_id for entry in entries} <= set(ids)
        values = [stored.plan.order_id if "order_id" in order_by else stored.plan.create_us for stored in found]
        assert values == sorted(values, reverse="desc" in order_by or not order_by)


def test_a_malformed_order_by_is_refused(open_store):
    """Unknown fields and directions of order_by are refused."""
    read = open_store().read
    for order_by in ("size", "create_time up", "create_time, order_id", "create_time desc desc"):
        with pytest.raises(InvalidInputError, match=r"^order_by: "):
            next(read.plans("", order_by))


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
    """SQLSTATE decides the kind of StoreError."""
    original = OSError("said")
    original.sqlstate = state
    found = store_error(DBAPIError("INSERT", {}, original))
    assert type(found) is kind
    assert "said" in str(found)


def test_a_disk_without_room_to_open_the_file_is_full():
    """SQLite reports a full disk at opening as an input/output error."""
    original = sqlite3.OperationalError("disk I/O error")
    for code, kind in (
        (sqlite3.SQLITE_IOERR_SHMSIZE, StoreFullError),
        (sqlite3.SQLITE_IOERR_READ, StoreUnreachableError),
    ):
        original.sqlite_errorcode = code
        assert type(store_error(DBAPIError("SELECT", {}, original))) is kind
