"""Exact partition of small orders: every way to split the units over parcels, by dynamic programming."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from boxwright.packing.problem import Ints
from boxwright.selection.model import PackedBox, Price, add
from boxwright.selection.single import SingleOutcome

Counts = tuple[int, ...]
"""How many units of each kind."""

MOST_SUBSETS = 128
"""Largest number of distinct sub-multisets of units for which all partitions are weighed."""


def subset_count(kinds: Ints) -> int:
    """Return how many distinct sub-multisets units or bundles of the given kinds have, the empty one included."""
    subsets = 1
    for count in Counter(kinds.tolist()).values():
        subsets *= count + 1
    return subsets


@dataclass(frozen=True)
class Partition:
    """The best split of some units over parcels.

    Attributes
    ----------
    parcels : list of PackedBox
        The cheapest that was found.
    bound : Price
        No split is cheaper: the sum over the best split where each parcel counts at the cheapest box type that was
        not refused. It equals the price of ``parcels`` where nothing cheaper stayed open.
    """

    parcels: list[PackedBox]
    bound: Price


def best_partition(
    bundles: Sequence[Ints], kinds: Ints, single: Callable[[Ints], SingleOutcome], *, monotone: bool
) -> Partition | None:
    """Return the cheapest partition of bundles over parcels, or None if some bundle found no parcel.

    Parameters
    ----------
    bundles : sequence of int64 arrays
        Units that go together; most bundles are of one unit.
    kinds : int64, (n,)
        Kind of each bundle: same number, same units in all respects. Bundles of several units are of a kind of their
        own; units of one kind follow each other.
    single : callable
        The single-parcel search of some units.
    monotone : bool
        Whether units that no box takes are not taken with more units either: then those are not tried.
    """
    by_kind = by_kinds(bundles, kinds)
    whole = tuple(len(each) for each in by_kind)
    found: dict[Counts, PackedBox] = {}
    best: dict[Counts, tuple[Price, list[Counts]]] = {}
    least: dict[Counts, Price] = {}
    bound: dict[Counts, Price] = {}
    for counts in sorted(itertools.product(*(range(count + 1) for count in whole)), key=lambda each: (sum(each), each)):
        if not any(counts):
            continue
        if not monotone or all(sum(fewer) == 0 or fewer in least for fewer in one_fewer(counts)):
            outcome = single(units_of(by_kind, (0,) * len(whole), counts))
            if outcome.least is not None:
                least[counts] = bound[counts] = outcome.least
            if outcome.found is not None:
                found[counts] = outcome.found
                best[counts] = outcome.found.price, [counts]
        for part, rest in splits_of(counts):
            if part not in least:
                continue
            if rest in bound:
                sum_least = add([least[part], bound[rest]])
                bound[counts] = min(bound.get(counts, sum_least), sum_least)
            if part in found and rest in best:
                price = add([found[part].price, best[rest][0]])
                if counts not in best or price < best[counts][0]:
                    best[counts] = price, [part, *best[rest][1]]
    if whole not in best:
        return None
    return Partition(stand_in(by_kind, [(part, found[part]) for part in best[whole][1]]), bound[whole])


def by_kinds(bundles: Sequence[Ints], kinds: Ints) -> list[list[Ints]]:
    """Return the bundles of each kind."""
    return [
        [bundle for bundle, own in zip(bundles, kinds.tolist(), strict=True) if own == kind]
        for kind in np.unique(kinds).tolist()
    ]


def stand_in(by_kind: list[list[Ints]], split: Sequence[tuple[Counts, PackedBox]]) -> list[PackedBox]:
    """Return the parcels of a split with units of their own: each was packed with the first of every kind."""
    parcels = []
    used = (0,) * len(by_kind)
    for part, packed in split:
        firsts = units_of(by_kind, (0,) * len(by_kind), part)
        real = dict(zip(firsts.tolist(), units_of(by_kind, used, part).tolist(), strict=True))
        chosen = np.array([real[member] for member in packed.members.tolist()], dtype=np.int64)
        parcels.append(replace(packed, members=chosen))
        used = tuple(before + taken for before, taken in zip(used, part, strict=True))
    return parcels


def one_fewer(counts: Counts) -> Iterator[Counts]:
    """Yield the counts with one unit less."""
    for kind, count in enumerate(counts):
        if count:
            yield (*counts[:kind], count - 1, *counts[kind + 1 :])


def splits_of(counts: Counts) -> Iterator[tuple[Counts, Counts]]:
    """Yield every way to take a part that holds a unit of the first kind present, and what is left.

    Every partition has such a part, so that only it is varied.
    """
    lead = next(kind for kind, count in enumerate(counts) if count)
    for part in itertools.product(*(range(count + 1) for count in counts)):
        if part[lead] and part != counts:
            yield part, tuple(count - taken for count, taken in zip(counts, part, strict=True))


def units_of(by_kind: list[list[Ints]], used: Counts, counts: Counts) -> Ints:
    """Return the units of ``counts`` bundles of each kind, after those already used."""
    parts = [
        bundle
        for bundles, start, count in zip(by_kind, used, counts, strict=True)
        for bundle in bundles[start : start + count]
    ]
    return np.sort(np.concatenate(parts))
