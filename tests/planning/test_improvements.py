"""A first plan at once, better ones after it, and an end when the search is ended."""

import pytest

from boxwright import (
    BoxType,
    Catalog,
    IncompletePlanError,
    Item,
    Order,
    Policy,
    Stop,
    Task,
    check,
    improvements,
    plan,
)
from boxwright.errors import SearchEndedError
from boxwright.planning.answers import improving
from boxwright.planning.finishing import checked, explain, finish
from boxwright.selection.choice import OrderSearch

BOXES = Catalog("c", [BoxType(f"box-{side}", side, side - 40, side - 60) for side in range(200, 420, 20)])
ORDER = Order("o", [Item(f"line-{n}", 2, 60 + 17 * n, 45 + 11 * n, 30 + 9 * n, 500) for n in range(6)])


def price(answer):
    """Return the figures that the default objectives compare."""
    return len(answer.parcels), answer.inner_litres


def test_each_plan_is_better_than_the_one_before_and_the_last_no_worse_than_a_plan_of_the_mode() -> None:
    """Prices fall, or proofs get better at the same price; each plan passes the check."""
    found = list(improvements(Task(ORDER, BOXES, Policy(mode="balanced"), profiles=())))
    assert found
    assert all(not check(each, ORDER, BOXES, Policy()) for each in found)
    assert [price(each) for each in found] == sorted((price(each) for each in found), reverse=True)
    assert price(found[-1]) <= price(plan(ORDER, BOXES, Policy(mode="balanced"), profiles=()))
    assert not any(each.cut_short for each in found)


def test_of_many_units_a_plan_is_there_before_any_is_improved(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is whole, passes the check and is not marked as cut; later plans are no worse."""
    monkeypatch.setattr(improving, "MANY_UNITS", 100)
    order = Order("o", [Item(f"line-{n}", 4, 60 + 7 * n, 45 + 5 * n, 30 + 4 * n, 500) for n in range(25)])
    stop = Stop()
    answers = improvements(Task(order, BOXES, Policy(mode="fast"), profiles=(), stop=stop))
    first, early = next(answers), stop.effort_used
    last = [first, *answers][-1]
    assert not first.unpacked
    assert not check(first, order, BOXES)
    assert not first.cut_short
    assert early < stop.effort_used / 2
    assert price(last) <= price(first)


def test_a_stop_ends_the_search_with_the_best_plan_so_far() -> None:
    """A caller that has enough after the first plan gets it once more, marked as cut; no more effort is spent."""
    stop = Stop()
    found = []
    task = Task(ORDER, BOXES, Policy(mode="thorough", support_ratio=1), profiles=(), stop=stop)
    for each in improvements(task):
        found.append(each)
        if not stop.ended and each.certificate.status.value == "proved":
            pytest.fail("the case is too easy: nothing is left to search for")
        stop.end()
    assert [each.cut_short for each in found] == [False, True]
    assert found[1].parcels == found[0].parcels
    assert found[1].warnings[-1] == finish.CUT


@pytest.mark.parametrize("end", [Stop.end, Stop.cancel])
def test_an_end_before_any_plan_is_an_error(end) -> None:
    """A search that is ended or cancelled before its first plan has nothing to return."""
    stop = Stop()
    end(stop)
    with pytest.raises(SearchEndedError):
        next(improvements(Task(ORDER, BOXES, profiles=(), stop=stop)))


def test_an_order_that_cannot_be_packed_whole_is_an_error_as_ever() -> None:
    """Unpacked units are reported at the end of the search only."""
    order = Order("o", [Item("a", 1, 10, 10, 10), Item("b", 1, 900, 10, 10)])
    with pytest.raises(IncompletePlanError):
        list(improvements(Task(order, BOXES, profiles=())))
    (last,) = improvements(Task(order, BOXES, Policy(allow_partial=True), profiles=()))
    assert len(last.unpacked) == 1


def test_an_end_in_the_middle_of_the_first_search_gives_the_plan_so_far(monkeypatch) -> None:
    """A search of one mode that ends after its first parcels answers with them, and says that it was cut."""
    stop = Stop()
    offer = OrderSearch.offer

    def ending(search, parcels):
        offer(search, parcels)
        if search.parcels:
            stop.end()

    monkeypatch.setattr(OrderSearch, "offer", ending)
    small = Catalog("c", [BoxType(f"box-{side}", side, side - 40, side - 60) for side in range(200, 260, 20)])
    order = Order("o", [Item(f"line-{n}", 3, 60 + 17 * n, 45 + 11 * n, 30 + 9 * n, 500) for n in range(6)])
    (answer,) = improvements(Task(order, small, Policy(mode="fast"), profiles=(), stop=stop))
    assert answer.cut_short
    assert answer.warnings[-1] == finish.CUT


def test_explanations_end_with_the_search_and_are_made_once(monkeypatch) -> None:
    """A plan that there is no time to explain says so; the cut one after it is the same plan."""
    asked = []

    def end(explanation):
        asked.append(explanation)
        stop.end()
        raise SearchEndedError("the search was ended before there was a plan")

    stop = Stop()
    monkeypatch.setattr(explain.Explanation, "smallest", end)
    policy = Policy(mode="thorough", support_ratio=1)
    first, cut = improvements(Task(ORDER, BOXES, policy, profiles=(), stop=stop), explain=True)
    assert (first.cut_short, cut.cut_short, len(asked)) == (False, True, 1)
    assert first.warnings[-1] == checked.EXTRAS_CUT
    assert cut.parcels == first.parcels


def test_an_end_before_the_first_plan_of_many_units_gives_what_can_be_finished(monkeypatch) -> None:
    """The search of a first plan is ended before it has one: what is finished then is the answer, no error."""
    stop = Stop()
    run = OrderSearch.run

    def ending(search, known):
        stop.end()
        return run(search, known)

    monkeypatch.setattr(OrderSearch, "run", ending)
    order = Order("o", [Item(f"line-{n}", 50, 60 + 7 * n, 45 + 5 * n, 30 + 3 * n, 100) for n in range(6)])
    answers = list(improvements(Task(order, BOXES, Policy(mode="fast"), profiles=(), stop=stop)))
    assert answers[-1].cut_short
