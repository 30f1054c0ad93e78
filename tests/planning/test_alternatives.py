"""Ranked alternatives: distinct, valid, sorted by the objectives, with certificates that state their rank."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from boxwright import (
    BoxType,
    Catalog,
    IncompletePlanError,
    InvalidInputError,
    Item,
    Order,
    Plan,
    Policy,
    Task,
    check,
    plan,
    plans,
    verify_certificate,
)
from boxwright.contract.canonical import canonical_json
from boxwright.domain.plan import ProofStatus
from boxwright.errors import SearchEndedError
from boxwright.planning.answers import alternatives
from boxwright.planning.finishing.certify import NOTHING_PROVED
from boxwright.planning.finishing.checked import EXTRAS_CUT
from boxwright.stop import Stop

FAST = Policy(mode="fast")


def boxes(answer: Plan) -> tuple[str, ...]:
    """Return the box types of a plan, sorted."""
    return tuple(sorted(parcel.box_type_id for parcel in answer.parcels))


def price(answer: Plan) -> tuple[int, int]:
    """Return a plan's figures by the default objectives."""
    return len(answer.parcels), sum(parcel.inner_volume_um3 for parcel in answer.parcels)


@given(strategies.orders(), strategies.catalogs(), strategies.policies, st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_plans_are_ranked_distinct_and_honest(order: Order, catalog: Catalog, policy: Policy, count: int) -> None:
    """Each plan is valid, packs the same units in other boxes, is no better than earlier ones, and states its rank."""
    found = plans(Task(order, catalog, policy, profiles=()), alternatives=count)
    assert len(found) <= count + 1
    assert len({boxes(each) for each in found}) == len(found)
    assert [price(each) for each in found] == sorted(price(each) for each in found)
    for rank, each in enumerate(found):
        assert check(each, order, catalog, policy) == []
        assert verify_certificate(each, order, catalog, policy, profiles=()) == []
        assert {(unit.line_id, unit.unit_index) for unit in each.unpacked} == {
            (unit.line_id, unit.unit_index) for unit in found[0].unpacked
        }
        assert each.certificate.rank == rank
        assert not rank or replace(each.certificate, rank=0) == NOTHING_PROVED
    alone = plan(order, catalog, policy, profiles=())
    assert price(found[0]) <= price(alone)
    if alone.certificate.status is ProofStatus.PROVED:
        assert canonical_json(found[0]) == canonical_json(alone)


@given(strategies.orders(), strategies.catalogs())
@settings(max_examples=15, deadline=None)
def test_no_box_that_takes_the_order_is_passed_over(order: Order, catalog: Catalog) -> None:
    """If no box stayed open, the one-parcel plans are the boxes that take the whole order, the cheapest first."""
    # A unit that ships without a box does so with every catalog.
    order = Order("order", [replace(line, ships_in_own_container=False) for line in order.lines])
    try:
        found = plans(Task(order, catalog, FAST, profiles=()), alternatives=3)
    except IncompletePlanError:
        return
    singles = [boxes(each)[0] for each in found if len(each.parcels) == 1]
    if "" in singles:  # a unit that ships in its own container is in no box type
        return
    if not singles or {box for box, _ in found[0].certificate.open_candidates} - set(singles):
        return
    expected = []
    for box in catalog.box_types:
        try:
            alone = plan(order, Catalog("one", [box]), FAST, profiles=())
        except IncompletePlanError:
            continue
        if len(alone.parcels) == 1:
            expected.append((price(alone), box.box_type_id))
    assert singles == [box_type_id for _, box_type_id in sorted(expected)][:4]


SHELF = Catalog(
    "shelf",
    [
        BoxType("small", 120, 100, 60),
        BoxType("middle", 200, 150, 100),
        BoxType("large", 400, 300, 200),
        BoxType("long", 900, 60, 60),
    ],
)


def test_the_next_best_boxes_follow_in_order() -> None:
    """A book goes into the small box; the middle and the large box are next; the long one never takes it."""
    order = Order("o", [Item("book", 1, 110, 90, 50, 300)])
    found = plans(Task(order, SHELF, profiles=()), alternatives=10)
    assert [boxes(each) for each in found] == [("small",), ("middle",), ("large",)]


def test_where_one_box_takes_all_two_may_be_next() -> None:
    """Without the large box the order is split; this is also an alternative, with one more parcel."""
    order = Order("o", [Item("book", 2, 190, 140, 90, 300)])
    found = plans(Task(order, SHELF, profiles=()), alternatives=10)
    assert [boxes(each) for each in found] == [("large",), ("middle", "middle")]


def test_a_unit_in_its_own_container_goes_into_boxes_next() -> None:
    """If a unit ships best without a box, the alternatives are boxes, the smallest first."""
    order = Order("o", [Item("book", 1, 110, 90, 50, 300, ships_in_own_container=True)])
    found = plans(Task(order, SHELF, profiles=()), alternatives=10)
    assert found[0].parcels[0].ships_in_own_container
    assert [boxes(each) for each in found] == [("",), ("small",), ("middle",), ("large",)]
    for each in found:
        assert verify_certificate(each, order, SHELF, profiles=()) == []


def test_empty_spaces_are_listed_for_each() -> None:
    """Alternatives have all parts of a plan."""
    order = Order("o", [Item("book", 1, 110, 90, 50, 300)])
    found = plans(Task(order, SHELF, profiles=()), alternatives=1, empty_spaces=True)
    assert all(parcel.empty_spaces for each in found for parcel in each.parcels)


def test_an_order_that_cannot_be_packed_whole_has_no_alternatives() -> None:
    """The error is that of the plan; if partial plans are allowed, a plan without parcels has no alternatives."""
    order = Order("o", [Item("pole", 1, 2_000, 10, 10, 300)])
    with pytest.raises(IncompletePlanError):
        plans(Task(order, SHELF, profiles=()), alternatives=2)
    assert len(plans(Task(order, SHELF, Policy(allow_partial=True), profiles=()), alternatives=2)) == 1


@pytest.mark.parametrize("count", [-1, 11, 1.5, True, "3", None])
def test_a_count_out_of_range_is_refused(count: object) -> None:
    """The number of alternatives must be a whole number from 0 to 10."""
    with pytest.raises(InvalidInputError, match="alternatives"):
        plans(Task(Order("o", [Item("book", 1, 110, 90, 50, 300)]), SHELF), alternatives=count)


def test_alternatives_found_in_time_are_finished_in_time(monkeypatch) -> None:
    """Once the second alternative is late, the first one stays, and nothing else is priced or checked."""
    ends, solve_without, checked = [], alternatives._solve_without, alternatives.checked
    stop = Stop()

    def late(first, box_type_ids):
        if len(box_type_ids) > 1:
            stop.end(SearchEndedError("enough"))
        return solve_without(first, box_type_ids)

    def noting(*given, **asked):
        ends.append(stop.ended)
        return checked(*given, **asked)

    monkeypatch.setattr(alternatives, "_solve_without", late)
    monkeypatch.setattr(alternatives, "checked", noting)
    order = Order("o", [Item("book", 1, 110, 90, 50, 300)])
    found = plans(Task(order, SHELF, profiles=(), stop=stop), alternatives=10)
    assert [boxes(each) for each in found] == [("small",), ("middle",)]
    assert [EXTRAS_CUT in each.warnings for each in found] == [True, False]
    assert (found[0].cut_short, ends) == (False, [False, False])
