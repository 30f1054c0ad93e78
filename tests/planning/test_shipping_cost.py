"""Carriage in money: prices of parcels, the objective with prices of boxes, and the price of emissions."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxwright import BoxType, Catalog, EmissionsBasis, Item, Lane, Leg, Order, Policy, plan, verify_certificate
from boxwright.catalog import load_materials
from boxwright.domain.carrier import Change
from boxwright.domain.price_table import AdditionalWeight, PriceTable, SurchargePrice, WeightPrice, ZonePrices
from boxwright.errors import InvalidInputError
from boxwright.shipping import UNPRICED_MINOR
from models import model_of
from strategies import mailers
from verified import verified

DAY = dt.date(2026, 11, 1)
FIRST_KG = PriceTable(
    *("sf-own", "2026", "sf/fast", "CNY", "kg"),
    (ZonePrices("near", (WeightPrice(Decimal(1), 1_200),), (AdditionalWeight(Decimal(1), 200),)),),
    (SurchargePrice("bulky", per_weight_minor=100, minimum_minor=2_000),),
    round_to_minor=100,
)
"""First kilogram 12 yuan, each further one 2 yuan; bulky pieces 1 yuan per kilogram, at least 20; whole yuan."""
NEAR = Lane(carrier_service="sf/fast", ship_date=DAY, zone="near", price_tables=[FIRST_KG])
TIGHT = BoxType("tight", 200, 150, 100, 206, 156, 112, tare_g=100, material_id="corrugated-board", price_minor=250)
ROOMY = BoxType("roomy", 300, 250, 200, 306, 256, 212, tare_g=200, material_id="corrugated-board", price_minor=90)
CATALOG = Catalog("cost", [TIGHT, ROOMY], currency="CNY")
COST = Policy(objectives=["shipping_cost"], void_fill_id="none", tape_id="none")
BOOKS = Order("books", [Item("book", 4, 190, 140, 20, 300)])


def test_the_dearer_box_is_cheaper_to_ship():
    """The roomy box costs 0.90 and ships 2.768 kg for 16.00; the tight one 2.50 and ships 1.3 kg for 14.00.

    30.6 x 25.6 x 21.2 cm over 6000 is 2.768 kg, up to 2.8: 12 + 2 x 2. Four books and the tight box weigh 1.3 kg,
    20.6 x 15.6 x 11.2 cm over 6000 is 0.6: 12 + 2.
    """
    by_box = plan(BOOKS, CATALOG, replace(COST, objectives=["packaging_cost"]), NEAR)
    assert by_box.parcels[0].box_type_id == "roomy"
    assert by_box.parcels[0].carriage_price.total_minor == 1_600
    by_both = verified(BOOKS, CATALOG, COST, NEAR)
    (parcel,) = by_both.parcels
    assert parcel.box_type_id == "tight"
    assert [(line.name, line.amount_minor) for line in parcel.carriage_price.lines] == [("weight", 1_400)]
    certificate = by_both.certificate
    assert (certificate.status, certificate.value) == ("proved", 250 + 1_400)
    assert (certificate.carrier_service, certificate.price_table) == ("sf/fast", "sf-own@2026")
    assert certificate.price_table_hash == FIRST_KG.content_hash


def test_a_plan_without_lower_steps_is_otherwise_the_same():
    """Parcels and certificate are the same; only the steps to lower bills are missing."""
    asked = plan(BOOKS, CATALOG, COST, NEAR)
    found = plan(BOOKS, CATALOG, COST, NEAR, lower_steps=False)
    (parcel,) = asked.parcels
    assert parcel.chargeable.lower_steps
    bare = replace(parcel, chargeable=replace(parcel.chargeable, lower_steps=()))
    assert found == replace(asked, parcels=(bare,))


def test_another_tariff_is_another_certificate():
    """A certificate names the tariff by its hash: one that was changed afterwards does not verify."""
    found = plan(BOOKS, CATALOG, COST, NEAR)
    dearer = replace(FIRST_KG, round_to_minor=1)
    broken = verify_certificate(found, BOOKS, CATALOG, COST, replace(NEAR, price_tables=[dearer]))
    assert [each.field for each in broken] == ["certificate.price_table_hash"]


def test_the_next_lower_price_in_mm_and_g():
    """Roomy: 16.00 falls to 14.00 at 2 kg: 12,000 / (25.6 x 21.2) is 22.110848 cm, so 84.892 mm less length.

    Weight has no effect there. Tight: 14.00 falls to 12.00 at 1 kg gross, 300 g less.
    """
    lane = replace(NEAR, price_tables=[FIRST_KG])
    roomy = plan(BOOKS, Catalog("one", [ROOMY], currency="CNY"), COST, lane).parcels[0]
    steps = {step.change: step for step in roomy.chargeable.lower_steps}
    assert (steps[Change.LENGTH].less, steps[Change.LENGTH].price_minor) == (84_892, 1_400)
    assert Change.GROSS not in steps
    tight = plan(BOOKS, Catalog("one", [TIGHT], currency="CNY"), COST, lane).parcels[0]
    (step,) = tight.chargeable.lower_steps
    assert (step.change, step.less, step.price_minor) == (Change.GROSS, 300_000, 1_200)


@pytest.mark.parametrize(
    ("lane", "policy", "catalog", "fault"),
    [
        (None, COST, CATALOG, "lane.carrier_service"),
        (replace(NEAR, price_tables=[]), COST, CATALOG, "lane.price_tables"),
        (replace(NEAR, zone="moon"), COST, CATALOG, "lane.zone"),
        (replace(NEAR, carrier_service="sf/half-day"), COST, CATALOG, "'sf/half-day'"),
        (
            replace(NEAR, price_tables=[replace(FIRST_KG, effective_to=dt.date(2026, 10, 31))]),
            *(COST, CATALOG, "2026-11-01, got 0"),
        ),
        (replace(NEAR, price_tables=[FIRST_KG] * 2), COST, CATALOG, "2026-11-01, got 2"),
        (NEAR, COST, replace(CATALOG, currency="EUR"), "price_tables[0].currency"),
        (
            *(NEAR, COST, replace(CATALOG, box_types=(replace(TIGHT, price_minor=None), ROOMY))),
            "'tight'",
        ),
        (
            Lane([Leg("road", 1)], price_tables=[FIRST_KG]),
            Policy(),
            CATALOG,
            "lane.carrier",
        ),
    ],
)
def test_what_is_missing_is_named(lane, policy, catalog, fault):
    """An objective in money without its prices is an error that names the field and what it needs."""
    with pytest.raises(InvalidInputError) as caught:
        plan(BOOKS, catalog, policy, lane)
    assert fault in str(caught.value)


def test_a_weight_or_surcharge_without_a_price_is_named():
    """A table up to 1 kg has no price for 1.3 or 2.8 kg; one without bulky pieces has no price for a long rod."""
    short = replace(FIRST_KG, zones=(ZonePrices("near", (WeightPrice(Decimal(1), 1_200),)),))
    lane = replace(NEAR, price_tables=[short])
    with pytest.raises(InvalidInputError, match=r"2800 g .*'near'.*'sf-own@2026'"):
        plan(BOOKS, CATALOG, replace(COST, max_parcels=1), lane)
    told = plan(BOOKS, CATALOG, replace(COST, objectives=["parcel_count", "packaging_mass"]), lane)
    assert told.parcels[0].carriage_price.total_minor is None
    assert any(all(part in each.message for part in ("sf-own@2026", "1300")) for each in told.warnings)
    rod = Order("rod", [Item("rod", 1, 1_690, 40, 40, 500)])
    long = BoxType("long", 1_700, 50, 50, 1_706, 56, 62, tare_g=300, material_id="", price_minor=500)
    bare = replace(NEAR, price_tables=[replace(FIRST_KG, surcharges=())])
    with pytest.raises(InvalidInputError, match=r"'bulky' .*'near'"):
        plan(rod, Catalog("long", [long], currency="CNY"), COST, bare)
    priced = plan(rod, Catalog("long", [long], currency="CNY"), COST, NEAR)
    assert [(line.name, line.amount_minor) for line in priced.parcels[0].carriage_price.lines] == [
        ("weight", 1_200),
        ("bulky", 2_000),
    ]


def test_a_box_without_a_price_is_the_last_choice():
    """If the table ends at 2 kg, the roomy box (2.8 kg) has no price and the tight one is taken."""
    short = replace(FIRST_KG, zones=(ZonePrices("near", (WeightPrice(Decimal(2), 9_000),)),))
    found = plan(BOOKS, CATALOG, replace(COST, max_parcels=1), replace(NEAR, price_tables=[short]))
    assert [parcel.box_type_id for parcel in found.parcels] == ["tight"]


CARBON = Policy(
    objectives=["packaging_cost"],
    void_fill_id="none",
    tape_id="none",
    emissions_basis=EmissionsBasis("uk-desnz"),
    carbon_price_per_tonne_minor=1_000_000,
    accept_incomplete_footprint=True,
)


def test_grams_are_priced_by_the_tonne():
    """At 10,000 yuan per tonne each gram costs 0.01 yuan; the sum is rounded once per parcel, halves up."""
    cheap = plan(BOOKS, CATALOG, replace(CARBON, carbon_price_per_tonne_minor=0)).parcels[0]
    assert (cheap.box_type_id, cheap.carbon_cost_minor) == ("roomy", 0)
    emissions = plan(
        BOOKS,
        Catalog("one", [ROOMY], currency="CNY"),
        replace(CARBON, objectives=["emissions"], carbon_price_per_tonne_minor=None),
    )
    co2e_mg = emissions.certificate.value
    priced = plan(BOOKS, Catalog("one", [ROOMY], currency="CNY"), CARBON)
    expected = (co2e_mg * 1_000_000 * 2 + 10**9) // (2 * 10**9)
    assert priced.parcels[0].carbon_cost_minor == expected > 0
    assert priced.certificate.value == 90 + expected
    assert priced.certificate.profile_id.startswith("uk-desnz@")


def test_a_high_price_of_carbon_turns_the_choice():
    """The roomy box is 0.10 yuan cheaper and 100 g heavier: at a high carbon price its emissions cost more."""
    heavy = Catalog("grams", [replace(TIGHT, price_minor=100), ROOMY], currency="CNY")
    assert plan(BOOKS, heavy, replace(CARBON, carbon_price_per_tonne_minor=0)).parcels[0].box_type_id == "roomy"
    assert plan(BOOKS, heavy, replace(CARBON, carbon_price_per_tonne_minor=10**8)).parcels[0].box_type_id == "tight"


@pytest.mark.parametrize("rule", ["upper_end", "central"])
@pytest.mark.parametrize(
    "lane",
    [Lane([Leg("air", 500)]), Lane([Leg("air", 500)], "GB", "GB"), Lane([Leg("air", 500, vehicle="air_domestic")])],
    ids=["guessed", "by countries", "stated"],
)
def test_a_price_of_carbon_counts_a_guessed_flight_as_its_range_says(lane: Lane, rule: str):
    """An assumed class counts at the upper end of all possible classes, unless the policy changes that."""
    policy = replace(CARBON, unverified_factor_rule=rule)
    (parcel,) = plan(BOOKS, CATALOG, policy, lane, ["uk-desnz"]).parcels
    (footprint,) = (each for each in parcel.footprints if each.allocation.value == "mass")
    lines = [each for each in footprint.lines if each.component.value != "sales_packaging"]
    counted = [
        each.factor_kg_per_unit
        if each.read_in_source or rule == "central"
        else each.high_kg_per_unit or each.factor_kg_per_unit
        for each in lines
    ]
    grams = sum(float(each.amount) * float(factor) * 1e6 for each, factor in zip(lines, counted, strict=True))
    assert parcel.carbon_cost_minor == pytest.approx(grams * policy.carbon_price_per_tonne_minor / 1e9, abs=1)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"emissions_basis": None}, "emissions_basis"),
        ({"objectives": ["parcel_count"]}, "packaging_cost"),
        ({"carbon_price_per_tonne_minor": -1}, "carbon_price_per_tonne_minor"),
        ({"carbon_price_per_tonne_minor": 1.5}, "carbon_price_per_tonne_minor"),
    ],
)
def test_a_carbon_price_needs_grams_and_money(fields, fault):
    """A carbon price without a basis, without an objective in money, or that is not an amount is refused."""
    with pytest.raises(InvalidInputError, match=fault):
        replace(CARBON, **fields)


SERVICES = (
    *(
        "sf/standard",
        "ups/us-daily",
        "forwarder/cn-half-bubble",
        "yunexpress/economy-threshold",
        "forwarder/jp-b-small",
    ),
    *("china-post/ems-export", "forwarder/cn-two-divisors", "usps/parcel"),
)


@st.composite
def price_tables(draw, service):
    """Return a table whose prices may fall with weight, with every surcharge priced."""
    ends = sorted(draw(st.sets(st.integers(1, 60), min_size=1, max_size=5)))
    steps = tuple(WeightPrice(Decimal(end) / 2, draw(st.integers(0, 900))) for end in ends)
    more = (AdditionalWeight(Decimal(draw(st.integers(1, 4))) / 2, draw(st.integers(0, 90))),)
    rule = load_materials().carrier_rule(service, DAY)
    surcharges = tuple(
        SurchargePrice(each.surcharge_id, draw(st.integers(0, 500)), draw(st.integers(0, 20)))
        for each in rule.surcharges
    )
    unit = draw(st.sampled_from(["kg", "lb"]))
    fuel = Decimal(draw(st.sampled_from([0, 13])))
    step = draw(st.sampled_from([1, 50]))
    zones = (ZonePrices("", steps, draw(st.sampled_from([(), more]))),)
    return PriceTable("random", "1", service, "CNY", unit, zones, surcharges, fuel, step)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), service=st.sampled_from(SERVICES))
def test_no_parcel_costs_less_than_the_bound_of_its_box(data, service):
    """For random tables, boxes, mailers and units: the bound of a box type and that of a mailer's filling hold."""
    box = BoxType(
        "box", *data.draw(st.tuples(*[st.integers(150, 700)] * 3)), tare_g=data.draw(st.integers(0, 900)), price_minor=7
    )
    mailer = replace(data.draw(mailers("mailer")), price_minor=3, max_gross_g=None)
    lines = [
        Item(f"line-{index}", data.draw(st.integers(1, 3)), *data.draw(st.tuples(*[st.integers(10, 140)] * 3)), mass)
        for index, mass in enumerate(data.draw(st.lists(st.integers(1, 9_000), min_size=1, max_size=3)))
    ]
    policy = Policy(objectives=["shipping_cost", "chargeable_weight"], void_fill_id="none", tape_id="none")
    lane = Lane(carrier_service=service, ship_date=DAY, price_tables=[data.draw(price_tables(service))])
    catalog = Catalog("random", [box, mailer], currency="CNY")
    model = model_of(Order("o", lines), catalog, policy, lane=lane)
    units = len(model.expansion.units)
    some = np.array(sorted(data.draw(st.sets(st.integers(0, units - 1), min_size=1))), dtype=np.int64)
    for each in (box, mailer):
        bound = model.lower_bound(each)
        if each.flexible:
            height = data.draw(st.integers(1, each.inner_um[2]))
            shape = model.protect(some).edges_um
            extents = (int(shape[:, 0].max()), int(shape[:, 1].max()), max(height, int(shape.min())))
            if extents[2] >= min(each.inner_um):
                continue
            exact = model.price(each, some, extents)
            least = model.price(each, some, extents, least=True)
            assert all(low <= high for low, high in zip(least, exact, strict=True))
        else:
            exact = model.price(each, some)
        assert all(low <= high for low, high in zip(bound, exact, strict=True))
        assert exact[0] < 4 * UNPRICED_MINOR
