"""Long-running operations in a store: claims of servers."""

from dataclasses import replace

import pytest

from boxwright.store import OperationRecord, OperationState

NEW = OperationRecord("a", "evaluate_catalogs", "", b"digest", 1_000, b"request")


@pytest.fixture
def operations(open_store):
    """The operations of an empty store."""
    return open_store().operations


def named(operation_id, **given):
    """Return a new operation."""
    return replace(NEW, operation_id=operation_id, **given)


def test_an_operation_is_kept_once(operations):
    """A second operation with the id returns the first one, without its request."""
    kept = replace(NEW, request=b"")
    assert operations.add(NEW, 9, 9) == kept
    assert operations.add(replace(NEW, request=b"other"), 9, 9) == kept
    assert operations.one("a") == kept
    assert operations.one("b") is None


def test_of_two_servers_one_takes_an_operation(operations):
    """The second server cannot take, beat, end or release it."""
    operations.add(NEW, 9, 9)
    (seen,) = operations.unended()
    held = operations.take(seen, "one")
    assert (held.state, held.attempts, held.holder, held.request) == (OperationState.RUNNING, 1, "one", b"request")
    assert operations.take(seen, "two") is None
    other = replace(held, holder="two")
    assert operations.beat(other, "", 0, 0) is None
    assert not operations.end(other, OperationState.SUCCEEDED, b"wrong")
    operations.release(other)
    assert operations.one("a").state is OperationState.RUNNING
    assert operations.beat(held, "planning", 3, 7).done == 3
    assert operations.end(held, OperationState.SUCCEEDED, b"result")
    ended = operations.one("a")
    assert (ended.state, ended.result, ended.request, ended.total) == (OperationState.SUCCEEDED, b"result", b"", 7)


def test_a_holder_that_stands_still_loses_an_operation(operations):
    """An unchanged beat lets another server take over; a new beat does not."""
    operations.add(NEW, 9, 9)
    held = operations.take(operations.unended()[0], "one")
    (stale,) = operations.unended()
    assert operations.beat(held, "", 0, 0)
    assert operations.take(stale, "two") is None
    taken = operations.take(operations.unended()[0], "two")
    assert (taken.holder, taken.attempts) == ("two", 2)
    assert operations.beat(held, "", 0, 0) is None


def test_a_released_operation_waits_again_and_the_attempt_is_not_counted(operations):
    """A server that stops in order returns its operation."""
    operations.add(NEW, 9, 9)
    operations.release(operations.take(operations.unended()[0], "one"))
    (waiting,) = operations.unended()
    assert (waiting.state, waiting.attempts, waiting.start_us) == (OperationState.WAITING, 0, None)


def test_cancelling_ends_what_waits_and_asks_the_holder_of_another(operations):
    """An ended operation does not change."""
    for name in ("a", "b"):
        operations.add(named(name), 9, 9)
    held = operations.take(operations.unended()[0], "one")
    for name in ("a", "b"):
        operations.cancel(name, b"cancelled")
    assert operations.beat(held, "", 0, 0).cancelled
    assert operations.one("b").state is OperationState.CANCELLED
    operations.end(held, OperationState.SUCCEEDED, b"result")
    operations.cancel("a", b"cancelled")
    assert operations.one("a").result == b"result"


def test_so_many_may_wait_in_all_and_of_a_caller_who_is_known(operations):
    """Unended operations are limited in all and per known caller."""
    assert operations.add(named("a", who="x"), 3, 1)
    assert operations.add(named("b", who="x"), 3, 1) is None
    assert operations.add(named("c"), 3, 1)
    assert operations.add(named("d"), 3, 1)
    assert operations.add(named("e"), 3, 1) is None
    operations.cancel("c", b"")
    assert operations.add(named("e"), 3, 1)


def test_pages_hold_the_operations_of_a_caller_newest_first(operations):
    """A page continues where the one before ended."""
    for number, name in enumerate("abc"):
        operations.add(named(name, who="x" if name != "b" else "y", create_us=number), 9, 9)
    assert [operation.operation_id for operation in operations.page(None, None, 2)] == ["c", "b"]
    assert [operation.operation_id for operation in operations.page(None, (1, "b"), 2)] == ["a"]
    assert [operation.operation_id for operation in operations.page("x", None, 9)] == ["c", "a"]


def test_only_what_has_ended_is_deleted(operations):
    """An unended operation cannot be deleted."""
    operations.add(NEW, 9, 9)
    assert not operations.delete("a")
    operations.cancel("a", b"")
    assert operations.delete("a")
    assert operations.one("a") is None
