"""What is asked once all orders are planned: the same, whatever process works it out."""

from tests.evaluation.test_one_unit import BARE, orders_of

from boxwright.domain.policy import Policy
from boxwright.evaluation import Evaluation, evaluate


def studied(workers: int) -> Evaluation:
    """Return an evaluation of some orders."""
    return evaluate(orders_of(30, 3), [BARE], Policy(), profiles=("uk-desnz",), workers=workers)


def test_boxes_are_worth_the_same_whatever_process_works_it_out() -> None:
    """Workers plan the orders that use a box without it; every box type has its worth, the least first."""
    alone, shared = studied(1), studied(2)
    assert alone.study is not None
    assert alone.study == shared.study
    worths = alone.study.worths[0]
    assert {each.box_type_id for each in worths} == {each.box_type_id for each in BARE.box_types}
    assert sum(each.asked for each in worths) > 10
    assert any(each.worse for each in worths)
