"""Compares plans with those of the longest search, on a sample of orders, by each objective."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from boxwright.domain.order import Order
from boxwright.domain.plan import ProofStatus
from boxwright.domain.policy import Objective, SolvingMode
from boxwright.evaluation.trial import Trials
from boxwright.shipping.objective_figures import objective_figure


@dataclass(frozen=True)
class Gain:
    """The gain of the longest search by one objective."""

    objective: Objective
    orders: int = 0
    """Orders with a known figure in both plans."""
    better: int = 0
    """Orders that the longest search improves by this objective, with all earlier objectives equal."""
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
    """Orders that both searches pack whole; those among them that the longest search improves by the first objective
    that differs; those whose choice of boxes it proves optimal."""
    gains: tuple[Gain, ...]
    """One per objective of the policy, in its order."""


def regret_of(trials: Trials, orders: Sequence[Order], catalog: int) -> Regret:
    """Return what the longest search gains on sampled orders."""
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
