"""Loads catalogs and data anew: when asked to, when their files have changed, and when catalogs were written."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

from boxwright.errors import BoxwrightError, InvalidInputError
from boxwright.server.answers.dataset import Dataset, LoadedFiles
from boxwright.server.api.current import Current, Offers
from boxwright.server.data_files import Stamp, stamp_of
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics
from boxwright.server.stored.keeping import Keeping
from boxwright.server.stored.written import Written
from boxwright.server.workers.pool import Workers
from boxwright.store import StoreError

READINGS = 5
"""How often files are read that change meanwhile, before that is a fault."""

STALL_S = 10.0
"""How long a reload may take before health says so, in seconds."""

Read = Callable[[], tuple[LoadedFiles, Written]]


class ChangingFilesError(BoxwrightError):
    """LoadedFiles changed whenever they were read."""


class Reloader:
    """Swaps what is served for what files and store say, once all of it is valid; else leaves it as it is.

    A fault of the files does not keep written catalogs out: they are put together with the files that were valid last.

    Parameters
    ----------
    files : LoadedFiles
        What is served of files.
    written : Written
        What is served of the store.
    stamp : Stamp
        What the files looked like before they were read at the start.
    current : Current
        What is served.
    workers : Workers
        Plan with it.
    metrics : Metrics
        Where it is shown how it went.
    keeping : Keeping
        The store, if there is one.
    """

    def __init__(
        self,
        files: LoadedFiles,
        written: Written,
        stamp: Stamp,
        current: Current,
        workers: Workers,
        metrics: Metrics,
        keeping: Keeping,
    ) -> None:
        self._settings = files.settings
        self._files, self._written = files, written
        self._faults = {"files": "", "store": _lack(current.dataset), "stalled": ""}
        self._current = current
        self._workers = workers
        self._metrics = metrics
        self._keeping = keeping
        self._asked = asyncio.Event()
        self._lock = asyncio.Lock()
        self._tried: Stamp | None = stamp
        metrics.show_loaded(current.dataset)
        metrics.reload_success.set(time.time())
        metrics.reload_failing.set_function(lambda: bool(self.fault))

    @property
    def files(self) -> LoadedFiles:
        """What is served of files."""
        return self._files

    @property
    def fault(self) -> str:
        """Why files or store as they are now are not served, or not all of it; empty where they are."""
        return "\n".join(each for each in self._faults.values() if each)

    def ask(self) -> None:
        """Have the files read anew, whether they changed or not."""
        self._asked.set()

    async def run(self) -> None:
        """Reload when that is to be, until cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._watch_files())
            if self._keeping.on:
                both.create_task(self._watch_store())

    async def take_up(self, catalog_id: str, revision: int) -> None:
        """Serve what the store holds, at least this version of a catalog.

        Raises
        ------
        BoxwrightError
            If it cannot be served.
        """
        async with self._lock:
            if self._written.newest.get(catalog_id, 0) < revision:  # else another write has taken it up as well
                await self._change("write", self._read_store)

    async def _watch_files(self) -> None:
        before: Stamp | None = None
        while True:
            asked = await self._wait()
            seen = await asyncio.to_thread(stamp_of, self._settings)
            # A file that is being written is left until it looks the same twice.
            if asked or (seen != self._tried and seen == before):
                async with self._lock:
                    with contextlib.suppress(Exception):  # logged; what is served goes on
                        await self._change("signal" if asked else "files", self._read_files)
            before = seen

    async def _watch_store(self) -> None:
        """Take up what other servers write."""
        at_fault: dict[str, int] | None = None
        while True:
            await asyncio.sleep(self._settings.watch_store_s)
            with contextlib.suppress(StoreError):  # metrics show it; the next look tries again
                newest = await self._keeping.read(self._keeping.store.read.versions.newest)
                async with self._lock:
                    known = None if self._written.unread else self._written.newest
                    if newest not in (known, at_fault):
                        at_fault = newest if await self._is_at_fault() else None

    async def _is_at_fault(self) -> bool:
        """Serve what the store holds; return whether it breaks rules, so that there is no use in trying it again."""
        try:
            await self._change("store", self._read_store)
        except Exception as error:  # logged; what is served goes on
            return isinstance(error, InvalidInputError)
        return False

    async def _wait(self) -> bool:
        """Return whether a reload was asked for before it was time to look at the files."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._asked.wait(), self._settings.watch_files_s or None)
        asked = self._asked.is_set()
        self._asked.clear()
        return asked

    async def _change(self, cause: str, read: Read) -> None:
        """Read, and serve what was read; log and count how it went, or that it does not end. The lock is held."""
        begun_s = time.perf_counter()
        stalled = asyncio.get_running_loop().call_later(STALL_S, self._stalls, cause)
        try:
            outcome = await self._load(read)
        except Exception as error:
            self._failed(cause, error)
            raise
        finally:
            stalled.cancel()
            self._faults["stalled"] = ""
            self._metrics.reload_seconds.labels(cause).observe(time.perf_counter() - begun_s)
        self._faults["store"] = ""
        if cause in ("signal", "files"):
            self._faults["files"] = ""
        self._metrics.reloads.labels(outcome).inc()
        self._metrics.reload_success.set(time.time())
        dataset = self._current.dataset
        hashes = {name: each.content_hash for name, each in dataset.catalogs.items()}
        data = {"data_version": dataset.materials.version, "data_hash": dataset.materials.content_hash}
        facts = {"cause": cause, "outcome": outcome, "s": round(time.perf_counter() - begun_s, 2), **data}
        log(logging.INFO, "catalogs and data reloaded", {**facts, "catalogs": hashes})

    async def _load(self, read: Read) -> str:
        """Read and validate all, have workers at hand that hold it, and swap; return whether anything changed."""
        files, written = await asyncio.to_thread(read)
        dataset = await asyncio.to_thread(Dataset.of, files, written)
        outcome = "unchanged"
        if dataset.content_hash != self._current.dataset.content_hash:
            offers = await asyncio.to_thread(Offers, dataset)
            try:
                swap = await self._workers.prepare(dataset)
            except BaseException:
                self._tried = None  # the files are good: the next look tries again
                raise
            swap()
            self._current.swap(offers)
            self._metrics.show_loaded(dataset)
            outcome = "changed"
        self._files, self._written = files, written
        return outcome

    def _read_files(self) -> tuple[LoadedFiles, Written]:
        """Return what files and store say; where the store cannot be read, what it said before."""
        for _ in range(READINGS):
            self._tried = stamp_of(self._settings)
            files = LoadedFiles.read(self._settings)
            if stamp_of(self._settings) == self._tried:
                written = self._written
                with contextlib.suppress(StoreError):
                    written = self._read_store()[1]
                return files, written
        raise ChangingFilesError("files changed each time they were read")

    def _read_store(self) -> tuple[LoadedFiles, Written]:
        return self._files, Written.read(self._keeping.store.read) if self._keeping.on else self._written

    def _stalls(self, cause: str) -> None:
        """Show that a reload does not end, such as where the system of a file does not answer."""
        fault = f"a reload takes longer than {STALL_S:g} s"
        self._faults["stalled"] = fault
        facts = {"cause": cause, "file": "", "faults": [fault]}
        log(logging.ERROR, "catalogs and data not reloaded yet: those loaded before stay meanwhile", facts)

    def _failed(self, cause: str, error: Exception) -> None:
        ours = not isinstance(error, BoxwrightError)
        fault = f"{type(error).__name__}: {error}" if ours else str(error)
        self._faults["files" if cause in ("signal", "files") else "store"] = fault
        self._metrics.reloads.labels("failed").inc()
        faults = list(map(str, error.violations)) if isinstance(error, InvalidInputError) else [fault]
        facts = {"cause": cause, "file": getattr(error, "file", ""), "faults": faults}
        log(logging.ERROR, "catalogs and data not reloaded: those loaded before stay", facts, exc_info=ours)


def _lack(dataset: Dataset) -> str:
    """Return what a dataset lacks of the store, in words; empty where it lacks nothing."""
    if dataset.lacks.unread:
        return "catalogs that were written over the wire are not served: the store could not be read"
    return "\n".join(f"not served: {why}" for why in dataset.lacks.left_out.values())
