"""A store that hangs keeps no answer from a caller with a deadline."""

import asyncio
import math
import time

import pytest

from boxwright.server import patience
from boxwright.server.patience import Looks, stored_by
from boxwright.server.repeats import Repeats
from boxwright.v1.packing_service_pb2 import PackRequest

SOON_S = 0.05
"""A deadline that is over soon."""


class Hanging:
    """A store that answers once it is let go."""

    secret = b""

    def __init__(self, ends=None):
        self.begun = self.ended = 0
        self.go = asyncio.Event()
        self._ends = ends

    async def find(self, key=b""):
        """Wait; then return or raise what it ends with."""
        self.begun += 1
        await self.go.wait()
        self.ended += 1
        if isinstance(self._ends, Exception):
            raise self._ends
        return self._ends


def test_a_late_look_is_given_up_and_none_is_begun_right_after(monkeypatch):
    """One call pays for it, the others are answered at once; then the store is asked again."""

    async def scene():
        store, resting = Hanging(), Looks()
        monkeypatch.setattr(patience, "REST_S", 600.0)
        assert await resting.soon(store.find, time.monotonic() + SOON_S) is None
        assert await resting.soon(store.find, time.monotonic() + SOON_S) is None
        assert store.begun == 1
        monkeypatch.setattr(patience, "REST_S", 0.0)
        again, answers = Looks(), Hanging((b"digest", b"answer"))
        assert await again.soon(store.find, time.monotonic() + SOON_S) is None
        answers.go.set()
        assert await again.soon(answers.find, math.inf) == (b"digest", b"answer")

    asyncio.run(scene())


def test_storing_goes_on_where_its_caller_cannot_wait():
    """The caller gets something else; whatever comes of the storing later disturbs nobody."""

    async def scene():
        for ends in ("stored", ValueError("full")):
            store = Hanging(ends)
            assert await stored_by(time.monotonic() + SOON_S, store.find(), lambda: "nameless") == "nameless"
            store.go.set()
            await asyncio.sleep(0.01)
            assert store.ended == 1

    asyncio.run(scene())


def test_what_is_stored_in_time_is_returned_and_its_errors_raised():
    """With a deadline as without."""

    async def scene():
        for by_s in (None, time.monotonic() + 600):
            store = Hanging("stored")
            store.go.set()
            assert await stored_by(by_s, store.find(), lambda: "nameless") == "stored"
            broken = Hanging(ValueError("taken"))
            broken.go.set()
            with pytest.raises(ValueError, match="taken"):
                await stored_by(by_s, broken.find(), lambda: "nameless")

    asyncio.run(scene())


def test_storing_goes_on_where_its_caller_leaves():
    """So the store is noticed to hang, however short the deadlines of its callers are."""

    async def scene():
        store = Hanging("stored")
        task = asyncio.ensure_future(stored_by(time.monotonic() + 600, store.find(), lambda: "nameless"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        store.go.set()
        await asyncio.sleep(0.01)
        assert (task.cancelled(), store.ended) == (True, 1)

    asyncio.run(scene())


def test_a_call_with_a_deadline_is_answered_while_the_store_hangs():
    """It is planned, which gives the same plan as the stored answer would."""

    async def scene():
        async def make():
            return b"planned"

        repeats = Repeats(10, 10_000, Hanging())
        asked = PackRequest(request_id="r-1")
        return await repeats.answer("caller", "Pack", asked, make, bytes, deadline_s=time.monotonic() + SOON_S)

    assert asyncio.run(scene()) == b"planned"
