"""What is written for an entry, on both databases."""

from collections.abc import Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from boxwright.store.errors import AnswerTakenError, PlanGoneError
from boxwright.store.records import AnswerRecord, CatalogRecord, Entry, OutcomeRecord, PlanRecord, TextsRecord
from boxwright.store.tables import ANSWERS, BOXES, CATALOGS, OUTCOMES, PLANS, TEXTS
from boxwright.store.versions import check_free, write_version

MOST_KNOWN = 10_000
"""Catalogs and texts that are known to be kept; past it all are forgotten, and looked up again as they come."""

_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

BY_NAME = {"sqlite": "named", "postgresql": "pyformat"}
"""How the drivers take values by name."""


class Statements:
    """Writes entries over a connection, in the transaction that it is in."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._catalogs: Any = None
        self._texts: Any = None
        self._outcomes: Any = None
        self._plans = self._boxes = self._answers = ""

    def use(self, connection: Connection) -> None:
        """Write to a database, SQLite or PostgreSQL, of which nothing is known."""
        name = connection.dialect.name
        kind: Any = type(connection.dialect)
        by_name = kind(paramstyle=BY_NAME[name])
        self._plans, self._boxes, self._answers = (
            str(insert(each).compile(dialect=by_name)) for each in (PLANS, BOXES, ANSWERS)
        )
        made = _INSERT[name]
        self._catalogs, self._texts = (made(each).on_conflict_do_nothing() for each in (CATALOGS, TEXTS))
        outcomes = made(OUTCOMES)
        given = {each.name: each for each in outcomes.excluded if each.name != "plan_id"}
        self._outcomes = outcomes.on_conflict_do_update(index_elements=[OUTCOMES.c.plan_id], set_=given)
        self.forget()

    def forget(self) -> None:
        """Forget which catalogs and texts are kept: another program may have swept some."""
        self._known.clear()

    def write(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Write entries together: rows that replicas may write as well in one order, or each would wait for the other.

        Raises
        ------
        IntegrityError
            If a plan, an answer or a version is kept already, or a plan, catalog or text that one of them needs is not.
        """
        catalogs = {each.catalog.catalog_hash: each.catalog for each in entries if each.catalog}
        new = [catalogs[each] for each in sorted(catalogs.keys() - self._known)]
        if new:
            connection.execute(self._catalogs, [_catalog(each) for each in new])
        texts = {each.texts.texts_hash: each.texts for each in entries if each.texts}
        unknown = [texts[each] for each in sorted(texts.keys() - self._known)]
        if unknown:
            connection.execute(self._texts, [_texts(each) for each in unknown])
        plans = [each.plan for each in entries if each.plan]
        if plans:
            _insert(connection, self._plans, [_plan(each) for each in plans])
            boxes = [{"plan_id": each.plan_id, "box_type_id": box} for each in plans for box in each.box_type_ids]
            if boxes:
                _insert(connection, self._boxes, boxes)
        for stale in [each.stale for each in entries if each.stale]:
            place = ANSWERS.c.key == stale.key, ANSWERS.c.sealed == stale.sealed
            connection.execute(delete(ANSWERS).where(*place))
        answers = [_answer(each.answer) for each in entries if each.answer]
        if answers:
            _insert(connection, self._answers, sorted(answers, key=itemgetter("key")))
        for outcome in sorted([each.outcome for each in entries if each.outcome], key=attrgetter("plan_id")):
            connection.execute(self._outcomes, _outcome(outcome))
        for version in [each.version for each in entries if each.version]:
            write_version(connection, version)
        if len(self._known) + len(new) + len(unknown) > MOST_KNOWN:
            self.forget()
        # Should the transaction fail, the next needs them again: that fails in turn, and all are forgotten.
        self._known.update(each.catalog_hash for each in new)
        self._known.update(each.texts_hash for each in unknown)

    def write_slowly(self, connection: Connection, entry: Entry) -> None:
        """Write an entry by itself, unless it is kept already.

        Raises
        ------
        AnswerTakenError
            If another answer is kept under the same key.
        PlanGoneError
            If the plan of an outcome is not there.
        IntegrityError
            If another program wrote, or deleted, what it needs in the same moment.
        """
        if entry.plan and _has_plan(connection, entry.plan.plan_id):
            return  # the connection was lost after it was written, and before that was said
        if entry.answer and connection.scalar(select(exists().where(ANSWERS.c.key == entry.answer.key))):
            raise AnswerTakenError("an answer is kept already")
        if entry.outcome and not _has_plan(connection, entry.outcome.plan_id):
            raise PlanGoneError("the plan is not kept any more")
        if entry.version and not check_free(connection, entry.version):
            return
        self.forget()
        self.write(connection, [entry])


def _has_plan(connection: Connection, plan_id: str) -> bool:
    return bool(connection.scalar(select(exists().where(PLANS.c.plan_id == plan_id))))


def _insert(connection: Connection, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows by the driver itself: SQLAlchemy would take longer for a row than the database does.

    Raises
    ------
    DBAPIError
        As SQLAlchemy raises what the driver says.
    """
    dialect = connection.dialect
    assert dialect.loaded_dbapi is not None  # it is connected
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(statement, rows)
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(statement, None, error, dialect.loaded_dbapi.Error, dialect=dialect) from error
    finally:
        cursor.close()


def _plan(plan: PlanRecord) -> dict[str, Any]:
    return {
        "plan_id": plan.plan_id,
        "create_us": plan.create_us,
        "order_id": plan.order_id,
        "purpose": plan.purpose,
        "status": plan.status,
        "catalog": plan.catalog,
        "catalog_hash": plan.catalog_hash,
        "site": plan.site,
        "canonical_hash": plan.canonical_hash,
        "cut_short": plan.cut_short,
        "bytes": len(plan.request) + len(plan.answer),
        "request": plan.request,
        "answer": plan.answer,
        "texts_hash": plan.texts_hash,
    }


def _catalog(catalog: CatalogRecord) -> dict[str, Any]:
    return {
        "catalog_hash": catalog.catalog_hash,
        "catalog_id": catalog.catalog_id,
        "version": catalog.version,
        "content": catalog.content,
    }


def _texts(texts: TextsRecord) -> dict[str, Any]:
    return {"texts_hash": texts.texts_hash, "content": texts.content}


def _answer(answer: AnswerRecord) -> dict[str, Any]:
    return {
        "key": answer.key,
        "digest": answer.digest,
        "create_us": answer.create_us,
        "sealed": answer.sealed,
    }


def _outcome(outcome: OutcomeRecord) -> dict[str, Any]:
    return {
        "plan_id": outcome.plan_id,
        "record_us": outcome.record_us,
        "overridden": outcome.overridden,
        "content": outcome.content,
    }
