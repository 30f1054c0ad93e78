"""What the short ways learn in one process serves another: the same rows, planned once."""

from dataclasses import replace

import pytest
from tests.evaluation.test_few_units import COST, PRICED, orders_of
from tests.evaluation.test_one_unit import CARRIED

from boxwright.domain.order import Item, Order
from boxwright.evaluation.batch import BatchJob
from boxwright.evaluation.outcome import OrderOutcome
from boxwright.evaluation.plain import plain_order
from boxwright.evaluation.trial import Trials
from boxwright.evaluation.variant import variants_of
from boxwright.planning import plan

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
    assert all("it is the only box type" in str(one.warnings) for one in found)
    assert job._ways[0].one.open
