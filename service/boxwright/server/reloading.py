"""Reloads certificates, tokens, catalogs and data when their files change; catalogs and data also on request.

Catalogs written over the API are served immediately, and those that other servers write within seconds.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from boxwright.contract.data import MARKET, PROFILE, SITE, carriers_to_wire, material_to_wire, versions_to_wire
from boxwright.errors import BoxwrightError, InvalidInputError
from boxwright.server.answers.dataset import Dataset, LoadedFiles
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics
from boxwright.server.settings import Settings
from boxwright.server.stored.keeping import Keeping
from boxwright.server.stored.written import Written, shown, stamp_current
from boxwright.server.workers.pool import Workers
from boxwright.store import StoreError

Stamp = tuple[tuple[str, tuple[int, int, int] | None], ...]
"""Path of each file with its modification time in ns, size in bytes and inode; None if it cannot be read."""

SUFFIXES = frozenset({".csv", ".toml"})
"""Suffixes of data files."""


def stamp_of(settings: Settings) -> Stamp:
    """Return the stamp of the files that the settings name. Files shipped with the software are left out.

    Links are followed, so that a link to another file counts as a change.
    """
    files = {Path(name) for name in (*settings.catalogs, settings.sites) if name}
    if settings.materials:
        files |= {file for file in Path(settings.materials).rglob("*") if file.suffix in SUFFIXES}
    return tuple((str(file), look_at(file)) for file in sorted(files))


def look_at(file: Path) -> tuple[int, int, int] | None:
    """Return time, size and inode of a file; None if it cannot be read."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class Offers:
    """Resources that the catalog service lists, built once per dataset, in list order."""

    def __init__(self, dataset: Dataset) -> None:
        materials = dataset.materials
        self.dataset = dataset
        self.versions = versions_to_wire(materials)
        self.catalogs = [shown(catalog, materials, loaded=True) for catalog in dataset.catalogs.values()]
        for message in self.catalogs:
            if (version := dataset.versions.get(message.catalog_id)) is not None:
                stamp_current(message, version)
        in_markets = [material_to_wire(material, materials.markets) for material in materials.materials]
        self.materials = sorted(in_markets, key=name_of)
        self.profiles = sorted(map(PROFILE, materials.profiles), key=name_of)
        self.carriers = sorted(carriers_to_wire(materials.carrier_rules), key=name_of)
        self.markets = sorted(map(MARKET, materials.markets), key=name_of)
        self.sites = sorted(map(SITE, dataset.sites.values()), key=name_of)


class Current:
    """The dataset in use, and its resources.

    Both change in one step of the event loop. A call must read all that it needs within one step, so that it sees a
    single version.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset, self.offers = dataset, Offers(dataset)

    def swap(self, offers: Offers) -> None:
        """Replace the dataset."""
        self.dataset, self.offers = offers.dataset, offers


def name_of(message: Any) -> str:
    """Return the resource name of a message."""
    name: str = message.name
    return name


class Reloader:
    """Replaces the served data by valid files and stored catalogs. If anything is invalid, nothing changes.

    Faulty files do not delay catalogs that are written over the API: these are combined with the last valid files.

    Attributes
    ----------
    files : LoadedFiles
        Content of the served files.
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
        self.files = files
        self._written = written
        self._faults = {"files": "", "store": _lack(current.dataset)}
        self._current = current
        self._workers = workers
        self._metrics = metrics
        self._keeping = keeping
        self._forced = asyncio.Event()
        self._lock = asyncio.Lock()
        self._tried: Stamp | None = stamp  # stamp of the files read last
        metrics.show_loaded(current.dataset)
        metrics.reload_failing.set_function(lambda: bool(self.fault))

    @property
    def fault(self) -> str:
        """Reason why the current files or store are not served in full; empty if they are."""
        return "\n".join(filter(None, self._faults.values()))

    def ask(self) -> None:
        """Reload the files, even if they have not changed."""
        self._forced.set()

    async def run(self) -> None:
        """Reload as needed until cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._watch_files())
            if self._keeping.on:
                both.create_task(self._watch_store())

    async def take_up(self, catalog_id: str, revision: int) -> None:
        """Serve the catalogs of the store, including at least this revision; raises BoxwrightError if that fails."""
        async with self._lock:
            if self._written.newest.get(catalog_id, 0) < revision:  # otherwise another write has already done this
                await self._change("write", self._read_store)

    async def _watch_files(self) -> None:
        settings = self.files.settings
        before: Stamp | None = None
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._forced.wait(), settings.watch_files_s)
            forced = self._forced.is_set()
            self._forced.clear()
            seen = await asyncio.to_thread(stamp_of, settings)
            # Files that are being written are not read until two checks in a row see the same files.
            if forced or (seen != self._tried and seen == before):
                async with self._lock:
                    with contextlib.suppress(Exception):  # the fault is logged, and the earlier data stay in use
                        await self._change("signal" if forced else "files", self._read_files)
            before = seen

    async def _watch_store(self) -> None:
        """Reload catalogs that other servers write. Faulty ones are tried again when they change."""
        at_fault: dict[str, int] | None = None
        while True:
            await asyncio.sleep(self.files.settings.watch_store_s)
            with contextlib.suppress(StoreError):  # metrics count the failure; the next check tries again
                newest = await self._keeping.read(self._keeping.store.read.versions.newest)
                async with self._lock:
                    if newest in (None if self._written.unread else self._written.newest, at_fault):
                        continue
                    at_fault = None
                    try:
                        await self._change("store", self._read_store)
                    except InvalidInputError:
                        at_fault = newest
                    except Exception:
                        pass

    async def _change(self, cause: str, read: Callable[[], tuple[LoadedFiles, Written]]) -> None:
        """Reload; log and count the outcome. Call with the lock held."""
        begun_s = time.perf_counter()
        of_files = cause in ("signal", "files")
        try:
            outcome = await self._load(read)
        except Exception as error:
            internal = not isinstance(error, BoxwrightError)
            fault = f"{type(error).__name__}: {error}" if internal else str(error)
            self._faults["files" if of_files else "store"] = fault
            self._metrics.reloads.labels("failed").inc()
            faults = list(map(str, error.violations)) if isinstance(error, InvalidInputError) else [fault]
            facts: dict[str, object] = {"cause": cause, "file": getattr(error, "file", ""), "faults": faults}
            log(logging.ERROR, "catalogs and data not reloaded: the earlier ones stay in use", facts, exc_info=internal)
            raise
        self._faults |= {"store": ""} | ({"files": ""} if of_files else {})
        self._metrics.reloads.labels(outcome).inc()
        dataset = self._current.dataset
        facts = {"cause": cause, "outcome": outcome, "s": round(time.perf_counter() - begun_s, 2)}
        facts |= {"data_version": dataset.materials.version, "data_hash": dataset.materials.content_hash}
        hashes = {name: catalog.content_hash for name, catalog in dataset.catalogs.items()}
        log(logging.INFO, "catalogs and data reloaded", facts | {"catalogs": hashes})

    async def _load(self, read: Callable[[], tuple[LoadedFiles, Written]]) -> str:
        """Read and validate everything, and switch to new workers that hold it; return the outcome as a label."""
        files, written = await asyncio.to_thread(read)
        dataset = await asyncio.to_thread(Dataset.of, files, written)
        changed = dataset.content_hash != self._current.dataset.content_hash
        if changed:
            offers = await asyncio.to_thread(Offers, dataset)
            try:
                swap = await self._workers.prepare(dataset)
            except BaseException:
                self._tried = None  # the files are valid: retry at the next check
                raise
            swap()
            self._current.swap(offers)
            self._metrics.show_loaded(dataset)
        self.files, self._written = files, written
        return "changed" if changed else "unchanged"

    def _read_files(self) -> tuple[LoadedFiles, Written]:
        """Return the content of files and store; if the store cannot be read, its earlier content."""
        self._tried = stamp_of(self.files.settings)  # before reading, so that changes while reading are noticed later
        files, written = LoadedFiles.read(self.files.settings), self._written
        with contextlib.suppress(StoreError):
            written = self._read_store()[1]
        return files, written

    def _read_store(self) -> tuple[LoadedFiles, Written]:
        return self.files, Written.read(self._keeping.store.read) if self._keeping.on else self._written


def _lack(dataset: Dataset) -> str:
    """Return the reason why stored catalogs are missing in a dataset; empty if none is."""
    if dataset.lacks.unread:
        return "catalogs that were written over the API are not served: the store could not be read"
    return "\n".join(f"not served: {why}" for why in dataset.lacks.left_out.values())


LOOK_EVERY_S = 1.0
"""Seconds between two checks of the files, so that a revoked token is refused within a second or two."""


class Watched(Protocol):
    """A source in files; ``seen`` is the content in use."""

    seen: Any

    def read(self) -> Any:
        """Return the current content; raises BoxwrightError."""

    def take(self, content: Any) -> None:
        """Use what ``read`` returned; on InvalidInputError nothing changes."""


class AccessWatch:
    """Reloads certificates or tokens, and goes on after any fault. ``what`` names them in metrics and log."""

    def __init__(self, what: str, watched: Watched, metrics: Metrics) -> None:
        self._what, self._watched = what, watched
        self._failing = metrics.access_failing.labels(what)
        self._failing.set(0)
        self._tried: object = watched.seen

    async def run(self) -> None:
        """Check until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            with contextlib.suppress(RuntimeError):  # no thread can be started now
                await asyncio.to_thread(self.look)

    def look(self) -> None:
        """Reload if the content has changed since it was last tried."""
        fault: Exception | None = None
        try:
            found = self._watched.read()
        except Exception as error:  # catches any error, since otherwise the watch would end unnoticed
            fault, found = error, repr(error)
        if found == self._tried:
            return
        self._tried = found
        try:
            if fault is not None:
                raise fault
            self._watched.take(found)
        except Exception as error:
            internal = not isinstance(error, BoxwrightError)
            facts = {"faults": (repr(error) if internal else str(error)).splitlines()}
            log(logging.ERROR, f"{self._what} not reloaded: the earlier ones stay in use", facts, exc_info=internal)
            self._failing.set(1)
        else:
            log(logging.INFO, f"{self._what} reloaded")
            self._failing.set(0)
