"""One box type and some units: refused with a proof, packed, or open."""

from dataclasses import dataclass

from boxwright.domain.box import BoxType
from boxwright.domain.plan import Proof, RefusedCandidate
from boxwright.packing.problem import Ints, Packer, Units
from boxwright.selection.effort import Effort
from boxwright.selection.model import PackedBox, ParcelModel, Price
from boxwright.selection.refusal import refuse


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one box type.

    Attributes
    ----------
    found : PackedBox or None
        All units in one box of the type.
    refused : RefusedCandidate or None
        Proof that there is no cheaper parcel of the type than the one found (or than the limit); None if there is
        nothing to prove or no proof.
    open_at : Price or None
        Where cheaper parcels of the type are not excluded: a price that none of them undercuts.
    """

    found: PackedBox | None = None
    refused: RefusedCandidate | None = None
    open_at: Price | None = None


def attempt(
    model: ParcelModel,
    packer: Packer,
    box: BoxType,
    members: Ints,
    units: Units,
    price: Price,
    effort: Effort,
    below: Price | None,
) -> Attempt:
    """Put all units into one box of a type.

    Parameters
    ----------
    model, packer
        Rules and prices; the engine.
    box : BoxType
        The type.
    members, units : int64 (n,), Units
        Which units, and they with their cushioning.
    price : Price
        ``model.price(box, members)``.
    effort : Effort
        Counted effort.
    below : Price or None
        Only parcels cheaper than this are of interest.
    """
    forbidden = model.admission.refusal(members)
    if forbidden is not None:
        return Attempt(refused=RefusedCandidate(box.box_type_id, Proof.POLICY, forbidden))
    space = model.space(box, units, whole=True)
    proof = refuse(box, units, space, effort.nodes)
    if proof is not None:
        return Attempt(refused=proof)
    if box.flexible:
        return _fill_mailer(model, packer, box, members, units, price, effort, below)
    layout = packer.pack(units, space, model.rules, whole=True, effort=effort.places)
    if layout is None:
        return Attempt(open_at=price)
    return Attempt(PackedBox.of(model, box, members, layout))


def _fill_mailer(
    model: ParcelModel,
    packer: Packer,
    box: BoxType,
    members: Ints,
    units: Units,
    price: Price,
    effort: Effort,
    below: Price | None,
) -> Attempt:
    """Try a mailer's fillings in rising price; they share the effort of a box."""
    fillings = model.fillings(box, units, whole=True)
    if fillings.every and not fillings.spaces:
        detail = f"{units.volume_um3 / 1e15:.3f} L of units, more than it holds at any filled height"
        return Attempt(refused=RefusedCandidate(box.box_type_id, Proof.VOLUME, detail))
    effort = effort.scaled(parts=max(len(fillings.spaces), 1))
    ranked = sorted((model.price(box, members, space.edges_um), rank) for rank, space in enumerate(fillings.spaces))
    found: PackedBox | None = None
    proofs: list[RefusedCandidate] = []
    open_at = [] if fillings.every else [price]
    for bound, rank in ranked:
        if below is not None and bound >= below:
            break
        space = fillings.spaces[rank]
        proof = refuse(box, units, space, effort.nodes)
        if proof is not None:
            proofs.append(proof)
            continue
        layout = packer.pack(units, space, model.rules, whole=True, effort=effort.places)
        packed = None if layout is None else PackedBox.of(model, box, members, layout)
        if packed is not None and (below is None or packed.price < below):
            found, below = packed, packed.price
        if packed is None or bound < packed.price:
            open_at.append(bound)
    still_open = [bound for bound in open_at if below is None or bound < below]
    if still_open:
        return Attempt(found, open_at=min(still_open))
    return Attempt(found, _together(box, proofs) if found is None else None)


def _together(box: BoxType, proofs: list[RefusedCandidate]) -> RefusedCandidate | None:
    """Return the proofs of all fillings of a mailer as one, named after the dearest."""
    if not proofs:
        return None
    dearest = max(proofs, key=lambda proof: list(Proof).index(proof.proof))
    detail = f"at none of {len(proofs)} filled heights; {dearest.detail}"
    return RefusedCandidate(box.box_type_id, dearest.proof, detail)
