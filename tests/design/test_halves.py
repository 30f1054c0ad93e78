"""Orders to design for, and held-out orders to evaluate with."""

import datetime
from dataclasses import replace

import pytest

from boxwright.design.halves import halves
from boxwright.domain.wishes import Wishes
from boxwright.evaluation.destinations import Destinations

DAY = datetime.date(2026, 1, 1)


@pytest.fixture
def orders(order_of):
    """A hundred orders of twenty different kinds."""
    return [order_of(f"{number}", (100 + number % 20, 90, 80)) for number in range(100)]


def ids(half):
    """Return the orders of a half by id."""
    return [order.order_id for order in half.orders]


def test_halves_are_drawn_by_the_seed(orders):
    """Every order is in one half, and the split depends on the seed."""
    first = halves(orders, Wishes(sizes=(4,)))
    assert first.from_day is None
    assert (first.design.of, first.judged.of) == (50, 50)
    assert sum(first.design.weights) + sum(first.judged.weights) == 100
    assert first == halves(orders, Wishes(sizes=(4,)))
    assert first != halves(orders, Wishes(sizes=(4,), seed=2))
    assert len(first.design.orders) <= 20
    assert not first.design.sampled


def test_later_orders_are_held_out_where_all_have_a_date(orders):
    """Orders of one day stay in one half."""
    dates = {order.order_id: DAY + datetime.timedelta(number // 10) for number, order in enumerate(orders)}
    parts = halves(orders, Wishes(sizes=(4,), judged_share=0.3), dates)
    assert parts.from_day == DAY + datetime.timedelta(7)
    assert (parts.design.of, parts.judged.of) == (70, 30)
    assert max(dates[each] for each in ids(parts.design)) < parts.from_day


@pytest.mark.parametrize("missing", [6, 0])
def test_with_few_dates_or_without_two_days_orders_are_drawn(orders, missing):
    """Dates split the orders only if 95 % have one, of at least two days."""
    days = {order.order_id: DAY + datetime.timedelta(number * missing) for number, order in enumerate(orders)}
    parts = halves(orders, Wishes(sizes=(4,)), dict(list(days.items())[missing:]))
    assert parts.from_day is None
    assert parts.undated == missing


def test_a_few_orders_without_a_date_are_designed_for(orders):
    """Orders without a date do not prevent the split by date, and are not held out."""
    dates = {order.order_id: DAY + datetime.timedelta(number // 10) for number, order in enumerate(orders)}
    late = [order.order_id for order in orders[-5:]]
    parts = halves(orders, Wishes(sizes=(4,)), {each: day for each, day in dates.items() if each not in late})
    assert parts.from_day is not None
    assert parts.undated == 5
    assert all(dates[each] >= parts.from_day for half in parts.judged.ids for each in half)
    assert not any(each in late for half in parts.judged.ids for each in half)


def test_a_sample_keeps_what_is_frequent(order_of):
    """Frequent orders keep their share in a sample."""
    orders = [order_of(f"{number}", (100, 90, 80)) for number in range(900)]
    orders += [order_of(f"x{number}", (101 + number, 90, 80)) for number in range(100)]
    parts = halves(orders, Wishes(sizes=(4,), sample=20))
    assert parts.design.sampled
    assert len(parts.design.orders) == 20
    common = max(parts.design.weights)
    assert 0.75 < common / sum(parts.design.weights) <= 1


def test_one_order_is_designed_for(order_of):
    """The held-out half is empty."""
    parts = halves([order_of("o", (100, 90, 80))], Wishes(sizes=(1,)))
    assert (parts.design.of, parts.judged.of) == (1, 0)


def test_of_many_orders_some_are_drawn_as_they_pass(order_of, monkeypatch):
    """A limited number of orders is kept, from all parts of the file, and all are counted."""
    monkeypatch.setattr("boxwright.design.halves.HELD_PER_SAMPLED", 5)
    passing = (order_of(f"{number}", (100 + number // 10, 90, 80)) for number in range(2_000))
    parts = halves(passing, Wishes(sizes=(4,), sample=20))
    assert parts.drawn
    assert parts.of == 2_000
    assert parts.design.of + parts.judged.of == 100
    numbers = [int(each) for each in (*ids(parts.design), *ids(parts.judged))]
    assert min(numbers) < 500
    assert max(numbers) > 1_500


def test_a_half_has_each_of_its_orders_by_its_own_id(orders):
    """Merged orders keep their own ids, each in one half."""
    parts = halves(orders, Wishes(sizes=(4,)))
    names = [[order.order_id for order in half.every] for half in (parts.design, parts.judged)]
    assert sorted([*names[0], *names[1]]) == sorted(order.order_id for order in orders)
    sizes = {order.order_id: order.lines[0].length_mm for order in orders}
    for half in (parts.design, parts.judged):
        assert all(order.lines[0].length_mm == sizes[order.order_id] for order in half.every)
        assert [len(each) for each in half.ids] == list(half.weights)
        assert [each[0] for each in half.ids] == ids(half)


def test_orders_of_other_destinations_are_not_alike_where_lanes_differ(order_of):
    """Without such a lane only the country distinguishes them."""
    places = ("DE:1", "DE:2", "AT")
    orders = [replace(order_of(f"{number}", (100, 90, 80)), destination=places[number % 3]) for number in range(60)]
    wishes, by_place = Wishes(sizes=(1,), judged_share=0.5), Destinations(zone="1", rows=(("*", "1", ()),))
    assert len(halves(orders, wishes).design.orders) == 2
    assert len(halves(orders, wishes, lane=by_place).design.orders) == 3
