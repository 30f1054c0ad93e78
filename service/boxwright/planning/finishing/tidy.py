"""Lays units in the chosen box as a packer would: flat, heavy ones low, equal ones together."""

import dataclasses
import itertools
import math
from collections.abc import Sequence

import numpy as np

from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.packer import ONE_CONSTRUCTION
from boxwright.packing.problem import Ints, Layout, Space, Units
from boxwright.packing.question import Question
from boxwright.planning.model import OrderModel
from boxwright.selection.model import PackedBox
from boxwright.selection.outcome import Outcome

MOST_UNITS = 60
"""Parcels of more units stay as the search packed them."""
EFFORT_PER_UNIT = 500
"""Effort per unit, if no construction succeeds, to lay the units of one more line as preferred."""
TWO_UNITS = 100
"""Effort that is enough to try two units in every pair of orientations."""
SEEDS = 21, 17, 4, 9, 22
"""Seeds of constructions; see ``search``. The first sets units down by mass, as low as possible. The others most often
packed what the first did not, over 180 everyday orders."""
MOST_RAISED = 1.1
"""Maximum factor by which mass may lie higher in a layout in which one more line lies flat or one group fewer is
scattered."""
HEAVY_SHARE = 3
"""A unit is heavy if its mass is at least the mass of all units divided by this."""
BITS = 1 << np.arange(len(ORIENTATIONS))
AS_DECLARED = int(BITS[ORIENTATIONS[:, 2] == 2].sum())
"""The orientations in which the declared height stays upright."""

MOST_SLENDER = 3
"""A group of equal units is slender if it is more than this many times as high as its base is wide."""
MOST_RAGGED = 1.1
"""A group of equal units is ragged if the cuboid round it has more than this many times their volume."""
MOST_UNEVEN = 1.5
"""A stacked group is uneven if the cuboid round it has more than this many times their volume."""
UNEVEN = 5
"""An uneven group counts as this many: 24 tins are two layers of 12, and not 20 with four on top."""
SHAPES = 3
"""Maximum number of shapes that are tried for the block of a line."""

Counts = tuple[int, int, int]
Rank = tuple[int, int, float, float]
Blocks = list[tuple[int, Counts, int]]
"""For each block of equal units: its first unit, the numbers of units along x, y, z, and their orientation."""


def tidied(model: OrderModel, outcome: Outcome) -> Outcome:
    """Return an outcome whose parcels are packed as a packer prefers, if a few attempts find such layouts.

    The preferences, the most important first: Heavy units, and units that must stand, do not lie on lighter ones. As
    many units as possible lie on the largest face that they may lie on, but delicate units, which keep clear of the
    walls, stand as declared. Mass lies low, and equal units lie together, the same way up, in no slender column.

    Equal units are set down in stacks of equal height, or one by one, heavy ones first. If some units cannot lie as
    preferred, the lines are tried in turn; if the units of a line are scattered, they are tried as one block; last,
    single units are turned in their places. A layout that changes the price of its parcel, by more blocking, is
    rejected. Equal units follow one another in the pack sequence.
    """
    return dataclasses.replace(outcome, parcels=tuple(_tidied(model, packed) for packed in outcome.parcels))


def _tidied(model: OrderModel, packed: PackedBox) -> PackedBox:
    box = packed.box
    if not box.has_fill or not box.ours or len(packed.members) > MOST_UNITS or not model.packer.keeps_margins:
        return packed
    model = model.variant(packed.cushioning_id)
    return _in_sequence(model, _laid(model, packed))


def _laid(model: OrderModel, packed: PackedBox) -> PackedBox:
    box, members = packed.box, np.sort(packed.members)
    several, highest = model.admission.several(members), math.inf
    units = model.protect(members, box)
    space = model.space(box, units, whole=True, several=several)
    shapes = [(shape, _preferred(shape, space)) for shape in model.shapes(members, units).units]
    units, preferred = shapes[0]
    best, least = packed, _rank(packed, members, units, preferred)
    level = (packed.corners_um[:, 2] == packed.corners_um[0, 2]).all()
    if least[1] == 0 and level and not _scattered(packed, members, units):
        return packed

    def packs(laid: Units, blocks: Blocks | None = None, seeds: Sequence[int] = SEEDS, *, longer: bool = False) -> bool:
        """Keep a better parcel; return whether the units are packed, with blocks no worse than before."""
        nonlocal best, least
        found, tries = False, [(seed, ONE_CONSTRUCTION) for seed in seeds]
        if len(laid) < 3:
            tries = [(SEEDS[0], TWO_UNITS)]
        elif longer:
            tries.append((SEEDS[0], EFFORT_PER_UNIT * len(laid)))
        for seed, effort in tries:
            if found and effort > ONE_CONSTRUCTION:
                break
            question = Question(laid, space, model.rules, whole=True, effort=effort, seed=seed, stop=model.stop)
            layout = model.packer.ask(question).layout
            if layout is not None and blocks:
                layout = _taken_apart(layout, blocks)
                # A block may overhang where its single units may not.
                question = dataclasses.replace(question, units=units, fixed=layout)
                layout = model.packer.ask(question).layout and layout
            if layout is None:
                continue
            other = PackedBox.of(model, box, members, layout)
            rank = _rank(other, members, units, preferred)
            if rank < least and rank[3] <= highest and other.price == packed.price:
                best, least = other, rank
                return True
            found = found or blocks is None or rank[:2] <= least[:2]
        return found

    for shape, masks in shapes:
        if stacks := _stacks(shape, masks, box.inner_um[2]):
            packs(_joined(shape, masks, stacks), stacks)
    for shape, masks in shapes:
        packs(dataclasses.replace(shape, masks=masks))
        if not any(least[:2]):
            break
    if any(least[:2]):
        packs(units)
        # Lines are laid as preferred one by one, those of the largest units first.
        masks, highest = units.masks, MOST_RAISED * least[2]
        for first in sorted(units.firsts.tolist(), key=lambda unit: -units.volumes_um3[unit]):
            tried = np.where(units.kinds == units.kinds[first], preferred, masks)
            lies = tried[np.searchsorted(members, best.members)] >> best.orientations & 1
            if lies.all() or packs(dataclasses.replace(units, masks=tried), longer=True):
                masks = tried
    # Blocks are tried with each unit the way up that it has, then any way up if some units do not lie as preferred.
    turns, kinds = best.orientations, units.kinds[np.searchsorted(members, best.members)]
    ways_up = np.zeros(len(units.counts), np.int64)
    np.bitwise_or.at(ways_up, kinds, BITS[turns] | BITS[turns ^ 1])
    kept, chosen = units.masks & ways_up[units.kinds], dict[int, Blocks]()
    for kind in _scattered(best, members, units):
        first, count = int(units.firsts[kind]), int(units.counts[kind])
        shapes_of_block = [
            (counts, turn)
            for turn in dict.fromkeys(turns[kinds == kind].tolist())
            for counts in _block_shapes(units, first, count, turn, box.inner_um)[:SHAPES]
        ]
        for counts, turn in shapes_of_block:
            joined = chosen | {kind: [(first, counts, turn)]}
            blocks = [
                block
                for other, (unit, number) in enumerate(zip(units.firsts.tolist(), units.counts.tolist(), strict=True))
                for block in joined.get(other, [(unit + at, (1, 1, 1), 0) for at in range(number)])
            ]
            ways = (kept, units.masks) if least[1] else (kept,)
            if any(packs(_joined(units, masks, blocks), blocks, SEEDS[1:3]) for masks in ways):
                chosen = joined
                break
    return _turned_in_place(model, best, units, preferred, space) if least[1] else best


def _turned_in_place(model: OrderModel, packed: PackedBox, units: Units, preferred: Ints, space: Space) -> PackedBox:
    """Return a packed box in which units are turned as preferred, one by one, where all others keep their places."""
    members = np.sort(packed.members)
    which = np.searchsorted(members, packed.members)
    near, far = units.margins_in(space)[which].T
    least, scattered = (_rank(packed, members, units, preferred), sum(_scattered(packed, members, units).values()))
    for unit, turn in itertools.product(range(len(which)), range(len(ORIENTATIONS))):
        wanted = int(preferred[which[unit]])
        if wanted >> int(packed.orientations[unit]) & 1 or not wanted >> turn & 1:
            continue
        edges = units.edges_um[which[unit], ORIENTATIONS[turn]]
        for at_end in itertools.product((False, True), repeat=2):
            corners, turns = packed.corners_um.copy(), packed.orientations.copy()
            low = np.where([*at_end, False], corners[unit, 3:] - edges, corners[unit, :3])
            corners[unit], turns[unit] = np.concatenate((low, low + edges)), turn
            # Whatever lies in the floor margin of a unit keeps its place, so a turned unit stays out of it.
            lows = corners[:, :3].copy()
            lows[corners[:, 2] <= near, 2] = 0
            meets = ((lows < corners[unit, 3:]) & (lows[unit] < corners[:, 3:])).all(axis=1)
            if meets.sum() > 1 or (low < near[unit]).any() or (low + edges + far[unit] > space.edges_um).any():
                continue
            layout = Layout(which, turns, corners)
            question = Question(units, space, model.rules, whole=True, fixed=layout, stop=model.stop)
            other = PackedBox.of(model, packed.box, members, layout)
            rank = _rank(other, members, units, preferred)
            if rank >= least or other.price != packed.price:
                continue
            more = sum(_scattered(other, members, units).values())
            if more <= scattered and model.packer.ask(question).layout is not None:
                packed, least, scattered = other, rank, more
                break
    return packed


def _in_sequence(model: OrderModel, packed: PackedBox) -> PackedBox:
    """Return a packed box in which equal units follow one another in the pack sequence, where every step still holds.

    A unit goes in after what is under it. Fill between units goes in layer by layer: a unit that needs fill first goes
    in after all units that it follows at another height.
    """
    corners, members = packed.corners_um, np.sort(packed.members)
    units = model.protect(members, packed.box)
    index = np.searchsorted(members, packed.members)
    kinds = list(zip(units.kinds[index].tolist(), packed.orientations.tolist(), strict=True))
    # Whether the first unit of each pair has to go in before the second.
    earlier = corners[:, None, 5] <= corners[None, :, 2]
    for axis in (0, 1):
        earlier &= corners[:, None, axis] < corners[None, :, axis + 3]
        earlier &= corners[None, :, axis] < corners[:, None, axis + 3]
    filled = model.wrappings.half_gaps_um[packed.members] > 0
    # A unit needs fill first if it or a unit below it has a half-gap, or if it tops a slender pile.
    slender = corners[:, 5] > MOST_SLENDER * (corners[:, 3:5] - corners[:, :2]).min(axis=1)
    on_fill = filled | (earlier & filled[:, None]).any(axis=0) | (slender & filled.any())
    earlier |= np.triu(corners[:, None, 2] != corners[None, :, 2]) & on_fill
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


def _stacks(units: Units, preferred: Ints, height_um: int) -> Blocks:
    """Return stacks of equal units; empty if no stack has two units."""
    stacks: Blocks = []
    for first, count in zip(units.firsts.tolist(), units.counts.tolist(), strict=True):
        turn = int(preferred[first]).bit_length() - 1
        length, width, height = units.edges_um[first, ORIENTATIONS[turn]].tolist()
        highest = min(height_um, MOST_SLENDER * min(length, width))
        number = math.ceil(count / max(min(_most_on_each_other(units, first), highest // height), 1))
        for at in range(number):
            high = count // number + (at < count % number)
            stacks.append((first, (1, 1, high), turn))
            first += high
    return stacks if len(stacks) < len(units) else []


def _block_shapes(units: Units, first: int, count: int, turn: int, inner_um: Sequence[int]) -> list[Counts]:
    """Return the shapes, the most compact first, in which all units of a line make one block that is not slender."""
    edges = units.edges_um[first, ORIENTATIONS[turn]].tolist()
    most, found = _most_on_each_other(units, first), []
    for high in range(1, count + 1):
        for deep in range(1, count // high + 1):
            if count % (high * deep) or high > most:
                continue
            counts = count // (high * deep), deep, high
            x, y, z = (number * edge for number, edge in zip(counts, edges, strict=True))
            upright = z <= inner_um[2] and (high == 1 or z <= MOST_SLENDER * min(x, y))
            if upright and max(x, y) <= max(inner_um[:2]) and min(x, y) <= min(inner_um[:2]):
                found.append((x * y + y * z + z * x, counts))
    return [counts for _, counts in sorted(found)]


def _most_on_each_other(units: Units, unit: int) -> float:
    """Return how many equal units may lie on one another, by the load that the lowest unit bears."""
    mass, load = float(units.mass_mg[unit]), float(units.max_load_mg[unit])
    return math.inf if not mass or load == math.inf else 1 + load // mass


def _joined(units: Units, masks: Ints, blocks: Blocks) -> Units:
    """Return blocks as single units that may not be turned, and the other units with their orientations."""
    firsts, counts = np.array([first for first, _, _ in blocks]), np.array([counts for _, counts, _ in blocks])
    turns, numbers = np.array([turn for _, _, turn in blocks]), counts.prod(axis=1)
    whole = units.take(firsts)
    differs = (np.diff(units.kinds[firsts]) != 0) | (np.diff(counts, axis=0) != 0).any(axis=1)
    swapped = 1 | (masks[firsts] >> (turns ^ 1) & 1) << 1
    return dataclasses.replace(
        whole,
        edges_um=counts * np.take_along_axis(whole.edges_um, ORIENTATIONS[turns], axis=1),
        masks=np.where((numbers == 1) & (turns == 0), masks[firsts], swapped),
        kinds=np.concatenate(([0], np.cumsum(differs))),
        mass_mg=whole.mass_mg * numbers,
        # A block bears as much as one of its stacks, wherever the load lies.
        max_load_mg=np.maximum(whole.max_load_mg - (counts[:, 2] - 1) * whole.mass_mg, 0),
        cushioning_mg=whole.cushioning_mg * numbers,
    )


def _taken_apart(layout: Layout, blocks: Blocks) -> Layout:
    """Replace the blocks of a layout by their units, each block's from the bottom up."""
    rows = []
    for block, turned, corners in zip(layout.units, layout.orientations.tolist(), layout.corners_um, strict=True):
        first, counts, turn = blocks[block]
        along = np.array(counts)[ORIENTATIONS[turned]] if counts != (1, 1, 1) else np.ones(3, np.int64)
        edges = (corners[3:] - corners[:3]) // along
        for at, (z, y, x) in enumerate(np.ndindex(*along[::-1].tolist())):
            low = corners[:3] + edges * (x, y, z)
            rows.append((first + at, turn ^ turned, *low, *(low + edges)))
    units, orientations, *corners_um = np.array(rows, dtype=np.int64).T.copy()  # kernels take contiguous arrays
    margins = layout.margins_um
    if margins is not None:
        margins = np.repeat(margins, [math.prod(blocks[block][1]) for block in layout.units])
    return dataclasses.replace(
        layout, units=units, orientations=orientations, corners_um=np.array(corners_um).T.copy(), margins_um=margins
    )


def _preferred(units: Units, space: Space) -> Ints:
    """Return the allowed orientations that a packer prefers among those that fit the box, as masks, int64 (n,)."""
    room = np.array(space.edges_um) - units.margins_in(space).sum(axis=1)[:, None]
    possible = units.masks & (BITS * (units.edges_um[:, ORIENTATIONS] <= room[:, None]).all(axis=2)).sum(axis=1)
    flat = (BITS * (units.edges_um[:, ORIENTATIONS[:, 2]] == units.upright_um[:, None])).sum(axis=1)
    declared = np.where(units.clear_um > 0, possible & AS_DECLARED, 0)
    preferred: Ints = np.where(declared > 0, declared, possible & flat)
    return np.where(preferred > 0, preferred, np.where(possible > 0, possible, units.masks))


def _rank(packed: PackedBox, members: Ints, units: Units, preferred: Ints) -> Rank:
    """Return the rank of a layout, best first: heavy units over lighter ones, units not as preferred, height of mass.

    Units that have to stand count as heavy. The last figure is the sum of mass times twice the height of the centre,
    the third one the same, raised for equal units that are scattered.
    """
    which, corners = np.searchsorted(members, packed.members), packed.corners_um
    mass, masks = units.mass_mg[which], units.masks[which]
    stands = (masks & ~AS_DECLARED == 0) & (np.ptp(units.edges_um[which], axis=1) > 0)
    raised = corners[:, 2] > units.clear_um[which]  # others stand on the floor, perhaps with flat units in their margin
    heavy = np.flatnonzero(raised & (stands | (HEAVY_SHARE * mass >= mass.sum())))
    over = (corners[heavy, None, 2] >= corners[:, 5]) & (mass[heavy, None] > MOST_RAISED * mass)
    for axis in (0, 1):
        over &= corners[heavy, None, axis] < corners[:, axis + 3]
        over &= corners[:, axis] < corners[heavy, None, axis + 3]
    lies = preferred[which] >> packed.orientations & 1
    low = float(mass @ (corners[:, 2] + corners[:, 5]))
    penalty = MOST_RAISED ** sum(_scattered(packed, members, units).values())
    return int(over.any(axis=1).sum()), int((lies == 0).sum()), low * penalty, low


def _scattered(packed: PackedBox, members: Ints, units: Units) -> dict[int, int]:
    """Return, by kind of units, how many touching groups and heights of units there are beyond the first.

    Slender and ragged groups count too.
    """
    kinds, found = units.kinds[np.searchsorted(members, packed.members)], {}
    for kind, first in enumerate(units.firsts.tolist()):
        if units.counts[kind] == 1:
            continue
        corners = packed.corners_um[kinds == kind]
        low, high = corners[:, :3], corners[:, 3:]
        touch = ((low[:, None] <= high) & (low <= high[:, None])).all(axis=2)
        awkward, left = len({*(high - low)[:, 2].tolist()}) - 2, np.ones(len(corners), np.bool_)
        while left.any():
            group, size = touch[left.argmax()], 0
            while size < (size := int(group.sum())):
                group = touch[group].any(axis=0)
            x, y, z = (high[group].max(axis=0) - low[group].min(axis=0)).tolist()
            around, stacked = x * y * z / (size * units.volumes_um3[first]), np.ptp(low[group, 2]) > 0
            awkward += UNEVEN if stacked and around > MOST_UNEVEN else 1
            awkward += around > MOST_RAGGED or (size > 1 and z > MOST_SLENDER * min(x, y))
            left &= ~group
        if awkward:
            found[kind] = awkward
    return found
