"""What a worker of ``boxwright pack --orders`` does with some orders: plan each, write its line, sum up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from boxwright.cli.batch import BatchResult, plan_each, to_json_line
from boxwright.cli.batch_totals import BatchTotals
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.policy import Policy


@dataclass(frozen=True)
class SomeOrders:
    """Orders, and the position of the first in its file."""

    first: int
    orders: tuple[Order, ...]


@dataclass
class PackedOrders:
    """What became of some orders.

    Attributes
    ----------
    totals : BatchTotals
        Their sums.
    profile_ids : set of str
        The accounting profiles of their plans.
    lines : list of str
        A line of JSON for each, where there is a file for them.
    examples : list of BatchResult
        Those that are shown.
    """

    totals: BatchTotals = field(default_factory=BatchTotals)
    profile_ids: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)
    examples: list[BatchResult] = field(default_factory=list)

    @property
    def orders(self) -> int:
        """How many orders."""
        return self.totals.statuses.total()


@dataclass(frozen=True)
class PackJob:
    """Packs orders; a ``pool.Job``.

    Attributes
    ----------
    catalog, policy, lane, profiles, alternatives, empty_spaces, explain
        As in ``plan_each``.
    written : bool
        Whether there is a file for lines.
    with_data : bool
        Whether footprints repeat what the data says of profiles and sources.
    shown : frozenset of int
        Positions of the orders that are shown.
    """

    catalog: Catalog
    policy: Policy
    lane: Lane | None
    profiles: tuple[str, ...] | None
    alternatives: int
    empty_spaces: bool
    explain: bool
    written: bool
    with_data: bool
    shown: frozenset[int]

    def __call__(self, some: SomeOrders) -> PackedOrders:
        """Return what becomes of some orders."""
        done = PackedOrders()
        results = plan_each(
            some.orders,
            self.catalog,
            self.policy,
            self.lane,
            self.profiles,
            alternatives=self.alternatives,
            empty_spaces=self.empty_spaces,
            explain=self.explain,
        )
        for position, result in enumerate(results, start=some.first):
            done.totals.add(result)
            if position in self.shown:
                done.examples.append(result)
            if self.written:
                line = to_json_line(result, self.catalog, self.policy, with_data=self.with_data)
                done.lines.append(line)
                if result.plan is not None:
                    done.profile_ids.update(footprint.profile_id for footprint in result.plan.footprints)
        return done


def in_batches(orders: Iterator[Order]) -> Iterator[SomeOrders]:
    """Yield orders in batches, in their order."""
    from boxwright.orders.batches import list_batches

    first = 0
    for batch in list_batches(orders):
        yield SomeOrders(first, batch.content)
        first += len(batch.content)
