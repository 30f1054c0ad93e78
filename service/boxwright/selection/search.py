"""The whole search for one order: single parcel first, then several, and what was proved."""

import dataclasses
from dataclasses import dataclass

import numpy as np

from boxwright.domain.plan import ProofScope, ProofStatus, RefusedCandidate
from boxwright.domain.policy import SolvingMode
from boxwright.packing.problem import Ints, Packer
from boxwright.selection.effort import EFFORT
from boxwright.selection.model import PackedBox, ParcelModel, Price, add
from boxwright.selection.multi import MultiSearch
from boxwright.selection.plan_bound import boxes_bound
from boxwright.selection.single import SingleOutcome, search_single

TIMES_HARDER = 5
"""With how many times the effort open boxes are searched again before an order is split."""
TIMES_FULLER = 25
"""With how many times the effort the one parcel that is allowed is filled."""


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
    open_ids : tuple of str
        Cheaper single boxes that are not excluded.
    bound : Price or None
        Lower bound on the price of every plan in scope; None if none was worked out.
    price : Price
        Price of the plan.
    """

    parcels: list[PackedBox]
    left: Ints
    status: ProofStatus
    scope: ProofScope
    refused: tuple[RefusedCandidate, ...]
    open_ids: tuple[str, ...]
    bound: Price | None
    price: Price


def search(
    model: ParcelModel,
    packer: Packer,
    members: Ints,
    mode: SolvingMode,
    *,
    fewest_first: bool,
    most_parcels: int | None,
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
    most_parcels : int or None
        Most parcels in the plan.
    """
    single = search_single(model, packer, members, model.candidates(), EFFORT[mode])
    if single.found is None and single.open_ids:
        single = _try_harder(model, packer, members, mode, single)
    several = MultiSearch(model, packer, EFFORT[mode], fewest_first=fewest_first, most_parcels=most_parcels)
    # Where the number of parcels is not what counts first, several may be better than one.
    apart = not fewest_first and most_parcels != 1 and several.may_be_better(members)
    if single.found is None and most_parcels == 1 and not model.admission.own[members].any():
        # The one parcel that is allowed holds as much as possible; what a split would put into it is often less.
        parcels = several.run_for_one(members, EFFORT[mode].places * TIMES_FULLER)
    else:
        parcels = several.run(members, single) if single.found is None or apart else [single.found]
    most = len(parcels) if most_parcels is None else most_parcels
    if single.found is not None and not _better(parcels[:most], single.found, len(members)):
        price = single.found.price
        proved = not single.open_ids
        of_all = fewest_first or (proved and several.bound == price)
        return Outcome(
            [single.found],
            members[:0],
            ProofStatus.PROVED if proved else ProofStatus.OPEN,
            ProofScope.ALL_PLANS if of_all else ProofScope.SINGLE_PARCEL,
            single.refused,
            single.open_ids,
            price if proved else single.first_open or price,
            price,
        )
    parcels.sort(key=lambda parcel: (-parcel.box.inner_volume_um3, parcel.members.min()))
    parcels = parcels[:most_parcels]
    packed = np.concatenate([parcel.members for parcel in parcels]) if parcels else members[:0]
    price = add([parcel.price for parcel in parcels]) if parcels else ()
    left = np.setdiff1d(members, packed)
    bound = several.bound
    if bound != price and parcels and not len(left):
        by_boxes = boxes_bound(model, members, len(parcels), price, fewest_first=fewest_first, floor=several.floor)
        bound = max((each for each in (bound, by_boxes) if each is not None), default=None)
    open_ids = single.open_ids
    if not len(left):
        # What stayed open of a mailer may start at a price above what its box type is priced at beforehand.
        above = single.first_open is not None and single.first_open >= price
        open_ids = () if above else _cheaper(model, members, open_ids, price)
    if bound is not None and single.first_open is not None and open_ids:
        # Units of them that a box does not take may exclude it from all partitions, but its own refusal is not shown.
        bound = min(bound, single.first_open)
    proved = bound == price and not len(left)
    return Outcome(
        parcels,
        left,
        ProofStatus.PROVED if proved else ProofStatus.OPEN,
        ProofScope.ALL_PLANS,
        single.refused,
        open_ids,
        bound,
        price,
    )


def _better(parcels: list[PackedBox], one: PackedBox, count: int) -> bool:
    """Whether parcels hold all units for less than one box does."""
    return sum(len(each.members) for each in parcels) == count and add([each.price for each in parcels]) < one.price


def _try_harder(
    model: ParcelModel, packer: Packer, members: Ints, mode: SolvingMode, single: SingleOutcome
) -> SingleOutcome:
    """Search open boxes with more effort before an order is split: a second parcel costs most of all."""
    boxes = [box for box in model.candidates() if box.box_type_id in single.open_ids]
    again = search_single(model, packer, members, boxes, EFFORT[mode].scaled(times=TIMES_HARDER))
    refused = {each.box_type_id: each for each in (*single.refused, *again.refused)}
    below = again.found.price if again.found is not None else None
    ranked = sorted((model.price(box, members), rank) for rank, box in enumerate(model.candidates()))
    ids = [model.candidates()[rank].box_type_id for price, rank in ranked if below is None or price < below]
    return dataclasses.replace(again, refused=tuple(refused[each] for each in ids if each in refused))


def _cheaper(model: ParcelModel, members: Ints, ids: tuple[str, ...], price: Price) -> tuple[str, ...]:
    """Return those of the box types that would be cheaper with all members in one box."""
    boxes = {box.box_type_id: box for box in model.candidates()}
    return tuple(each for each in ids if model.price(boxes[each], members) < price)
