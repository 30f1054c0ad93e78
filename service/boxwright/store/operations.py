"""Long-running operations. A server that runs one renews its claim by beats; when they stop, another takes over.

A beat is a counter. A server takes over an operation only if its count has not changed for some time. So no clocks are
compared, and no two servers hold the same operation.
"""

from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from boxwright.store import OperationRecord, OperationState
from boxwright.store.database import Database
from boxwright.store.pruning import now_us
from boxwright.store.tables import OPERATIONS

_WAITING, _RUNNING = OperationState.WAITING.value, OperationState.RUNNING.value
_OPEN = (_WAITING, _RUNNING)
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_SUMMARY = [column for column in OPERATIONS.c if column.name not in ("request", "result")]
_STANDING = [*_SUMMARY, OPERATIONS.c.result]
_STATE = OPERATIONS.c.state


class Operations:
    """The operations of a store, for many threads. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, operation: OperationRecord, most: int, most_of_caller: int) -> OperationRecord | None:
        """Store a new operation, unless one with its id exists; return the stored one without its request.

        Return None if the limit of unended operations is reached, for the server or for an authenticated caller.
        """
        row = {name: getattr(operation, name) for name in OperationRecord.__slots__}
        with self._database.writing() as connection:
            if (there := _one(connection, operation.operation_id)) is not None:
                return there
            unended = select(func.count()).where(_STATE.in_(_OPEN))
            if (connection.scalar(unended) or 0) >= most:
                return None
            of_caller = unended.where(OPERATIONS.c.who == operation.who)
            if operation.who and (connection.scalar(of_caller) or 0) >= most_of_caller:
                return None
            made = _INSERT[connection.dialect.name](OPERATIONS).on_conflict_do_nothing()
            connection.execute(made, row | {"state": operation.state.value})
            return _one(connection, operation.operation_id)

    def one(self, operation_id: str) -> OperationRecord | None:
        """Return an operation without its request, which may be megabytes; None if there is none."""
        with self._database.reading() as connection:
            return _one(connection, operation_id)

    def page(self, who: str | None, after: tuple[int, str] | None, most: int) -> list[OperationRecord]:
        """Return the operations of a caller (None: of all callers) without request and result, newest first.

        ``after`` has the time and id of the last operation of the page before.
        """
        time, name = OPERATIONS.c.create_us, OPERATIONS.c.operation_id
        query = select(*_SUMMARY).order_by(time.desc(), name.desc()).limit(most)
        if who is not None:
            query = query.where(OPERATIONS.c.who == who)
        if after is not None:
            query = query.where(or_(time < after[0], and_(time == after[0], name < after[1])))
        with self._database.reading() as connection:
            return [_record(row) for row in connection.execute(query)]

    def unended(self) -> list[OperationRecord]:
        """Return unended operations without request and result, oldest first."""
        query = select(*_SUMMARY).where(_STATE.in_(_OPEN)).order_by(OPERATIONS.c.create_us, OPERATIONS.c.operation_id)
        with self._database.reading() as connection:
            return [_record(row) for row in connection.execute(query)]

    def take(self, seen: OperationRecord, holder: str) -> OperationRecord | None:
        """Claim an operation that has not changed since it was seen; return it, or None if it has changed."""
        same = _is(seen.operation_id, seen.state.value == _STATE, OPERATIONS.c.beat == seen.beat)
        begun = {"state": _RUNNING, "holder": holder, "start_us": now_us(), "stage": "", "done": 0}
        counted = {"attempts": seen.attempts + 1, "beat": seen.beat + 1, "total": 0}
        with self._database.writing() as connection:
            if not connection.execute(update(OPERATIONS).where(same).values(**begun, **counted)).rowcount:
                return None
            row = connection.execute(select(OPERATIONS).where(_is(seen.operation_id))).one()
            return _record(row)

    def beat(self, held: OperationRecord, stage: str, done: int, total: int) -> OperationRecord | None:
        """Renew a claim and write the progress; return the operation, or None if the claim is lost."""
        far = {"beat": OPERATIONS.c.beat + 1, "stage": stage, "done": done, "total": total}
        with self._database.writing() as connection:
            if not connection.execute(update(OPERATIONS).where(_held(held)).values(**far)).rowcount:
                return None
            row = connection.execute(select(*_SUMMARY).where(_is(held.operation_id))).one()
            return _record(row)

    def end(self, held: OperationRecord, state: OperationState, result: bytes) -> bool:
        """Write the result of an operation; return whether the claim was still valid."""
        with self._database.writing() as connection:
            return _end(connection, _held(held), state, result)

    def release(self, held: OperationRecord) -> None:
        """Give up a claim without counting the attempt."""
        free = {"state": _WAITING, "attempts": held.attempts - 1, "beat": OPERATIONS.c.beat + 1}
        with self._database.writing() as connection:
            connection.execute(update(OPERATIONS).where(_held(held)).values(**free, start_us=None))

    def cancel(self, operation_id: str, result: bytes) -> None:
        """Cancel an operation: a waiting one ends with ``result``, a running one is to be ended by its holder."""
        with self._database.writing() as connection:
            waits = _is(operation_id, _STATE == _WAITING)
            if not _end(connection, waits, OperationState.CANCELLED, result, cancelled=True):
                runs = _is(operation_id, _STATE == _RUNNING)
                connection.execute(update(OPERATIONS).where(runs).values(cancelled=True))

    def delete(self, operation_id: str) -> bool:
        """Delete an ended operation; return whether there was one."""
        with self._database.writing() as connection:
            ended = _is(operation_id, _STATE.not_in(_OPEN))
            return bool(connection.execute(delete(OPERATIONS).where(ended)).rowcount)


def _is(operation_id: str, *more: Any) -> Any:
    return and_(OPERATIONS.c.operation_id == operation_id, *more)


def _held(held: OperationRecord) -> Any:
    """Return the condition that a claim is still valid."""
    mine = OPERATIONS.c.holder == held.holder, OPERATIONS.c.attempts == held.attempts
    return _is(held.operation_id, _STATE == _RUNNING, *mine)


def _end(connection: Connection, which: Any, state: OperationState, result: bytes, **more: Any) -> bool:
    values = {"state": state.value, "end_us": now_us(), "result": result, "request": b"", **more}
    return bool(connection.execute(update(OPERATIONS).where(which).values(**values)).rowcount)


def _one(connection: Connection, operation_id: str) -> OperationRecord | None:
    row = connection.execute(select(*_STANDING).where(_is(operation_id))).first()
    return None if row is None else _record(row)


def _record(row: Row[Any]) -> OperationRecord:
    values: dict[str, Any] = {"request": b"", "result": b"", **row._mapping}  # noqa: SLF001 - a public attribute
    return OperationRecord(**{**values, "state": OperationState(values["state"])})
