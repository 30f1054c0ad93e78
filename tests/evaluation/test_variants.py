"""Several policies and carrier services in one run: each variant equals a run of it alone."""

import datetime
import random
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from boxwright.catalog import load_catalog
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.order import Item, Order
from boxwright.domain.policy import Objective, Policy
from boxwright.domain.price_table import PriceTable, WeightPrice, ZonePrices
from boxwright.errors import InvalidInputError
from boxwright.evaluation import (
    Metric,
    StudyOptions,
    as_shipped,
    default_objectives,
    evaluate,
    order_rows,
    report,
    totals_dict,
)
from boxwright.evaluation.variant import MAX_VARIANTS, variants_of
from boxwright.evaluation.verdict import verdict_of

BOXES = load_catalog("us-stock").box_types
CATALOGS = [
    replace(load_catalog("us-stock"), catalog_id=name, box_types=BOXES[first::2]) for first, name in enumerate("ab")
]
POLICIES = {"tight": Policy(fill_limit=0.7), "loose": Policy(objectives=(Objective.OUTER_VOLUME,), support_ratio=0)}
DAY = datetime.date(2026, 11, 1)
PLAIN = StudyOptions(pictures=0, worth=False)


def lane(service: str, price_minor: int) -> Lane:
    """Return a lane on which a carrier service has one price up to 70 kg."""
    steps = (WeightPrice(Decimal(70), price_minor),)
    table = PriceTable("own", "1", service, "USD", "kg", (ZonePrices("", steps),))
    return Lane((Leg("road", 500),), carrier_service=service, ship_date=DAY, price_tables=[table])


LANES = [lane("sf/fast", 900), lane("dhl-express/international", 1_200)]


def orders_of(count: int) -> list[Order]:
    """Return orders of one or three units, some equal, some too large, half of them with a recorded box."""
    rng = random.Random(3)
    edges = [(rng.randint(40, 420), rng.randint(40, 300), rng.randint(20, 200)) for _ in range(count // 2)]
    return [
        Order(
            f"o{index}",
            (Item("a", 1 if index % 3 else 3, *rng.choice(edges), 300 + 100 * (index % 3)),),
            boxes_used=(BOXES[8].box_type_id,) if index % 2 else (),
        )
        for index in range(count)
    ]


def test_rows_are_those_of_each_variant_alone() -> None:
    """Rows of two processes equal those of separate runs, apart from the columns of policy and carrier service."""
    orders, catalogs = orders_of(16), [as_shipped(load_catalog("us-stock")), CATALOGS[0]]
    options = PLAIN
    run = evaluate(orders, catalogs, POLICIES, LANES, ["uk-desnz"], workers=2, options=options)
    rows = list(order_rows(run))
    assert len(rows) == len(orders) * 8
    assert list(rows[0])[:4] == ["order_id", "catalog_id", "policy", "carrier_service"]
    assert len({(row["policy"], row["carrier_service"], row["billed_g"], row["boxes"]) for row in rows}) > 8
    for name, policy in POLICIES.items():
        for way in LANES:
            alone = evaluate(orders, catalogs, policy, way, ["uk-desnz"], workers=1, options=options)
            mine = [row for row in rows if (row["policy"], row["carrier_service"]) == (name, way.carrier_service)]
            bare = [
                {key: value for key, value in row.items() if key not in ("policy", "carrier_service")} for row in mine
            ]
            assert bare == list(order_rows(alone))


def test_each_variant_is_named_and_compared_with_one_of_its_carrier_and_policy(order_of, catalogs, planner) -> None:
    """Names consist of catalog, carrier service and policy, where there are several; carriers are compared last."""
    lanes = [Lane(carrier_service=each) for each in ("sf/fast", "ups/us-daily")]
    run = evaluate([order_of("plain-1", 2)], catalogs, POLICIES, lanes, plan=planner, workers=1)
    names = [result.variant.name for result in run.results]
    assert names[:3] == ["large, sf/fast, tight", "large, sf/fast, loose", "large, ups/us-daily, tight"]
    assert names[-1] == "small, ups/us-daily, loose"
    pairs = [(comparison.first, comparison.second) for comparison in run.comparisons]
    assert pairs == [(0, 4), (1, 5), (2, 6), (3, 7), (0, 1), (0, 2), (0, 3)]
    assert run.comparisons[1].metric(Metric.INNER_VOLUME).second == 2 * 10**15
    found = [(each["catalog"], each["policy"], each["carrier_service"]) for each in totals_dict(run)["catalogs"]]
    assert found[1] == ("large", "loose", "sf/fast")
    assert len(set(found)) == 8
    alone = evaluate([order_of("plain-1", 2)], catalogs, POLICIES, lanes[0], plan=planner, workers=1)
    assert [result.variant.name for result in alone.results][:2] == ["large, tight", "large, loose"]
    plain = evaluate([order_of("plain-1", 2)], catalogs, Policy(), lanes[0], plan=planner, workers=1)
    assert "policy" not in totals_dict(plain)["catalogs"][0]
    assert "policy" not in next(order_rows(plain))


def test_the_saving_of_a_catalog_is_not_that_of_a_carrier() -> None:
    """The headline compares catalogs under one carrier; the change of carrier follows by itself."""
    orders = [Order(f"{n}", (Item("a", 1, 90, 90, 90, 300),)) for n in range(3)]
    box = BoxType("b", 100, 100, 100, tare_g=20)
    dear, cheap = (
        Catalog(name, (replace(box, price_minor=price),), currency="USD")
        for name, price in (("dear", 80), ("cheap", 50))
    )
    ways = [LANES[1], LANES[0]]
    run = evaluate(orders, [dear, cheap], None, ways, workers=1, options=PLAIN)
    text = verdict_of(run).text
    assert re.findall(r"[\d.]+ USD", text) == ["0.30 USD", "3.00 USD"]


def test_what_changes_is_said_where_the_headline_stays() -> None:
    """A carrier without prices leaves the price of packaging as it is, and changes the billed weight."""
    box = BoxType("b", 300, 300, 300, tare_g=20, price_minor=50)
    catalog = Catalog("own", (box,), currency="USD")
    ways = [Lane(carrier_service=service, ship_date=DAY) for service in ("dhl-express/international", "hermes/uk")]
    run = evaluate([Order("1", (Item("a", 1, 90, 90, 90, 300),))], [catalog], None, ways, workers=1, options=PLAIN)
    compared = run.comparisons[0]
    assert compared.headline.difference == 0 != compared.metric(Metric.CHARGEABLE).difference
    assert "chargeable weight (" in verdict_of(run).text
    alone = evaluate(
        [Order("1", (Item("a", 1, 90, 90, 90, 300),))],
        [catalog, replace(catalog, catalog_id="copy")],
        workers=1,
        options=PLAIN,
    )
    assert "(" not in verdict_of(alone).text


def test_the_page_names_policies_and_carriers() -> None:
    """It shows the worth of boxes for the main variant only."""
    run = evaluate(orders_of(12), CATALOGS, POLICIES, LANES, ["uk-desnz"], workers=1, options=StudyOptions(pictures=2))
    page = report(run)
    assert all(name in page for name in (*POLICIES, *(lane.carrier_service for lane in LANES)))
    main = run.results[run.study.main].variant
    assert {run.results[index].variant.parts for index in run.study.worths} == {main.parts}
    assert len(run.study.worths) == 2
    assert run.study.emptiest


def test_the_audit_counts_an_order_once() -> None:
    """The audit does not depend on the number of policies and carriers."""
    orders = orders_of(8)
    run = evaluate(
        orders, [as_shipped(load_catalog("us-stock")), CATALOGS[0]], POLICIES, LANES, workers=1, options=PLAIN
    )
    assert run.records.audit().total() == len(orders)


def test_the_default_objective_is_one_for_all() -> None:
    """It includes carriage only if the price of every carrier is known."""
    priced = [replace(CATALOGS[0], box_types=tuple(replace(box, price_minor=50) for box in BOXES), currency="USD")]
    assert default_objectives(priced, LANES)[0] is Objective.SHIPPING_COST
    bare = [LANES[0], replace(LANES[1], price_tables=())]
    assert default_objectives(priced, bare)[0] is Objective.PACKAGING_COST


@pytest.mark.parametrize(
    ("policy", "lanes", "field"),
    [
        ({"x": Policy(), "y": Policy()}, None, "policy"),
        ({"x": Policy(), "": POLICIES["tight"]}, None, "policy"),
        ({}, None, "policy"),
        (Policy(), [LANES[0], replace(LANES[0], zone="far")], "lane.carrier_service"),
        (Policy(), [], "lane"),
        ({f"p{n}": Policy(max_parcels=n) for n in range(1, MAX_VARIANTS)}, None, "catalogs"),
    ],
)
def test_what_cannot_be_compared_is_refused(policy, lanes, field: str) -> None:
    """Equal policies or carriers, none, and too many variants are refused."""
    with pytest.raises(InvalidInputError) as error:
        variants_of(CATALOGS, policy, lanes)
    assert field in [each.field for each in error.value.violations]
