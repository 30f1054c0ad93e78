"""The policy's limit on empty space: the box that is used, and the conflict with protection."""

from dataclasses import replace

import pytest

from boxwright import BoxType, Catalog, Item, Order, Policy, plan
from boxwright.catalog import load_materials
from boxwright.checking import ViolationKind, check
from boxwright.domain.order import Fragility
from boxwright.domain.plan import IncompletePlanError, ProofStatus, StartedParcel, UnpackedReason
from boxwright.domain.proof import Proof
from boxwright.errors import InvalidInputError

CLOSE = BoxType("close", 110, 110, 110, 116, 116, 122)  # 1 L leaves 39.1 % of 1.64 L empty
CHEAP = BoxType("cheap", 150, 150, 150, 156, 156, 162)  # 1 L leaves 74.6 % of 3.94 L empty
DUNNAGE = [load_materials().dunnage_of(name) for name in load_materials().default_dunnage]
CUBE = Item("cube", 1, 100, 100, 100, 200)
VASE = Item("vase", 1, 100, 100, 100, 200, fragility=Fragility("fragile"))
HALF = Policy(objectives=("parcel_count", "inner_volume"), max_empty_space_ratio=0.5, void_fill_id="none")


def test_a_box_that_is_too_empty_is_refused_by_policy():
    """By price the cheap box would be chosen; with the limit the certificate refuses it by policy."""
    priced = Catalog("c", [replace(CLOSE, price_minor=200), replace(CHEAP, price_minor=50)], currency="EUR")
    asked = {"objectives": ("packaging_cost",), "void_fill_id": "none", "cushioning_ids": ()}
    assert plan(Order("o", [CUBE]), priced, Policy(**asked)).parcels[0].box_type_id == "cheap"
    made = plan(Order("o", [CUBE]), priced, Policy(**asked, max_empty_space_ratio=0.5))
    assert made.parcels[0].box_type_id == "close"
    assert made.certificate.status is ProofStatus.PROVED
    assert [(no.box_type_id, no.proof) for no in made.certificate.refused_candidates] == [("cheap", Proof.POLICY)]


def test_protection_that_needs_more_room_is_a_conflict():
    """The unit is unpacked with both margins: how much the nearest box lacks, and how much too empty the other is."""
    order, catalog = Order("o", [VASE]), Catalog("c", [CLOSE, CHEAP, BoxType("large", 250, 250, 250)], dunnage=DUNNAGE)
    assert plan(order, catalog).parcels[0].box_type_id == "large"
    with pytest.raises(IncompletePlanError) as caught:
        plan(order, catalog, HALF)
    (out,) = caught.value.unpacked
    assert out.reason is UnpackedReason.EMPTY_SPACE_CONFLICT
    assert "'close' lacks" in out.message
    assert "93.6 %" in out.message
    assert "43.6 % above" in out.message


def test_of_several_parcels_those_that_are_too_empty_are_left_out():
    """Two of three cubes share a box within the limit; the third alone would leave it too empty and is not packed."""
    two = BoxType("two", 210, 110, 110, 216, 116, 122)
    made = plan(
        Order("o", [Item("cube", 3, 100, 100, 100, 200)]),
        Catalog("c", [two]),
        Policy(max_empty_space_ratio=0.5, allow_partial=True, void_fill_id="none"),
    )
    assert [len(parcel.placements) for parcel in made.parcels] == [2]
    assert [each.reason for each in made.unpacked] == [UnpackedReason.EMPTY_SPACE_CONFLICT]
    assert made.certificate.status is ProofStatus.OPEN


def test_the_check_finds_a_plan_that_is_too_empty():
    """The check also applies the limit, to the cubic micrometre; own containers are exempt."""
    order, catalog = Order("o", [CUBE]), Catalog("c", [BoxType("b", 200, 100, 100)])
    made = plan(order, catalog, Policy(void_fill_id="none"))
    assert not check(made, order, catalog, Policy(void_fill_id="none", max_empty_space_ratio=0.5))
    found = check(made, order, catalog, Policy(void_fill_id="none", max_empty_space_ratio=0.499999))
    assert [each.kind for each in found] == [ViolationKind.TOO_EMPTY]
    own = Order("o", [Item("cube", 1, 100, 100, 100, 200, ships_in_own_container=True)])
    assert plan(own, Catalog("c", [CHEAP]), HALF).parcels[0].ships_in_own_container


def test_started_parcels_have_no_such_limit():
    """The limit is refused together with started parcels, since their content is given."""
    with pytest.raises(InvalidInputError) as caught:
        plan(Order("o", [CUBE]), Catalog("c", [CHEAP]), HALF, started_parcels=[StartedParcel("p", "cheap")])
    assert [each.field for each in caught.value.violations] == ["policy.max_empty_space_ratio"]
