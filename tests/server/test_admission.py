"""Who is let in and who is sent away, by a clock that the tests turn."""

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.server.admission import Admission
from boxwright.server.fair_queue import CallKind
from boxwright.server.overloaded import LEAST_RETRY_S, MOST_RETRY_S, OverloadedError, ShedError


@dataclass(eq=False)
class Order:
    """An order as admission sees it."""

    name: object
    effort_s: float = 0.01
    caller: str = "a"
    kind: CallKind = CallKind.SINGLE
    deadline_s: float = math.inf
    came_s: float = 0.0
    wait_s: float = 0.0
    begun_s: float = 0.0


def running(admission):
    """Return the names of what runs."""
    return [each.name for each in admission.running]


def taken(admission, now_s):
    """Take up all that there is a place for; return the names."""
    names = []
    while (order := admission.take(now_s)[0]) is not None:
        names.append(order.name)
    return names


def fill(admission, effort_s):
    """Send equal orders, numbered, until one is refused; return how many were let in."""
    for number in range(1_000):
        try:
            admission.admit(Order(number, effort_s), 0)
        except ShedError:
            return number
    raise AssertionError("none was refused")


def test_no_more_run_at_once_than_there_are_places():
    """What ends makes room for one."""
    admission = Admission(2, 10)
    orders = [Order(number) for number in range(4)]
    for each in orders:
        admission.admit(each, 0)
    assert taken(admission, 0) == [0, 1]
    assert not admission.can_take(0)
    admission.done(orders[0], 0.01)
    assert admission.can_take(0.01)
    assert taken(admission, 0.01) == [2]


def pushed(admission, order, now_s):
    """Let an order in through the queue, and take up what may be."""
    admission.admit(order, now_s)
    taken(admission, now_s)


def begun(admission, order, now_s):
    """Begin an order at once where that is possible."""
    if not admission.begin(order, now_s):
        pushed(admission, order, now_s)


@given(
    st.lists(st.tuples(st.sampled_from((0.001, 0.01, 0.3, 5.0)), st.sampled_from("abc"), st.booleans()), max_size=25)
)
def test_what_begins_at_once_has_had_its_turn_as_what_went_through_the_queue(sent):
    """The same orders run, and later ones come up in the same turn."""
    either = [(Admission(2, 1e9), bring) for bring in (pushed, begun)]
    ran = []
    for admission, bring in either:
        ran.append(names := [])
        for number, (effort_s, caller, ends) in enumerate(sent):
            bring(admission, Order(number, effort_s, caller), number)
            names.append(running(admission))
            if ends and (under_way := admission.running):
                admission.done(under_way[0], number + 0.5)
                taken(admission, number + 0.5)
        while under_way := admission.running:
            admission.done(under_way[0], len(sent))
            taken(admission, len(sent))
            names.append(running(admission))
    assert ran[0] == ran[1]


def test_nothing_begins_before_what_waits_or_without_a_place():
    """It is to go through the queue then."""
    admission = Admission(1, 10, spare=0)
    assert admission.begin(Order("first"), 0)
    assert not admission.begin(Order("second"), 0)
    admission.admit(waits := Order("third"), 0)
    admission.done(admission.running[0], 0.1)
    assert not admission.begin(Order("fourth"), 0.1)
    assert admission.take(0.1)[0] is waits


def test_large_orders_leave_a_place_to_small_ones():
    """With all places taken by large orders a small one runs at once, in the spare place; a second one waits."""
    admission = Admission(2, 1_000)
    for number in range(3):
        admission.admit(Order(f"large {number}", 5), 0)
    assert taken(admission, 0) == ["large 0", "large 1"]
    for number in range(2):
        admission.admit(Order(number), 0.1)
    assert taken(admission, 0.1) == [0]
    assert running(admission) == ["large 0", "large 1", 0]


def test_a_spare_place_is_for_when_large_orders_have_the_others():
    """Small orders alone take no more places than there are."""
    admission = Admission(2, 10)
    for order in (Order("large", 5), *map(Order, range(3))):
        admission.admit(order, 0)
    assert taken(admission, 0) == ["large", 0]


def test_a_small_order_that_takes_long_counts_as_large():
    """One that was estimated far too low does not hold up the small ones behind it."""
    admission = Admission(1, 10)
    for number in range(3):
        admission.admit(Order(number), 0)
    assert taken(admission, 0) == [0]
    assert taken(admission, 0.09) == []
    assert taken(admission, 0.11) == [1]
    assert taken(admission, 0.5) == []


def test_what_would_wait_too_long_is_refused_at_once_and_asked_to_come_again():
    """As much is let in as one place does within the limit; the rest is refused, with a time in which room is made."""
    admission = Admission(1, 1, spare=0)
    let_in, refused = 0, []
    for number in range(300):
        try:
            admission.admit(Order(number), 0)
            let_in += 1
        except ShedError as error:
            refused.append(error)
    assert let_in == pytest.approx(100, abs=1)
    assert {each.limit for each in refused} == {"waiting_time"}
    assert len({each.retry_after_s for each in refused}) > 100


def test_one_caller_keeps_no_other_out():
    """However much one has waiting, another one is let in, and has the next turn."""
    admission = Admission(1, 1, spare=0)
    fill(admission, effort_s=0.01)
    assert taken(admission, 0) == [0]
    admission.admit(Order("other", caller="b"), 0)
    admission.done(admission.running[0], 0.01)
    assert taken(admission, 0.01) == ["other"]


def test_large_orders_that_wait_keep_no_small_one_out():
    """Lanes share the time: what waits in one does not make the other's wait long."""
    admission = Admission(1, 5, spare=0)
    fill(admission, effort_s=3)
    admission.admit(Order("small"), 0)
    assert admission.waiting(0) == 1


@pytest.mark.parametrize("kind", [CallKind.BATCH, CallKind.STREAM])
def test_batches_and_streams_are_let_in_and_never_sent_away(kind):
    """They hand in a few orders at a time by themselves."""
    admission = Admission(1, 1)
    for number in range(50):
        admission.admit(Order(number, 1, kind=kind, deadline_s=2), 0)
    assert admission.shed(100) == []
    assert taken(admission, 100) == [0]


def test_what_cannot_meet_its_deadline_is_refused_at_once():
    """Wait and a tenth of a second, for a plan that the deadline cuts, have to be over at half of the time."""
    admission = Admission(1, 100, spare=0)
    admission.admit(Order("first", 1), 0)
    assert taken(admission, 0) == ["first"]
    with pytest.raises(ShedError) as refused:
        admission.admit(Order("late", 1, deadline_s=2.15), 0)
    assert refused.value.limit == "deadline"
    admission.admit(Order("in time", 1, deadline_s=2.25), 0)


def test_what_does_not_wait_is_begun_however_short_its_deadline():
    """It is no matter of load whether a plan can be made in time."""
    admission = Admission(1, 100)
    admission.admit(Order("short", 60, deadline_s=0.01), 0)
    assert taken(admission, 0.02) == ["short"]


def test_what_has_become_too_late_is_sent_away_and_not_begun():
    """A deadline that can no longer be met, and an age past the limit, are seen when the turn comes."""
    admission = Admission(1, 10, spare=0)
    for each in (Order("running", 1), Order("late", 1, deadline_s=3), Order("old", 1)):
        admission.admit(each, 0)
    admission.admit(Order("batch", 1, kind=CallKind.BATCH), 0)
    assert taken(admission, 0) == ["running"]
    assert admission.shed(1) == []
    admission.done(admission.running[0], 11)
    order, away = admission.take(11)
    assert order.name == "batch"
    away += admission.shed(11)
    assert {(each.name, error.limit) for each, error in away} == {("late", "deadline"), ("old", "age")}
    assert len(admission) == 0


def test_turns_of_what_was_sent_away_are_not_counted():
    """A caller whose late orders are dropped still has its turn."""
    admission = Admission(1, 100, spare=0)
    admission.admit(Order("running", 1, caller="c"), 0)
    assert taken(admission, 0) == ["running"]
    late, there = Order("late", 1, deadline_s=3), Order("there", 1)
    for each in (late, there, *(Order(n, 1, caller="b") for n in range(2))):
        admission.admit(each, 0)
    admission.done(admission.running[0], 5)
    order, away = admission.take(5)
    assert [each.name for each, _ in away] == ["late"]
    assert order.name == 0
    admission.done(order, 6)
    assert taken(admission, 6) == ["there"]


def test_waiting_times_follow_what_orders_took_of_late():
    """On a machine half as fast the same order is expected to take twice as long; ended ones teach nothing."""
    admission = Admission(1, 1_000, spare=0)
    now_s = 0.0
    for number in range(1_000):
        admission.admit(order := Order(number), now_s)
        admission.take(now_s)
        ended = number % 2 == 1
        now_s += 5 if ended else 0.02
        admission.done(order, now_s, ended=ended)
    for number in range(100):
        admission.admit(Order(number), now_s)
    assert admission.wait_s(Order("next"), now_s) == pytest.approx(2.0, rel=0.1)


def test_the_oldest_and_what_waits_is_known():
    """For metrics: the age of the oldest, and number and effort of each lane."""
    admission = Admission(1, 100)
    assert admission.oldest_s(7) == 0
    for number, effort_s in enumerate((0.01, 0.01, 3)):
        admission.admit(Order(number, effort_s), number)
    assert admission.oldest_s(7) == 7
    assert (admission.waiting(0), admission.waiting(4)) == (2, 1)
    assert admission.waiting_effort_s(0) == pytest.approx(0.02)


def test_the_time_to_come_again_is_bounded_and_differs():
    """Neither at once nor in an hour, and not for all at the same moment."""
    assert all(LEAST_RETRY_S / 2 <= OverloadedError("busy", 0).retry_after_s <= 1.5 * LEAST_RETRY_S for _ in range(99))
    assert all(MOST_RETRY_S / 2 <= OverloadedError("busy", 1e9).retry_after_s <= 1.5 * MOST_RETRY_S for _ in range(99))
    assert len({OverloadedError("busy").retry_after_s for _ in range(50)}) > 40


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["come", "end", "give up", "sweep"]),
        st.sampled_from([0.001, 0.05, 0.3, 4.0]),
        st.sampled_from("abc"),
        st.sampled_from(list(CallKind)),
        st.sampled_from([0.1, 1.0, 20.0, math.inf]),
        st.floats(0, 0.5),
    ),
    max_size=80,
)


@given(STEPS, st.integers(1, 3), st.integers(0, 2))
def test_no_order_is_lost_and_none_runs_twice(steps, places, spare):
    """Each is refused, sent away, given up or run, once; never more run than may, and never more large than places."""
    admission, now_s = Admission(places, 3, spare=spare), 0.0
    sent, fate = [], {}

    def becomes(order, what):
        assert fate.get(order) == ("running" if what == "run" else "waiting")
        fate[order] = what

    def go_on():
        while True:
            order, away = admission.take(now_s)
            for each, _ in away:
                becomes(each, "sent away")
            if order is None:
                return
            becomes(order, "running")
            assert len(admission.running) <= places + spare
            assert sum(each.effort_s >= 0.1 for each in admission.running) <= places

    for what, effort_s, caller, kind, patience_s, passes_s in steps:
        now_s += passes_s
        if what == "come":
            sent.append(order := Order(len(sent), effort_s, caller, kind, now_s + patience_s))
            fate[order] = "waiting"
            try:
                admission.admit(order, now_s)
            except ShedError:
                fate[order] = "refused"
        elif what == "end" and admission.running:
            becomes(order := admission.running[0], "run")
            admission.done(order, now_s)
        elif what == "give up" and (waiting := [each for each in sent if fate[each] == "waiting"]):
            assert admission.withdraw(waiting[0])
            fate[waiting[0]] = "given up"
        elif what == "sweep":
            for each, _ in admission.shed(now_s):
                becomes(each, "sent away")
        go_on()
    while admission.running:
        now_s += 1
        becomes(order := admission.running[0], "run")
        admission.done(order, now_s)
        go_on()
    assert len(admission) == 0
    assert not {"waiting", "running"} & set(fate.values())
