"""Versions of catalogs that were written over the wire: the newest of each holds."""

from typing import Any

from sqlalchemy import Select, and_, exists, func, literal, select
from sqlalchemy.sql.elements import ColumnElement

from boxwright.store.database import Database
from boxwright.store.records import VersionRecord
from boxwright.store.tables import VERSIONS

LATER = VERSIONS.alias("later")


def superseded(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a version has a later one, for which some conditions hold."""
    newer = and_(LATER.c.catalog_id == VERSIONS.c.catalog_id, LATER.c.revision > VERSIONS.c.revision, *conditions)
    return exists(select(LATER.c.revision).where(newer))


class Versions:
    """Reads versions; used by many threads. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self) -> dict[str, int]:
        """Return the number of the newest version of each catalog, those that were deleted included: cheap to ask."""
        newest = func.max(VERSIONS.c.revision).label("newest")
        asked = select(VERSIONS.c.catalog_id, newest).group_by(VERSIONS.c.catalog_id)
        with self._database.reading() as connection:
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
        known = [literal(b"").label(column.name) if column is VERSIONS.c.content else column for column in VERSIONS.c]
        return self._read(select(*known).where(*ours).order_by(VERSIONS.c.revision.desc()))

    def one(self, catalog_id: str, revision: int) -> VersionRecord | None:
        """Return a version of a catalog; None where it is gone."""
        found = self._read(select(VERSIONS).where(VERSIONS.c.catalog_id == catalog_id, VERSIONS.c.revision == revision))
        return found[0] if found else None

    def _read(self, asked: Select[Any]) -> list[VersionRecord]:
        with self._database.reading() as connection:
            return [VersionRecord(*row) for row in connection.execute(asked)]
