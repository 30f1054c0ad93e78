"""The dunnage that is shipped. Its cushion factors and densities are unverified: these tests are of arithmetic."""

import pytest

from boxwright.catalog import load_materials
from boxwright.domain.box import BoxType
from boxwright.domain.dunnage import DunnageKind
from boxwright.domain.order import Fragility, FragilityClass, Item
from boxwright.protection import (
    cushion_mg,
    cushion_um,
    drop_height_mm,
    tape_mg,
    void_fill_mg,
)

LAMP = Item("lamp", length_mm=100, width_mm=80, height_mm=60, fragility=Fragility(g_level=50))


@pytest.fixture(scope="module")
def shipped():
    """Return the materials that are shipped."""
    return load_materials()


def of_kind(shipped, kind):
    """Return the dunnage of a kind."""
    return [each for each in shipped.dunnage if each.kind is kind]


def test_default_drop_height_is_ista_1a(shipped):
    """Without a profile the heights are those of ISTA 1A: 760 mm to 10 kg, 610 mm above."""
    assert [drop_height_mm(goods, shipped) for goods in (10_000_000, 10_000_001)] == [760, 610]


def test_every_cushioning_protects_every_class(shipped):
    """Each cushioning has a thickness for each class, thinner for a sturdier one, and a mass."""
    for pad in of_kind(shipped, DunnageKind.CUSHIONING):
        thicknesses = []
        for name in FragilityClass:
            unit = Item("unit", length_mm=100, width_mm=80, height_mm=60, fragility=Fragility(name))
            thicknesses.append(cushion_um(unit, 500_000, pad, shipped))
            assert cushion_mg(unit, thicknesses[-1], pad) > 0
        assert thicknesses == sorted(thicknesses, reverse=True)
        assert min(thicknesses) > 0


def test_every_void_fill_and_tape_has_mass(shipped):
    """Each void fill fills a litre and each tape closes a box."""
    box = BoxType("box", 300, 200, 150)
    fills, tapes = of_kind(shipped, DunnageKind.VOID_FILL), of_kind(shipped, DunnageKind.TAPE)
    assert fills
    assert tapes
    assert all(void_fill_mg(10**15, 1.0, fill) > 0 for fill in fills)
    assert all(1_000 < tape_mg(box, tape, shipped.tape_rule("")) < 20_000 for tape in tapes)
