"""The dunnage that is shipped. Its densities are unverified: these tests are of arithmetic."""

import pytest

from boxwright.catalog import catalog_names, load_catalog, load_materials
from boxwright.domain.box import BoxType
from boxwright.domain.dunnage import DunnageKind
from boxwright.protection import drop_height_mm, tape_mg, void_fill_mg


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


def test_every_void_fill_and_tape_has_mass(shipped):
    """Each void fill fills a litre and each tape closes a box."""
    box = BoxType("box", 300, 200, 150)
    fills, tapes = of_kind(shipped, DunnageKind.VOID_FILL), of_kind(shipped, DunnageKind.TAPE)
    assert fills
    assert tapes
    assert all(void_fill_mg(10**15, 1.0, fill) > 0 for fill in fills)
    assert all(1_000 < tape_mg(box, tape, shipped.tape_rule("")) < 20_000 for tape in tapes)


def test_every_shipped_catalog_has_wrap_and_a_fill_that_cushions():
    """So that a fragile order is planned with any of them without a word on dunnage."""
    for name in catalog_names():
        first = {each.kind: each for each in reversed(load_catalog(name).dunnage)}
        assert first[DunnageKind.CUSHIONING].wraps
        assert first[DunnageKind.VOID_FILL].cushions
