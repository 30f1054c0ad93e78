"""Lays units in the chosen box as a packer would: flat, heavy ones low, equal ones together."""

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
EFFORT_PER_LINE = 20_000
"""Effort to lay the units of one more line as preferred. For sixty orders of a pack station planning takes 2 % longer;
ten times this effort would help one more order."""
MOST_RAISED = 1.1
"""A layout in which units of one more line lie flat may hold its mass so much higher: a tower is no better."""
HEAVY_FIRST = 21
"""Seed of the construction that sets units down by mass, equal ones in turn, as low as possible: see ``search``."""
BITS = 1 << np.arange(len(ORIENTATIONS))
AS_DECLARED = int(BITS[ORIENTATIONS[:, 2] == 2].sum())
"""The orientations in which the declared height stays upright."""

Stacks = list[tuple[int, int, int]]
"""For each stack: its first unit, the number of units, and their orientation."""


def tidied(model: OrderModel, outcome: Outcome) -> Outcome:
    """Return an outcome whose parcels are packed as a packer prefers, where a few attempts find that.

    First, as many units as possible lie on the largest face that they may lie on; delicate units, which keep clear of
    the walls, stand as declared. Then, mass lies low. Equal units are set down in stacks of equal height, or one by
    one, heavy ones first. Where some units cannot lie as preferred, the lines are tried in turn. A layout that changes
    the price of its parcel, by more blocking, is not taken. Equal units follow one another in the pack sequence.
    """
    return dataclasses.replace(outcome, parcels=tuple(_tidied(model, packed) for packed in outcome.parcels))


def _tidied(model: OrderModel, packed: PackedBox) -> PackedBox:
    box = packed.box
    if not box.has_fill or not box.ours or len(packed.members) > MOST_UNITS or not model.packer.keeps_margins:
        return packed
    model = model.variant(packed.cushioning_id)
    return _in_sequence(model, _laid(model, packed))


def _laid(model: OrderModel, packed: PackedBox) -> PackedBox:
    """Return a packed box whose units lie as a packer prefers."""
    box, members = packed.box, np.sort(packed.members)
    shapes = [(shape, _preferred(shape)) for shape in model.shapes(members, model.protect(members, box)).units]
    units, preferred = shapes[0]
    best, least = packed, _rank(packed, members, units, preferred)
    if least[0] == 0 and (packed.corners_um[:, 2] == packed.corners_um[0, 2]).all():
        return packed
    several, highest = model.admission.several(members), math.inf

    def packs(laid: Units, stacks: Stacks | None = None, effort: int = ONE_CONSTRUCTION) -> bool:
        """Whether the units are packed within an effort; the parcel is kept where it is the best so far."""
        nonlocal best, least
        effort = max(effort, TWO_UNITS) if len(laid) == 2 else effort
        space = model.space(box, units, whole=True, several=several)
        question = Question(laid, space, model.rules, whole=True, effort=effort, seed=HEAVY_FIRST, stop=model.stop)
        layout = model.packer.ask(question).layout
        if layout is None:
            return False
        other = PackedBox.of(model, box, members, _unstacked(layout, stacks) if stacks else layout)
        rank = _rank(other, members, units, preferred)
        if rank < least and rank[1] <= highest and other.price == packed.price:
            best, least = other, rank
        return True

    for shape, masks in shapes:
        if stacked := _stacked(shape, masks, box.inner_um[2]):
            packs(*stacked)
    for shape, masks in shapes:
        packs(dataclasses.replace(shape, masks=masks))
        if not least[0]:
            return best
    packs(units)
    # Not all units were packed as preferred: those of one line after the other are, the largest first.
    masks, highest = units.masks, MOST_RAISED * least[1]
    for first in sorted(units.firsts.tolist(), key=lambda unit: -units.volumes_um3[unit]):
        tried = np.where(units.kinds == units.kinds[first], preferred, masks)
        if packs(dataclasses.replace(units, masks=tried), effort=EFFORT_PER_LINE):
            masks = tried
    return best


def _in_sequence(model: OrderModel, packed: PackedBox) -> PackedBox:
    """Return a packed box in which equal units follow one another in the pack sequence, where every step still holds.

    A unit goes in after what is under it. Fill between units goes in layer by layer: with half-gaps only units at the
    same height change places.
    """
    corners, members = packed.corners_um, np.sort(packed.members)
    units = model.protect(members, packed.box)
    index = np.searchsorted(members, packed.members)
    kinds = list(zip(units.kinds[index].tolist(), packed.orientations.tolist(), strict=True))
    # By pairs: whether the first has to go in before the second.
    if model.wrappings.half_gaps_um[members].any():
        earlier = np.triu(corners[:, None, 2] != corners[None, :, 2])
    else:
        earlier = corners[:, None, 5] <= corners[None, :, 2]
        for axis in (0, 1):
            earlier &= corners[:, None, axis] < corners[None, :, axis + 3]
            earlier &= corners[None, :, axis] < corners[:, None, axis + 3]
    left, sequence = list(range(len(kinds))), list[int]()
    while left:
        possible = [unit for unit in left if not earlier[left, unit].any()]
        alike = [unit for unit in possible if sequence and kinds[unit] == kinds[sequence[-1]]]
        stacked = (unit for unit in alike if (corners[unit, :2] == corners[sequence[-1], :2]).all())
        sequence.append(next(stacked, (alike or possible)[0]))
        left.remove(sequence[-1])
    if sequence == sorted(sequence):
        return packed
    layout = Layout(index[sequence], packed.orientations[sequence], corners[sequence])
    space = model.space(packed.box, units, whole=True, several=model.admission.several(members))
    question = Question(units, space, model.rules, whole=True, effort=ONE_CONSTRUCTION, fixed=layout, stop=model.stop)
    if model.packer.ask(question).layout is None:
        return packed
    return dataclasses.replace(
        packed, members=packed.members[sequence], orientations=layout.orientations, corners_um=layout.corners_um
    )


def _stacked(units: Units, preferred: Ints, height_um: int) -> tuple[Units, Stacks] | None:
    """Return stacks of equal units, as units that stand, and what is in them; None where no stack has two units."""
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


def _unstacked(layout: Layout, stacks: Stacks) -> Layout:
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
    """Return the allowed orientations that a packer prefers, as masks, int64 (n,)."""
    flat = (BITS * (units.edges_um[:, ORIENTATIONS[:, 2]] == units.upright_um[:, None])).sum(axis=1)
    declared = np.where(units.clear_um > 0, units.masks & AS_DECLARED, 0)
    preferred: Ints = np.where(declared > 0, declared, units.masks & flat)
    return preferred


def _rank(packed: PackedBox, members: Ints, units: Units, preferred: Ints) -> tuple[int, float]:
    """Return the number of units that do not lie as preferred, and the sum of mass times twice the height of centre."""
    which = np.searchsorted(members, packed.members)
    lies = preferred[which] >> packed.orientations & 1
    return int((lies == 0).sum()), float(units.mass_mg[which] @ (packed.corners_um[:, 2] + packed.corners_um[:, 5]))
