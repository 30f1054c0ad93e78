"""Memory that a large order took goes back to the system once it is answered, where the C library knows how."""

import ctypes
import gc
import os
from pathlib import Path
from typing import Any

GROWN_BYTES = 16 * 2**20
"""By how much a process must have grown during a job before memory is given back: less is soon used again."""

_LIBRARY: Any = ctypes.CDLL(None) if os.name == "posix" else None
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
