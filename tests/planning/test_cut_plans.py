"""A search that is ended gives the best plan so far, or an error."""

import time
from dataclasses import replace

import pytest

from boxwright import BoxType, Catalog, Item, Order, Policy, Stop, plan
from boxwright.errors import CpuCeilingError
from boxwright.planning.finishing import finish
from boxwright.selection import multi
from boxwright.selection.regrouping import Regrouping

BOXES = Catalog("c", [BoxType(f"box-{side}", side, side - 40, side - 60, max_net_g=30_000) for side in (300, 360, 420)])
ORDER = Order("o", [Item(f"line-{n}", 8, 60 + 17 * n, 45 + 11 * n, 30 + 9 * n, 900) for n in range(9)])
LONG = Order("o", [Item(f"line-{n}", 8, 60 + 7 * n, 45 + 5 * n, 30 + 4 * n, 900) for n in range(24)])
CHEAP = Policy(objectives=["inner_volume"])


def ending(stop):
    """Return a function that ends a search in place of a part of it, and leaves time to finish."""

    def end(*_):
        stop.end(CpuCeilingError("enough"))
        stop.look()

    return end


def test_a_search_that_is_ended_while_it_improves_returns_the_plan_so_far(monkeypatch) -> None:
    """The plan that was built so far is finished, passes the check and says that it was cut."""
    stop = Stop()
    monkeypatch.setattr(Regrouping, "run", ending(stop))
    answer = plan(ORDER, BOXES, CHEAP, profiles=(), stop=stop)
    assert answer.cut_short
    assert answer.warnings[-1] == finish.CUT
    assert answer.certificate.status.value == "open"
    assert sum(len(parcel.placements) for parcel in answer.parcels) == 72


@pytest.mark.parametrize("parcels", [0, 1])
def test_a_search_that_is_ended_before_its_first_plan_puts_what_is_left_by_itself(monkeypatch, parcels) -> None:
    """After the first parcels each further unit has its own: the plan is whole, valid and marked as cut."""
    stop = Stop()
    fullest = multi._fullest_parcel
    filled = []

    def until_enough(*asked):
        if len(filled) == parcels:
            stop.end(CpuCeilingError("enough"))
            stop.look()
        filled.append(fullest(*asked))
        return filled[-1]

    monkeypatch.setattr(multi, "_fullest_parcel", until_enough)
    answer = plan(ORDER, BOXES, CHEAP, profiles=(), stop=stop)
    assert answer.cut_short
    assert sum(len(parcel.placements) for parcel in answer.parcels) == 72
    inside = sum(len(each.members) for each in filled)
    assert len(answer.parcels) < parcels + 72 - inside  # the units left share boxes


def test_what_goes_into_no_open_box_has_one_of_its_own_at_the_end_of_a_search(monkeypatch) -> None:
    """Prints that only a mailer takes are in the plan as well."""
    stop = Stop()
    mailer = BoxType("mailer", 600, 450, 60, tare_g=40, material_id="kraft-paper", style="flat_mailer")
    boxes = Catalog("c", [*BOXES.box_types, mailer])
    order = Order("o", [*ORDER.lines, Item("print", 3, 520, 380, 4, 300)])
    monkeypatch.setattr(multi, "_fullest_parcel", ending(stop))
    answer = plan(order, boxes, CHEAP, profiles=(), stop=stop)
    assert answer.cut_short
    assert sum(len(parcel.placements) for parcel in answer.parcels) == 75


def test_cpu_time_that_leaves_no_plan_is_an_error() -> None:
    """A limit of next to nothing is passed before anything is found."""
    with pytest.raises(CpuCeilingError, match="1e-09"):
        plan(ORDER, BOXES, CHEAP, profiles=(), stop=Stop(cpu_s=1e-9))


def test_limits_that_are_not_reached_change_nothing() -> None:
    """The plan is the same."""
    answer = plan(ORDER, BOXES, CHEAP, profiles=(), stop=Stop(time.monotonic() + 1_000, 1_000))
    assert answer == plan(ORDER, BOXES, CHEAP, profiles=())
    assert not answer.cut_short


def test_a_deadline_gives_a_plan_in_time_that_can_be_had_again() -> None:
    """The effort that a cut plan took gives the same plan without a deadline."""
    begun_s = time.monotonic()
    plan(LONG, BOXES, CHEAP, profiles=())
    whole_s = time.monotonic() - begun_s
    for share in (0.95, 0.9, 0.85, 0.8, 0.75, 0.7):
        answer_by_s = time.monotonic() + share * whole_s
        answer = plan(LONG, BOXES, CHEAP, profiles=(), stop=Stop(answer_by_s))
        assert time.monotonic() < answer_by_s + 0.05
        if answer.cut_short:
            break
    again = plan(LONG, BOXES, replace(CHEAP, max_effort=answer.effort_used), profiles=())
    assert (again.parcels, again.effort_used) == (answer.parcels, answer.effort_used)
