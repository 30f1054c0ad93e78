"""Shares of boxes: the bound never exceeds the boxes from which units were cut, and is near hand-computed cases."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zero_slack
from boxwright.packing.shares import Shares

EVALUATIONS = 200_000


def shares_of(edges: list[tuple[int, int, int]], boxes: list[tuple[int, int, int]], mask: int = 63) -> Shares:
    """Return the shares that units of some edges need of boxes."""
    count = len(edges)
    return Shares(
        np.array(edges, dtype=np.int64),
        np.full(count, mask, dtype=np.int64),
        np.ones(count, dtype=np.int64),
        np.array(boxes, dtype=np.int64),
        EVALUATIONS,
    )


@given(st.lists(st.integers(0, 2**32), min_size=1, max_size=3))
@settings(max_examples=80, deadline=None)
def test_units_cut_from_boxes_need_no_more_than_those(seeds: list[int]) -> None:
    """The bound for the units of up to three boxes is at most the price of these boxes."""
    cut = [zero_slack.instance(random.Random(seed)) for seed in seeds]
    shares = Shares(
        np.concatenate([each.units.edges_um for each in cut]),
        np.concatenate([each.units.masks for each in cut]),
        np.ones(sum(len(each.units) for each in cut), dtype=np.int64),
        np.array([each.space.edges_um for each in cut], dtype=np.int64),
        EVALUATIONS,
    )
    for costs in (np.ones(len(cut)), np.arange(1.0, len(cut) + 1)):
        assert shares.least_cost(costs) <= costs.sum() * (1 + 1e-9)


@pytest.mark.parametrize(
    ("edges", "boxes", "least"),
    [
        pytest.param([(51, 51, 51)] * 5, [(100, 100, 100)], 5, id="more than half along each edge: one in a box"),
        pytest.param([(50, 50, 50)] * 9, [(100, 100, 100)], 9 / 8, id="eight halves fill a box"),
        pytest.param([(51, 51, 100)] * 3, [(100, 100, 100)], 3, id="pillars of which no two stand side by side"),
        pytest.param([(34, 34, 34)] * 9, [(100, 100, 100)], 9 / 8, id="more than a third: two along each edge"),
        pytest.param([(90, 90, 90)] * 2, [(50, 50, 50), (100, 100, 100)], 2, id="a box too small for a unit is none"),
    ],
)
def test_shares_see_what_volume_does_not(
    edges: list[tuple[int, int, int]], boxes: list[tuple[int, int, int]], least: float
) -> None:
    """The bound is higher than that of volume."""
    assert shares_of(edges, boxes).least_cost(np.ones(len(boxes))) == pytest.approx(least)


def test_each_unit_pays_its_cheapest_share() -> None:
    """A unit that fills a box for 3 or half of a box for 4 has the share 2; with the first box alone, 3."""
    shares = shares_of([(100, 100, 50)], [(100, 100, 50), (100, 100, 100)])
    assert shares.least_cost(np.array([3.0, 4.0])) == pytest.approx(2.0)
    assert shares.least_cost(np.array([3.0]), np.array([0])) == pytest.approx(3.0)


def test_enough_is_enough() -> None:
    """The computation ends at a sufficient bound."""
    assert shares_of([(51, 51, 51)] * 5, [(100, 100, 100)]).least_cost(np.ones(1), enough=2.0) >= 2.0


def test_shares_of_many_boxes_and_kinds_take_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """With too many kinds only the largest units count, which gives a lower bound."""
    draw = random.Random(5)
    edges = [(draw.randint(10, 80), draw.randint(10, 80), draw.randint(10, 80)) for _ in range(60)]
    boxes = [(100 + number, 100, 100) for number in range(20)]
    every = shares_of(edges, boxes).least_cost(np.ones(20))
    monkeypatch.setattr("boxwright.packing.shares.MOST_SHARES", 200)
    fewer = shares_of(edges, boxes)
    assert fewer._shares.size < 200 * 3 * 3 * 40
    largest = sorted(edges, key=lambda each: -each[0] * each[1] * each[2])[:10]
    assert 0 < fewer.least_cost(np.ones(20)) == pytest.approx(shares_of(largest, boxes).least_cost(np.ones(20)))
    assert fewer.least_cost(np.ones(20)) <= every
