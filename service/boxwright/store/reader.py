"""Reads what is kept, over connections of its own: it waits for no writer."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.store.database import Database
from boxwright.store.faults import FAULTS
from boxwright.store.filters import condition
from boxwright.store.records import CatalogRecord, PlanRecord, Sizes, StoredPlan
from boxwright.store.sweeper import plan_bytes, shared_bytes
from boxwright.store.tables import ANSWERS, BOXES, CATALOGS, OUTCOMES, PLANS, TEXTS
from boxwright.store.tokens import TokenReader
from boxwright.store.versions import Versions

ORDERS = {"create_time": PLANS.c.create_us, "order_id": PLANS.c.order_id}
"""Fields that lists are ordered by; where they are equal, by plan."""

ASKED = 500
"""Plans that one statement looks for: a statement of SQLite takes a thousand values at least."""

Cursor = tuple[str | int, str]
"""Where a page ends: the value that the list is ordered by, and the plan."""

_WITH_OUTCOMES = PLANS.outerjoin(OUTCOMES, OUTCOMES.c.plan_id == PLANS.c.plan_id)

MOST_AT_ONCE, MOST_BYTES_AT_ONCE = 500, 1024 * 1024
"""Plans that a page reads at a time, and their bytes as they are stored; one plan may have more."""


class Reader:
    """Reads; used by many threads.

    Parameters
    ----------
    database : Database
        Where from.

    Attributes
    ----------
    versions : Versions
        Of catalogs that were written over the wire.
    tokens : TokenReader
        Tokens that let callers in.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.versions = Versions(self._connection)
        self.tokens = TokenReader(self._connection)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """Lend a connection.

        Raises
        ------
        StoreError
            If the database fails.
        """
        try:
            self._database.check_there()
            with self._database.reader.connect() as connection:
                yield connection
        except FAULTS as error:
            raise self._database.fault(error) from error

    def plan(self, plan_id: str) -> StoredPlan | None:
        """Return a plan; None where there is none."""
        found = self.plans([PLANS.c.plan_id == plan_id], [], 1)
        return found[0] if found else None

    def kept(self, plan_ids: Sequence[str]) -> frozenset[str]:
        """Return those of some plans that are kept."""
        found: set[str] = set()
        with self._connection() as connection:
            for at in range(0, len(plan_ids), ASKED):
                asked = PLANS.c.plan_id.in_(plan_ids[at : at + ASKED])
                found.update(connection.scalars(select(PLANS.c.plan_id).where(asked)))
        return frozenset(found)

    def page(
        self,
        where: str,
        order_by: str,
        after: Cursor | None,
        most: int,
        order_id: Callable[[str], str] = str,
    ) -> Iterator[StoredPlan]:
        """Yield the plans of a page, read a few at a time as they are asked for.

        One that is deleted meanwhile is left out. There is none only where the list has no more.

        Parameters
        ----------
        where : str
            Filter.
        order_by : str
            Field, and `` desc`` for the other way round.
        after : Cursor or None
            Where the page before ended; None for the first.
        most : int
            Plans of the page.
        order_id : callable, optional
            How an order id is kept. Default: as it is.

        Raises
        ------
        InvalidInputError
            If filter or order cannot be read.
        """
        column, falling = read_order(order_by)
        found = condition(where, order_id)
        order = [column.desc(), PLANS.c.plan_id.desc()] if falling else [column, PLANS.c.plan_id]
        there = False
        while not there:
            conditions = [] if found is None else [found]
            if after is not None:
                value, last = after
                beyond = (column < value) if falling else (column > value)
                further = (PLANS.c.plan_id < last) if falling else (PLANS.c.plan_id > last)
                conditions.append(or_(beyond, and_(column == value, further)))
            asked = select(column.label("value"), PLANS.c.plan_id, PLANS.c.bytes).select_from(_WITH_OUTCOMES)
            with self._connection() as connection:
                rows = connection.execute(asked.where(*conditions).order_by(*order).limit(most)).all()
            if not rows:
                return
            for plan_ids in _few_at_a_time((row.plan_id, row.bytes) for row in rows):
                for each in self.plans([PLANS.c.plan_id.in_(plan_ids)], order, len(plan_ids)):
                    there = True
                    yield each
            after = rows[-1].value, rows[-1].plan_id

    def plans(self, conditions: Sequence[Any], order: Sequence[Any], most: int) -> list[StoredPlan]:
        """Return plans that meet conditions, in an order, and at most so many."""
        wanted = (
            select(PLANS, OUTCOMES.c.content.label("outcome"), TEXTS.c.content.label("texts"))
            .select_from(_WITH_OUTCOMES.outerjoin(TEXTS, TEXTS.c.texts_hash == PLANS.c.texts_hash))
            .where(*conditions)
            .order_by(*order)
            .limit(most)
        )
        with self._connection() as connection:
            rows = connection.execute(wanted).all()
            boxes: dict[str, list[str]] = {row.plan_id: [] for row in rows}
            asked = select(BOXES).where(BOXES.c.plan_id.in_(list(boxes))).order_by(BOXES.c.box_type_id)
            for plan_id, box_type_id in connection.execute(asked) if rows else ():
                boxes[plan_id].append(box_type_id)
        return [_stored(row, boxes[row.plan_id]) for row in rows]

    def answer(self, key: bytes) -> tuple[bytes, bytes] | None:
        """Return the request's digest and the sealed answer that are kept under a key; None where there are none."""
        wanted = select(ANSWERS.c.digest, ANSWERS.c.sealed).where(ANSWERS.c.key == key)
        with self._connection() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else (bytes(row.digest), bytes(row.sealed))

    def catalog(self, catalog_hash: str) -> CatalogRecord | None:
        """Return the catalog of a hash; None where there is none."""
        with self._connection() as connection:
            row = connection.execute(select(CATALOGS).where(CATALOGS.c.catalog_hash == catalog_hash)).first()
        return None if row is None else CatalogRecord(row.catalog_hash, row.catalog_id, row.version, bytes(row.content))

    def has_order_from(self, beginning: str) -> bool:
        """Return whether the order id of a plan begins with a text."""
        begins = select(PLANS.c.plan_id).where(PLANS.c.order_id.startswith(beginning, autoescape=True)).limit(1)
        with self._connection() as connection:
            return connection.scalar(begins) is not None

    def sizes(self) -> Sizes:
        """Return how much is kept."""
        with self._connection() as connection:
            plans = connection.scalar(select(func.count()).select_from(PLANS)) or 0
            return Sizes(plans, plan_bytes(connection), shared_bytes(connection))


def _few_at_a_time(plans: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    """Yield the plans of a list, with the bytes of each, as many together as are read at a time."""
    few: list[str] = []
    total = 0
    for plan_id, size in plans:
        if few and (len(few) == MOST_AT_ONCE or total + size > MOST_BYTES_AT_ONCE):
            yield few
            few, total = [], 0
        few.append(plan_id)
        total += size
    if few:
        yield few


def read_order(order_by: str) -> tuple[Any, bool]:
    """Return the column that an order names, and whether it falls.

    Raises
    ------
    InvalidInputError
        If it names none.
    """
    words = order_by.split() or ["create_time", "desc"]
    if words[0] not in ORDERS or words[1:] not in ([], ["desc"]):
        rule = f"must be one of {', '.join(ORDERS)}, each with desc or without, got {order_by!r}"
        raise InvalidInputError([FieldViolation("order_by", rule)])
    return ORDERS[words[0]], len(words) > 1


def cursor_of(plan: PlanRecord, order_by: str) -> Cursor:
    """Return where a page ends whose last plan this is."""
    column, _ = read_order(order_by)
    return getattr(plan, column.name), plan.plan_id


def _stored(row: Row[Any], boxes: Sequence[str]) -> StoredPlan:
    plan = PlanRecord(
        plan_id=row.plan_id,
        create_us=row.create_us,
        order_id=row.order_id,
        purpose=row.purpose,
        status=row.status,
        catalog=row.catalog,
        catalog_hash=row.catalog_hash,
        site=row.site,
        canonical_hash=row.canonical_hash,
        cut_short=row.cut_short,
        box_type_ids=tuple(boxes),
        request=bytes(row.request),
        answer=bytes(row.answer),
        texts_hash=row.texts_hash,
    )
    outcome, texts = (None if each is None else bytes(each) for each in (row.outcome, row.texts))
    return StoredPlan(plan, outcome, texts)
