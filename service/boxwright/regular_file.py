"""Reads whole files that must be regular and of limited size, so that no pipe or device blocks the reader."""

import errno
import os
import stat
from pathlib import Path


def read_regular(path: str | Path, most_bytes: int) -> bytes:
    """Return the content of a file.

    Parameters
    ----------
    path : str or path
        The file. Links are followed, such as those that Kubernetes mounts.
    most_bytes : int
        Maximum size, in bytes.

    Raises
    ------
    OSError
        If the file cannot be read, is not regular, or is too long; ``strerror`` gives the reason.
    """
    with open(path, "rb", opener=_at_once) as file:  # Path.open has no opener
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it must be a regular file, not a pipe or device", str(path))
        if found.st_size > most_bytes or len(content := file.read(most_bytes + 1)) > most_bytes:
            raise OSError(errno.EFBIG, f"it must have at most {most_bytes:,} bytes", str(path))
    return content


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe is opened without waiting for its writer
