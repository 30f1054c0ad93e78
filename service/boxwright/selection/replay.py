"""Certificates made good again: proofs asked anew, and what follows from the boxes that they leave."""

from collections.abc import Collection, Iterator, Sequence

from boxwright.domain.box import BoxType
from boxwright.domain.plan import Proof, RefusedCandidate
from boxwright.packing.problem import Ints, Rules, Space, Units
from boxwright.selection.admission import bundle_kinds
from boxwright.selection.effort import Effort
from boxwright.selection.forms import forms_of
from boxwright.selection.model import ParcelModel, Price, Shapes
from boxwright.selection.part_floors import part_floors
from boxwright.selection.partition import MOST_SUBSETS, partition_bound, subset_count
from boxwright.selection.plan_bound import boxes_bound
from boxwright.selection.refusal import PROOFS, RANK, Question, refuse
from boxwright.selection.single import least_price
from boxwright.selection.solved import SOLVED, OpenQuestion, refuse_exactly


def failed_proofs(
    model: ParcelModel,
    members: Ints,
    refused: Sequence[tuple[BoxType, RefusedCandidate]],
    price: Price,
    effort: Effort,
    *,
    in_words: bool,
) -> Iterator[tuple[int, str, str]]:
    """Yield each refused candidate whose named proof does not refuse it: its place, the field at fault, and why.

    Parameters
    ----------
    model : ParcelModel
        Rules.
    members : int64, (n,)
        All units that the candidates are refused for.
    refused : sequence of (BoxType, RefusedCandidate)
        Candidates as the certificate names them.
    price : Price
        Price of the plan: of a mailer, filled heights that cost as much are no question.
    effort : Effort
        Limits of exact searches per candidate: a false claim costs no more than this.
    in_words : bool
        Whether the detail must be word for word what the proof says.
    """
    shapes_with: dict[str, Shapes] = {}
    whole = model
    for place, (box, candidate) in enumerate(refused):
        model = whole.variant(candidate.cushioning_id)
        shapes = shapes_with.get(candidate.cushioning_id)
        if shapes is None:
            shapes = shapes_with[candidate.cushioning_id] = model.shapes(members, model.protect(members))
        if candidate.proof is Proof.POLICY:
            words = model.admission.refusal(members, box.box_type_id) or ""
            proved = bool(words)
        elif candidate.proof is Proof.CUSHIONING:
            words = model.unprotected(members) or ""
            proved = bool(words)
        elif box.flexible or len(shapes.units) > 1:
            dearest, _ = _in_forms(model, box, members, shapes, effort, price)
            proved, words = dearest is not None and RANK[dearest] <= RANK[candidate.proof], candidate.rule
        else:
            (units,) = shapes.units
            space = model.space(box, units, whole=True, several=model.admission.several(members))
            grounds = _grounds(candidate.proof, units, space, model.rules, effort)
            words = ""
            for words in grounds:
                if words == candidate.rule:
                    break
            proved = bool(words)
        if not proved:
            limit = f" within {effort.nodes:,} nodes" if candidate.proof is Proof.EXACT_RELAXED else ""
            if candidate.proof in SOLVED and effort.solver_seconds:
                limit += f" and {effort.solver_seconds:g} s of the solver" if limit else " within the solver's limit"
            rule = f"{candidate.proof.value} does not prove{limit} that {box.box_type_id!r} cannot hold the units"
            yield place, "proof", rule
        elif in_words and words != candidate.rule:
            yield place, "rule", f"must be {words!r}, got {candidate.rule!r:.200}"


def _grounds(proof: Proof, units: Units, space: Space, rules: Rules, effort: Effort) -> Iterator[str]:
    """Yield what a proof says where it refuses, each way to come to it in turn."""
    if proof in PROOFS:
        detail = PROOFS[proof](Question(units, space, effort.nodes))
        if detail is not None:
            yield detail
    if proof in SOLVED:
        detail = SOLVED[proof](OpenQuestion(units, space, rules, effort.solver_seconds))
        if detail is not None:
            yield detail


def least_not_refused(
    model: ParcelModel, box: BoxType, members: Ints, shapes: Shapes, effort: Effort, below: Price | None
) -> Price | None:
    """Return a price that no parcel of these units in this box type undercuts; None where proofs refuse it.

    The model is of one cushioning. Of a mailer, filled heights that cost ``below`` or more are no question.
    """
    forbidden = model.admission.refusal(members, box.box_type_id) or model.unprotected(members)
    if forbidden is not None:
        return None
    if box.flexible or len(shapes.units) > 1:
        return _in_forms(model, box, members, shapes, effort, below)[1]
    (units,) = shapes.units
    space = model.space(box, units, whole=True, several=model.admission.several(members))
    refused = refuse(box, units, space, effort.nodes) or refuse_exactly(
        box, OpenQuestion(units, space, model.rules, effort.solver_seconds)
    )
    return None if refused else model.price(box, members)


def _in_forms(
    model: ParcelModel, box: BoxType, members: Ints, shapes: Shapes, effort: Effort, below: Price | None
) -> tuple[Proof | None, Price | None]:
    """Return the dearest proof that refuses a box in some form, or the least price at which none refuses it."""
    forms = forms_of(model, box, members, shapes)
    if not forms.every:
        return None, model.price(box, members)
    if not forms.cheapest_first and not forms.refused:
        return Proof.VOLUME, None
    proofs = [each.proof for each in forms.refused]
    for form in forms.cheapest_first:
        if below is not None and form.price >= below:
            break
        proof = refuse(box, form.units, form.space, effort.nodes)
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
    left: list[Price | None] = []
    for variant in model.variants(members):
        shapes = variant.shapes(members, variant.protect(members))
        left += [
            least_not_refused(variant, box, members, shapes, effort, price)
            if box.flexible
            else variant.price(box, members)
            for box in model.candidates()
            if (box.box_type_id, variant.cushioning_id) not in refused
        ]
    own = model.as_it_is(members)
    left.append(None if own is None else own.price)
    return min([price, *(each for each in left if each is not None)])


def several_bound(
    model: ParcelModel, members: Ints, count: int, price: Price, effort: Effort, *, fewest_first: bool
) -> Price | None:
    """Return a price, at most ``price``, that no plan of two or more parcels undercuts; None if none can be told.

    Parameters
    ----------
    model : ParcelModel
        Rules and prices.
    members : int64, (n,)
        All units.
    count : int
        Parcels of the plan.
    price : Price
        Price of the plan.
    effort : Effort
        Limits of exact searches per set of units and box type.
    fewest_first : bool
        Whether the number of parcels is what counts first: then plans with more parcels than ``count`` are no question.
    """
    if fewest_first and count == 1:
        return price
    by_partition = _partition_bound(model, members, price, effort)
    by_boxes = boxes_bound(model, members, count, price, fewest_first=fewest_first)
    known = [bound for bound in (by_partition, by_boxes) if bound is not None]
    return min(price, max(known)) if known else None


def _partition_bound(model: ParcelModel, members: Ints, price: Price, effort: Effort) -> Price | None:
    """Return the least price over all partitions of few units into two or more parcels.

    Each part counts at the cheapest box type that no proof refuses for it; ``price`` where there is no such
    partition. None where the units are many.
    """
    bundles = model.admission.bundles(members)
    kinds = bundle_kinds(bundles, members, model.protect(members).kinds)
    if subset_count(kinds) > MOST_SUBSETS:
        return None
    boxes = model.candidates()
    return partition_bound(
        bundles,
        kinds,
        lambda some: _cheapest_not_refused(model, some, effort),
        lambda some: least_price(model, some, boxes),
        lambda by_kind, parts: [*part_floors(model, members, boxes, by_kind, parts[:-1]), None],
        price,
        monotone=model.monotone,
    )


def _cheapest_not_refused(model: ParcelModel, members: Ints, effort: Effort) -> Price | None:
    variants = model.variants(members)
    shapes = [each.shapes(members, each.protect(members)) for each in variants]
    own = model.as_it_is(members)
    best: Price | None = None if own is None else own.price
    ranked = sorted(
        (variant.price(box, members), rank, which)
        for which, variant in enumerate(variants)
        for rank, box in enumerate(model.candidates())
    )
    for price, rank, which in ranked:
        if best is not None and price >= best:
            break
        box = model.candidates()[rank]
        least = least_not_refused(variants[which], box, members, shapes[which], effort, best)
        if least is not None and (best is None or least < best):
            best = least
    return best
