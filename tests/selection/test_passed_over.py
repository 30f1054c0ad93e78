"""Boxes that a search skips without pricing or packing could not be its answer."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from boxwright import BoxType, Catalog, Compartments, Fragility, Item, Lane, Leg, Order, Policy
from boxwright.catalog import load_materials
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.policy import COSTS, Objective, SolvingMode
from boxwright.domain.proof import Proof
from boxwright.packing.proofs import refuse
from boxwright.planning.model import OrderModel
from boxwright.selection.effort import EFFORT
from boxwright.selection.model import PackedBox, ParcelModel, Price
from boxwright.selection.packings import Packings
from boxwright.selection.single import Candidate, search_single, try_candidate
from boxwright.selection.table import may_go_in
from models import model_of

MATERIALS = load_materials()
EFFORT_OF_A_PART = EFFORT[SolvingMode.FAST].scaled(parts=8).without_solver
LANE = Lane([Leg("road", 300)], carrier_service="dhl-express/international")
BESIDE = [each for each in MATERIALS.dunnage if each.kind in {DunnageKind.VOID_FILL, DunnageKind.TAPE}]
objectives = st.lists(
    st.sampled_from([each for each in Objective if each not in COSTS]),
    min_size=1,
    max_size=3,
    unique=True,
)


@st.composite
def roomy(draw: st.DrawFn, box_type_id: str) -> BoxType:
    """Draw a box that often takes a few units, perhaps with a weight limit."""
    length, width, height = (draw(st.integers(150, 900)) for _ in range(3))
    heaviest = draw(st.none() | st.integers(2_000, 30_000))
    tare_g = draw(st.integers(50, 800))
    return BoxType(box_type_id, length, width, height, tare_g=tare_g, max_gross_g=heaviest, material_id="solid-board")


@st.composite
def models(draw: st.DrawFn, *, tested: bool = False) -> OrderModel:
    """Draw the model of an order with fragile units, one or two cushionings and any objectives.

    With ``tested`` one box has wide compartments, in which units have no cushioning.
    """
    order = draw(strategies.orders(fragile=True))
    boxes = [
        draw(roomy(f"box-{each}") | roomy(f"box-{each}") | strategies.mailers(f"mailer-{each}")) for each in range(4)
    ]
    if tested:
        side = draw(st.integers(100, 400))
        compartments = Compartments([side, side], [side], side)
        boxes.append(BoxType("tested", 2 * side + 30, side + 20, side + 10, tare_g=500, compartments=compartments))
    cushionings: list[Dunnage] = [
        draw(strategies.cushionings(f"cushion-{each}")) for each in range(draw(st.integers(1, 2)))
    ]
    policy = Policy(
        objectives=draw(objectives),
        mode="fast",
        cushioning_ids=[each.dunnage_id for each in cushionings],
        void_fill_id=draw(st.sampled_from(["none", "crumpled-kraft-fill"])),
        support_ratio=draw(st.sampled_from([0.0, 0.75])),
    )
    if Objective.EMISSIONS in policy.objectives:
        policy = replace(policy, accept_incomplete_footprint=True)
    catalog = Catalog("c", boxes, dunnage=(*cushionings, *BESIDE))
    return model_of(order, catalog, policy, lane=LANE, profiles=["uk-desnz"], materials=MATERIALS)


@st.composite
def parts(draw: st.DrawFn, model: OrderModel) -> np.ndarray:
    """Draw some of the units of a model."""
    units = len(model.expansion.units)
    some = draw(st.sets(st.integers(0, units - 1), min_size=1, max_size=4))
    return np.array(sorted(some), dtype=np.int64)


def one_by_one(models: Sequence[ParcelModel], members: np.ndarray, below: Price | None) -> PackedBox | None:
    """Return the cheapest parcel over all boxes and cushionings, by trying each of them."""
    found = models[0].as_it_is(members)
    if found is not None and below is not None and found.price >= below:
        found = None
    below = below if found is None else found.price
    boxes = models[0].box_types()
    ranked = sorted(
        (model.price(box, members), rank, which) for which, model in enumerate(models) for rank, box in enumerate(boxes)
    )
    for price, rank, which in ranked:
        if below is not None and price >= below:
            break
        model = models[which]
        shapes = model.shapes(members, model.protect(members, boxes[rank]))
        candidate = Candidate(model, boxes[rank], members, shapes, price)
        packed = try_candidate(candidate, EFFORT_OF_A_PART, below).found
        if packed is not None and (below is None or packed.price < below):
            found, below = packed, packed.price
    return found


def test_the_table_takes_a_box_that_is_filled_to_the_last_um() -> None:
    """A box that is 1 um lower is refused by volume."""
    boxes = [BoxType("full", 200, 200, 200), BoxType("low", 200, 200, 199.999)]
    order = Order("o", [Item("cube", 8, 100, 100, 100, 500)])
    model = model_of(order, Catalog("c", boxes), Policy(), materials=MATERIALS)
    refused = model.refused(model.protect(model.expansion.everything), model.box_types())
    assert [(model.box_types()[rank].box_type_id, why.proof) for rank, why in refused.items()] == [
        ("low", Proof.VOLUME)
    ]


def limits(model: ParcelModel, members: np.ndarray) -> st.SearchStrategy[Price | None]:
    """Draw a price of the units in some box, or None."""
    prices = [model.price(box, members) for box in model.box_types()]
    above = [(*price[:-1], price[-1] + 1) for price in prices]
    return st.none() | st.sampled_from([*prices, *above])


def identity_of(packed: PackedBox | None) -> object:
    """Return the identity of a packed box."""
    if packed is None:
        return None
    return packed.box.box_type_id, packed.price, packed.cushioning_id, packed.corners_um.tolist()


@given(models(tested=True), st.data())
@settings(max_examples=60, deadline=None)
def test_a_box_that_the_table_refuses_is_refused_by_a_single_test(model: OrderModel, data: st.DataObject) -> None:
    """A single test refuses a rigid box with the same proof and message, and a mailer in all its forms."""
    members = data.draw(parts(model))
    for variant in model.variants(members):
        units = variant.protect(members, next(box for box in model.box_types() if not box.compartments))
        shapes = variant.shapes(members, units)
        if len(shapes.units) > 1:
            continue
        for rank, why in variant.refused(units, model.box_types()).items():
            box = model.box_types()[rank]
            candidate = Candidate(variant, box, members, shapes, variant.price(box, members))
            if box.flexible:
                outcome = try_candidate(candidate, EFFORT_OF_A_PART, None)
                assert outcome.found is None, (box, why)
                assert not outcome.left_open, (box, why)
            else:
                assert refuse(candidate.question(EFFORT_OF_A_PART)) == why


@given(models(), st.data())
@settings(max_examples=20, deadline=None)
def test_the_bound_of_a_box_is_at_most_any_price_in_it(model: OrderModel, data: st.DataObject) -> None:
    """Bounds hold for any units, cushioning and objectives, and when repeated."""
    members = data.draw(parts(model))
    for variant in model.variants(members):
        for box in (*model.box_types(), *reversed(model.box_types())):
            price = variant.price(box, members)
            for bound in (variant.lower_bound(box), variant.lower_bound(box, members)):
                assert all(low <= high for low, high in zip(bound, price, strict=True))


@given(models() | models(tested=True), st.data())
@settings(max_examples=20, deadline=None)
def test_the_cheapest_is_that_of_all_boxes_tried_in_turn(model: OrderModel, data: st.DataObject) -> None:
    """Box, price and layout are those of trying all boxes, with and without a limit on the price."""
    members = np.arange(len(model.expansion.units))
    if model.admission.own.any():
        return  # the parcel must be in a box; a unit in its own container needs none
    for variant in model.variants():
        packings = Packings(variant, members, EFFORT_OF_A_PART)
        for _ in range(2):
            some = data.draw(parts(model))
            below = data.draw(limits(variant, some))
            found = packings.cheapest(some, model.box_types(), below)
            assert identity_of(found) == identity_of(one_by_one([variant], some, below))


def test_a_box_of_compartments_has_room_for_units_that_need_no_cushioning_there() -> None:
    """Two units cushioned for an open box have more volume than the whole box with compartments."""
    cells = Compartments([200, 200], [200], 200)
    boxes = [BoxType("open", 700, 400, 400, material_id="solid-board", tare_g=900)]
    boxes.append(BoxType("tested", 430, 220, 210, tare_g=500, compartments=cells, material_id="solid-board"))
    order = Order("o", [Item("glass", 2, 190, 190, 190, 500, fragility=Fragility("fragile"))])
    catalog = Catalog("c", boxes, dunnage=MATERIALS.dunnage)
    model = model_of(order, catalog, Policy(objectives=["inner_volume"]), materials=MATERIALS)
    members = model.expansion.everything
    cushioned = model.protect(members, boxes[0])
    assert sum(cushioned.volumes_um3) > boxes[1].inner_volume_um3
    found = Packings(model, members, EFFORT_OF_A_PART).cheapest(members, model.box_types())
    assert found is not None
    assert found.box.box_type_id == "tested"


@given(models(), st.data())
@settings(max_examples=20, deadline=None)
def test_a_search_finds_the_same_as_trying_all_pairs_in_turn(model: OrderModel, data: st.DataObject) -> None:
    """The result is that of trying all boxes and cushionings, with and without limit and certificate."""
    some = data.draw(parts(model))
    below = data.draw(limits(model, some))
    expected = identity_of(one_by_one(model.variants(some), some, below))
    for certified in (True, False):
        outcome = search_single(model, some, model.box_types(), EFFORT_OF_A_PART, below, certified=certified)
        assert identity_of(outcome.found) == expected


@given(models() | models(tested=True))
@settings(max_examples=20, deadline=None)
def test_suitable_boxes_of_a_unit_are_those_that_take_it_one_by_one(model: OrderModel) -> None:
    """Margins, mailers and limits count for a unit alone, with the cushioning and void fill of its parcel."""
    members = model.expansion.everything
    for variant in model.variants(members):
        packings = Packings(variant, members, EFFORT_OF_A_PART)
        for member in packings.one_of_each(members).tolist():
            alone = np.array([member], dtype=np.int64)
            expected = set()
            for box in variant.box_types():
                one = variant.shapes(alone, variant.protect(alone, box))
                limit = variant.space(box, one.units[0], whole=True, several=False).mass_limit_mg
                admitted = variant.admission.refusal(alone, box.box_type_id) is None
                if admitted and one.units[0].packed_mg <= limit and may_go_in(variant, box, one):
                    expected.add(box.box_type_id)
            (suitable,) = packings.suitable(alone)
            assert {each for each, rank in packings.conceivable.rank.items() if suitable[rank]} == expected


def test_a_unit_takes_the_place_of_void_fill_in_the_weight_of_a_box() -> None:
    """A unit is accepted that is too heavy beside the fill of an empty box, but not beside the fill that remains."""
    box = BoxType("b", 400, 300, 300, tare_g=300, max_gross_g=5_000, material_id="solid-board")
    policy = Policy(void_fill_id="crumpled-kraft-fill")
    went_in = []
    for mass_g in range(4_000, 4_400, 10):
        order = Order("o", [Item("l", 1, 300, 250, 200, mass_g)])
        model = model_of(order, Catalog("c", [box], dunnage=BESIDE), policy, materials=MATERIALS)
        packings = Packings(model, model.expansion.everything, EFFORT_OF_A_PART)
        if packings.suitable(np.array([0])).any():
            limit_mg = packings.conceivable.limits_mg[0]
            went_in.append(mass_g * 1_000 > limit_mg)
    assert went_in == sorted(went_in)  # units within the limit come first
    assert set(went_in) == {False, True}
