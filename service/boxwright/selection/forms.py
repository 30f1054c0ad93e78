"""The forms that some units can take in one box type: each shape of theirs in each cuboid of the box."""

import dataclasses
from dataclasses import dataclass

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.domain.proof import Proof
from boxwright.packing.cells import fit_alone
from boxwright.packing.problem import Space, Units
from boxwright.packing.proofs import PROOFS, refuse
from boxwright.packing.question import Question, Refused
from boxwright.selection.candidate import Candidate
from boxwright.selection.model import Fillings, ParcelModel, Price, Shapes


@dataclass(frozen=True, slots=True)
class Form:
    """All units in one shape, to be packed into one cuboid.

    Attributes
    ----------
    price : Price
        No layout in this form undercuts it.
    units : Units
        In their shape.
    space : Space
        The cuboid.
    """

    price: Price
    units: Units
    space: Space


@dataclass(frozen=True, slots=True)
class Forms:
    """What is left to try.

    Attributes
    ----------
    cheapest_first : tuple of Form
        Those that the enclosing cuboids do not refuse.
    refused : tuple of Refused
        A proof for each shape whose enclosing cuboid does.
    every : bool
        Whether units that go in at all do so in one of them.
    """

    cheapest_first: tuple[Form, ...]
    refused: tuple[Refused, ...]
    every: bool


def forms_of(candidate: Candidate) -> Forms:
    """Return the forms that the units of a candidate can take in its box."""
    model, box, members, shapes = candidate.model, candidate.box, candidate.members, candidate.shapes
    if not shapes.every:
        whatever = _whatever_the_shape(candidate)
        if whatever is not None:
            return Forms((), (whatever,), every=True)
    forms: list[Form] = []
    refused: list[Refused] = []
    every = shapes.every
    # Folding changes no mass and adds, by rounding, next to no volume: limits are those of the first shape.
    first = candidate.space(shapes.units[0])
    for units in shapes.units:
        if not first.encloses:
            forms.append(Form(candidate.price, units, first))
            continue
        # Without exact search: what refuses a shape is then the same for any budget, and a replay finds it again.
        proof = refuse(Question(units, candidate.space(units), model.rules, whole=True, stop=model.stop))
        if proof is not None:
            refused.append(proof)
            continue
        fillings = model.fillings(box, units, whole=True, several=model.admission.several(members))
        every = every and fillings.every
        if len(units) == 1:
            forms += _of_one_unit(candidate, units, fillings)
        else:
            forms += [
                Form(model.price(box, members, space.edges_um, least=True), units, space) for space in fillings.spaces
            ]
    order = sorted(range(len(forms)), key=lambda at: (forms[at].price, at))
    return Forms(tuple(forms[at] for at in order), tuple(refused), every)


def _of_one_unit(candidate: Candidate, units: Units, fillings: Fillings) -> list[Form]:
    """Return the forms of one unit in a mailer: of each orientation size, and so price, are known beforehand."""
    forms = []
    edges = (*units.edges_um[0].tolist(),)
    for bit, orientation in enumerate(ALL_ORIENTATIONS):
        if not int(units.masks[0]) >> bit & 1:
            continue
        extents = orientation.rotate(*edges)
        turned = dataclasses.replace(units, masks=np.array([1 << bit], dtype=np.int64))
        forms += [
            Form(candidate.model.price(candidate.box, candidate.members, extents), turned, space)
            for space in fillings.spaces
            if space.edges_um[2] == extents[2]
        ]
    return forms


def _whatever_the_shape(candidate: Candidate) -> Refused | None:
    """Return a proof that needs no list of all shapes: by mass, by volume, or of one unit in each of its own."""
    units = candidate.shapes.units[0]
    # What encloses a mailer in one shape need not in another.
    space = dataclasses.replace(candidate.space(units), edges_um=candidate.box.inner_um)
    question = Question(units, space, candidate.model.rules, whole=True)
    for proof in (Proof.WEIGHT, Proof.VOLUME):
        rule = PROOFS[proof](question)
        if rule is not None:
            return Refused(proof, rule)
    _, firsts = np.unique(units.kinds, return_index=True)
    for first in firsts.tolist():
        one = candidate.model.shapes(candidate.members[first : first + 1], units.take(np.array([first])))
        if not may_go_in(candidate.model, candidate.box, one):
            size = " x ".join(f"{edge / 1e3:g}" for edge in one.units[0].edges_um[0].tolist())
            return Refused(Proof.SINGLE_UNIT, f"{size} mm fits in no orientation, however it is folded")
    return None


def may_go_in(model: ParcelModel, box: BoxType, one: Shapes) -> bool:
    """Whether a unit goes into a box in some shape; of a mailer, into what encloses all that it can hold."""
    return not one.every or any(
        fit_alone(each, model.space(box, each, whole=True, several=False)) for each in one.units
    )
