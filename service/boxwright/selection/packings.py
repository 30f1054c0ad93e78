"""Packs parts of an order into boxes, remembers the answers, and counts the effort."""

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
"""Up to this number of units, all are offered to a box; with more units, a selection is offered."""
LARGE_SHARE, SMALL_SHARE = 2.0, 0.5
"""Volume of the largest and of the smallest units in a selection, as multiples of the box."""
PLACES_PER_UNIT = 1_000
"""Maximum effort per unit offered to a box, in places: a few units have only a few useful layouts."""
PAIRS_PER_PLACE = 32
"""Number of pairs of an offered and a packed unit that count as one place. They measure the first construction, which
is finished even if the effort is smaller."""
FIRST_SEED, LARGEST_FIRST, MANY_OFFERED = 1, 4, 100
"""Under the load rule, ``FIRST_SEED`` places units with a load limit last. In large orders most units have a limit, so
for ``MANY_OFFERED`` or more units ``LARGEST_FIRST`` is used instead, which places units by size alone."""
DEAR_RULES = (1, 4)
"""Placement rules that sum contacts. Under the load rule they double the time for many units and save no parcel."""
ROUNDING = 1e-9
"""Relative tolerance of a sum of volumes in floats."""
MANY_TOGETHER = 300
"""From this number of units on, mailers of too little volume are skipped too, since pricing them takes long."""
MOST_SPELLED_OUT = 80
"""Maximum length of a key in bytes; longer keys are replaced by a digest."""
MOST_PRICES = 10_000
"""Maximum number of prices that are remembered."""
MOST_OFFERS = 8
"""Maximum number of sets of units offered to a box, one per keep-apart group."""
MANY_GROUPED = 300
"""With this number of units or more, half of the split keep-together groups are withdrawn at the same time."""
PROVED = 1 << 60
"""Effort recorded for a proved refusal: no larger effort changes it."""


@dataclass(frozen=True)
class _Known:
    """An answer found with ``places`` of effort; its members are positions among the units of the question."""

    packed: PackedBox | None
    places: int

    @classmethod
    def of(cls, packed: PackedBox | None, members: Ints, places: int) -> "_Known":
        return cls(packed and replace(packed, members=np.searchsorted(members, packed.members)), places)

    def stand_in(self, members: Ints) -> PackedBox | None:
        """Return the packed box with the interchangeable ``members`` in place of its units."""
        return self.packed and replace(self.packed, members=members[self.packed.members])


class Packings:
    """Packs subsets of ``members``, int64 (n,), ascending, into boxes, and remembers the answers.

    Units of a kind are interchangeable, so an answer applies to every set with the same kinds. ``effort`` is the
    default per (units, box type); ``spent`` is the number of places used so far.
    """

    def __init__(
        self, model: ParcelModel, members: Ints, effort: Effort, places_per_unit: int = PLACES_PER_UNIT
    ) -> None:
        self._places_per_unit = places_per_unit
        self.model = model
        self.effort = effort
        self.spent = 0
        self.conceivable = Conceivable(model, members)
        # In compartments units are smaller, because they have no gaps.
        open_box = next((box for box in model.box_types() if not box.compartments), None)
        largest = model.protect(members, open_box)
        self._volume = np.zeros(int(members.max(initial=-1)) + 1)
        self._volume[members] = np.array(largest.volumes_um3, dtype=np.float64)
        # With keep-together or keep-apart groups no two units are interchangeable.
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
        """Return the volume of the envelope of each unit, float64 (n,)."""
        return self._volume[members]

    def same(self, members: Ints) -> bytes:
        """Return a key that is equal for interchangeable sets of units."""
        kinds = self._kind[members].tobytes()
        return kinds if len(kinds) <= MOST_SPELLED_OUT else blake2b(kinds, digest_size=32).digest()

    def one_of_each(self, members: Ints) -> Ints:
        """Return the first unit of each kind, ascending."""
        return np.sort(members[np.unique(self._kind[members], return_index=True)[1]])

    def suitable(self, members: Ints) -> Bools:
        """Return, by unit and box type (``Conceivable.boxes``), whether the box takes the unit alone, bool (n, b)."""
        kinds = self._kind[members]
        for at in np.flatnonzero(~self._asked[kinds]).tolist():
            if not self._asked[kinds[at]]:
                self.model.stop.look()
                self._takes[kinds[at]], self._asked[kinds[at]] = self._those_that_take(int(members[at])), True
        return self._takes[kinds]

    def _those_that_take(self, member: int) -> Bools:
        facts, model, alone = self.conceivable, self.model, np.array([member], dtype=np.int64)
        possible = facts.suitable(member)
        if rules := model.admission.refusals(alone):
            admitted = [rules.get(box.box_type_id, rules[""]) is None for box in facts.boxes]
            possible = possible & np.array(admitted, dtype=np.bool_)
        found = np.zeros(len(possible), dtype=np.bool_)
        for some in (possible & ~facts.celled, possible & facts.celled):
            if not some.any():
                continue
            one = model.shapes(alone, model.protect(alone, facts.boxes[int(some.argmax())]))
            unit = one.units[0]
            # The facts assume the smallest size that the unit has in any box, which may be its size in a compartment.
            if facts.celled.any():
                some = facts.fits(one, some)
            # The unit displaces void fill, so the limit for it is higher.
            for rank in np.flatnonzero(some & (facts.limits_mg < unit.packed_mg)).tolist():
                limit = model.space(facts.boxes[rank], unit, whole=True, several=False).mass_limit_mg
                some[rank] = unit.packed_mg <= limit
            found |= some
        return found

    def price(self, box: BoxType, members: Ints) -> Price:
        """Return ``model.price`` of units without a layout; prices are remembered by the kinds of the units."""
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
        """Return the cheapest parcel of all ``members`` found in one of ``boxes`` for less than ``below``, or None."""
        effort = self.effort if places is None else replace(self.effort, places=places)
        found: PackedBox | None = None
        facts, room = self.conceivable, 0.0
        if facts.units.soft is None:  # soft goods have several shapes
            room = facts.volumes_um3[facts.at(members)].sum() * (1 - ROUNDING)
        # Boxes that are too small, or too expensive even when empty, need no price.
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
        # The price of a mailer depends on the layout. So the answer depends on ``below`` and is not remembered.
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
        """Pack as much volume of ``members`` into the box as possible and allowed; None if nothing goes in.

        Every ``seed`` starts differently, so small efforts find different parcels.
        """
        self.model.stop.look()
        places = self.effort.places if places is None else places

        def freely(some: Ints) -> PackedBox | None:
            return self._fill_with(self.worth_trying(self._light_enough(some, box), box), box, places, seed)

        if not self.model.admission.free_in(box.box_type_id):
            return self._fill_admitted(members, box, freely)
        if len(members) > FEW_UNITS:  # the key has only the units that are offered
            members = self.worth_trying(self._light_enough(members, box), box)
        key = self.same(members), box.box_type_id, places, seed
        known = self._filled.get(key)
        if known is None:
            known = _Known.of(freely(members), members, places)
            if seed == FIRST_SEED:  # questions with other seeds are not repeated
                self._filled[key] = known
        return known.stand_in(members)

    def _fill_admitted(self, members: Ints, box: BoxType, fill: Callable[[Ints], PackedBox | None]) -> PackedBox | None:
        """Pack as much volume of ``members`` as the admission rules allow, offering sets of them to ``fill``."""
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
        # Offered units that did not go in leave other units room under the caps.
        wider = admission.widened(np.sort(best.members), members, box.box_type_id)
        known = any(np.array_equal(wider, offer) for offer in offers)
        return best if known else fullest([wider], best)

    def fill_soon(self, members: Ints, box: BoxType) -> PackedBox | None:
        """Pack units into the box by one construction, without testing which of them fit alone."""
        if not self.model.admission.free_in(box.box_type_id):
            return self.fill(members, box, ONE_CONSTRUCTION)
        return self._fill_with(self._few(self._light_enough(members, box), box), box, ONE_CONSTRUCTION, FIRST_SEED)

    def _fill_with(self, members: Ints, box: BoxType, places: int, seed: int) -> PackedBox | None:
        if not len(members):
            return None
        model, several = self.model, self.model.admission.several(members)
        shapes = model.shapes(members, model.protect(members, box))
        places = min(places, self._places_per_unit * len(members))
        if model.rules.bearing and len(members) >= MANY_OFFERED:
            if seed == FIRST_SEED:
                seed = LARGEST_FIRST
            while (seed - 1) % RULES in DEAR_RULES:  # seed s starts with rule s - 1
                seed += 1
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
        """Return the units that are light enough to share a box; all of them if they are a single unit or group."""
        limited = self.model.for_several(box)
        if limited is box or not self.model.admission.several(members):
            return members
        return members[self.conceivable.units.mass_mg[self.conceivable.at(members)] <= (limited.max_load_mg or 0)]

    def worth_trying(self, members: Ints, box: BoxType) -> Ints:
        """Return units that fit the box alone, at most a few times the volume of the box."""
        return self._few(members[self.suitable(members)[:, self.conceivable.rank[box.box_type_id]]], box)

    def _few(self, members: Ints, box: BoxType) -> Ints:
        """Return the largest and the smallest of the units, at most a few times the volume of the box."""
        if len(members) <= FEW_UNITS:
            return members
        measures = self._measure[members]
        volumes = self._volume[members]
        whole = float(box.inner_volume_um3)
        chosen = volumes.cumsum() <= LARGE_SHARE * whole
        chosen |= volumes[::-1].cumsum()[::-1] <= SMALL_SHARE * whole
        # No more units of a kind than the volume of the box holds.
        rank = np.arange(len(members)) - np.searchsorted(measures, measures)
        chosen &= (rank + 1) * volumes <= whole
        return members[chosen]


def without_split_groups(
    model: ParcelModel, offer: Ints, fill: Callable[[Ints], PackedBox | None], volumes: dict[int, int]
) -> PackedBox | None:
    """Fill a box from an offer of units, and withdraw keep-together groups until none is split.

    After each filling, the split group with the least volume in the box is withdrawn, or half of the split groups if
    units are many.
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
        split.sort(key=lambda group: sum(volumes[unit] for unit in group.tolist() if unit in inside))
        least = split[: -(-len(split) // 2)] if many else split[:1]
        offer = without(offer, np.sort(np.concatenate(least)))
    return None
