"""The whole search for one order: single parcel first, then several, and what was proved."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from boxwright.domain.plan import OpenCandidate, ProofScope
from boxwright.domain.policy import SolvingMode
from boxwright.errors import SearchEndedError
from boxwright.lazy import cached_property
from boxwright.packing.kernels import MANY_UNITS
from boxwright.packing.own import worth_blocks
from boxwright.packing.problem import Ints
from boxwright.packing.proofs import refuse
from boxwright.selection.bounds import boxes_bound
from boxwright.selection.effort import EFFORT, Effort, up_to
from boxwright.selection.model import PackedBox, ParcelModel, Price, cushioning_in
from boxwright.selection.multi import MultiSearch
from boxwright.selection.outcome import Outcome, left_of, total
from boxwright.selection.single import lowest_first, search_single
from boxwright.selection.so_far import SoFar, largest_first

TIMES_HARDER = 5
"""With how many times the nodes open boxes are put to the exact search again before an order is split."""


def choose_boxes(
    model: ParcelModel,
    members: Ints,
    mode: SolvingMode,
    *,
    fewest_first: bool,
    max_parcels: int | None,
    known: Sequence[list[PackedBox]] = (),
    first: bool = False,
) -> Outcome:
    """Pack ``members`` into one box if any takes them, else into several.

    Parameters
    ----------
    model : ParcelModel
        Rules, prices and engine.
    members : int64, (n,)
        Units, each of which fits some box alone.
    mode : SolvingMode
        Effort.
    fewest_first : bool
        Whether the first objective is the number of parcels: then a proof among single boxes holds for all plans.
    max_parcels : int or None
        Most parcels in the plan.
    known : sequence of list of PackedBox, optional
        Plans of all members within the limits: the answer is no worse than any of them.
    first : bool, optional
        Whether the first plan of all members that the search comes to is good enough. Default False.

    Raises
    ------
    SearchEndedError
        If the stop of the model ended the search before there was a plan, or all.
    """
    ask = _Asked(model, members, mode, fewest_first, max_parcels, known, SoFar(members, max_parcels, first=first))
    several = _several(ask)
    try:
        for each in known:
            ask.so_far.offer(each)
        one = _one_box(ask)
        parcels = _or_known(ask, _boxes(ask, one, several))
        if one.found is not None and not _better(parcels[:max_parcels], one.found, members):
            return _proved_of_one(ask, one, one.found, several)
        return _proved_of_several(ask, one, several, largest_first(parcels)[:max_parcels])
    except SearchEndedError:
        if model.stop.cancelled:
            raise
        with model.stop.finishing():
            if not ask.so_far.parcels:
                ask.so_far.offer(several.finish_begun(members))
            if ask.so_far.parcels:
                return dataclasses.replace(_cut(ask), cut=model.stop.ended or not first)
        raise


@dataclass(frozen=True)
class _Asked:
    """The arguments of ``choose_boxes``, and the best plan that it has come to."""

    model: ParcelModel
    members: Ints
    mode: SolvingMode
    fewest_first: bool
    max_parcels: int | None
    known: Sequence[list[PackedBox]]
    so_far: SoFar

    @cached_property
    def alike(self) -> bool:
        """Whether units are packed in blocks; singly, what little effort finds is the first that more effort finds."""
        count = len(self.members)
        return count >= MANY_UNITS and worth_blocks(self.model.protect(self.members))

    @cached_property
    def efforts(self) -> Sequence[Effort]:
        """Counted efforts, rising to that of the mode."""
        return up_to(self.mode, len(self.members), alike=self.alike)

    @cached_property
    def own(self) -> bool:
        """Whether some units may ship in their own container."""
        return bool(self.model.admission.own[self.members].any())


def _one_box(ask: _Asked) -> Outcome:
    """Return the cheapest box that takes all units, and what became of the cheaper ones."""
    model, members = ask.model, ask.members
    one = ask.so_far.take(search_single(model, members, model.box_types(), ask.efforts[-1].of_an_order))
    if ask.alike and one.left_open:
        one = ask.so_far.take(_with_less(ask, one))
    if one.found is None and one.left_open:
        one = ask.so_far.take(_refuse_harder(model, members, EFFORT[ask.mode], one))
    return one


def _several(ask: _Asked) -> MultiSearch:
    return MultiSearch(
        ask.model,
        ask.efforts,
        fewest_first=ask.fewest_first,
        max_parcels=ask.max_parcels,
        offer=ask.so_far.offer,
    )


def _boxes(ask: _Asked, one: Outcome, several: MultiSearch) -> list[PackedBox]:
    """Return the one box that takes all units; several where there is none, or they may be better."""
    members = ask.members
    if one.found is None and ask.max_parcels == 1 and not ask.own:
        # The one parcel that is allowed holds as much as possible; what a split would put into it is often less.
        return several.run_for_one(members, EFFORT[ask.mode].places_for_one(len(members)))
    if one.found is None:
        return several.run(members, one)
    # Where the number of parcels is not what counts first, several may be better than one.
    apart = not ask.fewest_first and ask.max_parcels != 1 and several.may_be_better(members, one.found.price)
    return several.run(members, one) if apart else [one.found]


def _or_known(ask: _Asked, parcels: list[PackedBox]) -> list[PackedBox]:
    """Return parcels, or the known plan that is better."""
    for each in ask.known:
        if not _complete(parcels[: ask.max_parcels], ask.members) or total(each) < total(parcels):
            parcels = each
    return parcels


def _proved_of_one(ask: _Asked, one: Outcome, found: PackedBox, several: MultiSearch) -> Outcome:
    """Return the plan of one box, and what is proved of it."""
    least = several.bound
    if least is None and several.floor is not None and not ask.own:
        least = several.floor.price
    of_all = ask.fewest_first or (not one.left_open and least == found.price)
    scope = ProofScope.ALL_PLANS if of_all else ProofScope.SINGLE_PARCEL
    return dataclasses.replace(one, bound=one.least, scope=scope)


def _proved_of_several(ask: _Asked, one: Outcome, several: MultiSearch, parcels: list[PackedBox]) -> Outcome:
    """Return a plan of several boxes, or of one that does not take all units, and what is proved of it."""
    model, members = ask.model, ask.members
    price, left, bound = total(parcels), left_of(members, parcels), several.bound
    if bound != price and parcels and not len(left):
        by_boxes = boxes_bound(model, members, len(parcels), price, fewest_first=ask.fewest_first, floor=several.floor)
        bound = max((each for each in (bound, by_boxes) if each is not None), default=None)
    still_open = one.left_open
    if not len(left):
        # What stayed open of a mailer may start at a price above what its box type is priced at beforehand.
        above = one.first_open is not None and one.first_open >= price
        still_open = () if above else _cheaper(model, members, one, price)
    if bound is not None and one.first_open is not None and still_open:
        # Units of them that a box does not take may exclude it from all partitions, but its own refusal is not shown.
        bound = min(bound, one.first_open)
    return Outcome(parcels, one.refused, still_open, left, bound, ProofScope.ALL_PLANS)


def _cut(ask: _Asked) -> Outcome:
    """Return the best plan so far, of which nothing is proved. No box is priced any more: there is no time for it.

    What the search of single boxes came to stands. Where it had not ended, all box types are left open at any price.
    """
    model, members, parcels, one = ask.model, ask.members, ask.so_far.parcels, ask.so_far.single
    price, left = total(parcels), left_of(members, parcels)
    if one is not None:
        still_open = [each for each in one.left_open if len(left) or each[0] < price]
    else:
        at_any = (0,) * len(price)
        candidates = (
            OpenCandidate(box.box_type_id, cushioning_in(variant, box))
            for variant in model.variants(members)
            for box in model.box_types()
        )
        still_open = [(at_any, each) for each in dict.fromkeys(candidates)]
    refused = () if one is None else one.refused
    return Outcome(parcels, refused, tuple(still_open), left, None, ProofScope.ALL_PLANS, cut=True)


def _better(parcels: Sequence[PackedBox], one: PackedBox, members: Ints) -> bool:
    """Whether parcels hold all units for less than one box does."""
    return _complete(parcels, members) and total(parcels) < one.price


def _complete(parcels: Sequence[PackedBox], members: Ints) -> bool:
    return sum(len(each.members) for each in parcels) == len(members)


def _with_less(ask: _Asked, one: Outcome) -> Outcome:
    """Search open boxes with the effort of lesser modes, too: more effort makes other blocks."""
    model, members = ask.model, ask.members
    for effort in ask.efforts[:-1]:
        still_open = {each.box_type_id for each in one.open_candidates}
        boxes = [box for box in model.box_types() if box.box_type_id in still_open]
        found = search_single(model, members, boxes, effort.of_an_order, one.price or None).found
        if found is not None:
            one = Outcome((found,), one.refused, _cheaper(model, members, one, found.price))
    return one


def _refuse_harder(model: ParcelModel, members: Ints, effort: Effort, one: Outcome) -> Outcome:
    """Put open boxes to the proofs with more nodes before an order is split: what is refused proves the split."""
    refused = {OpenCandidate(each.box_type_id, each.cushioning_id): each for each in one.refused}
    left_open = {candidate: price for price, candidate in one.left_open}
    ranked = lowest_first(model, members, model.box_types())
    if any(len(each.shapes.units) > 1 for each in ranked):
        return one
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


def _cheaper(model: ParcelModel, members: Ints, one: Outcome, price: Price) -> tuple[tuple[Price, OpenCandidate], ...]:
    """Return the open candidates that would be cheaper with all members in one box."""
    boxes = {box.box_type_id: box for box in model.box_types()}
    return tuple(
        (least, each)
        for least, each in one.left_open
        if model.variant(each.cushioning_id).price(boxes[each.box_type_id], members) < price
    )
