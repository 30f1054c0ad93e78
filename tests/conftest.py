"""Hypothesis draws the same examples on every run, so that only a change can make a test fail.

Examples have no deadline, so that a slow machine cannot make one fail either.
"""

import multiprocessing
import os
import runpy
import shutil
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import settings

from boxwright.server.logs import AUDIT, DRIVER, EXPORTER, LEVELLED

RUNNING = runpy.run_path(str(Path(__file__).parent / "interop" / "running_postgresql.py"))
REQUIRED = "BOXWRIGHT_TEST_TOOLS"
"""Environment variable that forbids tests to be skipped because a program is not installed."""


def skip_without(what: str) -> NoReturn:
    """Skip a test if a program is not installed, or fail it if tests may not be skipped."""
    if os.environ.get(REQUIRED):
        pytest.fail(f"{REQUIRED} is set, and {what}")
    pytest.skip(what)


settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("exploring", deadline=None)
settings.load_profile("exploring" if os.environ.get("BOXWRIGHT_EXPLORE") else "repeatable")


@pytest.fixture(autouse=True)
def log_as_before():
    """Remove the log of a server that a test starts in this process, before the next test.

    Otherwise lines would be captured twice, since pytest also listens to loggers that do not propagate.
    """
    loggers = (*LEVELLED, AUDIT, EXPORTER, DRIVER)
    before = [(each.handlers[:], each.level, each.propagate) for each in loggers]
    yield
    for logger, (handlers, level, propagate) in zip(loggers, before, strict=True):
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)


@pytest.fixture(scope="module")
def forked_workers():
    """Fork workers of evaluations and designs from one process that has imported all modules; spawning takes seconds.

    Workers see the environment in which the first was started. Commands tested in a separate process spawn theirs.
    """
    from boxwright.evaluation import pool

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["boxwright.cli", "boxwright.evaluation.batch", "boxwright.design"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "_METHOD", "forkserver")
        yield


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server for all tests of a run."""
    if RUNNING["programs"]() is None:
        skip_without("no PostgreSQL server is installed: apt-get install postgresql")
    with RUNNING["running_postgresql"]("fsync=off") as server:  # no test cuts the power
        yield server


def program(name: str, package: str) -> Any:
    """Return a fixture of the path of a program, without which a test is skipped."""

    @pytest.fixture(scope="session", name=name.replace("-", "_"))
    def found() -> str:
        if path := shutil.which(name):
            return path
        return skip_without(f"{name} is not installed: apt-get install {package}")

    return found


curl, openssl, chromium, strace = (program(name, name) for name in ("curl", "openssl", "chromium", "strace"))
nginx = program("nginx", "nginx-light")
promtool, amtool = program("promtool", "prometheus"), program("amtool", "prometheus-alertmanager")
systemd_analyze = program("systemd-analyze", "systemd")
