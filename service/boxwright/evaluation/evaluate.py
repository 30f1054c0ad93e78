"""The whole of an evaluation, top down."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from boxwright.catalog import load_materials
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
from boxwright.evaluation.variant import variants_of
from boxwright.orders.batches import list_batches
from boxwright.planning import plan as plan_order

_STUDY = StudyOptions()


def evaluate(
    orders: Iterable[Order],
    catalogs: Sequence[Catalog],
    policy: Policy | Mapping[str, Policy] | None = None,
    lane: Lane | Sequence[Lane] | None = None,
    profiles: Sequence[str] | None = None,
    *,
    markets: Sequence[str] = (),
    reuse_system: bool = False,
    workers: int | None = None,
    plan: Planner = plan_order,
    progress: Callable[[int], None] | None = None,
    options: StudyOptions = _STUDY,
) -> Evaluation:
    """Plan many orders with each of several catalogs, and compare these on the same orders.

    Orders whose units are alike are planned once, whatever their lines are called.

    Parameters
    ----------
    orders : iterable of Order
        The orders. Each ends with a status; none is dropped.
    catalogs : sequence of Catalog
        At least one. The first is the one that the others are compared with: ``as_shipped`` makes one of the boxes
        that orders really left in.
    policy : Policy or mapping of str to Policy, optional
        Several by name: each catalog is evaluated under each of them. Default the objectives of ``default_objectives``,
        and else ``Policy()``, which refuses orders that cannot be packed whole: they count as not packed.
    lane : Lane or sequence of Lane, optional
        The way of every parcel. Several have different carrier services: each catalog is evaluated with each of them.
        Without a ship date it takes today's, once for all orders. Default none.
    profiles : sequence of str, optional
        Accounting profiles, as in ``plan``.
    markets, reuse_system : sequence of str, bool, optional
        As ``market_ids`` and ``reuse_system`` of ``boxwright.compliance.verdicts``: totals say how many orders keep
        each rule, and what the others lack. Default none.
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
        If there is no catalog or no such market, ``workers`` is below 1, two policies or carrier services are the same,
        or there are more than ``MAX_VARIANTS`` catalogs times policies times lanes.
    UnsupportedError
        If regret is asked for without the extra ``solver``.
    """
    check_regret(options.regret_orders, "options.regret_orders")
    _validate(catalogs, workers := own_number(workers))
    if policy is None:
        policy = Policy(objectives=default_objectives(catalogs, lane))
        options = replace(options, objectives_settled=True)
    trials = trials_of(catalogs, policy, lane, profiles, plan, markets=markets, reuse_system=reuse_system)
    held = tuple(orders)
    with Run(trials, lambda: list_batches(held), workers=workers, progress=progress) as run:
        return with_study(run.evaluation(), trials, options, run)


def with_study(evaluation: Evaluation, trials: Trials, options: StudyOptions, run: Run) -> Evaluation:
    """Return the evaluation of a run with what options ask for, worked out of some of its orders."""
    best = best_of(evaluation.comparisons, evaluation.results[0].totals.count(OrderStatus.PLANNED))
    return replace(
        evaluation,
        study=study(trials, run, evaluation.records, best, options, money=evaluation.money),
        objectives_settled=options.objectives_settled,
        yearly=options.yearly,
    )


def trials_of(
    catalogs: Sequence[Catalog],
    policy: Policy | Mapping[str, Policy],
    lane: Lane | Sequence[Lane | None] | None,
    profiles: Sequence[str] | None,
    plan: Planner = plan_order,
    *,
    markets: Sequence[str] = (),
    reuse_system: bool = False,
) -> Trials:
    """Return how orders are tried; a lane without a ship date takes today's, once for all orders."""
    for market_id in markets:
        load_materials().market(market_id)
    today = datetime.date.today()
    dated = [
        replace(each, lane=replace(each.lane, ship_date=today))
        if each.lane is not None and each.lane.ship_date is None
        else each
        for each in variants_of(catalogs, policy, lane)
    ]
    chosen = None if profiles is None else tuple(profiles)
    return Trials(tuple(dated), chosen, plan, tuple(dict.fromkeys(markets)), reuse_system)


def _validate(catalogs: Sequence[Catalog], workers: int | None) -> None:
    broken = []
    if not catalogs:
        broken.append(FieldViolation("catalogs", "must hold at least one catalog"))
    if workers is not None and not is_whole(workers, 1):
        broken.append(FieldViolation("workers", f"must be a whole number of 1 or more, got {workers!r}"))
    if broken:
        raise InvalidInputError(broken)
