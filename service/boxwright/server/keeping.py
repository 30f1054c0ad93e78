"""The door's side of the store: what is to be kept, and what becomes of an answer where it cannot be."""

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from google.protobuf.message import Message

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.server.audit import note
from boxwright.server.caller import remembered_as
from boxwright.server.deflated import packed
from boxwright.server.faults import reason_of
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics
from boxwright.server.retention import Retention
from boxwright.server.sealing import call_key, digest_of, known_as, sealed
from boxwright.server.settings import Settings
from boxwright.server.store_extra import needing_store
from boxwright.server.traced import spanned
from boxwright.server.written import Written
from boxwright.store import (
    AnswerRecord,
    Durability,
    Entry,
    Keep,
    StoreError,
    StoreOffError,
    StoreUnsuitableError,
    shown_url,
)
from boxwright.v1 import packing_service_pb2 as messages

if TYPE_CHECKING:
    from boxwright.store.store import Store

Answer = TypeVar("Answer")

READING_THREADS = 4
"""Threads that read the store: no planning thread does, so that stored plans are read however many orders wait."""

LOGGED_EVERY_S = 60.0
"""How often a failure of a kind is logged at most, in seconds: others may read well in between."""

DAY_US = 86_400_000_000

_SHIPMENTS = (messages.PLAN_PURPOSE_UNSPECIFIED, messages.PLAN_PURPOSE_SHIPMENT)


class Keeping:
    """Keeps plans and answers, where the server has a store.

    Parameters
    ----------
    settings : Settings
        Where the store is, and what is kept how long.
    metrics : Metrics
        Where it is counted how the store does.

    Raises
    ------
    UnsupportedError
        If there is to be a store and its extra is not installed.
    InvalidInputError
        If it is none that this version can use. A store that cannot be opened otherwise is tried again with each
        record.
    """

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings = settings
        self.metrics = metrics
        self._readers = ThreadPoolExecutor(READING_THREADS, thread_name_prefix="store-read")
        self._store = _opened(settings, metrics) if settings.store else None
        self._unread: dict[str, float] = {}
        if self._store is not None:
            metrics.watch_store(self._store)

    @property
    def secret(self) -> bytes:
        """What goes into all that is made of a request to be stored; empty where the operator has set none."""
        return self._settings.order_id_key.encode()

    @property
    def on(self) -> bool:
        """Whether there is a store."""
        return self._store is not None

    @property
    def store(self) -> "Store":
        """The store.

        Raises
        ------
        StoreOffError
            If there is none.
        """
        if self._store is None:
            raise StoreOffError("this server stores nothing: its operator has to set `store` (BOXWRIGHT_STORE)")
        return self._store

    def written(self) -> Written:
        """Return the catalogs that were written over the wire; of a store that cannot be read, that they are unread."""
        if self._store is None:
            return Written()
        try:
            return Written.read(self._store.read)
        except StoreError as error:
            log(logging.ERROR, "catalogs that were written over the wire are not read", {"error": str(error)})
            return Written(unread=True)

    async def read(self, read: Callable[..., Answer], *given: Any) -> Answer:
        """Return what something reads from the store, in a thread of its own."""
        begun_s = time.perf_counter()
        try:
            with spanned("store"):
                return await asyncio.get_running_loop().run_in_executor(self._readers, partial(read, *given))
        except StoreError as error:
            self._not_read(reason_of(error), error)
            raise
        finally:
            self.metrics.store_reads.observe(time.perf_counter() - begun_s)

    def _not_read(self, reason: str, error: StoreError) -> None:
        """Count a failure, and log it if none of its kind was logged in the last minute: callers hear of no paths."""
        self.metrics.store_read_errors.labels(reason).inc()
        now_s = time.monotonic()
        if now_s - self._unread.get(reason, -math.inf) > LOGGED_EVERY_S:
            log(logging.ERROR, "the store was not read", {"reason": reason, "error": str(error)})
            self._unread[reason] = now_s

    def wants(self, request: messages.PackRequest) -> bool | None:
        """Return whether a plan is to be kept: True, it must be; False, it need not be; None, it is not to be.

        Raises
        ------
        StoreOffError
            If it must be and there is no store.
        """
        if request.validate_only:
            return None
        if request.HasField("persist"):
            if not request.persist:
                return None
            return bool(self.store)
        return False if self._settings.persist_plans and request.purpose in _SHIPMENTS else None

    def coming(self, must: bool | None) -> contextlib.AbstractContextManager[None]:
        """Let what is done inside, to make a plan and keep it, count as on its way; ``must`` is what ``wants`` said."""
        return contextlib.nullcontext() if must is None or self._store is None else self._store.coming()

    async def keep_plan(
        self, request: messages.PackRequest, data: bytes, entry: Entry, *, must: bool, who: str, method: str
    ) -> bytes:
        """Keep a plan, with the answer for who repeats the call; return the answer.

        Parameters
        ----------
        request : PackRequest
            As sent.
        data : bytes
            The PackResponse that its caller gets, with the name of the plan; without it where it is not kept.
        entry : Entry
            The plan's record.
        must : bool
            Whether it is an error if it cannot be kept.
        who, method : str
            Who called what.

        Raises
        ------
        StoreError
            If it must be kept, and is not.
        AnswerTakenError
            If another replica has answered the same call.
        """
        assert entry.plan is not None
        try:
            record = self.answer_record(who, method, request, data)
            with spanned("store"):
                await self.store.write(replace(entry, answer=record) if record else entry, must=must)
        except StoreError:
            if must:
                raise
            return _without_name(data)
        self.metrics.stored_plans.inc()
        note(plan=f"plans/{entry.plan.plan_id}")
        return data

    async def keep_answer(self, who: str, method: str, request: Any, answer: Message | bytes) -> None:
        """Keep an answer for who repeats the call, if there is a store and it can.

        Raises
        ------
        AnswerTakenError
            If another replica has answered the same call.
        """
        record = self.answer_record(who, method, request, answer)
        if record is not None:
            with (
                contextlib.suppress(StoreError),
                spanned("store"),
            ):  # counted where it failed; the call is repeated from memory
                await self.store.write(Entry(answer=record), must=False)

    def answer_record(self, who: str, method: str, request: Any, answer: Message | bytes) -> AnswerRecord | None:
        """Return the record of an answer; None where its call is not to be repeated, or nothing is stored."""
        if not request.request_id or self._store is None:
            return None
        data = known_as(request.SerializeToString(deterministic=True), self.secret)
        content = answer if isinstance(answer, bytes) else answer.SerializeToString()
        key = call_key(remembered_as(who), method, request.request_id, self.secret)
        return AnswerRecord(key, digest_of(data), time.time_ns() // 1_000, sealed(packed(content), data, key))

    async def find(self, key: bytes) -> tuple[bytes, bytes] | None:
        """Return the digest of the request and the sealed answer of a call; None where none is found in time."""
        if self._store is None:
            return None
        try:
            return await asyncio.wait_for(self.read(self._store.read.answer, key), self._settings.store_wait_s)
        except (StoreError, TimeoutError):
            return None  # then it is planned again, which gives the same plan

    async def forget(self, key: bytes, content: bytes) -> None:
        """Let a sealed answer go, if it is still the one of its call, and the store can."""
        with contextlib.suppress(StoreError), spanned("store"):
            await self.store.write(Entry(stale=AnswerRecord(key, b"", 0, content)))

    async def gone(self, names: Iterable[str]) -> frozenset[str]:
        """Return those of some names of plans that the store no longer has; none where it does not say so in time."""
        asked = frozenset(each for each in names if each)
        if self._store is None or not asked:
            return frozenset()
        ids = sorted(each.removeprefix("plans/") for each in asked)
        try:
            kept = await asyncio.wait_for(self.read(self._store.read.kept, ids), self._settings.store_wait_s)
        except (StoreError, TimeoutError):
            return frozenset()
        return asked - {f"plans/{each}" for each in kept}

    def close(self, timeout_s: float) -> None:
        """Write what waits, and close the store."""
        self._readers.shutdown(wait=False, cancel_futures=True)
        if self._store is not None and not self._store.close(timeout_s):
            log(logging.ERROR, "the store did not take what waits in time", {"records": self._store.waiting})


def _without_name(data: bytes) -> bytes:
    """Return a PackResponse that does not name its plan."""
    answer = messages.PackResponse.FromString(data)
    if answer.HasField("plan"):
        answer.plan.ClearField("name")
    return answer.SerializeToString()


class _Watcher:
    """Counts how the writing goes, and logs when it begins and ends to fail."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._reason = ""

    def migrated(self, before: str | None, now: str) -> None:
        if before is None:
            log(logging.INFO, "the tables of the store were made", {"tables": now})
        else:
            log(logging.INFO, "the tables of the store were brought to this version", {"before": before, "tables": now})

    def committed(self, entries: int, seconds: float) -> None:
        self._metrics.store_commits.observe(seconds)
        self._metrics.store_records.inc(entries)

    def failed(self, error: StoreError) -> None:
        reason = reason_of(error)
        self._metrics.store_errors.labels(reason).inc()
        if reason != self._reason:
            log(logging.ERROR, "the store failed", {"reason": reason, "error": str(error)})
        self._reason = reason

    def recovered(self) -> None:
        self._reason = ""
        log(logging.INFO, "the store works again")


def _opened(settings: Settings, metrics: Metrics) -> "Store":
    with needing_store("a store needs"):
        from boxwright.store.store import Store, Sweeper
    keep = Keep(
        plan_us=round(settings.keep_plans_days * DAY_US),
        answer_us=round(settings.keep_answers_days * DAY_US),
        max_bytes=settings.keep_plans_bytes,
    )
    sweeper = Sweeper(keep, Retention(metrics))
    durability = Durability(settings.durability)
    try:
        store = Store(settings.store, durability, sweeper, _Watcher(metrics), settings.store_wait_s)
    except StoreUnsuitableError as error:  # another start would end the same way
        raise InvalidInputError([FieldViolation("store", f"must be one that this version can use: {error}")]) from None
    facts = {"store": shown_url(settings.store), "durability": settings.durability}
    log(logging.INFO, "storing plans" if store.error is None else "the store is tried again with each record", facts)
    return store
