"""Hypothesis draws the same examples on every run, so that only a change can make a test fail.

Examples have no deadline, so that a slow machine cannot make one fail either.
"""

import multiprocessing
import os
import runpy
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from boxwright.server.logs import AUDIT, DRIVER, EXPORTER, LEVELLED

RUNNING = runpy.run_path(str(Path(__file__).parent / "interop" / "running_postgresql.py"))
REQUIRED = "BOXWRIGHT_TEST_TOOLS"
"""Environment variable that forbids tests to be skipped because a program is not installed."""


def skip_without(what: str) -> None:
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


@pytest.fixture(scope="session")
def curl():
    """The program curl, with which pages show calls."""
    if shutil.which("curl") is None:
        skip_without("curl is not installed: apt-get install curl")


@pytest.fixture(scope="session")
def openssl():
    """The program openssl, which makes certificates."""
    if shutil.which("openssl") is None:
        skip_without("openssl is not installed: apt-get install openssl")


@pytest.fixture(scope="session")
def nginx():
    """The reverse proxy nginx of Debian."""
    if shutil.which("nginx") is None:
        skip_without("nginx is not installed: apt-get install nginx-light")


@pytest.fixture(scope="session")
def chromium():
    """The browser Chromium, which shows pages as users see them."""
    if shutil.which("chromium") is None:
        skip_without("chromium is not installed: apt-get install chromium")


@pytest.fixture(scope="session")
def promtool():
    """Prometheus' program that checks rules and configuration."""
    found = shutil.which("promtool")
    if found is None:
        skip_without("promtool is not installed: apt-get install prometheus")
    return found


@pytest.fixture(scope="session")
def amtool():
    """Alertmanager's program that checks its configuration."""
    found = shutil.which("amtool")
    if found is None:
        skip_without("amtool is not installed: apt-get install prometheus-alertmanager")
    return found


@pytest.fixture(scope="session")
def systemd_analyze():
    """The program of systemd that checks units."""
    found = shutil.which("systemd-analyze")
    if found is None:
        skip_without("systemd-analyze is not installed: apt-get install systemd")
    return found


@pytest.fixture
def strace():
    """The program strace, which traces system calls."""
    if shutil.which("strace") is None:
        skip_without("strace is not installed: apt-get install strace")
