"""Replay of certificates: proofs are run again, and bounds follow from the boxes that no proof refuses."""

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

EFFORT_TIMES = 5
"""Factor on the effort of the search, so that its replay finds every proof again."""


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
    """Return the wrong field of a claimed refusal and the reason; None if the named proof refuses the candidate.

    Forms of a mailer that cost ``price``, the price of the plan, or more need no proof. ``in_words`` is True if the
    message of the claim must equal that of the proof.
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
        return "message", f"must be {words!r}, not {claim.message!r:.200}"
    return None


def _words(candidate: Candidate, claim: RefusedCandidate, effort: Effort, price: Price) -> str:
    """Return the message with which the claimed proof refuses a candidate; empty if it does not."""
    if claim.proof is Proof.POLICY:
        return candidate.model.admission.refusal(candidate.members, candidate.box.box_type_id) or ""
    if candidate.has_forms:
        shape, *more = candidate.shapes.units
        by_arrays = None if more else candidate.model.refused(shape, [candidate.box]).get(0)
        if by_arrays is not None and by_arrays.proof is claim.proof:
            return by_arrays.rule
        hardest, _ = _in_forms(candidate, effort, price)
        return claim.message if hardest is not None and RANK[hardest] <= RANK[claim.proof] else ""
    words, question = "", candidate.question(effort)
    for proofs in (PROOFS, SOLVED):  # Proof.EXACT_RELAXED is in both
        if claim.proof in proofs and words != claim.message:
            words = proofs[claim.proof](question) or words
    return words


def least_left(candidate: Candidate, effort: Effort, below: Price | None) -> Price | None:
    """Return a lower bound on the price of a candidate that no claim refuses; None for a mailer that proofs refuse."""
    return _least_not_refused(candidate, effort, below) if candidate.box.flexible else candidate.price


def _least_not_refused(candidate: Candidate, effort: Effort, below: Price | None) -> Price | None:
    """Return a lower bound on the price of a candidate; None if proofs refuse every form cheaper than ``below``."""
    if candidate.forbidden() is not None:
        return None
    if candidate.has_forms:
        return _in_forms(candidate, effort, below)[1]
    question = candidate.question(effort)
    return None if refuse(question) or refuse_exactly(question) else candidate.price


def _in_forms(candidate: Candidate, effort: Effort, below: Price | None) -> tuple[Proof | None, Price | None]:
    """Return the costliest of the proofs that refuse all forms, or the least price of a form that no proof refuses."""
    forms = candidate.forms
    if not forms.every:
        return None, candidate.price
    if not forms.cheapest_first and not forms.refused:
        return Proof.VOLUME, None
    proofs = [refused.proof for refused in forms.refused]
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
    """Return a lower bound, at most ``price``, on plans of one parcel.

    ``refused`` are pairs of box type and cushioning, as in certificates.
    """
    left = [
        least_left(candidate, effort, price)
        for candidate in lowest_first(model, members, model.box_types())
        if candidate.key not in refused
    ]
    own = model.as_it_is(members)
    left.append(None if own is None else own.price)
    return min([price, *(least for least in left if least is not None)])


def several_bound(
    model: ParcelModel, members: Ints, count: int, price: Price, effort: Effort, *, fewest_first: bool
) -> Price | None:
    """Return a lower bound, at most ``price``, on plans of two or more parcels; None if there is none.

    For a few units, it is the least sum over all partitions; each part has the price of the cheapest box type that no
    proof refuses. ``count`` and ``fewest_first`` are those of ``boxes_bound``.
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
    return min(price, max(bound for bound in known if bound is not None)) if any(known) else None


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
