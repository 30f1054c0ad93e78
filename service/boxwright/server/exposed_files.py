"""Files with secrets, or with what is stored: whether others than their owner may read or write them."""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from boxwright.store.url import sqlite_path

if TYPE_CHECKING:
    from boxwright.server.settings import Settings

_BITS = (("read", stat.S_IROTH, stat.S_IRGRP), ("write", stat.S_IWOTH, stat.S_IWGRP))


def exposure(path: str, *, group_reads: bool = False) -> str:
    """Return who else may do what with a file, and how that is ended; empty where nobody may, or it is no file.

    Where its group may read it by design, that is not said: so it is where root owns the file and another group than
    root's has it, as systemd and Kubernetes hand secrets to a service.
    """
    if os.name != "posix":  # modes say nothing there
        return ""
    with contextlib.suppress(OSError):
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode):  # a folder that was meant to be a file is not to be closed to others
            return ""
        group_reads = group_reads or (status.st_uid == 0 != status.st_gid)
        mode = status.st_mode & ~(stat.S_IRGRP if group_reads else 0)
        may = [
            f"{'everybody' if mode & others else 'its group'} may {action} it"
            for action, others, group in _BITS
            if mode & (others | group)
        ]
        taken = "g-wx,o-rwx" if group_reads else "go-rwx"
        return f"{path}: {', '.join(may)}: chmod {taken} {path}" if may else ""
    return ""


def exposed_files(settings: "Settings") -> Iterator[tuple[str, str]]:
    """Yield the setting and the exposure of each file that others may read or write."""
    store = sqlite_path(settings.store)
    named = [("tls_key", settings.tls_key), ("tokens_file", settings.tokens_file), ("store", store)]
    if store:  # beside a file of SQLite there is what was written last
        named += [("store", f"{store}-wal"), ("store", f"{store}-shm")]
    for name, path in named:
        # A file of tokens holds hashes, which a server may read as its group.
        if path and (says := exposure(path, group_reads=name == "tokens_file")):
            yield name, says
