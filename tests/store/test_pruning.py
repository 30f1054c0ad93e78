"""Deletion by age, size and id."""

import time
from dataclasses import replace

from boxwright.store import Entry, Keep, OperationRecord

from .conftest import CATALOG, answered, outcome, plan

SECOND_US = 1_000_000
HOUR = Keep(plan_us=3_600 * SECOND_US, answer_us=3_600 * SECOND_US)
OF_A_PLAN = len(b"request" + b"answer")


def inline(number, size=1_000, **given):
    """Return an entry with a plan of its own catalog."""
    own = replace(CATALOG, catalog_hash=f"sha256:{number}", content=bytes(size))
    return Entry(replace(plan(**given).plan, catalog_hash=own.catalog_hash), own)


def test_old_plans_go_with_all_that_is_theirs(open_store):
    """Old plans are deleted with their outcomes, answers and unused catalogs; newer ones stay."""
    store, other = open_store(), open_store()
    young, old = plan(), [inline("old", create_us=at) for at in range(1, 251)]
    last = old[-1].plan.plan_id
    store.write([young, *old, answered(b"young", plan_id=young.plan.plan_id), answered(b"old", create_us=1)])
    store.write([outcome(young.plan.plan_id), outcome(last), answered(b"of it", plan_id=last)])
    told = []
    assert other.prune(HOUR, lambda why, plans: told.append((why, plans))) == 250
    assert sum(plans for _, plans in told) == 250
    assert {why for why, _ in told} == {"age"}
    assert (store.read.plan(last), store.read.catalog("sha256:old")) == (None, None)
    assert [store.read.answer(key) is None for key in (b"young", b"old", b"of it")] == [False, True, True]
    assert store.read.plan(young.plan.plan_id).outcome == b"packed"
    assert other.prune(HOUR) == 0


def test_without_limits_nothing_goes(open_store):
    """Without limits nothing is deleted."""
    store = open_store()
    store.write([plan(create_us=1), answered(create_us=1)])
    assert store.prune(Keep()) == 0
    assert store.read.sizes().plans == 1
    assert store.read.answer(b"k")


def test_what_was_pruned_by_another_server_is_written_again(open_store):
    """A server writes a catalog again if another one has deleted it."""
    store, other = open_store(), open_store()
    store.write([plan(create_us=1)])
    assert other.prune(HOUR) == 1
    assert store.write([plan()]) == [None]
    assert store.read.catalog("sha256:c") == CATALOG


def test_the_oldest_plans_go_where_there_are_too_many(open_store):
    """Above the limit of bytes the oldest plans are deleted, and no more than needed."""
    store = open_store()
    entries = [plan(create_us=at, request=b"r" * 500, answer=b"a" * 500) for at in range(1, 301)]
    store.write(entries)
    sizes = store.read.sizes()
    assert store.prune(Keep(max_bytes=sizes.plan_bytes * 130 // 300 + sizes.catalog_bytes)) == 170
    assert [store.read.plan(entries[at].plan.plan_id) is None for at in (169, 170)] == [True, False]


def test_what_plans_bring_is_counted_once(open_store):
    """A catalog of many plans counts once."""
    store = open_store()
    store.write([*(plan() for _ in range(5)), *(inline(number) for number in (1, 1, 2))])
    sizes = store.read.sizes()
    assert (sizes.plans, sizes.plan_bytes) == (8, 8 * OF_A_PLAN)
    assert sizes.catalog_bytes == len(CATALOG.content) + 2 * 1_000


def test_catalogs_that_came_with_plans_count_to_the_limit(open_store):
    """Deleting a plan frees the bytes of its unused catalog too."""
    store = open_store()
    store.write([inline(number, create_us=1 + number) for number in range(250)])
    assert store.prune(Keep(max_bytes=20 * (1_000 + OF_A_PLAN) + 500)) == 230
    assert (store.read.sizes().plans, store.read.sizes().catalog_bytes) == (20, 20_000)


def test_a_catalog_that_a_younger_plan_needs_frees_nothing(open_store):
    """A shared catalog is deleted with its last plan, so older plans are deleted until there is room."""
    store = open_store()
    first, last = (inline("long", 2_000, create_us=at) for at in (1, 4))
    store.write([first, inline(2, create_us=2), inline(3, create_us=3), last])
    store.prune(Keep(max_bytes=store.read.sizes().total_bytes - OF_A_PLAN - 1))
    assert [store.read.plan(entry.plan.plan_id) is None for entry in (first, last)] == [True, False]
    assert (store.read.sizes().plans, store.read.sizes().catalog_bytes) == (2, 3_000)
    store.prune(Keep(max_bytes=1))
    assert store.read.sizes().total_bytes == 0


def test_plans_are_deleted_by_their_ids_with_what_no_other_needs(open_store):
    """Unknown ids are ignored, and shared catalogs stay."""
    store = open_store()
    entries = [plan(plan_id=f"p{number:03}") for number in range(250)]
    assert store.write([*entries, inline("other", plan_id="other")]) == [None] * 251
    assert store.write([outcome("p007")]) == [None]
    assert store.delete(f"p{number:03}" for number in range(1, 300)) == 249
    assert {stored.plan.plan_id for stored in store.read.plans("", "")} == {"p000", "other"}
    before = store.read.sizes()
    assert store.delete(["other", "none"]) == 1
    gone = len(b"request") + len(b"answer") + 1_000
    assert before.total_bytes - store.read.sizes().total_bytes == gone


def test_operations_go_by_age_once_they_have_ended(open_store):
    """Waiting operations stay, however old."""
    store = open_store()
    for name in ("a", "b"):
        store.operations.add(OperationRecord(name, "evaluate_catalogs", "", b"", 1_000, b""), 9, 9)
    store.operations.cancel("a", b"")
    time.sleep(0.001)
    store.prune(Keep(plan_us=1))
    assert [store.operations.one(name) is None for name in ("a", "b")] == [True, False]
