"""How far plans are from what the longest search finds, by each objective of the policy, on a sample of the orders."""

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
    """What the longest search gains by one objective."""

    objective: Objective
    """It."""
    orders: int = 0
    """Orders whose figure is known with both plans."""
    better: int = 0
    """Orders that the longest search improves by it, all objectives before it being equal."""
    first: int = 0
    best: int = 0
    """The plans of the run, and the better one of both for each order, in the integer unit of the objective."""


@dataclass(frozen=True)
class Regret:
    """How far plans are from what the longest search finds, on a sample."""

    catalog: int
    """Position of the variant."""
    orders: int
    better: int
    proved: int
    """Orders that both searches pack whole; how many of these the longest improves, by the first objective that
    differs; of how many it proves its choice of boxes."""
    gains: tuple[Gain, ...]
    """One for each objective of the policy, in their order."""


def regret_of(trials: Trials, orders: Sequence[Order], catalog: int) -> Regret:
    """Plan orders again by the longest search, and return what it finds."""
    made = trials.variants[catalog]
    longest = replace(made, policy=replace(made.policy, mode=SolvingMode.THOROUGH))
    compared = better = proved = 0
    gained: dict[Objective, list[tuple[int, int, int, int]]] = {each: [] for each in made.policy.objectives}
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
        # The first objective that differs says which plan is better.
        decides = next((objective for objective, one, other in known if one != other), None)
        improved = any(objective is decides and other < one for objective, one, other in known)
        for objective, one, other in known:
            counts = (1, int(improved and objective is decides), one, other if improved else one)
            gained[objective].append(counts)
        compared, better = compared + 1, better + improved
        proved += second.certificate.status is ProofStatus.PROVED
    gains = (Gain(objective, *map(sum, zip(*counts, strict=True))) for objective, counts in gained.items())
    return Regret(catalog, compared, better, proved, tuple(gains))
