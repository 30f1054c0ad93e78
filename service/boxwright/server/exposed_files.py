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


def exposure(path: str) -> str:
    """Return who else may do what with a file, and how that is ended; empty where nobody may, or it is not there."""
    if os.name != "posix":  # modes say nothing there
        return ""
    with contextlib.suppress(OSError):
        mode = Path(path).stat().st_mode
        may = [
            f"{'everybody' if mode & others else 'its group'} may {action} it"
            for action, others, group in _BITS
            if mode & (others | group)
        ]
        return f"{path}: {', '.join(may)}: chmod go-rwx {path}" if may else ""
    return ""


def exposed_files(settings: "Settings") -> Iterator[tuple[str, str]]:
    """Yield the setting and the exposure of each file that others may read or write."""
    for name, path in sensitive_files(settings):
        if says := exposure(path):
            yield name, says


def sensitive_files(settings: "Settings") -> Iterator[tuple[str, str]]:
    """Yield the files of settings that nobody else is to read or write, with the setting that names each."""
    store = sqlite_path(settings.store)
    named = (("tls_key", settings.tls_key), ("tokens_file", settings.tokens_file), ("store", store))
    yield from ((name, path) for name, path in named if path)
    for end in ("-wal", "-shm"):  # of SQLite: what was written last
        if store and Path(f"{store}{end}").exists():
            yield "store", f"{store}{end}"
