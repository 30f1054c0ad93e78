"""One turn of the search: a candidate is refused with a proof, packed, or left open."""

import dataclasses

from boxwright.domain.proof import Proof
from boxwright.packing.proofs import RANK
from boxwright.packing.question import Packed, Refused
from boxwright.packing.stricter import stricter
from boxwright.selection.candidate import Candidate
from boxwright.selection.effort import Effort
from boxwright.selection.forms import Form, forms_of
from boxwright.selection.model import PackedBox, Price
from boxwright.selection.outcome import Outcome


def try_candidate(candidate: Candidate, effort: Effort, below: Price | None) -> Outcome:
    """Put all units of a candidate into one box.

    Parameters
    ----------
    candidate : Candidate
        Which units and which box.
    effort : Effort
        Counted effort.
    below : Price or None
        Only parcels cheaper than this are of interest.

    Returns
    -------
    Outcome
        The parcel, if there is one that is cheaper. A refusal is a proof that there is no cheaper one than it, or than
        the limit. Where cheaper ones are not excluded the candidate is left open, at a price that none of them
        undercuts.
    """
    candidate.model.stop.look()
    if (forbidden := candidate.forbidden()) is not None:
        return Outcome(refused=(candidate.refused(forbidden),))
    if candidate.has_forms:
        return _try_forms(candidate, effort, below)
    answer = candidate.model.packer.ask(candidate.question(effort))
    if isinstance(answer, Refused):
        return Outcome(refused=(candidate.refused(answer),))
    left_open = ((candidate.price, candidate.key),)
    if not isinstance(answer, Packed):
        return Outcome(left_open=left_open)
    packed = PackedBox.of(candidate.model, candidate.box, candidate.members, answer.layout)
    if below is not None and packed.price >= below:
        return Outcome(left_open=left_open)  # blocking made it dearer than its bound; another layout may do without
    return Outcome((packed,), left_open=left_open if candidate.price < packed.price else ())


def _try_forms(candidate: Candidate, effort: Effort, below: Price | None) -> Outcome:
    """Try a mailer's fillings and the shapes of soft goods in rising price; they share the effort of a box."""
    forms = forms_of(candidate)
    effort = effort.scaled(parts=max(len(forms.cheapest_first), 1)).without_solver
    found: PackedBox | None = None
    proofs = list(forms.refused)
    open_at = [] if forms.every else [candidate.price]
    for form in forms.cheapest_first:
        candidate.model.stop.look()
        if below is not None and form.price >= below:
            break
        packed = _cheapest_layout(candidate, form, effort)
        if isinstance(packed, Refused):
            proofs.append(packed)
            continue
        if packed is not None and (below is None or packed.price < below):
            found, below = packed, packed.price
        if packed is None or form.price < packed.price:
            open_at.append(form.price)
    still_open = [(bound, candidate.key) for bound in open_at if below is None or bound < below]
    if found is not None or still_open:
        return Outcome(() if found is None else (found,), left_open=tuple(sorted(still_open)[:1]))
    if not proofs and not forms.cheapest_first:
        volume = candidate.shapes.units[0].volume_um3 / 1e15
        proofs = [Refused(Proof.VOLUME, f"{volume:.3f} L of units, more than it holds at any filled height")]
    return Outcome(refused=(candidate.refused(_together(proofs, len(candidate.shapes.units))),) if proofs else ())


def _cheapest_layout(candidate: Candidate, form: Form, effort: Effort) -> PackedBox | Refused | None:
    """Pack a form; where its price depends on how the units lie, under stricter rules too, of which one may lie better.

    What is cheapest under stricter rules is then no less cheap under looser ones.
    """
    model = candidate.model
    question = effort.question(form.units, form.space, model.rules, model.stop)
    found: PackedBox | None = None
    for rules in (model.rules, *stricter(model.rules, form.units)):
        answer = model.packer.ask(question if found is None else dataclasses.replace(question, rules=rules, nodes=None))
        if isinstance(answer, Packed):
            packed = PackedBox.of(model, candidate.box, candidate.members, answer.layout)
            if found is None or packed.price < found.price:
                found = packed
            if found.price == form.price:
                break
        elif found is None:  # neither under these rules nor, the engine has looked, under stricter ones
            return answer if isinstance(answer, Refused) else None
    return found


def _together(proofs: list[Refused], shapes: int) -> Refused:
    """Return the proofs of all forms of a box as one, named after the dearest."""
    if len(proofs) == 1:
        return proofs[0]
    dearest = max(proofs, key=lambda proof: RANK[proof.proof])
    where = f"at none of {len(proofs)} filled heights" if shapes == 1 else f"in none of {len(proofs)} forms"
    return Refused(dearest.proof, f"{where}; {dearest.rule}")
