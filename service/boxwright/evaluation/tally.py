"""What the report tells of many orders, as running sums: its size does not depend on how many orders there are."""

from __future__ import annotations

import hashlib
import heapq
import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.box import Catalog
from boxwright.domain.order import Order
from boxwright.evaluation.alike import signature
from boxwright.evaluation.amounts import Ints, Known, runs_of, sums_from
from boxwright.evaluation.as_shipped import AsShipped, Audit
from boxwright.evaluation.columns import Columns, taken
from boxwright.evaluation.measure import Change, prices_of
from boxwright.evaluation.outcome import Cost, OrderOutcome

BINS = 20
MAX_NAMED = 200
"""Most orders that are not planned whole and kept by name; the others are counted by reason."""
MAX_REASONS = 200
"""Most reasons counted one by one."""
MAX_WORST = 50
MAX_EXAMPLE_UNITS = 40
"""Most units of an order that is shown as a picture: past that, the picture says little."""
PER_BOX = 10
"""Orders drawn by chance of those that each box type is used for, to ask what would be without it."""
_SEED = 20_261_126
OWN_CONTAINER = "own container"
_SEVERAL = 4

Ranks = NDArray[np.uint64]
Sampled = TypeVar("Sampled")


@dataclass
class CatalogTally:
    """One catalog.

    Attributes
    ----------
    fill_bins : list of int
        Parcels by share of empty space, of orders that every catalog packs whole.
    box_use : Counter of str
        Parcels by box type, of the same orders.
    failed : int
        Orders not planned whole.
    named : list of OrderOutcome
        The first of them.
    more : Counter of str
        The others by reason.
    users : dict of (str, Reservoir of Used)
        Orders for which a box type is used, drawn by chance.
    emptiest : Worst
        Orders with the most empty volume.
    """

    fill_bins: list[int] = field(default_factory=lambda: [0] * BINS)
    box_use: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    named: list[OrderOutcome] = field(default_factory=list)
    more: Counter[str] = field(default_factory=Counter)
    users: dict[str, Reservoir[Used]] = field(default_factory=dict)
    emptiest: Worst = field(default_factory=lambda: Worst())

    def add_failed(self, outcome: OrderOutcome) -> None:
        """Keep or count an order that is not planned whole."""
        self.failed += 1
        if len(self.named) < MAX_NAMED:
            self.named.append(outcome)
        else:
            self._count(outcome.reason, 1)

    def _count(self, reason: str, orders: int) -> None:
        known = reason in self.more or len(self.more) < MAX_REASONS
        self.more[reason if known else "other reasons"] += orders

    def _users(self, box: str) -> Reservoir[Used]:
        if box not in self.users:
            self.users[box] = Reservoir(PER_BOX)
        return self.users[box]

    def merge(self, other: CatalogTally, orders: int) -> None:
        """Add what was counted of orders that come after so many."""
        self.fill_bins = [one + two for one, two in zip(self.fill_bins, other.fill_bins, strict=True)]
        self.box_use.update(other.box_use)
        for outcome in other.named:
            self.add_failed(outcome)
        self.failed += other.failed - len(other.named)
        for reason, count in other.more.items():
            self._count(reason, count)
        for box, users in other.users.items():
            self._users(box).merge(users)
        self.emptiest.merge(other.emptiest, orders)

    def add_common(self, columns: Columns) -> None:
        """Count the parcels of orders that every catalog packs whole."""
        self.box_use.update(columns.box_use)
        bins = np.clip((columns.empty_space_ratios * BINS).astype(np.int64), 0, BINS - 1)
        counts = np.bincount(bins, minlength=BINS).tolist()
        self.fill_bins = [one + two for one, two in zip(self.fill_bins, counts, strict=True)]

    def add_users(self, orders: Sequence[Order], ranks: Ranks, columns: Columns, before: CatalogTally | None) -> None:
        """Offer orders packed whole to the sample of each box type that they use; for ``before`` see ``Tally.add``."""
        users = defaultdict[str, list[Ints]](list)
        boxes, place_of_each = columns.boxes
        whole = np.flatnonzero(columns.planned)
        order, starts = runs_of(place_of_each[whole])
        for places in np.split(whole[order], starts[1:]) if len(order) else ():
            for box in dict.fromkeys(boxes[place_of_each[places[0]]]):
                users[box].append(places)
        users.pop("", None)  # own containers
        for box, several in users.items():
            places = np.sort(np.concatenate(several))
            least = before.users[box].least if before is not None and box in before.users else 0
            self._users(box).offer(ranks[places], partial(_used, orders, columns.outcomes, places), least)

    def add_emptiest(
        self, orders: Sequence[Order], positions: Sequence[int], columns: Columns, before: CatalogTally | None
    ) -> None:
        """Offer orders packed whole, at rising positions, to the emptiest; for ``before`` see ``Tally.add``."""
        empty_um3 = columns.inner_um3 - columns.goods_um3
        least = -math.inf if before is None else before.emptiest.least
        self.emptiest.offer_all(empty_um3, columns.planned & (empty_um3 >= least), positions, orders)


def _used(orders: Sequence[Order], outcomes: Sequence[OrderOutcome], places: Ints, number: int) -> Used:
    return Used(orders[places[number]], outcomes[places[number]].cost)


@dataclass(frozen=True, slots=True)
class Used:
    """An order for which a box type is used, and what its parcels take up and cost."""

    order: Order
    cost: Cost


class Reservoir(Generic[Sampled]):
    """A sample of given size of all that is offered, each as likely as any other.

    Its rank settles whether one is in it, so that samples of several workers are merged.
    """

    def __init__(self, size: int) -> None:
        self.size, self.seen = size, 0
        self._kept: list[tuple[int, int, Sampled]] = []

    @property
    def least(self) -> int:
        """The rank below which none is in the sample."""
        return self._kept[-1][0] if self.size and len(self._kept) == self.size else 0

    def offer(self, ranks: Ranks, of: Callable[[int], Sampled], least: int = 0) -> None:
        """Offer more by their ranks; ``of`` gives the one of a number among them.

        Those of a rank below ``least`` are no more than counted.
        """
        high = np.flatnonzero(ranks >= least)
        best = high[np.argsort(~ranks[high], kind="stable")[: self.size]]  # of equal ones the first
        self._keep([(int(ranks[number]), -(self.seen + 1 + number), of(number)) for number in best.tolist()])
        self.seen += len(ranks)

    def _keep(self, entries: Sequence[tuple[int, int, Sampled]]) -> None:
        ranked = sorted([*self._kept, *entries], key=lambda entry: entry[:2], reverse=True)
        self._kept = ranked[: self.size]

    def merge(self, other: Reservoir[Sampled]) -> None:
        """Offer what was kept of later ones."""
        self._keep([(rank, place - self.seen, each) for rank, place, each in other._kept])
        self.seen += other.seen

    @property
    def kept(self) -> list[Sampled]:
        """The sample, in the order in which it was offered."""
        return [each for _, _, each in sorted(self._kept, key=lambda entry: -entry[1])]


def rank_by_chance(order: Order) -> int:
    """Return the rank of an order in samples, which its id alone settles."""
    text = f"{_SEED} {order.order_id}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


class Worst:
    """The orders of highest rank of all that are offered; of equal ones the earlier, of alike ones the first alone."""

    def __init__(self, size: int = MAX_WORST) -> None:
        self._size = size
        self._heap: list[tuple[float, int, Order]] = []

    def offer(self, rank: float, position: int, order: Order) -> None:
        """Offer an order."""
        entry = (rank, -position, order)
        full = len(self._heap) >= self._size
        if full and entry[:2] <= self._heap[0][:2]:
            return
        equals = [kept for other, _, kept in self._heap if other == rank]
        if equals and any(_alike(order, kept) for kept in equals):
            return
        if full:
            heapq.heapreplace(self._heap, entry)
        else:
            heapq.heappush(self._heap, entry)

    @property
    def least(self) -> float:
        """The rank below which none is among them."""
        return self._heap[0][0] if len(self._heap) >= self._size else -math.inf

    def offer_all(self, ranks: Ints, which: Known, positions: Sequence[int], orders: Sequence[Order]) -> None:
        """Offer some of the orders at rising positions, but for those of which a picture says little.

        The worst come first.
        """
        places = np.flatnonzero(which)
        for place in places[np.argsort(-ranks[places], kind="stable")].tolist():
            rank = int(ranks[place])
            if len(self._heap) >= self._size and rank < self._heap[0][0]:
                return
            if orders[place].unit_count <= MAX_EXAMPLE_UNITS:
                self.offer(rank, positions[place], orders[place])

    def merge(self, other: Worst, orders: int) -> None:
        """Offer what was kept of orders that come after so many."""
        for rank, place, order in sorted(other._heap, key=lambda entry: -entry[1]):
            self.offer(rank, orders - place, order)

    def orders(self) -> list[Order]:
        """Return them, the worst first."""
        return [order for _, _, order in sorted(self._heap, key=lambda each: each[:2], reverse=True)]


def _alike(one: Order, other: Order) -> bool:
    """Whether two orders have the same units; most that have not differ in an edge."""
    edges = ({line.edges_um for line in each.lines} for each in (one, other))
    return next(edges) == next(edges) and signature(one) == signature(other)


@dataclass
class PairTally:
    """A catalog against the first one, over the orders that both pack whole.

    Attributes
    ----------
    flow : dict of ((str, str), Change)
        Orders by what they go into with either catalog.
    costlier, larger : Worst
        Orders that cost most more, and take up most more, with the second catalog.
    """

    flow: dict[tuple[str, str], Change] = field(default_factory=dict)
    costlier: Worst = field(default_factory=Worst)
    larger: Worst = field(default_factory=Worst)

    def add(
        self,
        positions: Sequence[int],
        orders: Sequence[Order],
        first: Columns,
        second: Columns,
        before: PairTally | None = None,
    ) -> None:
        """Count orders that both pack whole, at rising positions; for ``before`` see ``Tally.add``."""
        minor, minor_too, priced = prices_of(first, second)
        (boxes, place), (boxes_too, place_too) = first.boxes, second.boxes
        order, starts = runs_of(place * len(boxes_too) + place_too)
        ways = [(into(boxes[place[each]]), into(boxes_too[place_too[each]])) for each in order[starts].tolist()]
        counts = np.diff(starts, append=len(order)).tolist()
        of_each = (first.outer_um3, second.outer_um3, priced.astype(np.int64), minor, minor_too)
        for way, *sums in zip(ways, counts, *(sums_from(each[order], starts) for each in of_each), strict=True):
            self.flow.setdefault(way, Change()).add_sums(Change(*sums))
        larger, costlier = (1.0, 1.0) if before is None else (before.larger.least, before.costlier.least)
        for worst, more, least in (
            (self.larger, second.outer_um3 - first.outer_um3, larger),
            (self.costlier, minor_too - minor, costlier),
        ):
            worst.offer_all(more, more >= max(1, least), positions, orders)

    def merge(self, other: PairTally, orders: int) -> None:
        """Add what was counted of orders that come after so many."""
        for way, change in other.flow.items():
            self.flow.setdefault(way, Change()).add_sums(change)
        self.costlier.merge(other.costlier, orders)
        self.larger.merge(other.larger, orders)

    def by_first(self) -> dict[str, Change]:
        """Return the sums by what orders go into with the first catalog."""
        return self._summed(0)

    def by_second(self) -> dict[str, Change]:
        """Return the sums by what orders go into with the second catalog."""
        return self._summed(1)

    def _summed(self, side: int) -> dict[str, Change]:
        found: dict[str, Change] = {}
        for way, change in self.flow.items():
            found.setdefault(way[side], Change()).add_sums(change)
        return found


def into(boxes: Sequence[str]) -> str:
    """Return what an order goes into, given the box types of its parcels: one, or how many parcels."""
    count = len(boxes)
    if count > 1:
        return f"{count} parcels" if count < _SEVERAL else f"{_SEVERAL} parcels or more"
    return boxes[0] or OWN_CONTAINER


@dataclass
class WarningTally:
    """A kind of warning: orders that have it with some catalog, and the first of them with its words."""

    order_id: str
    text: str
    orders: int = 0


class Tally:
    """Orders counted one after the other.

    Parameters
    ----------
    catalogs : sequence of Catalog
        What each order is planned with, the baseline first.
    sampled : int
        Orders drawn by chance for what is worked out of a sample. Default 0.
    """

    def __init__(self, catalogs: Sequence[Catalog], sampled: int = 0) -> None:
        self.common = self.orders = 0
        self.catalogs = [CatalogTally() for _ in catalogs]
        self.pairs = [PairTally() for _ in catalogs[1:]]
        self.warnings: dict[str, WarningTally] = {}
        self.versions: set[tuple[str, ...]] = set()
        self.audit: Counter[Audit] = Counter()
        self.sample: Reservoir[Order] = Reservoir(sampled)
        self._asked = [not isinstance(each, AsShipped) for each in catalogs]
        self._audited = next((index for index, asked in enumerate(self._asked) if not asked), None)

    def add(self, orders: Sequence[Order], columns: Sequence[Columns], before: Tally | None = None) -> None:
        """Count orders with what became of them with each catalog.

        ``before`` is of other orders of the same run: an order is not drawn that would not be with these.
        """
        positions = range(self.orders, self.orders + len(orders))
        self.orders += len(orders)
        ranks = np.array([rank_by_chance(order) for order in orders], dtype=np.uint64)
        everywhere = np.logical_and.reduce([each.planned for each in columns])
        self.common += int(np.count_nonzero(everywhere))
        for index, (tally, each) in enumerate(zip(self.catalogs, columns, strict=True)):
            other = None if before is None else before.catalogs[index]
            tally.add_common(each.taken(everywhere))
            for outcome in taken(each.outcomes, ~each.planned):
                tally.add_failed(outcome)
            if self._asked[index]:
                tally.add_users(orders, ranks, each, other)
                tally.add_emptiest(orders, positions, each, other)
            if index:
                both = columns[0].planned & each.planned
                pair = columns[0].taken(both), each.taken(both)
                known = None if before is None else before.pairs[index - 1]
                self.pairs[index - 1].add(taken(positions, both), taken(orders, both), *pair, known)
            self.versions |= {group.shape.versions for group in each.groups if group.shape.versions}
        if self._audited is not None:
            audits = [each.audit for each in columns[self._audited].outcomes]
            self.audit.update([each for each in audits if each is not None])
        if self.sample.size:
            least = 0 if before is None else before.sample.least
            self.sample.offer(ranks[everywhere], taken(orders, everywhere).__getitem__, least)
        self._add_warnings(columns)

    def merge(self, other: Tally) -> None:
        """Add what was counted of later orders."""
        for mine, theirs in zip(self.catalogs, other.catalogs, strict=True):
            mine.merge(theirs, self.orders)
        for pair, their_pair in zip(self.pairs, other.pairs, strict=True):
            pair.merge(their_pair, self.orders)
        for code, warned in other.warnings.items():
            known = self.warnings.setdefault(code, WarningTally(warned.order_id, warned.text))
            known.orders += warned.orders
        self.versions |= other.versions
        self.audit.update(other.audit)
        self.sample.merge(other.sample)
        self.orders += other.orders
        self.common += other.common

    def _add_warnings(self, columns: Sequence[Columns]) -> None:
        warned = zip(*([outcome.warnings for outcome in each.outcomes] for each in columns), strict=True)
        for place, warnings in enumerate(warned):
            if not any(warnings):
                continue
            seen = set()
            for warning in itertools.chain.from_iterable(warnings):
                if warning.code not in seen:
                    seen.add(warning.code)
                    order_id = columns[0].outcomes[place].order_id
                    known = self.warnings.setdefault(warning.code, WarningTally(order_id, warning.text))
                    known.orders += 1

    def worst(self, catalog: int, *, money: bool) -> tuple[list[Order], list[Order]]:
        """Return the worst orders of a catalog, at most ``MAX_WORST``: what loses most by it, and the emptiest."""
        losing: list[Order] = []
        if catalog:
            pair = self.pairs[catalog - 1]
            losing = (pair.costlier if money else pair.larger).orders()
        known = {signature(order) for order in losing}
        rest = [order for order in self.catalogs[catalog].emptiest.orders() if signature(order) not in known]
        return losing, rest[: MAX_WORST - len(losing)]
