"""Versions of catalogs that were written over the wire: the newest of each holds."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, func, insert, literal, select
from sqlalchemy.sql.elements import ColumnElement

from boxwright.store.errors import VersionTakenError
from boxwright.store.records import VersionRecord
from boxwright.store.tables import VERSIONS

LATER = VERSIONS.alias("later")


def superseded(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a version has a later one, for which some conditions hold."""
    newer = and_(LATER.c.catalog_id == VERSIONS.c.catalog_id, LATER.c.revision > VERSIONS.c.revision, *conditions)
    return exists(select(LATER.c.revision).where(newer))


def write_version(connection: Connection, version: VersionRecord) -> None:
    """Write a version.

    Raises
    ------
    IntegrityError
        If there is one of its number.
    """
    row = {name: getattr(version, name) for name in VersionRecord.__slots__}
    connection.execute(insert(VERSIONS), row)


def check_free(connection: Connection, version: VersionRecord) -> bool:
    """Return whether a version is to be written; False where it is written already.

    Raises
    ------
    VersionTakenError
        If somebody else wrote one of its number.
    """
    place = VERSIONS.c.catalog_id == version.catalog_id, VERSIONS.c.revision == version.revision
    there = connection.execute(select(VERSIONS).where(*place)).first()
    if there is None:
        return True
    if _record(there) != version:
        raise VersionTakenError(f"catalog {version.catalog_id!r} was written by another meanwhile")
    return False


class Versions:
    """Reads versions; used by many threads.

    Parameters
    ----------
    connection : callable
        Lends a connection that reads.
    """

    def __init__(self, connection: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._connection = connection

    def newest(self) -> dict[str, int]:
        """Return the number of the newest version of each catalog, those that were deleted included: cheap to ask."""
        newest = func.max(VERSIONS.c.revision).label("newest")
        asked = select(VERSIONS.c.catalog_id, newest).group_by(VERSIONS.c.catalog_id)
        with self._connection() as connection:
            return {row.catalog_id: row.newest for row in connection.execute(asked)}

    def current(self) -> list[VersionRecord]:
        """Return the newest version of each catalog that was not deleted, by catalog."""
        return self._read(select(VERSIONS).where(~superseded(), ~VERSIONS.c.deleted).order_by(VERSIONS.c.catalog_id))

    def last(self, catalog_id: str) -> VersionRecord | None:
        """Return the newest version of a catalog, which may say that it was deleted; None where there was never one."""
        found = self._read(select(VERSIONS).where(VERSIONS.c.catalog_id == catalog_id, ~superseded()))
        return found[0] if found else None

    def of(self, catalog_id: str) -> list[VersionRecord]:
        """Return all versions of a catalog that have a content, newest first; without it, which may have megabytes."""
        ours = VERSIONS.c.catalog_id == catalog_id, ~VERSIONS.c.deleted
        known = [literal(b"").label("content") if each is VERSIONS.c.content else each for each in VERSIONS.c]
        return self._read(select(*known).where(*ours).order_by(VERSIONS.c.revision.desc()))

    def one(self, catalog_id: str, revision: int) -> VersionRecord | None:
        """Return a version of a catalog; None where it is gone."""
        found = self._read(select(VERSIONS).where(VERSIONS.c.catalog_id == catalog_id, VERSIONS.c.revision == revision))
        return found[0] if found else None

    def _read(self, asked: Select[Any]) -> list[VersionRecord]:
        with self._connection() as connection:
            return [_record(row) for row in connection.execute(asked)]


def _record(row: Row[Any]) -> VersionRecord:
    values = {name: getattr(row, name) for name in VersionRecord.__slots__}
    return VersionRecord(**{**values, "content": bytes(row.content)})
