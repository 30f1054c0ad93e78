"""The server's access to its store: entries are written together, and failures are contained."""

import asyncio
import contextlib
import logging
import math
import threading
import time

import pytest
from tests.store.conftest import answered, plan

from boxwright.server.metrics import Metrics
from boxwright.server.settings import Settings
from boxwright.server.stored.keeping import Keeping
from boxwright.store import StoreBusyError, StoreFullError, StoreUnreachableError
from boxwright.store.store import Store

from .live_calls import wait_until


@pytest.fixture
def keeping(tmp_path):
    """Access to a new store."""
    made = Keeping(Settings(store=f"sqlite:///{tmp_path}/plans.db"), Metrics())
    yield made
    made.close()


def write(keeping, *entries, **given):
    """Write entries at the same time, and return None or the error of each."""

    async def all_of_them():
        writing = (keeping.write(entry, **given) for entry in entries)
        return await asyncio.gather(*writing, return_exceptions=True)

    return asyncio.run(all_of_them())


@contextlib.contextmanager
def held(monkeypatch, keeping):
    """Block the store during the block; yield the entries that it was asked to write."""
    go, asked, kept = threading.Event(), [], keeping.store.write

    def waiting(entries):
        asked.append(entries)
        assert go.wait(20)
        return kept(entries)

    with monkeypatch.context() as patch:
        patch.setattr(keeping.store, "write", waiting)
        try:
            yield asked
        finally:
            go.set()


def test_what_waits_is_written_together(keeping):
    """A hundred entries at once take few transactions, and all are stored."""
    assert write(keeping, *(plan() for _ in range(100))) == [None] * 100
    assert keeping.store.read.sizes().plans == 100
    assert keeping.metrics.registry.get_sample_value("boxwright_store_commit_seconds_count") < 20


def test_a_store_that_does_not_answer_delays_only_calls_that_must_be_stored(keeping, monkeypatch):
    """After one timeout, optional writes are refused at once until the store answers again."""

    async def scene():
        with held(monkeypatch, keeping) as asked:
            with pytest.raises(StoreBusyError):
                await keeping.write(plan(), must=False, wait_s=0.6)
            begun_s = time.monotonic()
            with pytest.raises(StoreBusyError):
                await keeping.write(plan(), must=False)
            assert await keeping.find(b"k", math.inf) is None
            assert time.monotonic() - begun_s < 0.5
            given_up = asyncio.ensure_future(keeping.write(answered(), wait_s=0.05))
            with pytest.raises(StoreBusyError):
                await given_up
        assert isinstance(keeping.error, StoreBusyError)
        await keeping.write(plan())
        assert len(asked) == 1

    asyncio.run(scene())
    assert keeping.error is None
    assert keeping.store.read.answer(b"k") is None  # its caller got an error


def test_a_call_with_little_time_does_not_count_as_a_failure_of_the_store(keeping, monkeypatch):
    """A timeout due to a short deadline does not stop later writes."""

    async def scene():
        with held(monkeypatch, keeping), pytest.raises(StoreBusyError):
            await keeping.write(plan(), must=False, wait_s=0.01)
        assert keeping.error is None
        await keeping.write(plan(), must=False)

    asyncio.run(scene())


def test_retention_is_logged_and_counted(tmp_path, monkeypatch, caplog):
    """Deletions, and each new reason of failure, get one log line; the metric has the remaining bytes."""
    caplog.set_level(logging.INFO, "boxwright.server")
    monkeypatch.setattr("boxwright.server.stored.keeping.PRUNE_EVERY_S", 0.01)
    url = f"sqlite:///{tmp_path}/plans.db"
    with contextlib.closing(Store(url)) as store:
        store.write([plan(create_us=1), plan(create_us=2), plan()])
    prune, errors = Store.prune, [StoreFullError("disk"), StoreFullError("disk"), StoreUnreachableError("gone")]

    def failing(store, *given):
        if errors:
            raise errors.pop(0)
        return prune(store, *given)

    monkeypatch.setattr(Store, "prune", failing)
    keeping = Keeping(Settings(store=url, keep_plans_days=1.0), Metrics())
    value = keeping.metrics.registry.get_sample_value
    wait_until(lambda: (value("boxwright_store_plan_bytes") or 0) > 0)  # the value is not a number at first
    keeping.close()
    said = [(record.levelname, record.facts) for record in caplog.records if "retention" in record.getMessage()]
    assert said == [
        ("WARNING", {"reason": "store_full", "error": "disk"}),
        ("WARNING", {"reason": "store_unreachable", "error": "gone"}),
        ("INFO", {"age": 2}),
    ]
