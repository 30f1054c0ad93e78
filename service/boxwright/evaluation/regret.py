"""How far plans are from what the longest search finds, by each objective of the policy, on a sample of the orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from boxwright.domain.order import Order
from boxwright.domain.plan import Plan, ProofStatus
from boxwright.domain.policy import Objective, SolvingMode
from boxwright.evaluation.trial import Trials
from boxwright.evaluation.variant import Variant
from boxwright.shipping.objective_figures import objective_figure


@dataclass(frozen=True)
class Gain:
    """What the longest search gains by one objective.

    Attributes
    ----------
    objective : Objective
        It.
    orders : int
        Orders whose figure is known with both plans.
    better : int
        Orders that the longest search improves by it, all objectives before it being equal.
    first, best : int
        The plans of the run, and the better one of both for each order, in the integer unit of the objective.
    """

    objective: Objective
    orders: int = 0
    better: int = 0
    first: int = 0
    best: int = 0

    def with_order(self, first: int, best: int, *, better: bool) -> Gain:
        """Return the gain with one order more."""
        return Gain(self.objective, self.orders + 1, self.better + better, self.first + first, self.best + best)


@dataclass(frozen=True)
class Regret:
    """How far plans are from what the longest search finds, on a sample.

    Attributes
    ----------
    catalog : int
        Position of the variant.
    orders, better, proved : int
        Orders that both searches pack whole; how many of these the longest improves, by the first objective that
        differs; of how many it proves its choice of boxes.
    gains : tuple of Gain
        One for each objective of the policy, in their order.
    """

    catalog: int
    orders: int
    better: int
    proved: int
    gains: tuple[Gain, ...]


def regret_of(trials: Trials, orders: Sequence[Order], catalog: int) -> Regret:
    """Plan orders again by the longest search, and return what it finds."""
    longest = replace(trials, variants=tuple(map(_longest, trials.variants)))
    found = Regret(catalog, 0, 0, 0, tuple(Gain(each) for each in trials.variants[catalog].policy.objectives))
    for order in orders:
        first, second = trials.whole_plan(order, catalog), longest.whole_plan(order, catalog)
        if first is not None and second is not None:
            found = _with_order(found, trials, first, second)
    return found


def _longest(variant: Variant) -> Variant:
    return replace(variant, policy=replace(variant.policy, mode=SolvingMode.THOROUGH))


def _with_order(regret: Regret, trials: Trials, first: Plan, second: Plan) -> Regret:
    """Return the regret with the two plans of one order more; the first objective that differs says which is better."""
    made = trials.variants[regret.catalog]
    catalog, policy = made.catalog, made.policy
    figures = [
        tuple(objective_figure(each, catalog, objective, policy.emissions_basis) for each in (first, second))
        for objective in policy.objectives
    ]
    pairs = [(one, other) for one, other in figures if one is not None and other is not None and one != other]
    better = bool(pairs) and pairs[0][1] < pairs[0][0]
    gains, first_found = [], False
    for gain, (one, other) in zip(regret.gains, figures, strict=True):
        if one is None or other is None:
            gains.append(gain)
            continue
        decides = better and not first_found and one != other
        first_found |= one != other
        gains.append(gain.with_order(one, other if better else one, better=decides))
    proved = second.certificate.status is ProofStatus.PROVED
    return Regret(regret.catalog, regret.orders + 1, regret.better + better, regret.proved + proved, tuple(gains))
