"""The whole of an evaluation, top down."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from boxwright.domain.box import Catalog
from boxwright.domain.fields import is_whole, own_number
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.policy import Policy
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.evaluation.alike import first_alike, may_be_copied
from boxwright.evaluation.comparison import best_of, compare
from boxwright.evaluation.default_policy import default_objectives
from boxwright.evaluation.outcome import OrderOutcome
from boxwright.evaluation.pool import run
from boxwright.evaluation.result import CatalogResult, Evaluation
from boxwright.evaluation.study import StudyOptions, study
from boxwright.evaluation.tally import Tally
from boxwright.evaluation.totals import totals_of
from boxwright.evaluation.trial import Planner, Trials
from boxwright.findings import Findings
from boxwright.planning import plan as plan_order
from boxwright.routing import derive

_STUDY = StudyOptions()


def evaluate(
    orders: Iterable[Order],
    catalogs: Sequence[Catalog],
    policy: Policy | None = None,
    lane: Lane | None = None,
    profiles: Sequence[str] | None = None,
    *,
    workers: int | None = None,
    plan: Planner = plan_order,
    progress: Callable[[int], None] | None = None,
    options: StudyOptions = _STUDY,
) -> Evaluation:
    """Plan many orders with each of several catalogs, and compare the catalogs on the same orders.

    Orders whose units are alike are planned once, whatever their lines are called.

    Parameters
    ----------
    orders : iterable of Order
        The orders. Each ends with a status; none is dropped.
    catalogs : sequence of Catalog
        At least one. The first is the one that the others are compared with: ``as_shipped`` makes one of the boxes
        that orders really left in.
    policy : Policy, optional
        Default the objectives of ``default_objectives``, and else ``Policy()``, which refuses orders that cannot be
        packed whole: they count as not packed.
    lane : Lane, optional
        The way of every parcel. Without a ship date it takes today's, once for all orders. Default none.
    profiles : sequence of str, optional
        Accounting profiles, as in ``plan``.
    workers : int, optional
        Processes. Default: one per core for 200 trials or more, else this one. The answer does not depend on it, times
        aside. With more than one, the calling script needs the usual ``if __name__ == "__main__":``.
    plan : callable, optional
        Plans one order. Default ``boxwright.planning.plan``.
    progress : callable, optional
        Called with the number of orders that are newly done.
    options : StudyOptions, optional
        What is worked out once all orders are planned. Default pictures, and what each box is worth.

    Raises
    ------
    InvalidInputError
        If there is no catalog or ``workers`` is below 1.
    """
    _validate(catalogs, workers := own_number(workers))
    if lane is not None and lane.ship_date is None:
        lane = replace(lane, ship_date=datetime.date.today())
    if policy is None:
        policy = Policy(objectives=default_objectives(catalogs, lane))
        options = replace(options, objectives_settled=True)
    trials = Trials(tuple(catalogs), policy, lane, None if profiles is None else tuple(profiles), plan)
    listed = list(orders)
    outcomes, copied = _outcomes(listed, trials, workers, progress)
    return _evaluation(listed, outcomes, trials, options, copied)


def _evaluation(
    orders: Sequence[Order],
    outcomes: Sequence[tuple[OrderOutcome, ...]],
    trials: Trials,
    options: StudyOptions,
    copied: int,
) -> Evaluation:
    """Return the sums and comparisons of what became of orders, and what is asked once all of it is known."""
    tally = Tally(trials.catalogs, options.regret_orders)
    for order, each in zip(orders, outcomes, strict=True):
        tally.add(order, each)
    evaluation = Evaluation(
        results=tuple(
            _result(catalog, tuple(each[index] for each in outcomes)) for index, catalog in enumerate(trials.catalogs)
        ),
        comparisons=tuple(compare(outcomes, 0, second) for second in range(1, len(trials.catalogs))),
        tally=tally,
        study=None,
        policy=trials.policy,
        lane=_way(trials.lane),
        copied=copied,
        objectives_settled=options.objectives_settled,
        yearly=options.yearly,
    )
    found = study(trials, tally, best_of(evaluation.comparisons), options, money=evaluation.money)
    return replace(evaluation, study=found)


def _outcomes(
    orders: Sequence[Order], trials: Trials, workers: int | None, progress: Callable[[int], None] | None
) -> tuple[list[tuple[OrderOutcome, ...]], int]:
    """Return what became of each order with each catalog, and how many orders have the plan of one with alike units."""
    if trials.plan is not plan_order:  # whoever plans otherwise may look at names
        return list(run(orders, trials, workers, progress)), 0
    first = first_alike(orders)
    chosen = [index for index, same in enumerate(first) if index == same]
    found = dict(zip(chosen, run([orders[each] for each in chosen], trials, workers, progress), strict=True))
    own = [index for index, same in enumerate(first) if index != same and not may_be_copied(found[same])]
    found |= zip(own, run([orders[each] for each in own], trials, workers, progress), strict=True)
    copied = len(orders) - len(found)
    if copied and progress is not None:
        progress(copied)
    return [
        found[index]
        if index in found
        else tuple(replace(each, order_id=order.order_id) for each in found[first[index]])
        for index, order in enumerate(orders)
    ], copied


def _way(lane: Lane | None) -> Lane | None:
    """Return a lane with its legs; one whose legs cannot be derived as it is, since every order then says why."""
    return lane if lane is None else Findings().attempt(derive, lane) or lane


def _validate(catalogs: Sequence[Catalog], workers: int | None) -> None:
    broken = []
    if not catalogs:
        broken.append(FieldViolation("catalogs", "must hold at least one catalog"))
    if workers is not None and not is_whole(workers, 1):
        broken.append(FieldViolation("workers", f"must be a whole number of 1 or more, got {workers!r}"))
    if broken:
        raise InvalidInputError(broken)


def _result(catalog: Catalog, outcomes: tuple[OrderOutcome, ...]) -> CatalogResult:
    return CatalogResult(catalog, outcomes, totals_of(outcomes, [box.box_type_id for box in catalog.box_types]))
