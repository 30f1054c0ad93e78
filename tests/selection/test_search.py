"""Proofs of the search among box types, with an engine that fails on chosen questions."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import models
from boxwright import BoxType, Catalog, Item, Order, Policy, SoftGoods
from boxwright.domain.plan import ProofScope, ProofStatus
from boxwright.domain.policy import SolvingMode
from boxwright.packing.own import lay
from boxwright.packing.packer import Packer
from boxwright.packing.problem import Layout, Rules, Space, Units
from boxwright.planning.model import OrderModel
from boxwright.selection.bounds import Combinations
from boxwright.selection.choice import OrderSearch
from boxwright.selection.effort import EFFORT
from boxwright.selection.outcome import Outcome
from boxwright.selection.packings import LARGE_SHARE, SMALL_SHARE, Packings
from boxwright.selection.single import search_single
from boxwright.selection.table import Conceivable

FAST = EFFORT[SolvingMode.FAST]


def failing(blind: Callable[[Units, Space], bool]) -> Packer:
    """Return an engine that finds nothing if ``blind`` is true."""
    return Packer(lambda each: None if blind(each.units, each.space) else lay(each), starts_from_fixed=False)


def asking(model: OrderModel, packer: Packer) -> OrderModel:
    """Replace the engine of a model."""
    model.packer = packer
    return model


def model_of(lines: list[Item], boxes: list[BoxType], **policy: object) -> OrderModel:
    """Return the model of an order without dunnage."""
    return models.model_of(Order("order", lines), Catalog("catalog", boxes), Policy(**policy))


def searched(model: OrderModel, blind: Callable[[Units, Space], bool] = lambda units, space: False) -> Outcome:
    """Return the outcome of a search in which the first objective is the number of parcels."""
    members = np.arange(len(model.expansion.units))
    return OrderSearch(
        asking(model, failing(blind)), members, SolvingMode.FAST, fewest_first=True, max_parcels=None
    ).choose()


@pytest.mark.parametrize(("units", "places"), [(4, FAST.places), (8, 4 * FAST.places), (60, 25 * FAST.places)])
def test_one_parcel_of_few_units_is_not_filled_with_the_effort_of_many(units: int, places: int) -> None:
    """The effort for a single allowed parcel grows with the square of the units."""
    asked: list[int] = []

    def counting(question):
        if not question.whole:
            asked.append(question.effort)
        return lay(replace(question, effort=min(question.effort, 1_000)))

    model = model_of([Item("u", units, 70, 60, 50, 1)], [BoxType("box", 100, 100, 100)])
    model = asking(model, Packer(counting))
    found = OrderSearch(model, np.arange(units), SolvingMode.FAST, fewest_first=True, max_parcels=1).choose()
    assert len(found.parcels) == 1
    assert asked == [places]


@pytest.mark.parametrize("mode", SolvingMode)
def test_few_units_are_soon_all_tried(mode: SolvingMode) -> None:
    """Four units get 250 x 4^4 places in every mode, 26 units the effort of the mode."""
    effort, space = EFFORT[mode].of_an_order, Space((1, 1, 1))
    units = model_of([Item("u", 26, 1, 1, 1, 1)], [BoxType("b", 9, 9, 9)]).expansion.arrays
    few, many = (effort.question(units.take(np.arange(count)), space, Rules()) for count in (4, 26))
    assert (few.effort, few.sliding) == (64_000, min(512_000, effort.sliding))
    assert (many.effort, many.sliding) == (effort.places, effort.sliding)
    assert few.nodes == many.nodes == effort.nodes


def test_few_goods_that_fold_have_their_effort_for_each_form() -> None:
    """The effort for a few units is not divided among the filled heights of a mailer."""
    asked: list[int] = []

    def counting(question):
        asked.append(question.effort)

    mailer = BoxType("mailer", 400, 300, 100, style="flat_mailer")
    model = model_of([Item("shirt", 2, 300, 250, 20, 1, soft_goods=SoftGoods(max_folds=2))], [mailer])
    search_single(asking(model, Packer(counting)), np.arange(2), [mailer], FAST.of_an_order)
    assert len(asked) > 2
    assert set(asked) == {4_000}


def test_of_a_mailer_the_cheapest_layout_under_stricter_rules_counts_too() -> None:
    """The engine lays the units close under the given rules, and apart under stricter ones.

    A mailer around wider content is shorter: 19.09 L outside with the units apart, 19.10 with them close.
    """

    def spread(question):
        apart = 100_000 if question.rules.support_millionths < 750_000 else 300_000
        corners = np.array([[0, 0, 0, 100_000, 200_000, 40_000], [apart, 0, 0, apart + 100_000, 200_000, 40_000]])
        return Layout(np.arange(2), np.array([1, 1]), corners) if question.space.edges_um[2] >= 40_000 else None

    mailer = BoxType("mailer", 800, 600, 200, style="flat_mailer")
    model = model_of([Item("u", 2, 200, 100, 40, 1)], [mailer], objectives=["outer_volume"], support_ratio=0.5)
    asked = asking(model, Packer(spread)), np.arange(2), SolvingMode.FAST
    found = OrderSearch(*asked, fewest_first=False, max_parcels=1).choose()
    assert found.parcels[0].corners_um[:, 3].max() == 400_000


def test_of_equal_boxes_the_one_of_the_lowest_id_is_taken() -> None:
    """At equal prices the lowest id is taken, in any order of the catalog."""
    for ids in (("c", "a", "b"), ("b", "c", "a")):
        model = model_of([Item("u", 1, 90, 90, 90, 1)], [BoxType(each, 100, 100, 100) for each in ids])
        assert [parcel.box.box_type_id for parcel in searched(model).parcels] == ["a"]


def test_a_box_that_no_proof_refuses_and_no_search_fills_stays_open() -> None:
    """If the engine fails in the small box, the large one is found and the small one stays open."""
    boxes = [BoxType("small", 100, 100, 100), BoxType("large", 200, 100, 100)]
    model = model_of([Item("u", 2, 50, 100, 100, 1)], boxes)
    found = searched(model, lambda units, space: space.edges_um[0] == 100_000)
    assert [parcel.box.box_type_id for parcel in found.parcels] == ["large"]
    assert found.status is ProofStatus.OPEN
    assert found.open_candidates == (("small", ""),)
    assert found.bound == (1, 10**15)
    assert searched(model).status is ProofStatus.PROVED


def test_several_parcels_prove_nothing_while_one_box_is_open() -> None:
    """If the engine fails for both units together, two small boxes are found and the large one stays open."""
    boxes = [BoxType("small", 100, 100, 100), BoxType("large", 200, 100, 100)]
    lines = [Item("u", 1, 90, 90, 90, 1), Item("v", 1, 95, 95, 95, 1)]
    found = searched(model_of(lines, boxes), lambda units, space: len(units) == 2)
    assert [parcel.box.box_type_id for parcel in found.parcels] == ["small", "small"]
    assert found.open_candidates == (("large", ""),)
    assert found.status is ProofStatus.OPEN
    assert found.bound is not None
    assert found.bound < found.price


def test_an_open_box_that_is_dearer_than_the_split_does_not_count() -> None:
    """If volume is the first objective, a huge box that was not packed does not stay open beside two small ones."""
    boxes = [BoxType("small", 100, 100, 100), BoxType("huge", 500, 500, 500)]
    model = model_of([Item("u", 2, 90, 90, 90, 1)], boxes, objectives=["inner_volume"])
    blind = failing(lambda units, space: len(units) == 2)
    found = OrderSearch(
        asking(model, blind), np.arange(2), SolvingMode.FAST, fewest_first=False, max_parcels=None
    ).choose()
    assert [parcel.box.box_type_id for parcel in found.parcels] == ["small", "small"]
    assert (found.status, found.open_candidates) == (ProofStatus.PROVED, ())


def test_a_proof_among_single_boxes_covers_all_plans_only_where_parcels_count_first() -> None:
    """With another first objective two smaller boxes could be better, so the scope is a single parcel."""
    model = model_of([Item("u", 1, 90, 90, 90, 1)], [BoxType("a", 100, 100, 100)], objectives=["inner_volume"])
    members = np.arange(1)
    for fewest_first, scope in ((True, ProofScope.ALL_PLANS), (False, ProofScope.SINGLE_PARCEL)):
        found = OrderSearch(model, members, SolvingMode.FAST, fewest_first=fewest_first, max_parcels=None).choose()
        assert (found.status, found.scope) == (ProofStatus.PROVED, scope)


def test_boxes_at_or_above_a_price_are_not_searched() -> None:
    """A box is found below a limit above its price, and not at its price."""
    model = model_of([Item("u", 1, 90, 90, 90, 1)], [BoxType("a", 100, 100, 100)])
    members = np.arange(1)
    price = model.price(model.box_types()[0], members)
    assert search_single(model, members, model.box_types(), FAST, price).found is None
    assert search_single(model, members, model.box_types(), FAST, (price[0], price[1] + 1)).found


@pytest.mark.parametrize(("available", "twice"), [(None, True), (2, True), (1, False)])
def test_a_bound_uses_no_box_more_often_than_it_is_in_stock(available: int | None, twice: bool) -> None:
    """A pair of small boxes is not a bound if one is in stock."""
    boxes = [BoxType("large", 200, 100, 100), BoxType("small", 100, 100, 100, available=available)]
    model = model_of([Item("u", 2, 90, 90, 90, 1)], boxes)
    dearer = (2, 10**18)
    combinations, units = Combinations(model, model.box_types(), 2), np.arange(2)
    listed = combinations.cheaper(units, dearer, Conceivable(model, units))
    pairs = [tuple(box.box_type_id for box in pair) for pair in listed]
    assert (("small", "small") in pairs) is twice
    assert ("large", "small") in pairs


def test_a_bound_leaves_out_impossible_pairs() -> None:
    """Pairs too small, too weak, too expensive or too short for the longest unit are excluded."""
    boxes = [
        BoxType("large", 200, 100, 100),
        BoxType("flat", 200, 100, 20),
        BoxType("tiny", 70, 70, 70),
        BoxType("weak", 200, 100, 100, max_net_g=400),
    ]
    model = model_of([Item("long", 1, 190, 90, 90, 500), Item("u", 1, 90, 90, 90, 500)], boxes)
    combinations, units = Combinations(model, model.box_types(), 2), np.arange(2)
    listed = combinations.cheaper(units, (2, 4 * 10**15 - 1), Conceivable(model, units))
    pairs = [sorted(box.box_type_id for box in pair) for pair in listed]
    # In the order of price. Flat boxes hold neither unit, a weak box bears neither, two large boxes cost the limit.
    assert pairs == [["large", "tiny"], ["flat", "large"]]


def test_of_many_units_a_box_is_offered_the_largest_and_the_smallest() -> None:
    """A box is offered twice its volume of the largest of 200 units, and half its volume of the smallest."""
    lines = [Item(f"u{edge}", 1, edge, 100, 100, 1) for edge in range(1, 201)]
    box = BoxType("box", 1_000, 100, 100)
    model = model_of(lines, [box])
    offered = Packings(model, np.arange(200), FAST).worth_trying(np.arange(200), box)
    lengths = [int(model.expansion.arrays.edges_um[member, 0]) // 1_000 for member in offered.tolist()]
    largest = [each for each in lengths if each > 150]
    smallest = [each for each in lengths if each < 50]
    assert len(largest) + len(smallest) == len(lengths)
    assert sum(largest) <= LARGE_SHARE * 1_000 < sum(largest) + min(largest) - 1
    assert sum(smallest) <= SMALL_SHARE * 1_000 < sum(smallest) + max(smallest) + 1


def test_of_one_kind_a_box_is_offered_no_more_than_its_volume_holds() -> None:
    """Ten of 300 equal units are offered to a box that ten of them fill."""
    box = BoxType("box", 1_000, 100, 100)
    model = model_of([Item("u", 300, 100, 100, 100, 1)], [box])
    assert len(Packings(model, np.arange(300), FAST).worth_trying(np.arange(300), box)) == 10
