"""The best split of few units where boxes run short or parcels are limited: exact over what was packed."""

import itertools
import math
import operator
from collections.abc import Callable, Mapping, Sequence

from boxwright.packing.problem import Ints
from boxwright.selection.model import PackedBox, Price, add
from boxwright.selection.partition import Counts, by_kinds, splits_of, stand_in, units_of
from boxwright.stop import NEVER, Stop

MOST_STATES = 400
"""Most ways to have used boxes and parcels that are kept side by side for some units; beyond it there is no answer."""

Used = tuple[int, ...]
"""Parcels, then boxes of each scarce type."""
Entry = tuple[Price, list[tuple[Counts, PackedBox]]]
"""A price, and the parcels that come to it."""


def best_within(
    bundles: Sequence[Ints],
    kinds: Ints,
    options: Callable[[Ints], Sequence[PackedBox]],
    stock: Mapping[str, int],
    max_parcels: float = math.inf,
    stop: Stop = NEVER,
) -> list[PackedBox] | None:
    """Return the cheapest split of bundles over parcels that keeps to the limits, or None if none was found.

    Where no split of all was found, it is that of most units.

    Parameters
    ----------
    bundles, kinds
        As for ``partition.best_partition``.
    options : callable
        The parcels that some units may make up: the cheapest of a box type that never runs short, and one of each
        scarce type that is cheaper.
    stock : mapping of str to int
        Boxes there are of each scarce type, by id.
    max_parcels : float
        Most parcels.
    stop : Stop, optional
        Ends it with a SearchEndedError. Default: nothing does.
    """
    by_kind = by_kinds(bundles, kinds)
    whole = tuple(len(each) for each in by_kind)
    scarce = {box_type_id: place for place, box_type_id in enumerate(stock, 1)}
    most = (max_parcels, *stock.values())
    parts: dict[Counts, list[tuple[Used, PackedBox]]] = {}
    best: dict[Counts, dict[Used, Entry]] = {}
    for counts in sorted(itertools.product(*(range(count + 1) for count in whole)), key=lambda each: (sum(each), each)):
        if not any(counts):
            continue
        parts[counts] = [
            (_use(scarce.get(packed.box.box_type_id), len(most)), packed)
            for packed in options(units_of(by_kind, (0,) * len(whole), counts))
        ]
        found: dict[Used, Entry] = {used: (packed.price, [(counts, packed)]) for used, packed in parts[counts]}
        for part, rest in splits_of(counts):
            stop.look()
            for (one, packed), (others, (price, split)) in itertools.product(parts[part], best[rest].items()):
                used = tuple(first + second for first, second in zip(one, others, strict=True))
                if all(count <= limit for count, limit in zip(used, most, strict=True)):
                    total = add([packed.price, price])
                    if used not in found or total < found[used][0]:
                        found[used] = total, [(part, packed), *split]
        best[counts] = _undominated(found)
        if len(best[counts]) > MOST_STATES:
            return None
    sizes = [len(bundles[0]) for bundles in by_kind]
    ranked = sorted((-sum(map(operator.mul, counts, sizes)), counts) for counts, found in best.items() if found)
    if not ranked:
        return None
    most_units = ranked[0][0]
    ways = [each for units, counts in ranked if units == most_units for each in best[counts].values()]
    return stand_in(by_kind, min(ways, key=lambda each: each[0])[1])


def _use(place: int | None, size: int) -> Used:
    return tuple(int(at in (0, place)) for at in range(size))


def _undominated(found: dict[Used, Entry]) -> dict[Used, Entry]:
    """Leave out what costs no less than another that uses no more."""
    kept: dict[Used, Entry] = {}
    for used, entry in sorted(found.items(), key=lambda each: (each[1][0], each[0])):
        if not any(all(one <= two for one, two in zip(other, used, strict=True)) for other in kept):
            kept[used] = entry
    return kept
