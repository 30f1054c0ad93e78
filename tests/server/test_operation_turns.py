"""The order in which a server runs operations, and their progress."""

import asyncio
from types import SimpleNamespace

from boxwright.server.metrics import Metrics
from boxwright.server.operations.runner import Runner, cancelled_outcome
from boxwright.server.workers.work import WorkResult
from boxwright.store import OperationRecord


class Book:
    """Waiting operations, oldest first."""

    def __init__(self, *waiting):
        self.waiting, self.ended = list(waiting), []

    def unended(self):
        """Return the waiting operations."""
        return list(self.waiting)

    def take(self, seen, _holder):
        """Claim an operation."""
        self.waiting.remove(seen)
        return seen

    def end(self, held, _state, _result):
        """Record that an operation has ended."""
        self.ended.append(held.operation_id)
        return True


def test_callers_take_turns():
    """A caller with many operations delays another caller by one of them at most."""
    names = ("a1", "a2", "a3", "b1", "c1", "b2")
    book = Book(*(OperationRecord(name, "design_catalog", name[0], b"", at, b"") for at, name in enumerate(names)))

    async def read(what, *given):
        return what(*given)

    async def outcome(_):
        return cancelled_outcome()

    async def run():
        runner = Runner(SimpleNamespace(store=SimpleNamespace(operations=book), read=read), None, None, Metrics())
        runner._outcome = outcome
        while await runner._turn():
            pass

    asyncio.run(run())
    assert book.ended == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_how_far_an_operation_came_is_stored_at_its_end():
    """An operation that ends between two beats stores its last progress."""
    beats = []
    book = SimpleNamespace(beat=lambda held, *far: beats.append((held.operation_id, *far)))
    held = OperationRecord("a", "evaluate_catalogs", "a", b"", 0, b"")

    async def read(what, *given):
        return what(*given)

    async def run():
        runner = Runner(SimpleNamespace(store=SimpleNamespace(operations=book), read=read), None, None, Metrics())
        answer = asyncio.get_running_loop().create_future()
        answer.set_result(WorkResult(cancelled_outcome().SerializeToString()))
        return await runner._watch(held, answer, ["planning", 30, 30])

    assert asyncio.run(run()) == cancelled_outcome()
    assert beats == [("a", "planning", 30, 30)]
