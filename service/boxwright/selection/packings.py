"""Boxes packed in the course of one search: asked for again and again, packed once, and counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.packing.kernels.places import RULES
from boxwright.packing.packer import ONE_CONSTRUCTION
from boxwright.packing.problem import Ints
from boxwright.packing.question import Question
from boxwright.selection.admission import NO_GROUP
from boxwright.selection.effort import Effort
from boxwright.selection.model import PackedBox, ParcelModel, Price, without
from boxwright.selection.single import Candidate, try_candidate
from boxwright.selection.table import Bools, Conceivable

FEW_UNITS = 150
"""Up to this many units all are offered to a box; of more, those worth trying."""
LARGE_SHARE, SMALL_SHARE = 2.0, 0.5
"""How many times the box's volume of largest and of smallest units are offered to it."""
PLACES_PER_UNIT = 1_000
"""Most places looked at for each unit offered to a box: of a few units all that is of use is soon tried."""
PAIRS_PER_PLACE = 32
"""Pairs of a unit that is offered and one that goes in which count as a place: the first construction is always
finished, however few places are asked for."""
FIRST_SEED, LARGEST_FIRST, MANY_OFFERED = 1, 4, 100
"""Under the load rule so many units are set down by size alone: the first seed sets those that bear a limited load down
last, and most of many units do, so that the largest would come at the end."""
DEAR_RULES = (1, 4)
"""Placement rules that add up what units touch: under the load rule they take many units twice the time, and save no
parcel."""
ROUNDING = 1e-9
"""Taken off a sum of volumes in floats, past any rounding."""
MANY_TOGETHER = 300
"""Of so many units mailers too are passed over where they have not the volume: a price takes long to work out."""
MOST_SPELLED_OUT = 80
"""Bytes of a set's kinds that are kept as they are; of more, a digest."""
MOST_PRICES = 10_000
"""Prices that are kept; of more, those asked for last."""
MOST_OFFERS = 8
"""Most sets of units offered to a box: one per keep-apart value."""
MANY_GROUPED = 300
"""In an order of so many units half of the split groups are taken back at once."""
PROVED = 1 << 60
"""Places after which a refusal would still stand."""


@dataclass(frozen=True)
class _Known:
    """What came of a question with so many places, by positions among the units it was asked of."""

    packed: PackedBox | None
    places: int

    @classmethod
    def of(cls, packed: PackedBox | None, members: Ints, places: int) -> "_Known":
        return cls(packed and replace(packed, members=np.searchsorted(members, packed.members)), places)

    def stand_in(self, members: Ints) -> PackedBox | None:
        """Return the packed box with the units now asked of in the places of those it was packed with."""
        return self.packed and replace(self.packed, members=members[self.packed.members])


class Packings:
    """Packs sets of units of one order into boxes, and remembers what came of it.

    Units of one kind are interchangeable, so an answer serves every set with the same kinds in it. All sets are parts
    of ``members``, int64 (n,), ascending; ``effort`` is that per (units, box type) where none is given; ``spent``
    counts the places asked for so far.
    """

    def __init__(
        self, model: ParcelModel, members: Ints, effort: Effort, places_per_unit: int = PLACES_PER_UNIT
    ) -> None:
        self._places_per_unit = places_per_unit
        self.model = model
        self.effort = effort
        self.spent = 0
        self.conceivable = Conceivable(model, members)
        # Compartments apart, where units measure less.
        open_box = next((box for box in model.box_types() if not box.compartments), None)
        largest = model.protect(members, open_box)
        self._volume = np.zeros(int(members.max(initial=-1)) + 1)
        self._volume[members] = np.array(largest.volumes_um3, dtype=np.float64)
        # Units of groups that must or must not share a parcel are not interchangeable, whatever they measure.
        self._measure = np.zeros(len(self._volume), dtype=np.int64)
        self._measure[members] = self.conceivable.units.kinds
        groups = bool(model.admission.apart_names) or bool((model.admission.together != NO_GROUP).any())
        self._kind = np.arange(len(self._volume)) if groups else self._measure
        self._tried: dict[tuple[bytes, str], _Known] = {}
        self._filled: dict[tuple[bytes, str, int, int], _Known] = {}
        self._prices: dict[tuple[bytes, str], Price] = {}
        self._takes = np.zeros((len(self._volume), len(self.conceivable.boxes)), dtype=np.bool_)
        self._asked = np.zeros(len(self._volume), dtype=np.bool_)

    def volumes_um3(self, members: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        """Return the volume of each unit with its half-gap, float64 (n,)."""
        return self._volume[members]

    def same(self, members: Ints) -> bytes:
        """Return what two sets of units have in common if one can stand in for the other; of many units a digest."""
        kinds = self._kind[members].tobytes()
        return kinds if len(kinds) <= MOST_SPELLED_OUT else blake2b(kinds, digest_size=32).digest()

    def one_of_each(self, members: Ints) -> Ints:
        """Return the first unit of each kind, ascending."""
        return np.sort(members[np.unique(self._kind[members], return_index=True)[1]])

    def takers(self, members: Ints) -> Bools:
        """Return the box types that take each unit alone, bool (n, b); see ``Conceivable``."""
        kinds = self._kind[members]
        for at in np.flatnonzero(~self._asked[kinds]).tolist():
            if not self._asked[kinds[at]]:
                self.model.stop.look()
                self._takes[kinds[at]], self._asked[kinds[at]] = self._those_that_take(int(members[at])), True
        return self._takes[kinds]

    def _those_that_take(self, member: int) -> Bools:
        facts, model, alone = self.conceivable, self.model, np.array([member], dtype=np.int64)
        possible = facts.takers(member)
        if rules := model.admission.refusals(alone):
            admitted = [rules.get(box.box_type_id, rules[""]) is None for box in facts.boxes]
            possible = possible & np.array(admitted, dtype=np.bool_)
        found = np.zeros(len(possible), dtype=np.bool_)
        for some in (possible & ~facts.celled, possible & facts.celled):
            if not some.any():
                continue
            one = model.shapes(alone, model.protect(alone, facts.boxes[int(some.argmax())]))
            unit = one.units[0]
            if facts.celled.any():  # the facts may be of the unit in a compartment, without cushioning
                some = facts.fits(one, some)
            # With the unit in it there is less void fill, and so a higher limit.
            for rank in np.flatnonzero(some & (facts.limits_mg < unit.packed_mg)).tolist():
                limit = model.space(facts.boxes[rank], unit, whole=True, several=False).mass_limit_mg
                some[rank] = unit.packed_mg <= limit
            found |= some
        return found

    def price(self, box: BoxType, members: Ints) -> Price:
        """Return ``model.price``; it is the same for units of the same kinds."""
        key = self.same(members), box.box_type_id
        found = self._prices.get(key)
        if found is None:
            if len(self._prices) >= MOST_PRICES:
                self._prices.clear()
            found = self._prices[key] = self.model.price(box, members)
        return found

    def cheapest(
        self, members: Ints, boxes: Sequence[BoxType], below: Price | None = None, places: int | None = None
    ) -> PackedBox | None:
        """Return the cheapest of ``boxes`` that was found to take all ``members``, for less than ``below``."""
        effort = self.effort if places is None else replace(self.effort, places=places)
        found: PackedBox | None = None
        facts, room = self.conceivable, 0.0
        if facts.units.soft is None:  # soft goods are tried in shapes of their own
            room = facts.volumes_um3[facts.at(members)].sum() * (1 - ROUNDING)
        # What is refused by its volume, or dearer with nothing in it, needs no price.
        many = len(members) >= MANY_TOGETHER
        worth = [
            (rank, box)
            for rank, box in enumerate(boxes)
            if (room <= box.inner_volume_um3 if many else box.has_room(room))
            and (below is None or self.model.lower_bound(box) < below)
        ]
        ranked = sorted((self.price(box, members), rank) for rank, box in worth)
        for price, rank in ranked:
            self.model.stop.look()
            if below is not None and price >= below:
                break
            packed = self._whole(members, boxes[rank], price, below, effort)
            if packed is not None and (below is None or packed.price < below):
                found, below = packed, packed.price
        return found

    def _whole(
        self, members: Ints, box: BoxType, price: Price, below: Price | None, effort: Effort
    ) -> PackedBox | None:
        # What a mailer costs depends on how it is filled, and so on the limit.
        key = self.same(members), box.box_type_id
        known = None if box.flexible else self._tried.get(key)
        if known is None or (known.packed is None and known.places < effort.places):
            shapes = self.model.shapes(members, self.model.protect(members, box))
            candidate = Candidate(self.model, box, members, shapes, price)
            outcome = try_candidate(candidate, effort, below if box.flexible else None)
            if box.flexible or outcome.left_open:
                self.spent += effort.places
            if box.flexible:
                return outcome.found
            places = PROVED if outcome.found is None and not outcome.left_open else effort.places
            known = self._tried[key] = _Known.of(outcome.found, members, places)
        return known.stand_in(members)

    def fill(self, members: Ints, box: BoxType, places: int | None = None, seed: int = FIRST_SEED) -> PackedBox | None:
        """Pack as much volume of ``members`` into the box as possible and allowed.

        Another ``seed`` looks elsewhere first, so that small efforts find different parcels.
        """
        self.model.stop.look()
        places = self.effort.places if places is None else places

        def freely(some: Ints) -> PackedBox | None:
            return self._fill_with(self.worth_trying(self._light_enough(some, box), box), box, places, seed)

        if not self.model.admission.free:
            return self._fill_admitted(members, box, freely)
        if len(members) > FEW_UNITS:  # what is not offered does not tell one question from another
            members = self.worth_trying(self._light_enough(members, box), box)
        key = self.same(members), box.box_type_id, places, seed
        known = self._filled.get(key)
        if known is None:
            known = _Known.of(freely(members), members, places)
            if seed == FIRST_SEED:  # others are drawn at random and do not come again
                self._filled[key] = known
        return known.stand_in(members)

    def _fill_admitted(self, members: Ints, box: BoxType, fill: Callable[[Ints], PackedBox | None]) -> PackedBox | None:
        """Pack as much volume of ``members`` into the box as may share a parcel, keep-together groups whole."""
        admission = self.model.admission
        volumes = dict(zip(members.tolist(), self.model.protect(members, box).volumes_um3, strict=True))

        def fullest(offers: list[Ints], *known: PackedBox) -> PackedBox | None:
            tried = (without_split_groups(self.model, offer, fill, volumes) for offer in offers)
            found = [*known, *(packed for packed in tried if packed is not None)]
            return max(found, key=lambda packed: sum(map(volumes.__getitem__, packed.members.tolist())), default=None)

        offers = admission.offers(members, MOST_OFFERS, box.box_type_id)
        best = fullest(offers)
        if best is None:
            return None
        # What was offered and found no place made room under the caps for others.
        wider = admission.widened(np.sort(best.members), members, box.box_type_id)
        known = any(np.array_equal(wider, offer) for offer in offers)
        return best if known else fullest([wider], best)

    def fill_soon(self, members: Ints, box: BoxType) -> PackedBox | None:
        """Pack units into the box by one construction, without asking first which of them fit it alone."""
        if not self.model.admission.free:
            return self.fill(members, box, ONE_CONSTRUCTION)
        return self._fill_with(self._few(self._light_enough(members, box), box), box, ONE_CONSTRUCTION, FIRST_SEED)

    def _fill_with(self, members: Ints, box: BoxType, places: int, seed: int) -> PackedBox | None:
        """Pack as much volume as possible of the units that are offered."""
        if not len(members):
            return None
        model, several = self.model, self.model.admission.several(members)
        shapes = model.shapes(members, model.protect(members, box))
        places = min(places, self._places_per_unit * len(members))
        if model.rules.bearing and len(members) >= MANY_OFFERED:
            if seed == FIRST_SEED:
                seed = LARGEST_FIRST
            while (seed - 1) % RULES in DEAR_RULES:  # a seed begins with the rule of its number less one
                seed += 1
        # Shapes of soft goods and filled heights of a mailer share the effort.
        forms = [
            (units, space)
            for units in shapes.units
            for space in model.fillings(box, units, whole=False, several=several).spaces
        ]
        found = []
        for units, space in forms:
            effort = places // len(forms)
            question = Question(units, space, model.rules, whole=False, effort=effort, seed=seed, stop=model.stop)
            if (layout := model.packer.ask(question).layout) is not None:
                found.append(layout)
        volumes = shapes.units[0].volumes_um3
        fullest = max(found, key=lambda layout: sum(map(volumes.__getitem__, layout.units.tolist())), default=None)
        self.spent += max(places, 0 if fullest is None else len(members) * len(fullest) // PAIRS_PER_PLACE)
        if fullest is None or model.too_loose(box, members[fullest.units]):
            return None
        return PackedBox.of(model, box, members, fullest)

    def _light_enough(self, members: Ints, box: BoxType) -> Ints:
        """Return the units that may go into a box in company; all where they would be no company."""
        limited = self.model.for_several(box)
        if limited is box or not self.model.admission.several(members):
            return members
        return members[self.conceivable.units.mass_mg[self.conceivable.at(members)] <= (limited.max_load_mg or 0)]

    def worth_trying(self, members: Ints, box: BoxType) -> Ints:
        """Return units that fit the box alone, and at most a few times its volume."""
        return self._few(members[self.takers(members)[:, self.conceivable.rank[box.box_type_id]]], box)

    def _few(self, members: Ints, box: BoxType) -> Ints:
        """Return at most a few times the box's volume of units: largest first, then smallest."""
        if len(members) <= FEW_UNITS:
            return members
        measures = self._measure[members]
        volumes = self._volume[members]
        whole = float(box.inner_volume_um3)
        chosen = volumes.cumsum() <= LARGE_SHARE * whole
        chosen |= volumes[::-1].cumsum()[::-1] <= SMALL_SHARE * whole
        # Of each kind no more than the box's volume holds.
        rank = np.arange(len(members)) - np.searchsorted(measures, measures)
        chosen &= (rank + 1) * volumes <= whole
        return members[chosen]


def without_split_groups(
    model: ParcelModel, offer: Ints, fill: Callable[[Ints], PackedBox | None], volumes: dict[int, int]
) -> PackedBox | None:
    """Fill a box from an offer; take back the split group of which least went in; fill again until no group is split.

    In an order of many units that is the half of them of which least went in.
    """
    many = len(model.admission.together) >= MANY_GROUPED
    while len(offer):
        model.stop.look()
        packed = fill(offer)
        if packed is None:
            return None
        inside = set(packed.members.tolist())
        split = model.admission.split_groups(packed.members, offer)
        if not split:
            return packed
        split.sort(key=lambda group: sum(volumes[each] for each in group.tolist() if each in inside))
        least = split[: -(-len(split) // 2)] if many else split[:1]
        offer = without(offer, np.sort(np.concatenate(least)))
    return None
