"""Memory and open files of this process: returns freed memory to the system, and raises the limit on open files."""

import contextlib
import ctypes
import os
import resource
from pathlib import Path
from typing import Any

GROWN_BYTES = 16 * 2**20
"""Minimum growth of a process for freed memory to be returned after a job; less is soon used again."""

_LIBRARY: Any = ctypes.CDLL(None)
_MMAP_THRESHOLD, LARGE_BLOCK_BYTES = -3, 1 << 20
"""``M_MMAP_THRESHOLD`` of mallopt(3), and the value it is set to."""


def keep_large_blocks_apart() -> None:
    """Make the C library return blocks of a megabyte or more to the system as soon as they are freed.

    By default it raises this threshold to the largest block freed so far. The bodies of long requests would then lie
    among small blocks, which keep their memory from being returned.
    """
    if hasattr(_LIBRARY, "mallopt"):
        _LIBRARY.mallopt(_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)


def resident_bytes(pid: int | str = "self") -> int:
    """Return the resident memory of a process, by default this one, in bytes; 0 if the system does not report it."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def give_back(before_bytes: int) -> int:
    """Give freed memory back if the process has grown much beyond ``before_bytes``; return its memory in bytes."""
    held_bytes = resident_bytes()
    if held_bytes - before_bytes <= GROWN_BYTES or not hasattr(_LIBRARY, "malloc_trim"):
        return held_bytes
    _LIBRARY.malloc_trim(0)
    return resident_bytes()


def raise_descriptor_limit() -> None:
    """Raise this process's limit on open files, one per connection, to the hard limit of the system."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(ValueError, OSError):  # some systems refuse their own "unlimited"
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
