"""The store: whether it can be reached and written, and has room."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from boxwright.errors import UnsupportedError
from boxwright.server.doctor.finding import Finding, Level
from boxwright.server.settings import Settings
from boxwright.store import (
    StoreAbsentError,
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreUnsuitableError,
    shown_url,
)
from boxwright.store.url import sqlite_path

LEAST_FREE_BYTES = 256 << 20
"""Free space below which a store of SQLite soon keeps nothing more."""

_MEND = {
    StoreCorruptError: "look at the path, or restore a backup",
    StoreUnsuitableError: "name such a database",
    StoreFullError: "free some space",
    StoreError: "see that it is there, and that the URL and the rights of the server's user are right",
}


def look_at_store(settings: Settings) -> Iterator[Finding]:
    """Yield lines on the store; nothing of it is made or changed."""
    from boxwright.store.store import Store

    if not settings.store:
        yield Finding("store", Level.OK, "there is none: plans are not kept")
        return
    where = shown_url(settings.store)
    try:
        store = Store(settings.store, make=False)
    except UnsupportedError as error:
        yield Finding("store", Level.FAIL, str(error), "install the extra")
        return
    try:
        store.open()
        store.check_writable()
        yield Finding("store", Level.OK, f"{where} can be reached and written")
    except StoreAbsentError:
        yield Finding("store", Level.OK, f"{where} is made at the first start")
    except StoreError as error:
        mend = next(mend for kind, mend in _MEND.items() if isinstance(error, kind))
        yield Finding("store", Level.FAIL, str(error), mend)
    finally:
        store.close()
    path = sqlite_path(settings.store)
    if path is not None and Path(path).parent.is_dir():
        yield _room(settings, Path(path))


def _room(settings: Settings, path: Path) -> Finding:
    free = shutil.disk_usage(path.parent).free
    used = sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))
    says = f"the disk has {_amount(free)} free, the store takes {_amount(used)}"
    if free < LEAST_FREE_BYTES:
        return Finding("store", Level.FAIL, says, "free some: a full disk keeps no plan")
    if settings.keep_plans_bytes and free + used < settings.keep_plans_bytes:
        says += f", and may grow to {_amount(settings.keep_plans_bytes)} (keep_plans_bytes)"
        return Finding("store", Level.WARN, says, "set keep_plans_bytes below what the disk has")
    return Finding("store", Level.OK, says)


def _amount(count: int) -> str:
    """Return bytes for a person: in GiB, or in MiB where there are few."""
    return f"{count / 2**30:,.1f} GiB" if count >= 2**30 else f"{count / 2**20:,.0f} MiB"
