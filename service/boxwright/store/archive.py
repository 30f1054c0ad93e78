"""A store from outside a server: for those who look into it, or take something out."""

import contextlib
import itertools
import shlex
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Connection, inspect

from boxwright.store.database import Database, rewrite
from boxwright.store.errors import StoreError, StoreFullError, StoreUnreachableError
from boxwright.store.faults import FAULTS, store_error
from boxwright.store.migrate import check_known, revision_of
from boxwright.store.reader import Reader
from boxwright.store.records import Durability, Keep
from boxwright.store.sweeper import STEP, Sweeper
from boxwright.store.tables import VERSIONS

_LEFT = "Copies of what was deleted may stay in the files until the next plans delete or prune, or"


class Archive:
    """Reads a store, and deletes from it; a server may be at work on it meanwhile.

    Parameters
    ----------
    url : str
        As ``check_url`` takes it.

    Attributes
    ----------
    read : Reader
        What is kept.
    left : str
        Why what ``delete`` or ``prune`` took out last may still be read in the files of SQLite, in one line that says
        what to do; empty where it cannot.

    Raises
    ------
    StoreError
        If there is no store, or it cannot be read; StoreUnsuitableError if it is none that this version can use.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url, Durability.FULL)
        if self._database.path is not None and not self._database.is_there():
            raise StoreUnreachableError(f"there is no store at {self._database.path}")
        try:
            with self._database.reader.connect() as connection:
                check_known(revision_of(connection))
        except FAULTS as error:
            self.close()
            raise store_error(error) from error
        self.read = Reader(self._database)
        self.left = ""

    def has_catalogs(self) -> bool:
        """Return whether it has the table of catalogs; one that is new, or of an early version, has none.

        Raises
        ------
        StoreError
            If the database fails.
        """
        try:
            with self._database.reader.connect() as connection:
                return inspect(connection).has_table(VERSIONS.name)
        except FAULTS as error:
            raise store_error(error) from error

    def prune(self, keep: Keep) -> int:
        """Delete what is older or more than is to be kept, as a server does; return how many plans went.

        A file of SQLite is then written anew, without copies of what was deleted, also by a server; ``left`` says where
        that was not possible.

        Raises
        ------
        StoreError
            If the database fails; what went before stays gone.
        """
        gone = _Gone()
        sweeper = Sweeper(keep, gone)
        with self._deleting() as connection:
            while sweeper.due_in_s() <= 0:
                with connection.begin():
                    sweeper.step(connection)
                sweeper.committed()
        return gone.plans

    def delete(self, plan_ids: Iterable[str]) -> int:
        """Delete plans with their outcomes and what no other plan needs; return how many of them were there.

        A file of SQLite is then written anew, as by ``prune``.

        Raises
        ------
        StoreError
            If the database fails; what went before stays gone.
        """
        gone, left = _Gone(), iter(plan_ids)
        sweeper = Sweeper(Keep(), gone)
        with self._deleting() as connection:
            while some := list(itertools.islice(left, STEP)):
                with connection.begin():
                    sweeper.take_out(connection, some)
                sweeper.committed()
        return gone.plans

    @contextlib.contextmanager
    def _deleting(self) -> Iterator[Connection]:
        try:
            with self._database.writer.connect() as connection:
                yield connection
                why = rewrite(connection)
        except FAULTS as error:
            found = store_error(error)
            if isinstance(found, StoreFullError):
                found = StoreFullError(f"{found}: free disk space first, since deleting needs some of its own")
            raise found from error
        path = self._database.path
        self.left = f"{_LEFT} `sqlite3 {shlex.quote(str(path))} VACUUM`: {why}" if why else ""

    def close(self) -> None:
        """Close it."""
        self._database.close()


class _Gone:
    """Counts the plans that went."""

    def __init__(self) -> None:
        self.plans = 0

    def removed(self, _: str, plans: int) -> None:
        self.plans += plans

    def rested(self, removed: Mapping[str, int]) -> None:
        pass

    def failed(self, error: StoreError) -> None:
        pass
