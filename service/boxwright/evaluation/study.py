"""Work after planning: the value of each box type, the regret of the search, and orders for pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from boxwright.domain.order import Order
from boxwright.domain.plan import ProofStatus
from boxwright.domain.policy import Objective, SolvingMode
from boxwright.errors import missing_extra
from boxwright.evaluation.as_shipped import AsShipped
from boxwright.evaluation.comparison import Change
from boxwright.evaluation.record import Record
from boxwright.evaluation.records import MAX_WORST, Drawn, Records
from boxwright.evaluation.result import Example, Yearly
from boxwright.evaluation.trial import Trials
from boxwright.packing.solver import installed as solver_installed
from boxwright.shipping.objective_figures import objective_figure

if TYPE_CHECKING:
    from boxwright.evaluation.run import Run


@dataclass(frozen=True)
class StudyOptions:
    """Options of the work after planning, and facts that the page states about the orders."""

    pictures: int = MAX_WORST
    """Maximum number of orders shown as pictures. Default and upper limit 50."""
    worth: bool = True
    """Whether to estimate the value of each box type by planning some of its orders without it. Default True."""
    regret_orders: int = 0
    """Number of random orders to plan by the longest search too, which needs the extra ``solver``. Default 0."""
    yearly: Yearly | None = None
    """Number of orders a year, for yearly figures. Default None: unknown."""
    objectives_settled: bool = False
    """Whether the objectives come from ``default_objectives``, which the page then states. Default False; set where
    ``evaluate`` gets no policy."""


@dataclass(frozen=True)
class BoxWorth:
    """The loss of a catalog without one of its box types."""

    box_type_id: str
    orders: int
    """Number of orders, packed whole, that use it."""
    sampled: int = 0
    """Number of orders that were planned without it."""
    lost: int = 0
    worse: int = 0
    """Number of sampled orders that no other box takes, and of the other sampled orders that cost more without it."""
    change: Change = field(default_factory=Change)
    """Sums over the sampled orders that other boxes take, with it and without it."""

    def scaled(self, *, money: bool) -> float | None:
        """Return the extra cost of all its orders without it, in minor units or cubic um; None if unknown."""
        counted = self.change.priced if money else self.change.orders
        if not counted:
            return None if self.orders else 0.0
        return self.change.difference(money=money) / counted * (self.orders * (1 - self.lost / self.sampled))

    @property
    def lost_orders(self) -> float:
        """Estimated number of its orders that no other box takes, from their share of the sample."""
        return self.orders * self.lost / self.sampled if self.sampled else 0.0


@dataclass(frozen=True)
class Gain:
    """The gain of the longest search by one objective."""

    objective: Objective
    orders: int = 0
    """Number of orders with a known figure in both plans."""
    better: int = 0
    """Number of orders that the longest search improves by this objective, with all earlier objectives equal."""
    first: int = 0
    best: int = 0
    """Totals of the run's plans, and of the better plan of each order, in the integer unit of the objective."""


@dataclass(frozen=True)
class Regret:
    """The gains of the longest search on a sample."""

    catalog: int
    """Position of the variant."""
    orders: int
    better: int
    proved: int
    """Number of orders that both searches pack whole; of those that the longest search improves by the first objective
    that differs; of those whose choice of boxes it proves optimal."""
    gains: tuple[Gain, ...]
    """Gains, one per objective of the policy, in its order."""


@dataclass(frozen=True)
class Study:
    """The results of the work after planning."""

    main: int = 0
    """Position of the main catalog: the best one; never the first if there are several."""
    losing: tuple[Example, ...] = ()
    emptiest: tuple[Example, ...] = ()
    """The worst orders of the main catalog: the greatest losses against the first one, and those with the most empty
    volume."""
    worths: dict[int, tuple[BoxWorth, ...]] = field(default_factory=dict)
    """Value of the box types by variant, the lowest first; for several policies or carrier services, only those of the
    main variant."""
    regrets: tuple[Regret, ...] = ()
    """Regret by catalog, where asked for."""


def check_regret(orders: int, field: str) -> None:
    """Raise UnsupportedError, naming a field, if regret is asked for without the extra ``solver``."""
    if orders and not solver_installed():
        raise missing_extra(field, "the longest search needs OR-Tools", "solver")


def study(trials: Trials, run: Run, records: Records, main: int, options: StudyOptions, *, money: bool) -> Study:
    """Return the study that options ask for; orders are ranked by price, or by volume without ``money``."""
    losing, emptiest = records.worst(main, money=money) if options.pictures else ([], [])
    losing, emptiest = losing[: options.pictures], emptiest[: max(options.pictures - len(losing), 0)]
    own = [index for index, catalog in enumerate(trials.catalogs) if not isinstance(catalog, AsShipped)]
    like = [index for index in own if trials.variants[index].parts == trials.variants[main].parts]
    users = {index: records.users(index) for index in like if options.worth}
    sample = records.sample(options.regret_orders)
    of_boxes = (order_drawn for by_box in users.values() for _, some in by_box.values() for order_drawn in some)
    orders = run.orders([*losing, *emptiest, *sample, *of_boxes])
    shown = sorted({0, main})
    worths = {index: _worths_of(trials, run, index, by_box, orders, money=money) for index, by_box in users.items()}
    regrets = [regret_of(trials, [orders[pick.number] for pick in sample], index) for index in own if sample]
    return Study(
        main,
        tuple(_example(trials, orders[pick.number], shown) for pick in losing),
        tuple(_example(trials, orders[pick.number], shown) for pick in emptiest),
        worths,
        tuple(regrets),
    )


def _example(trials: Trials, order: Order, shown: Sequence[int]) -> Example:
    """Return an order with its plan by each variant that packs it."""
    plans = {index: plan for index in shown if (plan := trials.whole_plan(order, trials.variants[index])) is not None}
    return Example(order, tuple(plans.values()), tuple(plans))


@dataclass(frozen=True)
class BoxUse:
    """A box type, and sampled orders that use it, to be planned without it; picklable."""

    variant: int
    """Position of the variant."""
    box_type_id: str
    orders: int
    """Number of orders, packed whole, that use it."""
    users: tuple[tuple[Order, Record], ...]
    """The sampled orders, with volume and cost of their parcels."""
    money: bool
    """Whether orders are ranked by price; otherwise by volume."""

    def worth(self, trials: Trials) -> BoxWorth:
        """Plan the sampled orders without the box type; return its value."""
        variant, sampled = trials.variants[self.variant], len(self.users)
        others = tuple(box for box in variant.catalog.box_types if box.box_type_id != self.box_type_id)
        if not others:
            return BoxWorth(self.box_type_id, self.orders, sampled, lost=sampled)
        without_box = replace(variant, catalog=replace(variant.catalog, box_types=others))
        changes = []
        for order, cost in self.users:
            without = trials.record(order, without_box)
            if without["status"] == "planned":
                changes.append(Change.of(cost, without))
        worse = sum(change.difference(money=self.money) > 0 for change in changes)
        lost = sampled - len(changes)
        return BoxWorth(self.box_type_id, self.orders, sampled, lost, worse, Change.summed(changes))


def _worths_of(
    trials: Trials,
    run: Run,
    variant: int,
    users: Mapping[str, tuple[int, list[Drawn]]],
    orders: Mapping[int, Order],
    *,
    money: bool,
) -> tuple[BoxWorth, ...]:
    """Return the value of each box type of a variant, the lowest first: by lost orders, then by cost."""
    names = [box.box_type_id for box in trials.variants[variant].catalog.box_types]
    used = [name for name in names if name in users]
    uses = []
    for name in used:
        count, drawn = users[name]
        some = tuple((orders[pick.number], pick.cost) for pick in drawn if pick.cost is not None)
        uses.append(BoxUse(variant, name, count, some, money))
    found = dict(zip(used, run.worths(iter(uses)), strict=True))

    def rank(worth: BoxWorth) -> tuple[float, float]:
        scaled = worth.scaled(money=money)
        return worth.lost_orders, math.inf if scaled is None else scaled

    return tuple(sorted((found.get(name) or BoxWorth(name, 0) for name in names), key=rank))


def regret_of(trials: Trials, orders: Sequence[Order], catalog: int) -> Regret:
    """Return the gains of the longest search on sampled orders."""
    made = trials.variants[catalog]
    longest = replace(made, policy=replace(made.policy, mode=SolvingMode.THOROUGH))
    compared = better = proved = 0
    gained: dict[Objective, list[tuple[int, int, int, int]]] = {objective: [] for objective in made.policy.objectives}
    for order in orders:
        first, second = trials.whole_plan(order, made), trials.whole_plan(order, longest)
        if first is None or second is None:
            continue
        known = []
        for objective in gained:
            one, other = (
                objective_figure(plan, made.catalog, objective, made.policy.emissions_basis) for plan in (first, second)
            )
            if one is not None and other is not None:
                known.append((objective, one, other))
        # The first objective that differs decides which plan is better.
        decides = next((objective for objective, one, other in known if one != other), None)
        improved = any(objective is decides and other < one for objective, one, other in known)
        for objective, one, other in known:
            counts = (1, int(improved and objective is decides), one, other if improved else one)
            gained[objective].append(counts)
        compared, better = compared + 1, better + improved
        proved += second.certificate.status is ProofStatus.PROVED
    gains = (Gain(objective, *map(sum, zip(*counts, strict=True))) for objective, counts in gained.items())
    return Regret(catalog, compared, better, proved, tuple(gains))
