"""The one thread that writes: whatever waits is written in one transaction, and each caller hears once it is kept.

It opens the store, brings its tables to this version, and does the sweeping where nobody waits.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from boxwright.store.database import Database, forget_deleted, has_ended
from boxwright.store.errors import StoreBusyError, StoreError, StoreSilentError, StoreUnreachableError
from boxwright.store.faults import FAULTS, store_error
from boxwright.store.migrate import NEWEST, migrate
from boxwright.store.records import Entry
from boxwright.store.statements import Statements
from boxwright.store.sweeper import Sweeper

MOST_AT_ONCE = 256
"""Entries of one transaction."""

MOST_WAITING, MOST_WAITING_BYTES = 20_000, 256 * 1024 * 1024
"""Entries that may wait, and their bytes; one more is refused."""

REST_S = 1.0
"""After a failure, entries that need not be kept are not tried for so long, in seconds."""

PAUSE_S = 0.05
"""Time between two steps of sweeping, in seconds."""

TOGETHER_S = 0.004
"""Time between the beginnings of two transactions while further entries are on their way, in seconds: four entries
together take hardly more than one. An entry that comes alone does not wait."""


class Watcher(Protocol):
    """Hears how the writing goes; called from any thread."""

    def migrated(self, before: str | None, now: str) -> None:
        """The tables, which were at a step before, or not there, were brought to that of now."""

    def committed(self, entries: int, seconds: float) -> None:
        """Entries were written in one transaction."""

    def failed(self, error: StoreError) -> None:
        """A transaction failed, or did not end in the time that an entry may take."""

    def recovered(self) -> None:
        """A transaction was written after a failure; one that has something to write where that had been refused."""


@dataclass(eq=False)
class _Job:
    entry: Entry
    future: "asyncio.Future[None]"
    size: int
    given_up: bool = field(default=False)


class Writer:
    """Writes entries in the order in which they come.

    Parameters
    ----------
    database : Database
        Where to.
    sweeper : Sweeper
        What goes, in small steps between entries.
    watcher : Watcher
        Who hears how it goes.

    Attributes
    ----------
    coming : int
        Entries that are on their way, as far as callers say so, and those of them that wait; set by one thread.
    """

    def __init__(self, database: Database, sweeper: Sweeper, watcher: Watcher) -> None:
        self._database = database
        self._sweeper = sweeper
        self._watcher = watcher
        self._statements = Statements()
        self._connection: Connection | None = None
        self._waiting: SimpleQueue[_Job | None] = SimpleQueue()
        self._waiting_bytes = 0
        self._lock = threading.Lock()  # of what two threads change: the bytes that wait, and whether it is closed
        self._closed = False
        self._failed_at_s: float | None = None
        self._refuses_writes = False  # a database that answers: one that is full lets a transaction without rows pass
        self._known = False
        self._ready = False  # the connection: its tables are of this version
        self._at_work = False
        self._begun_s = 0.0
        self.coming = 0
        self._opened = threading.Event()
        self.error: StoreError | None = None
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Entries that are not written yet."""
        return self._waiting.qsize()

    def wait_until_opened(self, timeout_s: float) -> None:
        """Wait until the store was opened, or opening it failed; ``error`` says which."""
        self._opened.wait(timeout_s)

    async def write(self, entry: Entry, *, wait_s: float, must: bool = True) -> None:
        """Return once an entry is kept.

        Parameters
        ----------
        entry : Entry
            What to keep.
        wait_s : float
            How long to wait.
        must : bool, optional
            Whether it is tried although the store has just failed, or has not answered in time and still does not.
            Default True.

        Raises
        ------
        StoreError
            If it is not kept, or not in time. One that is under way when the time is over may be kept all the same.
        AnswerTakenError
            If its answer is kept already.
        PlanGoneError
            If it is the outcome of a plan that is not kept any more.
        """
        failed_at_s, error = self._failed_at_s, self.error
        resting = self._at_work or (failed_at_s is not None and time.monotonic() - failed_at_s < REST_S)
        if not must and error and resting:
            raise type(error)(str(error))
        loop = asyncio.get_running_loop()
        job = _Job(entry, loop.create_future(), entry.size)
        with self._lock:
            if self._closed:
                raise StoreUnreachableError("the store is closed")
            if self.waiting >= MOST_WAITING or self._waiting_bytes > MOST_WAITING_BYTES:
                raise StoreBusyError(f"the store did not take it in time: {self.waiting:,} records wait")
            self._waiting_bytes += job.size
            self._waiting.put(job)
        late = loop.call_later(wait_s, self._give_up, job, wait_s)
        try:
            await job.future
        except asyncio.CancelledError:
            job.given_up = True
            raise
        finally:
            late.cancel()

    def _give_up(self, job: _Job, wait_s: float) -> None:
        """Tell who waits for a job that it took too long; runs in the event loop."""
        if job.future.done():
            return
        job.given_up = True
        late = self.late(f"it was not written within {wait_s:g} s")
        if self._at_work and not isinstance(self.error, type(late)):  # once for a transaction, not for each entry
            self._fail(late)
        job.future.set_exception(late)

    def late(self, why: str) -> StoreError:
        """Return the error of an entry that was not written in time.

        A server that has not said that something is locked, which it does before that, does not answer.
        """
        answers = self._database.is_sqlite or isinstance(self.error, StoreBusyError)
        kind: type[StoreError] = StoreBusyError if answers else StoreSilentError
        return kind(f"{kind.told}: {why}")

    def close(self, timeout_s: float) -> bool:
        """Write what waits, and end the thread; return whether it ended in time."""
        with self._lock:
            self._closed = True
            self._waiting.put(None)  # for the thread to wake up
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _take(self, wait_s: float) -> list[_Job]:
        """Return what waits, up to as many as go into one transaction; nothing after so long without any."""
        taken: list[_Job] = []
        with contextlib.suppress(Empty):
            job = self._waiting.get(timeout=max(wait_s, 0.0))
            if self.coming > 1 and (early_s := self._begun_s + TOGETHER_S - time.monotonic()) > 0:
                time.sleep(early_s)
            self._begun_s = time.monotonic()
            while job is not None:
                taken.append(job)
                job = self._waiting.get_nowait() if len(taken) < MOST_AT_ONCE else None
        with self._lock:
            self._waiting_bytes -= sum(job.size for job in taken)
        return [job for job in taken if not job.given_up]

    def _run(self) -> None:
        self._tried(lambda connection: None)
        self._opened.set()
        wait_s = PAUSE_S
        while True:
            jobs = self._take(wait_s)
            if jobs:
                self._write_all(jobs)
            elif self._closed and self._waiting.empty():
                break
            wait_s = self._sweep_if_idle()
        self._disconnect()

    def _sweep_if_idle(self) -> float:
        """Take a step of sweeping if it is due and nobody waits; return how long to wait for entries then."""
        if self._closed or not self._waiting.empty():
            return 0.0
        due_s = self._sweeper.due_in_s()
        if due_s > 0:
            return due_s
        error = self._tried(self._sweeper.step)
        if error is None:
            self._sweeper.committed()
            if self._sweeper.due_in_s() > 0 and self._connection is not None:
                with contextlib.suppress(*FAULTS):  # then the next round does; whoever deleted, this program or another
                    forget_deleted(self._connection)
        else:
            self._sweeper.failed(error)
        if self._sweeper.due_in_s() > 0:  # the round is over
            self._database.release_idle()
        return PAUSE_S

    def _write_all(self, jobs: Sequence[_Job]) -> None:
        """Write jobs together, or one by one where one of them is refused."""
        try:
            self._guarded(lambda connection: self._statements.write(connection, [job.entry for job in jobs]), len(jobs))
        except IntegrityError:
            self._statements.forget()
            for job in jobs:
                self._write_one(job)
        except Exception as error:
            _hand_over(jobs, error)
        else:
            _hand_over(jobs, None)

    def _write_one(self, job: _Job) -> None:
        def write(connection: Connection) -> None:
            self._statements.write_slowly(connection, job.entry)

        try:
            try:
                self._guarded(write, 1)
            except IntegrityError:  # another program wrote the same in the same moment: this time it is seen
                self._guarded(write, 1)
        except Exception as error:
            _hand_over([job], error)
        else:
            _hand_over([job], None)

    def _tried(self, work: Callable[[Connection], object]) -> StoreError | None:
        """Do something that nobody waits for; return what it fails with, if it does. In any case the thread lives."""
        try:
            self._guarded(work)
        except StoreError as error:
            return error
        except Exception as error:
            self._disconnect()
            found = StoreError(f"{StoreError.told}: {error!r}")
            self._fail(found)
            return found
        return None

    def _guarded(self, work: Callable[[Connection], object], entries: int = 0) -> None:
        """Do something in a transaction; connect first where there is no connection, and drop one that broke.

        Work without entries returns whether it wrote something.

        Raises
        ------
        StoreError
            If the database fails.
        IntegrityError
            If it refuses a row.
        """
        start = time.perf_counter()
        try:
            self._database.check_there()
            self._database.check_sound()
        except StoreError as error:  # the connection stays: another would begin another log
            self._fail(error)
            raise
        self._at_work = True
        try:
            wrote = self._transact(work) or entries
        except IntegrityError:
            raise
        except FAULTS as error:
            found = self._database.fault(error)
            answers = self._connection is not None and not has_ended(self._connection)
            is_busy = isinstance(found, StoreBusyError)
            self._refuses_writes |= answers and not is_busy
            if answers and is_busy and self._ready and not self._database.is_sqlite:
                self._statements.forget()  # the connection is sound, and its place may not be had again
            else:
                self._disconnect()
            self._fail(found)
            raise found from error
        finally:
            self._at_work = False
        if entries:
            self._watcher.committed(entries, time.perf_counter() - start)
        if self.error is not None and (wrote or not self._refuses_writes):
            self.error, self._failed_at_s, self._refuses_writes = None, None, False
            self._watcher.recovered()

    def _transact(self, work: Callable[[Connection], object]) -> object:
        """Do something in a transaction; once more over a new connection where the one before had ended meanwhile.

        Should the first have been written all the same, the second is refused, and each entry is looked for.
        """
        used_before = self._connection is not None
        try:
            return self._transact_once(work)
        except DBAPIError:
            if not used_before or self._connection is None or not has_ended(self._connection):
                raise
            self._disconnect()
            return self._transact_once(work)

    def _transact_once(self, work: Callable[[Connection], object]) -> object:
        with self._connected().begin() as transaction:
            return work(transaction.connection)

    def _fail(self, error: StoreError) -> None:
        """Take down that the store failed, until a transaction is written; also called where somebody waits."""
        self._failed_at_s, self.error = time.monotonic(), error
        self._watcher.failed(error)

    def _connected(self) -> Connection:
        if self._connection is None:
            if not self._known:
                self._database.make_file()
            self._ready = False
            self._connection = self._database.connect_writer()
            self._statements.use(self._connection)
            try:
                with self._connection.begin():
                    before = migrate(self._connection)
            except FAULTS as error:
                self._database.not_upgraded = store_error(error)
                raise
            self._database.not_upgraded = None
            if before != NEWEST:
                self._refuses_writes = False
                self._watcher.migrated(before, NEWEST)
            self._known = self._ready = True
            self._database.note_log()
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._database.forget_log()
            with contextlib.suppress(Exception):  # it may be broken in any way
                self._connection.close()
            self._connection = None


def _hand_over(jobs: Sequence[_Job], error: Exception | None) -> None:
    """Let those who wait know: one call into each event loop."""
    loops: dict[Any, list[_Job]] = {}
    for job in jobs:
        loops.setdefault(job.future.get_loop(), []).append(job)
    for loop, those in loops.items():
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_resolve, those, error)


def _resolve(jobs: Sequence[_Job], error: Exception | None) -> None:
    for job in jobs:
        if job.future.done() or job.given_up:
            continue
        if error is None:
            job.future.set_result(None)
        else:
            job.future.set_exception(_copied(error))


def _copied(error: Exception) -> Exception:
    """Return an error for one of several callers, so that none gets the traceback of another."""
    return type(error)(str(error)) if isinstance(error, StoreError) else error
