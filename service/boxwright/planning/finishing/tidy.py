"""How units lie in the box that was chosen: of several possible layouts, one that a packer would choose."""

import dataclasses

import numpy as np

from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.packer import ONE_CONSTRUCTION
from boxwright.packing.problem import Ints, Units
from boxwright.packing.question import Question
from boxwright.planning.model import OrderModel
from boxwright.selection.model import PackedBox
from boxwright.selection.outcome import Outcome

MOST_UNITS = 60
"""Parcels of more units stay as the search packed them."""
TWO_UNITS = 100
"""Effort in which two units are tried in every pair of orientations."""
HEAVY_FIRST = 21
"""Seed with which units are first set down by mass, equal ones in turn, each as low as it goes: see ``search``."""
BITS = 1 << np.arange(len(ORIENTATIONS))
AS_DECLARED = int(BITS[ORIENTATIONS[:, 2] == 2].sum())
"""The orientations in which the declared height stays upright."""


def tidied(model: OrderModel, outcome: Outcome) -> Outcome:
    """Return an outcome whose parcels are packed as a packer would rather do it, where one construction finds that.

    First, as many units as possible lie on the largest face that they may lie on; what keeps clear of the walls is
    delicate and stands as it was declared. Then, mass lies low. Heavy units are set down first, equal ones one after
    the other. Prices stay: what blocks heavy goods may change them.
    """
    return dataclasses.replace(outcome, parcels=tuple(_tidied(model, packed) for packed in outcome.parcels))


def _tidied(model: OrderModel, packed: PackedBox) -> PackedBox:
    model, box, members = model.variant(packed.cushioning_id), packed.box, np.sort(packed.members)
    if not box.has_fill or not box.ours or len(members) > MOST_UNITS or not model.packer.keeps_margins:
        return packed
    shapes = [(shape, _preferred(shape)) for shape in model.shapes(members, model.protect(members, box)).units]
    units, preferred = shapes[0]
    best, least = packed, _rank(packed, members, units, preferred)
    if least[0] == 0 and (packed.corners_um[:, 2] == packed.corners_um[0, 2]).all():
        return packed
    tried = [dataclasses.replace(shape, masks=masks) for shape, masks in shapes]
    effort, several = TWO_UNITS if len(members) == 2 else ONE_CONSTRUCTION, model.admission.several(members)
    for shape in (*tried, units):
        space = model.space(box, shape, whole=True, several=several)
        asked = Question(shape, space, model.rules, whole=True, effort=effort, seed=HEAVY_FIRST, stop=model.stop)
        layout = model.packer.ask(asked).layout
        if layout is not None:
            other = PackedBox.of(model, box, members, layout)
            rank = _rank(other, members, units, preferred)
            if rank < least and other.price == packed.price:
                best, least = other, rank
        if least[0] == 0:
            break
    return best


def _preferred(units: Units) -> Ints:
    """Return the orientations that a packer prefers of those that units may have, as masks, int64 (n,)."""
    flat = (BITS * (units.edges_um[:, ORIENTATIONS[:, 2]] == units.upright_um[:, None])).sum(axis=1)
    declared = np.where(units.clear_um > 0, units.masks & AS_DECLARED, 0)
    preferred: Ints = np.where(declared > 0, declared, units.masks & flat)
    return preferred


def _rank(packed: PackedBox, members: Ints, units: Units, preferred: Ints) -> tuple[int, float]:
    """Return how many units do not lie as preferred, and the sum of mass times twice the height of the middle."""
    which = np.searchsorted(members, packed.members)
    lies = preferred[which] >> packed.orientations & 1
    return int((lies == 0).sum()), float(units.mass_mg[which] @ (packed.corners_um[:, 2] + packed.corners_um[:, 5]))
