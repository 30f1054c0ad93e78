"""A first plan at once, better ones after it, and an end when the fuse blows."""

import pytest

from boxwright import BoxType, Catalog, Fuse, IncompletePlanError, Item, Order, Policy, Task, check, improvements, plan
from boxwright.errors import SearchEndedError
from boxwright.fuse import under
from boxwright.planning.finishing import checked, explain
from boxwright.selection.choice import SoFar

BOXES = Catalog("c", [BoxType(f"box-{side}", side, side - 40, side - 60) for side in range(200, 420, 20)])
ORDER = Order("o", [Item(f"line-{n}", 2, 60 + 17 * n, 45 + 11 * n, 30 + 9 * n, 500) for n in range(6)])


def price(answer):
    """Return what the default objectives compare."""
    return len(answer.parcels), answer.inner_litres


def test_each_plan_is_better_than_the_one_before_and_the_last_no_worse_than_a_plan_of_the_mode() -> None:
    """Prices fall, or proofs get better at the same price; each plan passes the check."""
    found = list(improvements(Task(ORDER, BOXES, Policy(mode="balanced"), profiles=())))
    assert found
    assert all(not check(each, ORDER, BOXES, Policy()) for each in found)
    assert [price(each) for each in found] == sorted((price(each) for each in found), reverse=True)
    assert price(found[-1]) <= price(plan(ORDER, BOXES, Policy(mode="balanced"), profiles=()))
    assert not any(each.cut_short for each in found)


def test_a_fuse_ends_the_search_with_the_best_plan_so_far() -> None:
    """A caller that has enough after the first plan gets it once more, marked as cut; no more effort is spent."""
    fuse = Fuse()
    found = []
    for each in improvements(Task(ORDER, BOXES, Policy(mode="thorough", support_ratio=1), profiles=()), fuse=fuse):
        found.append(each)
        if not fuse.blown and each.certificate.status.value == "proved":
            pytest.fail("the case is too easy: nothing is left to search for")
        fuse.blow()
    assert [each.cut_short for each in found] == [False, True]
    assert found[1].parcels == found[0].parcels
    assert found[1].warnings[-1] == checked.CUT


def test_a_fuse_that_blew_before_any_plan_is_an_error() -> None:
    """There is nothing to return then."""
    fuse = Fuse()
    fuse.blow()
    with pytest.raises(SearchEndedError):
        next(improvements(Task(ORDER, BOXES, profiles=()), fuse=fuse))


def test_a_blown_fuse_ends_only_its_own_search() -> None:
    """The next plan of the same thread is made as ever."""
    fuse = Fuse()
    fuse.blow()
    with pytest.raises(SearchEndedError):
        next(improvements(Task(ORDER, BOXES, profiles=()), fuse=fuse))
    assert plan(ORDER, BOXES, profiles=()).parcels


def test_an_order_that_cannot_be_packed_whole_is_an_error_as_ever() -> None:
    """What stays out is told at the end of the search, and only then."""
    order = Order("o", [Item("a", 1, 10, 10, 10), Item("b", 1, 900, 10, 10)])
    with pytest.raises(IncompletePlanError):
        list(improvements(Task(order, BOXES, profiles=())))
    (last,) = improvements(Task(order, BOXES, Policy(allow_partial=True), profiles=()))
    assert len(last.unpacked) == 1


def test_a_fuse_in_the_middle_of_the_first_search_gives_what_it_had_found(monkeypatch) -> None:
    """A search of one mode that ends after its first parcels answers with them, and says that it was cut."""
    fuse = Fuse()
    offer = SoFar.offer

    def blowing(so_far, parcels):
        offer(so_far, parcels)
        if so_far.parcels:
            fuse.blow()

    monkeypatch.setattr(SoFar, "offer", blowing)
    small = Catalog("c", [BoxType(f"box-{side}", side, side - 40, side - 60) for side in range(200, 260, 20)])
    order = Order("o", [Item(f"line-{n}", 3, 60 + 17 * n, 45 + 11 * n, 30 + 9 * n, 500) for n in range(6)])
    (answer,) = improvements(Task(order, small, Policy(mode="fast"), profiles=()), fuse=fuse)
    assert answer.cut_short
    assert answer.warnings[-1] == checked.CUT
    assert not check(answer, order, small, Policy())


def test_what_the_caller_iterates_under_ends_everything() -> None:
    """A blown fuse round the whole iteration leaves no plan to be finished."""
    outer = Fuse()
    outer.blow()
    with under(outer), pytest.raises(SearchEndedError):
        next(improvements(Task(ORDER, BOXES, profiles=()), fuse=Fuse()))


def test_explanations_end_with_the_fuse_and_are_made_once(monkeypatch) -> None:
    """A plan that a blown fuse leaves no time to explain says so; the cut one after it is the same plan."""
    asked = []

    def blow(answer, model):
        asked.append(answer)
        fuse.blow()
        raise SearchEndedError("the search was ended before there was a plan")

    fuse = Fuse()
    monkeypatch.setattr(explain, "with_smallest_changes", blow)
    policy = Policy(mode="thorough", support_ratio=1)
    first, cut = improvements(Task(ORDER, BOXES, policy, profiles=()), fuse=fuse, explain=True)
    assert (first.cut_short, cut.cut_short, len(asked)) == (False, True, 1)
    assert first.warnings[-1] == checked.EXTRAS_CUT
    assert cut.parcels == first.parcels
