"""Single-parcel search: candidates in ascending price, each cheaper one refused, open, or chosen."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from boxwright.domain.box import BoxType
from boxwright.domain.plan import OpenCandidate, RefusedCandidate
from boxwright.packing.problem import Ints, Packer
from boxwright.selection.attempt import attempt, conceivable
from boxwright.selection.effort import Effort
from boxwright.selection.model import PackedBox, ParcelModel, Price, Shapes


@dataclass(frozen=True)
class SingleOutcome:
    """What a single-parcel search found.

    Attributes
    ----------
    found : PackedBox or None
        The cheapest box that took every unit.
    refused : tuple of RefusedCandidate
        Cheaper box types (or all, if none was found), each proved too small or too weak; of several cushionings each
        pair of box type and cushioning.
    open_candidates : tuple of OpenCandidate
        Cheaper box types that were tried without success and are not excluded.
    first_open : Price or None
        Price of the cheapest of them: with the found price it states the gap.
    """

    found: PackedBox | None
    refused: tuple[RefusedCandidate, ...]
    open_candidates: tuple[OpenCandidate, ...]
    first_open: Price | None

    @property
    def least(self) -> Price | None:
        """Price that no single parcel of these units undercuts; None where every box type is refused."""
        return self.first_open or (self.found.price if self.found is not None else None)


def search_single(
    model: ParcelModel,
    packer: Packer,
    members: Ints,
    boxes: Sequence[BoxType],
    effort: Effort,
    below: Price | None = None,
    *,
    certified: bool = True,
) -> SingleOutcome:
    """Find the cheapest of ``boxes`` that takes all ``members``; one unit may ship in its own container instead.

    Where several cushionings may be used, each box type with each of them is a candidate.

    Parameters
    ----------
    model, packer
        Rules and prices; the engine.
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
    """
    variants = model.variants(members)
    shapes = [each.shapes(members, each.protect(members)) for each in variants]
    # Of equal price as a box, no box is the better one.
    found = model.as_it_is(members)
    if found is not None and below is not None and found.price >= below:
        found = None
    below = below if found is None else found.price
    refused: list[RefusedCandidate] = []
    left_open: list[tuple[Price, OpenCandidate]] = []
    for price, rank, which in _lowest_first(variants, shapes, members, boxes, below, certified=certified):
        if below is not None and price >= below:
            break
        box, variant = boxes[rank], variants[which]
        result = attempt(variant, packer, box, members, shapes[which], price, effort, below)
        if result.found is not None:
            found, below = result.found, result.found.price
        if result.refused is not None:
            named = variant.cushioning_id
            refused.append(dataclasses.replace(result.refused, cushioning_id=named) if named else result.refused)
        if result.open_at is not None:
            left_open.append((result.open_at, OpenCandidate(box.box_type_id, variant.cushioning_id)))
    if found is not None:
        # A mailer may cost more than the price it was tried at, and another box less than that.
        left_open = [each for each in left_open if each[0] <= found.price]
    return SingleOutcome(
        found,
        tuple(refused),
        tuple(candidate for _, candidate in left_open),
        min((price for price, _ in left_open), default=None),
    )


def _lowest_first(
    variants: Sequence[ParcelModel],
    shapes: Sequence[Shapes],
    members: Ints,
    boxes: Sequence[BoxType],
    below: Price | None,
    *,
    certified: bool,
) -> list[tuple[Price, int, int]]:
    """Return the candidates by rising bound on their price: the bound, which of ``boxes``, which of ``variants``."""
    return sorted(
        (variant.price(box, members), rank, which)
        for which, variant in enumerate(variants)
        for rank, box in enumerate(boxes)
        if (certified or _has_room(box, shapes[which])) and (below is None or variant.lower_bound(box) < below)
    )


def least_price(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> Price | None:
    """Return a price that no single parcel of these units undercuts, by cheap tests; None if they refuse all boxes.

    Parameters
    ----------
    model, members, boxes
        As for ``search_single``.
    """
    alone = model.as_it_is(members)
    found = None if alone is None else alone.price
    for variant in model.variants(members):
        shapes = variant.shapes(members, variant.protect(members))
        for price, rank in sorted((variant.price(box, members), rank) for rank, box in enumerate(boxes)):
            if found is not None and price >= found:
                break
            if conceivable(variant, boxes[rank], members, shapes):
                found = price
    return found


def _has_room(box: BoxType, shapes: Shapes) -> bool:
    """Whether a box has the volume of rigid units; of mailers and soft goods it is not asked."""
    return box.flexible or len(shapes.units) > 1 or shapes.units[0].volume_um3 <= box.inner_volume_um3
