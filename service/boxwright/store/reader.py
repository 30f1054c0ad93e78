"""Reads stored plans, answers and catalogs."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, func, literal, or_, select
from sqlalchemy.sql.elements import ColumnElement

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.store import AnswerRecord, CatalogRecord, PlanRecord, Sizes, StoredPlan, VersionRecord
from boxwright.store.database import Database
from boxwright.store.filters import condition
from boxwright.store.tables import ANSWERS, CATALOGS, OUTCOMES, PLANS, VERSIONS

ORDERS = {"create_time": PLANS.c.create_us, "order_id": PLANS.c.order_id}
"""Fields that lists can be ordered by; ties are ordered by plan id."""

READ_AT_ONCE = 20
"""Number of plans of a list in memory at a time, since a plan may be megabytes."""

Cursor = tuple[str | int, str]
"""End of a page: the sort value and the plan id."""

_STORED = select(PLANS, OUTCOMES.c.content.label("outcome")).select_from(
    PLANS.outerjoin(OUTCOMES, OUTCOMES.c.plan_id == PLANS.c.plan_id)
)


class Reader:
    """Reads a store, for many threads. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.versions = Versions(database)

    def plan(self, plan_id: str) -> StoredPlan | None:
        """Return a plan; None if there is none."""
        with self._database.reading() as connection:
            row = connection.execute(_STORED.where(PLANS.c.plan_id == plan_id)).first()
        return None if row is None else _stored(row)

    def plans(
        self,
        where: str,
        order_by: str,
        after: Cursor | None = None,
        most: int | None = None,
        order_id: Callable[[str], str] = str,
    ) -> Iterator[StoredPlan]:
        """Yield plans of one snapshot, reading a few at a time.

        Parameters
        ----------
        where, order_by : str
            As for ``condition`` and ``read_order``, which raise InvalidInputError.
        after : Cursor, optional
            End of the page before. Default: start at the beginning.
        most : int, optional
            Maximum number of plans. Default: all.
        order_id : callable, optional
            Returns the stored form of an order id. Default: the id itself.
        """
        column, falling = read_order(order_by)
        order = [column.desc(), PLANS.c.plan_id.desc()] if falling else [column, PLANS.c.plan_id]
        query = _STORED.order_by(*order).limit(most)
        if (found := condition(where, order_id)) is not None:
            query = query.where(found)
        if after is not None:
            value, last = after
            beyond = (column < value) if falling else (column > value)
            further = (PLANS.c.plan_id < last) if falling else (PLANS.c.plan_id > last)
            query = query.where(or_(beyond, and_(column == value, further)))
        few = {"yield_per": READ_AT_ONCE}
        with self._database.reading() as connection, connection.execute(query, execution_options=few) as rows:
            for row in rows:
                yield _stored(row)

    def answer(self, key: bytes) -> AnswerRecord | None:
        """Return the answer with a key; None if there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(ANSWERS).where(ANSWERS.c.key == key)).first()
        return None if row is None else AnswerRecord(*row)

    def catalog(self, catalog_hash: str) -> CatalogRecord | None:
        """Return the catalog with a content hash; None if there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(CATALOGS).where(CATALOGS.c.catalog_hash == catalog_hash)).first()
        return None if row is None else CatalogRecord(*row)

    def has_order_from(self, beginning: str) -> bool:
        """Return whether any stored order id starts with a string."""
        begins = select(PLANS.c.plan_id).where(PLANS.c.order_id.startswith(beginning, autoescape=True)).limit(1)
        with self._database.reading() as connection:
            return connection.scalar(begins) is not None

    def sizes(self) -> Sizes:
        """Return the number and bytes of stored plans and catalogs."""
        with self._database.reading() as connection:
            plans = connection.scalar(select(func.count()).select_from(PLANS)) or 0
            return Sizes(plans, plan_bytes(connection), catalog_bytes(connection))


def read_order(order_by: str) -> tuple[Any, bool]:
    """Return the column of an order such as ``create_time desc``, and whether it is descending.

    Empty means the newest first. Raises InvalidInputError if it is not valid.
    """
    words = order_by.split() or ["create_time", "desc"]
    if words[0] not in ORDERS or words[1:] not in ([], ["desc"]):
        rule = f"must be one of {', '.join(ORDERS)}, optionally with desc, got {order_by!r}"
        raise InvalidInputError([FieldViolation("order_by", rule)])
    return ORDERS[words[0]], len(words) > 1


def cursor_of(plan: PlanRecord, order_by: str) -> Cursor:
    """Return the cursor that continues after a plan, the last of its page."""
    column, _ = read_order(order_by)
    return getattr(plan, column.name), plan.plan_id


def _stored(row: Row[Any]) -> StoredPlan:
    values = {name: getattr(row, name) for name in PlanRecord.__slots__}
    boxes = tuple(row.box_type_ids.strip("\n").split("\n\n")) if row.box_type_ids else ()
    return StoredPlan(PlanRecord(**{**values, "box_type_ids": boxes}), row.outcome)


LATER = VERSIONS.alias("later")


def superseded(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the SQL condition that a later version exists and meets ``conditions``."""
    newer = and_(LATER.c.catalog_id == VERSIONS.c.catalog_id, LATER.c.revision > VERSIONS.c.revision, *conditions)
    return exists(select(LATER.c.revision).where(newer))


class Versions:
    """Reads catalog versions, for many threads. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self) -> dict[str, int]:
        """Return the newest revision of each catalog, including deleted ones. The query is cheap."""
        newest = func.max(VERSIONS.c.revision).label("newest")
        query = select(VERSIONS.c.catalog_id, newest).group_by(VERSIONS.c.catalog_id)
        with self._database.reading() as connection:
            return {row.catalog_id: row.newest for row in connection.execute(query)}

    def current(self) -> list[VersionRecord]:
        """Return the newest version of each catalog that is not deleted, ordered by catalog."""
        return self._read(select(VERSIONS).where(~superseded(), ~VERSIONS.c.deleted).order_by(VERSIONS.c.catalog_id))

    def last(self, catalog_id: str) -> VersionRecord | None:
        """Return the newest version of a catalog, which may be a deletion; None if there never was one."""
        found = self._read(select(VERSIONS).where(VERSIONS.c.catalog_id == catalog_id, ~superseded()))
        return found[0] if found else None

    def of(self, catalog_id: str) -> list[VersionRecord]:
        """Return the versions of a catalog except deletions, newest first, without contents of megabytes."""
        conditions = VERSIONS.c.catalog_id == catalog_id, ~VERSIONS.c.deleted
        known = [literal(b"").label(column.name) if column is VERSIONS.c.content else column for column in VERSIONS.c]
        return self._read(select(*known).where(*conditions).order_by(VERSIONS.c.revision.desc()))

    def one(self, catalog_id: str, revision: int) -> VersionRecord | None:
        """Return a version of a catalog; None if there is none."""
        found = self._read(select(VERSIONS).where(VERSIONS.c.catalog_id == catalog_id, VERSIONS.c.revision == revision))
        return found[0] if found else None

    def _read(self, query: Select[Any]) -> list[VersionRecord]:
        with self._database.reading() as connection:
            return [VersionRecord(*row) for row in connection.execute(query)]


def plan_bytes(connection: Connection) -> int:
    """Return the total bytes of requests and answers of plans."""
    return int(connection.scalar(select(func.coalesce(func.sum(PLANS.c.bytes), 0))) or 0)


def catalog_bytes(connection: Connection) -> int:
    """Return the total bytes of the catalogs of plans."""
    return int(connection.scalar(select(func.coalesce(func.sum(func.length(CATALOGS.c.content)), 0))) or 0)
