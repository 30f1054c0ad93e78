"""Single-parcel search: candidates in ascending price, each cheaper one refused, open, or chosen."""

from collections.abc import Sequence

from boxwright.domain.box import BoxType
from boxwright.domain.plan import OpenCandidate, RefusedCandidate
from boxwright.packing.problem import Ints
from boxwright.selection.attempt import try_candidate
from boxwright.selection.candidate import lowest_first
from boxwright.selection.effort import Effort
from boxwright.selection.model import ParcelModel, Price
from boxwright.selection.outcome import Outcome


def search_single(
    model: ParcelModel,
    members: Ints,
    boxes: Sequence[BoxType],
    effort: Effort,
    below: Price | None = None,
    *,
    certified: bool = True,
) -> Outcome:
    """Find the cheapest of ``boxes`` that takes all ``members``; one unit may ship in its own container instead.

    Where several cushionings may be used, each box type with each of them is a candidate.

    Parameters
    ----------
    model : ParcelModel
        Rules, prices and engine.
    members : int64, (n,)
        Indices of the units, ascending.
    boxes : sequence of BoxType
        Among which to choose.
    effort : Effort
        Counted effort per box type.
    below : Price, optional
        Only boxes priced below this are of interest.
    certified : bool, optional
        Whether refusals are asked for. Default True; else boxes without the volume are passed over unnamed.

    Returns
    -------
    Outcome
        The parcel, if one was found, and what became of the cheaper candidates.
    """
    # Of equal price as a box, no box is the better one.
    found = model.as_it_is(members)
    if found is not None and below is not None and found.price >= below:
        found = None
    below = below if found is None else found.price
    refused: list[RefusedCandidate] = []
    left_open: list[tuple[Price, OpenCandidate]] = []
    for candidate in lowest_first(model, members, boxes, below, roomy=not certified):
        if below is not None and candidate.price >= below:
            break
        outcome = try_candidate(candidate, effort, below)
        if outcome.found is not None:
            found, below = outcome.found, outcome.found.price
        refused += outcome.refused
        left_open += outcome.left_open
    if found is not None:
        # A mailer may cost more than the price it was tried at, and another box less than that.
        left_open = [each for each in left_open if each[0] <= found.price]
    return Outcome(() if found is None else (found,), tuple(refused), tuple(left_open))


def least_price(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> Price | None:
    """Return a price that no single parcel of these units undercuts, by cheap tests; None if they refuse all boxes.

    Parameters
    ----------
    model, members, boxes
        As for ``search_single``.
    """
    alone = model.as_it_is(members)
    for candidate in lowest_first(model, members, boxes):
        if alone is not None and candidate.price >= alone.price:
            break
        if candidate.conceivable():
            return candidate.price
    return None if alone is None else alone.price
