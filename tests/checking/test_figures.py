"""Amounts, factors, bills, steps and prices of a plan are computed again."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

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
from boxwright.domain.footprint import Footprint, FootprintLine
from boxwright.domain.plan import Parcel, Plan
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


def of_parcel(change: Callable[[Parcel], Parcel]) -> Callable[[Plan], Plan]:
    """Return a change of the one parcel."""
    return lambda whole: replace(whole, parcels=(change(whole.parcels[0]),))


def of_footprints(change: Callable[[Footprint], Footprint]) -> Callable[[Plan], Plan]:
    """Return a change of the footprints of parcel and plan alike; grams and their price follow."""

    def changed(whole: Plan) -> Plan:
        footprints = tuple(change(each) for each in whole.parcels[0].footprints)
        grams_mg = sum(line.co2e_mg for line in footprints[0].lines)
        parcel = replace(whole.parcels[0], footprints=footprints, carbon_cost_minor=round(Fraction(grams_mg, 100)))
        return replace(whole, parcels=(parcel,), footprints=footprints)

    return changed


def of_lines(**fields: Any) -> Callable[[Plan], Plan]:
    """Return a change of every line of a footprint."""

    def line(each: FootprintLine) -> FootprintLine:
        new = replace(each, **fields)
        return replace(new, co2e_mg=round(Fraction(new.amount) * Fraction(new.factor_kg_per_unit) * 1_000_000))

    return of_footprints(lambda each: replace(each, lines=tuple(line(old) for old in each.lines)))


def step_of(whole: Plan, **fields: Any) -> Plan:
    """Return the plan with another first step to a lower bill."""
    (parcel,) = whole.parcels
    assert parcel.chargeable is not None
    first, *more = parcel.chargeable.lower_steps
    bill = replace(parcel.chargeable, lower_steps=(replace(first, **fields), *more))
    return replace(whole, parcels=(replace(parcel, chargeable=bill),))


SEEN: dict[str, tuple[Callable[[Plan], Plan], ViolationKind]] = {
    "amount": (of_lines(amount=Decimal(7)), ViolationKind.WRONG_FOOTPRINT),
    "factor_id": (of_lines(factor_id="another"), ViolationKind.WRONG_FOOTPRINT),
    "factor_kg_per_unit": (
        of_lines(factor_kg_per_unit=Decimal(2), low_kg_per_unit=Decimal(1), high_kg_per_unit=Decimal(2)),
        ViolationKind.WRONG_FOOTPRINT,
    ),
    "low_kg_per_unit": (of_lines(low_kg_per_unit=None), ViolationKind.WRONG_FOOTPRINT),
    "high_kg_per_unit": (of_lines(high_kg_per_unit=None), ViolationKind.WRONG_FOOTPRINT),
    "read_in_source": (of_lines(read_in_source=False), ViolationKind.WRONG_FOOTPRINT),
    "carbon_cost_minor": (
        of_parcel(lambda each: replace(each, carbon_cost_minor=(each.carbon_cost_minor or 0) + 5)),
        ViolationKind.WRONG_BILL,
    ),
    "chargeable_mg": (
        of_parcel(lambda each: replace(each, chargeable=each.chargeable and replace(each.chargeable, chargeable_mg=1))),
        ViolationKind.WRONG_BILL,
    ),
    "lower_steps.less": (lambda whole: step_of(whole, less=1), ViolationKind.WRONG_BILL),
    "lower_steps.chargeable_mg": (lambda whole: step_of(whole, chargeable_mg=1), ViolationKind.WRONG_BILL),
    "lower_steps.price_minor": (lambda whole: step_of(whole, price_minor=1), ViolationKind.WRONG_BILL),
}
"""A change of a figure, and the violation that it makes."""


@pytest.mark.parametrize("figure", SEEN)
def test_a_change_of_amounts_bills_steps_and_prices_is_found(good: Plan, figure: str) -> None:
    """Every figure is checked, not only its type."""
    change, kind = SEEN[figure]
    assert kind in found(change(good))
