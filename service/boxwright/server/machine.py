"""Memory and open files of this process: returns freed memory to the system, and raises the limit on open files."""

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
"""Growth of a process from which freed memory is returned after a job: less is soon used again."""

_LIBRARY: Any = ctypes.CDLL(None)
_MMAP_THRESHOLD, LARGE_BLOCK_BYTES = -3, 1 << 20
"""``M_MMAP_THRESHOLD`` of mallopt(3), and the value it is set to."""


def keep_large_blocks_apart() -> None:
    """Have the C library return blocks of a megabyte or more to the system as soon as they are freed.

    By default it raises this threshold to the largest block freed so far. The bodies of long requests would then lie
    among small blocks, which keep their memory from being returned.
    """
    if hasattr(_LIBRARY, "mallopt"):
        _LIBRARY.mallopt(_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)


def resident_bytes() -> int:
    """Return the resident memory of this process in bytes; 0 if the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def tidy() -> None:
    """Run the garbage collector, and return freed memory to the system.

    Refused gRPC calls form reference cycles that hold their requests. The collector counts objects, not bytes, so a few
    of them would keep megabytes for long.
    """
    gc.collect()
    give_back(0)


def give_back(before_bytes: int) -> int:
    """Give freed memory back if the process has grown much beyond ``before_bytes``; return its memory in bytes."""
    held_bytes = resident_bytes()
    if held_bytes - before_bytes <= GROWN_BYTES or not hasattr(_LIBRARY, "malloc_trim"):
        return held_bytes
    _LIBRARY.malloc_trim(0)
    return resident_bytes()


FILES_OF_OTHERS = 2_048
"""Open files reserved for other ports, workers and the store; at most half of the system's limit."""

LEAST_FILES = 16_384
"""Open files that a server should be allowed (a rule of this project)."""


def raise_descriptor_limit() -> None:
    """Raise this process's limit on open files to the hard limit of the system."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(ValueError, OSError):  # some systems refuse their own "unlimited"
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if (few := too_few_files()) is not None:
        log(logging.WARNING, "the limit on open files and connections is low", {"limit": few, "wanted": LEAST_FILES})


def too_few_files() -> int | None:
    """Return the limit on open files if it is too low for a server; else None."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return most if most != resource.RLIM_INFINITY and most < LEAST_FILES else None


def most_connections() -> int:
    """Return the limit on gRPC connections, which leaves files for health checks and the rest."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 1 << 20 if soft == resource.RLIM_INFINITY else min(max(soft // 2, soft - FILES_OF_OTHERS), 1 << 20)
