"""What a store promises: a plan that has a name outlives the end of its server."""

import pytest
from benchmarks.service.kills import is_sound, kill_often
from benchmarks.service.synced import is_synced_first, traced


def test_a_killed_server_loses_no_plan_that_it_named(tmp_path):
    """Kill -9 under load, a few times over; ``python -m benchmarks.service kills`` does it fifty times."""
    path = tmp_path / "plans.db"
    found = kill_often(f"sqlite:///{path}", 3)
    assert (found.times, found.lost) == (3, 0)
    assert found.named > 3
    assert is_sound(path)


def test_a_killed_server_loses_no_plan_in_postgresql(postgresql):
    """The same where the plans are in a server of their own."""
    found = kill_often(postgresql.make_database("kills"), 2)
    assert (found.times, found.lost) == (2, 0)
    assert found.named > 2


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize(("durability", "synced"), [("full", True), ("normal", False)])
def test_the_log_is_synced_before_the_answer_where_that_is_asked_for(durability, synced):
    """A trace of system calls: write, sync, answer with durability full; no sync before the answer with normal."""
    events = traced(durability)
    assert events.count("answer") == 1
    assert "write" in events
    assert is_synced_first(events) == synced
