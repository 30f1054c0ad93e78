"""How many files and connections this process may have open."""

import contextlib
import logging

from boxwright.server.logs import log

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment] # there is none

FILES_OF_OTHERS = 2_048
"""Open files that are left to the other ports, to planning processes and to the store; half of those that the system
allows where these are few."""

LEAST_FILES = 16_384
"""Open files that a server should be allowed (a rule of this project)."""


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


def most_connections() -> int:
    """Return how many connections gRPC may take: so many that files are left for health checks and all else."""
    if resource is None:
        return 10_000
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 1 << 20 if soft == resource.RLIM_INFINITY else min(max(soft // 2, soft - FILES_OF_OTHERS), 1 << 20)
