"""Cushions that the sales packaging holds already. The cushion factors test arithmetic only."""

from dataclasses import replace
from decimal import Decimal

import pytest

from boxwright.domain.order import Fragility, Item
from boxwright.domain.sales_packaging import SalesPackaging
from boxwright.protection import cushion_um

MUG = Item("mug", 1, 120, 100, 110, mass_g=350, fragility=Fragility(g_level=40))
"""In a cushion of factor 2.6, dropped from 760 mm, it needs 49.4 mm."""


@pytest.mark.parametrize(
    ("inside_mm", "least_mm", "added_um"),
    [
        (0, None, 49_400),
        (0.001, None, 49_399),
        (20, None, 29_400),
        (49.399, None, 1),
        (49.399, "5", 5_000),  # a cushioning is not used thinner than it is sold
        (49.4, "5", 0),
        (49.5, None, 0),
    ],
)
def test_golden_cushion_to_add(materials, cushioning, inside_mm, least_mm, added_um):
    """What the sales packaging holds is taken off; where it is enough nothing is added."""
    mug = replace(MUG, sales_packaging=SalesPackaging(cushion_mm=inside_mm))
    pad = cushioning("2.6", min_thickness_mm=least_mm and Decimal(least_mm))
    assert cushion_um(mug, mug.mass_mg, pad, materials) == added_um
