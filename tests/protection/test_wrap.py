"""Wrap round fragile goods: its mass by area."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.catalog import load_materials
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.order import Item
from boxwright.errors import InvalidInputError
from boxwright.protection import wrap_mg

MUG = Item("mug", 1, 120, 85, 100, mass_g=350)
"""Its surface is 2 (120 x 85 + 120 x 100 + 85 x 100) = 61,400 mm2."""


def wrap(grammage: str) -> Dunnage:
    """Return a wrap by its grammage in g/m2."""
    return Dunnage("wrap", DunnageKind.CUSHIONING, "paper", grammage_g_per_m2=Decimal(grammage))


@pytest.mark.parametrize(
    ("grammage", "layers", "mass_mg"), [("90", 2, 11_052), ("90", 0, 0), ("0.01", 1, 1), ("25", 1, 1_535)]
)
def test_golden_mass_of_wrap(grammage: str, layers: int, mass_mg: int) -> None:
    """Two layers of 90 g/m2 round 0.0614 m2 are 11.052 g; 0.614 mg are a mg."""
    assert wrap_mg(MUG, layers, wrap(grammage)) == mass_mg


def test_wrap_without_a_grammage_is_refused() -> None:
    """Pads have none; the error names figure and dunnage."""
    (pads,) = [dunnage for dunnage in load_materials().dunnage if dunnage.has_curve]
    with pytest.raises(InvalidInputError, match=r"dunnage\.grammage_g_per_m2"):
        wrap_mg(MUG, 1, pads)


@given(st.integers(1, 4), st.integers(1, 500), st.integers(1, 500), st.integers(1, 500))
@settings(max_examples=30)
def test_wrap_is_in_proportion_to_layers(layers: int, length: int, width: int, height: int) -> None:
    """More layers weigh as many times more, to the rounding, and turning the unit changes nothing."""
    one, other = (Item("a", 1, *edges, mass_g=1) for edges in ((length, width, height), (height, length, width)))
    assert abs(wrap_mg(one, layers, wrap("90")) - layers * wrap_mg(one, 1, wrap("90"))) <= layers
    assert wrap_mg(one, layers, wrap("90")) == wrap_mg(other, layers, wrap("90"))


def test_every_cushioning_that_is_shipped_wraps_or_makes_pads() -> None:
    """Wrap has a grammage, pads a curve; only a curve that a source states is shipped."""
    shipped = [each for each in load_materials().dunnage if each.kind is DunnageKind.CUSHIONING]
    assert all(each.wraps != each.has_curve for each in shipped)
    assert [each.dunnage_id for each in shipped if each.has_curve] == ["pe-foam-pad"]
    assert all(each.cushion_factor is None for each in shipped if each.wraps)
