"""Pages of stored plans: read a few at a time, whatever goes or comes meanwhile."""

import itertools
import operator

from sqlalchemy import delete

from boxwright.store import reader as reading
from boxwright.store.reader import cursor_of
from boxwright.store.tables import PLANS

from .conftest import outcome, plan

SECOND_US = 1_000_000


def removed(store, *plan_ids):
    """Delete plans, as a sweep does."""
    with store.store._database.writer.begin() as connection:
        connection.execute(delete(PLANS).where(PLANS.c.plan_id.in_(plan_ids)))


def test_a_page_is_read_a_few_plans_at_a_time(open_store, monkeypatch):
    """Its plans are those of the list, in order, and no more of them are held than so many, or so many bytes."""
    store = open_store()
    entries = [plan(create_us=SECOND_US * (at // 3), order_id=f"A-{at % 4}") for at in range(11)]
    store.write(*entries, outcome(entries[4].plan.plan_id))
    held, plans = [], store.read.plans
    monkeypatch.setattr(store.read, "plans", lambda *given: held.append(plans(*given)) or held[-1])
    limits, orders = [(2, 1_000), (100, 45), (1, 1)], ["create_time", "create_time desc", "order_id", "order_id desc"]
    for (most, most_bytes), order_by in itertools.product(limits, orders):
        monkeypatch.setattr(reading, "MOST_AT_ONCE", most)
        monkeypatch.setattr(reading, "MOST_BYTES_AT_ONCE", most_bytes)
        held.clear()
        page = list(store.read.page("", order_by, None, 9))
        assert len(page) == 9
        for some in held:
            assert len(some) <= most
            assert len(some) == 1 or sum(len(one.plan.request + one.plan.answer) for one in some) <= most_bytes
        key = operator.attrgetter(order_by.split()[0].replace("time", "us"), "plan_id")
        wanted = sorted((entry.plan for entry in entries), key=key, reverse="desc" in order_by)[:9]
        assert [stored.plan for stored in page] == wanted
        left = store.read.page("", order_by, cursor_of(page[-1].plan, order_by), 9)
        assert len(list(left)) == 2
        found = store.read.page("outcome = AS_PLANNED", order_by, None, 9)
        assert [stored.plan for stored in found] == [entries[4].plan]


def test_plans_that_go_while_a_page_is_read_are_left_out(open_store, monkeypatch):
    """One of them, or all that were found: the page then has those that come after them, and does not end the list."""
    monkeypatch.setattr(reading, "MOST_AT_ONCE", 1)
    store = open_store()
    entries = [plan(create_us=at) for at in range(6)]
    store.write(*entries)
    ids = [each.plan.plan_id for each in entries]
    page = store.read.page("", "create_time", None, 3)
    first = next(page)
    removed(store, ids[1])
    assert [first.plan.plan_id, *(each.plan.plan_id for each in page)] == [ids[0], ids[2]]
    plans = store.read.plans

    def late(*given):
        monkeypatch.setattr(store.read, "plans", plans)
        removed(store, ids[0], ids[2])
        return plans(*given)

    monkeypatch.setattr(store.read, "plans", late)
    assert [each.plan.plan_id for each in store.read.page("", "create_time", None, 2)] == [ids[3], ids[4]]
