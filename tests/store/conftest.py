"""One store for each test, in SQLite and in PostgreSQL."""

import itertools
import secrets
import time
from dataclasses import replace

import pytest

from boxwright.store import AnswerRecord, CatalogRecord, Entry, OutcomeRecord, PlanRecord
from boxwright.store.store import Store

_NAMES = itertools.count()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/plans.db"
    return request.getfixturevalue("postgresql").make_database(f"plans_{next(_NAMES)}")


@pytest.fixture
def open_store(url):
    """A function that opens stores on one database, as several servers would."""
    opened = []

    def make(**given):
        store = Store(url, **given)
        opened.append(store)
        store.open()
        return store

    yield make
    for store in opened:
        store.close()


CATALOG = CatalogRecord("sha256:c", "eu", "1", b"boxes")
PLAN = PlanRecord(
    plan_id="",
    create_us=0,
    order_id="A-1",
    purpose="shipment",
    status="complete",
    catalog="catalogs/eu",
    catalog_hash="sha256:c",
    site="",
    canonical_hash="sha256:p",
    cut_short=False,
    box_type_ids=("large", "small"),
    request=b"request",
    answer=b"answer",
)


def plan(**given):
    """Return an entry with a new plan."""
    known = {"plan_id": secrets.token_hex(13), "create_us": time.time_ns() // 1_000, **given}
    return Entry(plan=replace(PLAN, **known), catalog=CATALOG)


def answered(key=b"k", digest=b"d", **given):
    """Return an entry with only an answer."""
    return Entry(answer=AnswerRecord(key, digest, **{"create_us": time.time_ns() // 1_000, "answer": b"a", **given}))


def outcome(plan_id, *, overridden=False, content=b"packed"):
    """Return an entry with an outcome."""
    return Entry(outcome=OutcomeRecord(plan_id, time.time_ns() // 1_000, overridden, content))
