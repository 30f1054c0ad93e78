"""A ceiling of CPU time ends an order with the best plan so far, or with an error."""

import threading
import time
from contextlib import nullcontext

import pytest

from boxwright import (
    BoxType,
    Catalog,
    Fuse,
    InvalidInputError,
    Item,
    Order,
    Policy,
    Task,
    check,
    cpu_ceiling,
    plan,
    plans,
)
from boxwright import fuse as fuses
from boxwright.errors import CpuCeilingError, SearchEndedError
from boxwright.fuse import under
from boxwright.planning import ceiling
from boxwright.planning.finishing import checked
from boxwright.planning.finishing.checked import EXTRAS_CUT
from boxwright.planning.watch import WATCH, Watch
from boxwright.selection import construction
from boxwright.selection.regrouping import Regrouping

BOXES = Catalog("c", [BoxType(f"box-{side}", side, side - 40, side - 60, max_net_g=30_000) for side in (300, 360, 420)])
ORDER = Order("o", [Item(f"line-{n}", 8, 60 + 17 * n, 45 + 11 * n, 30 + 9 * n, 900) for n in range(9)])
CHEAP = Policy(objectives=["inner_volume"])


def spending(fuse):
    """Return what ends a search in place of a part of it, and leaves time to finish."""

    def end(*_):
        fuse.spend(CpuCeilingError("enough"))
        fuse.look()

    return end


def test_a_search_that_is_ended_while_it_improves_returns_what_it_had(monkeypatch) -> None:
    """The plan that was built so far is finished, passes the check and says that it was cut."""
    fuse = Fuse()

    monkeypatch.setattr(Regrouping, "run", spending(fuse))
    with under(fuse):
        answer = plan(ORDER, BOXES, CHEAP, profiles=())
    assert answer.cut_short
    assert answer.warnings[-1] == checked.CUT
    assert answer.certificate.status.value == "open"
    assert not check(answer, ORDER, BOXES, CHEAP)
    assert sum(len(parcel.placements) for parcel in answer.parcels) == 72


@pytest.mark.parametrize("parcels", [0, 1])
def test_a_search_that_is_ended_before_its_first_plan_puts_what_is_left_by_itself(monkeypatch, parcels) -> None:
    """After so many parcels each other unit has one of its own: a plan that is whole, passes the check, says so."""
    fuse = Fuse()
    fullest = construction._fullest
    filled = []

    def until_enough(*asked):
        if len(filled) == parcels:
            fuse.spend(CpuCeilingError("enough"))
            fuse.look()
        filled.append(fullest(*asked))
        return filled[-1]

    monkeypatch.setattr(construction, "_fullest", until_enough)
    with under(fuse):
        answer = plan(ORDER, BOXES, CHEAP, profiles=())
    assert answer.cut_short
    assert not check(answer, ORDER, BOXES, CHEAP)
    assert sum(len(parcel.placements) for parcel in answer.parcels) == 72
    inside = sum(len(each.members) for each in filled)
    assert len(answer.parcels) < parcels + 72 - inside  # what was left shares boxes


def test_what_goes_into_no_open_box_has_one_of_its_own_at_the_end_of_a_search(monkeypatch) -> None:
    """Prints that only a mailer takes are in the plan as well."""
    fuse = Fuse()

    mailer = BoxType("mailer", 600, 450, 60, tare_g=40, material_id="kraft-paper", style="flat_mailer")
    boxes = Catalog("c", [*BOXES.box_types, mailer])
    order = Order("o", [*ORDER.lines, Item("print", 3, 520, 380, 4, 300)])
    monkeypatch.setattr(construction, "_fullest", spending(fuse))
    with under(fuse):
        answer = plan(order, boxes, CHEAP, profiles=())
    assert answer.cut_short
    assert not check(answer, order, boxes, CHEAP)
    assert sum(len(parcel.placements) for parcel in answer.parcels) == 75


def test_a_blown_fuse_leaves_no_plan_although_one_was_built(monkeypatch) -> None:
    """Nobody waits for it."""
    fuse = Fuse()

    def end(*_):
        fuse.blow()
        fuse.look()

    monkeypatch.setattr(Regrouping, "run", end)
    with under(fuse), pytest.raises(SearchEndedError):
        plan(ORDER, BOXES, CHEAP, profiles=())


def test_a_ceiling_that_leaves_no_plan_is_an_error_that_says_so(monkeypatch) -> None:
    """A ceiling of next to nothing is passed before anything is found."""
    monkeypatch.setattr(WATCH, "watching", lambda each, within_s: nullcontext(each.look()))
    with cpu_ceiling(1e-9), pytest.raises(CpuCeilingError, match="1e-09"):
        plan(ORDER, BOXES, CHEAP, profiles=())


def test_a_ceiling_that_is_not_reached_changes_nothing() -> None:
    """The plan is the same, and the fuse does not outlive its order."""
    with cpu_ceiling(1_000):
        answer = plan(ORDER, BOXES, CHEAP, profiles=())
    assert answer == plan(ORDER, BOXES, CHEAP, profiles=())
    assert not answer.cut_short


def test_the_ceiling_counts_the_thread_that_plans_and_no_other() -> None:
    """A thread that burns CPU beside it ends nothing: the clock is that of the planning thread."""
    told: list[float] = []

    def burn() -> None:
        clock_s = ceiling.thread_clock_s()
        for _ in range(300_000):
            pass
        told.append(clock_s())

    here = ceiling.thread_clock_s()
    before = here()
    thread = threading.Thread(target=burn)
    thread.start()
    thread.join()
    assert told[0] > 0
    assert here() - before < told[0]


def test_the_search_ends_before_the_whole_does() -> None:
    """At three quarters of the ceiling the fuse is spent, at the whole of it blown, and not before."""
    fuse = Fuse()
    now = [0.0]
    watched = ceiling._Watched(lambda: now[0], 7.5, 10.0, 10.0, fuse)
    assert watched.look() == 7.5
    assert (fuse.ended, fuse.blown) == (False, False)
    now[0] = 7.5
    assert watched.look() == 2.5
    assert (fuse.ended, fuse.blown) == (True, False)
    now[0] = 10.0
    watched.look()
    assert fuse.blown


def test_a_short_ceiling_ends_its_order_while_the_watch_waits_for_a_long_one() -> None:
    """The watch is woken for what is due sooner than its next look."""
    ended = threading.Event()
    with cpu_ceiling(1_000), cpu_ceiling(0.01) as fuse, fuse.ending(ended.set):
        while not ended.is_set():
            pass
    assert isinstance(fuse.why, CpuCeilingError)


def test_the_watch_is_not_woken_for_what_is_due_later(monkeypatch) -> None:
    """Its next look sees it: an order under the same ceiling costs no change of threads."""
    woken: list[float] = []
    with cpu_ceiling(1_000):
        while not time.monotonic() + 500 < WATCH._looks_at_s < float("inf"):
            time.sleep(0.001)  # it may still wait for what an earlier order was due
        monkeypatch.setattr(WATCH._changed, "notify", lambda: woken.append(1))
        with cpu_ceiling(2_000):
            assert not woken
        with cpu_ceiling(500):
            assert woken


def test_a_loop_looks_at_the_limits_where_the_watch_is_late(monkeypatch) -> None:
    """Its thread may wait for the interpreter for a second; loops leave what is not due to it."""

    class Limit:
        def look(self) -> float:
            fuse.blow()
            return float("inf")

    fuse, watch = Fuse(), Watch()
    monkeypatch.setattr(watch, "_run", lambda: None)  # as if it never got its turn
    monkeypatch.setattr(fuses, "_LOOK_TOO", [watch.look_if_late])
    with under(fuse), watch.watching(Limit(), 600):
        fuses.look()
        watch.look_within(-1)  # a second ago
        with pytest.raises(SearchEndedError):
            fuses.look()
    fuses.look()


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan"), 10**400, True, "2"])
def test_a_ceiling_is_a_number_above_0(seconds) -> None:
    """Anything else is refused, by the name of the argument."""
    with pytest.raises(InvalidInputError, match="cpu_seconds"), cpu_ceiling(seconds):
        pass


def test_alternatives_end_with_the_ceiling_and_the_plan_stays(monkeypatch) -> None:
    """Where the time for the next best plans is gone, the best one is returned, and says that others may be missing."""
    from boxwright.planning.answers import alternatives

    fuse = Fuse()

    monkeypatch.setattr(alternatives, "_solve_without", spending(fuse))
    with under(fuse):
        (answer,) = plans(Task(ORDER, BOXES, CHEAP, profiles=()), alternatives=3)
    assert not answer.cut_short
    assert answer.warnings[-1] == EXTRAS_CUT
    assert answer.parcels == plan(ORDER, BOXES, CHEAP, profiles=()).parcels


def test_a_fuse_ends_what_runs_under_a_fuse_within_it() -> None:
    """The inner search knows why the outer one ended; what is under no fuse any more goes on."""
    outer, inner = Fuse(), Fuse()
    with under(outer), under(inner):
        outer.blow()
        assert inner.blown
        with pytest.raises(SearchEndedError):
            plan(ORDER, BOXES, CHEAP, profiles=())
    assert plan(ORDER, BOXES, CHEAP, profiles=()).parcels
