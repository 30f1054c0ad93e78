"""Revisions of catalogs in SQLite and PostgreSQL."""

import time

import pytest

from boxwright.store import AnswerTakenError, Entry, Keep, VersionRecord, VersionTakenError

from .conftest import answered

DAY_US = 86_400_000_000


def version(catalog_id="hall", revision=1, *, deleted=False, create_us=None, content=b"boxes"):
    """Return an entry with a revision."""
    now_us = time.time_ns() // 1_000 if create_us is None else create_us
    text = "" if deleted else "1"
    record = VersionRecord(catalog_id, revision, now_us, deleted, text, text and f"sha256:{revision}", content)
    return Entry(version=record)


def test_the_newest_version_holds(open_store):
    """The newest revision counts unless it is a deletion; all others stay readable."""
    opened = open_store()
    assert (opened.read.versions.newest(), opened.read.versions.current()) == ({}, [])
    wanted = [version(), version(revision=2), version("a"), version("gone"), version("gone", 2, deleted=True)]
    assert opened.write(wanted) == [None] * 5
    read = opened.read.versions
    assert read.newest() == {"hall": 2, "a": 1, "gone": 2}
    assert read.current() == [wanted[2].version, wanted[1].version]
    assert read.last("hall") == wanted[1].version
    assert read.last("gone").deleted
    assert read.last("never") is None
    assert [version.revision for version in read.of("hall")] == [2, 1]
    assert [version.revision for version in read.of("gone")] == [1]
    assert {version.content for version in read.of("hall")} == {b""}
    assert read.one("hall", 1) == wanted[0].version
    assert read.one("hall", 3) is None


def test_one_of_two_writers_wins(open_store):
    """The other gets an error, and nothing of its entry is written."""
    one, other = open_store(), open_store()
    first, second = version(content=b"first"), version(content=b"second")
    assert one.write([first]) == [None]
    (error,) = other.write([Entry(version=second.version, answer=answered(key=b"v").answer)])
    assert isinstance(error, VersionTakenError)
    assert other.read.answer(b"v") is None
    assert other.read.versions.current() == [first.version]
    (error,) = one.write([Entry(version=version(revision=2).version, answer=answered(key=b"v").answer)])
    assert error is None
    (error,) = one.write([Entry(version=version(revision=3).version, answer=answered(key=b"v").answer)])
    assert isinstance(error, AnswerTakenError)
    assert one.read.versions.newest() == {"hall": 2}


@pytest.mark.parametrize("days", [0, 30])
def test_versions_go_once_they_were_replaced_for_long(open_store, days):
    """Age counts from replacement; the current revision stays."""
    now_us = time.time_ns() // 1_000
    ages = {("hall", 1): 400, ("hall", 2): 200, ("hall", 3): 10, ("old", 1): 900}
    opened = open_store()
    entries = [version(*key, create_us=now_us - age * DAY_US) for key, age in ages.items()]
    gone = version("gone", 2, deleted=True, create_us=now_us - 100 * DAY_US)
    assert opened.write([*entries, version("gone", create_us=now_us - 300 * DAY_US), gone]) == [None] * 6
    opened.prune(Keep(plan_us=days * DAY_US))
    kept = [found.revision for name in ("hall", "old", "gone") for found in opened.read.versions.of(name)]
    assert kept == ([3, 2, 1] if days else [3, 2, 1, 1, 1])
    assert opened.read.versions.newest() == {"hall": 3, "old": 1, "gone": 2}
