"""Loads catalogs and data anew: when asked to, and when their files have changed."""

import asyncio
import contextlib
import logging
import time

from boxwright.errors import BoxwrightError, InvalidInputError
from boxwright.server.current import Current
from boxwright.server.data_files import Stamp, stamp_of
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics
from boxwright.server.offers import Offers
from boxwright.server.settings import Settings
from boxwright.server.shelf import Shelf
from boxwright.server.workers import Workers

READINGS = 5
"""How often files are read that change meanwhile, before that is a fault."""


class ChangingFilesError(BoxwrightError):
    """Files changed whenever they were read."""


class Reloader:
    """Swaps what is served for what the files say, once all of it is valid; else leaves it as it is.

    Parameters
    ----------
    settings : Settings
        Name the files, and say how often to look at them.
    stamp : Stamp
        What the files looked like before they were read at the start.
    current : Current
        What is served.
    workers : Workers
        Plan with it.
    metrics : Metrics
        Where it is shown how it went.

    Attributes
    ----------
    fault : str
        Why the files of now are not served; empty where they are.
    """

    def __init__(self, settings: Settings, stamp: Stamp, current: Current, workers: Workers, metrics: Metrics) -> None:
        self.fault = ""
        self._settings = settings
        self._current = current
        self._workers = workers
        self._metrics = metrics
        self._asked = asyncio.Event()
        self._tried: Stamp | None = stamp
        metrics.show_loaded(current.shelf)
        metrics.reload_success.set(time.time())

    def ask(self) -> None:
        """Have the files read anew, whether they changed or not."""
        self._asked.set()

    async def run(self) -> None:
        """Reload when that is to be, until cancelled."""
        before: Stamp | None = None
        while True:
            asked = await self._wait()
            seen = await asyncio.to_thread(stamp_of, self._settings)
            # A file that is being written is left until it looks the same twice.
            if asked or (seen != self._tried and seen == before):
                await self._reload("signal" if asked else "files")
            before = seen

    async def _wait(self) -> bool:
        """Return whether a reload was asked for before it was time to look at the files."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._asked.wait(), self._settings.watch_files_s or None)
        asked = self._asked.is_set()
        self._asked.clear()
        return asked

    async def _reload(self, cause: str) -> None:
        begun_s = time.perf_counter()
        try:
            outcome = await self._load()
        except Exception as error:  # whatever it is: what is served goes on
            self._failed(cause, error)
            return
        self.fault = ""
        self._metrics.reloads.labels(outcome).inc()
        self._metrics.reload_failing.set(0)
        self._metrics.reload_success.set(time.time())
        shelf = self._current.shelf
        hashes = {name: each.content_hash for name, each in shelf.catalogs.items()}
        data = {"data_version": shelf.materials.version, "data_hash": shelf.materials.content_hash}
        facts = {"cause": cause, "outcome": outcome, "s": round(time.perf_counter() - begun_s, 2), **data}
        log(logging.INFO, "catalogs and data reloaded", {**facts, "catalogs": hashes})

    async def _load(self) -> str:
        """Read and validate all, have workers at hand that hold it, and swap; return whether anything changed."""
        shelf, offers = await asyncio.to_thread(self._read)
        if shelf.content_hash == self._current.shelf.content_hash:
            return "unchanged"
        try:
            swap = await self._workers.prepare(shelf)
        except BaseException:
            self._tried = None  # the files are good: the next look tries again
            raise
        swap()
        self._current.swap(shelf, offers)
        self._metrics.show_loaded(shelf)
        return "changed"

    def _read(self) -> tuple[Shelf, Offers]:
        for _ in range(READINGS):
            self._tried = stamp_of(self._settings)
            shelf = Shelf.load(self._settings)
            if stamp_of(self._settings) == self._tried:
                return shelf, Offers(shelf)
        raise ChangingFilesError("files changed each time they were read")

    def _failed(self, cause: str, error: Exception) -> None:
        ours = not isinstance(error, BoxwrightError)
        self.fault = f"{type(error).__name__}: {error}" if ours else str(error)
        self._metrics.reloads.labels("failed").inc()
        self._metrics.reload_failing.set(1)
        faults = list(map(str, error.violations)) if isinstance(error, InvalidInputError) else [self.fault]
        facts = {"cause": cause, "file": getattr(error, "file", ""), "faults": faults}
        log(logging.ERROR, "catalogs and data not reloaded: those loaded before stay", facts, exc_info=ours)
