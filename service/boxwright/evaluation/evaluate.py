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
from boxwright.evaluation.comparison import best_of
from boxwright.evaluation.default_policy import default_objectives
from boxwright.evaluation.outcome import OrderStatus
from boxwright.evaluation.result import Evaluation
from boxwright.evaluation.run import Run
from boxwright.evaluation.study import StudyOptions, check_regret, study
from boxwright.evaluation.trial import Planner, Trials
from boxwright.orders.batches import list_batches
from boxwright.planning import plan as plan_order

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
    UnsupportedError
        If regret is asked for without the extra ``solver``.
    """
    check_regret(options.regret_orders, "options.regret_orders")
    _validate(catalogs, workers := own_number(workers))
    if policy is None:
        policy = Policy(objectives=default_objectives(catalogs, lane))
        options = replace(options, objectives_settled=True)
    trials = trials_of(catalogs, policy, lane, profiles, plan)
    run = Run(trials, workers=workers, sampled=options.regret_orders, progress=progress)
    return with_study(run.evaluation(list_batches(orders)), trials, options)


def with_study(evaluation: Evaluation, trials: Trials, options: StudyOptions) -> Evaluation:
    """Return an evaluation with what options ask for, worked out of the orders that its tally kept."""
    best = best_of(evaluation.comparisons, evaluation.results[0].totals.count(OrderStatus.PLANNED))
    return replace(
        evaluation,
        study=study(trials, evaluation.tally, best, options, money=evaluation.money),
        objectives_settled=options.objectives_settled,
        yearly=options.yearly,
    )


def trials_of(
    catalogs: Sequence[Catalog],
    policy: Policy,
    lane: Lane | None,
    profiles: Sequence[str] | None,
    plan: Planner = plan_order,
) -> Trials:
    """Return how orders are tried; a lane without a ship date takes today's, once for all orders."""
    if lane is not None and lane.ship_date is None:
        lane = replace(lane, ship_date=datetime.date.today())
    return Trials(tuple(catalogs), policy, lane, None if profiles is None else tuple(profiles), plan)


def _validate(catalogs: Sequence[Catalog], workers: int | None) -> None:
    broken = []
    if not catalogs:
        broken.append(FieldViolation("catalogs", "must hold at least one catalog"))
    if workers is not None and not is_whole(workers, 1):
        broken.append(FieldViolation("workers", f"must be a whole number of 1 or more, got {workers!r}"))
    if broken:
        raise InvalidInputError(broken)
