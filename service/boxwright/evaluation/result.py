"""The answer of an evaluation."""

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
    """One catalog, under one policy and on one lane."""

    variant: Variant
    """What the orders were tried with; the legs of its lane are derived where they can be."""
    totals: CatalogTotals
    common: CatalogTotals
    """Sums over all orders, and over those that every result packs whole."""
    errors: list[tuple[str, int, int]]
    """The reasons for which orders could not be planned, how many each, and the position of the first of them."""

    @property
    def catalog(self) -> Catalog:
        """The catalog."""
        return self.variant.catalog


@dataclass(frozen=True)
class Example:
    """An order worth a look, with its plans, and the positions of the results that they are made with."""

    order: Order
    plans: tuple[Plan, ...]
    catalogs: tuple[int, ...]


@dataclass(frozen=True)
class Evaluation:
    """Orders times catalogs, policies and lanes."""

    results: tuple[CatalogResult, ...]
    """One per catalog, lane and policy: catalogs change last, policies first, each in the order given."""
    comparisons: tuple[Comparison, ...]
    """Each further result against the first."""
    records: Records = field(compare=False)
    """The rows, and what else is asked of them; not part of equality."""
    order_count: int
    compared: int
    """Number of orders, and of those that every result packs whole."""
    study: Study | None
    """What was asked once all orders were planned; None until then."""
    copied: int = 0
    """Orders whose units are alike those of an earlier one, whose plan they have. Default 0."""
    rejected: int = 0
    """Orders that were not planned, since they break a rule of their file or a limit. Default 0."""
    objectives_settled: bool = False
    """Whether the objectives of every policy are the evaluation's own, since the caller named none. Default False."""
    yearly: Yearly | None = None
    """How many orders a year has. Default None: not known."""
    remarks: tuple[str, ...] = ()
    """What a reader must know of these orders, a sentence each. Default none."""

    @property
    def policy(self) -> Policy:
        """What the plans obey; of several policies the first."""
        return self.results[0].variant.policy

    @property
    def lane(self) -> Lane | None:
        """The way of every parcel, its ship date settled and its legs derived if they can be; of several the first."""
        return self.results[0].variant.lane

    @property
    def policies(self) -> dict[str, Policy]:
        """What the plans obey, by name; a single policy may have none."""
        return {each.variant.policy_name: each.variant.policy for each in self.results}

    @property
    def lanes(self) -> dict[str, Lane | None]:
        """The way of every parcel, by carrier service."""
        return {each.variant.carrier_service: each.variant.lane for each in self.results}

    @property
    def money(self) -> bool:
        """Whether catalogs are told apart by price: it is known for orders of every comparison."""
        return bool(self.comparisons) and all(each.headline.currency for each in self.comparisons)
