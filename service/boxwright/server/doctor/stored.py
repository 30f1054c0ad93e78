"""The store: whether it can be reached and written, and what version its tables are of."""

import importlib.util
from collections.abc import Iterator

from boxwright.server.doctor.finding import Finding, Level
from boxwright.server.settings import Settings
from boxwright.server.store_extra import NEEDED
from boxwright.store import StoreCorruptError, StoreError, StoreFullError, StoreUnsuitableError, shown_url
from boxwright.store.url import sqlite_path

LEAST_FREE_BYTES = 256 << 20
"""Free space below which a store of SQLite soon keeps nothing more."""


def look_at_store(settings: Settings) -> Iterator[Finding | float]:
    """Yield lines on the store, and by how much its clock is ahead, in seconds, where it has one."""
    if not settings.store:
        yield Finding("store", Level.OK, "there is none: plans are not kept")
        return
    if any(importlib.util.find_spec(each) is None for each in NEEDED):
        yield Finding("store", Level.FAIL, "its extra is not installed", "pip install '.[store]' in the source folder")
        return
    from boxwright.store.examine import examine

    try:
        found = examine(settings.store)
    except StoreError as error:
        yield Finding("store", Level.FAIL, str(error), _mend(error, settings.store))
        return
    where = shown_url(settings.store)
    if found.too_new:
        says = f"{where} has the tables of a later version ({found.revision}); this one knows them up to {found.newest}"
        yield Finding("store", Level.FAIL, says, "run that version, or restore a backup made before it")
    elif found.revision is None:
        yield Finding("store", Level.OK, f"{where} can be reached; its tables are made at the first start")
    elif found.revision != found.newest:
        says = f"{where} has tables of version {found.revision}, which the next start brings to {found.newest}"
        yield Finding("store", Level.WARN, says, "back it up first: an earlier release does not start with them")
    else:
        yield Finding("store", Level.OK, f"{where} can be reached, with tables of version {found.revision}")
    if not found.writable:
        yield Finding(
            "store", Level.FAIL, f"{where} cannot be written: {found.why_not}", "give the server's user the right"
        )
    yield from _space(settings, found.free_bytes, found.used_bytes)
    if found.ahead_s is not None:
        yield found.ahead_s


def _mend(error: StoreError, url: str) -> str:
    if isinstance(error, StoreCorruptError):
        return "look at the path, or restore a backup"
    if isinstance(error, StoreUnsuitableError):
        return "name such a database, and move there what the other holds: pg_dump, then pg_restore"
    if isinstance(error, StoreFullError):
        return "free some space"
    if sqlite_path(url):
        return "see that its folder is there, and that the server's user may write the file"
    return "see that the database runs, and that the URL and the rights of its user are right"


def _amount(count: int) -> str:
    """Return bytes for a person: in GiB, or in MiB where there are few."""
    return f"{count / 2**30:,.1f} GiB" if count >= 2**30 else f"{count / 2**20:,.0f} MiB"


def _space(settings: Settings, free_bytes: int | None, used_bytes: int) -> Iterator[Finding]:
    if free_bytes is None:
        yield Finding("store", Level.OK, f"the database takes {_amount(used_bytes)}; it keeps its free space to itself")
        return
    says = f"the disk has {_amount(free_bytes)} free, the store takes {_amount(used_bytes)}"
    if free_bytes < LEAST_FREE_BYTES:
        yield Finding("store", Level.FAIL, says, "free some: a full disk keeps no plan")
    elif settings.keep_plans_bytes and free_bytes + used_bytes < settings.keep_plans_bytes:
        says += f", and may grow to {_amount(settings.keep_plans_bytes)} (keep_plans_bytes)"
        yield Finding("store", Level.WARN, says, "set keep_plans_bytes below what the disk has")
    else:
        yield Finding("store", Level.OK, says)
