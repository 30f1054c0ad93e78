"""What goes by age and size, a few rows at a time: the writer takes a step where nobody waits."""

import contextlib
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, delete, exists, func, select
from sqlalchemy.exc import IntegrityError

from boxwright.store.errors import StoreError
from boxwright.store.records import Keep
from boxwright.store.tables import ANSWERS, CATALOGS, OPERATIONS, PLANS, TEXTS, VERSIONS
from boxwright.store.versions import LATER, superseded

STEP = 100
"""Rows that go in one transaction: it takes some milliseconds."""

EVERY_S = 60.0
"""Time between two rounds, in seconds."""

_SHARED = (
    (CATALOGS, CATALOGS.c.catalog_hash, PLANS.c.catalog_hash),
    (TEXTS, TEXTS.c.texts_hash, PLANS.c.texts_hash),
)
"""Tables of what plans have in common, each content once, with its hash there and in the plans."""

_GOING = (PLANS.c.plan_id, PLANS.c.bytes, PLANS.c.catalog_hash, PLANS.c.texts_hash)
"""What is looked at of plans that go."""


def now_us() -> int:
    """Return the time in us since 1970 UTC."""
    return time.time_ns() // 1_000


def plan_bytes(connection: Connection) -> int:
    """Return the bytes of all requests and answers of plans."""
    return int(connection.scalar(select(func.coalesce(func.sum(PLANS.c.bytes), 0))) or 0)


def shared_bytes(connection: Connection) -> int:
    """Return the bytes of what plans have in common, each content once; databases know lengths without the contents."""
    return sum(
        int(connection.scalar(select(func.coalesce(func.sum(func.length(each.c.content)), 0))) or 0)
        for each, _, _ in _SHARED
    )


def _freed_by(connection: Connection, rows: Sequence[Any]) -> Counter[int]:
    """Return the bytes of what nobody needs once the plans of some rows are gone, by the last row that needs it."""
    found: Counter[int] = Counter()
    plan_ids = [row.plan_id for row in rows]
    for shared, content_hash, name in _SHARED:
        last = {getattr(row, name.name): at for at, row in enumerate(rows)}
        others = exists().where(name == content_hash, PLANS.c.plan_id.not_in(plan_ids))
        asked = select(content_hash, func.length(shared.c.content)).where(
            content_hash.in_(last.keys() - {None}), ~others
        )
        for each, size in connection.execute(asked):
            found[last[each]] += size
    return found


class SweepWatcher(Protocol):
    """Hears what goes; called from one thread."""

    def removed(self, why: str, plans: int) -> None:
        """Plans went for good, by age or by size."""

    def rested(self, removed: Mapping[str, int]) -> None:
        """A round ended, or steps of it went well before one failed; so many plans went, by ``age`` and ``size``."""

    def failed(self, error: StoreError) -> None:
        """A step failed: what it had taken out is still there."""


class Sweeper:
    """Takes out what is older, or more, than is to be kept.

    Parameters
    ----------
    keep : Keep
        What stays.
    watcher : SweepWatcher, optional
        Hears what goes. Default: nobody does.
    every_s : float, optional
        Time between two rounds, in seconds.
    """

    def __init__(self, keep: Keep, watcher: SweepWatcher | None = None, every_s: float = EVERY_S) -> None:
        self._keep = keep
        self._watcher = watcher
        self._every_s = every_s
        self._due_s = time.monotonic()
        self._taken: Counter[str] = Counter()  # by a step that is not committed yet
        self._gone: Counter[str] = Counter()  # in this round
        self._over = False
        self._shared: int | None = None  # bytes of catalogs and texts, in this round; None: not looked at
        self._freed = 0  # of them, by a step that is not committed yet

    def due_in_s(self) -> float:
        """Return in how many seconds the next step is due."""
        return self._due_s - time.monotonic()

    def rest(self) -> None:
        """Go on in the next round."""
        self._due_s = time.monotonic() + self._every_s
        self._over = True
        self._shared = None

    def step(self, connection: Connection) -> bool:
        """Take out a few rows, and return whether there were any; where there are none, rest until the next round.

        ``committed`` or ``failed`` has to follow, once it is known what becomes of the transaction.
        """
        self._taken.clear()  # of one whose connection ended, which is done again
        self._freed = 0
        kinds = self._old, self._too_many, self._answers, self._old_operations
        if any(take_out(connection) for take_out in kinds):
            return True
        taken = self._unused(connection) + self._old_versions(connection)
        self.rest()
        return taken > 0

    def take_out(self, connection: Connection, plan_ids: Sequence[str]) -> None:
        """Take out some plans, whatever is to be kept; ``committed`` or ``failed`` has to follow, as after a step."""
        self._taken.clear()
        self._freed = 0
        self._remove(
            connection, "asked", connection.execute(select(*_GOING).where(PLANS.c.plan_id.in_(plan_ids))).all()
        )

    def committed(self) -> None:
        """Let it be known what the last step took out."""
        for why, plans in self._taken.items():
            if self._watcher is not None and plans:
                self._watcher.removed(why, plans)
        self._gone += self._taken
        self._taken.clear()
        if self._shared is not None:
            self._shared -= self._freed
        if self._over:
            self._end_round()

    def failed(self, error: StoreError) -> None:
        """Forget what the last step took out, and rest until the next round."""
        self._taken.clear()
        self.rest()
        if self._gone:
            self._end_round()
        self._over = False
        if self._watcher is not None:
            self._watcher.failed(error)

    def _end_round(self) -> None:
        if self._watcher is not None:
            self._watcher.rested(dict(self._gone))
        self._gone.clear()
        self._over = False

    def _old(self, connection: Connection) -> int:
        if not self._keep.plan_us:
            return 0
        old = select(*_GOING).where(PLANS.c.create_us < now_us() - self._keep.plan_us).limit(STEP)
        return self._remove(connection, "age", connection.execute(old).all())

    def _too_many(self, connection: Connection) -> int:
        if not self._keep.max_bytes:
            return 0
        if self._shared is None:
            self._shared = shared_bytes(connection)
        excess = plan_bytes(connection) + self._shared - self._keep.max_bytes
        if excess <= 0:
            return 0
        oldest = select(*_GOING).order_by(PLANS.c.create_us, PLANS.c.plan_id).limit(STEP)
        rows = connection.execute(oldest).all()
        frees = _freed_by(connection, rows)
        going = 0
        while excess > 0 and going < len(rows):
            excess -= rows[going].bytes + frees[going]
            going += 1
        return self._remove(connection, "size", rows[:going])

    def _remove(self, connection: Connection, why: str, rows: Sequence[Any]) -> int:
        """Take out plans, and the catalogs and texts that no other plan needs; return how many were chosen."""
        if not rows:
            return 0
        frees = _freed_by(connection, rows)
        ours = delete(PLANS).where(PLANS.c.plan_id.in_([row.plan_id for row in rows]))
        # Not as many as were chosen: another replica may choose the same, and delete them first.
        self._taken[why] += connection.execute(ours).rowcount
        # Another program keeps a plan of one of them in this moment: all stay until the end of the round.
        with contextlib.suppress(IntegrityError), connection.begin_nested():
            for shared, content_hash, name in _SHARED:
                used = {getattr(row, name.name) for row in rows} - {None}
                free = content_hash.in_(used), ~exists().where(name == content_hash)
                connection.execute(delete(shared).where(*free))
            self._freed += sum(frees.values())
        return len(rows)

    def _answers(self, connection: Connection) -> int:
        if not self._keep.answer_us:
            return 0
        old = select(ANSWERS.c.key).where(ANSWERS.c.create_us < now_us() - self._keep.answer_us).limit(STEP)
        keys = list(connection.scalars(old))
        if keys:
            connection.execute(delete(ANSWERS).where(ANSWERS.c.key.in_(keys)))
        return len(keys)

    def _unused(self, connection: Connection) -> int:
        """Take out catalogs and texts that no plan needs."""
        taken = 0
        for each, content_hash, name in _SHARED:
            # Another program keeps a plan of one of them in this moment: all stay until the next round.
            with contextlib.suppress(IntegrityError), connection.begin_nested():
                taken += connection.execute(delete(each).where(~exists().where(name == content_hash))).rowcount
        return taken

    def _old_versions(self, connection: Connection) -> int:
        """Take out versions of catalogs that were replaced, or deleted, before the oldest plan that stays."""
        if not self._keep.plan_us:
            return 0
        replaced = superseded(LATER.c.create_us < now_us() - self._keep.plan_us)
        return connection.execute(delete(VERSIONS).where(replaced)).rowcount

    def _old_operations(self, connection: Connection) -> int:
        """Take out operations that ended as long ago as plans are kept."""
        if not self._keep.plan_us:
            return 0
        name, end_us = OPERATIONS.c.operation_id, OPERATIONS.c.end_us
        names = list(connection.scalars(select(name).where(end_us < now_us() - self._keep.plan_us).limit(STEP)))
        if names:
            connection.execute(delete(OPERATIONS).where(name.in_(names)))
        return len(names)
