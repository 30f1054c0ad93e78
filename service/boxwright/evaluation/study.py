"""Work after planning: the value of each box type, and orders for pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from boxwright.domain.order import Order
from boxwright.evaluation.as_shipped import AsShipped
from boxwright.evaluation.comparison import Change
from boxwright.evaluation.record import Record
from boxwright.evaluation.records import MAX_WORST, Drawn, Records
from boxwright.evaluation.result import Example, Yearly
from boxwright.evaluation.trial import Trials

if TYPE_CHECKING:
    from boxwright.evaluation.run import Run


@dataclass(frozen=True)
class StudyOptions:
    """Options of the work after planning, and facts that the page states about the orders."""

    pictures: int = MAX_WORST
    """Maximum number of orders shown as pictures. Default and upper limit 50."""
    worth: bool = True
    """Whether to estimate the value of each box type by planning some of its orders without it. Default True."""
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
    """Number of completely packed orders that use it."""
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


def study(trials: Trials, run: Run, records: Records, main: int, options: StudyOptions, *, money: bool) -> Study:
    """Return the study that options ask for; orders are ranked by price, or by volume without ``money``."""
    losing, emptiest = records.worst(main, money=money) if options.pictures else ([], [])
    losing, emptiest = losing[: options.pictures], emptiest[: max(options.pictures - len(losing), 0)]
    users = {
        index: records.users(index)
        for index, variant in enumerate(trials.variants)
        if options.worth and variant.parts == trials.variants[main].parts and not isinstance(variant.catalog, AsShipped)
    }
    of_boxes = (order_drawn for by_box in users.values() for _, some in by_box.values() for order_drawn in some)
    orders = run.orders([*losing, *emptiest, *of_boxes])
    shown = sorted({records.base_of(main), main})

    def example(pick: Drawn) -> Example:
        order = orders[pick.number]
        plans = {index: trials.whole_plan(order, trials.variants[index]) for index in shown}
        whole = {index: plan for index, plan in plans.items() if plan is not None}
        return Example(order, tuple(whole.values()), tuple(whole))

    worths = {index: _worths_of(trials, run, index, by_box, orders, money=money) for index, by_box in users.items()}
    return Study(main, tuple(map(example, losing)), tuple(map(example, emptiest)), worths)


@dataclass(frozen=True)
class BoxUse:
    """A box type, and sampled orders that use it, to be planned without it; picklable."""

    variant: int
    """Position of the variant."""
    box_type_id: str
    orders: int
    """Number of completely packed orders that use it."""
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
    """Return the value of each box type of a variant, ascending by lost orders and then by cost."""
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
