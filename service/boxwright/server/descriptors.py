"""How many files and connections this process may have open, and what is said where they do not do."""

import asyncio
import contextlib
import errno
import logging
import time
from typing import Any

from boxwright.server.logs import log

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment] # there is none

FILES_OF_OTHERS = 2_048
"""Open files that are left to the other doors, to planning processes and to the store; half of those that the system
allows where these are few."""

LEAST_FILES = 16_384
"""Open files that a server should be allowed (a rule of this project)."""

SAY_EVERY_S = 60.0
"""How often a door says that no file is left for a connection, in seconds."""


def raise_descriptor_limit() -> None:
    """Let this process open as many files and connections as the system lets it have, where there are such limits."""
    if resource is not None:
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        with contextlib.suppress(ValueError, OSError):  # some systems have no number for it, and refuse
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if (few := too_few_files()) is not None:
        log(logging.WARNING, "few files and connections may be open", {"limit": few, "wanted": LEAST_FILES})


def too_few_files() -> int | None:
    """Return how many files a server may have open where these are too few; else None."""
    if resource is None:
        return None
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return most if most != resource.RLIM_INFINITY and most < LEAST_FILES else None


class OutOfFiles:
    """Hears the faults of an event loop of Python's.

    One that has no file left for a connection tries some thousand times a second, each time with a traceback.
    """

    def __init__(self) -> None:
        self._said_s = -SAY_EVERY_S

    def __call__(self, loop: asyncio.AbstractEventLoop, fault: dict[str, Any]) -> None:
        """Say it in one line from time to time; anything else as the loop does by itself."""
        if getattr(fault.get("exception"), "errno", None) not in (errno.EMFILE, errno.ENFILE):
            loop.default_exception_handler(fault)
        elif time.monotonic() - self._said_s >= SAY_EVERY_S:
            self._said_s = time.monotonic()
            log(logging.ERROR, "no file is left for a connection", {"error": str(fault["exception"])})


def most_connections() -> int:
    """Return how many connections gRPC may take: so many that files are left for health checks and all else."""
    if resource is None:
        return 10_000
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 1 << 20 if soft == resource.RLIM_INFINITY else min(max(soft // 2, soft - FILES_OF_OTHERS), 1 << 20)
