"""How units lie in the box that was chosen: of several possible layouts, one that a packer would choose."""

import dataclasses
import math

import numpy as np

from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.packer import ONE_CONSTRUCTION
from boxwright.packing.problem import Ints, Layout, Units
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
    delicate and stands as it was declared. Then, mass lies low. Equal units are set down in stacks of equal height,
    and where that does no good one after the other, heavy ones first. Prices stay: what blocks heavy goods may change
    them.
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
    several = model.admission.several(members)
    stacked = filter(None, (_stacked(*shape, box.inner_um[2]) for shape in shapes))
    single = ((dataclasses.replace(shape, masks=masks), None) for shape, masks in shapes)
    for laid, stacks in (*stacked, *single, (units, None)):
        effort = TWO_UNITS if len(laid) == 2 else ONE_CONSTRUCTION
        space = model.space(box, units, whole=True, several=several)
        asked = Question(laid, space, model.rules, whole=True, effort=effort, seed=HEAVY_FIRST, stop=model.stop)
        layout = model.packer.ask(asked).layout
        if layout is not None:
            other = PackedBox.of(model, box, members, _unstacked(layout, stacks) if stacks else layout)
            rank = _rank(other, members, units, preferred)
            if rank < least and other.price == packed.price:
                best, least = other, rank
        if least[0] == 0 and not stacks:
            break
    return best


def _stacked(units: Units, preferred: Ints, height_um: int) -> tuple[Units, list[tuple[int, int, int]]] | None:
    """Return the stacks that equal units make, as units that stand; None where no unit would lie on another.

    With them come, stack by stack, the first of its units, their number, and the orientation in which they lie.
    """
    stacks, edges, masks, loads = [], [], [], []
    for first, count in zip(units.firsts.tolist(), units.counts.tolist(), strict=True):
        turn = int(preferred[first]).bit_length() - 1
        length, width, height = units.edges_um[first, ORIENTATIONS[turn]].tolist()
        mass, load = float(units.mass_mg[first]), float(units.max_load_mg[first])
        most = math.inf if not mass or load == math.inf else 1 + load // mass
        number = math.ceil(count / max(min(most, height_um // height), 1))
        for at in range(number):
            high = count // number + (at < count % number)
            stacks.append((first, high, turn))
            edges.append((length, width, high * height))
            masks.append(1 | (int(preferred[first]) >> (turn ^ 1) & 1) << 1)
            loads.append(max(load - (high - 1) * mass, 0.0))
            first += high
    if len(stacks) == len(units):
        return None
    firsts, highs, _ = np.array(stacks, dtype=np.int64).T
    kinds = np.concatenate(([0], np.cumsum((np.diff(units.kinds[firsts]) != 0) | (np.diff(highs) != 0))))
    whole = units.take(firsts)
    return dataclasses.replace(
        whole,
        edges_um=np.array(edges, dtype=np.int64),
        masks=np.array(masks, dtype=np.int64),
        kinds=kinds,
        mass_mg=whole.mass_mg * highs,
        max_load_mg=np.array(loads),
        cushioning_mg=whole.cushioning_mg * highs,
    ), stacks


def _unstacked(layout: Layout, stacks: list[tuple[int, int, int]]) -> Layout:
    """Return a layout of stacks, unit by unit from the floor up."""
    placed = zip(layout.units.tolist(), layout.orientations.tolist(), layout.corners_um.tolist(), strict=True)
    rows = []
    for stack, turned, (x, y, z, x2, y2, z2) in placed:
        first, high, turn = stacks[stack]
        height = (z2 - z) // high
        rows += [
            (first + at, turn ^ turned, x, y, z + at * height, x2, y2, z + (at + 1) * height) for at in range(high)
        ]
    units, orientations, *corners = np.array(rows, dtype=np.int64).T
    margins = layout.margins_um
    if margins is not None:
        margins = np.repeat(margins, [stacks[stack][1] for stack in layout.units.tolist()])
    return dataclasses.replace(
        layout, units=units, orientations=orientations, corners_um=np.array(corners).T, margins_um=margins
    )


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
