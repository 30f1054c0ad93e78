"""Prices of carriage computed by hand, and properties of every table."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.domain.price_table import (
    AdditionalWeight,
    PriceRounding,
    PriceTable,
    SurchargePrice,
    WeightPrice,
    ZonePrices,
)
from boxwright.errors import InvalidInputError
from boxwright.shipping import UNPRICED_MINOR, Billed, Biller, Pricer, lower_steps, pricer_of
from shipping.conftest import RULES

KG = 1_000_000
LB_MG = 453_592.37


def table(*steps, more=(), **fields):
    """Return a table of one zone: steps as (up to, price), further weight as (per, price, up to)."""
    zone = ZonePrices(
        "z",
        tuple(WeightPrice(Decimal(str(end)), price) for end, price in steps),
        tuple(AdditionalWeight(Decimal(str(per)), price, end and Decimal(end)) for per, price, end in more),
    )
    settings = {"weight_unit": "kg", **fields}
    return PriceTable("t", "1", "ups", "USD", zones=(zone,), **settings)


def total(prices, rules, chargeable_mg, surcharges=(), name="ups"):
    """Return the price of a bill in minor units."""
    return Pricer(prices, rules[name], "z").price(Billed(chargeable_mg, surcharges)).total_minor


@pytest.mark.parametrize(
    ("chargeable_mg", "price", "remark"),
    [
        (1, 1_000, "the lightest pays the first step"),
        (KG, 1_000, "a step holds its own end"),
        (KG + 1, 1_500, "1 mg more is the next"),
        (2 * KG, 1_500, "the last step"),
        (2 * KG + 1, 1_700, "a begun half kilogram: 1,500 + 200"),
        (2_500_000, 1_700, "exactly one piece"),
        (5 * KG, 2_700, "six pieces to 5 kg"),
        (5 * KG + 1, 2_800, "then whole kilograms at 100"),
        (7 * KG, 2_900, "two of them"),
    ],
)
def test_golden_steps_and_further_weight(rules, chargeable_mg, price, remark):
    """10.00 to 1 kg, 15.00 to 2 kg, then 2.00 a half kilogram to 5 kg, then 1.00 a kilogram."""
    prices = table((1, 1_000), (2, 1_500), more=[("0.5", 200, 5), (1, 100, None)])
    assert total(prices, rules, chargeable_mg) == price, remark


def test_golden_pounds_end_where_bills_end(rules):
    """5 lb are billed as 2,267,962 mg, 0.15 mg above: still the step to 5 lb; 6 lb, 2,721,554 mg, are the next."""
    prices = table((5, 900), (6, 1_000), more=[(1, 50, None)], weight_unit="lb")
    assert total(prices, rules, round(5 * LB_MG)) == 900
    assert total(prices, rules, round(6 * LB_MG)) == 1_000
    assert total(prices, rules, round(8 * LB_MG)) == 1_100


def test_golden_fuel_surcharges_and_rounding(rules):
    """10.01 and oversize at 3.33, fuel 12.5 % on both: 1,001 + 333 + 166.75 up to 167 = 1,501, up to 1,550 or 1,500."""
    prices = table(
        (100, 1_001),
        fuel_percent=Decimal("12.5"),
        surcharges=(SurchargePrice("oversize", 333, with_fuel=True),),
        round_to_minor=50,
    )
    oversize = next(index for index, each in enumerate(rules["ups"].surcharges) if each.surcharge_id == "oversize")
    found = Pricer(prices, rules["ups"], "z").price(Billed(KG, (oversize,)))
    assert [(line.name, line.amount_minor) for line in found.lines] == [
        ("weight", 1_001),
        ("oversize", 333),
        ("fuel", 167),
        ("rounding", -1),
    ]
    assert found.total_minor == 1_500
    assert total(replace(prices, rounding=PriceRounding.UP), rules, KG, (oversize,)) == 1_550


def test_golden_surcharge_by_weight_with_a_minimum(rules):
    """SF's bulky pieces at 1 yuan a kilogram and 20 yuan at least: 19.9 kg are 20.00, 60.5 kg are 60.50."""
    prices = table((100, 0), surcharges=(SurchargePrice("bulky", 0, 100, 2_000),))
    assert total(prices, rules, 19_900_000, (0,), "sf") == 2_000
    assert total(prices, rules, 60_500_000, (0,), "sf") == 6_050


def test_what_is_missing_has_no_price_and_no_zero(rules):
    """Above the last step, or with a surcharge that the table does not name, the price is unknown."""
    prices = table((1, 1_000))
    pricer = Pricer(prices, rules["ups"], "z")
    heavy = pricer.price(Billed(2 * KG, ()))
    assert heavy.total_minor is None
    (missing,) = heavy.missing
    assert "2000 g" in missing
    (missing,) = pricer.price(Billed(KG, (0,))).missing
    assert "'heavy'" in missing
    assert pricer.price_minor(Billed(2 * KG, ())) == UNPRICED_MINOR
    with pytest.raises(InvalidInputError, match=r"zone"):
        Pricer(prices, rules["ups"], "y")


def test_the_ship_date_picks_the_table(rules):
    """Consecutive tables: the last day of the first, the first day of the second, and a day of neither."""
    old = table((1, 100), effective_to=dt.date(2026, 1, 25))
    new = replace(table((1, 200)), version="2", effective_from=dt.date(2026, 1, 26), effective_to=dt.date(2026, 12, 31))
    biller = Biller(rules["ups"])
    assert pricer_of([new, old], biller, dt.date(2026, 1, 25), "z").table is old
    assert pricer_of([new, old], biller, dt.date(2026, 1, 26), "z").table is new
    with pytest.raises(InvalidInputError, match=r"price_tables"):
        pricer_of([new, old], biller, dt.date(2027, 1, 1), "z")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"price_table_id": ""}, "price_table_id"),
        ({"version": ""}, "version"),
        ({"currency": "yuan"}, "currency"),
        ({"weight_unit": "st"}, "weight_unit"),
        ({"zones": ()}, "zones"),
        ({"fuel_percent": Decimal(-1)}, "fuel_percent"),
        ({"fuel_percent": 0.5}, "fuel_percent"),
        ({"round_to_minor": 0}, "round_to_minor"),
        (
            {"effective_from": dt.date(2026, 1, 2), "effective_to": dt.date(2026, 1, 1)},
            "effective_to",
        ),
        ({"zones": (ZonePrices("z", (WeightPrice(Decimal(1), 1),)),) * 2}, "zones[1].zone"),
        (
            {"surcharges": (SurchargePrice("a"), SurchargePrice("a", zones=("z",)))},
            "surcharges[1].surcharge_id",
        ),
        (
            {"surcharges": (SurchargePrice("a", zones=("z",)), SurchargePrice("a"))},
            "surcharges[1].surcharge_id",
        ),
    ],
)
def test_a_broken_table_is_refused(fields, fault):
    """Each rule for a table, by the field that breaks it."""
    with pytest.raises(InvalidInputError) as caught:
        replace(table((1, 100)), **fields)
    assert fault in [each.field for each in caught.value.violations]


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: ZonePrices("z", ()), "steps"),
        (lambda: ZonePrices("z", (WeightPrice(Decimal(2), 1), WeightPrice(Decimal(2), 1))), "steps[1].up_to"),
        (lambda: WeightPrice(Decimal(1), -1), "price_minor"),
        (lambda: SurchargePrice("a", zones=("z" * 201,)), "zones[0]"),
    ],
)
def test_a_broken_part_of_a_table_is_refused(make, fault):
    """Each part has its own rules, independent of the table."""
    with pytest.raises(InvalidInputError) as caught:
        make()
    assert [each.field for each in caught.value.violations] == [fault]


tables = st.builds(
    lambda ends, prices, more, fuel, step: table(
        *zip(sorted(ends), prices, strict=False),
        more=more,
        fuel_percent=Decimal(fuel),
        round_to_minor=step,
        surcharges=tuple(SurchargePrice(name, 40, 3) for name in ("heavy", "additional_handling", "oversize")),
    ),
    st.sets(st.integers(1, 40), min_size=1, max_size=5),
    st.lists(st.integers(0, 900), min_size=5, max_size=5),
    st.sampled_from([(), [("0.5", 20, 60), (1, 10, None)]]),
    st.sampled_from([0, 12]),
    st.sampled_from([1, 50]),
)


@settings(max_examples=25)
@given(prices=tables, one=st.integers(1, 50 * KG), more=st.integers(0, 50 * KG))
def test_nothing_heavier_costs_less_than_the_least(prices, one, more):
    """Even if a tariff falls with weight, no larger weight costs less than the stated minimum from a weight on."""
    pricer = Pricer(prices, RULES["ups"], "z")
    assert pricer.least_minor(Billed(one, ())) <= pricer.price_minor(Billed(one + more, ()))
    assert pricer.least_minor(Billed(one, ())) <= pricer.price_minor(Billed(one + more, (1,)))


@settings(max_examples=25)
@given(prices=tables, chargeable_mg=st.integers(1, 90 * KG), surcharges=st.sets(st.integers(0, 2)))
def test_lines_sum_to_the_price(prices, chargeable_mg, surcharges):
    """A price is the sum of its lines, and a multiple of the table's rounding step."""
    found = Pricer(prices, RULES["ups"], "z").price(Billed(chargeable_mg, tuple(sorted(surcharges))))
    if found.total_minor is not None:
        assert found.total_minor == sum(line.amount_minor for line in found.lines)
        assert found.total_minor % prices.round_to_minor == 0


@settings(max_examples=25)
@given(
    prices=tables,
    name=st.sampled_from(["ups", "sf", "half", "ratio", "size-bands"]),
    outer_um=st.tuples(*[st.integers(1_000, 900_000)] * 3),
    gross_mg=st.integers(1, 45 * KG),
    data=st.data(),
)
def test_a_step_lowers_the_price_and_nothing_less_does(prices, name, outer_um, gross_mg, data):
    """With a table the steps lead to a lower price, exact on both sides, even if the tariff falls."""
    biller = Biller(RULES[name])
    pricer = Pricer(prices, RULES[name], "z")

    def cost(change, less):
        sides = tuple(side - less * (axis == change.value) for axis, side in zip(AXES, outer_um, strict=True))
        return pricer.price_minor(biller.weigh(sides, gross_mg - less * (change.value == "gross")))

    now = pricer.price_minor(biller.weigh(outer_um, gross_mg))
    for step in lower_steps(biller, outer_um, gross_mg, pricer.price_minor, pricer.falls_mg):
        assert cost(step.change, step.less) == step.price_minor < now
        if name != "size-bands":  # its limit may refuse a shorter parcel
            assert cost(step.change, data.draw(st.integers(0, step.less - 1))) >= now


AXES = ("length", "width", "height")
