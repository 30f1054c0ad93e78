"""One store for each test, in SQLite and in PostgreSQL."""

import asyncio
import itertools
import secrets
import time
from dataclasses import replace

import pytest

from boxwright.store import AnswerRecord, CatalogRecord, Durability, Entry, Keep, OutcomeRecord, PlanRecord, TextsRecord
from boxwright.store.store import Store, Sweeper

_NAMES = itertools.count()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/plans.db"
    return request.getfixturevalue("postgresql").make_database(f"plans_{next(_NAMES)}")


class Heard:
    """What a store said of its writing."""

    def __init__(self):
        self.transactions = []
        self.errors = []
        self.recoveries = 0
        self.migrations = []

    def migrated(self, before, now):
        """Note new tables."""
        self.migrations.append((before, now))

    def committed(self, entries, seconds):
        """Note a transaction."""
        self.transactions.append(entries)

    def failed(self, error):
        """Note a failure."""
        self.errors.append(error)

    def recovered(self):
        """Note that it works again."""
        self.recoveries += 1


class HeardOfSweeping:
    """What a store said of its sweeping."""

    def __init__(self):
        self.gone = []
        self.rounds = []
        self.errors = []

    def removed(self, why, plans):
        """Note plans that went."""
        self.gone.append((why, plans))

    def rested(self, removed):
        """Note the end of a round."""
        self.rounds.append(removed)

    def failed(self, error):
        """Note a failure."""
        self.errors.append(error)


class Opened:
    """A store with what it said, for tests without an event loop of their own."""

    def __init__(self, url, keep=None, wait_s=10.0, durability="full", every_s=0.05):
        self.heard = Heard()
        self.swept = HeardOfSweeping()
        sweeper = Sweeper(keep or Keep(), self.swept, every_s)
        self.store = Store(url, Durability(durability), sweeper, self.heard, wait_s)
        self.read = self.store.read

    def write(self, *entries, must=True):
        """Write entries at once, and return what became of each: None, or an error."""

        async def all_of_them():
            writing = (self.store.write(each, must=must) for each in entries)
            return await asyncio.gather(*writing, return_exceptions=True)

        return asyncio.run(all_of_them())

    def close(self):
        """Close it."""
        assert self.store.close(20)


@pytest.fixture
def open_store(url):
    """Opens stores of one database, as several servers would, and closes them at the end."""
    opened = []

    def make(**given):
        opened.append(Opened(url, **given))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


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


TEXTS = TextsRecord("sha256:t", b"texts")


def plan(*, texts=None, **given):
    """Return an entry with a new plan, and with the texts that it shares with others if these are given."""
    known = {"plan_id": secrets.token_hex(13), "create_us": time.time_ns() // 1_000, **given}
    shared = None if texts is None else texts.texts_hash
    return Entry(plan=replace(PLAN, texts_hash=shared, **known), catalog=CATALOG, texts=texts)


def answered(key=b"k", digest=b"d", sealed=b"s", **given):
    """Return an entry with an answer alone."""
    return Entry(answer=AnswerRecord(key, digest, given.get("create_us", time.time_ns() // 1_000), sealed))


def outcome(plan_id, *, overridden=False, content=b"packed"):
    """Return an entry with an outcome."""
    return Entry(outcome=OutcomeRecord(plan_id, time.time_ns() // 1_000, overridden, content))


def until(condition, seconds=20):
    """Wait until something holds; fail where it never does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.01)
