"""Memory that a large order took goes back to the system once it is answered, where the C library knows how."""

import ctypes
import gc
import os

GROWN_BYTES = 16 * 2**20
"""By how much a process must have grown during a job before memory is given back: less is soon used again."""

_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None


_MALLOPT = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
_MMAP_THRESHOLD = -3
"""Number of the option ``M_MMAP_THRESHOLD`` (mallopt(3))."""

LARGE_BLOCK_BYTES = 1 << 20


def keep_large_blocks_apart() -> None:
    """Have blocks from a megabyte on go back to the system as soon as they are freed, where the C library can.

    It would raise that bound by itself to the largest block that was freed so far: then the bodies of a few long
    requests lie among small blocks, which keep them from going back.
    """
    if _MALLOPT is not None:
        _MALLOPT(_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)


def _opened() -> int | None:
    """Open what Linux says of the memory of this process, for good: opening takes ten times as long as reading."""
    try:
        return os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return None


_STATM = _opened()


def _open_again() -> None:
    """Read on of this process, not of the one that it was copied from."""
    global _STATM
    _STATM = _opened()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_open_again)


def resident_bytes() -> int:
    """Return the memory that this process holds; 0 where the system does not say."""
    return 0 if _STATM is None else int(os.pread(_STATM, 256, 0).split()[1]) * os.sysconf("SC_PAGE_SIZE")


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
    if _TRIM is None or held_bytes - before_bytes <= GROWN_BYTES:
        return held_bytes
    _TRIM(0)
    return resident_bytes()
