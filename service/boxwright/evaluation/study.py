"""What is asked once all orders are planned: what each box is worth, how far plans are from the best, and pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from boxwright.domain.order import Order
from boxwright.errors import missing_extra
from boxwright.evaluation.as_shipped import AsShipped
from boxwright.evaluation.measure import Change
from boxwright.evaluation.record import Record
from boxwright.evaluation.records import MAX_WORST, Drawn, Records
from boxwright.evaluation.regret import Regret, regret_of
from boxwright.evaluation.result import Example
from boxwright.evaluation.trial import Trials
from boxwright.evaluation.yearly import Yearly
from boxwright.packing.solver import installed as solver_installed

if TYPE_CHECKING:
    from boxwright.evaluation.run import Run


@dataclass(frozen=True)
class StudyOptions:
    """What is worked out once all orders are planned, and what is said of them."""

    pictures: int = MAX_WORST
    """Most orders that are shown as pictures. Default 50, which is the most."""
    worth: bool = True
    """Whether to ask what each box type is worth: some of the orders that use it are planned without it. Default
    True."""
    regret_orders: int = 0
    """Orders drawn by chance that are planned by the longest search too, which needs the extra ``solver``. Default
    0."""
    yearly: Yearly | None = None
    """How many orders a year has, for figures of a year. Default None: not known."""
    objectives_settled: bool = False
    """Whether the policy's objectives are those of ``default_objectives``, so that the page says so. Default False; it
    is true without a policy."""


@dataclass(frozen=True)
class BoxWorth:
    """What a catalog loses without one of its box types, all others kept."""

    box_type_id: str
    """The box type."""
    orders: int
    """Orders, packed whole, that use it."""
    asked: int = 0
    """How many of them, drawn by chance, were planned without it."""
    lost: int = 0
    worse: int = 0
    """How many of those no other box takes, and how many of the others cost more without it."""
    change: Change = field(default_factory=Change)
    """Of the others: with it, and without it."""

    def scaled(self, *, money: bool) -> float | None:
        """Return what its orders cost more without it, in minor units or cubic um; None where none could be asked."""
        counted = self.change.priced if money else self.change.orders
        if not counted:
            return None if self.orders else 0.0
        return self.change.difference(money=money) / counted * (self.orders * (1 - self.lost / self.asked))

    @property
    def lost_orders(self) -> float:
        """How many of all its orders no other box takes, by the share of the sample."""
        return self.orders * self.lost / self.asked if self.asked else 0.0


@dataclass(frozen=True)
class Study:
    """What was asked once all orders were planned."""

    main: int = 0
    """Position of the catalog that is looked at closely: the best one, and not the first where there are several."""
    losing: tuple[Example, ...] = ()
    emptiest: tuple[Example, ...] = ()
    """The worst orders with the main catalog: those that lose most against the first one, and those with the most empty
    volume."""
    worths: dict[int, tuple[BoxWorth, ...]] = field(default_factory=dict)
    """By variant: what each box type is worth, the least first. Of several policies or carriers only those of the main
    variant are asked."""
    regrets: tuple[Regret, ...] = ()
    """By catalog, where it was asked."""


def check_regret(orders: int, field: str) -> None:
    """Raise UnsupportedError, about a field, where orders are to be asked and the extra ``solver`` is not there."""
    if orders and not solver_installed():
        raise missing_extra(field, "the longest search needs OR-Tools", "solver")


def study(trials: Trials, run: Run, records: Records, main: int, options: StudyOptions, *, money: bool) -> Study:
    """Return what options ask for; orders are ranked by price, or else by volume."""
    losing, emptiest = records.worst(main, money=money) if options.pictures else ([], [])
    losing, emptiest = losing[: options.pictures], emptiest[: max(options.pictures - len(losing), 0)]
    own = [index for index, each in enumerate(trials.catalogs) if not isinstance(each, AsShipped)]
    like = [index for index in own if trials.variants[index].parts == trials.variants[main].parts]
    users = {index: records.users(index) for index in like if options.worth}
    sample = records.sample(options.regret_orders)
    of_boxes = (each for by_box in users.values() for _, some in by_box.values() for each in some)
    orders = run.orders([*losing, *emptiest, *sample, *of_boxes])
    shown = sorted({0, main})
    worths = {index: _worths_of(trials, run, index, by_box, orders, money=money) for index, by_box in users.items()}
    regrets = [regret_of(trials, [orders[each.number] for each in sample], index) for index in own if sample]
    return Study(
        main,
        tuple(_example(trials, orders[each.number], shown) for each in losing),
        tuple(_example(trials, orders[each.number], shown) for each in emptiest),
        worths,
        tuple(regrets),
    )


def _example(trials: Trials, order: Order, shown: Sequence[int]) -> Example:
    """Return an order with its plan by each catalog shown that packs it."""
    plans = {index: plan for index in shown if (plan := trials.whole_plan(order, trials.variants[index])) is not None}
    return Example(order, tuple(plans.values()), tuple(plans))


@dataclass(frozen=True)
class BoxUse:
    """A box type of a variant, and orders that use it, to plan without it; picklable."""

    variant: int
    """Position of the variant."""
    box_type_id: str
    """The box type."""
    orders: int
    """Orders, packed whole, that use it."""
    users: tuple[tuple[Order, Record], ...]
    """Those of them to ask, and what their parcels take up and cost."""
    money: bool
    """As for ``study``."""

    def worth(self, trials: Trials) -> BoxWorth:
        """Plan the orders without the box type; return what it is worth."""
        whole, asked = trials.variants[self.variant], len(self.users)
        others = tuple(box for box in whole.catalog.box_types if box.box_type_id != self.box_type_id)
        if not others:
            return BoxWorth(self.box_type_id, self.orders, asked, lost=asked)
        less = replace(whole, catalog=replace(whole.catalog, box_types=others))
        changes = []
        for order, cost in self.users:
            without = trials.record(order, less)
            if without["status"] == "planned":
                changes.append(Change.of(cost, without))
        worse = sum(change.difference(money=self.money) > 0 for change in changes)
        lost = asked - len(changes)
        return BoxWorth(self.box_type_id, self.orders, asked, lost, worse, Change.summed(changes))


def _worths_of(
    trials: Trials,
    run: Run,
    variant: int,
    users: Mapping[str, tuple[int, list[Drawn]]],
    orders: Mapping[int, Order],
    *,
    money: bool,
) -> tuple[BoxWorth, ...]:
    """Return what each box type of a variant is worth, the least first: by orders lost, then by the difference."""
    names = [box.box_type_id for box in trials.variants[variant].catalog.box_types]
    used = [name for name in names if name in users]
    uses = []
    for name in used:
        count, drawn = users[name]
        some = tuple((orders[each.number], each.cost) for each in drawn if each.cost is not None)
        uses.append(BoxUse(variant, name, count, some, money))
    found = dict(zip(used, run.worths(iter(uses)), strict=True))

    def rank(each: BoxWorth) -> tuple[float, float]:
        scaled = each.scaled(money=money)
        return each.lost_orders, math.inf if scaled is None else scaled

    return tuple(sorted((found.get(name) or BoxWorth(name, 0) for name in names), key=rank))
