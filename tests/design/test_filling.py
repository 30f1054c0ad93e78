"""A design loses no current orders: orders that fill the largest current boxes, and orders still undecided."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from boxwright import Fragility, Item, Order, plan
from boxwright.design import Wishes, design, design_dict, premises
from boxwright.design.design import _refusal
from boxwright.design.fitting import Fitter
from boxwright.design.stock import fillers, goes_into
from boxwright.domain.lane import Lane
from boxwright.domain.policy import Objective, Policy
from boxwright.domain.price_table import PriceTable, WeightPrice, ZonePrices
from boxwright.evaluation.destinations import Destinations

TARIFF = PriceTable("own", "1", "dhl-paket/de", "EUR", "kg", (ZonePrices("", (WeightPrice(Decimal(5), 400),)),))


@pytest.fixture
def today(catalog_of):
    """Two boxes that do not fit into each other."""
    return catalog_of((400, 100, 100), (300, 300, 300), name="today")


@pytest.fixture
def small(order_of):
    """Twenty orders of a small unit."""
    return [(order_of("small", (90, 80, 40)), 20)]


def test_a_filler_has_the_inside_of_its_box_and_the_density_of_the_orders(today, small, rules):
    """The mass of a filling order is that of a full box at the mean density of the orders."""
    (first, _), _ = fillers(today.box_types, small, Fitter(today, rules))
    (unit,) = first.order.lines
    assert (unit.length_mm, unit.width_mm, unit.height_mm) == (400, 100, 100)
    assert unit.mass_g == pytest.approx(200 * 4_000_000 / (90 * 80 * 40), rel=1e-6)


@pytest.mark.parametrize(
    "given", [{"fit_clearance_mm": 8}, {"fill_limit": 0.7}, {"fit_clearance_mm": 5, "fill_limit": 0.5}]
)
def test_rooms_are_compared_whatever_clearance_and_fill_limit_take_of_them(today, catalog_of, small, rules, given):
    """Only candidates that contain the inside of the box take its filling order, whatever the unit needs."""
    asked = replace(rules, policy=replace(rules.policy, **given))
    others = (295, 295, 295), (300, 310, 300), (100, 400, 100), (360, 330, 330)
    larger = catalog_of((400, 100, 100), (300, 300, 300), *others)
    fitter = Fitter(larger, asked)
    (one, other), _ = fillers(today.box_types, small, fitter)
    for row, box in ((one, today.box_types[0]), (other, today.box_types[1])):
        assert row.fits.any()
        assert row.possible.tolist() == [goes_into(box, each) for each in larger.box_types]
        assert np.isinf(row.price[~row.possible]).all()


def test_a_design_has_room_for_fragile_goods_that_todays_box_takes(order_of, catalog_of):
    """Fragile goods that fit today's largest box fit a box of the design."""
    today = catalog_of((200, 200, 100), (400, 300, 300), name="today")
    orders = [order_of(f"{number}", (150 + number % 3 * 10, 100, 60)) for number in range(40)]
    policy = Policy(fit_clearance_mm=10)
    made = design(orders, Wishes(sizes=(2,)), policy, today=today)
    assert made.fillers == 1
    fragile = Order("vase", (Item("vase", 1, 290, 190, 190, 900, fragility=Fragility("fragile")),))
    for catalog in (today, made.suites[0].catalog):
        assert len(plan(fragile, replace(catalog, dunnage=made.suites[0].catalog.dunnage), policy).parcels) == 1


def test_a_filler_is_as_heavy_as_its_box_bears(catalog_of, order_of, rules):
    """The mass of the filling order respects the load limit of the box."""
    heavy = [(order_of("lead", (100, 100, 100), mass_g=9_000), 5)]
    today = catalog_of((400, 300, 300), max_gross_g=10_000)
    (row,), _ = fillers(today.box_types, heavy, Fitter(today, rules))
    assert row.fits.all()
    assert row.order.goods_mg <= 10_000_000


def test_orders_are_asked_of_todays_boxes_before_they_are_excluded(rules, catalog_of, order_of):
    """An undecided order is tested before it is excluded."""
    fitter = Fitter(catalog_of((120, 100, 80), (240, 100, 80), (240, 200, 80), (240, 200, 160)), rules)
    row = fitter.of(order_of("four", (90, 60, 40), 4), tests=0)
    assert not row.fits.any()
    assert _refusal(fitter, row, np.array([2, 3])) == ""
    assert row.fits[[2, 3]].any()


def test_an_order_is_excluded_for_the_reason_that_holds(rules, catalog_of, order_of, monkeypatch):
    """An order may be refused by all candidates, refused by today's boxes, or neither packed nor refused."""
    fitter = Fitter(catalog_of((120, 100, 80), (240, 200, 160)), rules)
    order, today = order_of("two", (90, 90, 75), 2), np.array([0])
    reasons = {_refusal(fitter, fitter.of(order), today)}
    nowhere = fitter.of(order_of("many", (90, 90, 75), 30))
    reasons.add(_refusal(fitter, nowhere, today))
    row = fitter.of(order, tests=0)
    monkeypatch.setattr(fitter, "_test_one", lambda question, found, column: _left_open(found, column))
    reasons.add(_refusal(fitter, row, None))
    assert len(reasons - {""}) == 3


def _left_open(found, column):
    """Answer like an engine that finds neither a layout nor a proof."""
    found.untested[column], found.undecided[column] = False, True


def test_a_unit_without_dimensions_is_excluded_for_that(catalog_of, rules):
    """The reason names the missing dimensions."""
    order = Order("o", (Item("a", 1, mass_g=100, dimension_status="missing"),))
    assert "dimensions" in Fitter(catalog_of((200, 200, 200)), rules).of(order).outside


def test_goods_too_large_do_not_count_as_lacking_a_price(order_of, catalog_of, rules):
    """A missing price is the reason only if a box takes the goods."""
    lane = Lane(carrier_service="dhl-paket/de", price_tables=(TARIFF,))
    priced = replace(catalog_of((200, 200, 200), price_minor=50), currency="EUR")
    asked = replace(rules, policy=Policy(objectives=(Objective.SHIPPING_COST,)), lane=lane)
    fitter = Fitter(priced, asked)
    assert "price" not in fitter.of(order_of("bulky", (150, 150, 150), 8)).outside
    assert "price" in fitter.of(order_of("heavy", (150, 150, 150), mass_g=9_000)).outside


@pytest.mark.parametrize("destination", ["DE", "de:20", "*"])
def test_a_filler_goes_where_orders_go(today, small, rules, destination):
    """A filling order has a destination that is in the table."""
    asked = replace(rules, lane=Destinations(rows=((destination, "", ()),)))
    rows, unfilled = fillers(today.box_types, small, Fitter(today, asked))
    assert (len(rows), unfilled) == (2, [])


def test_a_box_that_rules_let_nothing_into_is_named(order_of, catalog_of):
    """A box without space inside its clearance gets no filling order, and the output names it."""
    today = catalog_of((200, 200, 100), (900, 20, 20), name="today")
    orders = [order_of(f"{number}", (90, 80, 40)) for number in range(20)]
    made = design(orders, Wishes(sizes=(1,)), Policy(fit_clearance_mm=25), today=today)
    assert made.unfilled == ("900x20x20",)
    assert made.fillers == 1
    assert "900x20x20" in " ".join(premises(made))
    assert design_dict(made)["today_unusable"] == ["900x20x20"]
