"""Running sums of an evaluation: each worker adds the orders of a batch, and batches are merged in their order."""

from collections.abc import Sequence

from boxwright.domain.box import Catalog
from boxwright.domain.order import Order
from boxwright.evaluation.catalog_sums import CatalogSums
from boxwright.evaluation.outcome import OrderOutcome, OrderStatus
from boxwright.evaluation.pair_sums import PairSums
from boxwright.evaluation.tally import Tally


class Sums:
    """Sums over orders with some catalogs.

    Parameters
    ----------
    catalogs : sequence of Catalog
        What each order is planned with.
    sampled : int
        As in ``Tally``.

    Attributes
    ----------
    common, others : list of CatalogSums
        Of each catalog over the orders that every catalog packs whole, and over the others.
    pairs : list of PairSums
        Of the first with each other catalog.
    tally : Tally
        What the report tells besides.
    """

    def __init__(self, catalogs: Sequence[Catalog], sampled: int = 0) -> None:
        self.common = [CatalogSums() for _ in catalogs]
        self.others = [CatalogSums() for _ in catalogs]
        self.pairs = [PairSums() for _ in catalogs[1:]]
        self.tally = Tally(catalogs, sampled)

    def add(self, order: Order, outcomes: Sequence[OrderOutcome]) -> None:
        """Add an order."""
        everywhere = all(outcome.status is OrderStatus.PLANNED for outcome in outcomes)
        for sums, outcome in zip(self.common if everywhere else self.others, outcomes, strict=True):
            sums.add(outcome)
        for pair, outcome in zip(self.pairs, outcomes[1:], strict=True):
            pair.add(outcomes[0], outcome)
        self.tally.add(order, outcomes)

    @property
    def every(self) -> list[CatalogSums]:
        """Sums of each catalog over all orders."""
        return [common.with_sums(others) for common, others in zip(self.common, self.others, strict=True)]

    def fold(self) -> None:
        """Fold what was added one by one into sums, before they are merged or read."""
        for pair in self.pairs:
            pair.fold()

    def merge(self, other: "Sums") -> None:
        """Add the sums over later orders; both are folded."""
        for mine, theirs in zip((*self.common, *self.others), (*other.common, *other.others), strict=True):
            mine.merge(theirs)
        for pair, their_pair in zip(self.pairs, other.pairs, strict=True):
            pair.merge(their_pair)
        self.tally.merge(other.tally)
