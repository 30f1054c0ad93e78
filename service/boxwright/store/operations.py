"""Long-running operations: one server runs each, and who runs one says so again and again, or loses it to another.

A beat is a number that the holder raises. Another server takes an operation over only with the beat that it has seen
stand still, so that no clocks are compared, and two never hold the same.
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
    """The operations of a store; used by many threads. Every method raises StoreError where the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, operation: OperationRecord, most: int, most_of_caller: int) -> OperationRecord | None:
        """Keep a new operation, unless there is one of its id; return what is kept then, without its request.

        None where as many have not ended as there may be, in all or of one caller who is known.
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
        """Return an operation without its request, which may have megabytes; None where there is none."""
        with self._database.reading() as connection:
            return _one(connection, operation_id)

    def page(self, who: str | None, after: tuple[int, str] | None, most: int) -> list[OperationRecord]:
        """Return operations without request and result, newest first: of a caller, or all for None.

        ``after`` is the time and the id of the last one of the page before.
        """
        time, name = OPERATIONS.c.create_us, OPERATIONS.c.operation_id
        asked = select(*_SUMMARY).order_by(time.desc(), name.desc()).limit(most)
        if who is not None:
            asked = asked.where(OPERATIONS.c.who == who)
        if after is not None:
            asked = asked.where(or_(time < after[0], and_(time == after[0], name < after[1])))
        with self._database.reading() as connection:
            return [_record(row) for row in connection.execute(asked)]

    def unended(self) -> list[OperationRecord]:
        """Return the operations that have not ended, without request and result, oldest first."""
        asked = select(*_SUMMARY).where(_STATE.in_(_OPEN)).order_by(OPERATIONS.c.create_us, OPERATIONS.c.operation_id)
        with self._database.reading() as connection:
            return [_record(row) for row in connection.execute(asked)]

    def take(self, seen: OperationRecord, holder: str) -> OperationRecord | None:
        """Hold an operation that is as it was seen, for a new attempt; return it, None where it has changed."""
        same = _is(seen.operation_id, seen.state.value == _STATE, OPERATIONS.c.beat == seen.beat)
        begun = {"state": _RUNNING, "holder": holder, "start_us": now_us(), "stage": "", "done": 0}
        counted = {"attempts": seen.attempts + 1, "beat": seen.beat + 1, "total": 0}
        with self._database.writing() as connection:
            if not connection.execute(update(OPERATIONS).where(same).values(**begun, **counted)).rowcount:
                return None
            row = connection.execute(select(OPERATIONS).where(_is(seen.operation_id))).one()
            return _record(row)

    def beat(self, held: OperationRecord, stage: str, done: int, total: int) -> OperationRecord | None:
        """Say that a holder is at work, and how far; return the operation as it is then, None where it is lost."""
        far = {"beat": OPERATIONS.c.beat + 1, "stage": stage, "done": done, "total": total}
        with self._database.writing() as connection:
            if not connection.execute(update(OPERATIONS).where(_held(held)).values(**far)).rowcount:
                return None
            row = connection.execute(select(*_SUMMARY).where(_is(held.operation_id))).one()
            return _record(row)

    def end(self, held: OperationRecord, state: OperationState, result: bytes) -> bool:
        """Write what came of an operation; return whether its holder still had it."""
        with self._database.writing() as connection:
            return _end(connection, _held(held), state, result)

    def release(self, held: OperationRecord) -> None:
        """Let another server begin an operation, without counting this attempt."""
        free = {"state": _WAITING, "attempts": held.attempts - 1, "beat": OPERATIONS.c.beat + 1}
        with self._database.writing() as connection:
            connection.execute(update(OPERATIONS).where(_held(held)).values(**free, start_us=None))

    def cancel(self, operation_id: str, result: bytes) -> None:
        """Have an operation cancelled: one that waits ends at once with a result, the holder of another is asked to."""
        with self._database.writing() as connection:
            waits = _is(operation_id, _STATE == _WAITING)
            if not _end(connection, waits, OperationState.CANCELLED, result, cancelled=True):
                runs = _is(operation_id, _STATE == _RUNNING)
                connection.execute(update(OPERATIONS).where(runs).values(cancelled=True))

    def delete(self, operation_id: str) -> bool:
        """Delete an operation that has ended; return whether there was one."""
        with self._database.writing() as connection:
            ended = _is(operation_id, _STATE.not_in(_OPEN))
            return bool(connection.execute(delete(OPERATIONS).where(ended)).rowcount)


def _is(operation_id: str, *more: Any) -> Any:
    return and_(OPERATIONS.c.operation_id == operation_id, *more)


def _held(held: OperationRecord) -> Any:
    """Return the condition that an operation is still of the holder and the attempt that took it."""
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
