"""The forms that some units can take in one box type: each shape of theirs in each cuboid of the box."""

import dataclasses
from dataclasses import dataclass

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.domain.plan import Proof, RefusedCandidate
from boxwright.packing import bounds
from boxwright.packing.problem import Ints, Space, Units
from boxwright.selection.model import Fillings, ParcelModel, Price, Shapes
from boxwright.selection.refusal import PROOFS, Question, refuse


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
    refused : tuple of RefusedCandidate
        A proof for each shape whose enclosing cuboid does.
    every : bool
        Whether units that go in at all do so in one of them.
    """

    cheapest_first: tuple[Form, ...]
    refused: tuple[RefusedCandidate, ...]
    every: bool


def forms_of(model: ParcelModel, box: BoxType, members: Ints, shapes: Shapes) -> Forms:
    """Return the forms of units in a box type.

    Parameters
    ----------
    model : ParcelModel
        Rules and prices.
    box : BoxType
        The type.
    members, shapes : int64 (n,), Shapes
        Which units, and they in every shape.
    """
    if not shapes.every:
        whatever = _whatever_the_shape(model, box, members, shapes)
        if whatever is not None:
            return Forms((), (whatever,), every=True)
    forms: list[Form] = []
    refused: list[RefusedCandidate] = []
    every = shapes.every
    # Folding changes no mass and adds, by rounding, next to no volume: limits are those of the first shape.
    several = model.admission.several(members)
    rigid = model.space(box, shapes.units[0], whole=True, several=several)
    for units in shapes.units:
        if not box.flexible:
            forms.append(Form(model.price(box, members), units, rigid))
            continue
        # Without exact search: what refuses a shape is then the same for any budget, and a replay finds it again.
        proof = refuse(box, units, model.space(box, units, whole=True, several=several), 0)
        if proof is not None:
            refused.append(proof)
            continue
        fillings = model.fillings(box, units, whole=True, several=several)
        every = every and fillings.every
        if len(units) == 1:
            forms += _of_one_unit(model, box, members, units, fillings)
        else:
            forms += [
                Form(model.price(box, members, space.edges_um, least=True), units, space) for space in fillings.spaces
            ]
    order = sorted(range(len(forms)), key=lambda at: (forms[at].price, at))
    return Forms(tuple(forms[at] for at in order), tuple(refused), every)


def _of_one_unit(model: ParcelModel, box: BoxType, members: Ints, units: Units, fillings: Fillings) -> list[Form]:
    """Return the forms of one unit in a mailer: of each orientation size, and so price, are known beforehand."""
    forms = []
    edges = (*units.edges_um[0].tolist(),)
    for bit, orientation in enumerate(ALL_ORIENTATIONS):
        if not int(units.masks[0]) >> bit & 1:
            continue
        extents = orientation.rotate(*edges)
        turned = dataclasses.replace(units, masks=np.array([1 << bit], dtype=np.int64))
        forms += [
            Form(model.price(box, members, extents), turned, space)
            for space in fillings.spaces
            if space.edges_um[2] == extents[2]
        ]
    return forms


def _whatever_the_shape(model: ParcelModel, box: BoxType, members: Ints, shapes: Shapes) -> RefusedCandidate | None:
    """Return a proof that needs no list of all shapes: by mass, by volume, or of one unit in each of its own."""
    units = shapes.units[0]
    # What encloses a mailer in one shape need not in another.
    enclosing = model.space(box, units, whole=True, several=model.admission.several(members))
    space = dataclasses.replace(enclosing, edges_um=box.inner_um)
    for proof in (Proof.WEIGHT, Proof.VOLUME):
        detail = PROOFS[proof](Question(units, space, 0))
        if detail is not None:
            return RefusedCandidate(box.box_type_id, proof, detail)
    _, firsts = np.unique(units.kinds, return_index=True)
    for first in firsts.tolist():
        one = model.shapes(members[first : first + 1], units.take(np.array([first])))
        if one.every and not any(fits_alone(model, box, each) for each in one.units):
            size = " x ".join(f"{edge / 1e3:g}" for edge in one.units[0].edges_um[0].tolist())
            detail = f"{size} mm fits in no orientation, however it is folded"
            return RefusedCandidate(box.box_type_id, Proof.SINGLE_UNIT, detail)
    return None


def fits_alone(model: ParcelModel, box: BoxType, one: Units) -> bool:
    """Whether a unit in one shape goes into a box; of a mailer, into what encloses all that it can hold."""
    return bounds.misfit(one, model.space(box, one, whole=True, several=False)) is None


def may_go_in(model: ParcelModel, box: BoxType, one: Shapes) -> bool:
    """Whether a unit goes into a box in some shape; of a mailer, into what encloses all that it can hold."""
    return not one.every or any(fits_alone(model, box, each) for each in one.units)
