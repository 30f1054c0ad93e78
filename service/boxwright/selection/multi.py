"""Multi-parcel search: exact over partitions of small orders; else construct parcels and repack groups of them."""

import itertools
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.packing.problem import Ints, Layout, Packer, Units
from boxwright.selection.admission import bundle_kinds
from boxwright.selection.effort import Effort
from boxwright.selection.filling import fill_admitted
from boxwright.selection.forms import fits_alone
from boxwright.selection.model import PackedBox, ParcelModel, Price, Shapes, add
from boxwright.selection.partition import MOST_SUBSETS, Partition, best_partition, subset_count
from boxwright.selection.single import SingleOutcome, search_single

BOXES_PER_PARCEL = 4
"""How many box types, largest first, compete for each parcel of the construction."""
GROUP_SIZES = (2, 3)
"""How many parcels are repacked together, into two at most."""
EFFORT_SHARE = 8
"""A parcel of several is searched with the effort per (units, box type) divided by this."""
FEW_UNITS = 150
"""Up to this many units all are offered to a box; of more, those worth trying."""
LARGE_SHARE, SMALL_SHARE = 2.0, 0.5
"""How many times the box's volume of largest and of smallest units are offered to it."""
MOST_COMBINATIONS = 20_000
"""Combinations of box types, times their boxes, listed for a bound; beyond it there is none."""


class MultiSearch:
    """Packs units that no single box takes.

    Parameters
    ----------
    model, packer
        Rules and prices; the engine.
    effort : Effort
        Counted effort; a parcel of several gets a share of it.

    Attributes
    ----------
    bound : Price or None
        After ``run``: no plan of these units is cheaper, as far as all partitions were weighed; else None.
    """

    def __init__(self, model: ParcelModel, packer: Packer, effort: Effort) -> None:
        self._model = model
        self._packer = packer
        self._effort = effort.scaled(parts=EFFORT_SHARE)
        self._repacks = effort.repacks
        self.bound: Price | None = None

    def run(self, members: Ints, whole: SingleOutcome) -> list[PackedBox]:
        """Return parcels for as many units as possible.

        Parameters
        ----------
        members : int64, (n,)
            Units, each of which fits some box alone.
        whole : SingleOutcome
            What the single-parcel search of all of them came to.
        """
        exact = self._partition(members, whole, in_stock(self._model.candidates(), []))
        if exact is not None:
            self.bound = exact.bound
            if self._enough(exact.parcels):
                return exact.parcels
        return self._improve(self._construct(members))

    def _cheapest(self, members: Ints, boxes: Sequence[BoxType], below: Price | None = None) -> PackedBox | None:
        return search_single(self._model, self._packer, members, boxes, self._effort, below).found

    def _partition(self, members: Ints, whole: SingleOutcome, stock: Sequence[BoxType]) -> Partition | None:
        """Return the best partition of few units; None if they are many."""
        bundles = self._model.admission.bundles(members)
        kinds = bundle_kinds(bundles, members, self._model.protect(members).kinds)
        if subset_count(kinds) > MOST_SUBSETS:
            return None
        return best_partition(
            bundles,
            kinds,
            lambda some: (
                whole
                if len(some) == len(members)
                else search_single(self._model, self._packer, some, stock, self._effort)
            ),
            monotone=self._model.monotone,
        )

    def _enough(self, parcels: list[PackedBox]) -> bool:
        """Whether there are as many boxes of each type as the parcels use."""
        used = Counter(parcel.box.box_type_id for parcel in parcels)
        stock = {parcel.box.box_type_id: parcel.box.available for parcel in parcels}
        return all(available is None or used[box] <= available for box, available in stock.items())

    def _construct(self, members: Ints) -> list[PackedBox]:
        parcels: list[PackedBox] = []
        left = members
        while len(left):
            stock = in_stock(self._model.candidates(), parcels)
            finish = self._cheapest(left, stock)
            if finish is not None:
                return [*parcels, finish]
            # A box that bears too little beside the dunnage of many units may still take one.
            fullest = self._fullest(left, stock) or self._first_alone(left, stock)
            if fullest is None:
                break
            parcels.append(fullest)
            left = _without(left, fullest)
        return parcels

    def _fullest(self, left: Ints, stock: Sequence[BoxType]) -> PackedBox | None:
        """Return the parcel that takes most volume, in a box that takes the unit which fits the fewest boxes."""
        units = self._model.protect(left, any_subset=True)
        takers = sorted(self._takers_of_hardest(left, units, stock), key=lambda box: -box.inner_volume_um3)
        filled = [self._fill(left, box) for box in takers[:BOXES_PER_PARCEL]]
        volume = dict(zip(left.tolist(), units.volumes_um3, strict=True))
        return max(
            (parcel for parcel in filled if parcel is not None),
            key=lambda parcel: sum(volume[member] for member in parcel.members.tolist()),
            default=None,
        )

    def _first_alone(self, left: Ints, stock: Sequence[BoxType]) -> PackedBox | None:
        """Return a parcel of the first bundle of units, in canonical order, that some box takes alone."""
        bundles = self._model.admission.bundles(left)
        kinds = bundle_kinds(bundles, left, self._model.protect(left).kinds)
        for first in np.sort(np.unique(kinds, return_index=True)[1]).tolist():
            alone = self._cheapest(bundles[first], stock)
            if alone is not None:
                return alone
        return None

    def _takers_of_hardest(self, left: Ints, units: Units, stock: Sequence[BoxType]) -> list[BoxType]:
        fewest: list[BoxType] = []
        _, firsts = np.unique(units.kinds, return_index=True)
        for first in firsts.tolist():
            one = self._model.shapes(left[first : first + 1], units.take(np.array([first])))
            takers = [box for box in stock if self._takes(box, one)]
            if takers and (not fewest or len(takers) < len(fewest)):
                fewest = takers
        return fewest

    def _takes(self, box: BoxType, one: Shapes) -> bool:
        limit = self._model.space(box, one.units[0], whole=True).mass_limit_mg
        return one.units[0].packed_mg <= limit and may_go_in(self._model, box, one)

    def _fill(self, members: Ints, box: BoxType) -> PackedBox | None:
        """Pack as much volume of ``members`` into the box as possible and allowed."""
        if self._model.admission.free:
            return self._fill_freely(members, box)
        return fill_admitted(self._model, self._packer, members, box, self._effort.places, self._fill_freely)

    def _fill_freely(self, members: Ints, box: BoxType) -> PackedBox | None:
        """Pack as much volume of ``members`` into the box as possible, whatever the company."""
        members = self._worth_trying(members, box)
        units = self._model.protect(members, any_subset=True)
        layout = self._fullest_layout(self._model.shapes(members, units), box)
        if layout is None:
            return None
        packed = PackedBox.of(self._model, box, members, layout)
        inside = np.sort(packed.members)
        if np.array_equal(self._model.protect(inside).edges_um, units.edges_um[np.sort(layout.units)]):
            return packed
        # The goods of this parcel need less cushioning than those of a lighter one: pack them as they are.
        return self._cheapest(inside, [box]) or packed

    def _fullest_layout(self, shapes: Shapes, box: BoxType) -> Layout | None:
        """Pack as much volume as possible; shapes of soft goods and filled heights of a mailer share the effort."""
        model = self._model
        volumes = shapes.units[0].volumes_um3
        if box.flexible:
            forms = [(each, space) for each in shapes.units for space in model.fillings(box, each, whole=False).spaces]
        else:
            space = model.space(box, shapes.units[0], whole=False)
            forms = [(each, space) for each in shapes.units]
        best: Layout | None = None
        most = 0
        for units, space in forms:
            effort = self._effort.scaled(parts=len(forms)).places
            layout = self._packer.pack(units, space, model.rules, whole=False, effort=effort)
            if layout is not None:
                volume = sum(volumes[unit] for unit in layout.units.tolist())
                if volume > most:
                    best, most = layout, volume
        return best

    def _worth_trying(self, members: Ints, box: BoxType) -> Ints:
        """Return at most so many units that their volume is a few times the box's: largest first, then smallest."""
        if len(members) <= FEW_UNITS:
            return members
        units = self._model.protect(members, any_subset=True)
        volumes = np.array(units.volumes_um3, dtype=np.float64)
        whole = float(box.inner_volume_um3)
        chosen = volumes.cumsum() <= LARGE_SHARE * whole
        chosen |= volumes[::-1].cumsum()[::-1] <= SMALL_SHARE * whole
        # Of each kind no more than the box's volume holds.
        rank = np.arange(len(members)) - np.searchsorted(units.kinds, units.kinds)
        chosen &= (rank + 1) * volumes <= whole
        return members[chosen]

    def _improve(self, parcels: list[PackedBox]) -> list[PackedBox]:
        improved = True
        while improved:
            improved = False
            # The emptiest boxes first: there is most to win, and the number of groups tried is limited.
            parcels = sorted(parcels, key=lambda parcel: (self._filled(parcel), int(parcel.members.min())))
            for size in GROUP_SIZES:
                for group in itertools.combinations(range(len(parcels)), size):
                    if self._repacks <= 0:
                        return parcels
                    rest = [parcel for index, parcel in enumerate(parcels) if index not in group]
                    better = self._repack([parcels[index] for index in group], rest)
                    if better is not None:
                        parcels = rest + better
                        improved = True
                        break
                if improved:
                    break
        return parcels

    @staticmethod
    def _filled(parcel: PackedBox) -> float:
        """Share of the box's volume that its envelopes take."""
        extents = parcel.corners_um[:, 3:] - parcel.corners_um[:, :3]
        return float(extents.astype(np.float64).prod(axis=1).sum() / parcel.box.inner_volume_um3)

    def _repack(self, group: list[PackedBox], rest: list[PackedBox]) -> list[PackedBox] | None:
        """Return cheaper parcels, two at most, for the units of a group, or None."""
        members = np.sort(np.concatenate([parcel.members for parcel in group]))
        stock = in_stock(self._model.candidates(), rest)
        price = add([parcel.price for parcel in group])
        self._repacks -= 1
        one = self._cheapest(members, stock, below=price)
        if one is not None:
            return [one]
        best: list[PackedBox] | None = None
        for box in stock:
            if self._repacks <= 0:
                break
            least = self._model.lower_bound(box)
            if least >= price:
                continue
            self._repacks -= 1
            first = self._fill(members, box)
            if first is None:
                continue
            left = _without(members, first)
            if not len(left):
                return [first] if first.price < price else best
            more = in_stock(self._model.candidates(), [*rest, first])
            second = self._cheapest(left, more, below=_less(price, first.price))
            if second is not None and (total := add([first.price, second.price])) < price:
                best, price = [first, second], total
        return best


def _less(price: Price, part: Price) -> Price:
    """Return what a second parcel must be priced below, part by part."""
    return tuple(whole - taken for whole, taken in zip(price, part, strict=True))


def in_stock(boxes: Sequence[BoxType], used: Sequence[PackedBox]) -> tuple[BoxType, ...]:
    """Return the box types of which one more is available."""
    count = Counter(parcel.box.box_type_id for parcel in used)
    return tuple(box for box in boxes if box.available is None or count[box.box_type_id] < box.available)


def cheaper_combinations(
    model: ParcelModel, members: Ints, stock: Sequence[BoxType], size: int, price: Price
) -> list[tuple[BoxType, ...]] | None:
    """Return the combinations of ``size`` boxes that could hold the units for less than ``price``, cheapest first.

    None where there are too many to list.

    Left out are only combinations that cannot: too small or too weak in sum, more of a box type than there are, or
    with a unit that fits none of their boxes.
    """
    if math.comb(len(stock) + size - 1, size) * size > MOST_COMBINATIONS:
        return None
    units = model.protect(members)
    # Dunnage only adds to what a box must bear, so limits without it exclude nothing that is possible.
    limits = {box.box_type_id: float("inf") if box.max_load_mg is None else box.max_load_mg for box in stock}
    useful = [box for box in stock if limits[box.box_type_id] >= 0]
    bound = {box.box_type_id: model.lower_bound(box) for box in useful}
    _, firsts = np.unique(units.kinds, return_index=True)
    takers = [
        {
            box.box_type_id
            for box in useful
            if one.units[0].total_mg <= limits[box.box_type_id] and may_go_in(model, box, one)
        }
        for one in (
            model.shapes(members[first : first + 1], units.take(np.array([first]))) for first in firsts.tolist()
        )
    ]
    found: list[tuple[Price, tuple[BoxType, ...]]] = []
    for boxes in itertools.combinations_with_replacement(useful, size):
        least = add([bound[box.box_type_id] for box in boxes])
        if least >= price:
            continue
        if sum(box.inner_volume_um3 for box in boxes) < units.volume_um3:
            continue
        if sum(limits[box.box_type_id] for box in boxes) < units.total_mg:
            continue
        ids = {box.box_type_id for box in boxes}
        if any(not (ids & each) for each in takers):
            continue
        if any(box.available is not None and boxes.count(box) > box.available for box in set(boxes) if box.available):
            continue
        found.append((least, boxes))
    found.sort(key=lambda entry: (entry[0], [box.box_type_id for box in entry[1]]))
    return [boxes for _, boxes in found]


def may_go_in(model: ParcelModel, box: BoxType, one: Shapes) -> bool:
    """Whether a unit goes into a box in some shape; of a mailer, into what encloses all that it can hold."""
    return not one.every or any(fits_alone(model, box, each) for each in one.units)


def _without(members: Ints, parcel: PackedBox) -> Ints:
    return np.setdiff1d(members, parcel.members, assume_unique=True)
