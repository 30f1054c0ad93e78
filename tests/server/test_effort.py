"""What requests are estimated to take, and which are too costly."""

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.server.effort import CostLimitError, Size, effort_of, effort_of_check, estimated_s, size_of
from boxwright.server.fair_queue import lane_of
from boxwright.server.settings import Settings
from boxwright.server.shelf import Shelf
from boxwright.v1.packing_service_pb2 import CheckPlanRequest, PackRequest

from .costly_orders import CATALOG, many_boxes, mixed, soft_goods
from .live_calls import BOOK, request

PLAIN = Size("balanced", units=40, lines=40, boxes=28, parcels=2.0, soft=0.0)


def bounded(shelf, seconds):
    """Return a shelf whose server grants so many seconds to an order."""
    return Shelf(replace(shelf.settings, max_estimated_s=seconds), shelf.materials, shelf.catalogs)


def test_a_size_is_what_the_request_holds_and_asks_for(shelf):
    """Units, lines, box types, parcels, soft goods and options are read off."""
    size = size_of(soft_goods(), shelf)
    assert size == Size(
        "thorough",
        units=40,
        lines=40,
        boxes=len(shelf.catalogs["eu-stock"].box_types),
        parcels=pytest.approx(1.4, abs=0.1),
        soft=1.0,
        alternatives=3,
        explain=True,
        empty_spaces=True,
        drawings=True,
    )
    assert (size_of(many_boxes(), shelf).boxes, size_of(mixed(500), shelf).lines) == (100, 100)


@pytest.mark.parametrize(
    ("make", "lane"),
    [(lambda: request(BOOK, catalog=CATALOG), 0), (lambda: mixed(500), 3), (many_boxes, 4), (lambda: mixed(2_000), 4)],
)
def test_small_and_large_orders_are_told_apart(shelf, make, lane):
    """Two books stand in the lane of the smallest, hundreds of units in those of large orders."""
    assert abs(lane_of(effort_of(make(), bounded(shelf, 1e4))) - lane) <= (lane > 0)


@pytest.mark.parametrize(
    "more",
    [
        {"units": 80, "lines": 80, "parcels": 4.0},
        {"lines": 20, "mode": "thorough", "units": 80},
        {"boxes": 200},
        {"alternatives": 3},
        {"explain": True},
        {"drawings": True},
        {"fragile": 1.0},
        {"fragile": 1.0, "cushionings": 5},
    ],
    ids=str,
)
def test_more_takes_longer(more):
    """More of the goods, more to choose from and each option are estimated to cost more."""
    assert estimated_s(replace(PLAIN, **more)) > estimated_s(PLAIN)


def test_fast_is_faster():
    """The mode is looked at."""
    of_mode = [estimated_s(replace(PLAIN, mode=mode)) for mode in ("fast", "balanced", "thorough")]
    assert of_mode == sorted(of_mode)


ODD = st.sampled_from([0.0, -1.0, 1e308, -1e308, math.inf, math.nan, 1e-300])


@given(ODD, ODD, st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1))
def test_nothing_that_can_be_sent_breaks_the_estimate(edge, mass, quantity, alternatives):
    """Whatever the numbers, there is an estimate above 0; that they are refused is for the reader to say."""
    request = PackRequest(alternative_count=alternatives, catalog="catalogs/none")
    request.policy.mode = 77
    line = request.order.lines.add(quantity=quantity, mass_g=mass)
    line.cuboid.dimensions.length_mm = line.cuboid.dimensions.width_mm = line.cuboid.dimensions.height_mm = edge
    request.inline_catalog.box_types.add().inner.length_mm = edge
    assert 0 < estimated_s(size_of(request, SHELF)) < math.inf
    assert 0 < estimated_s(size_of(PackRequest(), SHELF)) < math.inf


SHELF = Shelf.load(Settings())


def test_what_is_too_costly_is_refused_with_the_fields_to_reduce(shelf):
    """Each field says what is left without it; the first helps most, and all of them help."""
    with pytest.raises(CostLimitError) as refused:
        effort_of(many_boxes(), bounded(shelf, 1))
    fields = [each.field for each in refused.value.violations]
    assert {"read_mask", "alternative_count", "order.lines"} <= set(fields)
    left_s = [float(re.findall(r"[\d.]+", each.rule)[-1]) for each in refused.value.violations]
    assert left_s == sorted(left_s)


def test_a_request_that_is_only_checked_is_not_too_costly(shelf):
    """Nothing is planned for it."""
    request = many_boxes()
    request.validate_only = True
    assert effort_of(request, bounded(shelf, 1)) > 1


def test_judging_is_cheap_and_comparing_costs_a_plan(shelf):
    """A CheckPlan that is to compare has the limit of a Pack."""
    order = mixed(500)
    request = CheckPlanRequest(order=order.order, catalog=order.catalog)
    assert effort_of_check(request, bounded(shelf, 0.1)) < effort_of(order, shelf)
    request.compare = True
    with pytest.raises(CostLimitError):
        effort_of_check(request, bounded(shelf, 0.1))
