"""The search for one order: a single parcel first, then several, with a certificate."""

import dataclasses
import itertools
from collections.abc import Sequence

from boxwright.domain.plan import OpenCandidate, ProofScope
from boxwright.domain.policy import SolvingMode
from boxwright.errors import SearchEndedError
from boxwright.packing.kernels import MANY_UNITS
from boxwright.packing.own import worth_blocks
from boxwright.packing.problem import Ints
from boxwright.selection.bounds import boxes_bound
from boxwright.selection.effort import EFFORT, up_to
from boxwright.selection.model import PackedBox, ParcelModel, Price, cushioning_in
from boxwright.selection.multi import MultiSearch
from boxwright.selection.outcome import Outcome, left_of, total
from boxwright.selection.single import search_single
from boxwright.selection.stock import enough

UNITS_SQUARED_PER_TIME = 16
"""If one parcel is allowed, its effort is multiplied by the square of the number of units, divided by this."""


class OrderSearch:
    """Packs ``members`` into one box if any takes them, otherwise into several.

    Parameters
    ----------
    members : int64, (n,)
        Units; each fits some box alone.
    mode : SolvingMode
        Sets the effort.
    fewest_first : bool
        Whether the first objective is the number of parcels. If it is, a proof among single boxes holds for all plans.
    max_parcels : int or None
        Maximum number of parcels of the plan.
    first : bool
        Whether the search ends with the first plan of all members.
    """

    def __init__(
        self,
        model: ParcelModel,
        members: Ints,
        mode: SolvingMode,
        *,
        fewest_first: bool,
        max_parcels: int | None,
        first: bool = False,
    ) -> None:
        self._model, self._members, self._mode, self._first = model, members, mode, first
        self._fewest_first, self._max_parcels = fewest_first, max_parcels
        self.parcels: list[PackedBox] = []
        # If units are packed one by one, more effort finds everything that less effort finds. In blocks it may not.
        self._alike = len(members) >= MANY_UNITS and worth_blocks(model.protect(members))
        self._efforts = up_to(mode, len(members), alike=self._alike)
        self._own = bool(model.admission.own[members].any())
        self._single: Outcome | None = None
        self.several = MultiSearch(
            model, self._efforts, fewest_first=fewest_first, max_parcels=max_parcels, offer=self.offer
        )

    def choose(self, known: Sequence[list[PackedBox]] = ()) -> Outcome:
        """Return the best plan found. It is no worse than the ``known`` plans, which have all members.

        Raises
        ------
        SearchEndedError
            If the model's stop ended the search before any plan was found, or cancelled it.
        """
        stop = self._model.stop
        try:
            return self.run(known)
        except SearchEndedError:
            if stop.cancelled:
                raise
            with stop.finishing():
                if not self.parcels:
                    self._keep(self.several.finish_begun(self._members))
                if self.parcels:
                    return dataclasses.replace(self._cut(), cut=stop.ended or not self._first)
            raise

    def run(self, known: Sequence[list[PackedBox]]) -> Outcome:
        """Return the outcome of ``choose`` if nothing ends the search early."""
        for plan in known:
            self.offer(plan)
        one = self._one_box()
        parcels = self._boxes(one)
        for plan in known:
            if not self._complete(parcels) or total(plan) < total(parcels):
                parcels = plan
        if one.found is None or (self._complete(parcels) and total(parcels) < one.found.price):
            return self._proved_of_several(one, self._kept(parcels))
        least = self.several.bound
        if least is None and self.several.floor is not None and not self._own:
            least = self.several.floor.price
        of_all = self._fewest_first or (not one.left_open and least == one.found.price)
        return dataclasses.replace(
            one, bound=one.least, scope=ProofScope.ALL_PLANS if of_all else ProofScope.SINGLE_PARCEL
        )

    def offer(self, parcels: list[PackedBox]) -> None:
        """Keep a plan if it is the best so far; end the search if only a first plan of all units is wanted."""
        self._keep(parcels)
        if self._first and self._complete(self._kept(parcels)):
            raise SearchEndedError("the first plan of all units was found")

    def _keep(self, parcels: list[PackedBox]) -> None:
        """Keep a plan if its boxes are in stock and it is the best so far."""
        kept = self._kept(parcels)
        if kept and enough(kept) and (not self.parcels or _rank(kept) < _rank(self.parcels)):
            self.parcels = kept

    def _complete(self, parcels: list[PackedBox]) -> bool:
        return sum(len(parcel.members) for parcel in parcels[: self._max_parcels]) == len(self._members)

    def _kept(self, parcels: list[PackedBox]) -> list[PackedBox]:
        """Return at most ``max_parcels`` parcels, those with the largest boxes."""
        ranked = sorted(parcels, key=lambda parcel: (-parcel.box.inner_volume_um3, parcel.members.min()))
        return ranked[: self._max_parcels]

    def _one_box(self) -> Outcome:
        """Return the cheapest box that takes all units, with proofs that refuse the cheaper boxes."""
        model, effort = self._model, self._efforts[-1].of_an_order
        self._single = one = search_single(model, self._members, model.box_types(), effort)
        self.offer([*one.parcels])
        # Blocks depend on the effort, and less effort may find what more does not. So boxes that are not decided
        # yet are searched again with the effort of the lower modes.
        for lesser in self._efforts[:-1] if self._alike and one.left_open else ():
            still_open = {candidate.box_type_id for candidate in one.open_candidates}
            boxes = [box for box in model.box_types() if box.box_type_id in still_open]
            found = search_single(model, self._members, boxes, lesser.of_an_order, one.price or None).found
            if found is not None:
                self._single = one = Outcome((found,), one.refused, self._cheaper(one, found.price))
                self.offer([found])
        return one

    def _boxes(self, one: Outcome) -> list[PackedBox]:
        """Return a single box that takes all units, or several boxes if there is none or they may be better."""
        members = self._members
        if one.found is None and self._max_parcels == 1 and not self._own:
            # A search for one full parcel often packs more into it than the fullest of several parcels holds.
            effort, times = EFFORT[self._mode], max(1, len(members) ** 2 // UNITS_SQUARED_PER_TIME)
            return self.several.run_for_one(members, effort.places * min(effort.times_fuller, times))
        # Several parcels can be better unless their number is the first objective.
        if one.found is not None and (
            self._fewest_first or self._max_parcels == 1 or not self.several.may_be_better(members, one.found.price)
        ):
            return [one.found]
        return self.several.run(members, one)

    def _proved_of_several(self, one: Outcome, parcels: list[PackedBox]) -> Outcome:
        """Return the outcome of a plan of several boxes, or of a plan that leaves units out."""
        price, left, bound = total(parcels), left_of(self._members, parcels), self.several.bound
        if bound != price and parcels and not len(left):
            floor, fewest_first = self.several.floor, self._fewest_first
            count, model = len(parcels), self._model
            by_boxes = boxes_bound(model, self._members, count, price, fewest_first=fewest_first, floor=floor)
            bound = max((known for known in (bound, by_boxes) if known is not None), default=None)
        still_open = one.left_open
        if not len(left):
            # Forms of a mailer that are still open may cost more than the bound of the box type.
            above = one.first_open is not None and one.first_open >= price
            still_open = () if above else self._cheaper(one, price)
        if bound is not None and one.first_open is not None and still_open:
            # Partitions may refuse a box because of some of the units, but no proof in a certificate can state that.
            bound = min(bound, one.first_open)
        return Outcome(parcels, one.refused, still_open, left, bound, ProofScope.ALL_PLANS)

    def _cheaper(self, one: Outcome, price: Price) -> tuple[tuple[Price, OpenCandidate], ...]:
        """Return the open candidates that would be cheaper with all members in one box."""
        boxes = {box.box_type_id: box for box in self._model.box_types()}
        return tuple(
            (least, key)
            for least, key in one.left_open
            if self._model.variant(key.cushioning_id).price(boxes[key.box_type_id], self._members) < price
        )

    def _cut(self) -> Outcome:
        """Return the best plan so far. If the single-box search has not ended, all box types are open at price 0."""
        price, left = total(self.parcels), left_of(self._members, self.parcels)
        one, variants = self._single, self._model.variants(self._members)
        if one is None:
            both = itertools.product(variants, self._model.box_types())
            named = (OpenCandidate(box.box_type_id, cushioning_in(variant, box)) for variant, box in both)
            one = Outcome(left_open=tuple(((0,) * len(price), key) for key in dict.fromkeys(named)))
        still_open = tuple((least, key) for least, key in one.left_open if len(left) or least < price)
        return Outcome(self.parcels, one.refused, still_open, left, None, ProofScope.ALL_PLANS, cut=True)


def _rank(parcels: list[PackedBox]) -> tuple[int, Price]:
    return -sum(len(parcel.members) for parcel in parcels), total(parcels)
