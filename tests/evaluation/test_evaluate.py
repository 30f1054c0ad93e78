"""Many orders with several catalogs: nothing is dropped, and only what is comparable is compared."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.factor import Component
from boxwright.domain.lack import Lack
from boxwright.domain.lane import Lane
from boxwright.domain.order import Item, Order
from boxwright.domain.plan import UnpackedReason
from boxwright.domain.policy import Policy
from boxwright.domain.price_table import AdditionalWeight, PriceTable, WeightPrice, ZonePrices
from boxwright.errors import InvalidInputError
from boxwright.evaluation import Metric, OrderStatus, evaluate, order_rows
from boxwright.evaluation.outcome import Money
from boxwright.evaluation.summary import totals_lines
from boxwright.evaluation.wording import measure

KINDS = ("plain", "partial", "none", "refused", "invalid", "bug")


@pytest.mark.parametrize(
    ("order_id", "reason"),
    [
        ("partial-1", "1 unit"),
        ("refused-1", "1 unit"),
        ("invalid-1", "lines[0].mass_g"),
        ("bug-1", "ZeroDivisionError"),
    ],
)
def test_the_reason_says_what_happened(order_of, catalogs, planner, order_id: str, reason: str) -> None:
    """It counts unpacked units, names the field of a broken rule, and the class of an unexpected error."""
    evaluation = evaluate([order_of(order_id, 2)], catalogs[:1], plan=planner, workers=1)
    (row,) = order_rows(evaluation)
    assert reason in row["reason"]


def test_totals_of_known_parcels(order_of, catalogs, planner) -> None:
    """Sums over two whole orders and a partial one equal those computed by hand."""
    orders = [order_of("plain-1", 2), order_of("plain-2", 1), order_of("partial-1", 2), order_of("refused-1", 1)]
    totals = evaluate(orders, catalogs[1:], plan=planner, workers=1).results[0].totals
    assert (totals.parcels, totals.box_use) == (3, (("S", 3),))
    assert (totals.unit_count, totals.packed_units) == (6, 4)
    assert (totals.inner_um3, totals.goods_um3) == (6 * 10**15, 4 * 10**15)
    assert totals.empty_space_ratio == pytest.approx(1 / 3)
    assert totals.packaging_mg == ((Component.BOX, 120_000),)
    assert totals.gross_mg == 4 * 200_000 + 120_000
    assert totals.chargeable_mg is None
    assert (totals.proved, totals.certificates) == (3, 3)
    assert totals.unpacked == ((UnpackedReason.TOO_HEAVY_FOR_ANY_BOX, 2),)
    assert totals.held == ()
    (footprint,) = totals.footprints
    assert (footprint.packaging_mg, footprint.transport_mg, footprint.total_mg) == (120_000, 90_000, 210_000)
    assert footprint.unverified_share == pytest.approx(90 / 210)
    assert {grade.value: mg for grade, mg in footprint.graded_mg if mg} == {"copy": 120_000, "own": 90_000}


def test_every_unit_is_packed_unpacked_or_held(order_of, catalogs, planner) -> None:
    """Units without a reason of their own are counted by the status of their order."""
    orders = [order_of(f"{kind}-1", 3) for kind in ("plain", "partial", "refused", "invalid")]
    evaluation = evaluate(orders, catalogs[:1], plan=planner, workers=1)
    totals = evaluation.results[0].totals
    assert totals.held == ((OrderStatus.NOT_PACKED, 2), (OrderStatus.ERROR, 3))
    assert totals.packed_units + sum(dict(totals.unpacked).values()) + sum(dict(totals.held).values()) == 12


def test_prices_are_summed_where_all_are_known(order_of) -> None:
    """Two boxes of 2.50 make 5.00; an unpriced box leaves no sum, and no zero.

    0.4 kg of goods and 0.1 kg of box are 0.5 kg, and 20.6 x 15.6 x 11.2 cm over 6000 are 0.6 kg: 12 yuan each.
    """
    table = PriceTable(
        *("sf-own", "2026", "sf/fast", "CNY", "kg"),
        (ZonePrices("near", (WeightPrice(Decimal(1), 1_200),), (AdditionalWeight(Decimal(1), 200),)),),
    )
    lane = Lane(carrier_service="sf/fast", ship_date=datetime.date(2026, 11, 1), zone="near", price_tables=[table])
    box = BoxType("tight", 200, 150, 100, 206, 156, 112, tare_g=100, price_minor=250)
    plain = Policy(void_fill_id="none", tape_id="none")
    catalogs = (
        Catalog("priced", (box,), currency="CNY"),
        Catalog("unpriced", (replace(box, price_minor=None),), currency="CNY"),
    )
    found = evaluate([order_of("a", 2), order_of("b", 2)], catalogs, plain, lane, workers=1)
    priced, unpriced = (result.totals for result in found.results)
    assert (priced.packaging_price, priced.carriage_price) == (Money(500, "CNY"), Money(2_400, "CNY"))
    assert (unpriced.packaging_price, unpriced.carriage_price) == (None, Money(2_400, "CNY"))
    rows = dict(totals_lines(found))
    assert rows["price of packaging"] == ["5.00 CNY", "–"]
    assert rows["price of carriage"] == ["24.00 CNY", "24.00 CNY"]
    (compared,) = found.comparisons  # an order without a price in one of the two is not compared
    assert [each.metric for each in compared.metrics if each.currency] == [Metric.CARRIAGE_PRICE]
    assert compared.headline.metric is Metric.CARRIAGE_PRICE
    cheaper = Catalog("cheaper", (replace(box, price_minor=150),), currency="CNY")
    orders = [order_of("a", 2), order_of("b", 2)]
    (compared,) = evaluate(orders, [catalogs[0], cheaper], plain, lane, workers=1).comparisons
    money = {each.metric: (each.first, each.second) for each in compared.metrics if each.currency}
    assert list(money) == [Metric.PRICE, Metric.PACKAGING_PRICE, Metric.CARRIAGE_PRICE]
    assert list(money.values()) == [(2_900, 2_700), (500, 300), (2_400, 2_400)]
    assert measure(compared.headline, compared.headline.difference) == "-2.00 CNY"


def test_what_no_line_states_is_not_compared_as_zero(order_of, catalogs, planner) -> None:
    """If both footprints lack the packaging factor, there is no comparison of packaging emissions."""

    def without_factor(order, catalog, policy, lane, profiles):
        plan = planner(order, catalog, policy, lane, profiles)
        footprints = tuple(
            replace(each, lines=each.lines[1:], missing=(Lack.read("box/production: board"),))
            for each in plan.footprints
        )
        return replace(plan, footprints=footprints)

    (comparison,) = evaluate([order_of("plain-1", 2)], catalogs, plan=without_factor, workers=1).comparisons
    assert comparison.metric(Metric.CO2E_PACKAGING) is None
    assert comparison.metric(Metric.CO2E_TRANSPORT) is not None


def test_hubs_count_as_transport(order_of, catalogs, planner) -> None:
    """A hub of 5 g after a leg of 30 g is 35 g of transport; packaging stays that of the box."""

    def with_hub(order, catalog, policy, lane, profiles):
        plan = planner(order, catalog, policy, lane, profiles)
        hub = replace(plan.footprints[0].lines[1], component=Component.HUB, co2e_mg=5_000)
        return replace(plan, footprints=tuple(replace(each, lines=(*each.lines, hub)) for each in plan.footprints))

    evaluation = evaluate([order_of("plain-1", 2)], catalogs, plan=with_hub, workers=1)
    (figures,) = evaluation.results[0].totals.footprints
    assert (figures.packaging_mg, figures.transport_mg, figures.total_mg) == (100_000, 35_000, 135_000)
    (comparison,) = evaluation.comparisons
    assert comparison.metric(Metric.CO2E_TRANSPORT).first == 35_000


def test_orders_shown_have_the_plans_of_the_evaluation(order_of, catalogs, planner) -> None:
    """The order shown is packed whole by both catalogs, and its plans are those of the evaluation."""
    evaluation = evaluate([order_of("bug-1"), order_of("plain-1", 2)], catalogs, plan=planner, workers=1)
    (example,) = evaluation.study.emptiest
    assert not evaluation.study.losing
    assert example.order.order_id == "plain-1"
    assert example.catalogs == (0, 1)
    assert [plan.parcels[0].box_type_id for plan in example.plans] == ["L", "S"]


def test_the_ship_date_is_settled_once(order_of, catalogs, planner) -> None:
    """A lane without a ship date takes one day for all orders, and the result states it."""
    evaluation = evaluate([order_of("plain-1")], catalogs, None, Lane(), plan=planner, workers=1)
    assert evaluation.lane is not None
    assert isinstance(evaluation.lane.ship_date, datetime.date)


def test_progress_counts_every_order(order_of, catalogs, planner) -> None:
    """The progress calls add up to the number of orders, failed ones included."""
    done: list[int] = []
    evaluate([order_of(f"{kind}-1", 2) for kind in KINDS], catalogs, plan=planner, workers=1, progress=done.append)
    assert sum(done) == len(KINDS)


def test_bad_arguments_are_refused_together(order_of) -> None:
    """The error names both fields."""
    with pytest.raises(InvalidInputError) as refused:
        evaluate([order_of("plain-1")], [], workers=0)
    assert [violation.field for violation in refused.value.violations] == ["catalogs", "workers"]


def test_units_without_a_box_do_not_count_as_full_or_empty() -> None:
    """Own containers are parcels without inner volume: empty space is that of the boxes alone."""
    desk = Item("desk", 1, 1_200, 800, 60, 18_000, ships_in_own_container=True)
    cube = Item("cube", 1, 100, 100, 50, 100)
    catalog = Catalog("one", [BoxType("box", 100, 100, 100)])
    orders = [Order("a", [desk]), Order("b", [desk, cube])]
    totals = evaluate(orders, [catalog], workers=1).results[0].totals
    assert (totals.parcels, dict(totals.box_use)) == (3, {"box": 1})
    assert totals.empty_space_ratio == 0.5
