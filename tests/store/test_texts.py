"""What footprints of many plans say in the same words is kept once, and read with each of them."""

from dataclasses import replace

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from boxwright.store import Durability, Keep
from boxwright.store.database import Database
from boxwright.store.tables import TEXTS as KEPT

from .conftest import TEXTS, plan, until

SECOND_US = 1_000_000


def kept(url):
    """Return the number of texts that are kept."""
    database = Database(url, Durability.FULL)
    with database.reader.connect() as connection:
        count = connection.scalar(select(func.count()).select_from(KEPT))
    database.close()
    return count


def test_plans_share_their_texts(url, open_store):
    """Two plans, written together or not, have one row, at two servers as well; one without texts has none."""
    store, other = open_store(), open_store()
    entries = plan(texts=TEXTS), plan(texts=TEXTS), plan(texts=replace(TEXTS, texts_hash="sha256:u")), plan()
    assert store.write(*entries[:2]) == [None, None]
    assert other.write(*entries[2:]) == [None, None]
    assert other.write(plan(texts=TEXTS)) == [None]
    assert [store.read.plan(each.plan.plan_id).texts for each in entries] == [b"texts"] * 3 + [None]
    assert {each.texts for each in store.read.page("", "", None, 9)} == {b"texts", None}
    assert kept(url) == 2


def test_no_plan_is_kept_without_its_texts(open_store):
    """Not one whose texts nobody hands over: the database refuses it."""
    store, entry = open_store(), plan(texts=TEXTS)
    assert isinstance(store.write(replace(entry, texts=None))[0], IntegrityError)
    assert store.read.plan(entry.plan.plan_id) is None


def test_texts_go_with_the_last_plan_that_needs_them(url, open_store):
    """They stay for a younger plan; once swept by another server, they are written again."""
    store = open_store()
    store.write(plan(texts=TEXTS, create_us=1), plan(texts=replace(TEXTS, texts_hash="sha256:u")))
    sweeping = open_store(keep=Keep(plan_us=3_600 * SECOND_US))
    until(lambda: kept(url) == 1)
    sweeping.close()
    again = plan(texts=TEXTS)
    assert store.write(again) == [None]
    assert store.read.plan(again.plan.plan_id).texts == b"texts"


def test_texts_that_no_plan_ever_needed_go(url, open_store):
    """A program that ended between the two, or that swept in the same moment, leaves some."""
    store = open_store()
    store.write(plan(texts=TEXTS))
    store.close()  # else it may sweep first
    database = Database(url, Durability.FULL)
    with database.writer.begin() as connection:
        row = connection.execute(select(KEPT)).mappings().one()
        connection.execute(insert(KEPT).values({**row, "texts_hash": "sha256:nobody"}))
    database.close()
    assert kept(url) == 2
    open_store(keep=Keep(plan_us=3_600 * SECOND_US))
    until(lambda: kept(url) == 1)
