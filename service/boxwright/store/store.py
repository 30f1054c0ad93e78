"""A store: written by one thread, read by any.

This is what ``server`` opens; importing it loads SQLAlchemy and Alembic, so it is imported where a store is on.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from boxwright.store.database import Database
from boxwright.store.errors import StoreError, StoreUnsuitableError
from boxwright.store.operations import Operations
from boxwright.store.reader import Reader
from boxwright.store.records import Durability, Entry, Keep
from boxwright.store.sweeper import Sweeper
from boxwright.store.writer import Watcher, Writer

OPEN_S = 5.0
"""How long a start waits until the store is open, in seconds."""


LOCK_SHARE = 0.75
"""Part of the time that a record may take for which a lock of another program is waited for, ``LOCK_S`` at least: the
record fails then, so that it is not written just after its caller has heard that it took too long."""


class Store:
    """Keeps plans, answers, outcomes and catalogs.

    Parameters
    ----------
    url : str
        Where, as ``check_url`` takes it.
    durability : Durability
        When a record counts as kept.
    sweeper : Sweeper
        What goes.
    watcher : Watcher
        Who hears how the writing goes.
    wait_s : float
        How long a record may take, in seconds.

    Attributes
    ----------
    read : Reader
        What is kept.
    operations : Operations
        Long-running operations.

    Raises
    ------
    StoreUnsuitableError
        If a later version made the tables, or its database has another encoding than UTF8. Any other failure is tried
        again with the next record; ``error`` says it.
    """

    def __init__(self, url: str, durability: Durability, sweeper: Sweeper, watcher: Watcher, wait_s: float) -> None:
        self._database = Database(url, durability, LOCK_SHARE * wait_s)
        self._writer = Writer(self._database, sweeper, watcher)
        self._wait_s = wait_s
        self.read = Reader(self._database)
        self.operations = Operations(self._database)
        self._writer.wait_until_opened(OPEN_S)
        if isinstance(self.error, StoreUnsuitableError):
            self.close(0.0)
            raise self.error

    @property
    def error(self) -> StoreError | None:
        """What the last transaction failed with, or what is damaged; None where neither is so."""
        return self._writer.error or self._database.damage

    @property
    def waiting(self) -> int:
        """Records that are not written yet."""
        return self._writer.waiting

    @contextmanager
    def coming(self) -> Iterator[None]:
        """Count an entry that is on its way until it is kept, or is not: others that come meanwhile wait for it.

        From the event loop alone.
        """
        self._writer.coming += 1
        try:
            yield
        finally:
            self._writer.coming -= 1

    def late(self, why: str) -> StoreError:
        """Return the error of an entry that is not written in time, and why that matters now."""
        return self._writer.late(why)

    async def write(self, entry: Entry, *, must: bool = True) -> None:
        """Return once an entry is kept; see ``Writer.write``."""
        await self._writer.write(entry, wait_s=self._wait_s, must=must)

    def close(self, timeout_s: float) -> bool:
        """Write what waits, and close; return whether that was done in time."""
        ended = self._writer.close(timeout_s)
        self._database.close()
        return ended


__all__ = ["Durability", "Keep", "Store", "Sweeper"]
