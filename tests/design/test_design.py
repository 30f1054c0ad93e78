"""Whole designs, compared with the cost of every choice of candidates by plans of single orders; refused wishes."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from boxwright import IncompletePlanError, Item, Order, plan
from boxwright.catalog import load_catalog, load_materials
from boxwright.design import BoxPrice, Wishes, design, design_dict, judge
from boxwright.design.boxes import layer_share, may_be_made, most_in_layer, new_boxes
from boxwright.design.fitting import Fitter
from boxwright.design.stock import Stock, fillers, goes_into
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.order import UPRIGHT
from boxwright.domain.policy import Objective, Policy
from boxwright.errors import InvalidInputError

from .design_texts import text

MATERIALS = load_materials()
DUNNAGE = load_catalog("eu-stock").dunnage
POLICY = Policy(objectives=(Objective.OUTER_VOLUME,), max_parcels=1)


def cost_of(orders, weights, catalog):
    """Return the outer volume of plans of one parcel per order; infinity if an order has none."""
    total = 0
    for order, weight in zip(orders, weights, strict=True):
        try:
            made = plan(order, catalog, POLICY, profiles=("uk-desnz",))
        except IncompletePlanError:
            return float("inf")
        total += weight * np.prod([float(edge) for edge in made.parcels[0].outer_um])
    return total


@pytest.mark.parametrize("sizes", [1, 2, 3])
def test_the_design_is_between_its_bound_and_every_other_choice(orders, sizes):
    """By plans of every choice, none is below the bound, and the design is the best."""
    made = design(orders, Wishes(sizes=(sizes,), step_mm=50, candidates=8))
    (suite,) = made.suites
    half = made.halves.design
    assert len(made.candidates) <= 8
    dunnage = suite.catalog.dunnage
    prices = {}
    for box in made.candidates:
        one = Catalog("one", (box,), dunnage=dunnage)
        prices[box.box_type_id] = [cost_of([order], [1], one) for order in half.orders]
    totals = [
        sum(weight * min(prices[name][row] for name in some) for row, weight in enumerate(half.weights))
        for some in itertools.combinations(prices, sizes)
    ]
    best = min(totals)
    assert suite.least <= best * (1 + 1e-9)
    assert suite.design.total == pytest.approx(best)
    assert cost_of(half.orders, half.weights, suite.catalog) == pytest.approx(suite.design.total)
    assert suite.gap == pytest.approx(0, abs=1e-6)


def test_todays_boxes_are_compared_and_their_capacity_is_kept(orders, today, rules):
    """The design takes every order that today's boxes take, and an order that fills each of the largest."""
    made = design(orders, Wishes(sizes=(3, 5)), today=today)
    assert made.fillers == 2
    half = made.halves.design
    fitter = Fitter(Catalog("all", made.candidates, dunnage=made.suites[0].catalog.dunnage), rules)
    filling = [row.order for row in fillers(today.box_types[1:], half.weighted, fitter)[0]]
    counted, weights = [*half.orders, *filling], [*half.weights, 1, 1]
    for suite in judge(made).suites:
        assert suite.design.lost == suite.judged.lost == 0
        assert suite.design.total == pytest.approx(cost_of(counted, weights, suite.catalog))
        for box in (today.box_type("400x100x100"), today.box_type("300x300x300")):
            assert any(goes_into(box, other) for other in suite.catalog.box_types)
    assert made.suites[1].design.total < made.suites[0].design.total


def test_the_saving_is_that_of_plans_of_the_held_out_orders(orders, today):
    """Both catalogs are compared by plans of the held-out orders, in several parcels where that is better."""
    made = judge(design(orders, Wishes(sizes=(3,)), today=today))
    (suite,), policy = made.suites, Policy(objectives=(Objective.OUTER_VOLUME,))
    by_plans = [
        sum(
            math.prod(parcel.outer_um)
            for order in made.halves.judged.every
            for parcel in plan(order, replace(catalog, dunnage=DUNNAGE), policy).parcels
        )
        for catalog in (today, suite.catalog)
    ]
    assert [suite.judged.today, suite.judged.total] == pytest.approx(by_plans)
    assert suite.judged.orders == made.halves.judged.of
    assert suite.judged.change == pytest.approx(by_plans[1] / by_plans[0] - 1)
    assert made.evaluation.comparisons[0].headline.relative == pytest.approx(suite.judged.change)


def test_room_for_what_fills_todays_largest_boxes_may_be_given_up(orders, today):
    """With ``may_lose_orders`` no filling orders are added."""
    loose = design(orders, Wishes(sizes=(3,), may_lose_orders=True), today=today)
    assert loose.fillers == 0
    assert loose.suites[0].design.lost == 0


def test_kept_boxes_stay_and_some_are_added(orders, today):
    """The design has all kept boxes and the added ones."""
    (suite,) = judge(design(orders, Wishes(add=2), today=today, keep=today)).suites
    names = {box.box_type_id for box in suite.catalog.box_types}
    assert {box.box_type_id for box in today.box_types} < names
    assert len(names) == len(today.box_types) + len(suite.new) <= 5
    assert suite.judged.change < 0


def test_boxes_are_dropped_where_that_costs_least(orders, catalog_of):
    """The box whose orders are cheapest to move is dropped; none is new."""
    keep = catalog_of((300, 200, 100), (300, 210, 100), (400, 100, 100), (300, 300, 300), name="today")
    made = design(orders, Wishes(drop=1), today=keep, keep=keep)
    names = {box.box_type_id for box in made.suites[0].catalog.box_types}
    assert names == {"300x200x100", "400x100x100", "300x300x300"}
    assert made.suites[0].new == ()
    assert len(made.candidates) == 4


@pytest.mark.parametrize("wishes", [Wishes(drop=1), Wishes(drop=1, may_lose_orders=True), Wishes(add=0)])
@pytest.mark.parametrize("others", ["today", "also"])
def test_boxes_that_take_no_order_cannot_be_all_that_is_left(order_of, catalog_of, wishes, others):
    """It is an error if no order fits a box that stays."""
    orders = [order_of(f"{number}", (190, 140, 40)) for number in range(40)]
    keep, other = catalog_of((50, 50, 50), (60, 60, 60), name="keep"), catalog_of((300, 200, 100), name="other")
    given = {others: [other] if others == "also" else other}
    with pytest.raises(InvalidInputError) as refused:
        design(orders, wishes, keep=keep, **given)
    assert [each.field for each in refused.value.violations] == ["add" if wishes.add == 0 else "drop"]
    (suite,) = design(orders, replace(wishes, drop=2, add=1), keep=keep, **given).suites
    assert suite.design.lost == 0


def test_a_locked_box_stays(orders, today):
    """A locked box stays even if another one is better."""
    (suite,) = design(orders, Wishes(sizes=(3,), lock=("300x200x100",), may_lose_orders=True), today=today).suites
    assert "300x200x100" in {box.box_type_id for box in suite.catalog.box_types}


def test_emissions_count_what_the_plans_count(orders):
    """Emissions of the design equal those of its plans."""
    lane = Lane((Leg("road", 500),))
    policy = Policy(objectives=(Objective.EMISSIONS,), max_parcels=1, unverified_factor_rule="central")
    made = design(orders, Wishes(sizes=(2,), objective="emissions"), policy, lane)
    (suite,) = made.suites
    grams = sum(
        weight * plan(order, suite.catalog, policy, lane, ("uk-desnz",)).footprints[0].total_co2e_mg
        for order, weight in zip(made.halves.design.orders, made.halves.design.weights, strict=True)
    )
    assert made.profile_id.startswith("uk-desnz@")
    assert suite.design.total == pytest.approx(grams, rel=1e-6)


def test_new_sizes_keep_to_the_limits(orders):
    """New sizes respect edges, aspect and sheet; each board makes a candidate of its own."""
    wishes = Wishes(
        sizes=(2,),
        smallest_mm=(150.0, 100.0, 50.0),
        largest_mm=(450.0, 300.0, 300.0),
        max_aspect=4.0,
        max_sheet_mm=(2_000.0, 1_000.0),
        board_ids=("b-flute", "bc-flute"),
        box_price=BoxPrice("EUR", 12, 55),
    )
    made = design(orders, wishes)
    assert {box.board_id for box in made.candidates} == {"b-flute", "bc-flute"}
    for box in made.candidates:
        edges = box.inner_length_mm, box.inner_width_mm, box.inner_height_mm
        assert all(low <= edge <= high for low, edge, high in zip((150, 100, 50), edges, (450, 300, 300), strict=True))
        assert max(edges) <= 4 * min(edges)
        assert box.price_minor > 12
    assert not may_be_made((900_000, 300_000, 300_000), wishes, MATERIALS)
    assert not may_be_made((450_000, 300_000, 300_000), replace(wishes, max_sheet_mm=(1_000.0, 900.0)), MATERIALS)
    assert made.currency == "EUR"


def test_new_boxes_are_as_shallow_as_can_be_packed_by_hand(order_of):
    """The depth is at most 1.2 times the shorter edge by default, and no order is lost by it."""
    tall = Item("tall", 1, 90, 90, 320, 900, orientations=UPRIGHT)
    orders = [*(Order(f"tall{n}", (tall,)) for n in range(20)), *(order_of(f"{n}", (190, 140, 40)) for n in range(20))]
    shallow, deep = (design(orders, Wishes(sizes=(2,), **given)) for given in ({}, {"max_depth": 100}))
    for made, most in ((shallow, 1.2), (deep, 4.0)):
        assert max(box.inner_um[2] / min(box.inner_um[:2]) for box in made.candidates) <= most
        assert not made.outside
        assert not made.suites[0].design.lost
    assert deep.suites[0].design.total < shallow.suites[0].least


@pytest.mark.long
@pytest.mark.usefixtures("forked_workers")
def test_workers_give_the_same_answer(orders, today):
    """Results do not depend on the number of processes."""
    wishes = Wishes(sizes=(3,), cut_to_size=True)
    one, two = (judge(design(orders, wishes, today=today, workers=count), workers=count) for count in (1, 2))
    assert design_dict(one) == design_dict(two)


def test_boxes_cut_to_size_cost_what_plans_in_boxes_of_their_own_cost(orders, order_of):
    """Boxes cut to size are no dearer than a design, and the bound of any number holds for both."""
    made = design(orders, Wishes(sizes=(2,), cut_to_size=True, step_mm=1))
    (suite,) = made.suites
    cut = made.cut_to_size
    assert cut.orders == suite.design.orders
    assert cut.total <= suite.design.total
    assert made.least_of_any <= suite.least * (1 + 1e-9)
    single = design(
        [order_of(f"{number}", (200, 100, 50)) for number in range(40)], Wishes(sizes=(1,), cut_to_size=True)
    )
    (box,) = new_boxes((203_000, 103_000, 53_000), single.wishes, MATERIALS)
    assert single.cut_to_size.total == pytest.approx(20 * math.prod(box.outer_um))


def test_cut_to_size_is_compared_on_the_same_orders(order_of, catalog_of):
    """Only orders that the machine and every design take are compared."""
    today = catalog_of((300, 200, 100), (900, 100, 100), name="today")
    orders = [
        order_of(f"{n}", ((190, 140, 40), (280, 190, 90), (880, 90, 90), (290, 290, 200))[n % 4]) for n in range(60)
    ]
    wishes = Wishes(sizes=(2, 3), cut_to_size=True, largest_mm=(700.0, 400.0, 400.0), may_lose_orders=True)
    made = design(orders, wishes, today=today)
    cut, half = made.cut_to_size, made.halves.design.every
    same = [order for order in half if order.lines[0].length_mm in (190, 280)]
    assert cut.orders == len(same)
    for suite, total in zip(made.suites, cut.designs, strict=True):
        assert total == pytest.approx(cost_of(same, [1] * len(same), suite.catalog))
        assert total >= cut.total
    assert cut.lost == sum(order.lines[0].length_mm == 880 for order in half)
    assert design_dict(made)["cut_to_size"]["designs_per_order"][-1] == pytest.approx(
        cut.designs[-1] / len(same) / 1e15
    )


def test_a_new_size_that_too_few_orders_use_makes_way(order_of):
    """A size for three of 60 orders is chosen, unless the minimum order is larger."""
    orders = [order_of(f"{number}", (100, 100, 100) if number % 20 else (390, 90, 90)) for number in range(60)]
    orders += [order_of(f"x{number}", (300, 200, 200)) for number in range(60)]
    free = design(orders, Wishes(sizes=(3,), step_mm=5)).suites[0]
    kept = design(orders, Wishes(sizes=(3,), step_mm=5, min_pieces=20)).suites[0]
    assert len(free.catalog.box_types) == 3
    assert len(kept.catalog.box_types) < 3
    assert kept.design.lost == 0
    assert kept.design.total > free.design.total
    assert free.least < free.design.total * (1 + 1e-9) < kept.least <= kept.design.total


def test_a_minimum_that_cannot_be_kept_is_reported(order_of):
    """Sizes below the minimum that cannot be removed are listed."""
    made = design([order_of(f"{number}", (100, 100, 100)) for number in range(20)], Wishes(sizes=(1,), min_pieces=500))
    (suite,) = made.suites
    assert suite.too_few == tuple(box.box_type_id for box in suite.catalog.box_types)
    assert suite.too_few[0] in text(made)


def test_a_design_that_loses_orders_has_no_bound(order_of, catalog_of):
    """If half of the orders are lost, there is neither bound nor gap."""
    keep = catalog_of((400, 100, 100), (200, 200, 200))
    orders = [order_of(f"{number}", (390, 90, 90) if number % 2 else (190, 190, 190)) for number in range(40)]
    made = design(orders, Wishes(drop=1), today=keep, keep=keep)
    (suite,) = made.suites
    assert suite.design.lost > 0
    assert (suite.least, suite.gap) == (None, None)
    found = design_dict(made)["designs"][0]
    assert (found["bound_per_order"], found["gap"]) == (None, None)


def test_new_sizes_cover_a_pallet_and_all_boxes_say_how_much(orders):
    """Every candidate covers the share of at least one pallet; the table has a column for each pallet."""
    wishes = Wishes(sizes=(3,), pallet_share=0.9, pallets_mm=((1200.0, 800.0), (1000.0, 600.0)))
    made = design(orders, wishes)
    assert all(max(layer_share(box, pallet) for pallet in wishes.pallets_mm) >= 0.9 for box in made.candidates)
    said = text(made)
    assert "1200x800" in said
    assert "1000x600" in said
    shares = design_dict(made)["designs"][0]["box_types"][0]["pallet_layer_shares"]
    assert [each["length_mm"] for each in shares] == [1200, 1000]


@pytest.mark.parametrize(
    ("box", "pallet", "most"),
    [
        ((400, 300), (1200, 800), 8),
        ((600, 400), (1200, 800), 4),
        ((500, 300), (1200, 800), 6),
        ((900, 900), (1200, 800), 0),
    ],
)
def test_a_layer_holds_what_two_blocks_hold(box, pallet, most):
    """The count equals that by hand, whichever edge comes first."""
    assert most_in_layer(box, pallet) == most_in_layer(box[::-1], pallet) == most_in_layer(box, pallet[::-1]) == most


@pytest.mark.parametrize(
    ("wishes", "given", "field"),
    [
        ({"add": 2}, {}, "add"),
        ({"drop": 3}, {"keep": True}, "drop"),
        ({"drop": 9, "add": 9}, {"keep": True}, "drop"),
        ({"sizes": (2,)}, {"keep": True}, "sizes"),
        ({"sizes": (2,), "lock": ("nothing",)}, {"today": True}, "lock"),
        ({"sizes": (2,), "lock": ("nothing",)}, {}, "lock"),
        ({"sizes": (2,), "board_ids": ("paper",)}, {}, "board_ids"),
        ({"sizes": (2,), "objective": "cost"}, {}, "box_price"),
        ({"sizes": (2,), "objective": "cost", "box_price": BoxPrice("EUR", 10)}, {}, "policy.objectives[0]"),
    ],
)
def test_what_contradicts_is_refused_by_field(orders, today, wishes, given, field):
    """The error names the field."""
    with pytest.raises(InvalidInputError) as caught:
        design(orders, Wishes(**wishes), **dict.fromkeys(given, today))
    assert field in {each.field for each in caught.value.violations}


@pytest.mark.parametrize("workers", [0, -1, 1.5, True])
def test_a_number_of_processes_that_cannot_be_is_refused(orders, workers):
    """Zero, negative, fractional and boolean numbers are refused."""
    with pytest.raises(InvalidInputError, match=r"workers"):
        design(orders, Wishes(sizes=(1,)), workers=workers)


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({}, "sizes"),
        ({"sizes": (2,), "add": 1}, "sizes"),
        ({"sizes": (0,)}, "sizes"),
        ({"sizes": (3, 2)}, "sizes"),
        ({"sizes": (2,), "objective": "joy"}, "objective"),
        ({"sizes": (2,), "step_mm": 0}, "step_mm"),
        ({"sizes": (2,), "judged_share": 1}, "judged_share"),
        ({"sizes": (2,), "candidates": 0}, "candidates"),
        ({"sizes": (2,), "sample": 1}, "sample"),
        ({"sizes": (2,), "seed": -1}, "seed"),
        ({"sizes": (2,), "max_aspect": 0.5}, "max_aspect"),
        ({"sizes": (2,), "max_depth": 0}, "max_depth"),
        ({"sizes": (2,), "smallest_mm": (1, 2)}, "smallest_mm"),
        ({"sizes": (2,), "smallest_mm": (500, 2, 2), "largest_mm": (400, 400, 400)}, "smallest_mm"),
        ({"sizes": (2,), "max_sheet_mm": (-1, 5)}, "max_sheet_mm"),
        ({"sizes": (2,), "board_ids": ()}, "board_ids"),
        ({"sizes": (2,), "pallet_share": 1.5}, "pallet_share"),
        ({"sizes": (2,), "pallets_mm": ((1, 2),)}, "pallets_mm[0]"),
        ({"sizes": (2,), "pallet_share": 0.5, "pallets_mm": ()}, "pallets_mm"),
        ({"sizes": (2,), "min_pieces": 0}, "min_pieces"),
        ({"drop": -1}, "drop"),
    ],
)
def test_wishes_are_refused_by_field(wishes, field):
    """Each rule names its field."""
    with pytest.raises(InvalidInputError) as caught:
        Wishes(**wishes)
    assert field in {each.field for each in caught.value.violations}


@pytest.mark.parametrize(
    "given",
    [
        {"currency": "euro", "per_piece_minor": 1},
        {"currency": "EUR"},
        {"currency": "EUR", "per_m2_minor": -1},
        {"currency": "EUR", "per_size_minor": 5},
    ],
)
def test_a_price_model_is_refused_by_field(given):
    """A currency code and a positive price are required."""
    with pytest.raises(InvalidInputError):
        BoxPrice(**given)


def test_prices_of_two_currencies_and_other_boxes_of_one_name_are_refused(today, catalog_of):
    """All prices need one currency; an id names one box."""
    wishes = Wishes(sizes=(3,), box_price=BoxPrice("EUR", 10))
    none = {"keep": None, "also": (), "dunnage": None}
    with pytest.raises(InvalidInputError):
        Stock.of(wishes, MATERIALS, today=replace(today, currency="USD"), **none)
    other = catalog_of((300, 200, 100), max_gross_g=4_000)
    with pytest.raises(InvalidInputError):
        Stock.of(wishes, MATERIALS, today=today, keep=other, also=(), dunnage=None)


def test_boxes_without_a_price_are_priced_by_their_area(today):
    """An own price stays; a box without a board gets none, which the cost objective refuses."""
    own = replace(today.box_types[0], price_minor=99)
    wishes = Wishes(sizes=(3,), box_price=BoxPrice("EUR", 10, 100))
    priced = replace(today, currency="EUR", box_types=(own, *today.box_types[1:]))
    stock = Stock.of(wishes, MATERIALS, today=priced, keep=None, also=(), dunnage=None)
    assert 99 in {box.price_minor for box in stock.today}
    assert all(box.price_minor > 10 for box in stock.today)
    bare = Catalog("bare", (BoxType("plain", 300, 200, 100),))
    unpriced = Stock.of(wishes, MATERIALS, today=bare, keep=None, also=(), dunnage=None)
    assert [box.price_minor for box in unpriced.today] == [None]
    by_cost = replace(wishes, objective="cost")
    with pytest.raises(InvalidInputError):
        Stock.of(by_cost, MATERIALS, today=bare, keep=None, also=(), dunnage=None)
