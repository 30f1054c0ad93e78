"""Reads files whole that have to be regular and of a bounded size: no pipe or device holds up or floods who reads."""

import errno
import os
import stat
from pathlib import Path

_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
"""Opens a pipe without waiting for who writes to it; Windows has no such pipes."""


def read_regular(path: str | Path, most_bytes: int) -> bytes:
    """Return the content of a file.

    Parameters
    ----------
    path : str or path
        The file. Links are followed, as those that Kubernetes mounts.
    most_bytes : int
        Longest content.

    Raises
    ------
    OSError
        If it cannot be read, is no regular file, or is longer; ``strerror`` says which.
    """
    with open(path, "rb", opener=_opened) as file:  # the method of a path takes no opener
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it must be a regular file, no pipe or device", str(path))
        if found.st_size > most_bytes or len(content := file.read(most_bytes + 1)) > most_bytes:
            raise OSError(errno.EFBIG, f"it must have at most {most_bytes:,} bytes", str(path))
    return content


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | _AT_ONCE)
