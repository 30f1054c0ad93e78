"""Whose turn it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.server.fair_queue import CallKind, FairQueue


def filled(*entries):
    """Return a queue of (caller, kind, item)."""
    queue = FairQueue()
    for entry in entries:
        queue.push(*entry)
    return queue


def drained(queue):
    """Return all items in their turn."""
    return [queue.pop() for _ in range(len(queue))]


def test_callers_take_turns():
    """One order of another caller is second, however many the first one has sent before."""
    queue = filled(*(("a", CallKind.SINGLE, number) for number in range(4)), ("b", CallKind.SINGLE, "b"))
    assert drained(queue) == [0, "b", 1, 2, 3]


def test_kinds_of_one_caller_take_turns():
    """Streams and batches of a caller do not hold its single orders up."""
    queue = filled(
        *(("a", CallKind.STREAM, f"stream {number}") for number in range(3)),
        *(("a", CallKind.BATCH, f"batch {number}") for number in range(2)),
        ("a", CallKind.SINGLE, "single"),
    )
    assert drained(queue) == ["stream 0", "batch 0", "single", "stream 1", "batch 1", "stream 2"]


def test_a_newcomer_waits_for_one_turn_of_each_other_caller():
    """Who comes again after its turn stands behind the others."""
    queue = filled(("a", CallKind.SINGLE, 1), ("b", CallKind.SINGLE, 2), ("a", CallKind.SINGLE, 3))
    first = queue.pop()
    queue.push("c", CallKind.SINGLE, 4)
    assert [first, *drained(queue)] == [1, 2, 3, 4]


def test_an_empty_queue_has_no_next():
    """Nothing to take is an error."""
    with pytest.raises(IndexError):
        FairQueue().pop()


def test_what_was_given_up_is_gone():
    """It is taken out once, and never comes up."""
    queue = filled(("a", CallKind.SINGLE, 1), ("a", CallKind.SINGLE, 2))
    assert queue.remove("a", CallKind.SINGLE, 1)
    assert not queue.remove("a", CallKind.SINGLE, 1)
    assert not queue.remove("b", CallKind.SINGLE, 2)
    assert drained(queue) == [2]


def test_the_heaviest_caller_of_a_kind_loses_its_newest():
    """Only that kind counts."""
    queue = filled(
        *(("a", CallKind.STREAM, number) for number in range(9)),
        *(("b", CallKind.SINGLE, number) for number in range(2)),
        ("c", CallKind.SINGLE, 0),
    )
    assert queue.heaviest(CallKind.SINGLE) == "b"
    assert queue.drop_newest("b", CallKind.SINGLE) == 1
    assert queue.held("b", CallKind.SINGLE) == 1
    assert queue.count(CallKind.SINGLE) == 2


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(CallKind)), max_size=40))
def test_nothing_is_lost_and_each_lane_keeps_its_order(sent):
    """All items come out once; of one caller and kind, as they came; never a caller twice while another waits."""
    queue = filled(*((caller, kind, (number, caller, kind)) for number, (caller, kind) in enumerate(sent)))
    came = []
    while len(queue):
        others = {caller for caller in "abc" if any(queue.held(caller, kind) for kind in CallKind)}
        came.append(queue.pop())
        if len(came) > 1 and len(others) > 1:
            assert came[-1][1] != came[-2][1]
    assert sorted(came) == sorted((number, *each) for number, each in enumerate(sent))
    for caller in "abc":
        for kind in CallKind:
            lane = [number for number, *rest in came if rest == [caller, kind]]
            assert lane == sorted(lane)
