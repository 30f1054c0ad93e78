"""The search for one parcel: candidates are tried by ascending price and refused with a proof, left open, or chosen.

A *candidate* is a box type with a cushioning. Tests over arrays of box types first refuse those that cannot take the
units (``table.py``). The others are tried in ascending order of bounds until no bound is below the best price.
"""

import dataclasses
import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.domain.plan import OpenCandidate, RefusedCandidate
from boxwright.domain.proof import Proof
from boxwright.lazy import cached_property
from boxwright.packing.problem import Ints, Space, Units
from boxwright.packing.proofs import PROOFS, RANK, refuse, refused_cheaply
from boxwright.packing.question import Packed, Question, Refused
from boxwright.packing.stricter import stricter
from boxwright.selection.effort import Effort
from boxwright.selection.model import PackedBox, ParcelModel, Price, Shapes, cushioning_in
from boxwright.selection.outcome import Outcome
from boxwright.selection.table import at_no_height, may_go_in


@dataclass(frozen=True, slots=True)
class Form:
    """Units in one shape, a cuboid that the box can become, and a lower bound on the price of any layout in it."""

    price: Price
    units: Units
    space: Space


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of some units in a box: each of their shapes in each cuboid that the box can become.

    ``refused`` has a proof for each shape that the enclosing cuboid refuses. ``every`` is True if these are all
    forms.
    """

    cheapest_first: tuple[Form, ...]
    refused: tuple[Refused, ...]
    every: bool


@dataclass(frozen=True)
class Candidate:
    """Units ``members``, int64 (n,), in a box type with the cushioning of ``model``.

    ``shapes`` are the protected units, and ``price`` is a lower bound on the price of their parcel.
    """

    model: ParcelModel
    box: BoxType
    members: Ints
    shapes: Shapes
    price: Price

    @property
    def key(self) -> OpenCandidate:
        """The name of the candidate in certificates."""
        return OpenCandidate(self.box.box_type_id, cushioning_in(self.model, self.box))

    @property
    def has_forms(self) -> bool:
        """Whether the box or the units can have several forms."""
        return self.box.flexible or len(self.shapes.units) > 1

    def space(self, units: Units) -> Space:
        """Return ``ParcelModel.space`` of the box for all units in a shape."""
        several = self.model.admission.several(self.members)
        return self.model.space(self.box, units, whole=True, several=several)

    def question(self, effort: Effort) -> Question:
        """Return the question whether all units go in; they must have a single form."""
        (units,) = self.shapes.units
        return effort.question(units, self.space(units), self.model.rules, self.model.stop)

    def refused(self, why: Refused) -> RefusedCandidate:
        """Return a refusal of the candidate as an entry of a certificate."""
        return RefusedCandidate(self.box.box_type_id, why.proof, why.rule, cushioning_id=self.key.cushioning_id)

    def forbidden(self) -> Refused | None:
        """Return the admission rule by which the units may not share a box of the type, or None."""
        rule = self.model.admission.refusal(self.members, self.box.box_type_id)
        return None if rule is None else Refused(Proof.POLICY, rule)

    def conceivable(self) -> bool:
        """Whether no cheap test excludes that a box of the type takes all units."""
        if self.forbidden() is not None:
            return False
        # The space of a mailer encloses all its forms.
        return not self.shapes.every or any(
            not refused_cheaply(units, self.space(units)) for units in self.shapes.units
        )

    @cached_property
    def forms(self) -> Forms:
        """The forms of the units in the box."""
        model, shapes = self.model, self.shapes
        if not shapes.every and (whatever := self._whatever_the_shape()) is not None:
            return Forms((), (whatever,), every=True)
        forms: list[Form] = []
        refused: list[Refused] = []
        every = shapes.every
        # Folding changes no mass and, except for rounding, no volume, so the limits of the first shape hold for all.
        first = self.space(shapes.units[0])
        for units in shapes.units:
            if not first.encloses:
                forms.append(Form(self.price, units, first))
                continue
            # No exact search is made, so the refusal depends on no budget and a replay finds it again.
            proof = refuse(Question(units, self.space(units), model.rules, whole=True, stop=model.stop))
            if proof is not None:
                refused.append(proof)
                continue
            several = model.admission.several(self.members)
            fillings = model.fillings(self.box, units, whole=True, several=several)
            every = every and fillings.every
            if len(units) > 1:
                forms += [
                    Form(model.price(self.box, self.members, space.edges_um, least=True), units, space)
                    for space in fillings.spaces
                ]
                continue
            # The orientation of a single unit determines the size and so the price of its mailer.
            for space, (bit, orientation) in itertools.product(fillings.spaces, enumerate(ALL_ORIENTATIONS)):
                extents = orientation.rotate(*units.edges_um[0].tolist())
                if int(units.masks[0]) >> bit & 1 and space.edges_um[2] == extents[2]:
                    turned = dataclasses.replace(units, masks=np.array([1 << bit], dtype=np.int64))
                    forms.append(Form(model.price(self.box, self.members, extents), turned, space))
        return Forms(tuple(sorted(forms, key=lambda form: form.price)), tuple(refused), every)

    def _whatever_the_shape(self) -> Refused | None:
        """Return a proof by mass, volume or a single unit that holds for all shapes of the units, or None."""
        units = self.shapes.units[0]
        # The cuboid that encloses a mailer round the first shape may not enclose a mailer round another shape.
        space = dataclasses.replace(self.space(units), edges_um=self.box.inner_um)
        question = Question(units, space, self.model.rules, whole=True)
        for proof in (Proof.WEIGHT, Proof.VOLUME):
            rule = PROOFS[proof](question)
            if rule is not None:
                return Refused(proof, rule)
        for first in units.firsts.tolist():
            one = self.model.shapes(self.members[first : first + 1], units.one(first))
            if not may_go_in(self.model, self.box, one):
                size = " x ".join(f"{edge / 1e3:g}" for edge in one.units[0].edges_um[0].tolist())
                return Refused(Proof.SINGLE_UNIT, f"a unit of {size} mm fits in no orientation, however it is folded")
        return None

    def without_form(self) -> Refused | None:
        """Return a proof that no form of the units fits the box, or None."""
        forms = self.forms
        return self.together(forms.refused) if forms.every and not forms.cheapest_first else None

    def together(self, proofs: Sequence[Refused]) -> Refused:
        """Return the proofs for all forms as one proof, named after the costliest of them."""
        shapes = self.shapes.units
        if not proofs:
            return at_no_height(shapes[0])
        if len(proofs) == 1:
            return proofs[0]
        hardest = max(proofs, key=lambda proof: RANK[proof.proof])
        where = f"at any of {len(proofs)} filled heights" if len(shapes) == 1 else f"in any of {len(proofs)} forms"
        return Refused(hardest.proof, f"the units do not fit {where}; {hardest.rule}")


def lowest_first(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> list[Candidate]:
    """Return the candidates of some units in ascending order of bounds; at equal bounds in the order of ``boxes``.

    A box type makes one candidate with each cushioning. If it has compartments, it needs none and makes one candidate.
    """
    ranked = []
    for which, variant in enumerate(model.variants(members)):
        shapes = _shapes(variant, members, boxes)
        for rank, box in enumerate(boxes):
            in_cells = box.compartments is not None
            if not (in_cells and which):
                price = variant.price(box, members)
                ranked.append((price, rank, which, Candidate(variant, box, members, shapes[in_cells], price)))
    ranked.sort(key=lambda entry: entry[:3])
    return [candidate for *_, candidate in ranked]


def sifted(
    model: ParcelModel, members: Ints, boxes: Sequence[BoxType]
) -> Iterator[tuple[Price, Candidate | RefusedCandidate]]:
    """Yield prices, ascending, each with a candidate, or with the refusal if arrays or admission rules refuse it.

    The candidates are those of ``lowest_first``, with ``boxes`` from ``model.box_types()``. A refused candidate whose
    price depends on its content comes first, with an empty price. A price that takes long to compute is computed only
    once its bound is the lowest left.
    """
    rules = model.admission.refusals(members)
    variants = model.variants(members)
    settled, rest = model.settled(boxes)
    shapes_of: list[dict[bool, Shapes]] = []
    refused_by: list[dict[int, Refused]] = []
    heap: list[tuple[Price, bool, int, int, Candidate | None]] = []
    for which, variant in enumerate(variants):
        shapes = _shapes(variant, members, boxes)
        one_shape = False in shapes and len(shapes[False].units) == 1
        refused = variant.refused(shapes[False].units[0], boxes) if one_shape else {}
        if rules:
            refused |= {rank: why for rank, box in enumerate(boxes) if (why := rules.get(box.box_type_id, rules[""]))}
        shapes_of.append(shapes)
        refused_by.append(refused)
        # A box with compartments is the same candidate with every cushioning.
        heap += [
            (price, True, rank, which, None) for price, rank in settled if not (which and boxes[rank].compartments)
        ]
        for rank in rest:
            if not (which and boxes[rank].compartments):
                known = rank in refused
                heap.append((() if known else variant.lower_bound(boxes[rank], members), known, rank, which, None))
    heapq.heapify(heap)
    while heap:
        price, exact, rank, which, candidate = heapq.heappop(heap)
        variant, box, why = variants[which], boxes[rank], refused_by[which].get(rank)
        if why is None and candidate is None:
            price_now = price if exact or box.flexible else variant.price(box, members)
            candidate = Candidate(variant, box, members, shapes_of[which][box.compartments is not None], price_now)
            if box.flexible and not exact:
                why = candidate.without_form()
                if why is None and candidate.forms.every:
                    price_now = max(price, candidate.forms.cheapest_first[0].price)
            if why is None and not exact:
                heapq.heappush(heap, (price_now, True, rank, which, candidate))
                continue
        if why is not None:
            cushioning_id = variant.cushioning_id and cushioning_in(variant, box)
            yield price, RefusedCandidate(box.box_type_id, why.proof, why.rule, cushioning_id=cushioning_id)
        elif candidate is not None:
            yield price, candidate


def _shapes(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> dict[bool, Shapes]:
    """Return, by whether a box has compartments, the protected units in every shape."""
    firsts = {box.compartments is not None: box for box in boxes}
    return {in_cells: model.shapes(members, model.protect(members, box)) for in_cells, box in firsts.items()}


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

    ``members``, int64 (n,), ascend, and ``boxes`` are some of ``model.box_types()``. The parcel must cost less than
    ``below``, if given. The effort is per candidate. The outcome lists refusals if it is to be ``certified``.
    """
    found = model.as_it_is(members)  # an own container is preferred to a box of equal price
    if found is not None and below is not None and found.price >= below:
        found = None
    below = below if found is None else found.price
    refused: list[RefusedCandidate] = []
    left_open: list[tuple[Price, OpenCandidate]] = []
    for price, candidate in sifted(model, members, boxes):
        if below is not None and price >= below:
            break
        if isinstance(candidate, RefusedCandidate):
            refused += [candidate] if certified else ()
            continue
        outcome = try_candidate(candidate, effort, below)
        if outcome.found is not None:
            found, below = outcome.found, outcome.found.price
        refused += outcome.refused
        left_open += outcome.left_open
    if found is not None:
        # A packed mailer may cost more than its bound, so a later box may cost less than the mailer.
        left_open = [(least, key) for least, key in left_open if least <= found.price]
    return Outcome(() if found is None else (found,), tuple(refused), tuple(left_open))


def least_price(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> Price | None:
    """Return a lower bound on the price of one parcel of these units; None if cheap tests refuse all of ``boxes``."""
    alone = model.as_it_is(members)
    for price, candidate in sifted(model, members, boxes):
        if alone is not None and price >= alone.price:
            break
        if isinstance(candidate, Candidate) and candidate.conceivable():
            return price
    return None if alone is None else alone.price


def try_candidate(candidate: Candidate, effort: Effort, below: Price | None) -> Outcome:
    """Try to pack a candidate for less than ``below``; the outcome has a refusal, a parcel or an open candidate.

    A refusal proves that no parcel costs less than the parcel found, or less than ``below``. An open candidate has a
    lower bound on the price of the parcels that are not excluded.
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
        return Outcome(left_open=left_open)  # the layout needs blocking; another layout may need less
    return Outcome((packed,), left_open=left_open if candidate.price < packed.price else ())


def _try_forms(candidate: Candidate, effort: Effort, below: Price | None) -> Outcome:
    """Try the forms of a candidate by ascending price; together they have the effort of one box."""
    if (why := candidate.without_form()) is not None:
        return Outcome(refused=(candidate.refused(why),))
    forms = candidate.forms
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
    return Outcome(refused=(candidate.refused(candidate.together(proofs)),) if proofs else ())


def _cheapest_layout(candidate: Candidate, form: Form, effort: Effort) -> PackedBox | Refused | None:
    """Return the cheapest layout of a form; if the price depends on the layout, stricter rules are tried too."""
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
        elif found is None:  # the packer has already tried stricter rules
            return answer if isinstance(answer, Refused) else None
    return found
