"""How many files and connections this process may have open."""

import contextlib

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment] # there is none

FILES_OF_OTHERS = 2_048
"""Open files that are left to the other doors, to planning processes and to the store; half of those that the system
allows where these are few."""


def raise_descriptor_limit() -> None:
    """Let this process open as many files and connections as the system lets it have, where there are such limits."""
    if resource is not None:
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        with contextlib.suppress(ValueError, OSError):  # some systems have no number for it, and refuse
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def most_connections() -> int:
    """Return how many connections gRPC may take: so many that files are left for health checks and all else."""
    if resource is None:
        return 10_000
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 1 << 20 if soft == resource.RLIM_INFINITY else min(max(soft // 2, soft - FILES_OF_OTHERS), 1 << 20)
