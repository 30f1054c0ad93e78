"""Greedy, swap and the bound, compared with all possible choices."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.design.bound import bounded
from boxwright.design.fitting import Fits
from boxwright.design.p_median import Limits, Prices, greedy, swap
from boxwright.design.search import Table, search
from boxwright.design.work import silent

NONE = np.array([], dtype=np.int64)


@st.composite
def cases(draw):
    """Return known prices, possible prices and limits; candidate 0 takes every order."""
    orders, candidates = draw(st.integers(1, 8)), draw(st.integers(1, 7))
    price = np.array(draw(st.lists(st.integers(1, 60), min_size=orders * candidates, max_size=orders * candidates)))
    price = price.reshape(orders, candidates).astype(np.float64)
    states = draw(st.lists(st.sampled_from("ynm"), min_size=orders * candidates, max_size=orders * candidates))
    state = np.array(states).reshape(orders, candidates)
    state[:, 0] = "y"
    weight = np.array(draw(st.lists(st.integers(1, 5), min_size=orders, max_size=orders)), dtype=np.float64)
    group = np.array(draw(st.lists(st.integers(0, 1), min_size=candidates, max_size=candidates)), dtype=np.int64)
    forced = np.array(sorted(draw(st.sets(st.integers(0, candidates - 1), max_size=2))), dtype=np.int64)
    limits = Limits(forced, group, (draw(st.integers(0, 3)), draw(st.integers(0, 3))))
    likely = Prices(np.where(state == "y", price, np.inf), weight)
    return likely, Prices(np.where(state == "n", np.inf, price), weight), limits


def every_choice(limits):
    """Yield every choice within the limits."""
    free = np.flatnonzero(limits.free)
    for count in range(len(free) + 1):
        for some in itertools.combinations(free.tolist(), count):
            taken = np.bincount(limits.group[list(some)], minlength=2) if some else [0, 0]
            if all(taken[each] <= limits.most[each] for each in (0, 1)):
                yield np.array(sorted([*limits.forced.tolist(), *some]), dtype=np.int64)


def total(prices, chosen):
    """Return the total of a choice; infinity without any."""
    return prices.total(chosen) if len(chosen) else float("inf")


@settings(max_examples=25)
@given(cases())
def test_the_bound_is_below_the_best_choice_and_that_below_what_is_found(case):
    """The bound is at most every choice, with open pairs counted as fitting; the choice found is not below the best."""
    likely, possible, limits = case
    best = min(total(likely, each) for each in every_choice(limits))
    conceivable = min(total(possible, each) for each in every_choice(limits))
    found = bounded(likely, possible, limits, swap(likely, limits, greedy(likely, limits)))
    assert found.least <= conceivable
    assert best <= total(likely, found.chosen) * (1 + 1e-12)
    assert any(np.array_equal(found.chosen, each) for each in every_choice(limits))


@settings(max_examples=25)
@given(cases())
def test_a_swap_never_makes_a_choice_dearer(case):
    """Greedy and swap respect the limits, and a swap never raises the total."""
    likely, _, limits = case
    first = greedy(likely, limits)
    then = swap(likely, limits, first)

    def cost(chosen):
        return float(likely.weighted[:, chosen].min(axis=1, initial=np.inf).clip(max=likely.uncovered).sum())

    assert cost(then) <= cost(first) * (1 + 1e-12)
    assert set(limits.forced.tolist()) <= set(then.tolist())


def test_swap_finds_what_greedy_misses():
    """The middle candidate saves most alone, but the two outer ones together are better."""
    price = np.array([[1, 4, 90], [1, 4, 90], [90, 4, 1], [90, 4, 1.0]])
    prices, limits = Prices(price, np.ones(4)), Limits(NONE, np.zeros(3, dtype=np.int64), (2,))
    assert 1 in greedy(prices, limits)
    assert swap(prices, limits, greedy(prices, limits)).tolist() == [0, 2]


def test_the_bound_of_a_choice_that_is_the_best_meets_it():
    """With well-separated clusters the gap is zero."""
    price = np.array([[1, 9, 9], [2, 9, 9], [9, 1, 9], [9, 2, 9.0]])
    prices, limits = Prices(price, np.array([1.0, 2, 3, 4])), Limits(NONE, np.zeros(3, dtype=np.int64), (2,))
    found = bounded(prices, prices, limits, greedy(prices, limits))
    assert found.least == pytest.approx(prices.total(found.chosen), rel=1e-6)


def test_an_order_that_goes_nowhere_leaves_no_bound():
    """If an order has no possible candidate, the bound is -infinity."""
    prices = Prices(np.array([[1.0], [np.inf]]), np.ones(2))
    limits = Limits(NONE, np.zeros(1, dtype=np.int64), (1,))
    assert bounded(prices, prices, limits, np.array([0])).least == float("-inf")


def test_what_must_be_covered_costs_nothing_and_is_covered():
    """An order of price 0 forces the only candidate that covers it."""
    prices = Prices(np.array([[5.0, 9.0], [np.inf, 0.0]]), np.ones(2))
    limits = Limits(NONE, np.zeros(2, dtype=np.int64), (1,))
    chosen = swap(prices, limits, greedy(prices, limits))
    assert chosen.tolist() == [1]
    assert bounded(prices, prices, limits, chosen).least == pytest.approx(9.0, rel=1e-6)


class Engine:
    """Replaces the engine: a pair fits if ``takes`` is true for its price."""

    def __init__(self, takes):
        self.takes = takes

    def test(self, found, columns):
        """Record which candidates take the order; refuse it in the others."""
        for column in columns:
            found.untested[column] = False
            found.fits[column] = self.takes(found.price[column])
            if not found.fits[column]:
                found.price[column] = np.inf
        return len(columns)


def row(price=(100.0, 10.0, 90.0), weight=1, **known):
    """Return the knowledge of an order, given the columns where it fits, is open or is untested."""
    count = len(price)
    states = {name: np.zeros(count, dtype=np.bool_) for name in ("fits", "undecided", "untested")}
    states |= {name: np.isin(np.arange(count), columns) for name, columns in known.items()}
    return Fits(None, weight, "", np.array(price, dtype=np.float64), **states, undecided_price=np.full(count, np.inf))


def test_what_the_engine_leaves_open_hides_no_better_choice():
    """Although the bound uses an open candidate, the best untested one is found."""
    table = Table(Engine(lambda price: True), [row(fits=[0], undecided=[1], untested=[2]) for _ in range(4)])
    (found,) = search(table, [Limits(NONE, np.zeros(3, dtype=np.int64), (1,))], silent)
    assert found.chosen.tolist() == [2]
    assert found.least == pytest.approx(40)
    assert found.undecided == 4


def test_multipliers_stay_as_small_as_a_choice_so_that_the_bound_keeps_its_digits():
    """Unlimited steps grew to 1e16 and made the bound 12, above a choice of 11."""
    usual = [1.0, 2.0, 2.0, 1.0]
    costs = [[2.0, 1.0, 2.0, 1.0], [2.0, np.inf, 1.0, 1.0], [2.0, 1.0, 2.0, 1.0], usual, usual, usual]
    possible = Prices(np.array([*costs, [4.0, np.inf, np.inf, 1.0], usual]), np.ones(8))
    likely = Prices(np.where(np.arange(32).reshape(8, 4) == 1, np.inf, possible.price), np.ones(8))
    first = np.array([2.0, 1.69650798, *[1.60310053] * 4, 4.0, 1.60310053])
    limits = Limits(np.array([0]), np.array([0, 1, 1, 0]), (0, 2))
    found = bounded(likely, possible, limits, np.array([0, 1, 2]), first)
    assert found.least <= min(total(possible, each) for each in every_choice(limits)) == 11
    assert found.multipliers.max() <= 12


@settings(max_examples=25)
@given(cases(), st.integers(1, 60))
def test_the_bound_of_a_search_is_below_every_choice_whatever_was_asked(case, most):
    """Whatever the engine answers, the bound is below every choice, and the search never raises the total."""
    likely, possible, limits = case
    limits = limits if len(limits.forced) else Limits(np.array([0]), limits.group, limits.most)
    maybe = np.isfinite(possible.price) & np.isinf(likely.price)
    untested = maybe & (np.where(maybe, possible.price, 0.0) % 2 == 0)
    true = Prices(np.where(untested & (possible.price > most), np.inf, possible.price), possible.weight)
    known = Prices(np.where(maybe & ~untested, np.inf, true.price), possible.weight)
    rows = [
        row(price, weight, fits=np.flatnonzero(fits), untested=np.flatnonzero(ask), undecided=np.flatnonzero(open_))
        for price, weight, fits, ask, open_ in zip(
            *(possible.price, possible.weight, np.isfinite(likely.price), untested, maybe & ~untested), strict=True
        )
    ]
    table = Table(Engine(lambda price: price <= most), rows)
    (found,) = search(table, [limits], silent)
    assert found.least <= min(total(true, each) for each in every_choice(limits))
    assert total(known, found.chosen) <= total(table.likely, found.chosen)
