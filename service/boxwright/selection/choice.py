"""The whole search for one order: single parcel first, then several, and what was proved."""

import dataclasses
import itertools
from collections.abc import Sequence

from boxwright.domain.plan import OpenCandidate, ProofScope
from boxwright.domain.policy import SolvingMode
from boxwright.errors import SearchEndedError
from boxwright.packing.kernels import MANY_UNITS
from boxwright.packing.own import worth_blocks
from boxwright.packing.problem import Ints
from boxwright.packing.proofs import refuse
from boxwright.selection.bounds import boxes_bound
from boxwright.selection.effort import EFFORT, up_to
from boxwright.selection.model import PackedBox, ParcelModel, Price, cushioning_in
from boxwright.selection.multi import MultiSearch
from boxwright.selection.outcome import Outcome, left_of, total
from boxwright.selection.single import lowest_first, search_single
from boxwright.selection.stock import enough

TIMES_HARDER = 5
"""With how many times the nodes open boxes are put to the exact search again before an order is split."""

UNITS_SQUARED_PER_TIME = 16
"""The one parcel that is allowed is filled once for every so many of the number of units squared."""


class OrderSearch:
    """The search of one order: it packs ``members`` into one box if any takes them, else into several.

    They are int64 (n,), and each fits some box alone. ``mode`` gives the effort. With ``fewest_first`` the first
    objective is the number of parcels: then a proof among single boxes holds for all plans. The plan has
    ``max_parcels`` at most. With ``first`` the first plan of all members is good enough.
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
        # Singly, what little effort finds is the first that more effort finds; in blocks it is not.
        self._alike = len(members) >= MANY_UNITS and worth_blocks(model.protect(members))
        self._efforts = up_to(mode, len(members), alike=self._alike)
        self._own = bool(model.admission.own[members].any())
        self._single: Outcome | None = None
        self.several = MultiSearch(
            model, self._efforts, fewest_first=fewest_first, max_parcels=max_parcels, offer=self.offer
        )

    def choose(self, known: Sequence[list[PackedBox]] = ()) -> Outcome:
        """Return the best plan, no worse than any of the ``known`` plans of all members within the limits.

        Raises
        ------
        SearchEndedError
            If the stop of the model ended the search before there was a plan, or all.
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
        """Return the best plan, and what is proved of it."""
        for each in known:
            self.offer(each)
        one = self._one_box()
        parcels = self._boxes(one)
        for each in known:
            if not self._complete(parcels) or total(each) < total(parcels):
                parcels = each
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
        """Keep a plan; end the search where the first one of all units is wanted, and this is it."""
        self._keep(parcels)
        if self._first and self._complete(self._kept(parcels)):
            raise SearchEndedError("the first plan of all units is there")

    def _keep(self, parcels: list[PackedBox]) -> None:
        """Keep a plan if there are as many boxes as it uses and it is better than what is kept."""
        kept = self._kept(parcels)
        if kept and enough(kept) and (not self.parcels or self._rank(kept) < self._rank(self.parcels)):
            self.parcels = kept

    def _rank(self, parcels: list[PackedBox]) -> tuple[int, Price]:
        return -sum(len(each.members) for each in parcels), total(parcels)

    def _complete(self, parcels: list[PackedBox]) -> bool:
        return sum(len(each.members) for each in parcels[: self._max_parcels]) == len(self._members)

    def _kept(self, parcels: list[PackedBox]) -> list[PackedBox]:
        """Return as many parcels as a plan may have, largest box first."""
        ranked = sorted(parcels, key=lambda parcel: (-parcel.box.inner_volume_um3, parcel.members.min()))
        return ranked[: self._max_parcels]

    def _one_box(self) -> Outcome:
        """Return the cheapest box that takes all units, and what became of the cheaper ones."""
        model, effort = self._model, self._efforts[-1].of_an_order
        self._single = one = search_single(model, self._members, model.box_types(), effort)
        self.offer([*one.parcels])
        # More effort makes other blocks: open boxes are searched with the effort of lesser modes, too.
        for lesser in self._efforts[:-1] if self._alike and one.left_open else ():
            still_open = {candidate.box_type_id for candidate in one.open_candidates}
            boxes = [box for box in model.box_types() if box.box_type_id in still_open]
            found = search_single(model, self._members, boxes, lesser.of_an_order, one.price or None).found
            if found is not None:
                self._single = one = Outcome((found,), one.refused, self._cheaper(one, found.price))
                self.offer([found])
        if one.found is None and one.left_open:
            self._single = one = self._refuse_harder(one)
        return one

    def _refuse_harder(self, one: Outcome) -> Outcome:
        """Put open boxes to the proofs with more nodes before an order is split: what is refused proves the split."""
        refused = {OpenCandidate(each.box_type_id, each.cushioning_id): each for each in one.refused}
        left_open = {candidate: price for price, candidate in one.left_open}
        ranked = lowest_first(self._model, self._members, self._model.box_types())
        if any(len(each.shapes.units) > 1 for each in ranked):
            return one
        effort = EFFORT[self._mode]
        for each in ranked:
            if each.key in left_open and not each.has_forms:
                why = refuse(dataclasses.replace(each.question(effort), nodes=effort.nodes * TIMES_HARDER))
                if why is not None:
                    refused[each.key] = each.refused(why)
                    del left_open[each.key]
        return Outcome(
            refused=tuple(refused[each.key] for each in ranked if each.key in refused),
            left_open=tuple((left_open[each.key], each.key) for each in ranked if each.key in left_open),
        )

    def _boxes(self, one: Outcome) -> list[PackedBox]:
        """Return the one box that takes all units; several where there is none, or they may be better."""
        members = self._members
        if one.found is None and self._max_parcels == 1 and not self._own:
            # The one parcel that is allowed holds as much as possible; what a split would put into it is often less.
            effort, times = EFFORT[self._mode], max(1, len(members) ** 2 // UNITS_SQUARED_PER_TIME)
            return self.several.run_for_one(members, effort.places * min(effort.times_fuller, times))
        # Where the number of parcels is not what counts first, several may be better than one.
        if one.found is not None and (
            self._fewest_first or self._max_parcels == 1 or not self.several.may_be_better(members, one.found.price)
        ):
            return [one.found]
        return self.several.run(members, one)

    def _proved_of_several(self, one: Outcome, parcels: list[PackedBox]) -> Outcome:
        """Return a plan of several boxes, or of one that does not take all units, and what is proved of it."""
        price, left, bound = total(parcels), left_of(self._members, parcels), self.several.bound
        if bound != price and parcels and not len(left):
            floor, fewest_first = self.several.floor, self._fewest_first
            count, model = len(parcels), self._model
            by_boxes = boxes_bound(model, self._members, count, price, fewest_first=fewest_first, floor=floor)
            bound = max((each for each in (bound, by_boxes) if each is not None), default=None)
        still_open = one.left_open
        if not len(left):
            # What stayed open of a mailer may start at a price above what its box type is priced at beforehand.
            above = one.first_open is not None and one.first_open >= price
            still_open = () if above else self._cheaper(one, price)
        if bound is not None and one.first_open is not None and still_open:
            # Units of them that a box does not take may exclude it from all partitions, but its own refusal is not
            # shown.
            bound = min(bound, one.first_open)
        return Outcome(parcels, one.refused, still_open, left, bound, ProofScope.ALL_PLANS)

    def _cheaper(self, one: Outcome, price: Price) -> tuple[tuple[Price, OpenCandidate], ...]:
        """Return the open candidates that would be cheaper with all members in one box."""
        boxes = {box.box_type_id: box for box in self._model.box_types()}
        return tuple(
            (least, each)
            for least, each in one.left_open
            if self._model.variant(each.cushioning_id).price(boxes[each.box_type_id], self._members) < price
        )

    def _cut(self) -> Outcome:
        """Return the best plan so far, of which nothing is proved. No box is priced any more: there is no time for it.

        What the search of single boxes came to stands. Where it had not ended, all box types are left open at any
        price.
        """
        price, left = total(self.parcels), left_of(self._members, self.parcels)
        one, variants = self._single, self._model.variants(self._members)
        if one is None:
            both = itertools.product(variants, self._model.box_types())
            named = (OpenCandidate(box.box_type_id, cushioning_in(variant, box)) for variant, box in both)
            one = Outcome(left_open=tuple(((0,) * len(price), each) for each in dict.fromkeys(named)))
        still_open = tuple(each for each in one.left_open if len(left) or each[0] < price)
        return Outcome(self.parcels, one.refused, still_open, left, None, ProofScope.ALL_PLANS, cut=True)
