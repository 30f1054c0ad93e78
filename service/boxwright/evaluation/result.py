"""The answer of an evaluation."""

from dataclasses import dataclass

from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.plan import Plan
from boxwright.domain.policy import Policy
from boxwright.evaluation.comparison import Comparison
from boxwright.evaluation.outcome import OrderOutcome
from boxwright.evaluation.totals import CatalogTotals


@dataclass(frozen=True)
class CatalogResult:
    """One catalog: what became of each order, in the order given, and the sums."""

    catalog: Catalog
    outcomes: tuple[OrderOutcome, ...]
    totals: CatalogTotals


@dataclass(frozen=True)
class Example:
    """An order worth a look, with its plan by each catalog."""

    order: Order
    plans: tuple[Plan, ...]


@dataclass(frozen=True)
class Evaluation:
    """Orders times catalogs.

    Attributes
    ----------
    results : tuple of CatalogResult
        One per catalog, in the order given.
    comparisons : tuple of Comparison
        Each further catalog against the first.
    examples : tuple of Example
        Orders on which the first two catalogs differ most in volume, or, with one catalog, those whose boxes are the
        emptiest by volume.
    policy : Policy
        What the plans obey.
    lane : Lane or None
        The way of every parcel, its ship date settled and its legs derived where they can be.
    copied : int
        Orders that have the plan of another one with alike units. Default 0.
    """

    results: tuple[CatalogResult, ...]
    comparisons: tuple[Comparison, ...]
    examples: tuple[Example, ...]
    policy: Policy
    lane: Lane | None
    copied: int = 0

    @property
    def order_count(self) -> int:
        """Number of orders."""
        return len(self.results[0].outcomes)
