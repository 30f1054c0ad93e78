"""Memory that a large order took goes back to the system once it is answered, where the C library knows how."""

import ctypes
import os

GROWN_BYTES = 16 * 2**20
"""By how much a process must have grown during a job before memory is given back: less is soon used again."""

_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None


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


def give_back(before_bytes: int) -> None:
    """Give freed memory back to the system, if the process has grown much since it held ``before_bytes``."""
    if _TRIM is not None and resident_bytes() - before_bytes > GROWN_BYTES:
        _TRIM(0)
