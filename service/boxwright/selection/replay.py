"""Certificates made good again: proofs asked anew, and what follows from the boxes that they leave."""

from collections.abc import Collection

from boxwright.domain.box import BoxType
from boxwright.domain.plan import RefusedCandidate
from boxwright.domain.proof import Proof
from boxwright.packing.problem import Ints
from boxwright.packing.proofs import PROOFS, RANK, refuse
from boxwright.packing.solver import SOLVED, refuse_exactly
from boxwright.selection.bounds import boxes_bound, part_floors
from boxwright.selection.effort import Effort
from boxwright.selection.model import ParcelModel, Price
from boxwright.selection.partition import MOST_SUBSETS, Bundles, Partitions
from boxwright.selection.single import Candidate, least_price, lowest_first


def failed_proof(
    model: ParcelModel,
    members: Ints,
    box: BoxType,
    claim: RefusedCandidate,
    price: Price,
    effort: Effort,
    *,
    in_words: bool,
) -> tuple[str, str] | None:
    """Return the field at fault of a refused candidate whose named proof does not refuse it, and why; else None.

    Of a mailer, filled heights that cost as much as the plan's ``price`` are no question. The ``effort`` limits exact
    searches per candidate: a false claim costs no more. With ``in_words`` the rule must be word for word what the proof
    says.
    """
    variant = model.variant(claim.cushioning_id)
    shapes = variant.shapes(members, variant.protect(members, box))
    words = _words(Candidate(variant, box, members, shapes, variant.price(box, members)), claim, effort, price)
    if not words:
        limit = f" within {effort.nodes:,} nodes" if claim.proof is Proof.EXACT_RELAXED else ""
        if claim.proof in SOLVED and effort.solver_seconds:
            limit += f" and {effort.solver_seconds:g} s of the solver" if limit else " within the solver's limit"
        return "proof", f"{claim.proof.value} does not prove{limit} that {box.box_type_id!r} cannot hold the units"
    if in_words and words != claim.message:
        return "message", f"must be {words!r}, got {claim.message!r:.200}"
    return None


def _words(candidate: Candidate, claim: RefusedCandidate, effort: Effort, price: Price) -> str:
    """Return what the proof that a certificate claims says of a candidate; empty where it does not refuse it."""
    if claim.proof is Proof.POLICY:
        return candidate.model.admission.refusal(candidate.members, candidate.box.box_type_id) or ""
    if candidate.has_forms:
        shape, *more = candidate.shapes.units
        told = None if more else candidate.model.refused(shape, [candidate.box]).get(0)
        if told is not None and told.proof is claim.proof:
            return told.rule
        dearest, _ = _in_forms(candidate, effort, price)
        return claim.message if dearest is not None and RANK[dearest] <= RANK[claim.proof] else ""
    words, question = "", candidate.question(effort)
    for proofs in (PROOFS, SOLVED):  # there may be two ways to come to a proof
        if claim.proof in proofs and words != claim.message:
            words = proofs[claim.proof](question) or words
    return words


def least_left(candidate: Candidate, effort: Effort, below: Price | None) -> Price | None:
    """Return a price that no parcel undercuts of a candidate which is not refused; of a mailer some heights may be."""
    return _least_not_refused(candidate, effort, below) if candidate.box.flexible else candidate.price


def _least_not_refused(candidate: Candidate, effort: Effort, below: Price | None) -> Price | None:
    """Return a price that no parcel of a candidate undercuts; None where proofs refuse it.

    Of a mailer, filled heights that cost ``below`` or more are no question.
    """
    if candidate.forbidden() is not None:
        return None
    if candidate.has_forms:
        return _in_forms(candidate, effort, below)[1]
    question = candidate.question(effort)
    return None if refuse(question) or refuse_exactly(question) else candidate.price


def _in_forms(candidate: Candidate, effort: Effort, below: Price | None) -> tuple[Proof | None, Price | None]:
    """Return the dearest proof that refuses a box in some form, or the least price at which none refuses it."""
    forms = candidate.forms
    if not forms.every:
        return None, candidate.price
    if not forms.cheapest_first and not forms.refused:
        return Proof.VOLUME, None
    proofs = [each.proof for each in forms.refused]
    for form in forms.cheapest_first:
        if below is not None and form.price >= below:
            break
        proof = refuse(effort.question(form.units, form.space, candidate.model.rules, candidate.model.stop))
        if proof is None:
            return None, form.price
        proofs.append(proof.proof)
    return max(proofs, key=RANK.__getitem__, default=Proof.WEIGHT), None


def single_bound(
    model: ParcelModel, members: Ints, refused: Collection[tuple[str, str]], price: Price, effort: Effort
) -> Price:
    """Return the least price of a plan with one parcel that is not refused, and at most ``price``.

    ``refused`` are pairs of box type and cushioning, as certificates name them.
    """
    left = [
        least_left(each, effort, price)
        for each in lowest_first(model, members, model.box_types())
        if each.key not in refused
    ]
    own = model.as_it_is(members)
    left.append(None if own is None else own.price)
    return min([price, *(each for each in left if each is not None)])


def several_bound(
    model: ParcelModel, members: Ints, count: int, price: Price, effort: Effort, *, fewest_first: bool
) -> Price | None:
    """Return a price, at most ``price``, that no plan of two or more parcels undercuts; None if none can be told.

    Of few units it is the least over all partitions, in which each part counts at the cheapest box type that no proof
    refuses for it. ``count`` and ``fewest_first`` are as for ``boxes_bound``.
    """
    if fewest_first and count == 1:
        return price
    known = [boxes_bound(model, members, count, price, fewest_first=fewest_first)]
    bundles, boxes = Bundles.of(model, members), model.box_types()
    if bundles.count <= MOST_SUBSETS:
        partitions = Partitions(
            bundles,
            lambda some: (None, _cheapest_not_refused(model, some, effort)),
            lambda some: least_price(model, some, boxes),
            lambda parts: [*part_floors(model, members, boxes, bundles, parts[:-1]), None],
            model.stop,
            monotone=model.monotone,
        )
        known.append(partitions.bound(price))
    return min(price, max(each for each in known if each is not None)) if any(known) else None


def _cheapest_not_refused(model: ParcelModel, members: Ints, effort: Effort) -> Price | None:
    own = model.as_it_is(members)
    best: Price | None = None if own is None else own.price
    for candidate in lowest_first(model, members, model.box_types()):
        if best is not None and candidate.price >= best:
            break
        least = _least_not_refused(candidate, effort, best)
        if least is not None and (best is None or least < best):
            best = least
    return best
