"""Evaluates catalogs over orders: the entry points, top down."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from boxwright.catalog import load_materials
from boxwright.domain.box import Catalog
from boxwright.domain.fields import is_whole, own_number
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.policy import Objective, Policy
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.evaluation.comparison import best_of
from boxwright.evaluation.outcome import OrderStatus
from boxwright.evaluation.result import Evaluation
from boxwright.evaluation.run import Run
from boxwright.evaluation.study import StudyOptions, study
from boxwright.evaluation.trial import Planner, Trials
from boxwright.evaluation.variant import lanes_of, variants_of
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
        At least one. The others are compared with the first under the same lane and policy. ``as_shipped``
        makes a baseline of the boxes really used.
    policy : Policy or mapping of str to Policy, optional
        Several policies are given by name, and each catalog is evaluated under each of them. Default: the objectives of
        ``default_objectives``, and otherwise ``Policy()``; an order that it cannot fully pack counts as not packed.
    lane : Lane or sequence of Lane, optional
        The transport of every parcel. Several lanes must have different carrier services: each catalog is evaluated
        with each. A lane without a ship date takes today's, once for all orders. Default none.
    profiles : sequence of str, optional
        Accounting profiles, as in ``plan``.
    markets, reuse_system : sequence of str, bool, optional
        As ``market_ids`` and ``reuse_system`` of ``boxwright.compliance.verdicts``: totals count the orders that comply
        with each rule, and what the others lack. Default none.
    workers : int, optional
        Number of processes. Default: one per core for 200 trials or more, otherwise this process alone. Results do not
        depend on it, except for times. With more than one, the calling script needs ``if __name__ == "__main__":``.
    plan : callable, optional
        Plans one order. Default ``boxwright.planning.plan``.
    progress : callable, optional
        Called with the number of orders done since the last call.
    options : StudyOptions, optional
        The work after all orders are planned. Default: pictures, and the value of each box type.

    Raises
    ------
    InvalidInputError
        If there is no catalog or an unknown market, ``workers`` is below 1, two policies or carrier services are the
        same, or catalogs times policies times lanes exceed ``MAX_VARIANTS``.
    """
    workers, broken = own_number(workers), []
    if not catalogs:
        broken.append(FieldViolation("catalogs", "must hold at least one catalog"))
    if workers is not None and not is_whole(workers, 1):
        broken.append(FieldViolation("workers", f"must be a whole number of 1 or more, got {workers!r}"))
    if broken:
        raise InvalidInputError(broken)
    if policy is None:
        policy = Policy(objectives=default_objectives(catalogs, lane))
        options = replace(options, objectives_settled=True)
    trials = trials_of(catalogs, policy, lane, profiles, plan, markets=markets, reuse_system=reuse_system)
    held = tuple(orders)
    with Run(trials, lambda: list_batches(held), workers=workers, progress=progress) as run:
        return with_study(run.evaluation(), trials, options, run)


def with_study(evaluation: Evaluation, trials: Trials, options: StudyOptions, run: Run) -> Evaluation:
    """Return an evaluation with the study that the options ask for."""
    compared = [found for found in evaluation.comparisons if not evaluation.same_catalog(found)]
    packed = [result.totals.count(OrderStatus.PLANNED) for result in evaluation.results]
    best = best_of(compared or evaluation.comparisons, packed)
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


def default_objectives(catalogs: Sequence[Catalog], lane: Lane | Sequence[Lane | None] | None) -> tuple[Objective, ...]:
    """Return the default objectives: packaging and carriage, packaging, or outer volume; then fewest parcels.

    The price of packaging is known if every box type has a price, all in one currency; that of carriage, if every lane
    has a carrier service and price tables in that currency.
    """
    priced = all(catalog.price_minor(box) is not None for catalog in catalogs for box in catalog.box_types)
    currencies = {catalog.currency for catalog in catalogs}
    if not priced or len(currencies) != 1 or not all(currencies):
        return Objective.OUTER_VOLUME, Objective.PARCEL_COUNT
    if all(way is not None and _carriage_known(way, currencies) for way in lanes_of(lane)):
        return Objective.SHIPPING_COST, Objective.PARCEL_COUNT
    return Objective.PACKAGING_COST, Objective.PARCEL_COUNT


def _carriage_known(lane: Lane, currencies: set[str]) -> bool:
    tables = lane.price_tables if lane.carrier_service else ()
    return bool(tables) and {table.currency for table in tables} == currencies
