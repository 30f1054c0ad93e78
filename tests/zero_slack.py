"""Instances that are feasible because they were made by cutting a full box into units; no bound may refuse one.

The cuts are straight (guillotine), pinwheels of four pieces around a core along any axis, and dissections into nine
pieces that begin with neither. Each unit is declared in some orientation, and the one in which it was cut out is
allowed, so the cut itself is a valid layout. Units may have margins to the walls.
"""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.packing import bars, bounds, dual, exact, reach
from boxwright.packing.problem import Rules, Space, Units, within
from boxwright.packing.proofs import refuse
from boxwright.packing.question import Question

Extent = tuple[int, int, int]
Piece = tuple[int, int, int, int, int, int]
"""Lowest and highest corner."""

NINE = (
    *(((0, 0, 0), (1, 1, 1)), ((1, 1, 1), (2, 2, 2)), ((2, 2, 2), (3, 3, 3))),
    *(((0, 0, 1), (1, 2, 3)), ((0, 1, 0), (2, 3, 1)), ((0, 2, 1), (2, 3, 3))),
    *(((1, 0, 0), (3, 1, 2)), ((1, 0, 2), (3, 2, 3)), ((2, 1, 0), (3, 3, 2))),
)
"""The puzzle of Slothouber and Graatsma: six blocks of 1 x 2 x 2 and three of 1 x 1 x 1 in a box of 3 x 3 x 3 cells.

Cells may be of any size, as long as each layer has one. Any straight cut goes through a block.
"""


@dataclass(frozen=True)
class Instance:
    """A box and units that fill it, completely or with slack.

    Attributes
    ----------
    space : Space
        The box.
    units : Units
        Sorted by kind.
    corners_um : list of Piece
        Place from which each unit was cut out, in the order of ``units``.
    orientations : list of int
        Row of ``domain.order.Orientation`` in which it was cut out.
    loose : bool
        Whether pieces were taken out or shrunk, so that there is slack.
    """

    space: Space
    units: Units
    corners_um: list[Piece]
    orientations: list[int]
    loose: bool


def instance(draw: random.Random, most_units: int = 30) -> Instance:
    """Return a box cut into 2 to ``most_units`` units.

    Parameters
    ----------
    draw : random.Random
        Decides everything, so that a seed repeats the instance.
    most_units : int
        Largest number of units, at least 2.
    """
    # A coarse grid makes equal edges and sums frequent, which reveals bounds that are off by one.
    step = draw.choice([1, 1, 1_000, 3_175, 25_400, 10_000])
    most_steps = draw.choice([4, 8, 15, 40]) if step > 1 or draw.random() < 0.5 else 600_000
    box = tuple(step * draw.randint(2, most_steps) for _ in range(3))
    wanted = min(most_units, draw.choice([2, 3, 4, 5, 6, 8, 8, 10, 12, 16, 20, 25, 30]))
    pieces: list[Piece] = [(0, 0, 0, *box)]
    for _ in range(60):
        if len(pieces) >= wanted:
            break
        pieces.sort(key=_volume)
        chosen = pieces.pop(-1 if draw.random() < 0.6 else draw.randrange(len(pieces)))
        pieces += _cut(draw, chosen, step, wanted - len(pieces))
    loose = draw.random() < 0.25 and len(pieces) > 2
    if loose:
        for _ in range(draw.randint(0, 1)):
            pieces.pop(draw.randrange(len(pieces)))
        pieces = [_shrunk(draw, piece) if draw.random() < 0.3 else piece for piece in pieces]
    return _declared(draw, box, pieces, loose)


def _volume(piece: Piece) -> int:
    return (piece[3] - piece[0]) * (piece[4] - piece[1]) * (piece[5] - piece[2])


def _cut(draw: random.Random, piece: Piece, step: int, room: int) -> list[Piece]:
    """Return the pieces of a piece, at most ``room`` + 1 of them unless it stays whole."""
    kind = draw.random()
    if kind < 0.15 and room >= 8:
        bands = [_bands(draw, piece[axis], piece[axis + 3], 3, step) for axis in range(3)]
        if all(bands):
            return [
                (*(bands[axis][low[axis]] for axis in range(3)), *(bands[axis][high[axis]] for axis in range(3)))
                for low, high in NINE
            ]
    if kind < 0.4 and room >= 4:
        pieces = _pinwheel(draw, piece, step)
        if pieces:
            return pieces
    axis = draw.randrange(3)
    parts = draw.randint(2, max(2, min(room + 1, 6))) if kind > 0.8 else 2
    # Equal slices give identical units.
    length = piece[axis + 3] - piece[axis]
    if parts > 1 and length % parts == 0 and draw.random() < 0.7:
        bands_1 = [piece[axis] + length // parts * part for part in range(parts + 1)]
    else:
        bands_1 = _bands(draw, piece[axis], piece[axis + 3], 2, step)
    if not bands_1:
        return [piece]
    return [_band(piece, axis, low, high) for low, high in itertools.pairwise(bands_1)]


def _pinwheel(draw: random.Random, piece: Piece, step: int) -> list[Piece]:
    """Return four pieces around a core, seen along some axis, or none if the piece is too thin."""
    first, second = draw.sample(range(3), 2)
    a = _bands(draw, piece[first], piece[first + 3], 3, step)
    b = _bands(draw, piece[second], piece[second + 3], 3, step)
    if not a or not b:
        return []
    windows = [(0, 2, 0, 1), (2, 3, 0, 2), (1, 3, 2, 3), (0, 1, 1, 3), (1, 2, 1, 2)]
    return [_band(_band(piece, first, a[w[0]], a[w[1]]), second, b[w[2]], b[w[3]]) for w in windows]


def _bands(draw: random.Random, low: int, high: int, parts: int, step: int) -> list[int]:
    """Return ``parts`` + 1 ascending borders from low to high, on the grid if possible; none if too thin."""
    unit = step if (high - low) // step >= parts else 1
    steps = (high - low) // unit
    if steps < parts:
        return []
    inner = sorted(draw.sample(range(1, steps), parts - 1)) if steps > parts - 1 else []
    return [low, *(low + unit * each for each in inner), high]


def _band(piece: Piece, axis: int, low: int, high: int) -> Piece:
    """Return the part of a piece between two borders along an axis."""
    corners = list(piece)
    corners[axis], corners[axis + 3] = low, high
    return tuple(corners)


def _shrunk(draw: random.Random, piece: Piece) -> Piece:
    axis = draw.randrange(3)
    length = piece[axis + 3] - piece[axis]
    return _band(piece, axis, piece[axis], piece[axis] + draw.randint(max(1, length // 2), length))


def _declared(draw: random.Random, box: Extent, pieces: list[Piece], loose: bool) -> Instance:
    """Declare each piece as a unit in a random orientation; allow the one in which it was cut out, and others."""
    freedom = draw.choice(["all", "one", "some", "mixed"])
    alike = draw.random() < 0.6
    declared: dict[Extent, tuple[int, int]] = {}
    rows = []
    for piece in pieces:
        extent = (piece[3] - piece[0], piece[4] - piece[1], piece[5] - piece[2])
        turn, mask = _turn(draw, freedom)
        if alike:
            # Equal pieces become units of one kind, as the lines of an order are.
            turn, mask = declared.setdefault(extent, (turn, mask))
        edges = next(
            edges
            for edges in (_permuted(extent, order) for order in range(6))
            if ALL_ORIENTATIONS[turn].rotate(*edges) == extent
        )
        rows.append((edges, mask, piece, turn))
    rows.sort()
    names = sorted({row[:2] for row in rows})
    count = len(rows)
    units = Units(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.int64),
        np.array([names.index(row[:2]) for row in rows], dtype=np.int64),
        np.full(count, 1_000.0),
        np.full(count, np.inf),
        np.zeros(count),
    )
    return Instance(Space(box), units, [row[2] for row in rows], [row[3] for row in rows], loose)


def _permuted(extent: Extent, order: int) -> Extent:
    return ALL_ORIENTATIONS[order].rotate(*extent)


def _turn(draw: random.Random, freedom: str) -> tuple[int, int]:
    """Return an orientation, and a mask of allowed ones that includes it."""
    turn = draw.randrange(6)
    if freedom == "mixed":
        freedom = draw.choice(["all", "one", "some"])
    if freedom == "all":
        return turn, 63
    if freedom == "one":
        return turn, 1 << turn
    return turn, 1 << turn | draw.getrandbits(6)


def with_margins(draw: random.Random, cut: Instance) -> Instance:
    """Return an instance whose units have margins where they were cut out; the box may be wider on all sides.

    Units of one kind have the same margin, limited by the unit nearest to a wall, or each has its own.
    """
    wider = draw.choice([0, 0, 1, 1_000, 3_175, 25_000, 50_000])
    length, width, height = (edge + 2 * wider for edge in cut.space.edges_um)
    slack = draw.choice([0, 0, 3_000])
    space = Space((length, width, height), slack_um=slack)
    far = [edge + slack for edge in space.edges_um]
    corners = [tuple(each + wider for each in piece) for piece in cut.corners_um]
    nearest = [min(min(piece[axis], far[axis] - piece[axis + 3]) for axis in range(3)) for piece in corners]
    kinds = cut.units.kinds.tolist()
    if draw.random() < 0.5:
        nearest = [min(near for near, other in zip(nearest, kinds, strict=True) if other == kind) for kind in kinds]
        chosen = {kind: _kept(draw, near, wider) for kind, near in zip(kinds, nearest, strict=True)}
        margins = [chosen[kind] for kind in kinds]
    else:
        margins = [_kept(draw, near, wider) for near in nearest]
    order = sorted(range(len(kinds)), key=lambda at: (kinds[at], margins[at]))
    names = sorted({(kinds[at], margins[at]) for at in order})
    units = replace(
        cut.units.take(np.arange(len(kinds))),
        kinds=np.array([names.index((kinds[at], margins[at])) for at in order], dtype=np.int64),
        margins_um=np.array([margins[at] for at in order], dtype=np.int64),
    )
    return Instance(space, units, [corners[at] for at in order], [cut.orientations[at] for at in order], cut.loose)


def _kept(draw: random.Random, nearest: int, wider: int) -> int:
    """Return a margin of a unit, at most its distance to the walls: often just this distance, or that of all units."""
    return draw.choice([nearest, nearest, wider, 0, draw.randint(0, nearest)])


def proofs(nodes: int) -> dict[str, Callable[[Instance], bool]]:
    """Return, by name, whether a proof refuses the box of an instance; ``nodes`` is the budget of the exact search."""

    def asked(each: Instance) -> Question:
        return Question(each.units, each.space, Rules(), whole=True, nodes=nodes)

    def as_they_are(each: Instance) -> reach.Lengths:
        inner = asked(each).within_margins
        return reach.declared(inner.units, inner.space)

    return {
        "single_unit": lambda each: bounds.misfit(each.units, each.space) is not None,
        "unit_pair": lambda each: bounds.conflict(each.units, each.space) is not None,
        "bar_relaxation": lambda each: reach.overfull(asked(each).lengths) is not None,
        "dual_feasible_function": lambda each: dual.overfull(as_they_are(each)) is not None,
        "dual_feasible_function, units grown": lambda each: dual.overfull(asked(each).lengths) is not None,
        "identical_units": lambda each: bars.too_many(each.units, within(each.units, each.space)) is not None,
        "exact_relaxed": lambda each: exact.feasible(each.units, each.space, nodes) is False,
        "all, as a plan asks them": lambda each: refuse(asked(each)) is not None,
    }
