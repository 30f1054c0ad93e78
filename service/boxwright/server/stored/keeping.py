"""Reads and writes the store for the server: threads, queues, retries, and the choice of plans to store."""

import asyncio
import contextlib
import logging
import math
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from boxwright.contract.names import ids_in
from boxwright.errors import FieldViolation, InvalidInputError, UnknownResourceError
from boxwright.server.api.faults import reason_of
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics
from boxwright.server.settings import Settings
from boxwright.server.stored.written import Written
from boxwright.server.traced import spanned
from boxwright.store import (
    AnswerRecord,
    Entry,
    Keep,
    StoreBusyError,
    StoredPlan,
    StoreError,
    StoreFullError,
    StoreOffError,
    StoreUnsuitableError,
)
from boxwright.store.url import shown_url
from boxwright.v1 import packing_service_pb2 as messages

if TYPE_CHECKING:
    from boxwright.store.store import Refused, Store

Answer = TypeVar("Answer")

READING_THREADS = 4
"""Number of threads that read the store. They do not plan, so reads do not wait behind orders."""

MOST_AT_ONCE, MOST_WAITING = 256, 4_000
"""Maximum number of entries in a transaction, and of waiting entries; any more are refused."""

LATE_S = 0.5
"""Time in seconds after which a wait counts as a failure of the store."""

REST_S = 1.0
"""Time after a failure in which optional reads and writes are skipped, in seconds."""

LOOK_SHARE = 0.25
"""Share of the remaining time that looking for an earlier answer may take."""

PRUNE_EVERY_S = 60.0
"""Seconds between rounds of retention."""

LOGGED_EVERY_S = 60.0
"""Minimum time between two log lines about failed reads with the same reason, in seconds."""

DAY_US = 86_400_000_000

_SHIPMENTS = (messages.PLAN_PURPOSE_UNSPECIFIED, messages.PLAN_PURPOSE_SHIPMENT)


class Keeping:
    """Stores plans and answers, if the server has a store.

    A store that cannot be opened is tried again with each record.

    Raises
    ------
    UnsupportedError
        If the store needs the extra ``postgres``, which is not installed.
    InvalidInputError
        If this version cannot use the store.

    Attributes
    ----------
    error : StoreError or None
        Last failure of a write; None while writing works.
    """

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings = settings
        self.metrics = metrics
        self.error: StoreError | None = None
        self._rests_until_s = -math.inf
        self._unread: dict[str, float] = {}  # time of the last log line, by reason
        self._waiting: deque[tuple[Entry, asyncio.Future[None]]] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._readers = ThreadPoolExecutor(READING_THREADS, thread_name_prefix="store-read")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-write")
        self._closed = threading.Event()
        self._store = self._opened() if settings.store else None
        if self._store is not None:
            metrics.store_up.rows = lambda: {(): float(self.error is None)}
            threading.Thread(target=self._prune, name="store-prune", daemon=True).start()

    def _opened(self) -> "Store":
        from boxwright.store.store import Store

        store = Store(self._settings.store, 0.75 * self._settings.store_wait_s)
        try:
            store.open()
            says = "storing plans"
        except StoreUnsuitableError as error:  # retrying cannot help
            self._failed(error)
            raise InvalidInputError([FieldViolation("store", f"cannot be used by this version: {error}")]) from None
        except StoreError as error:
            self._failed(error)
            says = "the store will be tried again with each record"
        log(logging.INFO, says, {"store": shown_url(self._settings.store)})
        return store

    @property
    def secret(self) -> str:
        """The setting ``order_id_key``, which hashes stored keys; may be empty."""
        return self._settings.order_id_key

    @property
    def on(self) -> bool:
        """True if there is a store."""
        return self._store is not None

    @property
    def store(self) -> "Store":
        """The store; raises StoreOffError if there is none."""
        if self._store is None:
            raise StoreOffError("this server stores nothing: its operator must set `store` (BOXWRIGHT_STORE)")
        return self._store

    @property
    def waiting(self) -> int:
        """Number of entries that wait to be written."""
        return len(self._waiting)

    def written(self) -> Written:
        """Return the catalogs that were written over the API; ``unread`` is set if the store cannot be read."""
        if self._store is None:
            return Written()
        try:
            return Written.read(self._store.read)
        except StoreError as error:
            log(logging.ERROR, "catalogs that were written over the API cannot be read", {"error": str(error)})
            return Written(unread=True)

    def wants(self, request: messages.PackRequest) -> bool | None:
        """Return True if a plan must be stored, False if it is stored where possible, None if it is not stored.

        Raises StoreOffError if it must be stored and there is no store.
        """
        if request.validate_only:
            return None
        if request.HasField("persist"):
            return bool(self.store) if request.persist else None
        return False if self._settings.persist_plans and request.purpose in _SHIPMENTS else None

    async def read(self, read: Callable[..., Answer], *given: Any) -> Answer:
        """Run a function that reads from the store in a thread, and return its result."""
        begun_s = time.perf_counter()
        try:
            with spanned("store"):
                return await asyncio.get_running_loop().run_in_executor(self._readers, partial(read, *given))
        except StoreError as error:
            reason, now_s = reason_of(error), time.monotonic()
            self.metrics.store_errors.labels("read", reason).inc()
            if now_s - self._unread.get(reason, -math.inf) > LOGGED_EVERY_S:  # answers must not show paths and hosts
                log(logging.ERROR, "the store was not read", {"reason": reason, "error": str(error)})
                self._unread[reason] = now_s
            raise
        finally:
            self.metrics.store_reads.observe(time.perf_counter() - begun_s)

    async def plan(self, name: str, field: str = "name") -> StoredPlan:
        """Return the stored plan of a resource name; ``field`` is the field of the request that has it.

        Raises StoreOffError or StoreError if there is no store or it fails, InvalidInputError for another kind of name,
        and UnknownResourceError if there is no such plan.
        """
        store = self.store
        stored = await self.read(store.read.plan, *ids_in(name, "plans/{plan}", field))
        if stored is None:
            raise UnknownResourceError([FieldViolation(field, f"must name a stored plan, got {name!r:.120}")])
        return stored

    async def find(self, key: bytes, deadline_s: float) -> AnswerRecord | None:
        """Return the record of a call; None if there is none, or it cannot be read in time.

        In the latter case the order is planned again, which gives the same plan.
        """
        now_s = time.monotonic()
        if self._store is None or now_s < self._rests_until_s:
            return None
        wait_s = min(self._settings.store_wait_s, LOOK_SHARE * (deadline_s - now_s))
        try:
            return await asyncio.wait_for(self.read(self._store.read.answer, key), wait_s)
        except (StoreError, TimeoutError) as error:
            # Running into a short deadline is not a failure of the store.
            if isinstance(error, StoreError) or wait_s > LATE_S:
                self._rests_until_s = time.monotonic() + REST_S
            return None

    async def write(self, entry: Entry, *, must: bool = True, wait_s: float = math.inf) -> None:
        """Store an entry. Entries that arrive during a transaction share the next one.

        Parameters
        ----------
        entry : Entry
            Records to store.
        must : bool, optional
            True to try even if the store has just failed. Default True.
        wait_s : float, optional
            Maximum wait in seconds; the setting ``store_wait_s`` limits it, and is the default.

        Raises
        ------
        StoreError
            If it was not stored, or not in time. An entry that is being written may still be stored.
        StoreOffError, AnswerTakenError, PlanGoneError, VersionTakenError
            As ``Store.write``.
        """
        _ = self.store
        if not must and time.monotonic() < self._rests_until_s:
            raise self.error or StoreBusyError(StoreBusyError.public_message)
        if self.waiting >= MOST_WAITING:
            raise StoreBusyError(f"{StoreBusyError.public_message}: {self.waiting:,} records wait")
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.ensure_future(self._write_all())
        wait_s = min(wait_s, self._settings.store_wait_s)
        try:
            with spanned("store"):
                await asyncio.wait_for(future, wait_s)
        except TimeoutError:
            late = StoreBusyError(f"{StoreBusyError.public_message}: it was not written within {wait_s:.3g} s")
            if wait_s > LATE_S:
                self._failed(late)
            raise late from None

    async def _write_all(self) -> None:
        """Write waiting entries until none is left."""
        loop = asyncio.get_running_loop()
        while self._waiting:
            some = [self._waiting.popleft() for _ in range(min(MOST_AT_ONCE, len(self._waiting)))]
            jobs = [(entry, future) for entry, future in some if not future.done()]  # a caller may have given up
            if not jobs:
                continue
            begun_s = time.monotonic()
            results: Sequence[Refused | None]
            try:
                results = await loop.run_in_executor(self._writer, self.store.write, [entry for entry, _ in jobs])
            except Exception as fault:  # catches internal errors too, so that later entries are still tried
                results = [StoreError(f"{StoreError.public_message}: {fault!r}")] * len(jobs)
            self.metrics.store_commits.observe(time.monotonic() - begun_s)
            failed = next((refused for refused in results if isinstance(refused, StoreError)), None)
            if failed is None:
                self._works()
            else:
                self._failed(failed)
            for (_, future), refused in zip(jobs, results, strict=True):
                if future.done():
                    continue
                if refused is None:
                    future.set_result(None)
                else:
                    future.set_exception(type(refused)(str(refused)))  # a copy, since callers add their tracebacks

    def _failed(self, error: StoreError) -> None:
        reason = reason_of(error)
        self.metrics.store_errors.labels("write", reason).inc()
        if self.error is None or reason != reason_of(self.error):
            log(logging.ERROR, "the store failed", {"reason": reason, "error": str(error)})
        self.error, self._rests_until_s = error, time.monotonic() + REST_S

    def _works(self) -> None:
        if self.error is not None:
            log(logging.INFO, "the store works again")
        self.error, self._rests_until_s = None, -math.inf

    def _prune(self) -> None:
        """Delete by retention at intervals, and measure the store."""
        settings = self._settings
        keep = Keep(
            plan_us=round(settings.keep_plans_days * DAY_US),
            answer_us=round(settings.keep_answers_days * DAY_US),
            max_bytes=settings.keep_plans_bytes,
        )
        failing, gone = "", Counter[str]()
        while True:
            gone.clear()
            try:
                self.store.prune(keep, lambda why, plans: gone.update({why: plans}))
                self.metrics.store_bytes.set(self.store.read.sizes().total_bytes)
                failing = ""
                if self.error is not None and not isinstance(self.error, StoreFullError):  # a full store still deletes
                    self._works()
            except StoreError as error:
                self.metrics.store_bytes.set(math.nan)
                if reason_of(error) != failing:
                    log(logging.WARNING, "retention failed", {"reason": reason_of(error), "error": str(error)})
                failing = reason_of(error)
            if gone:
                log(logging.INFO, "retention deleted plans", dict(gone))
            if self._closed.wait(PRUNE_EVERY_S):
                return

    def close(self) -> None:
        """Close the store, after all calls have ended."""
        self._closed.set()
        for threads in (self._readers, self._writer):
            threads.shutdown(wait=False, cancel_futures=True)
        if self._store is not None:
            with contextlib.suppress(StoreError):
                self._store.close()
