"""Candidate sizes: the inner sizes that orders need, and a grid of sizes that several orders can share.

A single unit needs its own size. Several units are packed on two kinds of bases: bases along whose edges the largest
unit fits once or twice, and nearly square bases. The height is the lowest at which the engine packs all units.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from boxwright.design.question import Question, Rules
from boxwright.domain.box import BoxType, Catalog
from boxwright.packing.problem import Space
from boxwright.packing.question import Packed
from boxwright.packing.question import Question as Asked
from boxwright.units import to_um

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from boxwright.domain.dunnage import Dunnage
    from boxwright.domain.order import Order
    from boxwright.packing.problem import Floats, Ints

Size = tuple[int, int, int]
"""Inner length, width and height in um; length >= width."""
HUGE_MM = 5_000.0
"""Maximum edge of a new size: longer goods do not go into cartons."""
MOST_NEEDS = 6
"""Maximum number of sizes per order; small and compact ones come first."""
_FILLED = (0.95, 0.85, 0.72, 0.55)
"""Fill ratios to try, highest first."""
_ASPECTS = ((1.0, 1.0, 1.0), (1.3, 1.0, 0.8), (1.5, 1.0, 0.5), (2.0, 1.3, 1.0))
_FLOOR_FILLED = 0.6
"""Fill ratio of the floor to try for units that stand side by side."""
_KINDS = 2
"""Number of the largest kinds of units from which bases are made."""
_EFFORT = 1_000
_MATERIAL = "corrugated-board"


def sizes_of(order: Order, rules: Rules, dunnage: tuple[Dunnage, ...], max_depth: float = math.inf) -> list[Size]:
    """Return inner sizes that take an order, small and compact ones first; empty if one box cannot be tested.

    The cost of packaging is ignored. ``dunnage`` decides how fragile units are protected; ``max_depth`` is the maximum
    ratio of height to the shorter base edge.
    """
    huge = BoxType("huge", HUGE_MM, HUGE_MM, HUGE_MM, material_id=_MATERIAL)
    question = Question(order, Catalog("huge", (huge,), dunnage=dunnage), rules, alone=False)
    if question.outside or not question.single_form:
        return []
    if len(question.units) == 1:
        found = _of_one(question.kinds_um[0].tolist())
    else:
        found = {_upright(extents) for extents in _packed(question)}
    stated = rules.policy.fit_clearance_um
    clearance = to_um(float(rules.materials.blank_allowances["rsc_fit_clearance"])) if stated is None else stated
    grown = {on_grid([edge + clearance for edge in size], 1, max_depth=max_depth) for size in found}
    return sorted(grown, key=lambda size: (_bulk(size), size[2], size))[:MOST_NEEDS]


def _bulk(size: Size) -> float:
    """Return the sort key of a size: its volume times that of a cube with the same sum of edges.

    By volume alone, a row of books 10 m long would rank equal to two piles.
    """
    return float(math.prod(size)) * sum(size) ** 3


def _of_one(turned: list[list[int]]) -> set[Size]:
    """Return the sizes of a unit in its orientations, or only the flattest one if the unit may lie flat."""
    found = {_upright(tuple(edges)) for edges in turned}
    flat = min(found, key=lambda size: size[2])
    return {flat} if flat[2] == min(map(min, turned)) else found


def _upright(size: tuple[int, ...]) -> Size:
    length, width, height = size
    return max(length, width), min(length, width), height


def _packed(question: Question) -> Iterator[Size]:
    model = question.model
    flattest = max(int(turned[:, 2].min()) for turned in question.kinds_um)
    for length, width in _bases(question):
        lowest = question.volume_um3 / (length * width)
        for filled in _FILLED:
            edges = length, width, max(math.ceil(lowest / filled), flattest)
            # Mass is not limited here, since limits depend on the box.
            asked = Asked(question.units, Space(edges), model.rules, whole=True, effort=_EFFORT)
            answer = model.packer.ask(asked)
            if isinstance(answer, Packed):
                yield answer.layout.extents_um
                break


def _bases(question: Question) -> list[tuple[int, int]]:
    """Return the bases to try, as (length, width) with length >= width, without repeats."""
    kinds = sorted(question.kinds_um, key=lambda turned: -float(turned[0].astype(float).prod()))
    bases = set()
    for turned in kinds[:_KINDS]:
        for length, width, _ in turned.tolist():
            for along, across in ((1, 1), (1, 2), (2, 2)):
                bases.add(_sorted(length * along, width * across))
    for aspects, filled in itertools.product(_ASPECTS, (0.85, 0.65)):
        scale = (question.volume_um3 / filled / math.prod(aspects)) ** (1 / 3)
        bases.add(_sorted(math.ceil(scale * aspects[0]), math.ceil(scale * aspects[1])))
    return sorted(bases | _floors(question))


def _floors(question: Question) -> set[tuple[int, int]]:
    """Return two bases on which all units stand side by side, for units that bear no load: a row and a near square."""
    flattest = [turned[int(turned[:, 2].argmin())].tolist() for turned in question.kinds_um]
    lying = [flattest[kind] for kind in question.units.kinds.tolist()]
    row = _sorted(sum(length for length, *_ in lying), max(width for _, width, _ in lying))
    side = math.ceil(math.sqrt(sum(length * width for length, width, _ in lying) / _FLOOR_FILLED))
    return {row, (side, side)}


def _sorted(one: int, two: int) -> tuple[int, int]:
    return max(one, two), min(one, two)


def candidates(
    needs: Sequence[Sequence[Size]],
    weights: Sequence[int],
    step_um: int,
    most: int,
    allowed: Callable[[Size], bool],
    least_um: Size = (0, 0, 0),
    max_depth: float = math.inf,
) -> list[Size]:
    """Return at most ``most`` candidate sizes that ``allowed`` accepts, ascending.

    At most half of them are the best sizes of the orders, on a coarser grid if there are more. Sizes that several
    orders can share come from merging sizes in pairs, always the two whose merger wastes least volume, until one is
    left. Other sizes of the orders fill the remaining places, those with the least volume relative to the best size of
    their order first.

    ``needs`` are the sizes that take each order, the best first; ``weights`` are the numbers of equal orders. Edges are
    multiples of ``step_um`` and at least ``least_um``; ``max_depth`` is as in ``sizes_of``.
    """
    step = step_um
    while True:
        first: Counter[Size] = Counter()
        for sizes, weight in zip(needs, weights, strict=True):
            if sizes:
                first[on_grid(sizes[0], step, least_um, max_depth)] += weight
        if len(first) <= max(most // 2, 1):
            break
        step += step_um
    if not first:
        return []
    shared = merged(np.array(sorted(first), dtype=np.int64), np.array([first[size] for size in sorted(first)]))
    found = {size for size in (*first, *shared) if allowed(size)}
    further: dict[Size, float] = {}
    for sizes in needs:
        for size in sizes:
            over, rounded = math.prod(size) / math.prod(sizes[0]), on_grid(size, step_um, least_um, max_depth)
            further[rounded] = min(further.get(rounded, math.inf), over)
    for _, size in sorted((over, size) for size, over in further.items()):
        if len(found) >= most:
            break
        if allowed(size):
            found.add(size)
    return sorted(found)


def on_grid(size: Iterable[int], step_um: int, least_um: Size = (0, 0, 0), max_depth: float = math.inf) -> Size:
    """Return a size rounded up to the grid and to the minimum and depth limit, length first."""
    up = [max(-(-edge // step_um), -(-least // step_um)) * step_um for edge, least in zip(size, least_um, strict=True)]
    width = max(min(up[:2]), math.ceil(up[2] / max_depth / step_um) * step_um)
    return max(*up[:2], width), width, up[2]


def merged(sizes: Ints, weights: Ints) -> list[Size]:
    """Return the sizes made by merging sizes in pairs, always the two whose merger wastes least volume.

    ``sizes`` are different sizes in um, int64 (n, 3); ``weights`` the number of orders that need each, int64 (n,).
    """
    edges, weight = sizes.astype(np.float64), weights.astype(np.float64)
    volume = edges.prod(axis=1)
    alive = np.ones(len(edges), dtype=np.bool_)
    waste = np.array([_waste(edges, volume, weight, size) for size in range(len(edges))]).reshape(len(edges), -1)
    np.fill_diagonal(waste, np.inf)
    found: list[Size] = []
    for _ in range(len(edges) - 1):
        one, two = divmod(int(waste.argmin()), len(edges))
        if not math.isfinite(waste[one, two]):
            break
        edges[one] = np.maximum(edges[one], edges[two])
        volume[one] = edges[one].prod()
        weight[one] += weight[two]
        alive[two] = False
        waste[two, :] = waste[:, two] = np.inf
        fresh = _waste(edges, volume, weight, one)
        fresh[~alive] = fresh[one] = np.inf
        waste[one, :] = waste[:, one] = fresh
        length, width, height = edges[one].astype(np.int64).tolist()
        found.append((length, width, height))
    return found


def _waste(edges: Floats, volume: Floats, weight: Floats, one: int) -> Floats:
    """Return, for each size, the volume wasted if it and one given size are replaced by a size that holds both."""
    both = np.maximum(edges[one], edges).prod(axis=1)
    lost: Floats = weight[one] * (both - volume[one]) + weight * (both - volume)
    return lost
