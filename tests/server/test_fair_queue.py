"""Whose turn it is."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.server.fair_queue import LANE_ENDS_S, CallKind, FairQueue, lane_of


@dataclass(eq=False)
class Sent:
    """An order as a queue sees it."""

    caller: str
    name: object
    effort_s: float = 0.01
    kind: CallKind = CallKind.SINGLE


def filled(*entries):
    """Return a queue of orders."""
    queue = FairQueue()
    for entry in entries:
        queue.push(entry)
    return queue


def drained(queue):
    """Return the names of all orders in their turn."""
    return [queue.pop().name for _ in range(len(queue))]


def test_callers_take_turns():
    """One order of another caller is second, however many the first one has sent before."""
    queue = filled(*(Sent("a", number) for number in range(4)), Sent("b", "b"))
    assert drained(queue) == [0, "b", 1, 2, 3]


def test_kinds_of_one_caller_take_turns():
    """Streams and batches of a caller do not hold its single orders up."""
    queue = filled(
        *(Sent("a", f"stream {number}", kind=CallKind.STREAM) for number in range(3)),
        *(Sent("a", f"batch {number}", kind=CallKind.BATCH) for number in range(2)),
        Sent("a", "single"),
    )
    assert drained(queue) == ["stream 0", "batch 0", "single", "stream 1", "batch 1", "stream 2"]


def test_a_newcomer_waits_for_one_turn_of_each_other_caller():
    """Who comes again after its turn stands behind the others."""
    queue = filled(Sent("a", 1), Sent("b", 2), Sent("a", 3))
    first = queue.pop().name
    queue.push(Sent("c", 4))
    assert [first, *drained(queue)] == [1, 2, 4, 3]


def test_turns_are_weighed_and_not_counted():
    """A caller whose orders take four times as long gets a quarter as many turns."""
    heavy = (Sent("heavy", f"heavy {number}", effort_s=0.016) for number in range(3))
    queue = filled(*heavy, *(Sent("light", number, effort_s=0.004) for number in range(9)))
    assert drained(queue) == ["heavy 0", 0, 1, 2, 3, "heavy 1", 4, 5, 6, 7, "heavy 2", 8]


def test_small_orders_pass_large_ones_and_large_ones_get_their_share():
    """One of ten seconds is worth a thousand small ones: behind the first large one many small ones come, then both."""
    queue = filled(*(Sent("a", f"large {number}", effort_s=10) for number in range(2)))
    assert queue.pop().name == "large 0"
    for number in range(1_500):
        queue.push(Sent("a", number))
    came = [queue.pop().name for _ in range(1_501)]
    assert came.index("large 1") == pytest.approx(1_000, abs=1)
    assert [name for name in came if name != "large 1"] == list(range(1_500))


def test_who_leaves_and_comes_again_has_had_its_turn():
    """Sending one order at a time brings no more time than sending all at once."""
    queue = filled(*(Sent("patient", number) for number in range(3)), Sent("eager", "eager 0"))
    came = []
    for number in range(1, 6):
        came.append(queue.pop().name)
        if str(came[-1]).startswith("eager"):
            queue.push(Sent("eager", f"eager {number}"))
    assert came[:4] == [0, "eager 0", 1, "eager 2"]


def test_what_an_order_took_counts_not_what_it_was_estimated_to_take():
    """A caller whose order took far longer waits until the others have had as much."""
    queue = filled(Sent("a", "a 0"), Sent("a", "a 1"), *(Sent("b", number) for number in range(4)))
    queue.settle(first := queue.pop(), 0.035)
    assert first.name == "a 0"
    assert drained(queue) == [0, 1, 2, 3, "a 1"]


def test_an_empty_queue_has_no_next():
    """Nothing to take is None, also where only other lanes have something."""
    assert FairQueue().pop() is None
    assert filled(Sent("a", 1, effort_s=1)).pop({0, 1}) is None


def test_what_was_given_up_is_gone():
    """It is taken out once, and never comes up."""
    first, second = Sent("a", 1), Sent("a", 2)
    queue = filled(first, second)
    assert queue.remove(first)
    assert not queue.remove(first)
    assert not queue.remove(Sent("b", 2))
    assert drained(queue) == [2]


@pytest.mark.parametrize(("effort_s", "lane"), [(0, 0), (0.0199, 0), (0.02, 1), (0.3, 2), (2, 3), (2.5, 4), (1e9, 4)])
def test_each_size_has_a_lane(effort_s, lane):
    """A lane begins where the one before it ends."""
    assert lane_of(effort_s) == lane
    assert lane <= len(LANE_ENDS_S)


EFFORTS_S = (0.001, 0.01, 0.05, 0.4, 2.0, 9.0)
SENT = st.builds(
    Sent, st.sampled_from("abc"), st.integers(), st.sampled_from(EFFORTS_S), st.sampled_from(list(CallKind))
)


@given(st.lists(SENT, max_size=60), st.data())
def test_nothing_is_lost_and_each_line_keeps_its_order(sent, data):
    """All come out once, pushed and popped in any order; of one caller, kind and lane as they came; sums are kept."""
    queue, came, waiting = FairQueue(), [], 0
    for item in sent:
        queue.push(item)
        waiting += 1
        for _ in range(data.draw(st.integers(0, 2))):
            item = queue.pop()
            assert (item is None) == (not waiting)
            if item is not None:
                waiting -= 1
                came.append(item)
        assert len(queue) == waiting == len(list(queue.items())) == sum(map(queue.count, range(5)))
        for lane in range(5):
            held = sum(each.effort_s for each in queue.items() if lane_of(each.effort_s) == lane)
            assert queue.effort_s(lane) == pytest.approx(held)
    came += [queue.pop() for _ in range(len(queue))]
    assert set(map(id, came)) == set(map(id, sent))
    assert len(came) == len(sent)
    for caller in "abc":
        for kind in CallKind:
            for lane in range(5):
                line = [
                    each for each in sent if (each.caller, each.kind, lane_of(each.effort_s)) == (caller, kind, lane)
                ]
                assert [id(each) for each in came if each in line] == list(map(id, line))
