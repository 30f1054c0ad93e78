"""Loading catalogs and data anew, with files that do not answer."""

import asyncio
import threading
from unittest.mock import Mock

from boxwright.server import reloading
from boxwright.server.answers.dataset import Dataset, LoadedFiles
from boxwright.server.api.current import Current
from boxwright.server.metrics import Metrics
from boxwright.server.reloading import Reloader
from boxwright.server.settings import Settings
from boxwright.server.stored.keeping import Keeping


def test_a_reload_that_does_not_end_shows_until_it_does(monkeypatch):
    """In the metric and below the first line of /healthz; once it ends well there is nothing to show."""
    answers = threading.Event()
    monkeypatch.setattr(reloading, "STALL_S", 0.2)
    files = LoadedFiles.read(Settings(watch_files_s=0))

    def late(settings):
        answers.wait(60)
        return files

    monkeypatch.setattr(LoadedFiles, "read", late)
    metrics, keeping = Metrics(), Keeping(files.settings, Metrics())
    written = keeping.written()
    current = Current(Dataset.of(files, written))

    async def scene():
        reloader = Reloader(files, written, (), current, Mock(), metrics, keeping)
        running = asyncio.ensure_future(reloader.run())
        reloader.ask()
        await until(lambda: reloader.fault)
        seen = failing()
        answers.set()
        await until(lambda: not reloader.fault)
        running.cancel()
        return seen, failing()

    def failing():
        return metrics.registry.get_sample_value("boxwright_reload_failing")

    assert asyncio.run(scene()) == (1, 0)


async def until(holds):
    """Wait until something holds."""
    for _ in range(6_000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came about")
