"""A plan and what it came from."""

from dataclasses import dataclass

from boxwright.domain.plan import Plan
from boxwright.packing.problem import Ints
from boxwright.planning.model import OrderModel
from boxwright.selection.outcome import Outcome


@dataclass(frozen=True)
class Solution:
    """A plan as the search left it, not yet checked, and what it came from.

    Attributes
    ----------
    plan : Plan
        The plan.
    model : OrderModel
        Rules and prices.
    members : int64, (n,)
        Units that fit some box alone: those that were searched for.
    outcome : Outcome or None
        What the search found; None where no unit fits any box.
    """

    plan: Plan
    model: OrderModel
    members: Ints
    outcome: Outcome | None
