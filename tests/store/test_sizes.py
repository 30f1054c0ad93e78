"""How many bytes a store keeps: of plans, and of the catalogs and texts that they bring."""

import time
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from boxwright.store import Entry, Keep, TextsRecord
from boxwright.store.sweeper import Sweeper

from .conftest import CATALOG, plan, until

OF_A_PLAN = len(b"request" + b"answer")


def inline(number, size=1_000, **given):
    """Return the entry of a plan that was made with a catalog of its own."""
    own = replace(CATALOG, catalog_hash=f"sha256:{number}", content=bytes(size))
    return Entry(replace(plan(**given).plan, catalog_hash=own.catalog_hash), own)


def rounds_of(store, max_bytes):
    """Sweep once past a limit of bytes."""
    sweeping = store(keep=Keep(max_bytes=max_bytes))
    until(lambda: sweeping.swept.rounds)
    time.sleep(0.1)
    return sweeping


def test_what_plans_bring_is_counted_once(open_store):
    """Catalogs and texts of many plans, whose bytes are those that the database has."""
    texts = TextsRecord("sha256:t", bytes(300))
    store = open_store()
    store.write(*(plan(texts=texts) for _ in range(5)), *(inline(number) for number in (1, 1, 2)))
    sizes = store.read.sizes()
    assert (sizes.plans, sizes.plan_bytes) == (8, 8 * OF_A_PLAN)
    assert sizes.shared_bytes == len(CATALOG.content) + 300 + 2 * 1_000
    assert sizes.total_bytes == sizes.plan_bytes + sizes.shared_bytes


def test_catalogs_that_came_with_plans_count_to_the_limit(open_store):
    """The oldest plans go with the catalogs that nobody else needs, and no more of them than needed."""
    store = open_store()
    entries = [inline(number, create_us=1 + number) for number in range(250)]
    store.write(*entries)
    sweeping = rounds_of(open_store, 20 * (1_000 + OF_A_PLAN) + 500)
    assert (sweeping.read.sizes().plans, sweeping.read.sizes().shared_bytes) == (20, 20_000)
    assert sum(plans for _, plans in sweeping.swept.gone) == 230
    assert [sweeping.read.catalog(f"sha256:{number}") is None for number in (229, 230)] == [True, False]


@pytest.mark.parametrize("texts", [False, True])
def test_a_catalog_that_a_younger_plan_needs_frees_nothing(open_store, texts):
    """It goes with the last of its plans; so do texts. Older plans go until there is room."""
    store = open_store()
    shared = TextsRecord("sha256:long", bytes(2_000))
    first = plan(texts=shared, create_us=1) if texts else inline("long", 2_000, create_us=1)
    last = plan(texts=shared, create_us=4) if texts else inline("long", 2_000, create_us=4)
    store.write(first, inline(2, create_us=2), inline(3, create_us=3), last)
    of_first = len(CATALOG.content) if texts else 0
    whole = store.read.sizes().total_bytes
    assert whole == 4 * OF_A_PLAN + 4_000 + of_first
    sweeping = rounds_of(open_store, whole - OF_A_PLAN - 1)
    assert [sweeping.read.plan(each.plan.plan_id) is None for each in (first, last)] == [True, False]
    assert (sweeping.read.sizes().plans, sweeping.read.sizes().shared_bytes) == (2, 3_000 + of_first)
    sweeping = rounds_of(open_store, 1)
    assert (sweeping.read.sizes().plans, sweeping.read.sizes().shared_bytes) == (0, 0)


def test_catalogs_that_others_need_in_this_moment_stay(open_store, monkeypatch):
    """Where a plan of another server keeps a catalog from being deleted, plans go all the same, and it stays."""
    from boxwright.store import sweeper

    store = open_store()
    store.write(*(inline(number, create_us=1 + number) for number in range(3)))
    tables, deleted = sweeper._SHARED, []

    def refused(table):
        if table in [each for each, _, _ in tables]:
            deleted.append(table)
            raise IntegrityError("", {}, ValueError())
        return delete(table)

    delete = sweeper.delete
    monkeypatch.setattr(sweeper, "delete", refused)
    database = store.store._database
    watch = Sweeper(Keep(max_bytes=2_500))
    for _ in range(3):
        with database.writer.begin() as connection:
            watch.step(connection)
        watch.committed()
    assert deleted
    assert store.read.sizes().shared_bytes == 3_000
    monkeypatch.undo()
    for _ in range(3):
        with database.writer.begin() as connection:
            watch.step(connection)
        watch.committed()
    assert store.read.sizes().total_bytes <= 2_500


def test_a_step_that_is_rolled_back_frees_nothing(open_store):
    """It is done again, and counts what it takes out once: the round goes on to the limit."""
    store = open_store()
    store.write(*(inline(number, create_us=1 + number) for number in range(250)))
    watch = Sweeper(Keep(max_bytes=20 * (1_000 + OF_A_PLAN)))
    database = store.store._database
    for _ in range(2):
        with database.writer.connect() as connection, connection.begin() as transaction:
            watch.step(connection)
            transaction.rollback()
    for _ in range(4):
        with database.writer.begin() as connection:
            watch.step(connection)
        watch.committed()
    assert (store.read.sizes().plans, store.read.sizes().shared_bytes) == (20, 20_000)


def test_a_catalog_whose_other_plan_is_far_younger_frees_nothing(open_store):
    """Also where that one is not among those that are looked at together."""
    store = open_store()
    between = [plan(create_us=2 + number) for number in range(130)]
    store.write(inline("long", 2_000, create_us=1), *between, inline("long", 2_000, create_us=200))
    watch = Sweeper(Keep(max_bytes=store.read.sizes().total_bytes - 10 * OF_A_PLAN))
    while watch.due_in_s() <= 0:
        with store.store._database.writer.begin() as connection:
            watch.step(connection)
        watch.committed()
    assert (store.read.sizes().plans, store.read.catalog("sha256:long") is None) == (122, False)
