"""Candidates: some units in one box of a type, in a cushioning."""

from collections.abc import Sequence
from dataclasses import dataclass

from boxwright.domain.box import BoxType
from boxwright.domain.plan import OpenCandidate, RefusedCandidate
from boxwright.domain.proof import Proof
from boxwright.packing.problem import Ints, Space, Units
from boxwright.packing.proofs import refused_cheaply
from boxwright.packing.question import Question, Refused
from boxwright.selection.effort import Effort
from boxwright.selection.model import ParcelModel, Price, Shapes, cushioning_in


@dataclass(frozen=True, slots=True)
class Candidate:
    """Some units in one box of a type.

    Attributes
    ----------
    model : ParcelModel
        Rules and prices, of one cushioning.
    box : BoxType
        The type.
    members, shapes : int64 (n,), Shapes
        Which units, and they with their cushioning in every shape.
    price : Price
        ``model.price(box, members)``: no parcel of the candidate undercuts it.
    """

    model: ParcelModel
    box: BoxType
    members: Ints
    shapes: Shapes
    price: Price

    @property
    def key(self) -> OpenCandidate:
        """What certificates call it."""
        return OpenCandidate(self.box.box_type_id, cushioning_in(self.model, self.box))

    @property
    def has_forms(self) -> bool:
        """Whether box or units can have several forms; else there is one question."""
        return self.priced_by_form or len(self.shapes.units) > 1

    @property
    def priced_by_form(self) -> bool:
        """Whether its price depends on the form: a mailer costs what its filled height makes it."""
        return self.box.flexible

    def space(self, units: Units) -> Space:
        """Return the usable inside of the box for all units in a shape; see ``ParcelModel.space``."""
        return self.model.space(self.box, units, whole=True, several=self.model.admission.several(self.members))

    def question(self, effort: Effort) -> Question:
        """Return whether the units, in their one form, all go in."""
        (units,) = self.shapes.units
        return effort.question(units, self.space(units), self.model.rules, self.model.stop)

    def refused(self, why: Refused) -> RefusedCandidate:
        """Return a refusal as certificates have it."""
        cushioning_id = cushioning_in(self.model, self.box)
        return RefusedCandidate(self.box.box_type_id, why.proof, why.rule, cushioning_id=cushioning_id)

    def forbidden(self) -> Refused | None:
        """Return the rule that keeps the units out of one box of the type, whatever its size, or None."""
        rule = self.model.admission.refusal(self.members, self.box.box_type_id)
        return None if rule is None else Refused(Proof.POLICY, rule)

    def conceivable(self) -> bool:
        """Whether a box of the type may take all units, as far as tests tell that cost little."""
        if self.forbidden() is not None:
            return False
        # The space of a mailer encloses whatever can be in it.
        return not self.shapes.every or not all(
            refused_cheaply(units, self.space(units)) for units in self.shapes.units
        )


def lowest_first(
    model: ParcelModel, members: Ints, boxes: Sequence[BoxType], below: Price | None = None, *, roomy: bool = False
) -> list[Candidate]:
    """Return the candidates of some units by rising bound on their price, equal ones in the order of ``boxes``.

    Parameters
    ----------
    model : ParcelModel
        Rules and prices.
    members : int64, (n,)
        The units.
    boxes : sequence of BoxType
        Among which to choose; each with each cushioning, but those with compartments, which need none.
    below : Price, optional
        Only boxes whose bound is below this, whatever is in them.
    roomy : bool, optional
        Only boxes with the volume of rigid units; of mailers and soft goods it is not asked. Default False.
    """
    ranked = []
    for which, variant in enumerate(model.variants(members)):
        shapes_in: dict[bool, Shapes] = {}
        for rank, box in enumerate(boxes):
            in_cells = box.compartments is not None
            if in_cells and which:
                continue  # without cushioning it is the same candidate with each
            shapes = shapes_in.get(in_cells)
            if shapes is None:
                shapes = shapes_in[in_cells] = variant.shapes(members, variant.protect(members, box))
            fits = not roomy or len(shapes.units) > 1 or box.has_room(shapes.units[0].volume_um3)
            if fits and (below is None or variant.lower_bound(box) < below):
                price = variant.price(box, members)
                ranked.append((price, rank, which, Candidate(variant, box, members, shapes, price)))
    ranked.sort(key=lambda each: each[:3])
    return [candidate for *_, candidate in ranked]
