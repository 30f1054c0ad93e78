"""The studies of many orders: flow of boxes, worst orders, value of each box."""

import datetime
from dataclasses import replace

import pytest

from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.order import Item, Order
from boxwright.domain.policy import Objective, Policy
from boxwright.evaluation import Metric, StudyOptions, default_objectives, evaluate, yearly_of_dates
from boxwright.evaluation.comparison import Comparison, MetricComparison, head_of
from boxwright.evaluation.records import MAX_NAMED, MAX_WORST, PER_BOX
from boxwright.orders import DateSpan

THREE = Catalog(
    "three",
    [
        BoxType("S", 200, 100, 100, tare_g=40, price_minor=20),
        BoxType("M", 300, 200, 100, tare_g=90, price_minor=40),
        BoxType("L", 400, 300, 300, tare_g=250, price_minor=90),
    ],
    currency="EUR",
)
TWO = replace(THREE, catalog_id="two", box_types=THREE.box_types[1:])
PLAIN = StudyOptions(pictures=0, worth=False)
KINDS = {"S": (190, 90, 40), "M": (290, 190, 90), "L": (390, 250, 200)}


def order_into(box: str, number: int, mass_g: float = 300) -> Order:
    """Return an order of one unit that fits that box best."""
    return Order(f"{box}{number}", (Item("a", 1, *KINDS[box], mass_g),))


def test_orders_are_counted_by_the_boxes_they_move_between() -> None:
    """Without the small box, its two orders go into the medium one; the other order stays."""
    orders = [order_into(kind, number) for number, kind in enumerate("SSM")]
    flow = evaluate(orders, [THREE, TWO], workers=1, options=PLAIN).records.flow(1)
    assert {way: sums.orders for way, sums in flow.items()} == {("S", "M"): 2, ("M", "M"): 1}


def test_the_worth_of_a_box_is_the_extra_cost_of_its_orders_without_it() -> None:
    """Without the small box, its orders cost 20 minor units more; those of the large box fit no other."""
    orders = [order_into(kind, number) for number, kind in enumerate("S" * 30 + "L" * 3)]
    evaluation = evaluate(orders, [TWO, THREE], workers=1)
    assert evaluation.policy.objectives[0] is Objective.PACKAGING_COST
    assert evaluation.objectives_settled
    worths = {each.box_type_id: each for each in evaluation.study.worths[1]}
    assert list(worths) == ["M", "S", "L"]
    assert (worths["S"].orders, worths["S"].sampled, worths["S"].lost) == (30, PER_BOX, 0)
    assert worths["S"].scaled(money=True) == 30 * 20
    assert (worths["L"].sampled, worths["L"].lost, worths["L"].lost_orders) == (3, 3, 3)
    assert worths["L"].scaled(money=True) is None
    assert (worths["M"].orders, worths["M"].scaled(money=True)) == (0, 0)


def test_the_worst_orders_are_those_that_lose_most() -> None:
    """Orders that cost more with the other catalog come first, then the emptiest; fifty in all."""
    orders = [order_into(kind, number, 300 + number) for number, kind in enumerate("S" * 7 + "M" * 45)]
    study = evaluate(orders, [THREE, TWO], workers=1).study
    assert [each.order.order_id for each in study.losing] == [f"S{number}" for number in range(7)]
    assert len(study.losing) + len(study.emptiest) == MAX_WORST
    assert all(each.order.order_id.startswith("M") for each in study.emptiest)
    none = evaluate(orders, [THREE, TWO], workers=1, options=StudyOptions(pictures=0, worth=False)).study
    assert (none.losing, none.emptiest, none.worths) == ((), (), {})


def test_alike_orders_are_once_among_the_worst() -> None:
    """Of equal orders only the first is listed."""
    orders = [order_into("S", number, 300 + number % 4) for number in range(40)]
    study = evaluate(orders, [THREE, TWO], workers=1).study
    assert [each.order.order_id for each in (*study.losing, *study.emptiest)] == ["S0", "S1", "S2", "S3"]


def test_samples_depend_on_the_orders_alone() -> None:
    """Samples do not depend on the sequence of orders."""
    kinds = ["SM"[number % 2] if number % 36 else "L" for number in range(200)]  # 6 of 200 orders need box L
    orders = [order_into(kind, number, 300 + number % 90) for number, kind in enumerate(kinds)]

    def drawn(orders: list[Order]) -> dict[str, tuple[int, set[str]]]:
        users = evaluate(orders, [THREE, TWO], workers=1, options=PLAIN).records.users(0).items()
        return {box: (seen, {orders[each.number].order_id for each in some}) for box, (seen, some) in users}

    of_boxes = drawn(orders)
    assert {box: (seen, len(some)) for box, (seen, some) in of_boxes.items()} == {
        box: (kinds.count(box), min(PER_BOX, kinds.count(box))) for box in "SML"
    }
    assert drawn(orders[::-1]) == of_boxes


@pytest.mark.parametrize(
    ("priced", "head"),
    [((100, 95), Metric.PRICE), ((100, 94), Metric.CARRIAGE_PRICE), ((0, 0), Metric.CARRIAGE_PRICE)],
)
def test_a_price_is_the_headline_where_nearly_all_orders_have_it(priced: tuple[int, int], head: Metric) -> None:
    """A price is the headline if it is known for 95 % of the orders of every comparison."""

    def compared(second: int, orders: int) -> Comparison:
        counts = {Metric.PRICE: orders, Metric.CARRIAGE_PRICE: 100, Metric.OUTER_VOLUME: 100}
        metrics = [MetricComparison(metric, count, 10, 9, count, 0) for metric, count in counts.items() if count]
        return Comparison(0, second, 100, tuple(metrics), ())

    assert head_of([compared(second, orders) for second, orders in enumerate(priced, start=1)]) is head
    assert head_of([replace(compared(1, 0), metrics=())]) is Metric.OUTER_VOLUME


def test_what_is_listed_does_not_grow_with_orders(order_of, catalogs, planner) -> None:
    """Failed orders beyond a limit are counted by reason; samples and worst orders are limited."""
    orders = [order_of(f"{('bug', 'plain')[n % 2]}-{n}", 2) for n in range(4 * MAX_NAMED)]
    evaluation = evaluate(orders, catalogs, plan=planner, workers=1, options=PLAIN)
    records = evaluation.records
    for variant, failures in enumerate(records.failures()):
        assert failures.orders == 2 * MAX_NAMED == len(failures.named) + failures.more.total()
        assert len(failures.named) == MAX_NAMED
        ((seen, some),) = records.users(variant).values()
        assert (seen, len(some)) == (2 * MAX_NAMED, PER_BOX)
        losing, emptiest = records.worst(variant, money=False)
        assert len(losing) + len(emptiest) == 1  # all planned orders are equal, so one is listed


def test_the_default_objective_is_cost_where_prices_are_known() -> None:
    """It is the cost of packaging if all boxes have a price in one currency, otherwise outer volume."""
    bare = replace(THREE, box_types=(*TWO.box_types, replace(THREE.box_types[0], price_minor=None)))
    assert default_objectives([THREE, TWO], None)[0] is Objective.PACKAGING_COST
    assert default_objectives([THREE, bare], None)[0] is Objective.OUTER_VOLUME
    assert default_objectives([THREE, replace(TWO, currency="USD")], None)[0] is Objective.OUTER_VOLUME
    asked = evaluate([order_into("S", 1)], [THREE], Policy(), workers=1, options=PLAIN)
    assert (asked.policy, asked.objectives_settled) == (Policy(), False)


def test_a_year_is_extrapolated_from_four_weeks_or_more() -> None:
    """A year has 365 times the orders of a day; fewer than 28 days give no figure."""
    first = datetime.date(2026, 1, 1)
    span = DateSpan(first, first + datetime.timedelta(days=72), 730, 730, 730)
    assert yearly_of_dates(replace(span, last=first + datetime.timedelta(days=26))) is None
    yearly = yearly_of_dates(span)
    assert yearly.orders == 3_650
    assert all(each in yearly.basis for each in ("730", "73", "2026-01-01", "2026-03-14"))
    assert yearly_of_dates(replace(span, orders=769)) is None
    aside = yearly_of_dates(replace(span, within=730, dated=740, orders=740))
    assert aside.orders == 3_650
    assert "10" in aside.basis.removeprefix(yearly.basis)
