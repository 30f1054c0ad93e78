"""A store from outside a server: what is deleted at somebody's wish."""

from boxwright.store import OutcomeRecord
from boxwright.store.archive import Archive
from boxwright.store.records import Entry

from .conftest import TEXTS, plan


def test_plans_are_deleted_by_their_ids_with_what_no_other_needs(open_store, url):
    """However many; ids of no plan are no error, and others keep what they share."""
    store = open_store()
    entries = [plan(plan_id=f"p{number:03}") for number in range(250)]
    assert store.write(*entries, plan(plan_id="other", texts=TEXTS)) == [None] * 251
    assert store.write(Entry(outcome=OutcomeRecord("p007", 9, False, b"packed"))) == [None]
    archive = Archive(url)
    try:
        assert archive.delete(f"p{number:03}" for number in range(1, 300)) == 249
        assert {each.plan.plan_id for each in archive.read.page("", "", None, 10, str)} == {"p000", "other"}
        assert archive.read.plan("p007") is None
        before = archive.read.sizes()
        assert archive.delete(["other", "none"]) == 1
        after = archive.read.sizes()
    finally:
        archive.close()
    gone = len(b"request") + len(b"answer") + len(TEXTS.content)
    assert before.total_bytes - after.total_bytes == gone
