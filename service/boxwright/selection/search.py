"""The whole search for one order: single parcel first, then several, and what was proved."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from boxwright import fuse
from boxwright.domain.plan import OpenCandidate, ProofScope, ProofStatus, RefusedCandidate
from boxwright.domain.policy import SolvingMode
from boxwright.errors import SearchEndedError
from boxwright.packing.kernels import MANY_UNITS
from boxwright.packing.own import worth_blocks
from boxwright.packing.problem import Ints, Packer
from boxwright.selection.effort import EFFORT, Effort, up_to
from boxwright.selection.model import PackedBox, ParcelModel, Price, add
from boxwright.selection.multi import MultiSearch
from boxwright.selection.plan_bound import boxes_bound
from boxwright.selection.refusal import refuse
from boxwright.selection.single import SingleOutcome, search_single
from boxwright.selection.so_far import SoFar, largest_first

TIMES_HARDER = 5
"""With how many times the nodes open boxes are put to the exact search again before an order is split."""


@dataclass(frozen=True)
class Outcome:
    """Parcels and what was proved about them.

    Attributes
    ----------
    parcels : list of PackedBox
        Largest box first.
    left : int64, (k,)
        Units that found no parcel within the effort.
    status, scope : ProofStatus, ProofScope
        What was proved, among which plans.
    refused : tuple of RefusedCandidate
        Cheaper single boxes, each with its proof.
    open_candidates : tuple of OpenCandidate
        Cheaper single boxes that are not excluded.
    bound : Price or None
        Lower bound on the price of every plan in scope; None if none was worked out.
    price : Price
        Price of the plan.
    cut : bool
        Whether a fuse ended the search: this is the best that it had found until then.
    """

    parcels: list[PackedBox]
    left: Ints
    status: ProofStatus
    scope: ProofScope
    refused: tuple[RefusedCandidate, ...]
    open_candidates: tuple[OpenCandidate, ...]
    bound: Price | None
    price: Price
    cut: bool = False


def search(
    model: ParcelModel,
    packer: Packer,
    members: Ints,
    mode: SolvingMode,
    *,
    fewest_first: bool,
    max_parcels: int | None,
    known: Sequence[list[PackedBox]] = (),
) -> Outcome:
    """Pack ``members`` into one box if any takes them, else into several.

    Parameters
    ----------
    model, packer
        Rules and prices; the engine.
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

    Raises
    ------
    SearchEndedError
        If the fuse of this thread ended the search before there was a plan, or is blown.
    """
    ask = _Question(model, packer, members, mode, fewest_first, max_parcels, known, SoFar(members, max_parcels))
    for each in known:
        ask.so_far.offer(each)
    try:
        one = _one_box(ask)
        several = _several(ask)
        parcels = _or_known(ask, _boxes(ask, one, several))
        if one.found is not None and not _better(parcels[:max_parcels], one.found, members):
            return _proved_of_one(ask, one, one.found, several)
        return _proved_of_several(ask, one, several, largest_first(parcels)[:max_parcels])
    except SearchEndedError:
        if fuse.blown() or not ask.so_far.parcels:
            raise
        with fuse.finishing():
            return _cut(model, members, ask.so_far)


@dataclass(frozen=True)
class _Question:
    """The arguments of ``search``, and the best plan that it has come to."""

    model: ParcelModel
    packer: Packer
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
        return count >= MANY_UNITS and worth_blocks(count, int(self.model.protect(self.members).kinds[-1]) + 1)

    @cached_property
    def efforts(self) -> Sequence[Effort]:
        """Counted efforts, rising to that of the mode."""
        return up_to(self.mode, len(self.members), alike=self.alike)

    @cached_property
    def own(self) -> bool:
        """Whether some units may ship in their own container."""
        return bool(self.model.admission.own[self.members].any())


def _one_box(ask: _Question) -> SingleOutcome:
    """Return the cheapest box that takes all units, and what became of the cheaper ones."""
    model, members = ask.model, ask.members
    one = search_single(model, ask.packer, members, model.candidates(), ask.efforts[-1].of_an_order)
    if ask.alike and one.open_candidates:
        one = _with_less(model, ask.packer, members, ask.efforts[:-1], one)
    if one.found is None and one.open_candidates:
        one = _refuse_harder(model, members, ask.mode, one)
    ask.so_far.single = one
    if one.found is not None:
        ask.so_far.offer([one.found])
    return one


def _several(ask: _Question) -> MultiSearch:
    return MultiSearch(
        ask.model,
        ask.packer,
        ask.efforts,
        fewest_first=ask.fewest_first,
        max_parcels=ask.max_parcels,
        offer=ask.so_far.offer,
    )


def _boxes(ask: _Question, one: SingleOutcome, several: MultiSearch) -> list[PackedBox]:
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


def _or_known(ask: _Question, parcels: list[PackedBox]) -> list[PackedBox]:
    """Return parcels, or the known plan that is better."""
    for each in ask.known:
        if not _complete(parcels[: ask.max_parcels], ask.members) or _price(each) < _price(parcels):
            parcels = each
    return parcels


def _proved_of_one(ask: _Question, one: SingleOutcome, found: PackedBox, several: MultiSearch) -> Outcome:
    """Return the plan of one box, and what is proved of it."""
    proved = not one.open_candidates
    least = several.bound
    if least is None and several.floor is not None and not ask.own:
        least = several.floor.price
    of_all = ask.fewest_first or (proved and least == found.price)
    return Outcome(
        [found],
        ask.members[:0],
        ProofStatus.PROVED if proved else ProofStatus.OPEN,
        ProofScope.ALL_PLANS if of_all else ProofScope.SINGLE_PARCEL,
        one.refused,
        one.open_candidates,
        found.price if proved else one.first_open or found.price,
        found.price,
    )


def _proved_of_several(ask: _Question, one: SingleOutcome, several: MultiSearch, parcels: list[PackedBox]) -> Outcome:
    """Return a plan of several boxes, or of one that does not take all units, and what is proved of it."""
    model, members = ask.model, ask.members
    packed = np.concatenate([parcel.members for parcel in parcels]) if parcels else members[:0]
    price = _price(parcels) if parcels else ()
    left = np.setdiff1d(members, packed)
    bound = several.bound
    if bound != price and parcels and not len(left):
        by_boxes = boxes_bound(model, members, len(parcels), price, fewest_first=ask.fewest_first, floor=several.floor)
        bound = max((each for each in (bound, by_boxes) if each is not None), default=None)
    still_open = one.open_candidates
    if not len(left):
        # What stayed open of a mailer may start at a price above what its box type is priced at beforehand.
        above = one.first_open is not None and one.first_open >= price
        still_open = () if above else _cheaper(model, members, still_open, price)
    if bound is not None and one.first_open is not None and still_open:
        # Units of them that a box does not take may exclude it from all partitions, but its own refusal is not shown.
        bound = min(bound, one.first_open)
    proved = bound == price and not len(left)
    return Outcome(
        parcels,
        left,
        ProofStatus.PROVED if proved else ProofStatus.OPEN,
        ProofScope.ALL_PLANS,
        one.refused,
        tuple(still_open),
        bound,
        price,
    )


def _cut(model: ParcelModel, members: Ints, so_far: SoFar) -> Outcome:
    """Return the best plan so far, of which nothing is proved; refusals that came before stand."""
    parcels = so_far.parcels
    price = _price(parcels)
    refused = () if so_far.single is None else so_far.single.refused
    named = {(each.box_type_id, each.cushioning_id) for each in refused}
    ranked = sorted(
        (variant.price(box, members), rank, variant.cushioning_id)
        for variant in model.variants(members)
        for rank, box in enumerate(model.candidates())
    )
    left = np.setdiff1d(members, np.concatenate([parcel.members for parcel in parcels]))
    still_open = [
        OpenCandidate(model.candidates()[rank].box_type_id, cushioning_id)
        for least, rank, cushioning_id in ranked
        if (len(left) or least < price) and (model.candidates()[rank].box_type_id, cushioning_id) not in named
    ]
    return Outcome(
        parcels,
        left,
        ProofStatus.OPEN,
        ProofScope.ALL_PLANS,
        refused,
        tuple(still_open),
        None,
        price,
        cut=True,
    )


def _better(parcels: Sequence[PackedBox], one: PackedBox, members: Ints) -> bool:
    """Whether parcels hold all units for less than one box does."""
    return _complete(parcels, members) and _price(parcels) < one.price


def _complete(parcels: Sequence[PackedBox], members: Ints) -> bool:
    return sum(len(each.members) for each in parcels) == len(members)


def _price(parcels: Sequence[PackedBox]) -> Price:
    return add([each.price for each in parcels])


def _with_less(
    model: ParcelModel, packer: Packer, members: Ints, efforts: Sequence[Effort], single: SingleOutcome
) -> SingleOutcome:
    """Search open boxes with the effort of lesser modes, too: more effort makes other blocks."""
    for effort in efforts:
        still_open = {each.box_type_id for each in single.open_candidates}
        boxes = [box for box in model.candidates() if box.box_type_id in still_open]
        below = None if single.found is None else single.found.price
        found = search_single(model, packer, members, boxes, effort.of_an_order, below).found
        if found is not None:
            still = _cheaper(model, members, single.open_candidates, found.price)
            single = SingleOutcome(
                found,
                single.refused,
                still,
                single.first_open if still else None,
            )
    return single


def _refuse_harder(model: ParcelModel, members: Ints, mode: SolvingMode, single: SingleOutcome) -> SingleOutcome:
    """Put open boxes to the proofs with more nodes before an order is split: what is refused proves the split."""
    refused = {(each.box_type_id, each.cushioning_id): each for each in single.refused}
    ranked: list[tuple[Price, int, int]] = []
    variants = model.variants(members)
    for which, variant in enumerate(variants):
        shapes = variant.shapes(members, variant.protect(members))
        if len(shapes.units) > 1:
            return single
        (units,) = shapes.units
        for rank, box in enumerate(model.candidates()):
            ranked.append((variant.price(box, members), rank, which))
            key = (box.box_type_id, variant.cushioning_id)
            if key in single.open_candidates and not box.flexible:
                space = variant.space(box, units, whole=True, several=model.admission.several(members))
                proof = refuse(box, units, space, EFFORT[mode].nodes * TIMES_HARDER)
                if proof is not None:
                    refused[key] = dataclasses.replace(proof, cushioning_id=key[1])
    ids = [
        (price, OpenCandidate(model.candidates()[rank].box_type_id, variants[which].cushioning_id))
        for price, rank, which in sorted(ranked)
    ]
    still = [(price, each) for price, each in ids if each in single.open_candidates and each not in refused]
    if not still:
        first = None
    elif still[0][1] == single.open_candidates[0]:
        first = single.first_open
    else:
        first = still[0][0]
    return SingleOutcome(
        None,
        tuple(refused[each] for _, each in ids if each in refused),
        tuple(candidate for _, candidate in still),
        first,
    )


def _cheaper(
    model: ParcelModel, members: Ints, candidates: tuple[OpenCandidate, ...], price: Price
) -> tuple[OpenCandidate, ...]:
    """Return those candidates that would be cheaper with all members in one box."""
    boxes = {box.box_type_id: box for box in model.candidates()}
    return tuple(
        each for each in candidates if model.variant(each.cushioning_id).price(boxes[each.box_type_id], members) < price
    )
