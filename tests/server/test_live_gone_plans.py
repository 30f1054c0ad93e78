"""Repeats of calls whose stored plans were deleted since."""

import contextlib
import sqlite3

from boxwright.v1 import packing_service_pb2 as messages

from .live_calls import BOOK, request, samples
from .live_stores import rows, serving


def delete(path, *names):
    """Delete plans, as retention or another server does."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys=ON")
        for name in names:
            connection.execute("DELETE FROM plans WHERE plan_id = ?", [name.removeprefix("plans/")])


def kept(path):
    """Return the names of the stored plans."""
    return {f"plans/{plan_id}" for (plan_id,) in rows(path, "SELECT plan_id FROM plans")}


def test_a_repeat_names_no_plan_that_is_deleted(tmp_path):
    """The order is planned and stored again, once; an answer without a stored plan is repeated."""
    asked = request(BOOK, request_id="stored", persist=True)
    other = request(BOOK, request_id="not stored", persist=False)
    with contextlib.ExitStack() as stack:
        server, packing, path = stack.enter_context(serving(tmp_path))
        first, plain = (packing.Pack(message, timeout=20) for message in (asked, other))
        delete(path, first.plan.name)
        again = packing.Pack(asked, timeout=20)
        assert kept(path) == {again.plan.name} != {first.plan.name}
        assert packing.GetPlan(messages.GetPlanRequest(name=again.plan.name), timeout=20).name == again.plan.name
        assert packing.Pack(asked, timeout=20) == again
        assert packing.Pack(other, timeout=20) == plain
        counted = samples(server, "boxwright_repeated_calls_total")
        assert sum(counted.values()) == 2
        stack.close()
        _, packing, path = stack.enter_context(serving(tmp_path))
        assert packing.Pack(asked, timeout=20) == again
        assert kept(path) == {again.plan.name}


def test_of_a_repeated_batch_only_the_deleted_plans_are_made_again(tmp_path):
    """Other plans keep their names, and refused orders stay refused."""
    asked = messages.BatchPackRequest(request_id="b")
    asked.requests.extend([request(BOOK, persist=True), request(BOOK, persist=True), request(BOOK)])
    asked.requests[2].order.lines[0].mass_g = -1
    with contextlib.ExitStack() as stack:
        _, packing, path = stack.enter_context(serving(tmp_path))
        first = packing.BatchPack(asked, timeout=60)
        names = [result.response.plan.name for result in first.results]
        delete(path, names[0])
        again = packing.BatchPack(asked, timeout=60)
        assert list(again.results[1:]) == list(first.results[1:])
        assert (again.planned_count, again.error_count) == (2, 1)
        assert kept(path) == {result.response.plan.name for result in again.results[:2]} != set(names[:2])
        assert packing.BatchPack(asked, timeout=60) == again
