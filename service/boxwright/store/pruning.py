"""Deletes plans and answers by age, size and id, a few rows per transaction, so that writers do not wait long."""

import contextlib
import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, delete, exists, func, select
from sqlalchemy.exc import IntegrityError

from boxwright.store import Keep
from boxwright.store.database import Database
from boxwright.store.reader import LATER, catalog_bytes, plan_bytes, superseded
from boxwright.store.tables import ANSWERS, CATALOGS, OPERATIONS, PLANS, VERSIONS

STEP = 100
"""Number of rows deleted per transaction, which takes some milliseconds."""

_GOING = (PLANS.c.plan_id, PLANS.c.bytes, PLANS.c.catalog_hash)


def now_us() -> int:
    """Return the present time in us since 1970 UTC."""
    return time.time_ns() // 1_000


def prune(database: Database, keep: Keep, removed: Callable[[str, int], None]) -> int:
    """See ``Store.prune``."""
    gone, before_us = 0, now_us() - keep.plan_us
    steps: list[tuple[str, Callable[[Connection], int]]] = []
    if keep.plan_us:
        old = select(*_GOING).where(PLANS.c.create_us < before_us).limit(STEP)
        steps.append(("age", lambda connection: _remove(connection, connection.execute(old).all())[0]))
    if keep.max_bytes:
        steps.append(("size", lambda connection: _remove_past(connection, keep.max_bytes)))
    for why, step in steps:
        while plans := _in_transaction(database, step):
            removed(why, plans)
            gone += plans
    if keep.answer_us:
        _delete_old(database, ANSWERS.c.key, ANSWERS.c.create_us < now_us() - keep.answer_us)
    if keep.plan_us:
        _delete_old(database, OPERATIONS.c.operation_id, OPERATIONS.c.end_us < before_us)
        replaced = delete(VERSIONS).where(superseded(LATER.c.create_us < before_us))
        _in_transaction(database, lambda connection: connection.execute(replaced).rowcount)
    _in_transaction(database, lambda connection: _remove_unused(connection, CATALOGS.c.catalog_hash.is_not(None)))
    return gone


def delete_plans(database: Database, plan_ids: Iterable[str]) -> int:
    """See ``Store.delete``."""
    gone, left = 0, iter(plan_ids)
    while some := list(itertools.islice(left, STEP)):
        chosen = select(*_GOING).where(PLANS.c.plan_id.in_(some))
        gone += _in_transaction(database, lambda connection: _remove(connection, connection.execute(chosen).all())[0])  # noqa: B023 - called at once
    return gone


def _in_transaction(database: Database, step: Callable[[Connection], int]) -> int:
    with database.writing() as connection:
        return step(connection)


def _delete_old(database: Database, key: Column[Any], is_old: Any) -> None:
    some = delete(key.table).where(key.in_(select(key).where(is_old).limit(STEP)))
    while _in_transaction(database, lambda connection: connection.execute(some).rowcount):
        pass


def _remove_past(connection: Connection, max_bytes: int) -> int:
    """Delete the oldest plans until the size is within the limit; return the number deleted."""
    gone, excess = 0, plan_bytes(connection) + catalog_bytes(connection) - max_bytes
    if excess > 0:
        oldest = select(*_GOING).order_by(PLANS.c.create_us, PLANS.c.plan_id).limit(STEP)
        for row in connection.execute(oldest).all():
            if excess <= 0:
                break
            plans, freed = _remove(connection, [row])
            gone, excess = gone + plans, excess - row.bytes - freed
    return gone


def _remove(connection: Connection, rows: Sequence[Any]) -> tuple[int, int]:
    """Delete plans, and catalogs that only these used; return the number of plans and the bytes of catalogs."""
    if not rows:
        return 0, 0
    # Plans that another replica deleted first are not counted.
    gone = connection.execute(delete(PLANS).where(PLANS.c.plan_id.in_([row.plan_id for row in rows]))).rowcount
    return gone, _remove_unused(connection, CATALOGS.c.catalog_hash.in_({row.catalog_hash for row in rows}))


def _remove_unused(connection: Connection, which: Any) -> int:
    """Delete the catalogs among ``which`` that no plan uses; return their bytes."""
    unused = delete(CATALOGS).where(~exists().where(PLANS.c.catalog_hash == CATALOGS.c.catalog_hash), which)
    # If another program is just storing a plan with one of the catalogs, all are kept until the next time.
    with contextlib.suppress(IntegrityError), connection.begin_nested():
        return sum(connection.scalars(unused.returning(func.length(CATALOGS.c.content))))
    return 0
