"""Bills, steps to a lower bill and prices of a plan are computed again."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from boxwright import (
    BoxType,
    Catalog,
    EmissionsBasis,
    Item,
    Lane,
    Leg,
    Order,
    Policy,
    PriceTable,
    WeightPrice,
    ZonePrices,
    check,
    plan,
)
from boxwright.checking import ViolationKind
from boxwright.domain.plan import Plan
from boxwright.domain.strength import StackingCondition

ORDER = Order("order", [Item("cube", 1, 100, 100, 100, 900), Item("pole", 1, 900, 10, 10, 100)])
CATALOG = Catalog(
    "catalog",
    [BoxType("box", 250, 200, 200, tare_g=300, price_minor=90, material_id="corrugated-board", board_id="c-flute")],
    currency="USD",
)
LANE = Lane(
    [Leg("road", 500)],
    carrier_service="ups/us-daily",
    ship_date=datetime.date(2026, 7, 20),
    price_tables=[
        PriceTable(
            "own",
            "1",
            "ups/us-daily",
            "USD",
            "lb",
            [ZonePrices("", [WeightPrice(Decimal(pounds), 500 + 50 * pounds) for pounds in range(1, 151)])],
        )
    ],
)
POLICY = Policy(
    objectives=["shipping_cost"],
    allow_partial=True,
    carbon_price_per_tonne_minor=10_000_000,
    emissions_basis=EmissionsBasis("uk-desnz", "mass"),
    stacking=StackingCondition(layers=2, safety_factor=4),
)


@pytest.fixture(scope="module")
def good() -> Plan:
    """A partial plan with a bill, its price, steps to a lower bill and a carbon price."""
    made = plan(ORDER, CATALOG, POLICY, LANE, profiles=["uk-desnz"])
    (parcel,) = made.parcels
    assert made.unpacked
    assert parcel.chargeable is not None
    assert parcel.chargeable.lower_steps
    assert parcel.carriage_price is not None
    assert parcel.carbon_cost_minor
    assert found(made) == set()
    return made


def found(changed: Plan) -> set[ViolationKind]:
    """Return the kinds of violation of a plan."""
    return {each.kind for each in check(changed, ORDER, CATALOG, POLICY, lane=LANE)}


def test_a_wrong_price_is_found(good: Plan) -> None:
    """The prices of carbon, of carriage and of a step to a lower bill are checked, not only their types."""
    (parcel,) = good.parcels
    carriage_price = replace(parcel.carriage_price, lines=parcel.carriage_price.lines * 2)
    for fields in ({"carbon_cost_minor": parcel.carbon_cost_minor + 5}, {"carriage_price": carriage_price}):
        assert found(replace(good, parcels=(replace(parcel, **fields),))) == {ViolationKind.WRONG_BILL}
    first, *more = parcel.chargeable.lower_steps
    bill = replace(parcel.chargeable, lower_steps=(replace(first, price_minor=1), *more))
    assert found(replace(good, parcels=(replace(parcel, chargeable=bill),))) == {ViolationKind.WRONG_BILL}
