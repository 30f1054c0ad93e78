"""A carrier's acceptance limits constrain packing, and a certificate names the boxes that they exclude."""

import datetime as dt
from dataclasses import replace

import pytest

from boxwright import (
    BoxType,
    Catalog,
    Item,
    Lane,
    Order,
    Policy,
    StartedParcel,
    plan,
    verify_certificate,
)
from boxwright.checking import check
from boxwright.domain.plan import IncompletePlanError, PlanStatus, UnpackedReason
from boxwright.domain.proof import Proof
from boxwright.errors import InvalidInputError
from verified import verified

DAY = dt.date(2026, 11, 1)
EPACKET = Lane(carrier_service="china-post/epacket-ru", ship_date=DAY)
"""At most 5 kg, 60 cm and a sum of sides of 90 cm; at least 14 by 11 cm."""
FLAT = BoxType("flat", 130, 100, 10, 134, 104, 14, tare_g=20, material_id="corrugated-board")
SMALL = BoxType("small", 200, 150, 100, 204, 154, 104, tare_g=100, material_id="corrugated-board")
LONG = BoxType("long", 610, 100, 60, 614, 104, 64, tare_g=150, material_id="corrugated-board")
LARGE = BoxType("large", 390, 300, 190, 394, 304, 194, tare_g=400, material_id="corrugated-board")
CATALOG = Catalog("limits", [FLAT, SMALL, LONG, LARGE])
STRONG = Catalog("strong", [BoxType("strong", 400, 300, 200, tare_g=400, material_id="corrugated-board")])
"""A box without a mass limit."""
POLICY = Policy(void_fill_id="none", tape_id="none")


def order(*lines):
    """Return an order of lines given as (quantity, length, width, height, mass)."""
    return Order("order", [Item(f"line-{index}", *line) for index, line in enumerate(lines)])


def test_a_box_that_the_carrier_refuses_is_refused_with_its_rule():
    """A card fits the flat box, which is below 14 cm: the small box is used, and the certificate gives the reason."""
    card = order((1, 120, 90, 5, 50))
    free = plan(card, CATALOG, POLICY)
    assert free.parcels[0].box_type_id == "flat"
    bound = verified(card, CATALOG, POLICY, EPACKET)
    assert bound.parcels[0].box_type_id == "small"
    (refused,) = bound.certificate.refused_candidates
    assert (refused.box_type_id, refused.proof) == ("flat", Proof.POLICY)
    assert all(part in refused.message for part in ("china-post/epacket-ru", "13.4 cm", "longest < 14 cm"))
    assert bound.certificate.status == "proved"


def test_a_false_refusal_is_found_by_the_replay():
    """A certificate is rejected if the carrier accepts the box that it refuses, or if it states another rule."""
    card = order((1, 120, 90, 5, 50))
    bound = plan(card, CATALOG, POLICY, EPACKET)
    (refused,) = bound.certificate.refused_candidates
    for wrong in (replace(refused, message="too ugly"), replace(refused, box_type_id="large")):
        tampered = replace(bound, certificate=replace(bound.certificate, refused_candidates=(wrong,)))
        assert verify_certificate(tampered, card, CATALOG, POLICY, EPACKET)


def test_the_greatest_gross_weight_splits_an_order():
    """Three units of 2 kg fit the large box; at 5 kg gross each parcel takes two."""
    heavy = order((3, 150, 120, 90, 2_000))
    assert len(plan(heavy, CATALOG, POLICY).parcels) == 1
    bound = verified(heavy, CATALOG, POLICY, EPACKET)
    assert sorted(len(parcel.placements) for parcel in bound.parcels) == [1, 2]
    assert all(parcel.gross_mg <= 5_000_000 for parcel in bound.parcels)


def test_a_unit_too_heavy_for_the_carrier_names_its_limit():
    """5 kg of goods and the box exceed 5 kg gross."""
    with pytest.raises(IncompletePlanError) as caught:
        plan(order((1, 150, 120, 90, 5_000)), CATALOG, POLICY, EPACKET)
    (unit,) = caught.value.unpacked
    assert unit.reason is UnpackedReason.TOO_HEAVY_FOR_ANY_BOX
    assert all(part in unit.message for part in ("5000", "china-post/epacket-ru"))


def test_a_unit_in_its_own_container_must_be_accepted_too():
    """A drum that may ship without a box goes into one if it is too small for the carrier."""
    drum = Order("order", [Item("drum", 1, 120, 90, 60, 500, ships_in_own_container=True)])
    assert plan(drum, CATALOG, POLICY).parcels[0].ships_in_own_container
    assert plan(drum, CATALOG, POLICY, EPACKET).parcels[0].box_type_id == "small"


def test_a_mailer_is_used_where_the_carrier_accepts_its_largest_and_its_smallest():
    """Flat, a mailer of 580 x 330 mm sums to more than 90 cm; one of 400 x 300 mm never does."""
    mailers = [
        BoxType(name, length, width, 60, length + 10, width + 10, 61, tare_g=20, style="flat_mailer", material_id="")
        for name, length, width in (("wide", 580, 330), ("fine", 400, 300))
    ]
    catalog = Catalog("mailers", mailers)
    bound = plan(order((1, 150, 120, 30, 500)), catalog, POLICY, EPACKET, profiles=[])
    assert bound.parcels[0].box_type_id == "fine"
    assert plan(order((1, 150, 120, 30, 500)), Catalog("wide", mailers[:1]), POLICY, profiles=[]).status == "complete"
    with pytest.raises(IncompletePlanError, match="side_sum > 90 cm"):
        plan(order((1, 150, 120, 30, 500)), Catalog("wide", mailers[:1]), POLICY, EPACKET, profiles=[])


def test_a_begun_parcel_that_the_carrier_refuses_is_bad_input():
    """A parcel started in a box below 14 cm cannot be shipped, and the error names the field and the rule."""
    card = order((1, 120, 90, 5, 50))
    started = plan(card, CATALOG, POLICY).parcels[0]
    started = StartedParcel("one", "flat", started.placements)
    with pytest.raises(InvalidInputError, match=r"started_parcels\[0\].*carrier_refuses.*longest < 14 cm"):
        plan(card, CATALOG, POLICY, EPACKET, started_parcels=[started])


def test_an_unverified_size_binds_too():
    """DHL Express' limits are unverified: a box of 310 cm is still left out, and the reason marks the limits."""
    rod = order((1, 3_090, 90, 50, 500))
    longest = BoxType("longest", 3_100, 100, 60, 3_104, 104, 64, tare_g=300, material_id="corrugated-board")
    lane = Lane(carrier_service="dhl-express/international", ship_date=DAY)
    found = plan(rod, Catalog("long", [longest]), replace(POLICY, allow_partial=True), lane)
    assert found.status is PlanStatus.NONE
    assert all(part in found.unpacked[0].message for part in ("310.4", "300"))


@pytest.mark.parametrize("service", ["dpd/ee", "canada-post/regular", "canada-post/priority"])
def test_no_carrier_takes_three_irons_at_once(service):
    """Without a lifting limit 87 kg fit one box: the carrier's weight limit splits them, although it is unverified."""
    irons = Order("o", [Item("iron", 3, 150, 150, 150, 29_000)])
    lane = Lane(carrier_service=service, ship_date=DAY)
    found = plan(irons, STRONG, Policy(lifting_profile="freight"), lane)
    assert [len(each.placements) for each in found.parcels] == [1, 1, 1]


def test_the_check_refuses_by_unverified_limits():
    """87 kg in one box, planned without a carrier: the check finds that dpd/ee refuses it."""
    irons, machine = Order("o", [Item("iron", 3, 150, 150, 150, 29_000)]), Policy(lifting_profile="freight")
    made = plan(irons, STRONG, machine)
    lane = Lane(carrier_service="dpd/ee", ship_date=DAY)
    (found,) = check(made, irons, STRONG, machine, lane=lane)
    assert (found.kind.value, "actual > 31.5 kg" in found.detail) == ("carrier_refuses", True)
