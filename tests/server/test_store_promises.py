"""A plan with a name survives the death of its server."""

import asyncio

import pytest
from benchmarks.service.kills import is_sound, kill_often
from benchmarks.service.synced import is_synced_first, traced

from boxwright.errors import UnknownResourceError
from boxwright.server.api.stored_plans import StoredPlans
from boxwright.server.metrics import Metrics
from boxwright.server.settings import Settings
from boxwright.server.stored.keeping import Keeping
from boxwright.server.stored.plan_record import packed
from boxwright.store import PlanRecord, StoredPlan
from boxwright.v1 import packing_service_pb2 as messages


def test_a_killed_server_loses_no_plan_that_it_named(tmp_path):
    """After kill -9 under load every named plan is stored."""
    path = tmp_path / "plans.db"
    found = kill_often(f"sqlite:///{path}", 2)
    assert (found.times, found.lost) == (2, 0)
    assert found.named > 2
    assert is_sound(path)


@pytest.mark.long
def test_a_killed_server_loses_no_plan_in_postgresql(postgresql):
    """After kill -9 under load every named plan is in PostgreSQL."""
    found = kill_often(postgresql.make_database("kills"), 1)
    assert (found.times, found.lost) == (1, 0)
    assert found.named > 1


@pytest.mark.usefixtures("strace")
def test_the_log_is_synced_before_the_answer():
    """System calls come in the order write, sync, answer."""
    events = traced()
    assert events.count("answer") == 1
    assert "write" in events
    assert is_synced_first(events)


def test_an_outcome_of_a_plan_that_is_deleted_in_the_same_moment_names_no_plan(tmp_path, monkeypatch):
    """A plan deleted between reading and writing is NOT_FOUND."""
    settings, metrics = Settings(store=f"sqlite:///{tmp_path}/plans.db"), Metrics()
    keeping = Keeping(settings, metrics)
    made = messages.PackResponse()
    made.plan.parcels.add(box_type_id="small")
    facts = dict.fromkeys(("order_id", "purpose", "status", "catalog", "catalog_hash", "site", "canonical_hash"), "")
    gone = PlanRecord(
        "gone",
        0,
        **facts,
        cut_short=False,
        box_type_ids=(),
        request=packed(b""),
        answer=packed(made.SerializeToString()),
    )
    monkeypatch.setattr(keeping.store.read, "plan", lambda plan_id: StoredPlan(gone, None))
    asked = messages.RecordOutcomeRequest(request_id="a")
    asked.outcome.plan = "plans/gone"
    asked.outcome.parcels.add(parcel_index=0, box_type_id="small")
    try:
        with pytest.raises(UnknownResourceError, match=r"^outcome\.plan: "):
            asyncio.run(StoredPlans(keeping, settings, metrics).record(asked, None))
    finally:
        keeping.close()
