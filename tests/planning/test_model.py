"""Mass, price and limits of a candidate: the rules that the search uses."""

import numpy as np
import pytest

from boxwright import BoxType, Catalog, Item, Order, Policy, load_catalog, plan
from boxwright.planning.model import OrderModel
from models import model_of

DUNNAGE = load_catalog("us-stock").dunnage


def model_in(box: BoxType, order: Order, **policy: object) -> OrderModel:
    """Return the model of an order in one box type with available dunnage."""
    return model_of(order, Catalog("catalog", [box], dunnage=DUNNAGE), Policy(**policy))


@pytest.mark.parametrize("share", [1.0, 0.3])
def test_the_fill_of_a_half_gap_counts_to_its_unit(share: float) -> None:
    """Goods, wrap and fill of a box have the same sum, whether all units go in or only some."""
    box = BoxType("a", 500, 300, 300, max_gross_g=20_000)
    mugs = Order("o", [Item("mug", 2, 100, 100, 100, 300, article="mug"), Item("book", 1, 100, 80, 50, 200)])
    model = model_in(box, mugs, void_fill_share=share, tape_id="none")
    units = model.protect(np.arange(3))
    whole, open_ = (model.space(box, units, whole=each, several=True) for each in (True, False))
    spare = whole.mass_limit_mg - units.packed_mg
    parts = model.pricing.packed_with(box, np.arange(3))
    gross = model.expansion.goods_mg(np.arange(3)) + sum(part.mass_mg for part in parts)
    assert 0 <= 20_000_000 - gross - spare <= 8  # masses are rounded up
    lost = open_.mass_limit_mg - float(units.weights_mg(open_.displaced_mg_per_um3).sum())
    assert abs(spare - lost) <= 8


@pytest.mark.parametrize(("share", "fill_g"), [(1.0, 64.0), (0.5, 32.0), (0.0, 0.0)])
def test_void_fill_is_weighed_by_its_share_of_what_is_empty(share: float, fill_g: float) -> None:
    """A box of 10 L with 2 L of goods: 8 L of crumpled paper at 8 g/L, times the share, leave the rest of 1 kg."""
    box = BoxType("a", 500, 200, 100, max_net_g=None, max_gross_g=1_000)
    fill = next(each for each in DUNNAGE if each.dunnage_id == "crumpled-kraft-fill")
    assert fill.density_kg_per_m3 is not None
    litres = fill_g / 8
    model = model_in(box, Order("o", [Item("u", 2, 100, 100, 100, 1)]), void_fill_share=share, tape_id="none")
    space = model.space(box, model.protect(np.arange(2)), whole=True, several=True)
    assert space.mass_limit_mg == pytest.approx(1_000_000 - litres * float(fill.density_kg_per_m3) * 1_000, abs=1)


def test_void_fill_of_a_whole_packing_is_that_beside_the_goods() -> None:
    """If all units go in, only the space beside them is filled; otherwise each displaces fill of its volume."""
    box = BoxType("a", 500, 200, 100, max_gross_g=1_000)
    model = model_in(box, Order("o", [Item("u", 2, 100, 100, 100, 1)]), tape_id="none")
    units = model.protect(np.arange(2))
    whole, open_ = (model.space(box, units, whole=each, several=True) for each in (True, False))
    assert whole.displaced_mg_per_um3 == 0
    assert open_.displaced_mg_per_um3 > 0
    # With both units in the box the limits are equal, apart from rounding.
    gained = open_.displaced_mg_per_um3 * units.volume_um3
    assert 0 <= whole.mass_limit_mg - (open_.mass_limit_mg + gained) <= 4


@pytest.mark.parametrize("limit", ["max_net_g", "max_gross_g"])
def test_tape_counts_to_the_gross_limit_only(limit: str) -> None:
    """A box full of goods that weigh its limit: as a net limit it takes them, as a gross limit the tape is too much."""
    box = BoxType("a", 100, 100, 100, **{limit: 500})
    larger = BoxType("b", 200, 200, 200)
    order = Order("o", [Item("u", 1, 100, 100, 100, 500)])
    answer = plan(order, Catalog("c", [box, larger], dunnage=DUNNAGE), profiles=())
    assert answer.parcels[0].box_type_id == ("a" if limit == "max_net_g" else "b")
    assert answer.certificate.status.value == "proved"


def test_the_fill_limit_is_exact() -> None:
    """A third of a box of 3 um3 is 0.999999 um3 and so no whole unit; 0.333334 of it holds one."""
    box = BoxType("a", 0.003, 0.001, 0.001)
    for limit, volume in ((0.333333, 0.0), (0.333334, 1.0)):
        model = model_in(box, Order("o", [Item("u", 1, 0.001, 0.001, 0.001, 1)]), fill_limit=limit)
        assert model.space(box, model.protect(np.arange(1)), whole=True, several=False).volume_limit_um3 == volume
