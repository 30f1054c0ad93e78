"""Running sums of an evaluation: each worker adds the orders of a batch, and batches are merged in their order."""

from collections.abc import Sequence

import numpy as np

from boxwright.domain.box import Catalog
from boxwright.domain.order import Order
from boxwright.evaluation.catalog_sums import CatalogSums
from boxwright.evaluation.columns import Columns
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

    def add(self, orders: Sequence[Order], columns: Sequence[Columns], before: Tally | None = None) -> None:
        """Add orders, with what became of them with each catalog; for ``before`` see ``Tally.add``."""
        everywhere = np.logical_and.reduce([each.planned for each in columns])
        for common, each in zip(self.common, columns, strict=True):
            common.add(each.taken(everywhere))
        for others, each in zip(self.others, columns, strict=True):
            others.add(each.taken(~everywhere))
        for pair, each in zip(self.pairs, columns[1:], strict=True):
            both = columns[0].planned & each.planned
            pair.add(columns[0].taken(both), each.taken(both))
        self.tally.add(orders, columns, before)

    @property
    def every(self) -> list[CatalogSums]:
        """Sums of each catalog over all orders."""
        return [common.with_sums(others) for common, others in zip(self.common, self.others, strict=True)]

    def merge(self, other: "Sums") -> None:
        """Add the sums over later orders."""
        for mine, theirs in zip((*self.common, *self.others), (*other.common, *other.others), strict=True):
            mine.merge(theirs)
        for pair, their_pair in zip(self.pairs, other.pairs, strict=True):
            pair.merge(their_pair)
        self.tally.merge(other.tally)
