"""Evaluates catalogs over orders: the entry points, top down."""

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
    """Plan many orders with several catalogs, and compare the catalogs on the same orders.

    Orders with the same units are planned once, whatever their lines are called.

    Parameters
    ----------
    orders : iterable of Order
        The orders. Each gets a status; none is dropped.
    catalogs : sequence of Catalog
        At least one. The others are compared with the first: ``as_shipped`` makes a baseline of the boxes really used.
    policy : Policy or mapping of str to Policy, optional
        Several policies go by name: each catalog is evaluated under each of them. Default: the objectives of
        ``default_objectives``, otherwise ``Policy()``, under which an order that cannot be packed whole counts as not
        packed.
    lane : Lane or sequence of Lane, optional
        The transport of every parcel. Several lanes must have different carrier services: each catalog is evaluated
        with each. A lane without a ship date takes today's, once for all orders. Default none.
    profiles : sequence of str, optional
        Accounting profiles, as in ``plan``.
    markets, reuse_system : sequence of str, bool, optional
        As ``market_ids`` and ``reuse_system`` of ``boxwright.compliance.verdicts``: totals count the orders that comply
        with each rule, and what the others lack. Default none.
    workers : int, optional
        Number of processes. Default: one per core for 200 trials or more, else this process. Results do not depend on
        it, except for times. With more than one, the calling script needs ``if __name__ == "__main__":``.
    plan : callable, optional
        Plans one order. Default ``boxwright.planning.plan``.
    progress : callable, optional
        Called with the number of orders newly done.
    options : StudyOptions, optional
        What to work out after all orders are planned. Default: pictures, and the worth of each box.

    Raises
    ------
    InvalidInputError
        If there is no catalog or an unknown market, ``workers`` is below 1, two policies or carrier services are the
        same, or catalogs times policies times lanes exceed ``MAX_VARIANTS``.
    UnsupportedError
        If regret is asked for and the extra ``solver`` is not installed.
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
    """Return an evaluation with the study that the options ask for."""
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
    """Return the settings of all trials; a lane without a ship date takes today's, once for all orders."""
    for market_id in markets:
        load_materials().market(market_id)
    today = datetime.date.today()
    dated = [
        replace(variant, lane=replace(variant.lane, ship_date=today))
        if variant.lane is not None and variant.lane.ship_date is None
        else variant
        for variant in variants_of(catalogs, policy, lane)
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
