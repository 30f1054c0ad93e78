"""Single-parcel search: candidates in ascending price, each cheaper one refused, open, or chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from boxwright.domain.box import BoxType
from boxwright.domain.plan import RefusedCandidate
from boxwright.packing.problem import Ints, Packer
from boxwright.selection.effort import Effort
from boxwright.selection.model import PackedBox, ParcelModel, Price
from boxwright.selection.refusal import refuse


@dataclass(frozen=True)
class SingleOutcome:
    """What a single-parcel search found.

    Attributes
    ----------
    found : PackedBox or None
        The cheapest box that took every unit.
    refused : tuple of RefusedCandidate
        Cheaper box types (or all, if none was found), each proved too small or too weak.
    open_ids : tuple of str
        Cheaper box types that were tried without success and are not excluded.
    first_open : Price or None
        Price of the cheapest of them: with the found price it states the gap.
    """

    found: PackedBox | None
    refused: tuple[RefusedCandidate, ...]
    open_ids: tuple[str, ...]
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
) -> SingleOutcome:
    """Find the cheapest of ``boxes`` that takes all ``members``.

    Parameters
    ----------
    model : ParcelModel
        Rules and prices.
    packer : Packer
        The engine.
    members : int64, (n,)
        Indices of the units, ascending.
    boxes : sequence of BoxType
        Among which to choose.
    effort : Effort
        Counted effort per box type.
    below : Price, optional
        Only boxes priced below this are of interest.
    """
    units = model.protect(members)
    refused: list[RefusedCandidate] = []
    open_ids: list[str] = []
    first_open: Price | None = None
    ranked = sorted((model.price(box, members), rank) for rank, box in enumerate(boxes))
    for price, rank in ranked:
        if below is not None and price >= below:
            break
        box = boxes[rank]
        space = model.space(box, units, whole=True)
        proof = refuse(box, units, space, effort.nodes)
        if proof is not None:
            refused.append(proof)
            continue
        layout = packer.pack(units, space, model.rules, whole=True, effort=effort.places)
        if layout is not None:
            packed = PackedBox.of(model, box, members, layout)
            return SingleOutcome(packed, tuple(refused), tuple(open_ids), first_open)
        open_ids.append(box.box_type_id)
        first_open = first_open or price
    return SingleOutcome(None, tuple(refused), tuple(open_ids), first_open)
