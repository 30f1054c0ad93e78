"""Price tiers by quantity."""

import pytest

from boxwright import BoxType, Catalog, InvalidInputError, Objective, Order, Policy, PriceTier, plan
from boxwright.domain.order import Item

TIERS = (PriceTier(100, 75), PriceTier(500, 60))


@pytest.mark.parametrize(
    ("price", "minimum", "quantity", "expected"),
    [
        pytest.param(90, 0, 0, 90, id="nothing stated: one"),
        pytest.param(90, 0, 99, 90, id="below the first tier"),
        pytest.param(90, 0, 100, 75, id="a tier begins at its quantity"),
        pytest.param(90, 0, 499, 75, id="and holds up to the next"),
        pytest.param(90, 0, 5_000, 60, id="the last has no end"),
        pytest.param(90, 500, 0, 60, id="no fewer than the minimum order can be bought"),
        pytest.param(90, 50, 600, 60, id="more than the minimum order"),
        pytest.param(None, 0, 1, 75, id="the first tier is the least that the seller names"),
    ],
)
def test_the_price_at_a_quantity(price: int | None, minimum: int, quantity: int, expected: int) -> None:
    """The highest tier that the quantity reaches decides; the quantity is at least the minimum order."""
    box = BoxType("b", 9, 9, 9, price_minor=price, price_tiers=TIERS, minimum_order_quantity=minimum)
    assert box.price_at(quantity) == expected


def test_no_price_is_none() -> None:
    """A price that is not stated is unknown, not zero."""
    assert BoxType("b", 9, 9, 9).price_at(100) is None


@pytest.mark.parametrize(("quantity", "box_type_id"), [(1, "plain"), (100, "tiered")])
def test_plans_count_the_price_at_the_quantity_that_is_bought(quantity: int, box_type_id: str) -> None:
    """A single box for 80 is cheaper than one for 90; by the hundred the second costs only 75."""
    boxes = [BoxType("plain", 9, 9, 9, price_minor=80), BoxType("tiered", 9, 9, 9, price_minor=90, price_tiers=TIERS)]
    catalog = Catalog("c", boxes, currency="EUR", purchase_quantity=quantity)
    answer = plan(Order("o", [Item("a", 1, 9, 9, 9, 1)]), catalog, Policy(Objective.PACKAGING_COST))
    assert [parcel.box_type_id for parcel in answer.parcels] == [box_type_id]
    assert answer.certificate.value == {"plain": 80, "tiered": 75}[box_type_id]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"price_tiers": (PriceTier(9, 1), PriceTier(9, 1))}, "price_tiers[1].min_quantity"),
        ({"minimum_order_quantity": -1}, "minimum_order_quantity"),
    ],
)
def test_broken_prices_are_named(fields: dict[str, object], fault: str) -> None:
    """Each broken rule has its field."""
    with pytest.raises(InvalidInputError) as caught:
        BoxType("b", 9, 9, 9, **fields)
    assert fault in [each.field for each in caught.value.violations]
