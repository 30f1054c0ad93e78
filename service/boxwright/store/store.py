"""The store. Importing this module loads SQLAlchemy, so import it only to open a store."""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, delete, exists, false, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from boxwright.store import (
    AnswerTakenError,
    Entry,
    Keep,
    PlanGoneError,
    PlanRecord,
    StoreError,
    VersionTakenError,
)
from boxwright.store.database import Database
from boxwright.store.operations import Operations
from boxwright.store.pruning import delete_plans, prune
from boxwright.store.reader import Reader
from boxwright.store.tables import ANSWERS, CATALOGS, OUTCOMES, PLANS, VERSIONS, boxes_text

MOST_KNOWN = 10_000
"""Maximum number of catalogs remembered as stored; beyond it all are discarded."""

_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

Refused = StoreError | AnswerTakenError | PlanGoneError | VersionTakenError
"""Errors that refuse an entry."""


class Store:
    """Plans, answers, outcomes, catalogs and operations in a database, for many threads.

    Parameters
    ----------
    url : str
        Database URL that ``check_url`` accepts.
    wait_s : float, optional
        Maximum wait for a lock of another program, in seconds. Default 5.
    make : bool, optional
        True creates a missing store. Default True.

    Raises
    ------
    UnsupportedError
        If the extra ``postgres`` is needed but not installed.
    """

    def __init__(self, url: str, wait_s: float = 5.0, *, make: bool = True) -> None:
        self._database = Database(url, wait_s, make=make)
        self._known: set[str] = set()  # hashes of stored catalogs
        self.read = Reader(self._database)
        self.operations = Operations(self._database)

    def open(self) -> None:
        """Open the store now rather than with the first transaction; raises as ``Database.open``."""
        self._database.open()

    def check_writable(self) -> None:
        """Raise StoreError if records cannot be written, such as on a standby or without rights to a table."""
        with self._database.writing() as connection:
            connection.execute(delete(PLANS).where(false()))

    def write(self, entries: Sequence[Entry]) -> list[Refused | None]:
        """Write entries, in one transaction if none is refused; return, for each entry, None or its error."""
        try:
            self._write(entries)
        except IntegrityError:
            return [self._write_alone(entry) for entry in entries]
        except StoreError as error:
            return [error] * len(entries)
        return [None] * len(entries)

    def prune(self, keep: Keep, removed: Callable[[str, int], None] = lambda why, plans: None) -> int:
        """Delete all that retention does not keep, in small steps; return the number of plans deleted.

        ``removed`` is called after each step with the reason (``age`` or ``size``) and the number of plans. Raises
        StoreError; earlier steps stay done.
        """
        return prune(self._database, keep, removed)

    def delete(self, plan_ids: Iterable[str]) -> int:
        """Delete plans with their dependent records; return how many existed. Raises StoreError."""
        return delete_plans(self._database, plan_ids)

    def close(self) -> None:
        """Close the store."""
        self._database.close()

    def _write_alone(self, entry: Entry) -> Refused | None:
        for _ in range(2):  # between write and diagnosis another program may change records that the entry needs
            try:
                self._write([entry])
            except StoreError as error:
                return error
            except IntegrityError as error:
                refused = self._why_refused(entry, error)
                if not isinstance(refused, StoreError):
                    return refused
            else:
                return None
        return refused

    def _why_refused(self, entry: Entry, error: Exception) -> Refused:
        try:
            with self._database.reading() as connection:
                if entry.answer and _is_there(connection, ANSWERS.c.key == entry.answer.key):
                    return AnswerTakenError("an answer is stored already")
                if entry.outcome and not _is_there(connection, PLANS.c.plan_id == entry.outcome.plan_id):
                    return PlanGoneError("the plan is not stored any more")
                version = entry.version
                if version and _is_there(
                    connection, VERSIONS.c.catalog_id == version.catalog_id, VERSIONS.c.revision == version.revision
                ):
                    return VersionTakenError(f"catalog {version.catalog_id!r} was written by another caller meanwhile")
        except StoreError as failed:
            return failed
        return StoreError(f"{StoreError.public_message}: {error}")

    def _write(self, entries: Sequence[Entry]) -> None:
        """Write entries in one transaction. Rows that replicas may write too have a fixed order, to avoid deadlocks.

        Raises IntegrityError if an answer or version exists, or the plan or catalog of an entry does not.
        """
        catalogs = {entry.catalog.catalog_hash: entry.catalog for entry in entries if entry.catalog}
        fresh = sorted(catalogs.keys() - self._known)
        try:
            with self._database.writing() as connection:
                made = _INSERT[connection.dialect.name]
                for catalog_hash in fresh:
                    connection.execute(made(CATALOGS).on_conflict_do_nothing(), _row(catalogs[catalog_hash]))
                if plans := [_plan_row(entry.plan) for entry in entries if entry.plan]:
                    connection.execute(insert(PLANS), plans)
                if answers := [entry.answer for entry in entries if entry.answer]:
                    connection.execute(insert(ANSWERS), [_row(answer) for answer in sorted(answers, key=_KEY)])
                for outcome in sorted([entry.outcome for entry in entries if entry.outcome], key=_PLAN_ID):
                    values = _row(outcome)
                    kept = made(OUTCOMES).values(values)
                    connection.execute(kept.on_conflict_do_update(index_elements=[OUTCOMES.c.plan_id], set_=values))
                for version in [entry.version for entry in entries if entry.version]:
                    connection.execute(insert(VERSIONS), _row(version))
        except IntegrityError:
            self._known.clear()  # another program may have deleted some
            raise
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        self._known.update(fresh)


_KEY, _PLAN_ID = attrgetter("key"), attrgetter("plan_id")


def _row(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}


def _plan_row(plan: PlanRecord) -> dict[str, Any]:
    size = len(plan.request) + len(plan.answer)
    return {**_row(plan), "box_type_ids": boxes_text(plan.box_type_ids), "bytes": size}


def _is_there(connection: Connection, *conditions: Any) -> bool:
    return bool(connection.scalar(select(exists().where(*conditions))))
