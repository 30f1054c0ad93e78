"""Plans in which packs with compartments or pads protect the goods."""

from dataclasses import replace

import pytest

from boxwright import (
    BoxType,
    Compartments,
    Fragility,
    InvalidInputError,
    Item,
    Order,
    Policy,
    plan,
)
from boxwright.domain.protection import ProtectionRule
from verified import verified

from .protected_goods import FOAM, codes, cubes, shelf

SHIPPER = BoxType("shipper", 210, 110, 345, tare_g=380, compartments=Compartments([95, 95], [95], 335))
WINE = Item("wine", 1, 80, 80, 310, 1_300, article="wine_bottle")


def test_a_bottle_in_a_pack_needs_nothing_else() -> None:
    """In a shipper there is no gap, wrap, fill or warning; units left for an open box give a warning."""
    answer = plan(Order("1", [replace(WINE, quantity=2)]), shelf(SHIPPER, *cubes(450)), profiles=())
    (parcel,) = answer.parcels
    (line,) = parcel.protection
    assert (parcel.box_type_id, line.rule, line.to_walls_um) == ("shipper", ProtectionRule.TESTED_PACK, 0)
    assert [part.component.value for part in parcel.packaging] == ["box"]
    assert {"TESTED_PACK_MISSING", "FILL_DOES_NOT_CUSHION"}.isdisjoint(codes(answer))
    one = replace(SHIPPER, available=1)
    mixed = plan(Order("1", [replace(WINE, quantity=3)]), shelf(one, *cubes(450)), profiles=())
    assert "TESTED_PACK_MISSING" in codes(mixed)


@pytest.mark.parametrize(
    ("fields", "sourced"),
    [
        ({}, False),
        ({"source": "A maker's list"}, True),
        ({"source": "A maker's list", "read_in_source": False}, False),
    ],
)
def test_no_pack_is_called_tested(fields: dict[str, object], sourced: bool) -> None:
    """A plan names the pack, and its source if that was verified, but does not claim that it was tested."""
    answer = plan(Order("1", [WINE]), shelf(replace(SHIPPER, **fields), *cubes(450)), profiles=())
    said = str(answer.parcels[0].protection[0])
    assert "'shipper'" in said
    assert ("A maker's list" in said) is sourced
    assert "tested" not in said


def test_heavy_and_fragile_units_share_a_tested_pack() -> None:
    """A thin tube of glass beside a full bottle is refused in an open box, and stands in the next compartment."""
    thimble = Item("tube", 1, 60, 60, 300, 20, article="ornament")
    order, catalog = Order("1", [replace(WINE, mass_g=2_100), thimble]), shelf(SHIPPER, *cubes(450))
    answer = verified(order, catalog, profiles=())
    assert [(each.box_type_id, len(each.placements)) for each in answer.parcels] == [("shipper", 2)]
    assert len(plan(order, shelf(*cubes(450)), profiles=()).parcels) == 2


DRIVE = Item("drive", 1, 200, 180, 160, mass_g=3_000, fragility=Fragility(g_level=50))


def test_physics_puts_pads_on_part_of_each_face() -> None:
    """Foam pads of 50.616 mm, 67.32 mm square, are on six faces, without wrap, margin or fill between them."""
    box = BoxType("box", 301.232, 281.232, 261.232, tare_g=100)
    policy = Policy(protection="physics", tape_id="none")
    answer = plan(Order("1", [DRIVE]), shelf(box, dunnage=FOAM), policy, profiles=())
    (parcel,) = answer.parcels
    (placed,), (line,) = parcel.placements, parcel.protection
    assert (placed.half_gap_um, placed.wall_margin_um) == (50_616, 0)
    assert (line.rule, line.pad_edge_um, line.wrap_layers) == (ProtectionRule.PHYSICS, 67_320, 0)
    assert [(part.component.value, part.dunnage_id) for part in parcel.packaging[1:]] == [("cushioning", "pe-foam-pad")]
    assert parcel.cushioning_id == "pe-foam-pad"
    assert any("pe-foam-pad" in each and "ista-1a@1" in each for each in answer.certificate.constraints)


def test_where_no_pad_fits_practice_holds_and_the_plan_says_so() -> None:
    """A drive too light for pads gets wrap and 50 mm to the walls; under practice, pads are not mentioned."""
    light = replace(DRIVE, mass_g=700)
    answer = plan(Order("1", [light]), shelf(*cubes(400), dunnage=FOAM), Policy(protection="physics"), profiles=())
    assert answer.parcels[0].protection[0].rule is ProtectionRule.PRACTICE
    (warning,) = [each for each in answer.warnings if each.code == "NO_PADS"]
    assert warning.field == "lines[0].fragility.g_level"
    assert "NO_PADS" not in codes(plan(Order("1", [light]), shelf(*cubes(400), dunnage=FOAM), profiles=()))


def test_physics_needs_a_curve_and_practice_needs_wrap() -> None:
    """Dunnage that the policy names must suit the rule: each error names field and dunnage."""
    with pytest.raises(InvalidInputError, match=r"policy\.protection"):
        plan(Order("1", [DRIVE]), shelf(*cubes(400)), Policy(protection="physics"), profiles=())
    with pytest.raises(InvalidInputError, match=r"policy\.cushioning_ids\[0\].*grammage_g_per_m2"):
        plan(Order("1", [DRIVE]), shelf(*cubes(400)), Policy(cushioning_ids="pe-foam-pad"), profiles=())
    with pytest.raises(InvalidInputError, match="protection"):
        Policy(protection="tested_pack")
