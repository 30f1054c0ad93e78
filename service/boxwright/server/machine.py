"""Memory and open files of this process: freed memory goes back to the system, connections are as many as it allows."""

import contextlib
import ctypes
import gc
import logging
import os
import resource
from pathlib import Path
from typing import Any

from boxwright.server.logs import log

GROWN_BYTES = 16 * 2**20
"""By how much a process must have grown during a job before memory is given back: less is soon used again."""

_LIBRARY: Any = ctypes.CDLL(None)
_MMAP_THRESHOLD, LARGE_BLOCK_BYTES = -3, 1 << 20
"""Number of the option ``M_MMAP_THRESHOLD`` (mallopt(3)), and what it is set to."""


def keep_large_blocks_apart() -> None:
    """Have blocks from a megabyte on go back to the system as soon as they are freed, where the C library can.

    It would raise that bound by itself to the largest block that was freed so far: then the bodies of a few long
    requests lie among small blocks, which keep them from going back.
    """
    if hasattr(_LIBRARY, "mallopt"):
        _LIBRARY.mallopt(_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)


def resident_bytes() -> int:
    """Return the memory that this process holds; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def tidy() -> None:
    """Collect what nobody needs any more, and give it back to the system.

    Refused calls of gRPC hold themselves, and so what was sent, until the garbage collector comes; it counts objects,
    and a few hold megabytes.
    """
    gc.collect()
    give_back(0)


def give_back(before_bytes: int) -> int:
    """Give freed memory back to the system, if the process has grown much since it held ``before_bytes``.

    Returns
    -------
    int
        What it holds now.
    """
    held_bytes = resident_bytes()
    if held_bytes - before_bytes <= GROWN_BYTES or not hasattr(_LIBRARY, "malloc_trim"):
        return held_bytes
    _LIBRARY.malloc_trim(0)
    return resident_bytes()


FILES_OF_OTHERS = 2_048
"""Open files that are left to the other ports, to planning processes and to the store; half of those that the system
allows where these are few."""

LEAST_FILES = 16_384
"""Open files that a server should be allowed (a rule of this project)."""


def raise_descriptor_limit() -> None:
    """Let this process open as many files and connections as the system lets it have, where there are such limits."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(ValueError, OSError):  # some systems have no number for it, and refuse
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if (few := too_few_files()) is not None:
        log(logging.WARNING, "few files and connections may be open", {"limit": few, "wanted": LEAST_FILES})


def too_few_files() -> int | None:
    """Return how many files a server may have open where these are too few; else None."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return most if most != resource.RLIM_INFINITY and most < LEAST_FILES else None


def most_connections() -> int:
    """Return how many connections gRPC may take: so many that files are left for health checks and all else."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 1 << 20 if soft == resource.RLIM_INFINITY else min(max(soft // 2, soft - FILES_OF_OTHERS), 1 << 20)
