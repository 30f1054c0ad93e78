"""One box type and some units: refused with a proof, packed, or open."""

from dataclasses import dataclass

from boxwright import fuse
from boxwright.domain.box import BoxType
from boxwright.domain.plan import Proof, RefusedCandidate
from boxwright.packing.problem import Ints, Layout, Packer, Question, Rules, Space, Units
from boxwright.packing.sliding import pack_sliding
from boxwright.packing.stricter import stricter
from boxwright.selection.effort import Effort
from boxwright.selection.forms import Form, forms_of
from boxwright.selection.model import PackedBox, ParcelModel, Price, Shapes
from boxwright.selection.refusal import RANK, refuse, refused_cheaply
from boxwright.selection.solved import OpenQuestion, settle


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
    shapes: Shapes,
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
    members, shapes : int64 (n,), Shapes
        Which units, and they with their cushioning in every shape.
    price : Price
        ``model.price(box, members)``.
    effort : Effort
        Counted effort.
    below : Price or None
        Only parcels cheaper than this are of interest.
    """
    fuse.look()
    forbidden = model.admission.refusal(members, box.box_type_id)
    if forbidden is not None:
        return Attempt(refused=RefusedCandidate(box.box_type_id, Proof.POLICY, forbidden))
    unprotected = model.unprotected(members)
    if unprotected is not None:
        return Attempt(refused=RefusedCandidate(box.box_type_id, Proof.CUSHIONING, unprotected))
    if box.flexible or len(shapes.units) > 1:
        return _try_forms(model, packer, box, members, shapes, price, effort, below)
    (units,) = shapes.units
    space = model.space(box, units, whole=True, several=model.admission.several(members))
    answer = _ask(packer, box, units, space, model.rules, effort)
    if isinstance(answer, RefusedCandidate):
        return Attempt(refused=answer)
    if answer is None:
        return Attempt(open_at=price)
    packed = PackedBox.of(model, box, members, answer)
    if below is not None and packed.price >= below:
        return Attempt(open_at=price)  # blocking made it dearer than its bound; another layout may do without
    return Attempt(packed, open_at=price if price < packed.price else None)


def _ask(
    packer: Packer, box: BoxType, units: Units, space: Space, rules: Rules, effort: Effort
) -> Layout | RefusedCandidate | None:
    """Put one question in all ways: packed (a layout), refused (a proof), or open (None)."""
    proof = refuse(box, units, space, effort.nodes)
    if proof is not None:
        return proof
    effort = effort.of_units(len(units))
    layout = packer.pack(Question(units, space, rules, whole=True, effort=effort.places))
    if layout is not None or not packer.solver:
        return layout
    layout = pack_sliding(units, space, rules, effort.sliding)
    return layout if layout is not None else settle(box, OpenQuestion(units, space, rules, effort.solver_seconds))


def conceivable(model: ParcelModel, box: BoxType, members: Ints, shapes: Shapes) -> bool:
    """Whether a box of a type may take all units, as far as tests tell that cost little; arguments as ``attempt``."""
    if model.admission.refusal(members, box.box_type_id) is not None or model.unprotected(members) is not None:
        return False
    # The space of a mailer encloses whatever can be in it.
    several = model.admission.several(members)
    return not shapes.every or not all(
        refused_cheaply(units, model.space(box, units, whole=True, several=several)) for units in shapes.units
    )


def _try_forms(
    model: ParcelModel,
    packer: Packer,
    box: BoxType,
    members: Ints,
    shapes: Shapes,
    price: Price,
    effort: Effort,
    below: Price | None,
) -> Attempt:
    """Try a mailer's fillings and the shapes of soft goods in rising price; they share the effort of a box."""
    forms = forms_of(model, box, members, shapes)
    effort = effort.scaled(parts=max(len(forms.cheapest_first), 1)).of_units(len(members))
    found: PackedBox | None = None
    proofs = list(forms.refused)
    open_at = [] if forms.every else [price]
    for form in forms.cheapest_first:
        fuse.look()
        if below is not None and form.price >= below:
            break
        proof = refuse(box, form.units, form.space, effort.nodes)
        if proof is not None:
            proofs.append(proof)
            continue
        packed = _cheapest_layout(model, packer, box, members, form, effort)
        if packed is not None and (below is None or packed.price < below):
            found, below = packed, packed.price
        if packed is None or form.price < packed.price:
            open_at.append(form.price)
    still_open = [bound for bound in open_at if below is None or bound < below]
    if still_open:
        return Attempt(found, open_at=min(still_open))
    if found is not None:
        return Attempt(found)
    if not proofs and not forms.cheapest_first:
        detail = f"{shapes.units[0].volume_um3 / 1e15:.3f} L of units, more than it holds at any filled height"
        return Attempt(refused=RefusedCandidate(box.box_type_id, Proof.VOLUME, detail))
    return Attempt(refused=_together(box, proofs, len(shapes.units)))


def _cheapest_layout(
    model: ParcelModel, packer: Packer, box: BoxType, members: Ints, form: Form, effort: Effort
) -> PackedBox | None:
    """Pack a form; where its price depends on how the units lie, under stricter rules too, of which one may lie better.

    What is cheapest under stricter rules is then no less cheap under looser ones.
    """
    found: PackedBox | None = None
    for rules in (model.rules, *stricter(model.rules, form.units)):
        layout = packer.pack(Question(form.units, form.space, rules, whole=True, effort=effort.places))
        if layout is None:
            if found is None:  # neither under these rules nor, the engine has looked, under stricter ones
                return None
            continue
        packed = PackedBox.of(model, box, members, layout)
        if found is None or packed.price < found.price:
            found = packed
        if found.price == form.price:
            break
    return found


def _together(box: BoxType, proofs: list[RefusedCandidate], shapes: int) -> RefusedCandidate | None:
    """Return the proofs of all forms of a box as one, named after the dearest."""
    if len(proofs) < 2:
        return proofs[0] if proofs else None
    dearest = max(proofs, key=lambda proof: RANK[proof.proof])
    where = f"at none of {len(proofs)} filled heights" if shapes == 1 else f"in none of {len(proofs)} forms"
    return RefusedCandidate(box.box_type_id, dearest.proof, f"{where}; {dearest.rule}")
