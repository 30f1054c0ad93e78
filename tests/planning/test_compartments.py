"""Tested packs: box types with compartments, each for one unit, which compete with open boxes."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from boxwright import (
    BoxType,
    Catalog,
    Compartments,
    InvalidInputError,
    Item,
    Order,
    Plan,
    Policy,
    StartedParcel,
    load_catalog,
    plan,
)
from boxwright.domain.factor import Component
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT, Orientation
from boxwright.domain.plan import PlanStatus, ProofScope, ProofStatus, UnpackedReason
from boxwright.domain.proof import Proof
from boxwright.selection.bounds import floor_of
from models import model_of
from verified import boxes_of, verified

LEAST_PACKAGING = Policy(objectives=["packaging_mass"])
DUNNAGE = load_catalog("us-stock").dunnage


def shipper(name: str, columns: int, rows: int, **fields: Any) -> BoxType:
    """Return a bottle shipper with cells of 95 x 95 x 335 mm and walls of 5 mm around and between them."""
    inner = (100 * columns + 5, 100 * rows + 5, 345)
    given = {"tare_g": 150 + 120 * columns * rows, "material_id": "corrugated-board", **fields}
    return BoxType(name, *inner, compartments=Compartments([95] * columns, [95] * rows, 335), **given)


ONE, TWO, SIX = shipper("one", 1, 1), shipper("two", 2, 1), shipper("six", 3, 2)
OPEN = [
    BoxType(f"open-{side}", side, side, side, tare_g=side, material_id="corrugated-board") for side in (150, 250, 500)
]
CATALOG = Catalog("shop", [ONE, TWO, SIX, *OPEN], dunnage=DUNNAGE)
BOTTLE = Item("wine", 6, 80, 80, 320, 1_300, article="wine_bottle")


def bottles(count: int, *others: Item, **fields: Any) -> Order:
    """Return an order of bottles and other lines."""
    return Order("order", [replace(BOTTLE, quantity=count, **fields), *others])


def good(order: Order, catalog: Catalog = CATALOG, policy: Policy = LEAST_PACKAGING) -> Plan:
    """Return a plan whose certificate is verified."""
    return verified(order, catalog, policy)


def test_six_bottles_stand_in_a_six_bottle_shipper() -> None:
    """Golden plan: each bottle is in its own compartment, upright, on the floor, without dunnage."""
    answer = good(bottles(6))
    (parcel,) = answer.parcels
    assert (answer.certificate.status, answer.certificate.scope) == (ProofStatus.PROVED, ProofScope.ALL_PLANS)
    assert parcel.box_type_id == "six"
    assert [(each.compartment, each.orientation, each.corner_um, each.half_gap_um) for each in parcel.placements] == [
        (number, Orientation.LWH, (x, y, 5_000), 0)
        for number, (y, x) in enumerate(
            itertools.product((5_000, 105_000), (5_000, 105_000, 205_000)),
            start=1,
        )
    ]
    assert {part.component for part in parcel.packaging} == {Component.BOX, Component.TAPE}
    assert parcel.cushioning_id == ""
    assert parcel.packaging_mg(Component.BOX) == 870_000


def test_several_cushionings_make_one_candidate_of_a_shipper() -> None:
    """Boxes are candidates with each cushioning, a shipper only once and without cushioning."""
    policy = replace(LEAST_PACKAGING, cushioning_ids=["honeycomb-paper-wrap", "epe-foam-wrap"])
    answer = good(bottles(7), policy=policy)
    assert boxes_of(answer) == ["one", "six"]
    refused = [each for each in answer.certificate.refused_candidates if each.box_type_id == "six"]
    assert [each.cushioning_id for each in refused] == [""]


def test_orientation_and_size_decide_which_compartment_takes_a_unit() -> None:
    """A bottle that must lie down, or is 1 um too wide, fits no compartment of a shipper."""
    shop = Catalog("shop", [SIX])
    lying = tuple(each for each in ALL_ORIENTATIONS if each not in UPRIGHT)
    for line in (
        replace(BOTTLE, quantity=1, article="", orientations=lying),
        replace(BOTTLE, quantity=1, article="", width_mm=95.001),
    ):
        answer = plan(Order("order", [line]), shop, Policy(allow_partial=True))
        assert [each.reason for each in answer.unpacked] == [UnpackedReason.DOES_NOT_FIT_ANY_BOX]
    widest = replace(BOTTLE, quantity=1, article="", width_mm=95)
    assert boxes_of(good(Order("order", [widest]), shop)) == ["six"]


def test_a_clearance_is_kept_in_each_compartment() -> None:
    """A bottle of 80 mm in a cell of 95 mm has 15 mm of play, and no more."""
    shop = Catalog("shop", [SIX], dunnage=DUNNAGE)
    assert boxes_of(good(bottles(6), shop, replace(LEAST_PACKAGING, fit_clearance_mm=15))) == ["six"]
    tight = replace(LEAST_PACKAGING, fit_clearance_mm=15.001, allow_partial=True)
    assert plan(bottles(6), shop, tight).status is PlanStatus.NONE


def test_many_bottles_fill_shippers() -> None:
    """50 bottles and 30 cans, too many for the exact search, are all packed, some in shippers, and checked."""
    can = Item("can", 30, 66, 66, 115, 350)
    answer = plan(bottles(50, can), CATALOG, LEAST_PACKAGING)
    assert answer.status is PlanStatus.COMPLETE
    shippers = plan(bottles(50, can), Catalog("shop", [ONE, TWO, SIX], dunnage=DUNNAGE), LEAST_PACKAGING)
    assert sum(each.tare_mg for each in answer.parcels) <= sum(each.tare_mg for each in shippers.parcels)
    assert boxes_of(answer).count("six") > 0


def test_a_bound_counts_bottles_as_a_compartment_takes_them() -> None:
    """No bound on plans of twelve bottles is above what two full shippers cost, however much their cushioning takes."""
    shop = Catalog("shop", [ONE, TWO, SIX], dunnage=DUNNAGE)
    model = model_of(bottles(12), shop, LEAST_PACKAGING)
    two_sixes = 2 * plan(bottles(6), CATALOG, LEAST_PACKAGING).parcels[0].tare_mg
    assert floor_of(model, model.expansion.everything).price <= (two_sixes,)


def test_the_baseline_leaves_shippers_out_and_reports_it() -> None:
    """The engine py3dbp does not support compartments: such box types are named as left out."""
    order = Order("order", [Item("mug", 1, 90, 90, 100, 350)])
    policy = Policy(engine="py3dbp", objectives=["packaging_mass"], support_ratio=0)
    light = Catalog("shop", [replace(ONE, tare_g=10), OPEN[0]])
    answer = plan(order, light, policy)
    assert boxes_of(answer) == ["open-150"]
    (refused,) = answer.certificate.refused_candidates
    assert (refused.box_type_id, refused.proof) == ("one", Proof.POLICY)


def test_a_started_parcel_has_no_compartments() -> None:
    """A started shipper is refused by name."""
    with pytest.raises(InvalidInputError) as caught:
        plan(bottles(1), CATALOG, LEAST_PACKAGING, started_parcels=[StartedParcel("p", "six", ())])
    (found,) = caught.value.violations
    assert found.field == "started_parcels[0].box_type_id"
    assert "without compartments" in found.rule


def test_packs_for_the_same_articles_share_one_array_of_those_kept_out() -> None:
    """With thousands of box types and units, memory does not grow with the product of both."""
    bottles_only = replace(ONE.compartments, articles=["wine_bottle"])
    packs = [
        replace(ONE, box_type_id=f"pack-{number}", compartments=bottles_only if number % 2 else ONE.compartments)
        for number in range(6)
    ]
    catalog = Catalog("shop", [*packs, *OPEN], dunnage=DUNNAGE)
    model = model_of(bottles(2, Item("cup", 1, 50, 50, 50, 100)), catalog, Policy())
    kept_out = model.admission.kept_out.copy()
    open_boxes = {box.box_type_id: kept_out.pop(box.box_type_id) for box in OPEN}
    assert {id(each) for each in open_boxes.values()} == {id(open_boxes["open-150"])}
    assert open_boxes["open-150"].which.tolist() == [True, True, False]
    assert sorted(kept_out) == ["pack-1", "pack-3", "pack-5"]
    assert len({id(each.which) for each in kept_out.values()}) == 1
    assert kept_out["pack-1"].which.tolist() == [False, False, True]
    assert all(name in each.rule and "wine_bottle" in each.rule for name, each in kept_out.items())
