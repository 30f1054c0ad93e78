"""Stacking conditions and the box certificate in plans: refusals, warnings and stated figures."""

import pytest

from boxwright import (
    BoxType,
    Catalog,
    InvalidInputError,
    Item,
    Order,
    Policy,
    StackingCondition,
    StartedParcel,
    check,
    plan,
)
from boxwright.domain.plan import UnpackedReason
from boxwright.domain.proof import Proof
from through_file import through_file
from verified import verified

WEAK = BoxType("a-weak", 300, 200, 150, tare_g=150, board_id="c-flute-32ect")
STRONG = BoxType("b-strong", 300, 200, 160, tare_g=250, board_id="c-flute-32ect", edge_crush_kn_per_m=11)
ORDER = Order("order", [Item("tin", 2, 100, 100, 100, 6_000)])
DAMP = StackingCondition(layers=8, days=90, humidity_percent=80, pattern="column_aligned")


def packed(*boxes, order=ORDER, **policy):
    """Return the plan of an order with its catalog and policy, checked and replayed."""
    catalog, chosen = Catalog("catalog", boxes), Policy(**policy)
    made = verified(order, catalog, chosen, profiles=())
    assert check(made, order, catalog, chosen) == []
    assert through_file(made, order, catalog, chosen, None, ())
    return made


def test_a_box_that_bears_too_little_is_refused_with_the_rule():
    """738.677 N carry seven parcels of 10.760584 kg: 12 kg of goods need the stronger box, but not without a pile."""
    assert packed(WEAK, STRONG).parcels[0].box_type_id == "a-weak"
    made = packed(WEAK, STRONG, stacking=DAMP)
    assert made.parcels[0].box_type_id == "b-strong"
    (refused,) = made.certificate.refused_candidates
    assert (refused.box_type_id, refused.proof) == ("a-weak", Proof.WEIGHT)
    assert all(part in refused.message for part in ("10760.584", "738.677"))
    load = made.parcels[0].stack_load
    assert load.holds
    assert load.layers == 8
    # 12.25 kg x 7 x 9.80665
    assert load.required_mn == 840_921


def test_a_unit_too_heavy_for_every_pile_is_unpacked_with_the_rule():
    """The reason is the weight, and the rule names the pile."""
    heavy = Order("order", [Item("anvil", 1, 100, 100, 100, 30_000)])
    made = packed(WEAK, order=heavy, stacking=DAMP, allow_partial=True)
    assert made.unpacked[0].reason is UnpackedReason.TOO_HEAVY_FOR_ANY_BOX
    assert "738.677 N" in made.unpacked[0].message


def test_unverified_figures_warn_and_refuse_nothing():
    """Interlocked piles have an unverified multiplier: the weak box is used, and the plan states how much it lacks."""
    made = packed(WEAK, STRONG, stacking=StackingCondition(layers=20, safety_factor=1))
    assert made.parcels[0].box_type_id == "b-strong"  # 19 x 12.15 kg = 2264 N are more than its 1975 N
    interlocked = StackingCondition(layers=20, days=0, humidity_percent=50, pattern="interlocked")
    made = packed(WEAK, STRONG, stacking=interlocked)
    assert made.parcels[0].box_type_id == "a-weak"
    assert not made.parcels[0].stack_load.holds
    (warning,) = [each for each in made.warnings if each.code == "STRENGTH_NOT_BINDING"]
    assert "0.5" in warning.message


def test_other_styles_are_not_modelled():
    """A tote is used in any pile, and the plan states that its strength is not modelled."""
    tote = BoxType("tote", 300, 200, 150, tare_g=900, style="tote")
    made = packed(tote, stacking=DAMP)
    assert made.parcels[0].stack_load.not_modelled
    assert "STRENGTH_NOT_MODELLED" in {each.code for each in made.warnings}


def test_the_box_certificate_limits_gross_mass_and_size():
    """32 lbf/in allows 29.48 kg gross, so 30 kg are refused; a box with sides above 1,905 mm is not used."""
    heavy = Order("order", [Item("anvil", 1, 100, 100, 100, 29_400)])
    made = packed(WEAK, STRONG, order=heavy, box_certificate=True)
    assert made.parcels[0].box_type_id == "b-strong"
    assert "single-32ect" in made.certificate.refused_candidates[0].message
    long = BoxType("a-long", 1_500, 300, 200, tare_g=150, board_id="c-flute-32ect")
    made = packed(long, STRONG, box_certificate=True)
    assert made.parcels[0].box_type_id == "b-strong"
    assert any(all(part in each.message for part in ("a-long", "2000")) for each in made.warnings)
    made = packed(long, order=ORDER, box_certificate=True, allow_partial=True)
    assert made.unpacked[0].reason is UnpackedReason.NO_BOX_AVAILABLE
    assert "single-32ect" in made.unpacked[0].message


def test_a_book_wrap_has_no_box_certificate():
    """The certificate does not apply to a book wrap of graded board: it takes 29.4 kg of goods."""
    wrap = BoxType("wrap", 300, 200, 100, tare_g=150, style="book_wrap", board_id="c-flute-32ect")
    atlas = Order("order", [Item("atlas", 1, 290, 190, 60, 29_400)])
    made = packed(wrap, order=atlas, box_certificate=True)
    assert (made.parcels[0].box_type_id, made.parcels[0].box_grade) == ("wrap", None)


def test_a_begun_parcel_keeps_to_its_pile():
    """A started box is filled only up to the load of its pile; one that already exceeds it is refused."""
    first = plan(Order("order", [Item("tin", 2, 100, 100, 100, 6_000)]), Catalog("catalog", [WEAK]), profiles=())
    lying = first.parcels[0].placements
    catalog, policy = Catalog("catalog", [WEAK]), Policy(stacking=DAMP)
    started = [StartedParcel("P-1", "a-weak", lying[:1])]
    made = plan(ORDER, catalog, policy, profiles=(), started_parcels=started)
    assert len(made.parcels) == 2
    with pytest.raises(InvalidInputError, match="started_parcels"):
        plan(ORDER, catalog, policy, profiles=(), started_parcels=[StartedParcel("P-1", "a-weak", lying)])


def test_a_pile_past_the_multipliers_is_bad_input():
    """A year of storage is above the last step of the table: an error at the field, not an extrapolation."""
    year = StackingCondition(layers=5, days=365, humidity_percent=50, pattern="column")
    with pytest.raises(InvalidInputError, match=r"policy\.stacking\.days"):
        plan(ORDER, Catalog("catalog", [WEAK]), Policy(stacking=year), profiles=())
