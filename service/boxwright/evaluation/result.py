"""The result of an evaluation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.plan import Plan
from boxwright.domain.policy import Policy
from boxwright.evaluation.comparison import Comparison
from boxwright.evaluation.totals import CatalogTotals
from boxwright.evaluation.variant import Variant

if TYPE_CHECKING:
    from boxwright.evaluation.records import Records
    from boxwright.evaluation.study import Study
    from boxwright.evaluation.yearly import Yearly


@dataclass(frozen=True)
class CatalogResult:
    """The results of one catalog, under one policy and on one lane."""

    variant: Variant
    """Catalog, policy and lane; the legs of the lane are derived where possible."""
    totals: CatalogTotals
    common: CatalogTotals
    """Sums over all orders, and over those that every variant packs whole."""
    errors: list[tuple[str, int, int]]
    """Reasons for which orders failed, with the number of orders and the position of the first."""

    @property
    def catalog(self) -> Catalog:
        """The catalog."""
        return self.variant.catalog


@dataclass(frozen=True)
class Example:
    """An order shown with pictures, its plans, and the positions of their results."""

    order: Order
    plans: tuple[Plan, ...]
    catalogs: tuple[int, ...]


@dataclass(frozen=True)
class Evaluation:
    """Results and comparisons of catalogs, policies and lanes over the same orders."""

    results: tuple[CatalogResult, ...]
    """One per catalog, lane and policy: catalogs vary slowest, policies fastest, each in the order given."""
    comparisons: tuple[Comparison, ...]
    """Each further result compared with the first."""
    records: Records = field(compare=False)
    """The stored records; not part of equality."""
    order_count: int
    compared: int
    """Number of orders, and of those that every result packs whole."""
    study: Study | None
    """What was worked out after planning; None before that."""
    copied: int = 0
    """Orders that took over the plan of an earlier order with the same units. Default 0."""
    rejected: int = 0
    """Orders that were not planned because they break a rule of their file or a limit. Default 0."""
    objectives_settled: bool = False
    """Whether the evaluation chose the objectives of every policy, since the caller named none. Default False."""
    yearly: Yearly | None = None
    """Number of orders a year. Default None: unknown."""
    remarks: tuple[str, ...] = ()
    """Cautions about these orders, one sentence each. Default none."""

    @property
    def policy(self) -> Policy:
        """The policy of the first result."""
        return self.results[0].variant.policy

    @property
    def lane(self) -> Lane | None:
        """The lane of the first result, with its ship date and, where possible, its derived legs."""
        return self.results[0].variant.lane

    @property
    def policies(self) -> dict[str, Policy]:
        """Policies by name; a single policy may have the empty name."""
        return {result.variant.policy_name: result.variant.policy for result in self.results}

    @property
    def lanes(self) -> dict[str, Lane | None]:
        """Lanes by carrier service."""
        return {result.variant.carrier_service: result.variant.lane for result in self.results}

    @property
    def money(self) -> bool:
        """Whether catalogs are compared by price: every comparison knows it."""
        return bool(self.comparisons) and all(comparison.headline.currency for comparison in self.comparisons)
