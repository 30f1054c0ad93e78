"""Files that appear whole or not at all."""

import contextlib
import errno
import io
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, TextIO


@contextlib.contextmanager
def whole_file(path: Path, *, private: bool = False, follow: bool = True) -> Iterator[TextIO]:
    """Open a file for writing text that appears whole or not at all; see :func:`whole_binary_file`."""
    with whole_binary_file(path, private=private, follow=follow) as raw:
        file = io.TextIOWrapper(raw, encoding="utf-8", newline="\n", write_through=True)
        yield file
        file.flush()
        file.detach()


@contextlib.contextmanager
def whole_binary_file(path: Path, *, private: bool = False, follow: bool = True) -> Iterator[BinaryIO]:
    """Open a temporary file beside ``path`` for writing bytes; rename it to ``path`` at the end.

    A private file is its owner's alone to read and to write, and is on the disk before it takes its name. Where it
    takes the place of another it belongs to the same owner and group, as far as the system lets it, and that group may
    read it on: a server that runs as another user reads it through its group.

    Where the body raises, the temporary file is removed and what was at ``path`` stays as it was. A link is followed,
    so that it stays one. A device or pipe, such as ``/dev/stdout``, is written to as it is: a file must not take its
    place. Without ``follow`` links are refused, as are pipes and devices other than the system's: in a folder that
    others may write to, somebody else may have put them there.

    Raises
    ------
    OSError
        Naming ``path``, if it cannot be written or is a folder, or if it is ``-``, which others take for standard
        output.
    """
    if path.name == str(path) == "-":
        raise OSError(errno.EINVAL, "names no file: standard output is /dev/stdout", "-")
    given, path = path, path.resolve() if follow else path.parent.resolve() / path.name
    if not follow:
        _check_plain(given)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(given))
    if is_device(given):
        with io.BufferedWriter(_Named(given, given)) as file:
            yield file
        return
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.", suffix=".part")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(given)) from None
    temporary = Path(name)
    try:
        with io.BufferedWriter(_Named(handle, given)) as file:
            yield file
            if private:
                file.flush()
                if follow:  # else what is there may be another user's, who would read it
                    _keep_readers(file.fileno(), path)
                os.fsync(file.fileno())
        if not private:
            # A temporary file is private; the result gets the permissions of any new file.
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


class _Named(io.FileIO):
    """A file whose errors of writing name the file that it is to become; a full disk is then no riddle."""

    def __init__(self, file: int | Path, named: Path) -> None:
        super().__init__(file, "wb")
        self._named = named

    def write(self, data: Any, /) -> int:
        """Write bytes."""
        try:
            return super().write(data)
        except OSError as error:
            raise OSError(error.errno, error.strerror or str(error), str(self._named)) from None


def _keep_readers(descriptor: int, path: Path) -> None:
    """Give a private file the owner and group of the one whose place it takes, and let that group read it on."""
    if path.exists() and hasattr(os, "fchown"):
        before = path.stat()
        with contextlib.suppress(PermissionError):  # it stays its writer's alone
            os.fchown(descriptor, before.st_uid, before.st_gid)
            os.fchmod(descriptor, 0o600 | before.st_mode & stat.S_IRGRP)


_OF_THE_SYSTEM = (Path("/dev"), Path("/dev/fd"))
"""Folders of devices and pipes that no other user puts there; ``/dev/shm`` is everybody's."""


def _check_plain(path: Path) -> None:
    """Raise OSError where a path is a link, or leads into a pipe or device, unless it is one of the system's own."""
    if path.absolute().parent in _OF_THE_SYSTEM:
        return
    if path.is_symlink():
        raise OSError(errno.ELOOP, "is a link, and this file is written through none", str(path))
    if is_device(path) and not path.is_dir():
        raise OSError(errno.EINVAL, "is a pipe or device, and this file is written into none outside /dev", str(path))


def is_device(path: Path) -> bool:
    """Whether a path is a device or pipe, and no file that others can stand next to."""
    return path.exists() and not path.is_file()  # the path as given: /dev/stdout leads to a name that is in no folder


def write_whole(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    with whole_file(path) as file:
        file.write(text)
