"""What footprints of many plans say in the same words is kept once, and read with each of them."""

from dataclasses import replace

from boxwright.store import StoreError

from .conftest import CATALOG, TEXTS, plan


def test_plans_share_their_texts(open_store):
    """Two plans, written together or not, have one row, at two servers as well; one without texts has none."""
    store, other = open_store(), open_store()
    entries = plan(texts=TEXTS), plan(texts=TEXTS), plan(texts=replace(TEXTS, texts_hash="sha256:u")), plan()
    assert store.write(entries[:2]) == [None, None]
    assert other.write([*entries[2:], plan(texts=TEXTS)]) == [None] * 3
    assert [store.read.plan(entry.plan.plan_id).texts for entry in entries] == [b"texts"] * 3 + [None]
    assert store.read.sizes().shared_bytes == 2 * len(TEXTS.content) + len(CATALOG.content)


def test_no_plan_is_kept_without_its_texts(open_store):
    """Not one whose texts nobody hands over: the database refuses it."""
    store, entry = open_store(), plan(texts=TEXTS)
    assert isinstance(store.write([replace(entry, texts=None)])[0], StoreError)
    assert store.read.plan(entry.plan.plan_id) is None
