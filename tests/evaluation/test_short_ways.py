"""What the short ways learn in one process serves another: the same rows, planned once."""

from dataclasses import replace
from typing import Any

import pytest
from tests.evaluation.test_few_units import COST, PRICED, orders_of
from tests.evaluation.test_one_unit import CARRIED

from boxwright.checking import PlanViolation, ViolationKind
from boxwright.domain.order import Item, Order
from boxwright.evaluation import short_way
from boxwright.evaluation.batch import BatchJob
from boxwright.evaluation.outcome import OrderOutcome
from boxwright.evaluation.plain import plain_order
from boxwright.evaluation.trial import Trials
from boxwright.evaluation.variant import variants_of
from boxwright.planning import plan
from boxwright.planning.finishing import checked as plan_checks

TRIALS = Trials(variants_of([PRICED], COST, CARRIED), ("uk-desnz",), plan)


def outcomes(job: BatchJob, orders: list[Order]) -> list[OrderOutcome]:
    """Return what becomes of orders."""
    return [job._outcome(plain_order(order), 0) for order in orders]


def test_one_process_serves_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders that one planned are known to the other, with the same figures; news is not repeated."""
    orders = [Order(f"s{n}", (Item("a", 1, 100 + 2 * n, 80, 60, 200 + 700 * (n % 2)),)) for n in range(60)]
    orders += orders_of(40, 3)
    first, second = BatchJob(TRIALS), BatchJob(TRIALS)
    second.hear(first.news())
    found = outcomes(first, orders[:50])
    second.hear(first.news())
    found += outcomes(first, orders[50:])
    second.hear(first.news())
    again = first.news()
    planned: list[str] = []
    made = Trials.outcome
    monkeypatch.setattr(
        Trials, "outcome", lambda self, order, index: planned.append(order.order_id) or made(self, order, index)
    )
    repeated = outcomes(first, orders)
    alone = len(planned)
    planned.clear()
    assert outcomes(second, orders) == repeated == found
    assert len(planned) == alone < len(orders) / 2
    assert len(again) < 200


def test_a_way_that_is_closed_is_closed_for_all() -> None:
    """A rule that a way does not know is heard of."""
    first, second = BatchJob(TRIALS), BatchJob(TRIALS)
    first._ways[0].few._open = False
    second.hear(first.news())
    assert second._ways[0].one.open
    assert not second._ways[0].few.open


def test_two_units_in_a_box_that_is_mostly_empty_are_said_to_be() -> None:
    """Small units share box and mass with units that fill it: the warning is on the orders that a plan has it on."""
    sizes = [40, 42, 44, 46, 22, 24, 26, 48, 28]
    orders = [Order(f"o{n}", (Item("a", 2, size, size, 20, 20),)) for n, size in enumerate(sizes * 2)]
    job = BatchJob(TRIALS)
    found = outcomes(job, orders)
    assert found == [TRIALS.outcome(order, 0) for order in orders]
    assert len({each.parcels[0].box_type_id for each in found}) == 1
    assert 0 < sum(any(each.code == "MOSTLY_EMPTY" for each in one.warnings) for one in found) < len(orders)


def test_the_only_box_is_said_to_be_the_only_one() -> None:
    """A mostly empty box has another reason where there is no other; the short way says the same as a plan."""
    alone = replace(PRICED, box_types=PRICED.box_types[3:4])
    trials = Trials(variants_of([alone], COST, CARRIED), ("uk-desnz",), plan)
    orders = [Order(f"o{n}", (Item("a", 1, 20 + n, 40, 20, 20),)) for n in range(8)]
    job = BatchJob(trials)
    found = outcomes(job, orders)
    assert found == [trials.outcome(order, 0) for order in orders]
    assert all(any(each.code == "MOSTLY_EMPTY" for each in one.warnings) for one in found)
    assert job._ways[0].one.open


def many_masses() -> list[Order]:
    """Return orders of one unit, two, and more than a box takes, each of masses of its own."""
    edges = [(100, 80, 60), (220, 150, 90), (300, 200, 150), (60, 50, 40)]
    made = []
    for number in range(60):
        length, width, height = edges[number % 4]
        unit = Item("a", 1 + number % 3, length - number / 10, width, height, 150 + 7 * number)
        other = Item("b", 1, 50, 40 + number / 10, 30, 90 + 11 * number)
        made.append(Order(f"o{number}", (unit, other)[: 1 + number % 2]))
    heavy = {"length_mm": 600, "width_mm": 290, "height_mm": 290}
    lines = [Item("a", 2 + number % 2, **heavy, mass_g=12_000 + 30 * number) for number in range(16)]
    lines += [Item("a", 1, **heavy, mass_g=13_000 + 40 * number) for number in range(12)]
    lines += [Item("a", 1, 40, 40, 30, 20 + number) for number in range(8)]
    return made + [Order(f"p{number}", (line,)) for number, line in enumerate(lines)]


@pytest.fixture
def repeating(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boxes are ranked for each mass as if most came again."""
    monkeypatch.setattr(short_way.ShortWay, "_repeats", True)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which each order that is planned adds its id."""
    planned: list[str] = []
    made = Trials.outcome
    monkeypatch.setattr(
        Trials, "outcome", lambda self, order, index: planned.append(order.order_id) or made(self, order, index)
    )
    return planned


@pytest.mark.usefixtures("repeating")
def test_new_masses_are_not_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once plans confirmed what is made of a box, the rest of a plan is made of a choice: the same in all figures."""
    orders = many_masses()
    expected = [TRIALS.outcome(order, 0) for order in orders]
    planned = counted(monkeypatch)
    job = BatchJob(TRIALS)
    assert outcomes(job, orders) == expected
    assert {1, 2, 3} <= {len(each.parcels) for each in expected}
    assert len({each.parcels[0].box_type_id for each in expected}) <= len(planned) < len(orders) / 2
    planned.clear()
    other = BatchJob(TRIALS)
    other.hear(job.news())
    once_more = [
        replace(order, lines=tuple(replace(line, mass_g=line.mass_g + 1) for line in order.lines)) for order in orders
    ]
    assert outcomes(other, once_more) == [TRIALS.outcome_with(order, TRIALS.variants[0]) for order in once_more]
    assert len(planned) < 5


def test_boxes_are_ranked_at_once_where_masses_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of masses that all differ each order is planned; among many that come again, the new ones are not."""
    orders = many_masses()
    planned = counted(monkeypatch)
    job = BatchJob(TRIALS)
    outcomes(job, orders)
    assert len(planned) == len(orders)
    planned.clear()
    outcomes(job, orders * 3)
    planned.clear()
    outcomes(job, [replace(each, lines=(replace(each.lines[0], mass_g=4_000.5),)) for each in orders])
    assert len(planned) < len(orders) / 4


@pytest.mark.usefixtures("repeating")
def test_where_a_plan_says_something_else_the_rest_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is made of a choice is held against plans: where one differs no more is made, in other processes either."""
    orders = many_masses()
    expected = [TRIALS.outcome(order, 0) for order in orders]
    make = short_way.finished

    def other(*args: Any) -> OrderOutcome | None:
        made = make(*args)
        return None if made is None else replace(made, gross_mg=made.gross_mg + 1)

    monkeypatch.setattr(short_way, "finished", other)
    job, second = BatchJob(TRIALS), BatchJob(TRIALS)
    assert outcomes(job, orders) == expected
    assert job._ways[0].one.open
    second.hear(job.news())
    assert not second._ways[0].one._finishes
    assert not second._ways[0].few._finishes


@pytest.mark.usefixtures("repeating")
def test_one_order_in_some_is_planned_however_often_plans_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A difference that comes late is found: what is made goes on being held against plans."""
    monkeypatch.setattr(short_way, "PLANNED_EACH", 5)
    orders = many_masses()
    job, make = BatchJob(TRIALS), short_way.finished
    outcomes(job, orders)
    way = job._ways[0].one
    assert way._finishes

    def other(*args: Any) -> OrderOutcome | None:
        made = make(*args)
        return None if made is None else replace(made, gross_mg=made.gross_mg + 1)

    monkeypatch.setattr(short_way, "finished", other)
    later = [Order(f"q{n}", (replace(orders[0].lines[0], mass_g=160.5 + n),)) for n in range(5)]
    assert TRIALS.outcome(later[0], 0) != outcomes(job, later)[0]
    assert not way._finishes


@pytest.mark.usefixtures("repeating")
def test_what_the_check_faults_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of a plan is checked as a plan is: where that finds a fault the order is planned, and says so."""
    orders = many_masses()
    job = BatchJob(TRIALS)
    outcomes(job, orders[:50])
    later = [Order("q", (replace(orders[0].lines[0], mass_g=4_321),)), Order("r", (Item("a", 2, 100, 80, 60, 777),))]
    way = job._ways[0]
    with monkeypatch.context() as patch:
        faults = [PlanViolation(ViolationKind.OVERLAP, "fault")]
        patch.setattr(plan_checks, "check", lambda *_, **__: faults)
        assert [way.outcome(plain_order(each)) for each in later] == [None, None]
    assert None not in [way.outcome(plain_order(each)) for each in later]
